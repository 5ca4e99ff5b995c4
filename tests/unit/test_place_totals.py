"""Totals of places over all streams: what they add up to, and what compares places."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from nelfin.allocations.comparisons import TOTALS, compare_places, place_totals, what_moved
from nelfin.result import Result
from nelfin.system.headline import headline_of

pytestmark = pytest.mark.unit


def two_places() -> xr.Dataset:
    """Return a stream of health care and one of prescribing, £m, shared by two places."""
    dims = ("stream", "place", "year")
    money = {
        "budget": [[[60.0], [40.0]], [[9.0], [11.0]]],
        # places do not share prescribing by need
        "target": [[[55.0], [45.0]], [[np.nan], [np.nan]]],
        "opening": [[[50.0], [30.0]], [[10.0], [10.0]]],
        "ring_fence": [[[2.0], [0.0]], [[0.0], [1.0]]],
    }
    fields = {name: (dims, values) for name, values in money.items()} | {
        "population": (("place", "year"), [[20_000.0], [40_000.0]]),
        "weighted_population": (("place", "year", "component"), [[[30_000.0]], [[30_000.0]]]),
    }
    coords = {
        "stream": ["health", "prescribing"],
        "place": ["A", "B"],
        "year": ["2023/24"],
        "component": ["final"],
    }
    return xr.Dataset(fields, coords, {"main_stream": "health", "main_component": "final"})


def test_totals_of_two_places_by_hand() -> None:
    totals = place_totals(two_places()).sel(year="2023/24")
    expected = {
        "budget": [69.0, 51.0],
        "target": [55.0, 45.0],
        "opening": [60.0, 40.0],
        "ring_fence": [2.0, 1.0],
        "main_budget": [60.0, 40.0],
        "people": [20_000.0, 40_000.0],
        "weighted_people": [30_000.0, 30_000.0],
        "share": [69 / 120, 51 / 120],
        # 60 of 100 against 55 of 100, and 40 against 45
        "dft_opening": [0.6 / 0.55 - 1, 0.4 / 0.45 - 1],
        "dft": [69 / 55 - 1, 51 / 45 - 1],
        # £69m over 20,000 people
        "per_head": [3450.0, 1275.0],
        "per_weighted_head": [2000.0, 40e6 / 30_000],
        # 1.5 and 0.75 a head, against the system's 1
        "need_index": [1.5, 0.75],
    }
    assert set(totals.data_vars) == set(expected) == set(TOTALS)
    for name, values in expected.items():
        assert totals[name].values == pytest.approx(values), name
        assert totals[name].attrs["units"]
        assert totals[name].attrs["long_name"]


def test_the_comparison_the_headline_and_the_moves_are_the_totals(result: Result) -> None:
    data = result.data
    year = str(data.attrs["last_published_year"])
    totals = place_totals(data)
    now = totals.sel(year=year)
    frame = compare_places(data, year).drop("All places")
    columns = {
        "budget": "budget_gbp_m",
        "share": "share",
        "target": "target_gbp_m",
        "per_head": "gbp_per_head",
        "per_weighted_head": "gbp_per_weighted_head",
        "dft_opening": "dft_opening",
        "dft": "dft",
        "need_index": "need_index",
        "ring_fence": "ring_fence_gbp_m",
    }
    places = headline_of(result).places
    for name, column in columns.items():
        assert frame[column].to_numpy() == pytest.approx(now[name].values, rel=1e-14), name
        if name in places:
            assert places.loc[frame.index, name].tolist() == now[name].values.tolist()
    assert places.loc[frame.index, "dft_last"].tolist() == totals["dft"][:, -1].values.tolist()
    for place in frame.index:
        moved = what_moved(data, place, year)
        assert moved["this year"] == float(now["budget"].sel(place=place))


def test_shares_add_up_and_need_weighted_by_people_is_the_systems(result: Result) -> None:
    totals = place_totals(result.data)
    assert totals["share"].sum("place").values == pytest.approx(np.ones(totals.sizes["year"]))
    people = totals["people"] / totals["people"].sum("place")
    average = (people * totals["need_index"]).sum("place")
    assert average.values == pytest.approx(np.ones(totals.sizes["year"]))
