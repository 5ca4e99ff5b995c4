"""Pace of change: how fast a budget moves to its target, under the rules NHS England has used.

A rule turns distance from target (DfT = opening / target - 1) into an adjustment k, and the
allocation is opening x (1 + growth) x (1 + k). The parameters of each named rule, decoded from
published results, stand in `pace_rules.csv`; this module holds the forms they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.errors import InputError, Problems, nearest

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """A pace-of-change rule: a form and its parameters, as fractions."""

    name: str
    form: str
    over_cap: float = 0.0
    under_slope: float = 0.0
    under_cap: float = 0.0

    @property
    def in_year(self) -> bool:
        """Whether DfT is measured after growth, against the target of the year itself."""
        return self.form in {"clipped", "full"}


@dataclass(frozen=True)
class Converged:
    """What a rule gives, one value a row."""

    dft: Array
    convergence: Array
    allocation: Array
    closing_dft: Array


def capped(dft: Array, over_cap: float, under_slope: float, under_cap: float) -> Array:
    """Over target: -min(cap, DfT). Under target: +min(cap, slope x abs(DfT)).

    The form of 2023/24: over by up to 0.71 % (core) or 0.38 % (primary medical).
    """
    return np.where(dft >= 0, -np.minimum(over_cap, dft), np.minimum(under_cap, -under_slope * dft))


def capped_to_target(dft: Array, over_cap: float, under_slope: float, under_cap: float) -> Array:
    """As `capped`, but never below target: over target -min(cap, 1 - 1 / (1 + DfT)).

    The form of 2024/25.
    """
    over = -np.minimum(over_cap, 1 - 1 / (1 + np.maximum(dft, 0.0)))
    return np.where(dft >= 0, over, np.minimum(under_cap, -under_slope * dft))


def clipped(dft_pre: Array, over_cap: float, under_slope: float, under_cap: float) -> Array:
    """-slope x DfT after growth, at most the caps either way.

    The form of 2025/26: a fifth of the distance, at most 0.5 %.
    """
    return np.clip(-under_slope * dft_pre, -over_cap, under_cap)


def adjustment(rule: Rule, dft: Array) -> Array:
    """Return the adjustment k of a rule at a distance from target on the basis the rule uses."""
    if rule.form == "none":
        return np.zeros_like(dft)
    if rule.form == "full":
        return 1 / (1 + dft) - 1
    form = {"capped": capped, "capped_to_target": capped_to_target, "clipped": clipped}[rule.form]
    return form(dft, rule.over_cap, rule.under_slope, rule.under_cap)


def rules_of(table: pd.DataFrame) -> dict[str, Rule]:
    """Return the rules of a `pace_rules` table by name."""

    def fraction(value: Any, over: float) -> float:
        return 0.0 if pd.isna(value) else float(value) / over

    return {
        str(line.rule): Rule(
            str(line.rule),
            str(line.form),
            fraction(line.over_cap_pct, 100),
            fraction(line.under_slope, 1),
            fraction(line.under_cap_pct, 100),
        )
        for line in table.itertuples()
    }


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
        rules, that of the year itself for 2025/26, `none` and `full`.
    rule
        Name of a rule, such as `nhse-core-2023-24`, or a `Rule`.
    restricted_share
        Share of the baseline that moves (specialised services).

    Returns
    -------
    Converged
        `dft` (on the rule's basis), `convergence`, `allocation`, `closing_dft`; shape (n,).

    Raises
    ------
    InputError
        If the rule is not known.

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
    grown = start * (1 + np.asarray(growth, dtype=float))
    # "none" has no basis of its own; it is measured against the target of the year
    dft = (grown if rule.in_year or rule.form == "none" else start) / goal - 1
    k = adjustment(rule, dft) * np.asarray(restricted_share, dtype=float)
    return Converged(dft, k, grown * (1 + k), (1 + dft) * (1 + k) - 1)


def converge_table(table: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Apply a rule to a table of systems or places.

    Parameters
    ----------
    table
        Columns `id, baseline, growth, target` and optionally `restricted_share`.
    rule
        Name of a rule.

    Returns
    -------
    pandas.DataFrame
        The table with `dft, convergence, allocation, closing_dft`.

    Raises
    ------
    InputError
        If the rule is not known, or a target is 0.
    """
    problems = Problems()
    for row, target in table["target"].items():
        if target <= 0:
            problems.add(f"row {row}, column target", "is 0.", "Give the target.")
    problems.raise_if_any()
    found = converge(
        table["baseline"],
        table["growth"],
        table["target"],
        rule,
        table.get("restricted_share", 1.0),
    )
    return table.assign(
        dft=found.dft,
        convergence=found.convergence,
        allocation=found.allocation,
        closing_dft=found.closing_dft,
    )


def share_envelope(
    opening: Array, need_share: Array, envelope: float, rule: Rule, restricted_share: float = 1.0
) -> tuple[Array, float]:
    """Share a closed envelope among places under a rule.

    One growth rate holds for every place, and is the one that makes the budgets add up to the
    envelope. In a closed system the prior year's target is the opening total shared by need.

    Parameters
    ----------
    opening
        Opening positions, £m; shape (place,).
    need_share
        Shares of weighted population; sums to 1.
    envelope
        Money to share, £m.
    rule, restricted_share
        As for `converge`.

    Returns
    -------
    budgets : numpy.ndarray
        £m, adding up to the envelope; shape (place,).
    growth : float
        The uniform growth before convergence, as a fraction.
    """
    if rule.form == "full":
        moved = need_share * envelope
        kept = opening * (envelope / opening.sum())
        budget = restricted_share * moved + (1 - restricted_share) * kept
        return budget, float(envelope / opening.sum() - 1)
    if rule.in_year:
        growth = _uniform_growth(opening, need_share, envelope, rule, restricted_share)
        target = need_share * envelope
    else:
        target = need_share * opening.sum()
        k = adjustment(rule, opening / target - 1) * restricted_share
        growth = float(envelope / (opening * (1 + k)).sum() - 1)
    budget = converge(opening, growth, target, rule, restricted_share).allocation
    # the last billionths of a pound that the root leaves
    return budget * (envelope / budget.sum()), growth


def _uniform_growth(
    opening: Array, need_share: Array, envelope: float, rule: Rule, restricted_share: float
) -> float:
    """Find the growth at which budgets add up; they rise with growth, so there is one root."""
    from scipy.optimize import brentq

    target = need_share * envelope

    def surplus(growth: float) -> float:
        return float(
            converge(opening, growth, target, rule, restricted_share).allocation.sum() - envelope
        )

    even = float(envelope / opening.sum() - 1)
    # no adjustment moves a budget further than the caps, so the root lies within them
    reach = 2 * max(rule.over_cap, rule.under_cap) + 1e-9
    low, high = (1 + even) / (1 + reach) - 1, (1 + even) / max(1 - reach, 0.01) - 1
    return float(brentq(surplus, low, high, xtol=1e-15, rtol=1e-14))
