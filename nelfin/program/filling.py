"""Plans raised: whole-number columns that are 0 and fit are taken in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from nelfin.program.form import Array, Program, Solution


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


def filled(program: Program, solution: Solution, matrix: csc_array | None = None) -> Solution:
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
    candidates = candidates[np.argsort(-value[candidates], kind="stable")]
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
    matrix: csc_array, columns: npt.NDArray[np.intp], up: Array, down: Array
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
