"""Linear and integer programs: the one place that talks to PuLP and its solvers."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pulp

from nelfin.errors import SolverError

Array = npt.NDArray[np.float64]
Status = Literal["optimal", "stopped", "infeasible", "unbounded", "no plan found"]
SolverName = Literal["highs", "cbc"]


@dataclass(frozen=True)
class Row:
    """One constraint: a sum of (column, coefficient) against a bound."""

    name: str
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
        name: str,
        terms: Iterable[tuple[int, float]],
        sense: Literal["<=", ">=", "=="],
        bound: float,
    ) -> None:
        """Add a constraint. Terms of one column must be given once."""
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
    prices: dict[str, float]
    seconds: float

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to read."""
        return self.status in {"optimal", "stopped"}


def solve(
    program: Program,
    solver: SolverName = "highs",
    relax: bool = False,
    gap: float = 0.0,
    time_limit: float | None = None,
) -> Solution:
    """Maximise a program.

    Parameters
    ----------
    program
        Columns and rows.
    solver
        `highs` or `cbc`.
    relax
        Let whole-number columns take any value between their bounds.
    gap
        Stop when the plan is proven within this share of the best.
    time_limit
        Seconds after which the best plan found is returned, with status `stopped`.

    Returns
    -------
    Solution
        The status is read before any value: an infeasible program has no values.

    Raises
    ------
    SolverError
        If the solver is not there, or fails.
    """
    problem, columns = _build(program, relax)
    whole = not relax and any(program.whole)
    start = time.perf_counter()
    try:
        problem.solve(_solver(solver, gap, time_limit, whole))
    except pulp.PulpSolverError as error:
        raise SolverError(f"The solver {solver} failed: {error}") from error
    seconds = time.perf_counter() - start
    status = _status(problem, solver)
    if status not in {"optimal", "stopped"}:
        nothing = np.full(len(columns), np.nan)
        return Solution(status, np.nan, np.nan, nothing, {}, seconds)
    values = np.array([column.varValue or 0.0 for column in columns])
    values = np.where(program.whole, np.round(values), values) if whole else values
    objective = float(np.dot(program.value, values))
    prices = {} if whole else {row.name: float(row.pi or 0.0) for row in problem.constraints()}
    if solver == "highs":  # PuLP hands HiGHS the negative to minimise
        prices = {name: -price for name, price in prices.items()}
    bound = _bound(problem, solver, whole, objective)
    return Solution(status, objective, bound, values, prices, seconds)


def _build(program: Program, relax: bool) -> tuple[Any, list[Any]]:
    problem = pulp.LpProblem("nelfin", pulp.LpMaximize)
    kinds = [pulp.LpInteger if w and not relax else pulp.LpContinuous for w in program.whole]
    bounds = zip(program.low, program.high, kinds, strict=True)
    # PuLP sorts columns by name; equal lengths keep them in our order
    columns = [problem.add_variable(f"x{i:07d}", *given) for i, given in enumerate(bounds)]
    problem.setObjective(pulp.LpAffineExpression(list(zip(columns, program.value, strict=True))))
    senses = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}
    for row in program.rows:
        expression = pulp.LpAffineExpression([(columns[i], value) for i, value in row.terms])
        problem.addConstraint(pulp.LpConstraint(expression, senses[row.sense], row.name, row.bound))
    return problem, columns


def _solver(name: SolverName, gap: float, time_limit: float | None, whole: bool) -> Any:
    options: dict[str, Any] = {"msg": False, "timeLimit": time_limit}
    if whole:
        options["gapRel"] = gap
    if name == "cbc":
        with warnings.catch_warnings():
            # PuLP 3 brings CBC along and warns that PuLP 4 will not; we hold PuLP below 4
            warnings.simplefilter("ignore", DeprecationWarning)
            return pulp.PULP_CBC_CMD(**options)
    # tighter than a pound, so that a plan which meets its limits still does when rounded
    return pulp.HiGHS(**options, mip_feasibility_tolerance=1e-9)


def _status(problem: Any, solver: SolverName) -> Status:
    if solver == "highs":
        import highspy

        model = problem.solverModel
        state = highspy.HighsModelStatus
        found = model.getInfo().primal_solution_status == 2  # a feasible point
        table: dict[Any, Status] = {
            state.kOptimal: "optimal",
            state.kInfeasible: "infeasible",
            state.kUnboundedOrInfeasible: "infeasible",
            state.kUnbounded: "unbounded",
        }
        stopped: Status = "stopped" if found else "no plan found"
        return table.get(model.getModelStatus(), stopped)
    solved = {
        pulp.LpSolutionOptimal: "optimal",
        pulp.LpSolutionIntegerFeasible: "stopped",
        pulp.LpSolutionInfeasible: "infeasible",
        pulp.LpSolutionUnbounded: "unbounded",
    }
    return solved.get(problem.sol_status, "no plan found")  # type: ignore[return-value]


def _bound(problem: Any, solver: SolverName, whole: bool, objective: float) -> float:
    """Return the proven upper bound; NaN where the solver does not tell it (CBC through PuLP)."""
    if not whole:
        return objective
    if solver == "highs":
        return max(objective, -float(problem.solverModel.getInfo().mip_dual_bound))
    return np.nan
