"""Pace-of-change rules: their forms and parameters, as a table of rules gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data import TABLES, lines_of, read_table
from nelfin.scenario.paths import NATIONAL, packaged_scenario

Array = npt.NDArray[np.float64]

PERCENTAGES = (
    "over_cap_pct",
    "under_cap_pct",
    "min_growth_pct",
    "full_to_dft_pct",
    "none_from_dft_pct",
    "min_growth_per_head_pct",
    "lowest_dft_pct",
)
"""Columns of the rules table that are percentages; a `Rule` holds them as fractions."""

Rate = float | Array
"""A fraction, or one a row."""


@dataclass(frozen=True)
class Rule:
    """A pace-of-change rule: a form and its parameters.

    DfT is the distance from target: budget / target - 1.

    Parameters
    ----------
    name
        Such as `nhse-core-2023-24`.
    form
        One of `capped`, `capped_to_target`, `clipped`, `floors`, `none`, `full`, `lp`.
    over_cap, under_cap
        The most that a place over (under) target is moved, fractions of its budget.
    under_slope
        Part of the distance that is closed: of a place under target, or under `clipped` of any.
    min_growth, min_growth_per_head
        Least growth, in cash and a head, fractions (`floors`).
    full_to_dft, none_from_dft
        DfT up to which least growth is given in full, and from which there is none (`floors`).
    lowest_dft
        DfT below which no place is left (`floors`).
    """

    name: str
    form: str
    over_cap: Rate = 0.0
    under_slope: Rate = 0.0
    under_cap: Rate = 0.0
    min_growth: Rate = 0.0
    full_to_dft: Rate = 0.0
    none_from_dft: Rate = 0.0
    min_growth_per_head: Rate = 0.0
    lowest_dft: Rate = -1.0

    @property
    def on_prior_year(self) -> bool:
        """Whether DfT is measured before growth, against the target of the prior year."""
        return self.form in {"capped", "capped_to_target"}

    @property
    def formula(self) -> str:
        """Return the rule in words and figures, with DfT the distance from target."""
        over, slope = f"{100 * self.over_cap:g} %", f"{self.under_slope:.6g}"
        under = f"under target +min({100 * self.under_cap:g} %, {slope} x abs(DfT))"
        after = "after growth, on the target of the year"
        return {
            "capped": f"over target -min({over}, DfT); {under}",
            "capped_to_target": f"over target -min({over}, 1 - 1/(1 + DfT)); {under}",
            "clipped": f"-{slope} x DfT {after}, at most {over} either way",
            "floors": (
                f"least cash growth {100 * self.min_growth:g} % to a DfT of "
                f"{100 * self.full_to_dft:g} % ({after}), tapering to none at "
                f"{100 * self.none_from_dft:g} %; least growth a head "
                f"{100 * self.min_growth_per_head:g} % to {100 * self.full_to_dft:g} %; nobody "
                f"below a DfT of {100 * self.lowest_dft:g} %; the rest evenly up to target"
            ),
            "none": "every place keeps its share",
            "full": "straight to target",
            "lp": (
                "linear program: the largest abs(DfT) is the smallest that the least and most "
                "growth of each place allow, then the next largest, and so on"
            ),
        }[self.form]


def rules_of(table: pd.DataFrame) -> dict[str, Rule]:
    """Return the rules of a table by name; percentages become fractions.

    Parameters
    ----------
    table
        Columns `rule, form` and, as far as a form has them, `under_slope` and `PERCENTAGES`; a
        blank is a parameter that the form does not have.

    Returns
    -------
    dict
        A `Rule` by name.
    """
    rules = {}
    columns = [name for name in ("under_slope", *PERCENTAGES) if name in table]
    for name, form, *values in lines_of(table, "rule", "form", *columns):
        parameters = {
            column.removesuffix("_pct"): value / 100 if column in PERCENTAGES else value
            for column, value in zip(columns, values, strict=True)
            if not np.isnan(value)
        }
        rules[name] = Rule(name, form, **parameters)
    return rules


@lru_cache(64)
def together(rules: tuple[Rule, ...]) -> Rule:
    """Return rules of one form as a single rule, so that their streams are worked out at once.

    Parameters
    ----------
    rules
        At least one; all of one form.

    Returns
    -------
    Rule
        Each parameter has a row for each rule; shape (row, 1).
    """
    rates = {
        parameter.name: np.array([[getattr(rule, parameter.name)] for rule in rules])
        for parameter in fields(Rule)
        if parameter.name not in {"name", "form"}
    }
    return Rule(", ".join(rule.name for rule in rules), rules[0].form, **rates)


@cache
def packaged_rules() -> Mapping[str, Rule]:
    """Return the rules that come with nelfin, by name."""
    file = packaged_scenario(NATIONAL).parent / "pace_rules.csv"
    return rules_of(read_table(file, TABLES["pace_rules"]))
