"""Need: weighted populations of places, published and projected, and need indices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.years import start_of

Array = npt.NDArray[np.float64]


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
    latest = [max(k for k in known if k <= year) for year in years]
    level = published.sel(year=latest).assign_coords(year=years)
    people = level.sel(component="registered_population").transpose("place", "year").to_numpy()
    places = [str(place) for place in level["place"].values]
    grown: xr.DataArray = level * _growth_index(people, places, growth, shares, years, latest)
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
    people: Array,
    places: list[str],
    growth: pd.DataFrame,
    shares: pd.DataFrame,
    years: list[str],
    latest: list[str],
) -> xr.DataArray:
    """Return registered population over that of the published year it starts from."""
    periods = [
        (start_of(first), start_of(last), float(added))
        for first, last, added in zip(
            growth["from_year"], growth["to_year"], growth["people_added"], strict=True
        )
    ]
    index = np.ones_like(people)
    for t, (year, start) in enumerate(zip(years, latest, strict=True)):
        # spread evenly over its period
        added = sum(
            number / (last - first)
            for first, last, number in periods
            for before in range(start_of(start), start_of(year))
            if first <= before < last
        )
        if added:
            base = people[:, t]
            index[:, t] = 1 + added * _growth_shares(base, places, shares) / base
    return xr.DataArray(index, {"place": places, "year": years}, ("place", "year"))


def _growth_shares(people: Array, places: list[str], shares: pd.DataFrame) -> Array:
    given = dict(zip(shares["place"], shares["share_pct"] / 100, strict=True))
    rest = np.where([place in given for place in places], 0.0, people)
    left = 1 - sum(given.values())
    spread = rest / rest.sum() * left if rest.sum() > 0 else rest
    return np.array([given.get(place, spread[i]) for i, place in enumerate(places)])


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
