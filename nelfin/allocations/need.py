"""Need: weighted populations of places, published and projected, and need indices."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import lines_of
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
    published, components, places, published_years = _spread(table)
    latest = [max(other for other in published_years if other <= year) for year in years]
    level = published[..., [published_years.index(year) for year in latest]]
    people = level[components.index("registered_population")]
    grown = level * _growth_index(people, places, growth, shares, years, latest)
    coords = labels(component=tuple(components), place=tuple(places), year=tuple(years))
    return xr.DataArray(grown, coords, ("component", "place", "year"))


@lru_cache(64)
def labels(**names: tuple[str, ...]) -> xr.Coordinates:
    """Return the labels of each dim, made once: to make them costs more than what they label.

    Parameters
    ----------
    **names
        The labels of a dim, by name of the dim.

    Returns
    -------
    xarray.Coordinates
        Coordinates to make a Dataset or DataArray with.
    """
    return xr.Coordinates({dim: list(values) for dim, values in names.items()})


def _spread(table: pd.DataFrame) -> tuple[Array, list[str], list[str], list[str]]:
    """Return published figures, shape (component, place, year), and the labels of each dim."""
    # a list and a dictionary take a tenth of the time that a pivot does
    keys = [table[key].tolist() for key in ("component", "place", "year")]
    components, years = sorted(set(keys[0])), sorted(set(keys[2]))
    places = list(dict.fromkeys(keys[1]))
    cells = []
    for column, names in zip(keys, (components, places, years), strict=True):
        number = {name: i for i, name in enumerate(names)}
        cells.append([number[name] for name in column])
    cube = np.full((len(components), len(places), len(years)), np.nan)
    cube[tuple(cells)] = table["weighted_population"].to_numpy()
    if WHOLE_SYSTEM in places:
        row = places.index(WHOLE_SYSTEM)
        of_no_place = np.nan_to_num(cube[:, row])
        cube = np.delete(cube, row, axis=1)
        places.pop(row)
        total = np.nansum(cube, axis=1)
        cube = cube * (1 + of_no_place / np.where(total > 0, total, 1.0))[:, None]
    return cube, components, places, years


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
        for first, last, added in lines_of(growth, "from_year", "to_year", "people_added")
    ]
    given = {place: float(percent) for place, percent in lines_of(shares, "place", "share_pct")}
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
            index[:, t] = 1 + added * _growth_shares(base, places, given) / base
    return index


def _growth_shares(people: Array, places: list[str], given: dict[str, float]) -> Array:
    """Return shares of the people added, where places are given some in per cent."""
    rest = np.where([place in given for place in places], 0.0, people)
    left = 1 - sum(given.values()) / 100
    spread = rest / rest.sum() * left if rest.sum() > 0 else rest
    return np.array([given[p] / 100 if p in given else spread[i] for i, p in enumerate(places)])


def need_index(weighted: Array, people: Array) -> Array:
    """Return each place's need a head against the system's, by component.

    Parameters
    ----------
    weighted
        Weighted populations; shape (component, place, year).
    people
        Registered population; shape (place, year).

    Returns
    -------
    numpy.ndarray
        (W_i / N_i) / (sum W / sum N); 1 is the system's average. Shape (component, place, year).

    Notes
    -----
    Method: NHS England's need index (weighted over registered population), set against the
    system's own instead of England's.

    Examples
    --------
    Two places of 100 people with weighted populations of 120 and 80:

    >>> need_index(np.array([[[120.0], [80.0]]]), np.array([[100.0], [100.0]])).ravel()
    array([1.2, 0.8])
    """
    return np.asarray(weighted / people / (weighted.sum(axis=1) / people.sum(axis=0))[:, None])
