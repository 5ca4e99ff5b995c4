"""What a capital plan does to revenue: depreciation, PDC dividend and running-cost savings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.data import lines_of
from nelfin.data.projects import spend_profile
from nelfin.models.capital import CapitalPlan
from nelfin.years import start_of


def consequences(
    capital: CapitalPlan,
    asset_types: pd.DataFrame,
    pdc_pct: float,
    organisations: list[str],
    years: list[str],
) -> xr.DataArray:
    """Return running-cost savings less capital charges, by organisation and year.

    Only spend that adds to the asset base brings new charges: replacing an asset keeps a charge
    that is already in the cost base. Depreciation is a straight line from the year after
    completion; the PDC dividend falls on the average of opening and closing net assets; savings
    start the year after completion.

    Parameters
    ----------
    capital
        The plan.
    asset_types
        `asset_type, life_years, adds_to_assets_pct`.
    pdc_pct
        Dividend, % of average net assets.
    organisations, years
        Labels of the result.

    Returns
    -------
    xarray.DataArray
        £m, a saving positive; dims `organisation, year`.
    """
    level = np.zeros((len(organisations), len(years)))
    assets = asset_types.set_index("asset_type")[["adds_to_assets_pct", "life_years"]].astype(float)
    kinds = assets.to_dict("index")
    projects = lines_of(
        capital.projects, "project_id", "organisation", "asset_type", "revenue_gbp_m"
    )
    row_of = {project[0]: row for row, project in enumerate(projects)}
    profile = spend_profile(capital.projects)
    # a scheme without spend brings no charges, but it may save
    paid = np.zeros((len(projects), len(years)))
    for name, year, spend in lines_of(capital.spend, "project_id", "year", "spend_gbp_m"):
        paid[row_of[name], years.index(year)] += spend
    chosen = capital.plan[capital.plan["status"] != "not funded"]
    # plain rows: a look-up by label for each scheme took most of the time of a joint run
    for name, start_year, share in lines_of(chosen, "project_id", "start_year", "funded_share"):
        row = row_of[name]
        _, organisation, asset_type, revenue = projects[row]
        o = organisations.index(organisation)
        build = int(np.max(np.flatnonzero(profile[row]), initial=0)) + 1
        done = start_of(start_year) - start_of(years[0]) + build  # it may have started before
        if asset_type:
            kind = kinds[asset_type]
            adds = kind["adds_to_assets_pct"] / 100
            level[o] -= _charges(paid[row] * adds, done, kind["life_years"], pdc_pct)
        level[o, done:] += revenue * share
    return xr.DataArray(
        level,
        {"organisation": organisations, "year": years},
        ("organisation", "year"),
        attrs={"long_name": "Savings less capital charges of the capital plan", "units": "£m"},
    )


def _charges(added: np.ndarray, done: int, life: float, pdc_pct: float) -> np.ndarray:
    """Return depreciation and PDC dividend of an asset, £m; shape (year,).

    `added` is what is spent on it, £m by year; it is complete at the position `done`, and lives
    `life` years.
    """
    years = np.arange(len(added))
    age = np.clip(years - done + 1, 0.0, life)
    depreciation = np.diff(added.sum() * age / life, prepend=0.0)
    closing = np.cumsum(added - depreciation)
    average = (closing + np.concatenate([[0.0], closing[:-1]])) / 2
    return np.asarray(depreciation + average * pdc_pct / 100)
