"""What draws say: odds and percentiles."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from nelfin.models.recovery import IN_BALANCE

TENTHS = (10.0, 50.0, 90.0)
"""Percentiles that are told."""


def odds_of_balance(positions: xr.Dataset, support: bool = True) -> xr.DataArray:
    """Return the share of draws in which the system reports no deficit, in years that are open.

    Parameters
    ----------
    positions
        From `draws`: `system_reported` and `organisation_support`, £m.
    support
        Whether deficit support counts.

    Returns
    -------
    xarray.DataArray
        Fractions; dim `year`: a year that is known has no odds.
    """
    reported = positions["system_reported"]
    if not support:
        reported = reported - positions["organisation_support"].sum("organisation")
    return (reported.sel(year=open_years(positions)) >= IN_BALANCE).mean("draw")


def open_years(data: xr.Dataset) -> list[str]:
    """Return the years whose positions are not known.

    Parameters
    ----------
    data
        What was found, with the attribute `open_years`.
    """
    return [year for year in str(data.attrs["open_years"]).split(", ") if year]


def odds_by_organisation(positions: xr.Dataset) -> pd.DataFrame:
    """Return odds and percentiles of each organisation, in years that are open: tidy.

    Measures: `odds_of_balance`, `odds_without_support`, shares; and the percentiles 10, 50 and 90
    of the reported position, £m.

    Parameters
    ----------
    positions
        From `draws`; dims `organisation, draw, year`.

    Returns
    -------
    pandas.DataFrame
        `organisation, year, measure, value, unit`.
    """
    columns = ["organisation", "year", "measure", "value", "unit"]
    years = open_years(positions)
    if not years:
        return pd.DataFrame(columns=columns)
    reported = positions["organisation_reported"].sel(year=years)
    alone = reported - positions["organisation_support"].sel(year=years)
    parts = [
        (array >= IN_BALANCE)
        .mean("draw")
        .to_series()
        .rename("value")
        .reset_index()
        .assign(measure=name, unit="share")
        for name, array in (("odds_of_balance", reported), ("odds_without_support", alone))
    ]
    frame = fan(reported).to_series().rename("value").reset_index()
    frame["measure"] = "reported_p" + frame["percent"].astype(int).astype(str)
    parts.append(frame.assign(unit="£m"))
    return pd.concat(parts, ignore_index=True)[columns]


def odds_of_payback(positions: xr.Dataset) -> xr.DataArray:
    """Return the share of draws in which prevention has paid back, by year.

    It has cost money by then, and has paid it all back; a cut of treatment pays nothing back.

    Parameters
    ----------
    positions
        From `draws`: `prevention_net_cash` and `prevention_cut`, £m; dims `draw, year`.

    Returns
    -------
    xarray.DataArray
        Fractions; dim `year`.
    """
    net = positions["prevention_net_cash"] - positions["prevention_cut"]
    begun = (abs(net).cumsum("year") > 0).any("draw")
    return ((net.cumsum("year") >= 0) & begun).mean("draw")


def fan(array: xr.DataArray, percents: tuple[float, ...] = TENTHS) -> xr.DataArray:
    """Return percentiles over draws.

    Parameters
    ----------
    array
        A variable of `draws`; dims `draw, year` and more.
    percents
        Which percentiles, from 0 to 100.

    Returns
    -------
    xarray.DataArray
        In the unit of the array; dims `percent, year`.
    """
    quantiles = array.quantile([percent / 100 for percent in percents], dim="draw")
    return quantiles.rename(quantile="percent").assign_coords(percent=list(percents))


def odds_table(positions: xr.Dataset) -> pd.DataFrame:
    """Return odds and percentiles: tidy, one value a row.

    Measures: `odds_of_balance` and `odds_without_support` (in years that are open),
    `odds_of_payback, odds_within_limits` (in the year) and
    `odds_within_limits_so_far` (in every year up to it), shares; and the percentiles 10, 50 and 90
    of the reported and underlying position, net cash of prevention and capital used, £m. Of what
    slips: mean and percentiles of `schemes_waiting`, and of `capital_benefit_lost` in the last
    year.

    Parameters
    ----------
    positions
        From `draws`; dims `draw, year`.

    Returns
    -------
    pandas.DataFrame
        `year, measure, value, unit`.
    """
    within = positions["within_limits"]
    odds = {
        "odds_of_balance": odds_of_balance(positions),
        "odds_without_support": odds_of_balance(positions, support=False),
        "odds_of_payback": odds_of_payback(positions),
        "odds_within_limits": within.mean("draw"),
        "odds_within_limits_so_far": within.astype(int).cumprod("year").mean("draw"),
    }
    parts = [
        array.to_series().rename("value").reset_index().assign(measure=name, unit="share")
        for name, array in odds.items()
    ]
    variables = {
        "reported": "system_reported",
        "underlying": "system_underlying",
        "net_cash": "prevention_net_cash",
        "capital_used": "capital_used",
    }
    for name, variable in variables.items():
        frame = fan(positions[variable]).to_series().rename("value").reset_index()
        frame["measure"] = f"{name}_p" + frame["percent"].astype(int).astype(str)
        parts.append(frame.assign(unit="£m"))
    parts += _slips(positions)
    return pd.concat(parts, ignore_index=True)[["year", "measure", "value", "unit"]]


def _slips(positions: xr.Dataset) -> list[pd.DataFrame]:
    """Return what of the capital plan waits by year, and what benefit is lost by its end."""
    if "schemes_waiting" not in positions:
        return []
    lost = positions["capital_benefit_lost"]
    variables = {
        "schemes_waiting": positions["schemes_waiting"],
        "capital_benefit_lost": lost.expand_dims(year=[str(positions["year"].values[-1])]),
    }
    parts = []
    for name, array in variables.items():
        unit = positions[name].attrs["units"]
        mean = array.mean("draw").to_series().rename("value").reset_index()
        parts.append(mean.assign(measure=f"{name}_mean", unit=unit))
        frame = fan(array).to_series().rename("value").reset_index()
        frame["measure"] = f"{name}_p" + frame["percent"].astype(int).astype(str)
        parts.append(frame.assign(unit=unit))
    return parts
