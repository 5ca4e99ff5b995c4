"""Budgets that move: one priority list, what it costs, and the worth of each budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.models.capital.case import Case
from nelfin.models.capital.links import needed_first
from nelfin.models.capital.starts import Start
from nelfin.models.capital.stress.futures import future_at
from nelfin.models.capital.stress.together import FuturesPlan, plans_for

BUDGETS = {"80 % floor": 0.8, "today's limits": 1.0, "growth to 120 %": 1.2}
"""Budgets of the priority list: the guaranteed floor, today's limits, and growth."""


def priority_list(
    case: Case,
    budgets: Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one priority list that holds whatever budget comes, and the regret of following it.

    What is funded at one budget stays funded at every higher one (its start may move, and it may
    become a better option of itself), so that a scheme once promised is never taken back. Of all
    such lists the one with the most expected benefit is taken. Limits marked `firm` do not move;
    where all are firm every limit does.

    Parameters
    ----------
    case
        The capital case.
    budgets
        Share of the limits by name.
    weights
        How likely each budget is, by name; alike by default.

    Returns
    -------
    priorities : pandas.DataFrame
        A row a funded scheme: `rank, project_id, name, tier` (the lowest budget that funds it),
        `start_year, benefit, cdel_gbp_m, benefit_per_gbp_m`. Within a tier by benefit a pound of
        the limit, a prerequisite before what needs it.
    regret : pandas.DataFrame
        A row a budget: `budget, share_of_limit, benefit, best, regret_pct, gap`: how much less
        benefit the list gives than a plan made for that budget alone, and how far that one may be
        from the best; `weight`; and `list_gap`, how far the expected benefit of the list may be
        from that of the best list, the same in every row.

    Notes
    -----
    Method: nested portfolios, after Koç, Morton, Popova, Hess, Kee and Richards (2009).
    """
    budgets = BUDGETS if budgets is None else budgets
    weights = dict.fromkeys(budgets, 1.0) if weights is None else weights
    futures = [
        future_at(case, name, weights[name], (100 * share, 100.0, 100.0))
        for name, share in sorted(budgets.items(), key=lambda pair: pair[1])
    ]
    found = plans_for(futures)
    regret = found.futures.assign(
        share_of_limit=found.futures["limits_pct"] / 100, list_gap=found.account.gap
    ).rename(columns={"future": "budget"})
    columns = ["budget", "share_of_limit", "benefit", "best", "regret_pct", "gap"]
    return list_of(case, found), regret[[*columns, "weight", "list_gap"]]


def list_of(case: Case, found: FuturesPlan) -> pd.DataFrame:
    """Return the priority list of nested plans: see `priority_list`.

    Parameters
    ----------
    case
        Schemes as they stand.
    found
        Nested plans.
    """
    promised: dict[str, tuple[str, Start]] = {}
    for name, starts in found.starts:
        for start in starts:
            promised.setdefault(start.scheme.id, (name, start))
    return _priorities(case, promised, [name for name, _ in found.starts])


def _priorities(
    case: Case, promised: Mapping[str, tuple[str, Start]], tiers: list[str]
) -> pd.DataFrame:
    """Return the list in its order, of the tier and the start by which each is promised."""
    table = pd.DataFrame(
        [
            [name, tier, case.years[start.year], start.value, float(start.cdel.sum())]
            for name, (tier, start) in promised.items()
        ],
        columns=["project_id", "tier", "start_year", "benefit", "cdel_gbp_m"],
    )
    per_pound = table["benefit"] / table["cdel_gbp_m"].where(table["cdel_gbp_m"] > 0)
    table["benefit_per_gbp_m"] = per_pound
    table = _in_order(case, table, tiers)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    names = case.projects.set_index("project_id")["name"]
    table.insert(2, "name", table["project_id"].map(names))
    return table


def budget_curve(case: Case, shares: Sequence[float] | None = None) -> pd.DataFrame:
    """Return what the relaxation is worth as every limit moves together.

    The program is built once; each budget is solved from where the last one ended.

    Parameters
    ----------
    case
        The capital case.
    shares
        Limits as shares of today's; by default 100 from a half to one and a half.

    Returns
    -------
    pandas.DataFrame
        A row a share: `share_of_limit, limit_gbp_m` (all limits), `benefit, price_per_gbp_m`
        (benefit of £1m more over all limits as they stand to each other); NaN where must-fund
        schemes do not fit.
    """
    loaded = lp.LoadedProgram(case.program, relax=True)
    limits = case.program.rows_of("limit")
    whole = sum(row.bound for row in limits)
    rows = []
    for share in np.linspace(0.5, 1.5, 100) if shares is None else shares:
        for row in [*limits, *case.program.rows_of("carry")]:
            loaded.set_bound(row.name, row.bound * share)
        solution = loaded.solve()
        price = (
            sum(solution.prices[row.name] * row.bound for row in limits) / whole
            if solution.has_plan and whole
            else np.nan
        )
        rows.append([share, whole * share, solution.objective, price])
    columns = ["share_of_limit", "limit_gbp_m", "benefit", "price_per_gbp_m"]
    return pd.DataFrame(rows, columns=columns)


def _in_order(case: Case, table: pd.DataFrame, tiers: list[str]) -> pd.DataFrame:
    """Order a list by tier and benefit a pound, with each prerequisite before what needs it."""
    key = pd.DataFrame(
        {
            "tier": table["tier"].map(tiers.index),
            "pound": -table["benefit_per_gbp_m"].fillna(np.inf),
            "id": table["project_id"],
        }
    )
    wanted = list(table["project_id"].loc[key.sort_values(["tier", "pound", "id"]).index])
    schemes = {start.scheme.id: start.scheme for start in case.starts}
    ordered = [scheme.id for scheme in needed_first(schemes[name] for name in wanted)]
    return table.set_index("project_id").loc[ordered].reset_index()
