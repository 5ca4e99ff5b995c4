"""A portfolio of programmes in plain Python, written from the text of the methods.

Nothing of the library is called: it reads the tables a user gives, tries every portfolio of a small
one, and hands a middling one to SciPy's HiGHS as a matrix of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from plain_capital_program import Matrix, Term

Row = dict[str, Any]
Choice = dict[str, int]
"""Position of the year in which each initiative of a portfolio starts."""

TINY = 1e-6


@dataclass
class Portfolio:
    """What a user gives: a list of rows a table, and settings in per cent and £m."""

    initiatives: list[Row]
    pools: list[Row]
    staff: list[Row] = field(default_factory=list)
    floors: list[Row] = field(default_factory=list)
    settings: Row = field(default_factory=dict)
    people: dict[str, float] = field(default_factory=dict)
    deprived: dict[str, float] = field(default_factory=dict)
    worked_out: dict[Any, Any] = field(default_factory=dict)

    @property
    def years(self) -> list[str]:
        return sorted(row["year"] for row in self.pools)

    def set_to(self, name: str, default: Any) -> Any:
        return self.settings.get(name, default)


def once(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Work a figure of an initiative out once for all the portfolios that are tried."""

    def known(row: Row, *about: Any) -> Any:
        *rest, given = about
        key = (rule.__name__, row["initiative_id"], *rest)
        if key not in given.worked_out:
            given.worked_out[key] = rule(row, *about)
        return given.worked_out[key]

    return known


def is_yes(row: Row, column: str) -> bool:
    return row.get(column) == "yes"


def parts(cell: object) -> list[str]:
    return [part.strip() for part in str(cell or "").split(";") if part.strip()]


def is_given(figure: object) -> bool:
    return isinstance(figure, float | int) and not math.isnan(figure)


def amount(row: Row, stem: str, year: int) -> float:
    """Return a figure of a year after the start, 0 for the first; the last goes on if it recurs."""
    given = {n: row[f"{stem}_{n}"] for n in range(1, 41) if is_given(row.get(f"{stem}_{n}"))}
    if year + 1 in given:
        return float(given[year + 1])
    if is_yes(row, "recurrent") and given and year + 1 > max(given):
        return float(given[max(given)])
    return 0.0


def skills_of(row: Row) -> set[str]:
    return {match[1] for name in row if (match := re.fullmatch(r"staff_(.+)_\d+", name))}


def chance(row: Row) -> float:
    figure = row.get("success_pct")
    return float(figure) / 100 if is_given(figure) else 1.0


def counted_years(given: Portfolio) -> int:
    last = given.set_to("value_to", "")
    return int(last[:4]) - int(given.years[0][:4]) + 1 if last else len(given.years)


@once
def value_of(row: Row, start: int, given: Portfolio) -> float:
    """Return what an initiative is worth that starts in a year: QALYs net of those forgone."""
    money = 1 + given.set_to("discount_money_pct", 3.5) / 100
    health = 1 + given.set_to("discount_qaly_pct", 1.5) / 100
    if given.set_to("value", "qalys") == "score":
        return chance(row) * float(row["value_points"]) / health**start
    total = 0.0
    for t in range(start, counted_years(given)):
        qalys = chance(row) * amount(row, "qalys", t - start)
        gbp_m = chance(row) * amount(row, "cash", t - start) - amount(row, "cost", t - start)
        elsewhere = gbp_m * 1e6 / given.set_to("cost_per_qaly_gbp", 13_500.0)
        total += qalys / health**t + elsewhere / money**t
    return total


@once
def cost_in(row: Row, start: int, year: int, given: Portfolio) -> float:
    """Return the cost of a year of the pools, £m cash."""
    if year < start:
        return 0.0
    prices = (1 + given.set_to("price_growth_pct", 0.0) / 100) ** year
    return amount(row, "cost", year - start) * prices


@once
def pool_use(row: Row, start: int, year: int, given: Portfolio) -> float:
    """Return what a pool pays: the cost, less what of the expected cash comes back to it."""
    if year < start:
        return 0.0
    prices = (1 + given.set_to("price_growth_pct", 0.0) / 100) ** year
    back = given.set_to("cash_refills_pct", 0.0) / 100 * chance(row)
    return cost_in(row, start, year, given) - back * amount(row, "cash", year - start) * prices


@once
def months_in(row: Row, skill: str, start: int, year: int, _given: Portfolio) -> float:
    return amount(row, f"staff_{skill}", year - start) if year >= start else 0.0


@once
def starts_of(row: Row, given: Portfolio) -> list[int]:
    """Return the positions of the years in which an initiative may start."""
    years = given.years
    if is_yes(row, "running"):
        return [0]
    busy = 1
    for a in range(10):
        used = [amount(row, "cost", a), *(amount(row, f"staff_{s}", a) for s in skills_of(row))]
        if any(figure > 0 for figure in used):
            busy = a + 1
    last = len(years) - (1 if is_yes(row, "recurrent") else busy)
    return [
        t
        for t in range(last + 1)
        if (row.get("earliest_start") or "") <= years[t] <= (row.get("latest_start") or "9999")
    ]


@once
def shares_of(row: Row, given: Portfolio) -> dict[str, float]:
    """Return the shares of an initiative's spend by place, and by the most deprived."""
    places = parts(row.get("places")) or list(given.people)
    people = {place: given.people.get(place, 1.0) for place in places}
    shares = {place: count / sum(people.values()) for place, count in people.items()}
    deprived = sum(share * given.deprived.get(place, 0.0) for place, share in shares.items())
    return shares | {"most deprived": deprived}


def named(given: Portfolio, name: str) -> list[Row]:
    """Return the initiatives that a link means: one by its id, or the options of one."""
    own = [row for row in given.initiatives if row["initiative_id"] == name]
    return own or [row for row in given.initiatives if row.get("option_of") == name]


def needs(row: Row) -> Iterator[tuple[str, int]]:
    for part in parts(row.get("requires")):
        name, _, lag = part.partition("+")
        yield name.strip(), int(lag or 0)


@once
def stopped_by(row: Row, given: Portfolio) -> str:
    """Return the programme that an initiative stops or cuts; "" for none."""
    running = [
        each["initiative_id"]
        for name, _ in needs(row)
        for each in named(given, name)
        if is_yes(each, "running")
    ]
    stops = amount(row, "cost", 0) < 0 and len(running) == 1
    return running[0] if stops else ""


def broken_by(choice: Choice, given: Portfolio) -> list[str]:
    """Return what a portfolio breaks of all that it must keep."""
    rows = {row["initiative_id"]: row for row in given.initiatives}
    return [*_links(choice, given), *_money(choice, given, rows), *_staff(choice, given, rows),
            *_floors(choice, given, rows), *_freed(choice, given, rows)]  # fmt: skip


def _links(choice: Choice, given: Portfolio) -> Iterator[str]:
    groups: dict[str, list[Row]] = {}
    for row in given.initiatives:
        groups.setdefault(row.get("option_of") or row["initiative_id"], []).append(row)
    for name, options in groups.items():
        chosen = sum(row["initiative_id"] in choice for row in options)
        must = [row for row in options if is_yes(row, "must") or is_yes(row, "running")]
        if chosen > 1 or (must and not any(row["initiative_id"] in choice for row in must)):
            yield f"once {name}"
    for row in given.initiatives:
        name = row["initiative_id"]
        if name not in choice:
            continue
        if choice[name] not in starts_of(row, given):
            yield f"window of {name}"
        for other, lag in needs(row):
            there = [choice.get(each["initiative_id"], 99) for each in named(given, other)]
            if min(there) + lag > choice[name]:
                yield f"{name} needs {other}"
        for other in parts(row.get("excludes")):
            if any(each["initiative_id"] in choice for each in named(given, other)):
                yield f"{name} excludes {other}"


def _money(choice: Choice, given: Portfolio, rows: dict[str, Row]) -> Iterator[str]:
    pools, carried = {row["year"]: row["pool_gbp_m"] for row in given.pools}, 0.0
    for t, year in enumerate(given.years):
        used = sum(pool_use(rows[name], s, t, given) for name, s in choice.items())
        left = pools[year] + carried - used
        if left < -TINY:
            yield f"pool of {year}"
        carried = min(max(left, 0.0), given.set_to("carry_over_pct", 0.0) / 100 * pools[year])


def _staff(choice: Choice, given: Portfolio, rows: dict[str, Row]) -> Iterator[str]:
    for limit in given.staff:
        t = given.years.index(limit["year"])
        used = sum(months_in(rows[name], limit["skill"], s, t, given) for name, s in choice.items())
        if used > limit["months"] + TINY:
            yield f"{limit['skill']} in {limit['year']}"


def _floors(choice: Choice, given: Portfolio, rows: dict[str, Row]) -> Iterator[str]:
    for floor in given.floors:
        inside = [t for t, year in enumerate(given.years) if floor.get("year") in ("", None, year)]
        spend = {
            name: sum(cost_in(rows[name], s, t, given) for t in inside)
            for name, s in choice.items()
        }
        on_place = sum(
            shares_of(rows[name], given).get(floor["place"], 0.0) * paid
            for name, paid in spend.items()
        )
        least = floor.get("amount_gbp_m")
        if not is_given(least):
            least = floor["share_pct"] / 100 * sum(spend.values())
        if on_place < least - TINY:
            yield f"floor of {floor['place']}"


def _freed(choice: Choice, given: Portfolio, rows: dict[str, Row]) -> Iterator[str]:
    for name, row in rows.items():
        stops = [other for other in choice if stopped_by(rows[other], given) == name]
        for t in range(len(given.years)) if stops else ():
            freed = sum(max(-cost_in(rows[o], choice[o], t, given), 0.0) for o in stops)
            if freed > max(cost_in(row, 0, t, given), 0.0) + TINY:
                yield f"money freed of {name}"
            for skill in {skill for other in stops for skill in skills_of(rows[other])}:
                freed = sum(
                    max(-months_in(rows[o], skill, choice[o], t, given), 0.0) for o in stops
                )
                if freed > max(months_in(row, skill, 0, t, given), 0.0) + TINY:
                    yield f"{skill} freed of {name}"


def worth_of(choice: Choice, given: Portfolio) -> float:
    rows = {row["initiative_id"]: row for row in given.initiatives}
    return sum(value_of(rows[name], start, given) for name, start in choice.items())


def best_of_all(given: Portfolio) -> float | None:
    """Return what the best portfolio is worth of every one there is; None if none holds."""
    options = [[None, *starts_of(row, given)] for row in given.initiatives]
    ids = [row["initiative_id"] for row in given.initiatives]
    worth = [
        {start: 0.0 if start is None else value_of(row, start, given) for start in starts}
        for row, starts in zip(given.initiatives, options, strict=True)
    ]
    ranked = sorted(
        product(*options),
        key=lambda starts: -sum(of[s] for of, s in zip(worth, starts, strict=True)),
    )
    for starts in ranked:
        choice = {name: s for name, s in zip(ids, starts, strict=True) if s is not None}
        if not broken_by(choice, given):
            return worth_of(choice, given)
    return None


def best_by_program(given: Portfolio) -> float | None:
    """Return what the best portfolio is worth by an integer program; None if none holds."""
    matrix, years = Matrix(), given.years
    columns: dict[str, dict[int, int]] = {}
    for row in given.initiatives:
        columns[row["initiative_id"]] = {
            s: matrix.column(value_of(row, s, given), True) for s in starts_of(row, given)
        }
    rows = {row["initiative_id"]: row for row in given.initiatives}
    every = [(rows[name], s, at) for name, own in columns.items() for s, at in own.items()]
    _link_rows(matrix, given, columns)
    carried: int | None = None
    for t, pool in enumerate(sorted(given.pools, key=lambda row: row["year"])):
        terms: list[Term] = [(at, pool_use(row, s, t, given)) for row, s, at in every]
        if carried is not None:
            terms.append((carried, -1.0))
        share = given.set_to("carry_over_pct", 0.0) / 100
        carried = matrix.column(0.0, False, share * pool["pool_gbp_m"]) if share else None
        if carried is not None:
            terms.append((carried, 1.0))
        matrix.row(terms, high=pool["pool_gbp_m"] + TINY / 2)
    for limit in given.staff:
        t = years.index(limit["year"])
        terms = [(at, months_in(row, limit["skill"], s, t, given)) for row, s, at in every]
        matrix.row(terms, high=limit["months"])
    for floor in given.floors:
        inside = [t for t, year in enumerate(years) if floor["year"] in ("", year)]
        by_share = not is_given(floor["amount_gbp_m"])
        terms = []
        for row, s, at in every:
            share = shares_of(row, given).get(floor["place"], 0.0)
            share -= floor["share_pct"] / 100 if by_share else 0.0
            terms.append((at, share * sum(cost_in(row, s, t, given) for t in inside)))
        matrix.row(terms, low=(0.0 if by_share else floor["amount_gbp_m"]) - TINY / 2)
    _freed_rows(matrix, given, every)
    return matrix.most()


def _link_rows(matrix: Matrix, given: Portfolio, columns: dict[str, dict[int, int]]) -> None:
    groups: dict[str, list[Row]] = {}
    for row in given.initiatives:
        groups.setdefault(row.get("option_of") or row["initiative_id"], []).append(row)
    for options in groups.values():
        matrix.row([(at, 1.0) for r in options for at in columns[r["initiative_id"]].values()],
                   high=1.0)  # fmt: skip
        must = [r for r in options if is_yes(r, "must") or is_yes(r, "running")]
        if must:
            own = [at for r in must for at in columns[r["initiative_id"]].values()]
            matrix.row([(at, 1.0) for at in own], low=1.0)
    for row in given.initiatives:
        mine = columns[row["initiative_id"]]
        for other, lag in needs(row):
            theirs = [columns[each["initiative_id"]] for each in named(given, other)]
            for start in mine:
                terms = [(at, 1.0) for s, at in mine.items() if s <= start]
                terms += [(at, -1.0) for of in theirs for s, at in of.items() if s <= start - lag]
                matrix.row(terms, high=0.0)
        for other in parts(row.get("excludes")):
            for each in named(given, other):
                both = [*mine.values(), *columns[each["initiative_id"]].values()]
                matrix.row([(at, 1.0) for at in both], high=1.0)


def _freed_rows(matrix: Matrix, given: Portfolio, every: list[tuple[Row, int, int]]) -> None:
    for row in given.initiatives:
        name = row["initiative_id"]
        stops = [(r, s, at) for r, s, at in every if stopped_by(r, given) == name]
        for t in range(len(given.years)) if stops else ():
            freed = [(at, max(-cost_in(r, s, t, given), 0.0)) for r, s, at in stops]
            matrix.row(freed, high=max(cost_in(row, 0, t, given), 0.0) + TINY / 2)
            for skill in {skill for r, _, _ in stops for skill in skills_of(r)}:
                freed = [(at, max(-months_in(r, skill, s, t, given), 0.0)) for r, s, at in stops]
                matrix.row(freed, high=max(months_in(row, skill, 0, t, given), 0.0) + TINY / 2)
