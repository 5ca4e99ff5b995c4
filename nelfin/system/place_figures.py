"""What is told of each place in the last published year, worked out once for all who tell it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import xarray as xr

from nelfin.allocations.comparisons import compare_places, moves_by_year, place_totals
from nelfin.store.findings import Findings, once


@dataclass(frozen=True)
class PlaceFigures:
    """Budgets, targets and what moved them, of every place."""

    year: str
    """The last year with published allocations."""
    compared: pd.DataFrame
    """A row a place and one for all places, as from `compare_places`."""
    moved: pd.DataFrame
    """A column a place: what moved its budget from the year before, £m, as from `what_moved`."""
    moves: xr.DataArray
    """The same of every year, as from `moves_by_year`; dims `place, part, year`."""
    totals: xr.Dataset
    """What each place has of all streams together, as from `place_totals`; dims `place, year`."""


@once
def place_figures(findings: Findings) -> PlaceFigures:
    """Return the figures of each place in the last published year.

    Parameters
    ----------
    findings
        What a run found.
    """
    data = findings.data
    year = str(data.attrs["last_published_year"])
    moves = moves_by_year(data)
    return PlaceFigures(
        year,
        compare_places(data, year),
        moves.sel(year=year, drop=True).transpose("part", "place").to_pandas(),
        moves,
        place_totals(data),
    )
