"""Programs solved: by HiGHS, which keeps them to be changed and solved again, or by CBC."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from nelfin.errors import SolverError
from nelfin.program.built import Highs, build, no_collection, unit_of
from nelfin.program.cbc import solve_by_cbc
from nelfin.program.filling import bounded, filled, matrix_of
from nelfin.program.form import (
    HAS_PLAN,
    Array,
    Program,
    RowName,
    Solution,
    SolverName,
    Status,
    solution_of,
    without_plan,
)
from nelfin.program.watch import Watch, attended

MANY = 5_000
"""Columns above which a relaxation is asked at each turn of the simplex whether to stop: a smaller
one is done in less time than the asking takes."""
AGAIN_S = 60.0
"""Seconds at most for finding out whether a program has no plan indeed."""
FEW = 1_000
"""Columns up to which a relaxation is solved where it is asked for: it is done before Ctrl-C could
be heard, and a thread of its own would take longer than the solving."""
EFFORT = 0.3
"""Share of its work that HiGHS puts into finding plans, where a gap is allowed: the bound is close
from the start, and what is missing is the plan."""


def solve(
    program: Program,
    solver: SolverName = "highs",
    relax: bool = False,
    gap: float = 0.0,
    time_limit: float | None = None,
    enough: float | None = None,
    begin: Array | None = None,
    watch: Watch | None = None,
    steps: int | None = None,
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
    watch
        The clock that this search is part of; it may stop it, and shows how far it is.
    steps
        Stop after so much work (HiGHS only): a search of part of what there is.
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
        return LoadedProgram(program, relax).solve(
            gap, time_limit, enough, begin, watch, steps, nodes
        )
    return solve_by_cbc(program, relax, gap, time_limit, watch)


def trimmed(program: Program, solution: Solution) -> Solution:
    """Return a plan whose shares are cut to fit exactly: the give of a row is for whole columns.

    Parameters
    ----------
    program
        The program.
    solution
        A plan of it in whole numbers.

    Returns
    -------
    Solution
        The same where no column of value may be cut, or where only a give lets the plan hold.
    """
    whole, value = np.asarray(program.whole), np.asarray(program.value)
    if (value[~whole] == 0).all():
        return solution
    kept = solution.values.tolist()
    low = np.where(whole, kept, program.low).tolist()
    high = [k if w else most for k, w, most in zip(kept, whole, program.high, strict=True)]
    again = solve(replace(program, low=low, high=high), relax=True)
    if not again.has_plan:
        return solution
    return replace(solution, values=again.values, objective=again.objective)


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
        self._unit = unit_of(program, relax)
        # far below a pound, and one thread, so that a plan is the same on every machine
        highs = Highs(
            msg=False,
            threads=1,
            mip_feasibility_tolerance=1e-9,
            primal_feasibility_tolerance=1e-9,
        )
        with no_collection():
            problem, _ = build(program, relax, exact=not self._whole)
            highs.createAndConfigureSolver(problem)
            highs.buildSolverModel(problem)
            self._model = problem.solverModel
            del problem  # HiGHS has it all
        self._heard: _Heard | None = None

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
        row = self._program.rows[number] = replace(self._program.rows[number], bound=bound)
        self._model.changeRowBounds(number, *row.ends(exact=not self._whole))

    def solve(
        self,
        gap: float = 0.0,
        time_limit: float | None = None,
        enough: float | None = None,
        begin: Array | None = None,
        watch: Watch | None = None,
        steps: int | None = None,
        nodes: int | None = None,
    ) -> Solution:
        """Maximise the program as it now stands; arguments as for the function `solve`."""
        import highspy

        watch = watch or Watch()
        model, start = self._model, time.perf_counter()
        left = min(watch.left(), np.inf if time_limit is None else time_limit)
        # HiGHS counts the time of all runs, the limit is of this one
        model.setOptionValue("time_limit", float(model.getRunTime() + left))
        model.setOptionValue("mip_rel_gap", gap)
        model.setOptionValue("mip_heuristic_effort", EFFORT if gap > 0 else 0.05)
        target = -np.inf if enough is None else -enough / self._unit
        model.setOptionValue("objective_target", target)
        model.setOptionValue("mip_max_nodes", 2**31 - 1 if nodes is None else nodes)
        if begin is not None:
            point = highspy.HighsSolution()
            point.col_value = list(begin)
            model.setSolution(point)
        heard = self._heard = self._heard or _Heard(model, self._program, self._unit)
        heard.begin(watch, steps, gap)
        ended = self._run(watch, heard)
        state = self._status()
        if ended and state == "infeasible" and not watch.over:
            ended = self._run_as_it_stands(watch, heard, start + left - time.perf_counter())
            again = self._status()
            # with neither a plan nor a proof in that time, the first word stands
            state = state if again == "no plan found" else again
        seconds = time.perf_counter() - start
        if not ended:  # it goes on by itself for a little: what it has told is what there is
            return self._left_behind(heard, seconds)
        if state == "unbounded or infeasible":
            # without an objective nothing is unbounded: what remains is whether a plan exists
            plain = replace(self._program, value=[0.0] * len(self._program.value))
            found = solve(plain, relax=not self._whole, time_limit=time_limit, watch=watch)
            state = "unbounded" if found.has_plan else found.status
        if state not in HAS_PLAN:
            none = without_plan(state, len(self._program.value), seconds)
            bound = (
                bounded(self._program) if state == "no plan found" and not self._whole else np.nan
            )
            return replace(none, steps=heard.steps, bound=bound)
        solution = model.getSolution()
        values = np.array(solution.col_value)
        # PuLP hands HiGHS the negative to minimise
        duals = -np.array(solution.row_dual) * self._unit if not self._whole else np.zeros(0)
        bound = -float(model.getInfo().mip_dual_bound) * self._unit
        if self._whole and heard.values is not None and heard.worth > self._worth(values):
            values = heard.values  # a plan of HiGHS, filled
        if heard.within:  # which is why HiGHS was stopped
            state = "optimal"
        found = solution_of(self._program, state, values, duals, self._whole, bound, seconds)
        return replace(found, steps=heard.steps)

    def _run(self, watch: Watch, heard: _Heard) -> bool:
        """Run the solver, and say whether it ended by itself."""
        import highspy

        run = self._model.run
        at_once = not self._whole and len(self._program.value) <= FEW
        status = (
            run() if at_once else attended(run, watch, lambda: watch.tell(*self._progress(heard)))
        )
        if status == highspy.HighsStatus.kError:
            raise SolverError("The solver highs failed.")
        return status is not None

    def _run_as_it_stands(self, watch: Watch, heard: _Heard, left: float) -> bool:
        """Run again without presolve, and say whether the solver ended by itself.

        HiGHS makes a program smaller before it solves it, and where amounts of very different size
        meet its rounding may leave no plan where there is one. Half of the time left is for this.
        """
        model = self._model
        model.clearSolver()
        model.setOptionValue("presolve", "off")
        most = min(max(left, 0.0) / 2, AGAIN_S)
        model.setOptionValue("time_limit", float(model.getRunTime() + most))
        try:
            return self._run(watch, heard)
        finally:
            model.setOptionValue("presolve", "choose")

    def _worth(self, values: Array) -> float:
        return float(
            np.dot(self._program.value, np.where(self._program.whole, np.round(values), values))
        )

    def _progress(self, heard: _Heard) -> tuple[float, float]:
        # what bounds a part of the plans does not bound them all
        return heard.worth, np.nan if heard.most else heard.bound

    def _left_behind(self, heard: _Heard, seconds: float) -> Solution:
        if heard.values is None:
            return without_plan("no plan found", len(self._program.value), seconds)
        none = np.zeros(0)
        return solution_of(self._program, "stopped", heard.values, none, True, heard.bound, seconds)

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
        # a relaxation that was stopped has neither a bound nor prices
        stopped: Status = "stopped" if feasible and self._whole else "no plan found"
        return table.get(self._model.getModelStatus(), stopped)


class _Heard:
    """What HiGHS tells while it runs, and the word to it that it is to stop.

    Its plans are filled as they come, so that it need not look for what is plain to see.
    """

    def __init__(self, model: Any, program: Program, unit: float) -> None:
        self.program, self.unit = program, unit
        self.begin(Watch(), None, 0.0)
        model.cbMipImprovingSolution.subscribe(self._better)
        model.cbMipInterrupt.subscribe(self._ask)
        if len(program.value) > MANY:
            model.cbSimplexInterrupt.subscribe(self._ask)

    def begin(self, watch: Watch, most: int | None, gap: float) -> None:
        """Forget the run before; stop this one after so many steps, or within the gap."""
        self.watch, self.most, self.gap = watch, most or 0, gap
        self.values: Array | None = None
        self.worth = self.bound = np.nan
        self.steps, self.within = 0, False

    @cached_property
    def _matrix(self) -> csc_array:
        return matrix_of(self.program)

    def _better(self, event: Any) -> None:
        values = np.array(event.data_out.mip_solution)
        values = np.where(self.program.whole, np.round(values), values)
        found = Solution("stopped", 0.0, np.nan, values, {}, 0.0)
        plan = filled(self.program, found, self._matrix)
        if self.values is None or plan.objective > self.worth:
            self.values, self.worth = plan.values, plan.objective

    def _ask(self, event: Any) -> None:
        self.steps += 1
        if event.data_out.mip_node_count >= 0:
            self.bound = -float(event.data_out.mip_dual_bound) * self.unit
            self.within = self.gap > 0 and self.bound - self.worth <= self.gap * abs(self.worth)
        if self.within or self.watch.stopped or 0 < self.most < self.steps:
            event.interrupt()
