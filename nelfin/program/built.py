"""Programs built in PuLP: light variables, rows by name, the matrix handed to HiGHS whole."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pulp

from nelfin.program.form import Array, Program

LARGEST = 1024.0
"""What the largest value becomes before a solver sees it: its tolerances are fixed amounts."""
DIGITS = 40
"""Binary digits of a value that a search sees, so that the same list in other units is the same
search. What is lost is far below every tolerance."""


@contextmanager
def no_collection() -> Iterator[None]:
    """Hold Python's garbage collector back while a model is made: nothing of it is garbage yet."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Column(pulp.LpVariable):
    """A PuLP variable that is light to make: its name and bounds are known to be right."""

    modified = True
    varValue = dj = None  # noqa: N815

    def __init__(self, index: int, low: float, high: float | None, kind: str) -> None:
        self.index = index
        self.lowBound = None if low == -np.inf else low
        self.upBound = high
        self.cat = kind

    __hash__ = object.__hash__

    @property
    def name(self) -> str:
        """Its number as a word, for the file that CBC reads."""
        return f"x{self.index:07d}"


class Problem(pulp.LpProblem):
    """A PuLP problem that is told its variables once, not found again in every row."""

    def __init__(self, columns: list[Column]) -> None:
        super().__init__("nelfin", pulp.LpMaximize)
        self._variables = columns

    def variables(self) -> list[Column]:
        """Return the variables in the order of the columns."""
        return list(self._variables)

    def addConstraint(self, constraint: Any, name: str | None = None) -> None:  # noqa: N802
        """Add a row without looking whether its name is free: `build` numbers them."""
        self._constraints[name or constraint.name] = constraint

    def _add_variables(self, variables: Iterable[Any]) -> None:
        """Leave the variables as they are."""


class Highs(pulp.HiGHS):
    """PuLP's HiGHS, which takes the matrix whole, not a column and a row at a time."""

    def buildSolverModel(self, lp: Problem) -> None:  # noqa: N802
        """Pass PuLP's problem to HiGHS."""
        import highspy

        columns, rows = lp._variables, list(lp._constraints.values())
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(columns), len(rows)
        # the objective names every column, in order
        model.col_cost_ = -np.array(list((lp.objective or {}).values()), dtype=float)
        lows = [-np.inf if column.lowBound is None else column.lowBound for column in columns]
        model.col_lower_ = np.array(lows, dtype=float)
        highs = [np.inf if column.upBound is None else column.upBound for column in columns]
        model.col_upper_ = np.array(highs, dtype=float)
        if any(column.cat == pulp.LpInteger for column in columns):
            kind = highspy.HighsVarType
            model.integrality_ = [
                kind.kInteger if column.cat == pulp.LpInteger else kind.kContinuous
                for column in columns
            ]
        bounds = np.array([-row.constant for row in rows], dtype=float)
        senses = np.array([row.sense for row in rows], dtype=int)
        model.row_lower_ = np.where(senses == pulp.LpConstraintLE, -np.inf, bounds)
        model.row_upper_ = np.where(senses == pulp.LpConstraintGE, np.inf, bounds)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *(len(row.expr) for row in rows)], dtype=np.int32)
        matrix.index_ = np.array([c.index for row in rows for c in row.expr], dtype=np.int32)
        matrix.value_ = np.array([v for row in rows for v in row.expr.values()], dtype=float)
        lp.solverModel.passModel(model)


def unit_of(program: Program, relax: bool) -> float:
    """Return what a solver counts the value in, so that its largest is about `LARGEST`.

    Of a relaxation it is a power of two, which leaves its prices as they would be.

    Parameters
    ----------
    program
        The program.
    relax
        Whether it is the relaxation that is solved.
    """
    largest = float(np.abs(program.value).max(initial=0.0))
    unit = largest / LARGEST or 1.0
    return float(np.ldexp(1.0, np.frexp(unit)[1])) if relax else unit


def scaled(program: Program, relax: bool) -> Array:
    """Return the value of each column as a solver sees it; parameters as for `unit_of`."""
    values = np.asarray(program.value, dtype=float) / unit_of(program, relax)
    if relax:
        return np.asarray(values)
    part, power = np.frexp(values)
    return np.asarray(np.ldexp(np.round(np.ldexp(part, DIGITS)), power - DIGITS))


def build(program: Program, relax: bool, exact: bool) -> tuple[Problem, list[Column]]:
    """Build a program in PuLP.

    Parameters
    ----------
    program
        Columns and rows.
    relax
        Let whole-number columns take any value between their bounds.
    exact
        Leave out the give of the rows.

    Returns
    -------
    problem : Problem
        To be maximised, its value as `scaled`.
    columns : list of Column
        Its variables, in the order of the program's columns.
    """
    kinds = [pulp.LpInteger if w and not relax else pulp.LpContinuous for w in program.whole]
    columns = [
        Column(number, low, high, kind)
        for number, (low, high, kind) in enumerate(
            zip(program.low, program.high, kinds, strict=True)
        )
    ]
    problem = Problem(columns)
    problem.setObjective(
        pulp.LpAffineExpression(zip(columns, scaled(program, relax).tolist(), strict=True))
    )
    senses = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}
    for number, row in enumerate(program.rows):
        expression = pulp.LpAffineExpression([(columns[c], factor) for c, factor in row.terms])
        least, most = row.ends(exact)
        name, bound = f"r{number:07d}", least if row.sense == ">=" else most
        problem.addConstraint(pulp.LpConstraint(expression, senses[row.sense], name, bound))
    return problem, columns
