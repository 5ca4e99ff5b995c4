"""Small instances of a capital plan, and every plan there is of them, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from hypothesis import strategies as st

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
) -> Instance:
    """Draw up to 6 schemes over up to 4 years, every rule included."""
    years = draw(st.integers(1, 4))
    count = draw(st.integers(1, 6))
    truncate = draw(st.booleans())
    rows = [_scheme(draw, n, years, truncate, must) for n in range(count)]
    if links:
        _link(draw, rows)
    if divisible and draw(st.booleans()):
        _divide(draw, rows)
    limits = {("", t): float(draw(st.integers(0, 14))) for t in range(years)}
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
    }


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
        if kind == "requires":
            row["requires"] = [(other["id"], draw(st.integers(0, 2)))]
        elif not (row["must"] and other["must"]):
            row["excludes"] = [other["id"]]


def _divide(draw: st.DrawFn, rows: list[Instance]) -> None:
    """Let one scheme without links of its own or of others be divisible."""
    linked = {name for row in rows for name, _ in row["requires"]}
    linked |= {name for row in rows for name in row["excludes"]}
    free = [
        row
        for row in rows
        if not (row["must"] or row["requires"] or row["excludes"] or row["id"] in linked)
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
        }
        for row in instance["rows"]
    ]
    owners = {"", *(row["organisation"] for row in instance["rows"])}
    limits = [
        {"year": label_of(FIRST + t), "limit_gbp_m": value, "organisation": organisation}
        for (organisation, t), value in instance["limits"].items()
        if organisation in owners
    ]
    return pd.DataFrame(projects), pd.DataFrame(limits)


def plan_of(instance: Instance, **more: Any) -> CapitalPlan:
    projects, limits = tables(instance)
    arguments = {
        "discount_rate_pct": instance["rate"],
        "discount_from": instance["discount_from"],
        "price_growth_pct": instance["prices"],
        "over_programming_pct": instance["over"],
        "truncate": instance["truncate"],
        "gap_pct": 0.0,
    } | more
    return solve(projects, limits, **arguments)


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
    inside = row["spend"][: instance["years"] - start]
    part = sum(inside) / sum(row["spend"]) if sum(row["spend"]) else 1.0
    at = start if instance["discount_from"] == "start" else start + build - 1
    return float(row["benefit"] * part / (1 + instance["rate"] / 100) ** at)


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
            if name not in choice or choice[name][0] + lag > start:
                return False
        if any(name in choice for name in row["excludes"]):
            return False
    return True


def room_left(instance: Instance, choice: Choice) -> dict[tuple[str, int], float]:
    """Return what each limit has left."""
    left = {key: value * (1 + instance["over"] / 100) for key, value in instance["limits"].items()}
    for row in instance["rows"]:
        if row["id"] not in choice:
            continue
        start, share = choice[row["id"]]
        for t, amount in use_of(instance, row, start).items():
            for key in (("", t), (row["organisation"], t)):
                if key in left:
                    left[key] -= amount * share
    return left


def every_choice(instance: Instance) -> Iterator[Choice]:
    """Yield every way of starting or leaving each scheme; whatever is chosen is whole."""

    def extend(n: int, choice: Choice) -> Iterator[Choice]:
        if n == len(instance["rows"]):
            yield choice
            return
        row = instance["rows"][n]
        yield from extend(n + 1, choice)
        for start in range(row["early"], min(row["late"], row["last"]) + 1):
            yield from extend(n + 1, choice | {row["id"]: (start, 1.0)})

    return extend(0, {})


def fitting(instance: Instance, choice: Choice) -> float | None:
    """Return what a choice is worth, its divisible scheme cut to fit; None if it cannot be."""
    if not links_hold(instance, choice):
        return None
    cut = [row for row in instance["rows"] if row["divisible"] and row["id"] in choice]
    whole = {name: kept for name, kept in choice.items() if name not in {r["id"] for r in cut}}
    left = room_left(instance, whole)
    if min(left.values()) < -TINY / 10:
        return None
    worth = sum(
        value_of(instance, row, whole[row["id"]][0])
        for row in instance["rows"]
        if row["id"] in whole
    )
    for row in cut:
        start = choice[row["id"]][0]
        shares = [
            left[key] / amount
            for t, amount in use_of(instance, row, start).items()
            for key in (("", t), (row["organisation"], t))
            if key in left
        ]
        share = min([1.0, *shares])
        followers = [
            other["id"]
            for other in instance["rows"]
            if other["id"] in whole and row["id"] in dict(other["requires"])
        ]
        if followers and share < 1 - TINY / 10:
            return None  # who builds on it needs the whole of it
        worth += share * value_of(instance, row, start)
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
