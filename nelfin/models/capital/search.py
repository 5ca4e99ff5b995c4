"""The search for a whole-number plan: among few columns near the relaxation, then everywhere."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp

FEW = 300
"""Programs with fewer columns are searched whole at once."""
SIZES = (8, 20, 50)
"""Columns searched first, for each that the relaxation leaves between 0 and 1. What is not settled
near them can be settled further away. Measured on the families of `benchmarks/families.py`."""
STEPS = 100
"""Steps of the solver for one such search; most that come to anything do within 60."""
ALL_STEPS = 160
"""Steps for all of them: what they take is lost where nothing is found."""

Array = npt.NDArray[np.float64]


def best_plan(
    program: lp.Program,
    relaxed: lp.Solution,
    gap: float,
    solver: lp.SolverName,
    begin: Array | None = None,
    watch: lp.Watch | None = None,
) -> lp.Solution:
    """Find a whole-number plan proven within a gap of the best.

    The relaxation bounds every plan, and it is close. So the search stops as soon as a plan is
    within the gap of it. Most columns of a good plan are as the relaxation has them: they are kept
    so, and those in doubt are searched, few at first and then more. The best plan of these begins
    the search of the whole. Work is counted in steps of the solver and not in seconds, so that the
    plan is the same however busy the machine is.

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
        Status `optimal` if within the gap, `stopped` if the search was to end before.

    Notes
    -----
    Method: kernel search, after Angelelli, Mansini and Speranza (2010).
    """
    watch, start = watch or lp.Watch(), time.perf_counter()
    watch.ceiling = relaxed.bound
    best = None if begin is None else _plan(program, begin)
    if solver != "highs":
        found = lp.solve(program, solver, gap=gap, watch=watch)
        if found.has_plan:
            return lp.filled(program, found)
        hasty = _in_haste(program, relaxed) if watch.over else None
        return found if hasty is None else replace(hasty, bound=relaxed.bound)
    enough = relaxed.bound / (1 + gap) if relaxed.bound > 0 else None
    if enough is not None and len(program.value) > FEW:
        best = _near_by(program, relaxed, gap, enough, best, watch)
        if best is not None and best.objective >= enough:
            spent = time.perf_counter() - start
            return replace(best, status="optimal", bound=relaxed.bound, seconds=spent)
    whole = program if best is None else hopeful(program, relaxed, best.objective)
    values = None if best is None else best.values
    found = lp.solve(whole, gap=gap, enough=enough, begin=values, watch=watch)
    if found.has_plan:
        found = lp.filled(program, found)
    if not found.has_plan and best is None and watch.over:
        best = _in_haste(program, relaxed)
    if best is not None and not (found.has_plan and found.objective >= best.objective):
        found = replace(best, status="stopped", bound=found.bound)
    status = "optimal" if found.status == "enough" else found.status
    bound = float(np.nanmin([found.bound, relaxed.bound]))
    return replace(found, status=status, bound=bound, seconds=time.perf_counter() - start)


def _in_haste(program: lp.Program, relaxed: lp.Solution) -> lp.Solution | None:
    """Return a plan for which there was no time to search: the relaxation without its shares."""
    whole = np.asarray(program.whole, dtype=bool) & (relaxed.values > 1 - 1e-7)
    for begin in (np.where(whole, 1.0, program.low), None):
        found = lp.greedy(program, begin)
        if found.has_plan:
            return found
    return None


def _plan(program: lp.Program, values: Array) -> lp.Solution:
    worth = float(np.dot(program.value, values))
    return lp.Solution("stopped", worth, np.nan, values, {}, 0.0)


def _near_by(
    program: lp.Program,
    relaxed: lp.Solution,
    gap: float,
    enough: float,
    best: lp.Solution | None,
    watch: lp.Watch,
) -> lp.Solution | None:
    """Return the best plan among few columns in doubt, or the one known before."""
    whole, left = int(np.sum(program.whole)), ALL_STEPS
    doubt = reduced_costs(program, relaxed)
    between = int((doubt < 0).sum())
    used = np.zeros(len(doubt), dtype=bool)
    for size in SIZES:
        count = max(size * between, 50)
        if count > 0.9 * whole or left <= 0 or watch.over:
            break
        part = near(program, relaxed, np.where(used, -1.0, doubt), count + int(used.sum()))
        steps = min(STEPS, left)
        found = lp.solve(part, gap=gap / 4, enough=enough, watch=watch, steps=steps)
        left -= found.steps
        if found.has_plan:
            found = lp.filled(program, found)
            if best is None or found.objective > best.objective:
                best = found
            if best.objective >= enough:
                break
        else:  # what the relaxation has in stands in the way, as where a floor just holds
            used = relaxed.values > 0.5
    return best


def reduced_costs(program: lp.Program, relaxed: lp.Solution) -> Array:
    """Return what it costs, at the least, to have a column otherwise than the relaxation has it.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.

    Returns
    -------
    numpy.ndarray
        Shape (column,); -1 for whole columns that the relaxation has between 0 and 1.
    """
    cost = np.asarray(program.value, dtype=float).copy()
    for row in program.rows:
        price = relaxed.prices.get(row.name, 0.0)
        if price:
            columns, factors = zip(*row.terms, strict=True)
            cost[list(columns)] -= price * np.array(factors)
    between = np.abs(relaxed.values - np.round(relaxed.values)) > 1e-7
    return np.where(between & np.asarray(program.whole, dtype=bool), -1.0, np.abs(cost))


def near(program: lp.Program, relaxed: lp.Solution, doubt: Array, count: int) -> lp.Program:
    """Return the program in which only the columns most in doubt are free.

    Every other whole column stays as the relaxation has it.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.
    doubt
        From `reduced_costs`: the least first.
    count
        Columns to be free.

    Returns
    -------
    lp.Program
        The same columns and rows.
    """
    whole = np.asarray(program.whole, dtype=bool)
    ranked = np.flatnonzero(whole)[np.argsort(doubt[whole], kind="stable")]
    free = ~whole
    free[ranked[:count]] = True
    return _fixed(program, relaxed, free)


def hopeful(program: lp.Program, relaxed: lp.Solution, worth: float) -> lp.Program:
    """Return the program without what no plan can have that is worth more than a plan at hand.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.
    worth
        Of the plan at hand.

    Returns
    -------
    lp.Program
        The same columns and rows; a whole column whose change alone costs more than all that may
        be gained stays as the relaxation has it.
    """
    hair = 1e-6 * abs(relaxed.bound)
    free = reduced_costs(program, relaxed) <= relaxed.bound - worth + hair
    return _fixed(program, relaxed, free | ~np.asarray(program.whole, dtype=bool))


def _fixed(program: lp.Program, relaxed: lp.Solution, free: npt.NDArray[np.bool_]) -> lp.Program:
    kept = np.round(relaxed.values).tolist()
    low = [least if f else k for least, k, f in zip(program.low, kept, free, strict=True)]
    high = [most if f else k for most, k, f in zip(program.high, kept, free, strict=True)]
    return replace(program, low=low, high=high)
