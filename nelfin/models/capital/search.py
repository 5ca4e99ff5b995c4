"""The search for a whole-number plan: near the relaxation first, then everywhere."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp

NEAR = 3
"""Columns searched first, as a multiple of those the relaxation uses. Measured on the pipeline."""
FEW = 400
"""Programs with fewer columns are searched whole at once."""


def best_plan(
    program: lp.Program,
    relaxed: lp.Solution,
    gap: float,
    solver: lp.SolverName,
    begin: npt.NDArray[np.float64] | None = None,
    watch: lp.Watch | None = None,
) -> lp.Solution:
    """Find a whole-number plan proven within a gap of the best.

    The relaxation bounds every plan, and it is close. So the search stops as soon as a plan is
    within the gap of it. The columns that the relaxation uses or nearly uses (by reduced cost) are
    searched first; a plan from there begins the search of them all.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.
    gap
        As a share of the plan's value.
    solver
        CBC takes no beginning and no target, and searches everywhere at once.
    begin
        A plan known to hold, to begin from where nothing better is found near the relaxation.
    watch
        The clock of all of it, which may also stop the search.

    Returns
    -------
    lp.Solution
        Status `optimal` if within the gap, `stopped` if time ran out.
    """
    watch = watch or lp.Watch()
    if solver != "highs":
        found = lp.solve(program, solver, gap=gap, watch=watch)
        return lp.filled(program, found) if found.has_plan else found
    start = time.perf_counter()
    enough = relaxed.bound / (1 + gap) if gap > 0 and relaxed.objective > 0 else None
    if enough is not None and len(program.value) > FEW:
        first = lp.solve(near(program, relaxed), gap=gap / 2, enough=enough, watch=watch)
        if first.has_plan:
            first = lp.filled(program, first)
            if first.objective >= enough:
                spent = time.perf_counter() - start
                return replace(first, status="optimal", bound=relaxed.bound, seconds=spent)
            if begin is None or first.objective > float(np.dot(program.value, begin)):
                begin = first.values
    spent = time.perf_counter() - start
    solution = lp.solve(program, gap=gap, enough=enough, begin=begin, watch=watch)
    status = "optimal" if solution.status == "enough" else solution.status
    solution = replace(solution, status=status, seconds=solution.seconds + spent)
    return lp.filled(program, solution) if solution.has_plan else solution


def near(program: lp.Program, relaxed: lp.Solution) -> lp.Program:
    """Return the program with only the columns that the relaxation uses or nearly uses.

    A column left out stays at what the relaxation gives it: nothing, or the whole.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.

    Returns
    -------
    lp.Program
        The same columns and rows; what is left out has a bound of 0.
    """
    cost = np.asarray(program.value, dtype=float).copy()
    for row in program.rows:
        price = relaxed.prices.get(row.name, 0.0)
        if price:
            for column, value in row.terms:
                cost[column] -= price * value
    used = relaxed.values > 1e-9
    order = np.argsort(np.where(used, 0.0, np.abs(cost)), kind="stable")
    # a column that may not be nothing stays as it is
    highs = np.array([np.inf if high is None else high for high in program.high])
    searched = (np.asarray(program.low) > 0) | (highs < 0)
    searched[order[: max(NEAR * int(used.sum()), FEW)]] = True
    high = [most if keep else 0.0 for most, keep in zip(program.high, searched, strict=True)]
    low = [
        min(least, most) if most is not None else least
        for least, most in zip(program.low, high, strict=True)
    ]
    return replace(program, low=low, high=high)
