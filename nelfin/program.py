"""Linear and integer programs: the one place that talks to PuLP and its solvers."""

from __future__ import annotations

import time
import warnings
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pulp

from nelfin.errors import SolverError

Array = npt.NDArray[np.float64]
Status = Literal[
    "optimal", "stopped", "infeasible", "unbounded", "unbounded or infeasible", "no plan found"
]
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
        _run(problem, solver, gap, time_limit, whole)
    except pulp.PulpSolverError as error:
        raise SolverError(f"The solver {solver} failed: {error}") from error
    seconds = time.perf_counter() - start
    status = _status(problem, solver)
    if status == "unbounded or infeasible":
        # without an objective nothing is unbounded: what remains is whether a plan exists
        plain = replace(program, value=[0.0] * len(program.value))
        exists = solve(plain, solver, relax, time_limit=time_limit).has_plan
        status = "unbounded" if exists else "infeasible"
    if status not in {"optimal", "stopped"}:
        nothing = np.full(len(columns), np.nan)
        return Solution(status, np.nan, np.nan, nothing, {}, seconds)
    values = np.array([column.varValue or 0.0 for column in columns])
    values = np.where(program.whole, np.round(values), values) if whole else values
    objective = float(np.dot(program.value, values))
    prices = {} if whole else _prices(program, problem, solver)
    bound = _bound(problem, solver, whole, objective)
    return Solution(status, objective, bound, values, prices, seconds)


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


def _prices(program: Program, problem: Any, solver: SolverName) -> dict[Hashable, float]:
    """Return the duals by the names rows were given: PuLP keeps only letters and digits of them."""
    sign = -1.0 if solver == "highs" else 1.0  # PuLP hands HiGHS the negative to minimise
    duals = [sign * float(row.pi or 0.0) for row in problem.constraints()]
    # + 0.0 takes the sign off a zero
    return {row.name: dual + 0.0 for row, dual in zip(program.rows, duals, strict=True)}


def _build(program: Program, relax: bool) -> tuple[Any, list[Any]]:
    problem = pulp.LpProblem("nelfin", pulp.LpMaximize)
    kinds = [pulp.LpInteger if w and not relax else pulp.LpContinuous for w in program.whole]
    bounds = zip(program.low, program.high, kinds, strict=True)
    # PuLP sorts columns by name; equal lengths keep them in our order
    columns = [problem.add_variable(f"x{i:07d}", *given) for i, given in enumerate(bounds)]
    problem.setObjective(pulp.LpAffineExpression(list(zip(columns, program.value, strict=True))))
    senses = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}
    for i, row in enumerate(program.rows):
        expression = pulp.LpAffineExpression([(columns[j], value) for j, value in row.terms])
        name = f"r{i:07d}"
        problem.addConstraint(pulp.LpConstraint(expression, senses[row.sense], name, row.bound))
    return problem, columns


def _run(problem: Any, name: SolverName, gap: float, time_limit: float | None, whole: bool) -> None:
    options: dict[str, Any] = {"msg": False, "timeLimit": time_limit}
    if whole:
        options["gapRel"] = gap
    if name == "highs":
        # tighter than a pound, so that a plan which meets its limits still does when rounded
        tight = {"mip_feasibility_tolerance": 1e-9, "primal_feasibility_tolerance": 1e-9}
        problem.solve(pulp.HiGHS(**options, **tight))
        return
    try:
        # CBC's preprocessing has lost the best plan of small programs; without it CBC is right,
        # but stops with an error where no whole-number plan exists
        problem.solve(_cbc(options | {"options": ["preprocess off"]}))
    except pulp.PulpSolverError:
        problem.solve(_cbc(options))


def _cbc(options: dict[str, Any]) -> Any:
    with warnings.catch_warnings():
        # PuLP 3 brings CBC along and warns that PuLP 4 will not; we hold PuLP below 4
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(**options)


def _status(problem: Any, solver: SolverName) -> Status:
    if solver == "highs":
        import highspy

        model = problem.solverModel
        state = highspy.HighsModelStatus
        found = model.getInfo().primal_solution_status == 2  # a feasible point
        table: dict[Any, Status] = {
            state.kOptimal: "optimal",
            state.kInfeasible: "infeasible",
            state.kUnboundedOrInfeasible: "unbounded or infeasible",
            state.kUnbounded: "unbounded",
        }
        stopped: Status = "stopped" if found else "no plan found"
        return table.get(model.getModelStatus(), stopped)
    if problem.status == pulp.LpStatusInfeasible:
        return "infeasible"  # CBC says so of whole numbers without a word on the solution
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
