"""Need: weighted populations of places, published and projected, and need indices."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.years import start_of


def weighted_populations(
    table: pd.DataFrame,
    growth: pd.DataFrame,
    shares: pd.DataFrame,
    years: list[str],
) -> xr.DataArray:
    """Return weighted populations by component, place and year.

    People whom no single place holds (the special allocation scheme) are spread over the places
    pro rata. Where a year has no published figures every component of a place grows from the last
    published year with its registered population.

    Parameters
    ----------
    table
        Columns `year, place, component, weighted_population`.
    growth
        Columns `from_year, to_year, people_added`: people added to the system.
    shares
        Columns `place, share_pct`: places' shares of the people added. Places left out share the
        rest by registered population.
    years
        Years wanted, the first no earlier than the first in `table`.

    Returns
    -------
    xarray.DataArray
        Dims `component, place, year`; people.

    Notes
    -----
    Source: NHS England place-based allocation tool; population growth from the Joint Forward Plan.
    """
    published = _spread(table)
    known = [str(year) for year in published["year"].values]
    latest = {year: max(k for k in known if k <= year) for year in years}
    stacked = [published.sel(year=latest[year]).drop_vars("year") for year in years]
    level = xr.concat(stacked, pd.Index(years, name="year"))
    grown: xr.DataArray = level * _growth_index(level, growth, shares, latest)
    return grown.transpose("component", "place", "year")


def _spread(table: pd.DataFrame) -> xr.DataArray:
    places = [name for name in table["place"].unique() if name != WHOLE_SYSTEM]
    keys = ["component", "place", "year"]
    cube = table.set_index(keys)["weighted_population"].to_xarray()
    held: xr.DataArray = cube.sel(place=places)
    if WHOLE_SYSTEM in cube["place"].values:
        shared = cube.sel(place=WHOLE_SYSTEM, drop=True).fillna(0.0)
        total = held.sum("place")
        held = held * (1 + shared / total.where(total > 0, 1.0))
    return held


def _growth_index(
    level: xr.DataArray, growth: pd.DataFrame, shares: pd.DataFrame, latest: dict[str, str]
) -> xr.DataArray:
    """Return registered population over that of the published year it starts from."""
    people = level.sel(component="registered_population", drop=True)
    index = xr.ones_like(people)
    for year, start in latest.items():
        base = people.sel(year=year)
        added = sum(
            (_people_added(growth, before) for before in range(start_of(start), start_of(year))),
            start=0.0,
        )
        index.loc[{"year": year}] = 1 + added * _growth_shares(base, shares) / base
    return index


def _people_added(growth: pd.DataFrame, start: int) -> float:
    """Return the people added from one year to the next, spread evenly over their period."""
    total = 0.0
    for line in growth.itertuples():
        first, last = start_of(str(line.from_year)), start_of(str(line.to_year))
        if first <= start < last:
            total += float(str(line.people_added)) / (last - first)
    return total


def _growth_shares(people: xr.DataArray, shares: pd.DataFrame) -> xr.DataArray:
    given = shares.set_index("place")["share_pct"] / 100
    rest = people.where(~people["place"].isin(list(given.index)), 0.0)
    total = float(rest.sum())
    result = rest / total * (1 - given.sum()) if total > 0 else rest
    for place, share in given.items():
        result.loc[{"place": place}] = share
    return result


def need_index(weighted: xr.DataArray) -> xr.DataArray:
    """Return each place's need a head against the system's, by component.

    Parameters
    ----------
    weighted
        Dims `component, place, year`, with the component `registered_population`.

    Returns
    -------
    xarray.DataArray
        (W_i / N_i) / (sum W / sum N); 1 is the system's average.
    """
    people = weighted.sel(component="registered_population", drop=True)
    return (weighted / people) / (weighted.sum("place") / people.sum("place"))
