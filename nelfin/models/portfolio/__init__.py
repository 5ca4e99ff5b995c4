"""The portfolio of programmes: which to start, keep and stop, with the money and staff there are.

It is drawn up by the program of a capital plan: initiatives are its schemes, the pool is its limit
and staff its other resources. Its relaxation gives the price of a pound and of a month of staff.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.models.portfolio.case import case_of
from nelfin.models.portfolio.checked import check_portfolio
from nelfin.models.portfolio.portfolio import Portfolio, portfolio_of_case
from nelfin.models.portfolio.settings import Settings, TableNames
from nelfin.program import Watch

__all__ = ["Portfolio", "Settings", "TableNames", "solve"]


def solve(
    initiatives: pd.DataFrame,
    pools: pd.DataFrame,
    staff: pd.DataFrame | None = None,
    watch: Watch | None = None,
    **settings: Any,
) -> Portfolio:
    """Choose the initiatives, and the years they start in, that are worth most within the pools.

    Parameters
    ----------
    initiatives
        The table of initiatives, `initiative_id, name` and more: `cost_1, cost_2, …` in £m,
        `staff_SKILL_1, …` in months, `cash_1, …` in £m and `qalys_1, …` by year since the start.
    pools
        `year, pool_gbp_m`, £m cash. Its years are the portfolio's.
    staff
        `skill, year, months`; None where no initiative needs staff.
    watch
        A clock that is running already, by which the search ends and which may stop it; by default
        one of `time_limit_s`, started here.
    **settings
        The other fields of `Settings`: floors, what a QALY costs elsewhere, discounting, gap, time
        and more.

    Returns
    -------
    Portfolio
        The plan with a reason for each initiative, what pools and staff are used for and what more
        of them would add, the frontier, and the solver's account.

    Raises
    ------
    InputError
        If the tables are wrong, with every problem.
    NoAnswerError
        If nothing keeps every pool, staff limit and floor; says which and by how much.

    Notes
    -----
    Method: programme budgeting and marginal analysis as an integer program, shown as the
    socio-technical allocation of resources (STAR) shows it: a triangle for each initiative and a
    frontier. A pool pays the cost of its year in full; cash that initiatives release does not come
    back to it unless `cash_refills_pct` says so.

    Examples
    --------
    >>> initiatives = pd.DataFrame(
    ...     {"initiative_id": ["A", "B"], "name": ["Stop smoking", "Falls"],
    ...      "cost_1": [2.0, 3.0], "qalys_1": [400.0, 500.0]})
    >>> pools = pd.DataFrame({"year": ["2026/27"], "pool_gbp_m": [4.0]})
    >>> solve(initiatives, pools).plan["status"].tolist()
    ['not chosen', 'chosen']
    """
    given = Settings(staff=staff, **settings)
    watch = watch or Watch(given.time_limit_s)
    return portfolio_of_case(case_of(check_portfolio(initiatives, pools, given)), watch)
