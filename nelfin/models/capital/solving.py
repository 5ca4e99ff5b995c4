"""Solve a case: the relaxation, then the whole-number plan within the gap asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.limits import rounding
from nelfin.models.capital.no_plan import why_infeasible
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.search import best_plan


def solve_case(case: Case, watch: lp.Watch | None = None) -> CapitalPlan:
    """Draw up the plan of a case.

    Parameters
    ----------
    case
        The capital case.
    watch
        One clock over all of it, which may also stop the search; by default one of the time limit
        that the settings give, started here.

    Returns
    -------
    CapitalPlan
        Within the gap asked, unless time ran out.

    Raises
    ------
    NoAnswerError
        If no plan meets every limit and rule, or none was found in time.
    """
    watch = watch or lp.Watch(case.settings.time_limit_s)
    watch.searching = True
    try:
        relaxed, solution = solve_program(case, watch=watch)
        return plan_of(case, relaxed, solution, watch)
    finally:
        watch.searching = False


def solve_program(
    case: Case,
    begin: npt.NDArray[np.float64] | None = None,
    watch: lp.Watch | None = None,
) -> tuple[lp.Solution, lp.Solution]:
    """Solve the program of a case: the relaxation, and the plan within the gap asked.

    Parameters
    ----------
    case
        The capital case.
    begin
        A plan known to hold, to begin the search from; shape (column,).
    watch
        As for `solve_case`.

    Returns
    -------
    relaxed, solution : lp.Solution
        The relaxation, and the plan.

    Raises
    ------
    NoAnswerError
        If no plan meets every limit and rule, or none was found in time.
    """
    settings = case.settings
    watch = watch or lp.Watch(settings.time_limit_s)
    relaxed = lp.solve(case.program, settings.solver, relax=True, watch=watch)
    if relaxed.status == "no plan found" and watch.over and not settings.relax:
        # no time even for the relaxation: a plan without prices, and far from its bound
        found = replace(lp.greedy(case.program), bound=relaxed.bound, seconds=relaxed.seconds)
        require_answer(found, case, watch)
        return replace(relaxed, status="stopped", objective=relaxed.bound), found
    require_answer(relaxed, case, watch)
    if settings.relax:
        return relaxed, replace(relaxed, bound=relaxed.objective)
    program = without_too_dear(case)
    gap = settings.gap_pct / 100
    solution = best_plan(program, relaxed, gap, settings.solver, begin, watch)
    require_answer(solution, case, watch)
    return relaxed, lp.trimmed(program, solution)


def require_answer(solution: lp.Solution, case: Case, watch: lp.Watch | None = None) -> None:
    """Read the status before any value: refuse a solution without a plan, and say why.

    Parameters
    ----------
    solution
        What the solver found.
    case
        The case whose program it is of.
    watch
        The clock that it was found by.

    Raises
    ------
    NoAnswerError
        If there is no plan.
    """
    said = case.settings.words
    if solution.status == "infeasible":
        resources = case.resources
        units = {} if resources is None else dict(lines_of(resources, "resource", "unit"))
        solver = case.settings.solver
        found = why_infeasible(case.program, case.starts, solver, units, watch, said)
        raise NoAnswerError(found)
    if solution.status == "unbounded":
        raise NoAnswerError(
            "The objective has no end: it rewards a variable that nothing bounds. Give the "
            "variable an upper bound, or a row."
        )
    if not solution.has_plan and watch is not None and watch.stopped:
        raise NoAnswerError("Stopped by you before a plan was found. Nothing was written.")
    if not solution.has_plan:
        raise NoAnswerError(
            f"The solver found no plan in {solution.seconds:.0f} seconds ({solution.status}). Give "
            f"it longer ({case.settings.called.time_limit_s}), or {said.fewer}."
        )


def without_too_dear(case: Case) -> lp.Program:
    """Return the program of a case without whole starts that pass a limit by themselves.

    A solver takes a share of a scheme that is a hair from 1 for the whole of it, and would let such
    a start through. One that fits exactly, but for the rounding of a float, stays.

    Parameters
    ----------
    case
        The capital case.
    """
    whole = {
        start.share_column
        for start in case.starts
        if start.share_column == start.start_column and not start.scheme.must_fund
    }
    high = list(case.program.high)
    most_carried = {row.terms[0][0]: row.bound for row in case.program.rows_of("carry")}

    def most(column: int) -> float:
        high = case.program.high[column]
        return most_carried.get(column, np.inf if high is None else high)

    for row in [*case.program.rows_of("limit"), *case.program.rows_of("resource")]:
        # receipts, and what the year before may leave, add to the limit
        more = sum(-factor * most(column) for column, factor in row.terms if factor < 0)
        for column, cost in row.terms:
            if column in whole and cost > row.bound + more + rounding(row.bound):
                high[column] = 0.0
    return replace(case.program, high=high)
