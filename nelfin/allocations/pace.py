"""Pace of change on rows of systems or places, each with a growth of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.allocations.forms import adjustment, floored, floors_of
from nelfin.allocations.minimax import near_target
from nelfin.allocations.rules import Rule, packaged_rules
from nelfin.errors import InputError, Problems, nearest

Array = npt.NDArray[np.float64]


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
        Growth before convergence, a fraction (0.0542); a number, or shape (n,).
    target
        Target on the basis the rule uses, in the unit of the baseline: that of the prior year for
        the 2023/24 and 2024/25 rules, that of the year itself for all others. Shape (n,).
    rule
        Name of a rule, such as `nhse-core-2023-24`, or a `Rule`.
    restricted_share
        Share of the baseline that moves (specialised services); a number, or shape (n,).
    population_growth
        Growth of people, a fraction (`ccg-2018-19` has a least growth a head); a number, or shape
        (n,).
    min_growth, max_growth
        Least and most growth of each row, fractions; numbers, or shape (n,). Only `lp` has them;
        it shares out what all rows together have after growth.

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

    Notes
    -----
    Method: the rules NHS England used, decoded from its published allocations; see
    `nelfin.allocations.forms`.

    Examples
    --------
    NHS North East London, core, 2023/24, in £m:

    >>> result = converge([3406.8747063], [0.05422122061], [3345.0691846], "nhse-core-2023-24")
    >>> round(float(result.allocation[0]), 3)
    3566.099
    """
    if isinstance(rule, str):
        rules = packaged_rules()
        if rule not in rules:
            raise InputError.one("rule", f'"{rule}" is not known.', nearest(rule, rules))
        rule = rules[rule]
    opening = np.asarray(baseline, dtype=float)
    goal = np.asarray(target, dtype=float)
    restricted = np.asarray(restricted_share, dtype=float)
    grown = opening * (1 + np.asarray(growth, dtype=float))
    # "none" has no basis of its own; it is measured against the target of the year
    dft = (opening if rule.on_prior_year else grown) / goal - 1
    if rule.form == "floors":
        floor = floors_of(opening, dft, goal, population_growth, rule)
        k = restricted * (floored(opening, growth, goal, floor) / grown - 1)
    elif rule.form == "lp":
        moved = near_target(opening, goal, float(grown.sum()), min_growth, max_growth)
        k = restricted * (moved / grown - 1)
    else:
        k = restricted * adjustment(rule, dft)
    return Converged(dft, k, grown * (1 + k), (1 + dft) * (1 + k) - 1)


def converge_table(table: pd.DataFrame, rule: str, called: str = "table") -> pd.DataFrame:
    """Apply a rule to a table of systems or places.

    Parameters
    ----------
    table
        Columns `id, baseline, growth, target` and optionally `restricted_share`,
        `population_growth`, `min_growth` and `max_growth`: a row a system or place, money in one
        unit, growth and shares as fractions. A blank bound is none.
    rule
        Name of a rule.
    called
        What to call the table in errors, such as its file.

    Returns
    -------
    pandas.DataFrame
        The table with the fields of `Converged`: `dft, convergence, allocation, closing_dft`.

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
    converged = converge(
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
        dft=converged.dft,
        convergence=converged.convergence,
        allocation=converged.allocation,
        closing_dft=converged.closing_dft,
    )
