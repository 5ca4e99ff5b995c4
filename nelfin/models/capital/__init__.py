"""Capital prioritisation: which schemes start when, within the yearly limits, for most benefit.

A scheme starts in one year or not at all. The relaxation of the program, in which schemes may be
cut into shares, gives the price of capital: the benefit that £1m more would buy in a year.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.models.capital.account import SolverAccount
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.compared import PlanTables, plans_compared
from nelfin.models.capital.keep import plan_case
from nelfin.models.capital.model import CapitalModel
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.settings import Settings, TableNames
from nelfin.models.capital.systems import SystemPlans, solve_systems
from nelfin.program import Watch

__all__ = [
    "CapitalModel",
    "CapitalPlan",
    "PlanTables",
    "Settings",
    "SolverAccount",
    "SystemPlans",
    "TableNames",
    "Watch",
    "build",
    "plans_compared",
    "solve",
    "solve_systems",
]


def solve(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    watch: Watch | None = None,
    **settings: Any,
) -> CapitalPlan:
    """Choose the schemes, and the years they start in, that give most benefit within the limits.

    Parameters
    ----------
    projects
        The project table: one row a scheme or an option of one; spend in £m, base-year prices.
    limits
        `year, limit_gbp_m` and optionally `organisation` (blank: the system), £m cash. Its years
        are the plan's.
    watch
        A clock that is running already, by which the search ends and which may stop it; by default
        one of `time_limit_s`, started here.
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
    given = Settings(**settings)
    watch = watch or Watch(given.time_limit_s)
    return plan_case(case_of(check_capital(projects, limits, given)), watch)


def build(projects: pd.DataFrame, limits: pd.DataFrame, **settings: Any) -> CapitalModel:
    """Build a capital plan as a PuLP problem, for rows and an objective of one's own.

    Parameters
    ----------
    projects, limits, **settings
        As for `solve`.

    Returns
    -------
    CapitalModel
        The problem, its variables by project and year, its rows by name; `solve` gives the plan.

    Raises
    ------
    InputError
        If the tables are wrong, with every problem.

    Examples
    --------
    >>> projects = pd.DataFrame(
    ...     {"project_id": ["A", "B"], "name": ["Ward", "Scanner"], "organisation": "Barts",
    ...      "category": "Acute", "benefit": [5, 4], "spend_1": [3, 2]})
    >>> limits = pd.DataFrame({"year": ["2026/27"], "limit_gbp_m": [9]})
    >>> model = build(projects, limits)
    >>> model.problem += model.start["2026/27"].sum() <= 1, "one_a_year"
    >>> model.solve().plan["status"].tolist()
    ['funded', 'not funded']
    """
    return CapitalModel(case_of(check_capital(projects, limits, Settings(**settings))))
