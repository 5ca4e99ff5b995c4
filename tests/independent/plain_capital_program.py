"""A capital plan as an integer program of its own, written from the text of the methods.

Nothing of the library is called: it reads the tables a user gives and hands a matrix to SciPy's
HiGHS. It is for cases too large to try every plan; `plain_capital` tries every plan of small ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Row = dict[str, Any]
Term = tuple[int, float]


@dataclass
class Tables:
    """What a user gives: a list of rows a table, and settings in per cent and £m."""

    projects: list[Row]
    limits: list[Row]
    resources: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    rules: list[Row] = field(default_factory=list)
    settings: Row = field(default_factory=dict)
    deprived: dict[str, float] = field(default_factory=dict)


@dataclass
class Matrix:
    """Columns and rows, filled one at a time."""

    value: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    terms: list[list[Term]] = field(default_factory=list)
    low_of: list[float] = field(default_factory=list)
    high_of: list[float] = field(default_factory=list)

    def column(self, value: float, whole: bool, high: float = 1.0) -> int:
        self.value.append(value)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.value) - 1

    def row(self, terms: Iterable[Term], low: float = -np.inf, high: float = np.inf) -> None:
        summed: dict[int, float] = defaultdict(float)
        for column, factor in terms:
            summed[column] += factor
        self.terms.append(list(summed.items()))
        self.low_of.append(low)
        self.high_of.append(high)

    def most(self) -> float | None:
        """Return the most it can be worth, or None if nothing holds."""
        cells = [(n, c, f) for n, row in enumerate(self.terms) for c, f in row]
        at, columns, factors = zip(*cells, strict=True) if cells else ((), (), ())
        shape = (len(self.terms), len(self.value))
        found = milp(
            -np.array(self.value),
            integrality=np.array(self.whole),
            bounds=Bounds(0, np.array(self.high)),
            constraints=LinearConstraint(
                csr_array((factors, (at, columns)), shape=shape),
                np.array(self.low_of),
                np.array(self.high_of),
            ),
            options={"mip_rel_gap": 0.0, "presolve": True},
        )
        if found.status == 2:
            return None
        assert found.status == 0, found.message
        return -float(found.fun)


@dataclass
class Start:
    """One start of one scheme: its columns, and what it uses and gives by year."""

    row: Row
    year: int
    chosen: int
    share: int
    worth: float
    cdel: list[float]
    inside: float
    done: int


def parts(cell: object) -> list[str]:
    return [part.strip() for part in str(cell or "").split(";") if part.strip()]


def numbers(row: Row, stem: str) -> list[float]:
    found = []
    while f"{stem}{len(found) + 1}" in row:
        found.append(float(row[f"{stem}{len(found) + 1}"] or 0.0))
    while len(found) > 1 and not found[-1]:
        found.pop()
    return found


def best(
    tables: Tables,
    before: dict[str, str] | None = None,
    most_changes: int | None = None,
    forced: dict[str, str | None] | None = None,
    costs: list[dict[str, float]] | None = None,
    may_fail: int = 0,
) -> float | None:
    """Return what the best plan is worth, or None if no plan holds.

    `before` is the start of each scheme of an older plan, of which `most_changes` may change.
    `forced` says the start of a scheme: a year, "in" (any year) or None (out). `costs` has what
    each scheme costs in each draw as a multiple of its price: each limit `may_fail` in so many.
    """
    years = sorted({row["year"] for row in tables.limits})
    matrix = Matrix()
    starts = [
        start for row in tables.projects for start in starts_of(matrix, row, years, tables.settings)
    ]
    choices(matrix, starts, tables)
    money(matrix, starts, years, tables)
    others(matrix, starts, years, tables)
    floors(matrix, starts, years, tables)
    if before is not None:
        count_changes(matrix, starts, years, tables, before, most_changes)
    for name, year in (forced or {}).items():
        own = [s for s in starts if s.row["project_id"] == name]
        if year is None:
            matrix.row([(s.chosen, 1.0) for s in own], high=0.0)
        else:
            right = [s for s in own if year in ("in", years[s.year])]
            matrix.row([(s.share, 1.0) for s in right], low=1.0)
    if costs is not None:
        safe(matrix, starts, years, tables, costs, may_fail)
    return matrix.most()


def starts_of(matrix: Matrix, row: Row, years: list[str], settings: Row) -> list[Start]:
    """Return the starts a window allows: the whole spend inside, unless it may run past the end."""
    rate, growth = settings["discount_rate_pct"] / 100, settings["price_growth_pct"] / 100
    bias = settings["optimism_bias_pct"].get(row.get("asset_type", ""), 0.0) / 100
    # a receipt is not made larger by optimism about costs
    spend = [x * (1 + bias) if x > 0 else x for x in numbers(row, "spend_")]
    found = []
    for at, year in enumerate(years):
        past = row.get("truncate") == "yes" or settings["truncate"]
        if not past and at + len(spend) > len(years):
            continue
        if row.get("earliest_start") and year < row["earliest_start"]:
            continue
        if row.get("latest_start") and year > row["latest_start"]:
            continue
        if year in parts(row.get("no_start_in")):
            continue
        benefit = row.get(f"benefit_{year}")
        benefit = row["benefit"] if benefit in (None, "") else benefit
        kept = spend[: len(years) - at]
        # in proportion to what is paid: a receipt is no progress
        paid = sum(x for x in spend if x > 0)
        inside = sum(x for x in kept if x > 0) / paid if paid else 1.0
        counted = at + (len(spend) - 1 if settings["discount_from"] == "completion" else 0)
        worth = float(benefit) * inside / (1 + rate) ** counted
        worth *= settings["place_weights"].get(row.get("place", ""), 1.0)
        cdel = [0.0] * len(years)
        for n, amount in enumerate(kept):
            cdel[at + n] = amount * (1 + growth) ** (at + n) * float(row.get("cdel_share", 1.0))
        divisible = row.get("divisible") == "yes" and row.get("must_fund") != "yes"
        chosen = matrix.column(0.0 if divisible else worth, whole=True)
        share = matrix.column(worth, whole=False) if divisible else chosen
        if divisible:
            matrix.row([(share, 1.0), (chosen, -1.0)], high=0.0)
        found.append(Start(row, at, chosen, share, worth, cdel, inside, at + len(spend)))
    return found


def choices(matrix: Matrix, starts: list[Start], tables: Tables) -> None:
    """Add options, what must be funded, prerequisites, exclusions, and counts of groups."""
    by_id: dict[str, list[Start]] = defaultdict(list)
    by_option: dict[str, list[Start]] = defaultdict(list)
    for start in starts:
        by_id[start.row["project_id"]].append(start)
        by_option[start.row.get("option_of") or start.row["project_id"]].append(start)
    for own in by_option.values():
        matrix.row([(s.chosen, 1.0) for s in own], high=1.0)
    for option in {
        row.get("option_of") or row["project_id"]
        for row in tables.projects
        if row.get("must_fund") == "yes"
    }:
        musts = [s for s in by_option[option] if s.row.get("must_fund") == "yes"]
        matrix.row([(s.chosen, 1.0) for s in musts], low=1.0)
    for row in tables.projects:
        own = by_id[row["project_id"]]
        for text in parts(row.get("requires")):
            name, _, lag = text.partition("+")
            needed = by_id.get(name) or by_option.get(name, [])
            for start in own:
                so_far = [(s.share, 1.0) for s in own if s.year <= start.year]
                by_then = [(s.share, -1.0) for s in needed if s.year <= start.year - int(lag or 0)]
                matrix.row(so_far + by_then, high=0.0)
        for name in parts(row.get("excludes")):
            other = by_id.get(name) or by_option.get(name, [])
            matrix.row([(s.chosen, 1.0) for s in [*own, *other]], high=1.0)
    for group in tables.groups:
        members = [s for s in starts if group["group"] in parts(s.row.get("group"))]
        least, most = group.get("at_least"), group.get("at_most")
        if least not in (None, ""):  # a part of a scheme is that part of one
            matrix.row([(s.share, 1.0) for s in members], low=float(least))
        if most not in (None, ""):
            matrix.row([(s.chosen, 1.0) for s in members], high=float(most))


def money(matrix: Matrix, starts: list[Start], years: list[str], tables: Tables) -> None:
    """Add the limits, by organisation, source of money and year, and what is carried over."""
    over = 1 + tables.settings["over_programming_pct"] / 100
    carry = tables.settings["carry_over_pct"] / 100
    carried: dict[tuple[str, str, int], int] = {}
    for limit in sorted(tables.limits, key=lambda row: row["year"]):
        owner, source = limit.get("organisation", ""), limit.get("money", "")
        t = years.index(limit["year"])
        terms: list[Term] = [
            (s.share, s.cdel[t])
            for s in starts
            if owner in ("", s.row["organisation"]) and source == s.row.get("money", "")
        ]
        if carry and (owner, source, t - 1) in carried:
            terms.append((carried[owner, source, t - 1], -1.0))
        if carry and t + 1 < len(years):
            most = carry * float(limit["limit_gbp_m"])
            carried[owner, source, t] = matrix.column(0.0, whole=False, high=most)
            terms.append((carried[owner, source, t], 1.0))
        matrix.row(terms, high=float(limit["limit_gbp_m"]) * over)


def others(matrix: Matrix, starts: list[Start], years: list[str], tables: Tables) -> None:
    """Add the limits of resources beside money."""
    for limit in tables.resources:
        t = years.index(limit["year"])
        terms = []
        for s in starts:
            uses = numbers(s.row, f"use_{limit['resource']}_")
            owned = limit.get("organisation", "") in ("", s.row["organisation"])
            if owned and 0 <= t - s.year < len(uses):
                terms.append((s.share, uses[t - s.year]))
        matrix.row(terms, high=float(limit["limit"]))


def floors(matrix: Matrix, starts: list[Start], years: list[str], tables: Tables) -> None:
    """Add the table of rules."""
    for rule in tables.rules:
        kind, names, amount = rule["rule"], parts(rule.get("name")), float(rule["amount_gbp_m"])
        at = [years.index(rule["year"])] if rule.get("year") else list(range(len(years)))
        if kind == "revenue_limit":
            for t in at:
                terms = [
                    (s.share, float(s.row.get("revenue_gbp_m", 0.0))) for s in starts if t >= s.done
                ]
                matrix.row(terms, low=-amount)
            continue
        if kind == "backlog_target":
            terms = [
                (s.share, s.inside * sum(float(s.row.get(f"backlog_{n}_gbp_m", 0)) for n in names))
                for s in starts
            ]
            matrix.row(terms, low=float(rule["now_gbp_m"]) - amount)
            continue
        terms = []
        for s in starts:
            part = {
                "category": float(s.row["category"] in names),
                "place": float(s.row.get("place") in names),
                "deprived": tables.deprived.get(s.row.get("place", ""), 0.0),
            }[kind.partition("_")[0]]
            terms.append((s.share, part * sum(s.cdel[t] for t in at)))
        if kind.endswith("cap"):
            matrix.row(terms, high=amount)
        else:
            matrix.row(terms, low=amount)


def count_changes(
    matrix: Matrix,
    starts: list[Start],
    years: list[str],
    tables: Tables,
    before: dict[str, str],
    most_changes: int | None,
) -> None:
    """Add the limit on schemes that start in another year than before, or no longer, or newly."""
    terms: list[Term] = []
    kept = 0
    for row in tables.projects:
        own = [s for s in starts if s.row["project_id"] == row["project_id"]]
        was = before.get(row["project_id"], "")
        if was:
            kept += 1
            for s in [s for s in own if years[s.year] == was]:
                terms.append((s.chosen, -1.0))
                # a thousandth of a scheme at the least, or it is not kept
                matrix.row([(s.share, 1.0), (s.chosen, -1e-3)], low=0.0)
        else:
            terms += [(s.chosen, 1.0) for s in own]
    if most_changes is not None:
        matrix.row(terms, high=most_changes - kept)


def safe(
    matrix: Matrix,
    starts: list[Start],
    years: list[str],
    tables: Tables,
    costs: list[dict[str, float]],
    may_fail: int,
) -> None:
    """Add that each limit holds in all but so many draws of costs; `costs` is a draw a row."""
    over = 1 + tables.settings["over_programming_pct"] / 100
    carry = tables.settings["carry_over_pct"] / 100
    large = 10 * sum(max(x, 0.0) for s in starts for x in s.cdel) + 1e3
    carried: dict[tuple[str, str, int, int], int] = {}
    for limit in sorted(tables.limits, key=lambda row: row["year"]):
        owner, source = limit.get("organisation", ""), limit.get("money", "")
        t, amount = years.index(limit["year"]), float(limit["limit_gbp_m"])
        fails = []
        for n, cost in enumerate(costs):
            terms: list[Term] = [
                (s.share, s.cdel[t] * cost[s.row["project_id"]])
                for s in starts
                if owner in ("", s.row["organisation"]) and source == s.row.get("money", "")
            ]
            fail = matrix.column(0.0, whole=True)
            fails.append(fail)
            if (owner, source, t - 1, n) in carried:
                terms.append((carried[owner, source, t - 1, n], -1.0))
            if carry and t + 1 < len(years):
                left = matrix.column(0.0, whole=False, high=carry * amount)
                carried[owner, source, t, n] = left
                terms.append((left, 1.0))
                # a limit that is passed leaves nothing
                matrix.row([(left, 1.0), (fail, carry * amount)], high=carry * amount)
            matrix.row([*terms, (fail, -large)], high=amount * over)
        matrix.row([(fail, 1.0) for fail in fails], high=may_fail)
