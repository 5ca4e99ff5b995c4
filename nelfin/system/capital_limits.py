"""Capital limits of a scenario: as given, and as positions of the year before move them."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.capital.cash import in_cash
from nelfin.scenario import Scenario
from nelfin.scenario.model_settings import Capital
from nelfin.system.drivers import income_by_body


def limits_of(scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return the capital limits of the plan's years, in cash.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    pandas.DataFrame
        `year, limit_gbp_m, organisation, status` and more, £m cash.
    """
    limits = in_cash(inputs.capital_limits, scenario.capital.deflator_pct)
    return limits[limits["year"].isin(scenario.years.labels())]


def limits_after(reported: xr.DataArray, scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return the limits as positions of the year before move them: each body's own its own.

    A deficit takes up to the penalty off next year's limit: all of it at the stated share of
    income, less in proportion below. A position in balance adds the bonus, a share of the gap to
    the fair share of capital: of the system's fair share an organisation has the part that its
    limit is of all organisations' limits in the year. The system's limit goes by the position of
    all together. Limits of the first year stand, and so do those of years that are closed.

    Parameters
    ----------
    reported
        Reported position of each organisation, £m; dims `organisation, year`.
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    pandas.DataFrame
        As `limits_of`.

    Notes
    -----
    Source: the capital incentives of 2024/25 (up to -10 % for a deficit plan, +30 % of the gap to
    fair share for balance).
    """
    limits = limits_of(scenario, inputs).copy()
    years = [str(year) for year in reported["year"].values]
    names = [str(name) for name in inputs.organisations["organisation"]]
    incomes = dict(zip(names, income_by_body(scenario, inputs).total[:, 0].tolist(), strict=True))
    owned = limits[limits["organisation"] != ""].groupby("year")["limit_gbp_m"].sum().to_dict()
    for row, cells in limits.iterrows():
        t, owner = years.index(cells["year"]), str(cells["organisation"])
        # other money than the ordinary capital does not go by positions
        if t == 0 or cells["year"] < scenario.years.now or cells["money"]:
            continue
        limit = float(cells["limit_gbp_m"])
        position = float(
            (reported.sel(organisation=owner) if owner else reported.sum("organisation"))[t - 1]
        )
        income = incomes[owner] if owner else sum(incomes.values())
        part = limit / owned[cells["year"]] if owner and owned[cells["year"]] > 0 else 1.0
        limits.loc[row, "limit_gbp_m"] = _moved(limit, position, income, part, scenario.capital)
    return limits


def _moved(limit: float, position: float, income: float, part: float, section: Capital) -> float:
    """Return a limit as a position moves it; `part` is of the system's fair share of capital."""
    if position < 0:
        whole = income * section.deficit_for_full_penalty_pct / 100
        share = min(1.0, -position / whole) if whole > 0 else 1.0
        return limit * (1 - section.deficit_penalty_pct / 100 * share)
    gap = max(section.fair_share_gbp_m * part - limit, 0.0)
    return limit + section.balance_bonus_pct / 100 * gap
