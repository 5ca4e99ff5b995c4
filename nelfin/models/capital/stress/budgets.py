"""Budgets that move: one priority list, what it costs, and the worth of each budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.models.capital.case import Case
from nelfin.models.capital.solving import solve_program
from nelfin.models.capital.starts import Start
from nelfin.models.capital.stress.variants import (
    funded,
    shares_of,
    with_limits,
    with_rows,
)

BUDGETS = {"80 % floor": 0.8, "today's limits": 1.0, "growth to 120 %": 1.2}
"""Budgets of the priority list: the guaranteed floor, today's limits, and growth."""


def priority_list(
    case: Case, budgets: Mapping[str, float] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one priority list that holds whatever budget comes, and the regret of following it.

    Budgets are taken from the lowest up. What is funded at one budget stays funded at every higher
    one (its start may move), so that a scheme once promised is never taken back. Limits marked
    `firm` do not move; where all are firm every limit does.

    Parameters
    ----------
    case
        The capital case.
    budgets
        Share of the limits by name.

    Returns
    -------
    priorities : pandas.DataFrame
        A row a funded scheme: `rank, project_id, name, tier` (the lowest budget that funds it),
        `start_year, benefit, cdel_gbp_m, benefit_per_gbp_m`. Within a tier by benefit a pound of
        the limit, a prerequisite before what needs it.
    regret : pandas.DataFrame
        A row a budget: `budget, share_of_limit, benefit, best, regret_pct, gap`: how much less
        benefit the list gives than a plan made for that budget alone, and how far that one may be
        from the best.

    Notes
    -----
    Method: nested portfolios, after Koç, Morton, Popova, Hess, Kee and Richards (2009).
    """
    ordered = sorted((budgets or BUDGETS).items(), key=lambda pair: pair[1])
    promised: dict[str, tuple[str, Start]] = {}
    regrets = []
    for name, share in ordered:
        scaled = with_limits(case, share)
        relaxed, alone = solve_program(scaled)
        nested = _with_promised(scaled, promised)
        _, solution = solve_program(nested) if promised else (relaxed, alone)
        for start in funded(case, solution, whole=True):
            promised.setdefault(start.scheme.id, (name, start))
        best = max(alone.objective, solution.objective)
        bound = min(relaxed.bound, max(alone.bound, best))
        regret = 100 * (best - solution.objective) / best if best else 0.0
        gap = (bound - best) / best if best else 0.0
        regrets.append([name, share, solution.objective, best, regret, gap])
    columns = ["budget", "share_of_limit", "benefit", "best", "regret_pct", "gap"]
    table = _priorities(case, promised, [name for name, _ in ordered])
    return table, pd.DataFrame(regrets, columns=columns)


def _with_promised(case: Case, promised: Iterable[str]) -> Case:
    """Return the case in which schemes that are promised are funded whole."""
    return with_rows(
        case,
        [
            lp.Row("promised", name, tuple(terms), "==", 1.0)
            for name, terms in shares_of(case, promised).items()
        ],
    )


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
    needs = {start.scheme.id: [name for name, _ in start.scheme.requires] for start in case.starts}
    listed, ordered = set(wanted), []

    def put(name: str) -> None:
        for other in needs[name]:
            if other in listed and other not in ordered:
                put(other)
        if name not in ordered:
            ordered.append(name)

    for name in wanted:
        put(name)
    return table.set_index("project_id").loc[ordered].reset_index()
