"""Linear and integer programs: the one place that talks to PuLP and its solvers."""

from __future__ import annotations

import gc
import time
import warnings
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pulp

from nelfin.errors import SolverError

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


def solve(
    program: Program,
    solver: SolverName = "highs",
    relax: bool = False,
    gap: float = 0.0,
    time_limit: float | None = None,
    enough: float | None = None,
    begin: Array | None = None,
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
    enough
        Stop with status `enough` when a plan is worth this much (HiGHS only).
    begin
        A plan to begin the search from, one value a column (HiGHS only).

    Returns
    -------
    Solution
        The status is read before any value: an infeasible program has no values.

    Raises
    ------
    SolverError
        If the solver is not there, or fails.
    """
    if solver == "highs":
        return Kept(program, relax).solve(gap, time_limit, enough, begin)
    problem, columns = _build(program, relax)
    whole = not relax and any(program.whole)
    start = time.perf_counter()
    try:
        _run_cbc(problem, gap, time_limit, whole)
    except pulp.PulpSolverError as error:
        raise SolverError(f"The solver {solver} failed: {error}") from error
    seconds = time.perf_counter() - start
    status = _cbc_status(problem)
    if status not in HAS_PLAN:
        return _without_plan(status, len(columns), seconds)
    values = np.array([column.varValue or 0.0 for column in columns])
    duals = np.array([row.pi or 0.0 for row in problem.constraints()])
    # CBC does not tell its bound through PuLP
    return _solution(program, status, values, duals, whole, np.nan, seconds)


class Kept:
    """A program kept in HiGHS, to be changed and solved again from where it stands.

    Parameters
    ----------
    program
        Columns and rows; it is not changed.
    relax
        Let whole-number columns take any value between their bounds.

    Notes
    -----
    A relaxation is solved again by the dual simplex from its last basis: a hundred budgets cost a
    few solves.
    """

    def __init__(self, program: Program, relax: bool = False) -> None:
        self._program = replace(
            program, value=list(program.value), low=list(program.low), high=list(program.high)
        )
        self._whole = not relax and any(program.whole)
        # tighter than a pound, so that a plan which meets its limits still does when rounded
        handed = _Highs(
            msg=False, mip_feasibility_tolerance=1e-9, primal_feasibility_tolerance=1e-9
        )
        with _no_collection():
            problem, _ = _build(program, relax)
            handed.createAndConfigureSolver(problem)
            handed.buildSolverModel(problem)
            self._model = problem.solverModel
            del problem  # HiGHS has it all

    @cached_property
    def _rows(self) -> dict[Hashable, int]:
        return {row.name: at for at, row in enumerate(self._program.rows)}

    def bound(self, name: Hashable, bound: float) -> None:
        """Change the bound of a row."""
        at = self._rows[name]
        sense, infinite = self._program.rows[at].sense, np.inf
        self._model.changeRowBounds(
            at, -infinite if sense == "<=" else bound, infinite if sense == ">=" else bound
        )

    def value(self, column: int, value: float) -> None:
        """Change what a column is worth."""
        self._program.value[column] = value
        self._model.changeColCost(column, -value)

    def limits(self, column: int, low: float, high: float | None) -> None:
        """Change the bounds of a column."""
        self._program.low[column], self._program.high[column] = low, high
        self._model.changeColBounds(column, low, np.inf if high is None else high)

    def solve(
        self,
        gap: float = 0.0,
        time_limit: float | None = None,
        enough: float | None = None,
        begin: Array | None = None,
    ) -> Solution:
        """Maximise the program as it now stands; arguments as for the function `solve`."""
        import highspy

        model, start = self._model, time.perf_counter()
        # HiGHS counts the time of all runs, the limit is of this one
        until = np.inf if time_limit is None else model.getRunTime() + time_limit
        model.setOptionValue("mip_rel_gap", gap)
        model.setOptionValue("time_limit", float(until))
        model.setOptionValue("objective_target", -np.inf if enough is None else -enough)
        if begin is not None:
            point = highspy.HighsSolution()
            point.col_value = list(begin)
            model.setSolution(point)
        if model.run() == highspy.HighsStatus.kError:
            raise SolverError("The solver highs failed.")
        status, seconds = self._status(), time.perf_counter() - start
        if status == "unbounded or infeasible":
            # without an objective nothing is unbounded: what remains is whether a plan exists
            plain = replace(self._program, value=[0.0] * len(self._program.value))
            exists = solve(plain, relax=not self._whole, time_limit=time_limit).has_plan
            status = "unbounded" if exists else "infeasible"
        if status not in HAS_PLAN:
            return _without_plan(status, len(self._program.value), seconds)
        found = model.getSolution()
        values = np.array(found.col_value)
        # PuLP hands HiGHS the negative to minimise
        duals = -np.array(found.row_dual) if not self._whole else np.zeros(0)
        bound = -float(model.getInfo().mip_dual_bound)
        return _solution(self._program, status, values, duals, self._whole, bound, seconds)

    def _status(self) -> Status:
        import highspy

        state = highspy.HighsModelStatus
        found = self._model.getInfo().primal_solution_status == 2  # a feasible point
        table: dict[Any, Status] = {
            state.kOptimal: "optimal",
            state.kModelEmpty: "optimal",
            state.kObjectiveTarget: "enough",
            state.kInfeasible: "infeasible",
            state.kUnboundedOrInfeasible: "unbounded or infeasible",
            state.kUnbounded: "unbounded",
        }
        stopped: Status = "stopped" if found else "no plan found"
        return table.get(self._model.getModelStatus(), stopped)


def _without_plan(status: Status, columns: int, seconds: float) -> Solution:
    return Solution(status, np.nan, np.nan, np.full(columns, np.nan), {}, seconds)


def _solution(
    program: Program,
    status: Status,
    values: Array,
    duals: Array,
    whole: bool,
    bound: float,
    seconds: float,
) -> Solution:
    values = np.where(program.whole, np.round(values), values) if whole else values
    objective = float(np.dot(program.value, values))
    prices: dict[Hashable, float] = {}
    if whole:
        bound = max(objective, bound) if np.isfinite(bound) else np.nan
    else:
        bound = objective
        # + 0.0 takes the sign off a zero
        prices = {
            row.name: float(dual) + 0.0 for row, dual in zip(program.rows, duals, strict=True)
        }
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


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector of garbage from looking through what is only being made."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Column(pulp.LpVariable):
    """A PuLP variable that is light to make: no look at its name and bounds, which are ours."""

    modified = True
    varValue = dj = None  # noqa: N815

    def __init__(self, index: int, low: float, high: float | None, kind: str) -> None:
        self.index = index
        self.lowBound = low
        self.upBound = high
        self.cat = kind

    __hash__ = object.__hash__

    @property
    def name(self) -> str:
        """Its place as a word, for the file that CBC reads."""
        return f"x{self.index:07d}"


class _Problem(pulp.LpProblem):
    """A PuLP problem that is told its variables once, not found again in every row."""

    def __init__(self, columns: list[_Column]) -> None:
        super().__init__("nelfin", pulp.LpMaximize)
        self._variables = columns

    def variables(self) -> list[_Column]:
        """Return the variables in our order."""
        return list(self._variables)

    def addConstraint(self, constraint: Any, name: str | None = None) -> None:  # noqa: N802
        """Add a row; its name is one of ours, and new."""
        self._constraints[name or constraint.name] = constraint

    def _add_variables(self, variables: Iterable[Any]) -> None:
        """Leave the variables as they are."""


class _Highs(pulp.HiGHS):
    """PuLP's HiGHS, which takes the matrix whole, not a column and a row at a time."""

    def buildSolverModel(self, lp: _Problem) -> None:  # noqa: N802
        """Pass PuLP's problem to HiGHS."""
        import highspy

        columns, rows = lp._variables, list(lp._constraints.values())
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(columns), len(rows)
        # the objective names every column, in order
        model.col_cost_ = -np.array(list((lp.objective or {}).values()), dtype=float)
        model.col_lower_ = np.array([column.lowBound for column in columns], dtype=float)
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


def _build(program: Program, relax: bool) -> tuple[_Problem, list[_Column]]:
    kinds = [pulp.LpInteger if w and not relax else pulp.LpContinuous for w in program.whole]
    columns = [
        _Column(at, *given)
        for at, given in enumerate(zip(program.low, program.high, kinds, strict=True))
    ]
    problem = _Problem(columns)
    problem.setObjective(pulp.LpAffineExpression(zip(columns, program.value, strict=True)))
    senses = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}
    for i, row in enumerate(program.rows):
        expression = pulp.LpAffineExpression([(columns[j], value) for j, value in row.terms])
        name = f"r{i:07d}"
        problem.addConstraint(pulp.LpConstraint(expression, senses[row.sense], name, row.bound))
    return problem, columns


def _run_cbc(problem: Any, gap: float, time_limit: float | None, whole: bool) -> None:
    options: dict[str, Any] = {"msg": False, "timeLimit": time_limit}
    if whole:
        options["gapRel"] = gap
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


def _cbc_status(problem: Any) -> Status:
    if problem.status == pulp.LpStatusInfeasible:
        return "infeasible"  # CBC says so of whole numbers without a word on the solution
    solved = {
        pulp.LpSolutionOptimal: "optimal",
        pulp.LpSolutionIntegerFeasible: "stopped",
        pulp.LpSolutionInfeasible: "infeasible",
        pulp.LpSolutionUnbounded: "unbounded",
    }
    return solved.get(problem.sol_status, "no plan found")  # type: ignore[return-value]
