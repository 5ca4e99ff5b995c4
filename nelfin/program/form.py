"""A program as numbers: columns, rows, and what a solver found of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

POUND = 1e-6
"""A pound, in £m: the one tolerance of money. A row of money may be passed by it, so that what fits
exactly still fits when its floats are added up, and nothing else."""

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
    give
        By how much the sum of a plan of whole numbers may pass the bound: a `POUND` where it is
        money, else nothing. An equality has none, and a relaxation needs none: it can cut to fit.
    """

    kind: str
    key: Hashable
    terms: tuple[tuple[int, float], ...]
    sense: Sense
    bound: float
    give: float = 0.0

    @property
    def name(self) -> RowName:
        """Kind and key together, by which prices are found."""
        return self.kind, self.key

    def ends(self, exact: bool = False) -> tuple[float, float]:
        """Return what the sum must reach and what it may reach; infinite where nothing holds it.

        Parameters
        ----------
        exact
            Leave its give out.
        """
        give = 0.0 if exact or self.sense == "==" else self.give
        least = -np.inf if self.sense == "<=" else self.bound - give
        return least, np.inf if self.sense == ">=" else self.bound + give


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
        give: float = 0.0,
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
        give
            By how much the sum may pass the bound: a `POUND` where it is money.
        """
        self.rows.append(Row(kind, key, tuple(terms), sense, bound, give))

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
    steps
        Work taken, as HiGHS counts it: the same on every machine, however busy.
    """

    status: Status
    objective: float
    bound: float
    values: Array
    prices: dict[RowName, float]
    seconds: float
    steps: int = 0

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to read."""
        return self.status in HAS_PLAN


def without_plan(status: Status, columns: int, seconds: float) -> Solution:
    """Return what is known of a program without a plan.

    Parameters
    ----------
    status
        Why there is none.
    columns
        Number of columns.
    seconds
        Time taken.
    """
    return Solution(status, np.nan, np.nan, np.full(columns, np.nan), {}, seconds)


def solution_of(
    program: Program,
    status: Status,
    values: Array,
    duals: Array,
    whole: bool,
    bound: float,
    seconds: float,
) -> Solution:
    """Return a solution with its objective and prices.

    Parameters
    ----------
    program
        The program.
    status, values, bound, seconds
        As of the solution; whole-number columns are rounded.
    duals
        Of the rows, in their order; of a relaxation only.
    whole
        Whether it was solved in whole numbers.
    """
    values = np.where(program.whole, np.round(values), values) if whole else values
    objective = float(np.dot(program.value, values))
    prices: dict[RowName, float] = {}
    if whole:
        # a bound that differs by rounding alone is met
        met = bound <= objective + 1e-11 * abs(objective)
        bound = (objective if met else bound) if np.isfinite(bound) else np.nan
    else:
        # of every plan of whole numbers too, which may use the give of each row
        bound = objective + sum(
            abs(float(duals[n])) * row.give for n, row in enumerate(program.rows) if row.give
        )
        # + 0.0 takes the sign off a zero
        prices = {
            row.name: float(dual) + 0.0 for row, dual in zip(program.rows, duals, strict=True)
        }
    return Solution(status, objective, bound, values, prices, seconds)
