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


def bounded(program: Program) -> float:
    """Return what no plan is worth more than, without a solver (a Lagrangian bound).

    Room is given one price a pound, the same share of every row, and each scheme takes what is
    then best for it. Every such price gives a bound; the lowest of a few counts.

    Parameters
    ----------
    program
        The program.
    """
    matrix, value = matrix_of(program), np.asarray(program.value, dtype=float)
    most = np.array([row.ends()[1] for row in program.rows])
    either = np.array([row.ends()[1] == 1 and all(f == 1 for _, f in row.terms)
                       for row in program.rows], dtype=bool)  # fmt: skip
    groups = np.full(len(value), -1)  # of the columns of which one may be chosen
    rows = either[matrix.indices]
    columns = np.repeat(np.arange(len(value)), np.diff(matrix.indptr))
    groups[columns[rows][::-1]] = matrix.indices[rows][::-1]
    alone = groups < 0
    high = np.array([np.inf if each is None else each for each in program.high])
    room = np.isfinite(most) & (most > POUND) & ~either
    best = np.inf
    for halvings in range(-1, 14):
        total = float(value.clip(0.0).sum()) / 2**halvings if halvings >= 0 else 0.0
        price = np.where(room, total / np.where(room, most, 1.0) / max(int(room.sum()), 1), 0.0)
        worth = np.maximum(value - matrix.T @ price, 0.0)
        chosen = np.zeros(len(most))
        np.maximum.at(chosen, groups[~alone], worth[~alone])
        gains = worth[alone] * np.where(worth[alone] > 0, high[alone], 0.0)
        best = min(best, float(price[room] @ most[room] + chosen.sum() + gains.sum()))
    return best


def greedy(program: Program, begin: Array | None = None) -> Solution:
    """Return a plan made by taking what is worth most for the room it takes, one after another.

    Parameters
    ----------
    program
        The program.
    begin
        Columns that are in already; by default none that need not be.

    Returns
    -------
    Solution
        Status `no plan found` where this leaves a row that does not hold, such as a floor.
    """
    matrix, value = matrix_of(program), np.asarray(program.value, dtype=float)
    least, most = np.array([row.ends() for row in program.rows]).reshape(-1, 2).T
    room = np.where(np.isfinite(most) & (most > POUND), most, np.inf)
    rank = value / (abs(matrix).T @ (1 / room) + 1e-9)
    # what must be in comes first, at the start that is worth most
    must = [column for row in program.rows if row.sense == "==" for column, _ in row.terms]
    rank[must] += 2 * np.abs(rank).max(initial=1.0)
    wanted = np.maximum(value, 0.0)
    wanted[must] += 1e-9
    rows = [replace(row, sense="<=") if row.sense == "==" else row for row in program.rows]
    eased = replace(program, value=wanted.tolist(), rows=rows)
    values = np.array(program.low if begin is None else begin, dtype=float)
    none = Solution("stopped", 0.0, np.nan, values, {}, 0.0)
    values = filled(eased, none, matrix, rank).values
    used = matrix @ values
    if not ((used <= most + 1e-9).all() and (used >= least - 1e-9).all()):
        return without_plan("no plan found", len(value), 0.0)
    return replace(none, values=values, objective=float(np.dot(value, values)))


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
