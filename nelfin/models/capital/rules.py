"""Floors, caps and targets of a capital plan, as rows of the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd

from nelfin import program as lp
from nelfin.data.capital_rules import RULE_KINDS, Measure
from nelfin.data.specs import BANDS
from nelfin.data.tables import records_of
from nelfin.errors import Problems, nearest
from nelfin.models.capital.starts import Start
from nelfin.store.sheets.spots import spot


@dataclass(frozen=True)
class Rule:
    """A floor, cap or target in one year or over the plan; the key of its row in the program.

    Parameters
    ----------
    kind
        One of `RULE_KINDS`.
    names
        The categories, places or risk bands it is of.
    year
        Its year; "" for the whole plan.
    amount
        £m.
    """

    kind: str
    names: tuple[str, ...]
    year: str
    amount: float

    def __str__(self) -> str:
        words = RULE_KINDS[self.kind].words
        said = words.format(name="; ".join(self.names), amount=f"{self.amount:,.1f}")
        return f"{said} in {self.year}" if self.year else said


def check_rules(
    rules: pd.DataFrame,
    projects: pd.DataFrame,
    years: list[str],
    deprived: bool,
    called: str,
    problems: Problems,
) -> None:
    """Check a table of rules against the project table and the plan's years.

    Parameters
    ----------
    rules
        The typed table: `rule, name, year, amount_gbp_m, now_gbp_m`.
    projects
        The typed project table, with the columns `category` and `place`.
    years
        Years of the plan; none if they are not known.
    deprived
        Whether the share of people in the most deprived areas is known.
    called
        What to call the table in errors.
    problems
        Every problem is added to it.
    """
    choices = {
        measure: [str(name) for name in dict.fromkeys(projects[measure]) if name]
        for measure in ("category", "place")
    } | {"backlog": list(BANDS)}
    for row, cells in rules.iterrows():
        at, kind = partial(spot, called, row), str(cells["rule"])
        measure = RULE_KINDS[kind].measure
        if measure in choices:
            for name in _names(cells["name"]):
                if name not in choices[measure]:
                    problems.add(at("name"), f'is "{name}".', nearest(name, choices[measure]))
            if not _names(cells["name"]):
                problems.add(at("name"), "is empty.", f"Name the {measure} of the {kind}.")
        if cells["year"] and years and cells["year"] not in years:
            problems.add(
                at("year"),
                f"is {cells['year']}, outside the plan's years {years[0]} to {years[-1]}.",
                "Correct it, or leave it blank: over all years.",
            )
        if measure == "backlog" and pd.isna(cells["now_gbp_m"]):
            problems.add(at("now_gbp_m"), "is empty.", "Give the backlog at the start, £m.")
        if measure == "deprived" and not deprived:
            problems.add(
                at("rule"),
                "needs the share of each place's people in the most deprived areas.",
                "Give the table deprivation, or take the rule out.",
            )


def _names(cell: object) -> tuple[str, ...]:
    """Return the names of a cell, separated by semicolons."""
    return tuple(part.strip() for part in str(cell or "").split(";") if part.strip())


def add_rules(
    program: lp.Program,
    starts: list[Start],
    rules: pd.DataFrame | None,
    years: list[str],
    deterioration_pct: float = 0.0,
) -> None:
    """Add a row of the kind `rule` for each rule, with the `Rule` as its key.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    rules
        The typed table, checked; None for none.
    years
        Years of the plan.
    deterioration_pct
        What backlog that is not cleared grows by a year, beside prices.
    """
    worse = (1 + deterioration_pct / 100) ** len(years)
    for cells in [] if rules is None else records_of(rules):
        for rule, positions in _rules_of(cells, years):
            measure = RULE_KINDS[rule.kind].measure
            terms = [
                (start.share_column, amount)
                for start in starts
                if (amount := _measured(start, measure, rule.names, positions, deterioration_pct))
            ]
            sense, bound = _bound(rule, cells["now_gbp_m"], worse)
            program.row("rule", rule, terms, sense, bound, lp.POUND)


def _rules_of(cells: dict[str, object], years: list[str]) -> Iterator[tuple[Rule, list[int]]]:
    """Yield the rules that a row of the table makes, each with the positions of its years."""
    kind, names = str(cells["rule"]), _names(cells["name"])
    amount, year = float(str(cells["amount_gbp_m"])), str(cells["year"])
    positions = [years.index(year)] if year else list(range(len(years)))
    if RULE_KINDS[kind].measure != "revenue":
        yield Rule(kind, names, year, amount), positions
        return
    # what revenue can bear is a limit of each year, not of their sum
    for position in positions:
        yield Rule(kind, names, years[position], amount), [position]


def _measured(
    start: Start,
    measure: Measure,
    names: tuple[str, ...],
    positions: list[int],
    deterioration_pct: float,
) -> float:
    """Return what a start adds to the measure that a rule bounds, £m."""
    if measure == "revenue":
        return start.revenue(positions[0])
    if measure == "backlog":
        return start.cleared(names, deterioration_pct)
    share = {
        "category": float(start.scheme.category in names),
        "place": float(start.scheme.place in names),
        "deprived": start.scheme.deprived_share,
    }[measure]
    return share * float(start.cdel[positions].sum())


def _bound(rule: Rule, backlog_now: float, worse: float) -> tuple[lp.Sense, float]:
    kind = RULE_KINDS[rule.kind]
    if kind.measure == "revenue":
        return ">=", -rule.amount
    if kind.measure == "backlog":
        return ">=", backlog_now * worse - rule.amount
    return ("<=" if kind.at_most else ">="), rule.amount
