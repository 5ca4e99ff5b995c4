"""Solve a case: the relaxation, then the whole-number plan within the gap asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.no_plan import why_infeasible
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.search import best_plan


def solve_case(case: Case) -> CapitalPlan:
    """Draw up the plan of a case.

    Parameters
    ----------
    case
        The capital case.

    Returns
    -------
    CapitalPlan
        Within the gap asked, unless time ran out.

    Raises
    ------
    NoAnswerError
        If no plan meets every limit and rule, or none was found in time.
    """
    relaxed, solution = solve_program(case)
    return plan_of(case, relaxed, solution)


def solve_program(
    case: Case, begin: npt.NDArray[np.float64] | None = None
) -> tuple[lp.Solution, lp.Solution]:
    """Solve the program of a case: the relaxation, and the plan within the gap asked.

    Parameters
    ----------
    case
        The capital case.
    begin
        A plan known to hold, to begin the search from; shape (column,).

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
    relaxed = lp.solve(case.program, settings.solver, relax=True)
    require_answer(relaxed, case)
    if settings.relax:
        return relaxed, relaxed
    program = without_too_dear(case)
    gap = settings.gap_pct / 100
    solution = best_plan(program, relaxed, gap, settings.time_limit_s, settings.solver, begin)
    require_answer(solution, case)
    return relaxed, lp.filled(program, solution)


def require_answer(solution: lp.Solution, case: Case) -> None:
    """Read the status before any value: refuse a solution without a plan, and say why.

    Parameters
    ----------
    solution
        What the solver found.
    case
        The case whose program it is of.

    Raises
    ------
    NoAnswerError
        If there is no plan.
    """
    if solution.status == "infeasible":
        resources = case.resources
        units = {} if resources is None else dict(lines_of(resources, "resource", "unit"))
        solver = case.settings.solver
        raise NoAnswerError(why_infeasible(case.program, case.starts, solver, units))
    if solution.status == "unbounded":
        raise NoAnswerError(
            "The objective has no end: it rewards a variable that nothing bounds. Give the "
            "variable an upper bound, or a row."
        )
    if not solution.has_plan:
        raise NoAnswerError(
            f"The solver found no plan in {solution.seconds:.0f} seconds ({solution.status}). Give "
            "it longer (time_limit_s), or relax a must-fund scheme."
        )


def without_too_dear(case: Case) -> lp.Program:
    """Return the program of a case without whole starts that pass a limit by themselves.

    The solver's tolerance would let through what passes a limit by a hair.

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
    for row in [*case.program.rows_of("limit"), *case.program.rows_of("resource")]:
        # receipts, and what the year before may leave, add to the limit
        carried = 0.0
        for column, factor in row.terms:
            most = case.program.high[column]
            if factor < 0:
                carried += -factor * (np.inf if most is None else most)
        for column, cost in row.terms:
            if column in whole and cost > row.bound + carried:
                high[column] = 0.0
    return replace(case.program, high=high)
