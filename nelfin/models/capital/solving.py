"""Solve a case: the relaxation, then the whole-number plan within the gap asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.reasons import why_infeasible
from nelfin.models.capital.search import best_plan


def solve_case(case: Case) -> CapitalPlan:
    """Solve a case that is built."""
    relaxed, found = solve_program(case)
    return plan_of(case, relaxed, found)


def solve_program(
    case: Case, begin: npt.NDArray[np.float64] | None = None
) -> tuple[lp.Solution, lp.Solution]:
    """Solve the program of a case: the relaxation, and the plan within the gap asked.

    A plan known to hold may be given to begin from, one value a column.
    """
    settings = case.settings
    relaxed = lp.solve(case.program, settings.solver, relax=True)
    require_answer(relaxed, case)
    if settings.relax:
        return relaxed, relaxed
    program = without_too_dear(case)
    gap = settings.gap_pct / 100
    found = best_plan(program, relaxed, gap, settings.time_limit_s, settings.solver, begin)
    require_answer(found, case)
    return relaxed, lp.filled(program, found)


def require_answer(found: lp.Solution, case: Case) -> None:
    """Read the status before any value: raise if there is no plan, and say why."""
    if found.status == "infeasible":
        raise NoAnswerError(why_infeasible(case.program, case.starts, case.settings.solver))
    if not found.has_plan:
        raise NoAnswerError(
            f"The solver found no plan in {found.seconds:.0f} seconds ({found.status}). Give it "
            "longer (time_limit_s), or relax a must-fund scheme."
        )


def without_too_dear(case: Case) -> lp.Program:
    """Return the program without whole starts that pass a limit by themselves.

    A solver's tolerance is not a permission.
    """
    whole = {s.share for s in case.starts if s.share == s.started and not s.scheme.must_fund}
    high = list(case.program.high)
    for row in case.program.rows:
        if isinstance(row.name, tuple) and row.name[0] == "limit":
            # what the year before may leave adds to the limit
            left = sum(-v * (case.program.high[c] or 0.0) for c, v in row.terms if v < 0)
            for column, cost in row.terms:
                if column in whole and cost > row.bound + left:
                    high[column] = 0.0
    return replace(case.program, high=high)
