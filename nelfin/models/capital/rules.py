"""Floors, caps and targets of a capital plan, as rows of the program."""

from __future__ import annotations

from functools import partial
from typing import Literal

import pandas as pd

from nelfin import program as lp
from nelfin.data.specs import CAPITAL_RULES
from nelfin.data.spots import spot
from nelfin.data.tables import inspect_frame
from nelfin.errors import Problems, nearest
from nelfin.models.capital.starts import Start

BANDS = ("high", "significant", "moderate", "low")
"""Risk bands of backlog maintenance."""

WORDS = {
    "category_floor": "at least £{amount}m of the limit for {name}",
    "category_cap": "at most £{amount}m of the limit for {name}",
    "place_floor": "at least £{amount}m of the limit in {name}",
    "deprived_floor": "at least £{amount}m of the limit that reaches the most deprived",
    "revenue_limit": "revenue cost of at most £{amount}m",
    "backlog_target": "at most £{amount}m of {name}-risk backlog left",
}
"""Rules in words."""


def check_rules(
    rules: pd.DataFrame | None,
    projects: pd.DataFrame,
    years: list[str],
    deprived: bool,
    where: str,
    problems: Problems,
) -> pd.DataFrame | None:
    """Check a table of rules against the project table; None if there is none or it is wrong."""
    if rules is None or rules.empty:
        return None
    table, found = inspect_frame(rules, CAPITAL_RULES, where)
    problems.found.extend(found.found)
    if found.found or not {"category", "place"} <= set(projects.columns):
        return None
    known = {
        "category": [*dict.fromkeys(projects["category"])],
        "place": [name for name in dict.fromkeys(projects["place"]) if name],
        "backlog": list(BANDS),
    }
    for row, line in table.iterrows():
        at, kind = partial(spot, where, row), str(line["rule"])
        of = kind.partition("_")[0]
        for name in names(line["name"]) if of in known else []:
            if name not in known[of]:
                problems.add(at("name"), f'is "{name}".', nearest(name, known[of]))
        if of in known and not names(line["name"]):
            problems.add(at("name"), "is empty.", f"Name the {of} of the {kind}.")
        if line["year"] and line["year"] not in years:
            problems.add(
                at("year"),
                f"is {line['year']}, outside the plan's years {years[0]} to {years[-1]}.",
                "Correct it, or leave it blank: over all years.",
            )
        if kind == "backlog_target" and pd.isna(line["now_gbp_m"]):
            problems.add(at("now_gbp_m"), "is empty.", "Give the backlog there is today, £m.")
        if kind == "deprived_floor" and not deprived:
            problems.add(
                at("rule"),
                "needs the share of each place's people in the most deprived areas.",
                "Give the table deprivation, or take the rule out.",
            )
    return table


def names(text: object) -> list[str]:
    """Return the names of a cell, separated by semicolons."""
    return [part.strip() for part in str(text or "").split(";") if part.strip()]


def add_rules(
    program: lp.Program, starts: list[Start], rules: pd.DataFrame | None, years: list[str]
) -> None:
    """Add a row for each rule; its name is ("rule", kind, name, year, amount)."""
    for line in [] if rules is None else rules.to_dict("records"):
        kind, of, amount = str(line["rule"]), names(line["name"]), float(line["amount_gbp_m"])
        at = [years.index(line["year"])] if line["year"] else list(range(len(years)))
        # what revenue can bear is a limit of each year, not of their sum
        for spell in [[t] for t in at] if kind == "revenue_limit" else [at]:
            year = years[spell[0]] if line["year"] or kind == "revenue_limit" else ""
            terms = [
                (start.share, value)
                for start in starts
                if (value := _measure(start, kind, of, spell))
            ]
            sense, bound = _bound(kind, amount, line["now_gbp_m"])
            program.row(("rule", kind, "; ".join(of), year, amount), terms, sense, bound)


def _measure(start: Start, kind: str, of: list[str], at: list[int]) -> float:
    """Return what a start adds to the measure that a rule bounds, £m."""
    if kind == "revenue_limit":
        return start.revenue(at[0])
    if kind == "backlog_target":
        return start.cleared(of)
    counts = {
        "category": float(start.scheme.category in of),
        "place": float(start.scheme.place in of),
        "deprived": start.scheme.deprived_share,
    }[kind.partition("_")[0]]
    return counts * float(start.cdel[at].sum())


def _bound(kind: str, amount: float, now: float) -> tuple[Literal["<=", ">="], float]:
    if kind == "category_cap":
        return "<=", amount
    if kind == "revenue_limit":
        return ">=", -amount
    return ">=", now - amount if kind == "backlog_target" else amount


def rule_words(kind: str, name: str, year: str, amount: float) -> str:
    """Return a rule in words, for a sentence."""
    words = WORDS[kind].format(name=name, amount=f"{amount:,.1f}")
    return f"{words} in {year}" if year else words
