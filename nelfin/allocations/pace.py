"""Pace of change: how fast a budget moves to its target, under the rules NHS England has used.

A rule turns distance from target (DfT = opening / target - 1) into an adjustment k, and the
allocation is opening x (1 + growth) x (1 + k). The parameters of each named rule, decoded from
published results, stand in `pace_rules.csv`; this module holds the forms they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.allocations.minimax import near_target
from nelfin.data import lines_of
from nelfin.errors import InputError, Problems, nearest

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
    """A pace-of-change rule: a form and its parameters, as fractions."""

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


@dataclass(frozen=True)
class Converged:
    """What a rule gives, one value a row.

    Parameters
    ----------
    dft
        Distance from target on the basis the rule uses, a fraction; shape (n,).
    convergence
        The adjustment on top of growth, a fraction; shape (n,).
    allocation
        Baseline grown and converged, in the unit of the baseline; shape (n,).
    closing_dft
        Distance from target after convergence, a fraction; shape (n,).
    """

    dft: Array
    convergence: Array
    allocation: Array
    closing_dft: Array


def capped(dft: Array, over_cap: Rate, under_slope: Rate, under_cap: Rate) -> Array:
    """Over target: -min(cap, DfT). Under target: +min(cap, slope x abs(DfT)).

    The form of 2023/24: over by up to 0.71 % (core) or 0.38 % (primary medical).
    """
    return np.where(dft >= 0, -np.minimum(over_cap, dft), np.minimum(under_cap, -under_slope * dft))


def capped_to_target(dft: Array, over_cap: Rate, under_slope: Rate, under_cap: Rate) -> Array:
    """As `capped`, but never below target: over target -min(cap, 1 - 1 / (1 + DfT)).

    The form of 2024/25.
    """
    over = -np.minimum(over_cap, 1 - 1 / (1 + np.maximum(dft, 0.0)))
    return np.where(dft >= 0, over, np.minimum(under_cap, -under_slope * dft))


def clipped(dft_pre: Array, over_cap: Rate, under_slope: Rate, under_cap: Rate) -> Array:
    """-slope x DfT after growth, at most the caps either way.

    The form of 2025/26: a fifth of the distance, at most 0.5 %.
    """
    return np.asarray(np.minimum(np.maximum(-under_slope * dft_pre, -over_cap), under_cap))


def growth_floor(dft_pre: Array, population_growth: npt.ArrayLike, rule: Rule) -> Array:
    """Return the least growth of a place by its DfT after growth, a fraction.

    Cash: `min_growth` up to `full_to_dft`, then a straight taper to nothing at `none_from_dft`.
    A head: `min_growth_per_head` up to `full_to_dft`, which turns into cash by the growth of
    people. The form of 2018/19: 2.08 % to 5 %, none from 10 %; 1.36 % a head.
    """
    reach = rule.none_from_dft - rule.full_to_dft
    cash = rule.min_growth * np.clip((rule.none_from_dft - dft_pre) / reach, 0.0, 1.0)
    head = (1 + rule.min_growth_per_head) * (1 + np.asarray(population_growth, dtype=float)) - 1
    # 105 / 100 is a hair above 5 %
    return np.asarray(np.where(dft_pre <= rule.full_to_dft + 1e-12, np.maximum(cash, head), cash))


def floored(opening: Array, growth: npt.ArrayLike, target: Array, floor: Array) -> Array:
    """Grow each place, never past target, and never below its floor (in money)."""
    grown = opening * (1 + np.asarray(growth, dtype=float))
    return np.asarray(np.maximum(floor, np.minimum(grown, target)))


def floors_of(
    opening: Array, dft_pre: Array, target: Array, population_growth: npt.ArrayLike, rule: Rule
) -> Array:
    """Return the least money of each place: least growth, and the lowest DfT allowed."""
    least = opening * (1 + growth_floor(dft_pre, population_growth, rule))
    return np.asarray(np.maximum(least, (1 + rule.lowest_dft) * target))


def adjustment(rule: Rule, dft: Array) -> Array:
    """Return the adjustment k of a rule that a distance from target alone decides."""
    if rule.form == "none":
        return np.zeros_like(dft)
    if rule.form == "full":
        return 1 / (1 + dft) - 1
    form = {"capped": capped, "capped_to_target": capped_to_target, "clipped": clipped}[rule.form]
    return form(dft, rule.over_cap, rule.under_slope, rule.under_cap)


def rules_of(table: pd.DataFrame) -> dict[str, Rule]:
    """Return the rules of a `pace_rules` table by name; percentages become fractions."""
    rules = {}
    figures = [name for name in ("under_slope", *PERCENTAGES) if name in table]
    for name, form, *values in lines_of(table, "rule", "form", *figures):
        given = {
            column.removesuffix("_pct"): value / 100 if column in PERCENTAGES else value
            for column, value in zip(figures, values, strict=True)
            if not np.isnan(value)
        }
        rules[name] = Rule(name, form, **given)
    return rules


@lru_cache(64)
def together(rules: tuple[Rule, ...]) -> Rule:
    """Return rules of one form as a rule whose parameters have a row each; shape (row, 1)."""
    rates = {
        one.name: np.array([[getattr(rule, one.name)] for rule in rules])
        for one in fields(Rule)
        if one.name not in {"name", "form"}
    }
    return Rule(", ".join(rule.name for rule in rules), rules[0].form, **rates)


@cache
def packaged_rules() -> Mapping[str, Rule]:
    """Return the rules that come with nelfin."""
    from nelfin.data import TABLES, read_table
    from nelfin.scenario.load import packaged_folder

    return rules_of(read_table(packaged_folder() / "pace_rules.csv", TABLES["pace_rules"]))


def converge(
    baseline: npt.ArrayLike,
    growth: npt.ArrayLike,
    target: npt.ArrayLike,
    rule: str | Rule,
    restricted_share: npt.ArrayLike = 1.0,
    population_growth: npt.ArrayLike = 0.0,
    min_growth: npt.ArrayLike = -1.0,
    max_growth: npt.ArrayLike = np.inf,
) -> Converged:
    """Apply a pace-of-change rule to rows of systems or places, each with its own growth.

    Parameters
    ----------
    baseline
        Opening position, any unit of money; shape (n,).
    growth
        Growth before convergence, as a fraction (0.0542).
    target
        Target on the basis the rule uses: that of the prior year for the 2023/24 and 2024/25
        rules, that of the year itself for all others.
    rule
        Name of a rule, such as `nhse-core-2023-24`, or a `Rule`.
    restricted_share
        Share of the baseline that moves (specialised services).
    population_growth
        Growth of people, as a fraction (`ccg-2018-19` has a least growth a head).
    min_growth, max_growth
        Least and most growth of each row, as fractions. Only `lp` has them; it shares out what
        all rows together have after growth.

    Returns
    -------
    Converged
        `dft` (on the rule's basis), `convergence`, `allocation`, `closing_dft`; shape (n,).

    Raises
    ------
    InputError
        If the rule is not known.
    NoAnswerError
        If least or most growth cannot be had (`lp`).

    Examples
    --------
    NHS North East London, core, 2023/24, in £m:

    >>> result = converge([3406.8747063], [0.05422122061], [3345.0691846], "nhse-core-2023-24")
    >>> round(float(result.allocation[0]), 3)
    3566.099
    """
    if isinstance(rule, str):
        known = packaged_rules()
        if rule not in known:
            raise InputError.one("rule", f'"{rule}" is not known.', nearest(rule, known))
        rule = known[rule]
    start = np.asarray(baseline, dtype=float)
    goal = np.asarray(target, dtype=float)
    share = np.asarray(restricted_share, dtype=float)
    grown = start * (1 + np.asarray(growth, dtype=float))
    # "none" has no basis of its own; it is measured against the target of the year
    dft = (start if rule.on_prior_year else grown) / goal - 1
    if rule.form == "floors":
        floor = floors_of(start, dft, goal, population_growth, rule)
        k = share * (floored(start, growth, goal, floor) / grown - 1)
    elif rule.form == "lp":
        moved = near_target(start, goal, float(grown.sum()), min_growth, max_growth)
        k = share * (moved / grown - 1)
    else:
        k = share * adjustment(rule, dft)
    return Converged(dft, k, grown * (1 + k), (1 + dft) * (1 + k) - 1)


def converge_table(table: pd.DataFrame, rule: str, called: str = "table") -> pd.DataFrame:
    """Apply a rule to a table of systems or places.

    Parameters
    ----------
    table
        Columns `id, baseline, growth, target` and optionally `restricted_share`,
        `population_growth`, `min_growth` and `max_growth`.
    rule
        Name of a rule.
    called
        What to call the table in errors, such as its file.

    Returns
    -------
    pandas.DataFrame
        The table with `dft, convergence, allocation, closing_dft`.

    Raises
    ------
    InputError
        If the rule is not known, or a target or a baseline is 0.
    """
    problems = Problems()
    for column in ("target", "baseline"):
        for row in table.index[table[column] <= 0]:
            problems.add(f"{called}, row {row}, column {column}", "is 0.", f"Give the {column}.")
    problems.raise_if_any()
    found = converge(
        table["baseline"],
        table["growth"],
        table["target"],
        rule,
        table.get("restricted_share", 1.0),
        table.get("population_growth", 0.0),
        table.get("min_growth", pd.Series(-1.0)).fillna(-1.0),
        table.get("max_growth", pd.Series(np.inf)).fillna(np.inf),
    )
    return table.assign(
        dft=found.dft,
        convergence=found.convergence,
        allocation=found.allocation,
        closing_dft=found.closing_dft,
    )
