"""Plans raised: whole-number columns that are 0 and fit are taken in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from nelfin.program.form import POUND, Array, Program, Solution, without_plan


def matrix_of(program: Program) -> csc_array:
    """Return the factors of a program; shape (row, column).

    Parameters
    ----------
    program
        The program.
    """
    counts = [len(row.terms) for row in program.rows]
    rows = np.repeat(np.arange(len(counts)), counts)
    columns = np.array([c for row in program.rows for c, _ in row.terms], dtype=int)
    factors = np.array([f for row in program.rows for _, f in row.terms], dtype=float)
    shape = (len(program.rows), len(program.value))
    return csc_array((factors, (rows, columns)), shape=shape)


def bounded(program: Program, duals: Array) -> float:
    """Return what no plan is worth more than, by any prices of the rows (a Lagrangian bound).

    Parameters
    ----------
    program
        The program.
    duals
        A price of each row; those of the wrong sign count as nothing. Shape (row,).
    """
    least, most = np.array([row.ends() for row in program.rows]).reshape(-1, 2).T
    price = np.clip(duals, np.where(np.isfinite(least), -np.inf, 0.0),
                    np.where(np.isfinite(most), np.inf, 0.0))  # fmt: skip
    used = np.where(price > 0, most, np.where(price < 0, least, 0.0))
    worth = np.asarray(program.value) - matrix_of(program).T @ price
    high = np.array([np.inf if most is None else most for most in program.high])
    end = np.where(worth > 0, high, program.low)
    gains = np.where(worth == 0, 0.0, worth * np.where(worth == 0, 0.0, end))
    return float(price @ used + gains.sum())


def greedy(program: Program) -> Solution:
    """Return a plan made by taking what is worth most for the room it takes, one after another.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    Solution
        Status `no plan found` where a row does not hold that something must be in.
    """
    matrix = matrix_of(program)
    least, most = np.array([row.ends() for row in program.rows]).reshape(-1, 2).T
    room = np.where(np.isfinite(most) & (most > POUND), most, np.inf)
    taken = abs(matrix).T @ (1 / room)
    value = np.asarray(program.value, dtype=float)
    values = np.array(program.low, dtype=float)
    found = Solution("stopped", 0.0, np.nan, values, {}, 0.0)
    found = filled(program, found, matrix, value / (taken + 1e-9))
    used = matrix @ found.values
    holds = (used <= most + 1e-9).all() and (used >= least - 1e-9).all()
    return found if holds else without_plan("no plan found", len(value), 0.0)


def filled(
    program: Program,
    solution: Solution,
    matrix: csc_array | None = None,
    rank: Array | None = None,
) -> Solution:
    """Raise whole-number columns that are 0 to 1 where every row still holds, best value first.

    A solver that stops within its gap leaves such columns behind.

    Parameters
    ----------
    program
        The program.
    solution
        A plan of it that keeps every row.
    matrix
        Of the program, if it is at hand.
    rank
        The largest is tried first; by default the value of each column.

    Returns
    -------
    Solution
        The plan with such columns raised, and its objective.
    """
    values = solution.values.copy()
    matrix = matrix_of(program) if matrix is None else matrix
    value = np.asarray(program.value, dtype=float)
    high = np.array([np.inf if most is None else most for most in program.high])
    candidates = np.flatnonzero(
        (value > 0) & np.asarray(program.whole, dtype=bool) & (high >= 1) & (values == 0)
    )
    rank = value if rank is None else rank
    candidates = candidates[np.argsort(-rank[candidates], kind="stable")]
    used = matrix @ values
    # a row that a plan holds only to the solver's rounding has no room, but is not broken either
    least, most = np.array([row.ends() for row in program.rows]).reshape(-1, 2).T
    up, down = np.maximum(most - used, 0.0), np.maximum(used - least, 0.0)
    while True:  # one that is raised may let another follow
        fitting = candidates[_fits(matrix, candidates, up, down)]
        raised = False
        for column in fitting:
            part = slice(matrix.indptr[column], matrix.indptr[column + 1])
            rows, factors = matrix.indices[part], matrix.data[part]
            if (factors <= up[rows]).all() and (-factors <= down[rows]).all():
                values[column], raised = 1.0, True
                up[rows] -= factors
                down[rows] += factors
        if not raised:
            break
        candidates = candidates[values[candidates] == 0]
    return replace(solution, values=values, objective=float(np.dot(value, values)))


def _fits(
    matrix: csc_array, columns: npt.NDArray[np.int_], up: Array, down: Array
) -> npt.NDArray[np.bool_]:
    """Say of each column whether every row has the room for it to be raised to 1."""
    part = matrix[:, columns]
    wrong = (part.data > up[part.indices]) | (-part.data > down[part.indices])
    counts = np.bincount(
        np.repeat(np.arange(len(columns)), np.diff(part.indptr)),
        weights=wrong,
        minlength=len(columns),
    )
    return np.asarray(counts == 0)
