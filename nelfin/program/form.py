"""A program as numbers: columns, rows, and what a solver found of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Status = Literal[
    "optimal",
    "enough",
    "stopped",
    "infeasible",
    "unbounded",
    "unbounded or infeasible",
    "no plan found",
]
HAS_PLAN = {"optimal", "enough", "stopped"}
SolverName = Literal["highs", "cbc"]
Sense = Literal["<=", ">=", "=="]

RowName = tuple[str, Hashable]
"""Kind and key of a row, such as `("limit", ("Barts", "2026/27"))`."""


@dataclass(frozen=True)
class Row:
    """One constraint: a sum of columns times factors, against a bound.

    Parameters
    ----------
    kind
        What the row is of, such as `limit`: rows of one kind are found together.
    key
        Tells the rows of a kind apart; None where there is only one.
    terms
        Number of a column and its factor. Each column stands in one term at most.
    sense, bound
        What the sum must keep.
    """

    kind: str
    key: Hashable
    terms: tuple[tuple[int, float], ...]
    sense: Sense
    bound: float

    @property
    def name(self) -> RowName:
        """Kind and key together, by which prices are found."""
        return self.kind, self.key


@dataclass
class Program:
    """A program to maximise.

    Parameters
    ----------
    value
        What a unit of each column adds to the objective; shape (column,).
    low, high
        Bounds of each column; a high of None is no bound.
    whole
        Whether a column takes whole numbers only.
    rows
        The constraints, each with a name of its own.
    """

    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float | None] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(
        self, value: float, low: float = 0.0, high: float | None = 1.0, whole: bool = False
    ) -> int:
        """Add a column and return its number.

        Parameters
        ----------
        value
            What a unit of it adds to the objective.
        low, high
            Its bounds; None is no bound.
        whole
            Whether it takes whole numbers only.
        """
        self.value.append(value)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.value) - 1

    def row(
        self,
        kind: str,
        key: Hashable,
        terms: Iterable[tuple[int, float]],
        sense: Sense,
        bound: float,
    ) -> None:
        """Add a constraint.

        Parameters
        ----------
        kind, key
            Its name, which no other row has; the key is None where it is the only one of its kind.
        terms
            Number of a column and its factor; each column in one term at most.
        sense, bound
            What the sum must keep.
        """
        self.rows.append(Row(kind, key, tuple(terms), sense, bound))

    def rows_of(self, kind: str) -> list[Row]:
        """Return the rows of a kind, in their order.

        Parameters
        ----------
        kind
            Such as `limit`.
        """
        return [row for row in self.rows if row.kind == kind]

    def copy(self) -> Program:
        """Return a copy whose columns and rows may be changed."""
        return Program(
            list(self.value), list(self.low), list(self.high), list(self.whole), list(self.rows)
        )


@dataclass(frozen=True)
class Solution:
    """What a solver found.

    Parameters
    ----------
    status
        Read it first: there are values only if `has_plan`.
    objective
        Worth of the plan.
    bound
        No plan is worth more; NaN if it is not known.
    values
        Value of each column; shape (column,).
    prices
        Of a relaxation: the gain in the objective for a unit more of each row's bound (its dual),
        by the kind and key of the row. A whole-number program has none.
    seconds
        Time taken.
    """

    status: Status
    objective: float
    bound: float
    values: Array
    prices: dict[RowName, float]
    seconds: float

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to read."""
        return self.status in HAS_PLAN


def filled(program: Program, solution: Solution) -> Solution:
    """Raise whole-number columns that are 0 to 1 where every row still holds, best value first.

    A solver that stops within its gap leaves such columns behind.

    Parameters
    ----------
    program
        The program.
    solution
        A plan of it that keeps every row.

    Returns
    -------
    Solution
        The plan with such columns raised, and its objective.
    """
    values = solution.values.copy()
    slack, uses = _slack_and_uses(program, values)
    best_first = np.argsort(-np.asarray(program.value), kind="stable")
    candidates = [
        int(column)
        for column in best_first
        if program.value[column] > 0 and program.whole[column] and _may_be_one(program, column)
    ]
    raised = True
    while raised:  # one that is raised may let another follow
        raised = False
        for column in candidates:
            if values[column] == 0 and all(used <= slack[row] for row, used in uses[column]):
                values[column] = 1.0
                raised = True
                for row, used in uses[column]:
                    slack[row] -= used
    objective = float(np.dot(program.value, values))
    return replace(solution, values=values, objective=objective)


def _may_be_one(program: Program, column: int) -> bool:
    high = program.high[column]
    return high is None or high >= 1


def _slack_and_uses(program: Program, values: Array) -> tuple[Array, list[list[tuple[int, float]]]]:
    """Return the slack of each row, and for each column the rows and how much of them it uses."""
    uses: list[list[tuple[int, float]]] = [[] for _ in values]
    slack = np.zeros(len(program.rows))
    for position, row in enumerate(program.rows):
        equal = row.sense == "=="
        sign = -1.0 if row.sense == ">=" else 1.0
        columns = [column for column, _ in row.terms]
        factors = np.array([factor for _, factor in row.terms])
        slack[position] = 0.0 if equal else sign * (row.bound - factors @ values[columns])
        for column, factor in row.terms:
            # an equality that holds has no slack either way
            uses[column].append((position, abs(factor) if equal else sign * factor))
    return slack, uses
