"""Backlog of maintenance by organisation, risk band and year: what a plan clears, what is left.

What is left is what stood at the start less what is cleared, times one plus deterioration, times
one plus the growth of building prices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import lines_of
from nelfin.data.projects import spend_profile
from nelfin.data.specs import BANDS
from nelfin.models.appraisal import price_index
from nelfin.models.capital import CapitalPlan, Settings
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

WORDS = {
    "opening": "Backlog at the start of the year",
    "cleared": "Backlog that the plan clears in the year",
    "not_there": "Backlog that schemes say they clear, and that is not there to clear",
    "deterioration": "What is added as buildings age",
    "prices": "What is added as building prices grow",
    "left": "Backlog left at the end of the year",
    "left_real": "Backlog left at the end of the year, in prices of when it is first known",
    "left_without": "Backlog left at the end of the year if nothing is cleared",
}
"""Measures of the backlog, £m in cash unless said."""


def claims_of(
    plan: CapitalPlan, settings: Settings, organisations: Sequence[str], years: Sequence[str]
) -> Array:
    """Return the backlog that the schemes of a plan say they clear.

    A scheme clears as it spends: the share of its spend that falls in a year. One that spends
    nothing clears when it starts.

    Parameters
    ----------
    plan, settings
        The plan, and how it was drawn up: prices and optimism bias.
    organisations, years
        Labels of the result.

    Returns
    -------
    numpy.ndarray
        £m in cash: as what it costs, it grows by building prices; shape (organisation, band,
        year).
    """
    found = np.zeros((len(organisations), len(BANDS), len(years)))
    columns = [f"backlog_{band}_gbp_m" for band in BANDS]
    projects = plan.projects
    amounts = projects.reindex(columns=columns).fillna(0.0).to_numpy(dtype=float)
    bias = projects["asset_type"].map(settings.optimism_bias_pct).fillna(0.0).to_numpy(dtype=float)
    whole = np.maximum(spend_profile(projects), 0.0).sum(axis=1) * (1 + bias / 100)
    row_of = {str(name): row for row, name in enumerate(projects["project_id"])}
    shares = np.zeros((len(row_of), len(years)))
    for name, year, spend in lines_of(plan.spend, "project_id", "year", "spend_gbp_m"):
        if whole[row_of[name]] > 0:
            shares[row_of[name], years.index(year)] += max(spend, 0.0) / whole[row_of[name]]
    for name, owner, start, share in lines_of(
        plan.plan, "project_id", "organisation", "start_year", "funded_share"
    ):
        row = row_of[name]
        if share > 0 and whole[row] == 0 and start in years:
            grown = start_of(start) - start_of(min(plan.limits["year"]))
            shares[row, years.index(start)] = share * price_index(settings.price_growth_pct, grown)
        found[organisations.index(owner)] += np.outer(amounts[row], shares[row])
    return found


def opening_of(
    table: pd.DataFrame, first: str, deterioration_pct: float, price_growth_pct: float
) -> pd.DataFrame:
    """Return the backlog at the start of a year: published figures of earlier years grow to it.

    Parameters
    ----------
    table
        `organisation, band, backlog_gbp_m, year`: £m at the end of the year, in its prices.
    first
        The year.
    deterioration_pct, price_growth_pct
        What is added a year as buildings age and as building prices grow.

    Returns
    -------
    pandas.DataFrame
        The same rows, with `since`: the position, from `first`, of the first year at whose start
        the backlog is known; above 0 for a figure of `first` or later.
    """
    ends = table["year"].map(start_of).to_numpy(dtype=int) + 1
    since = ends - start_of(first)
    growth = (1 + deterioration_pct / 100) * (1 + price_growth_pct / 100)
    grown = table["backlog_gbp_m"] * growth ** np.maximum(-since, 0)
    return table.assign(backlog_gbp_m=grown, since=np.maximum(since, 0))


def backlog_by_year(
    table: pd.DataFrame,
    claims: Array,
    organisations: Sequence[str],
    years: Sequence[str],
    deterioration_pct: float,
    price_growth_pct: float,
) -> xr.Dataset:
    """Return the backlog of each organisation and risk band from year to year.

    Parameters
    ----------
    table
        `organisation, band, backlog_gbp_m, year`: £m at the end of the year, in its prices.
    claims
        From `claims_of`: what schemes say they clear, £m in cash. No more is cleared than there is.
    organisations, years
        Labels of the result.
    deterioration_pct
        What is added a year as buildings age, %; below 0 backlog goes by itself.
    price_growth_pct
        Growth of building prices, % a year.

    Returns
    -------
    xarray.Dataset
        `backlog_<measure>` for each measure of `WORDS`, £m; dims `organisation, band, year`. NaN
        where no backlog is known: what a scheme clears before the year of the published figure
        has gone from it already.
    """
    shape = (len(organisations), len(BANDS), len(years))
    found = {name: np.full(shape, np.nan) for name in WORDS}
    found["not_there"] = np.zeros(shape)
    worse, dearer = 1 + deterioration_pct / 100, 1 + price_growth_pct / 100
    opening = opening_of(table, years[0], deterioration_pct, price_growth_pct)
    known = np.zeros(shape[:2], dtype=bool)
    for owner, band, amount, since in lines_of(
        opening, "organisation", "band", "backlog_gbp_m", "since"
    ):
        o, b = organisations.index(owner), BANDS.index(band)
        known[o, b] = True
        stands = amount
        for t in range(since, len(years)):
            cleared = min(claims[o, b, t], stands)
            kept = stands - cleared
            left = kept * worse * dearer
            values = {
                "opening": stands,
                "cleared": cleared,
                "not_there": claims[o, b, t] - cleared,
                "deterioration": kept * (worse - 1),
                "prices": kept * worse * (dearer - 1),
                "left": left,
                "left_real": left / dearer ** (t + 1 - since),
                "left_without": amount * (worse * dearer) ** (t + 1 - since),
            }
            for name, value in values.items():
                found[name][o, b, t] = value
            stands = left
    found["not_there"][~known] = claims[~known]
    return xr.Dataset(
        {
            f"backlog_{name}": (
                ("organisation", "band", "year"),
                found[name],
                {"long_name": words, "units": "£m"},
            )
            for name, words in WORDS.items()
        },
        coords={"organisation": list(organisations), "band": list(BANDS), "year": list(years)},
    )
