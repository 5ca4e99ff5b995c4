"""Capital prioritisation: which schemes start when, within the yearly limits, for most benefit.

A scheme starts in one year or not at all. The relaxation of the program, in which schemes may be
cut into shares, gives the price of capital: the benefit that £1m more would buy in a year.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.reasons import why_infeasible
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.settings import Settings

__all__ = ["CapitalPlan", "Settings", "solve"]


def solve(projects: pd.DataFrame, limits: pd.DataFrame, **settings: Any) -> CapitalPlan:
    """Choose the schemes, and the years they start in, that give most benefit within the limits.

    Parameters
    ----------
    projects
        The project table: one row a scheme or an option of one; spend in £m, base-year prices.
    limits
        `year, limit_gbp_m` and optionally `organisation` (blank: the system), £m cash. Its years
        are the plan's.
    **settings
        The fields of `Settings`: discounting, prices, rules, gap, time and more.

    Returns
    -------
    CapitalPlan
        The plan, spend by year, limits with the price of capital, and the solver's account.

    Raises
    ------
    InputError
        If the tables are wrong, with every problem.
    NoAnswerError
        If no plan meets every limit and rule; says which and by how much.
    SolverError
        If the solver fails.

    Notes
    -----
    Method: capital rationing with start times as an integer program; the price of capital is the
    dual of each limit in the relaxation (Weingartner 1963).
    """
    return solve_case(case_of(projects, limits, Settings(**settings)))


def solve_case(case: Case) -> CapitalPlan:
    """Solve a case that is built."""
    relaxed, found = solve_program(case)
    return plan_of(case, relaxed, found)


def solve_program(case: Case) -> tuple[lp.Solution, lp.Solution]:
    """Solve the program of a case: the relaxation, and the plan within the gap asked."""
    settings, program = case.settings, case.program
    relaxed = lp.solve(program, settings.solver, relax=True)
    require_answer(relaxed, case)
    if settings.relax:
        return relaxed, relaxed
    _rule_out_too_dear(case)
    gap = settings.gap_pct / 100
    found = best_plan(program, relaxed, gap, settings.time_limit_s, settings.solver)
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


def _rule_out_too_dear(case: Case) -> None:
    """Rule out whole starts that pass a limit by themselves: a tolerance is not a permission."""
    whole = {s.share for s in case.starts if s.share == s.started and not s.scheme.must_fund}
    for row in case.program.rows:
        if isinstance(row.name, tuple) and row.name[0] == "limit":
            for column, cost in row.terms:
                if column in whole and cost > row.bound:
                    case.program.high[column] = 0.0
