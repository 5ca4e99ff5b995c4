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
    level = published.to_numpy()[..., [known.index(year) for year in latest]]
    components = list(published["component"].values)
    places = [str(place) for place in published["place"].values]
    people = level[components.index("registered_population")]
    grown = level * _growth_index(people, places, growth, shares, years, latest)
    labels = {"component": components, "place": places, "year": years}
    return xr.DataArray(grown, labels, ("component", "place", "year"))


def _spread(table: pd.DataFrame) -> xr.DataArray:
    names = {key: list(table[key].unique()) for key in ("component", "place", "year")}
    names["component"].sort()
    names["year"].sort()
    at = tuple(pd.Categorical(table[key], names[key]).codes for key in names)
    cube = np.full([len(names[key]) for key in names], np.nan)
    cube[at] = table["weighted_population"]
    own = [i for i, place in enumerate(names["place"]) if place != WHOLE_SYSTEM]
    held = cube[:, own]
    if len(own) < len(names["place"]):
        shared = np.nan_to_num(cube[:, names["place"].index(WHOLE_SYSTEM)])
        total = np.nansum(held, axis=1)
        held = held * (1 + shared / np.where(total > 0, total, 1.0))[:, None]
    names["place"] = [names["place"][i] for i in own]
    return xr.DataArray(held, names, ("component", "place", "year"))


def _growth_index(
    people: Array,
    places: list[str],
    growth: pd.DataFrame,
    shares: pd.DataFrame,
    years: list[str],
    latest: list[str],
) -> Array:
    """Return people over those of the published year they start from; (place, year)."""
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
    return index


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
    array = weighted.transpose("component", "place", ...).to_numpy()
    people = array[list(weighted["component"].values).index("registered_population")]
    index = (array / people) / (array.sum(axis=1) / people.sum(axis=0))[:, None]
    return weighted.transpose("component", "place", ...).copy(data=index)
