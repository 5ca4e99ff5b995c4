"""Plans near the relaxation: most columns of a good plan are as the relaxation has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp

SIZES = (8, 20, 50)
"""Columns searched first, for each that the relaxation leaves between 0 and 1. What is not settled
near them can be settled further away. Measured on the families of `benchmarks/families.py`."""
STEPS = 100
"""Steps of the solver for one such search; most that come to anything do within 60."""
ALL_STEPS = 160
"""Steps for all of them: what they take is lost where nothing is found."""

Array = npt.NDArray[np.float64]


def near_by(
    program: lp.Program,
    relaxed: lp.Solution,
    gap: float,
    enough: float,
    best: lp.Solution | None,
    watch: lp.Watch,
) -> lp.Solution | None:
    """Return the best plan among few columns in doubt, or the one known before.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.
    gap
        As a share of the plan's value.
    enough
        The worth at which to stop.
    best
        The best plan known before.
    watch
        The clock of all of it.

    Returns
    -------
    lp.Solution or None
        None where no plan is known.

    Notes
    -----
    Method: kernel search, after Angelelli, Mansini and Speranza (2010).
    """
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


def in_haste(program: lp.Program, relaxed: lp.Solution) -> lp.Solution | None:
    """Return a plan for which there was no time to search: the relaxation without its shares.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.

    Returns
    -------
    lp.Solution or None
        None where this leaves a row that does not hold.
    """
    whole = np.asarray(program.whole, dtype=bool) & (relaxed.values > 1 - 1e-7)
    for begin in (np.where(whole, 1.0, program.low), None):
        found = lp.greedy(program, begin)
        if found.has_plan:
            return found
    return None


def plan_with(program: lp.Program, values: Array) -> lp.Solution:
    """Return a plan that is known to hold, without a bound.

    Parameters
    ----------
    program
        The program.
    values
        Of each column; shape (column,).
    """
    worth = float(np.dot(program.value, values))
    return lp.Solution("stopped", worth, np.nan, values, {}, 0.0)


def _fixed(program: lp.Program, relaxed: lp.Solution, free: npt.NDArray[np.bool_]) -> lp.Program:
    kept = np.round(relaxed.values).tolist()
    low = [least if f else k for least, k, f in zip(program.low, kept, free, strict=True)]
    high = [most if f else k for most, k, f in zip(program.high, kept, free, strict=True)]
    return replace(program, low=low, high=high)
