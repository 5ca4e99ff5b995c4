"""The backlog of maintenance of a scenario: what its capital plan clears, and what is left."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.backlog import backlog_by_year, claims_of, opening_of
from nelfin.models.capital import CapitalPlan, Settings
from nelfin.scenario import Scenario


def backlog_of(
    plan: CapitalPlan, settings: Settings, scenario: Scenario, inputs: Inputs
) -> xr.Dataset:
    """Return the backlog by organisation, risk band and year; nothing where none is given.

    Parameters
    ----------
    plan, settings
        The capital plan, and how it was drawn up.
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    xarray.Dataset
        As from `nelfin.models.backlog.backlog_by_year`.
    """
    if inputs.backlog.empty:
        return xr.Dataset()
    names = [str(name) for name in inputs.organisations["organisation"]]
    years = scenario.years.labels()
    claims = claims_of(plan, settings, names, years)
    rates = (settings.backlog_deterioration_pct, settings.price_growth_pct)
    found = backlog_by_year(inputs.backlog, claims, names, years, *rates)
    found.attrs["backlog_stated_gbp_m"] = scenario.capital.backlog_stated_gbp_m
    return found


def with_backlog_now(
    rules: pd.DataFrame, backlog: pd.DataFrame, first: str, settings: Settings
) -> pd.DataFrame:
    """Return the rules with the backlog there is where a target leaves it blank.

    Parameters
    ----------
    rules
        The table `capital_rules`, typed.
    backlog
        The table `backlog`, typed. Where it knows nothing of a band, or nothing as early as the
        plan starts, the cell stays blank and is asked for.
    first
        First year of the plan.
    settings
        What the backlog of earlier years grows by.
    """
    blank = (rules["rule"] == "backlog_target") & rules["now_gbp_m"].isna()
    if backlog.empty or not blank.any():
        return rules
    rates = (settings.backlog_deterioration_pct, settings.price_growth_pct)
    opening = opening_of(backlog, first, *rates)
    rules = rules.copy()
    for row in rules.index[blank]:
        names = {part.strip() for part in str(rules.at[row, "name"]).split(";")}
        own = opening[opening["band"].isin(names)]
        if names == set(own["band"]) and (own["since"] == 0).all():
            rules.loc[row, "now_gbp_m"] = own["backlog_gbp_m"].sum()
    return rules
