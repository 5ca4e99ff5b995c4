"""Programs solved: by HiGHS, which keeps them to be changed and solved again, or by CBC."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pulp

from nelfin.errors import SolverError
from nelfin.program.built import Highs, build, no_collection
from nelfin.program.form import (
    HAS_PLAN,
    Array,
    Program,
    RowName,
    Solution,
    SolverName,
    Status,
)


def solve(
    program: Program,
    solver: SolverName = "highs",
    relax: bool = False,
    gap: float = 0.0,
    time_limit: float | None = None,
    enough: float | None = None,
    begin: Array | None = None,
    nodes: int | None = None,
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
    nodes
        Nodes after which the best plan found is returned, with status `stopped` (HiGHS only): a
        limit that is the same on every machine.

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
        return LoadedProgram(program, relax).solve(gap, time_limit, enough, begin, nodes)
    problem, columns = build(program, relax)
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


class LoadedProgram:
    """A program loaded into HiGHS, to be changed there and solved again from where it stands.

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
        self._program = program.copy()
        self._whole = not relax and any(program.whole)
        # tighter than a pound, so that a plan which meets its limits still does when rounded
        highs = Highs(msg=False, mip_feasibility_tolerance=1e-9, primal_feasibility_tolerance=1e-9)
        with no_collection():
            problem, _ = build(program, relax)
            highs.createAndConfigureSolver(problem)
            highs.buildSolverModel(problem)
            self._model = problem.solverModel
            del problem  # HiGHS has it all

    @cached_property
    def _number_of(self) -> dict[RowName, int]:
        return {row.name: number for number, row in enumerate(self._program.rows)}

    def set_bound(self, name: RowName, bound: float) -> None:
        """Change the bound of a row.

        Parameters
        ----------
        name
            Kind and key of the row.
        bound
            The new bound.
        """
        number = self._number_of[name]
        row = self._program.rows[number]
        self._program.rows[number] = replace(row, bound=bound)
        self._model.changeRowBounds(
            number,
            -np.inf if row.sense == "<=" else bound,
            np.inf if row.sense == ">=" else bound,
        )

    def solve(
        self,
        gap: float = 0.0,
        time_limit: float | None = None,
        enough: float | None = None,
        begin: Array | None = None,
        nodes: int | None = None,
    ) -> Solution:
        """Maximise the program as it now stands; arguments as for the function `solve`."""
        import highspy

        model, start = self._model, time.perf_counter()
        # HiGHS counts the time of all runs, the limit is of this one
        until = np.inf if time_limit is None else model.getRunTime() + time_limit
        model.setOptionValue("mip_rel_gap", gap)
        model.setOptionValue("mip_max_nodes", 2**31 - 1 if nodes is None else nodes)
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
        solution = model.getSolution()
        values = np.array(solution.col_value)
        # PuLP hands HiGHS the negative to minimise
        duals = -np.array(solution.row_dual) if not self._whole else np.zeros(0)
        bound = -float(model.getInfo().mip_dual_bound)
        return _solution(self._program, status, values, duals, self._whole, bound, seconds)

    def _status(self) -> Status:
        import highspy

        state = highspy.HighsModelStatus
        feasible = self._model.getInfo().primal_solution_status == 2
        table: dict[Any, Status] = {
            state.kOptimal: "optimal",
            state.kModelEmpty: "optimal",
            state.kObjectiveTarget: "enough",
            state.kInfeasible: "infeasible",
            state.kUnboundedOrInfeasible: "unbounded or infeasible",
            state.kUnbounded: "unbounded",
        }
        stopped: Status = "stopped" if feasible else "no plan found"
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
    prices: dict[RowName, float] = {}
    if whole:
        bound = max(objective, bound) if np.isfinite(bound) else np.nan
    else:
        bound = objective
        # + 0.0 takes the sign off a zero
        prices = {
            row.name: float(dual) + 0.0 for row, dual in zip(program.rows, duals, strict=True)
        }
    return Solution(status, objective, bound, values, prices, seconds)


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
        # PuLP 3 brings CBC along and warns that PuLP 4 will not; pyproject holds PuLP below 4
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(**options)


def _cbc_status(problem: Any) -> Status:
    if problem.status == pulp.LpStatusInfeasible:
        return "infeasible"  # of whole numbers CBC says so here, and nothing of the solution
    solved = {
        pulp.LpSolutionOptimal: "optimal",
        pulp.LpSolutionIntegerFeasible: "stopped",
        pulp.LpSolutionInfeasible: "infeasible",
        pulp.LpSolutionUnbounded: "unbounded",
    }
    return solved.get(problem.sol_status, "no plan found")  # type: ignore[return-value]
