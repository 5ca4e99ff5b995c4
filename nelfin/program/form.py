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


@dataclass(frozen=True)
class Row:
    """One constraint: a sum of (column, coefficient) against a bound."""

    name: Hashable
    terms: tuple[tuple[int, float], ...]
    sense: Literal["<=", ">=", "=="]
    bound: float


@dataclass
class Program:
    """A program to maximise: columns with a value, bounds and a kind; and rows."""

    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float | None] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(
        self, value: float, low: float = 0.0, high: float | None = 1.0, whole: bool = False
    ) -> int:
        """Add a column and return its number."""
        self.value.append(value)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.value) - 1

    def row(
        self,
        name: Hashable,
        terms: Iterable[tuple[int, float]],
        sense: Literal["<=", ">=", "=="],
        bound: float,
    ) -> None:
        """Add a constraint under a name of its own. Each column stands in one term at most."""
        self.rows.append(Row(name, tuple(terms), sense, bound))


@dataclass(frozen=True)
class Solution:
    """What a solver found. Values mean something only if `has_plan`.

    `prices` are the duals of the rows of a relaxation: the gain in the objective per unit of
    bound. They are zero for a whole-number program.
    """

    status: Status
    objective: float
    bound: float
    values: Array
    prices: dict[Hashable, float]
    seconds: float

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to read."""
        return self.status in HAS_PLAN


def filled(program: Program, found: Solution) -> Solution:
    """Raise whole-number columns that are 0 to 1 where every row still holds, best value first.

    A solver that stops within its gap leaves such columns behind.
    """
    values = found.values.copy()
    used: list[list[tuple[int, float]]] = [[] for _ in values]
    room = np.zeros(len(program.rows))
    for r, row in enumerate(program.rows):
        sign = -1.0 if row.sense == ">=" else 1.0
        columns = [column for column, _ in row.terms]
        factors = np.array([factor for _, factor in row.terms])
        room[r] = 0.0 if row.sense == "==" else sign * (row.bound - factors @ values[columns])
        for column, factor in row.terms:
            # an equality that holds leaves no room either way
            used[column].append((r, abs(factor) if row.sense == "==" else sign * factor))
    best_first = np.argsort(-np.asarray(program.value), kind="stable")
    waiting = [
        int(column)
        for column in best_first
        if program.value[column] > 0 and program.whole[column] and program.high[column] != 0
    ]
    raised = True
    while raised:  # one that is raised may let another follow
        raised = False
        for column in waiting:
            if values[column] == 0 and all(factor <= room[r] for r, factor in used[column]):
                values[column] = 1.0
                raised = True
                for r, factor in used[column]:
                    room[r] -= factor
    objective = float(np.dot(program.value, values))
    return replace(found, values=values, objective=objective)
