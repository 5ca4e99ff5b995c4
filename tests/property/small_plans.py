"""Small instances of a capital plan, and every plan there is of them, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from hypothesis import strategies as st
from richer_plans import enriched

from nelfin.errors import NoAnswerError
from nelfin.models.capital import CapitalPlan, solve
from nelfin.years import label_of

TINY = 1e-6

FIRST = 2025

ORGANISATIONS = ("Barts", "BHRUT")

Instance = dict[str, Any]

Choice = dict[str, tuple[int, float]]
"""Start and funded share of each scheme that is funded."""

# Instances


@st.composite
def instances(
    draw: st.DrawFn,
    links: bool = True,
    must: bool = True,
    divisible: bool = True,
    same_settings: bool = False,
    more: bool = False,
) -> Instance:
    """Draw up to 6 schemes over up to 4 years, every rule included.

    With `more` (and fewer schemes) also receipts, negative benefit, benefit by year, years without
    a start, sources of money, another resource, groups, and links to any option.
    """
    years = draw(st.integers(1, 3 if more else 4))
    count = draw(st.integers(1, 5 if more else 6))
    truncate = draw(st.booleans())
    rows = [_scheme(draw, n, years, truncate, must) for n in range(count)]
    found = enriched(draw, rows, years) if more else {}
    if links:
        _link(draw, rows)
    if divisible and draw(st.booleans()):
        _divide(draw, rows)
    limits = {("", t): float(draw(st.integers(4 if more else 0, 14))) for t in range(years)}
    if draw(st.booleans()):
        limits |= {("BHRUT", t): float(draw(st.integers(0, 8))) for t in range(years)}
    return {
        "rows": rows,
        "years": years,
        "limits": limits,
        "truncate": truncate,
        "rate": 0.0 if same_settings else draw(st.sampled_from([0.0, 3.5, 10.0])),
        "discount_from": draw(st.sampled_from(["start", "completion"])),
        "prices": draw(st.sampled_from([0.0, 2.5, 10.0])),
        "over": draw(st.sampled_from([0.0, 10.0])),
    } | found


def _scheme(draw: st.DrawFn, n: int, years: int, truncate: bool, must: bool) -> Instance:
    longest = 4 if truncate else min(years, 3)
    spend = draw(st.lists(st.integers(0, 7), min_size=1, max_size=longest))
    while len(spend) > 1 and spend[-1] == 0:
        spend.pop()
    last = years - 1 if truncate else years - len(spend)
    early = draw(st.integers(0, last))
    late = draw(st.integers(early, years - 1))
    return {
        "id": f"P{n}",
        "group": draw(st.sampled_from([f"P{n}"] * 3 + ["Hub"])),
        "organisation": draw(st.sampled_from(ORGANISATIONS)),
        "benefit": float(draw(st.integers(0, 30))),
        "spend": [float(value) for value in spend],
        "cdel_share": draw(st.sampled_from([1.0, 1.0, 0.5, 0.0])),
        "early": early,
        "late": late,
        "last": last,
        "must": must and draw(st.integers(0, 6)) == 0,
        "divisible": False,
        "requires": [],
        "excludes": [],
    }


def _link(draw: st.DrawFn, rows: list[Instance]) -> None:
    """Draw prerequisites, which point backwards so that none makes a loop, and exclusions."""
    for n, row in enumerate(rows[1:], start=1):
        kind = draw(st.sampled_from(["none", "requires", "excludes"]))
        other = rows[draw(st.integers(0, n - 1))]
        if kind == "none" or other["group"] == row["group"]:
            continue
        any_option = "groups" in row and other["group"] == "Hub" and draw(st.booleans())
        name = "Hub" if any_option else other["id"]
        if kind == "requires":
            row["requires"] = [(name, draw(st.integers(0, 2)))]
        elif not (row["must"] and any(one["must"] for one in named(rows, name))):
            row["excludes"] = [name]


def named(rows: list[Instance], name: str) -> list[Instance]:
    """Return the schemes that a link may mean."""
    return [row for row in rows if row["id"] == name] or [r for r in rows if r["group"] == name]


def _divide(draw: st.DrawFn, rows: list[Instance]) -> None:
    """Let one scheme without links of its own or of others be divisible."""
    linked = {name for row in rows for name, _ in row["requires"]}
    linked |= {name for row in rows for name in row["excludes"]}
    free = [
        row
        for row in rows
        if not (row["must"] or row["requires"] or row["excludes"])
        and not {row["id"], row["group"]} & linked
    ]
    if free:
        draw(st.sampled_from(free))["divisible"] = True


def tables(instance: Instance) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write an instance as the two tables a user would give."""
    projects = [
        {
            "project_id": row["id"],
            "name": f"Scheme {row['id']}",
            "organisation": row["organisation"],
            "category": "any",
            "option_of": "" if row["group"] == row["id"] else row["group"],
            "benefit": row["benefit"],
            **{f"spend_{n + 1}": [*row["spend"], 0.0, 0.0, 0.0][n] for n in range(4)},
            "earliest_start": label_of(FIRST + row["early"]),
            "latest_start": label_of(FIRST + row["late"]),
            "must_fund": "yes" if row["must"] else "no",
            "divisible": "yes" if row["divisible"] else "no",
            "requires": ";".join(f"{name}+{lag}" if lag else name for name, lag in row["requires"]),
            "excludes": ";".join(row["excludes"]),
            "cdel_share": row["cdel_share"],
            **(_more_of(instance, row) if "groups" in row else {}),
        }
        for row in instance["rows"]
    ]
    owners = {"", *(row["organisation"] for row in instance["rows"])}
    limits = [
        {"year": label_of(FIRST + t), "limit_gbp_m": value, "organisation": organisation}
        for (organisation, t), value in instance["limits"].items()
        if organisation in owners
    ]
    limits += [
        {"year": label_of(FIRST + t), "limit_gbp_m": value, "organisation": owner, "money": "PDC"}
        for (owner, t), value in instance.get("moneys", {}).items()
    ]
    return pd.DataFrame(projects), pd.DataFrame(limits)


def _more_of(instance: Instance, row: Instance) -> dict[str, object]:
    staff = [*row["staff"], 0, 0]
    benefits = row.get("benefit_in", {})
    return {
        "money": row["money"],
        "group": "; ".join(sorted(row["groups"] & set(instance["groups"]))),
        "no_start_in": "; ".join(label_of(FIRST + t) for t in row.get("closed", ())),
        **{f"use_staff_{n + 1}": staff[n] for n in range(3)},
        **{f"benefit_{label_of(FIRST + t)}": benefits.get(t) for t in range(instance["years"])},
    }


def more_tables(instance: Instance) -> dict[str, pd.DataFrame]:
    """Write what else bounds an instance as the tables a user would give."""
    if "groups" not in instance:
        return {}
    staff = [("staff", "wte", label_of(FIRST + t), o, v) for (o, t), v in instance["staff"].items()]
    groups = [(name, *bounds) for name, bounds in instance["groups"].items()]
    columns = ["resource", "unit", "year", "organisation", "limit"]
    return {
        "resources": pd.DataFrame(staff, columns=columns),
        "groups": pd.DataFrame(groups, columns=["group", "at_least", "at_most"]),
    }


def plan_of(instance: Instance, **more: Any) -> CapitalPlan:
    projects, limits = tables(instance)
    return solve(projects, limits, **settings_of(instance, **more))


def settings_of(instance: Instance, **more: Any) -> dict[str, Any]:
    return {
        "discount_rate_pct": instance["rate"],
        "discount_from": instance["discount_from"],
        "price_growth_pct": instance["prices"],
        "over_programming_pct": instance["over"],
        "truncate": instance["truncate"],
        "gap_pct": 0.0,
        **more_tables(instance),
    } | more


def best_of(instance: Instance, **more: Any) -> float:
    """Return the objective of the plan, or minus infinity if there is none."""
    try:
        return float(plan_of(instance, **more).solve.objective)
    except NoAnswerError:
        return -math.inf


def _small(years: int, limit: float, *rows: Instance) -> Instance:
    """Return an instance written out, for examples that once went wrong."""
    usual = {
        "organisation": "Barts", "benefit": 5.0, "spend": [0.0], "cdel_share": 1.0, "early": 0,
        "late": years - 1, "last": years - 1, "must": False, "divisible": False, "requires": [],
        "excludes": [],
    }  # fmt: skip
    named = [{"id": f"P{n}", "group": f"P{n}"} | usual | row for n, row in enumerate(rows)]
    return {
        "rows": named, "years": years, "limits": {("", t): limit for t in range(years)},
        "truncate": False, "rate": 0.0, "discount_from": "start", "prices": 0.0, "over": 0.0,
    }  # fmt: skip


DEARER_THAN_THE_LIMIT = _small(1, 6.0, {"spend": [7.0]})

LAG_THAT_CANNOT_BE_MET = _small(1, 9.0, {"spend": [7.0]}, {"requires": [("P0", 1)]})

# The rules again, from the design and not from the code


def value_of(instance: Instance, row: Instance, start: int) -> float:
    build = len(row["spend"])
    # what counts is the work that is paid for; of a scheme of receipts alone, the receipts
    work = [max(z, 0.0) for z in row["spend"]]
    work = work if any(work) else row["spend"]
    part = sum(work[: instance["years"] - start]) / sum(work) if any(work) else 1.0
    benefit = row.get("benefit_in", {}).get(start, row["benefit"])
    at = start if instance["discount_from"] == "start" else start + build - 1
    return float(benefit * part / (1 + instance["rate"] / 100) ** at)


def use_of(instance: Instance, row: Instance, start: int) -> dict[int, float]:
    """Return what a start uses of the limit, by year."""
    return {
        start + n: amount * (1 + instance["prices"] / 100) ** (start + n) * row["cdel_share"]
        for n, amount in enumerate(row["spend"])
        if start + n < instance["years"] and amount * row["cdel_share"]
    }


def links_hold(instance: Instance, choice: Choice) -> bool:
    """Say whether options, must-funds, prerequisites and exclusions hold."""
    groups = [row["group"] for row in instance["rows"] if row["id"] in choice]
    if len(groups) != len(set(groups)):
        return False
    met = {row["group"] for row in instance["rows"] if row["must"] and row["id"] in choice}
    if any(row["must"] and row["group"] not in met for row in instance["rows"]):
        return False
    for row in instance["rows"]:
        if row["id"] not in choice:
            continue
        start = choice[row["id"]][0]
        for name, lag in row["requires"]:
            met = [other["id"] for other in named(instance["rows"], name) if other["id"] in choice]
            if not met or choice[met[0]][0] + lag > start:
                return False
        barred = [
            other["id"] for name in row["excludes"] for other in named(instance["rows"], name)
        ]
        if any(name in choice for name in barred):
            return False
    for name, (_, most) in instance.get("groups", {}).items():
        if most is not None and _count(instance, choice, name) > most:
            return False
    return True


def _count(instance: Instance, choice: Choice, group: str) -> int:
    return sum(row["id"] in choice for row in instance["rows"] if group in row["groups"])


def needs_of(instance: Instance, row: Instance, start: int) -> dict[tuple[Any, ...], float]:
    """Return what a start uses of each limit there may be; the least of a group is one too."""
    owners = ("", row["organisation"])
    of = ("money", row["money"]) if row.get("money") else ()
    found: dict[tuple[Any, ...], float] = {
        (*of, owner, t): amount
        for t, amount in use_of(instance, row, start).items()
        for owner in owners
    }
    for after, amount in enumerate(row.get("staff", ())):
        for owner in owners:
            found["staff", owner, start + after] = float(amount)
    return found | {("group", name): -1.0 for name in row.get("groups", ())}


def room_left(instance: Instance, choice: Choice) -> dict[tuple[Any, ...], float]:
    """Return what each limit has left."""
    over = 1 + instance["over"] / 100
    left: dict[tuple[Any, ...], float] = {k: v * over for k, v in instance["limits"].items()}
    left |= {("money", "PDC", *key): v * over for key, v in instance.get("moneys", {}).items()}
    left |= {("staff", *key): value for key, value in instance.get("staff", {}).items()}
    left |= {("group", name): -float(n) for name, (n, _) in instance.get("groups", {}).items()}
    for row in instance["rows"]:
        if row["id"] not in choice:
            continue
        start, share = choice[row["id"]]
        for key, amount in needs_of(instance, row, start).items():
            if key in left:
                left[key] -= amount * share
    return left


def starts_in(row: Instance) -> list[int]:
    """Return the years in which a scheme may start."""
    window = range(row["early"], min(row["late"], row["last"]) + 1)
    return [start for start in window if start not in row.get("closed", ())]


def every_choice(instance: Instance) -> Iterator[Choice]:
    """Yield every way of starting or leaving each scheme; whatever is chosen is whole."""

    def extend(n: int, choice: Choice) -> Iterator[Choice]:
        if n == len(instance["rows"]):
            yield choice
            return
        row = instance["rows"][n]
        yield from extend(n + 1, choice)
        for start in starts_in(row):
            yield from extend(n + 1, choice | {row["id"]: (start, 1.0)})

    return extend(0, {})


def fitting(instance: Instance, choice: Choice) -> float | None:
    """Return what a choice is worth, its divisible scheme cut to fit; None if it cannot be."""
    if not links_hold(instance, choice):
        return None
    cut = [row for row in instance["rows"] if row["divisible"] and row["id"] in choice]
    whole = {name: kept for name, kept in choice.items() if name not in {r["id"] for r in cut}}
    left = room_left(instance, whole)
    worth = sum(
        value_of(instance, row, whole[row["id"]][0])
        for row in instance["rows"]
        if row["id"] in whole
    )
    least, most = 0.0, 1.0
    for row in cut:  # one at the most
        start = choice[row["id"]][0]
        for key, amount in needs_of(instance, row, start).items():
            if amount > 0 and key in left:
                most = min(most, left.pop(key) / amount)
            elif amount < 0 and key in left:
                least = max(least, left.pop(key) / amount)
        named_so = {row["id"], row["group"]}
        if any(named_so & set(dict(other["requires"])) for other in instance["rows"]
               if other["id"] in whole):  # fmt: skip
            least = 1.0  # who builds on it needs the whole of it
        value = value_of(instance, row, start)
        worth += value * (most if value > 0 else least)
    if min(left.values(), default=0.0) < -TINY / 10 or least > most + TINY / 10:
        return None
    return worth


def enumerated(instance: Instance) -> float:
    worths = (fitting(instance, choice) for choice in every_choice(instance))
    return max((worth for worth in worths if worth is not None), default=-math.inf)


def choice_in(plan: CapitalPlan) -> Choice:
    """Read a plan back from its table alone."""
    return {
        row["project_id"]: (int(row["start_year"][:4]) - FIRST, row["funded_share"])
        for row in plan.plan.to_dict("records")
        if row["status"] != "not funded"
    }
