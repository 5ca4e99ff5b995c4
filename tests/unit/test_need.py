"""Weighted populations of places: spreading, growth and need indices, on two or three places."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.allocations.need import need_index, weighted_populations
from nelfin.data import load_inputs
from nelfin.errors import InputError

pytestmark = pytest.mark.unit


def populations(
    rows: dict[str, tuple[float, float]], year: str = "2023/24", whole: tuple[float, ...] = ()
) -> pd.DataFrame:
    """Return a table of registered population and final core by place."""
    records = [
        {"year": year, "place": place, "component": component, "weighted_population": value}
        for place, values in {**rows, **({"whole system": whole} if whole else {})}.items()
        for component, value in zip(("registered_population", "final_core"), values, strict=True)
    ]
    return pd.DataFrame(records)


def growth(*lines: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["from_year", "to_year", "people_added"])


def shares(**places: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"place": pd.Series(list(places), dtype=str), "share_pct": list(places.values())}
    )


NO_GROWTH = growth(("2023/24", "2028/29", 0.0))


def at(data: xr.DataArray, component: str, place: str, year: str) -> float:
    return float(data.sel(component=component, place=place, year=year))


def test_people_of_no_single_place_are_spread_pro_rata_to_each_component() -> None:
    table = populations({"A": (60.0, 90.0), "B": (40.0, 10.0)}, whole=(5.0, 20.0))
    data = weighted_populations(table, NO_GROWTH, shares(), ["2023/24"])
    # registered: 60 and 40 with 5 more, 5 % up; final core: 90 and 10 with 20 more, 20 % up
    assert at(data, "registered_population", "A", "2023/24") == pytest.approx(63.0)
    assert at(data, "registered_population", "B", "2023/24") == pytest.approx(42.0)
    assert at(data, "final_core", "A", "2023/24") == pytest.approx(108.0)
    assert at(data, "final_core", "B", "2023/24") == pytest.approx(12.0)


def test_a_component_the_whole_system_lacks_stays_as_it_is() -> None:
    table = populations({"A": (60.0, 90.0), "B": (40.0, 10.0)}, whole=(5.0, 20.0))
    table = table[~((table["place"] == "whole system") & (table["component"] == "final_core"))]
    data = weighted_populations(table, NO_GROWTH, shares(), ["2023/24"])
    assert at(data, "final_core", "A", "2023/24") == 90.0
    assert at(data, "registered_population", "A", "2023/24") == pytest.approx(63.0)


def test_the_whole_system_is_not_a_place_and_places_keep_the_order_of_the_table() -> None:
    table = populations({"Z": (60.0, 90.0), "A": (40.0, 10.0)}, whole=(5.0, 20.0))
    data = weighted_populations(table, NO_GROWTH, shares(), ["2023/24"])
    assert list(data["place"].values) == ["Z", "A"]
    assert at(data, "final_core", "Z", "2023/24") == pytest.approx(108.0)


def test_people_are_added_evenly_over_a_period_and_every_component_grows_with_its_place() -> None:
    table = populations({"A": (1000.0, 1200.0), "B": (3000.0, 2400.0)})
    added = growth(("2023/24", "2028/29", 500.0))  # 100 a year
    data = weighted_populations(table, added, shares(A=25.0), ["2023/24", "2024/25", "2026/27"])
    # A takes 25 a year of 1,000 people: 2.5 % a year; B takes 75 a year of 3,000: 2.5 % too
    assert at(data, "registered_population", "A", "2024/25") == pytest.approx(1025.0)
    assert at(data, "registered_population", "A", "2026/27") == pytest.approx(1075.0)
    assert at(data, "final_core", "A", "2026/27") == pytest.approx(1200.0 * 1.075)
    assert at(data, "registered_population", "B", "2026/27") == pytest.approx(3225.0)
    assert at(data, "final_core", "B", "2026/27") == pytest.approx(2400.0 * 1.075)


def test_places_left_out_share_the_rest_by_registered_population() -> None:
    table = populations({"A": (1000.0, 1.0), "B": (1000.0, 9.0), "C": (3000.0, 5.0)})
    added = growth(("2023/24", "2024/25", 100.0))
    data = weighted_populations(table, added, shares(A=60.0), ["2023/24", "2024/25"])
    # A takes 60; of the other 40, B has a quarter of the people and C three quarters
    last = data.sel(component="registered_population", year="2024/25")
    assert last.values == pytest.approx([1060.0, 1010.0, 3030.0])


def test_a_place_with_no_share_of_growth_stays_the_size_it_was() -> None:
    table = populations({"A": (1000.0, 1200.0), "B": (3000.0, 2400.0)})
    added = growth(("2023/24", "2028/29", 500.0))
    data = weighted_populations(table, added, shares(A=0.0), ["2023/24", "2026/27"])
    assert at(data, "final_core", "A", "2026/27") == 1200.0
    assert at(data, "registered_population", "B", "2026/27") == pytest.approx(3300.0)


def test_growth_follows_each_period_and_stops_when_the_last_has_ended() -> None:
    table = populations({"A": (1000.0, 1000.0)})
    added = growth(("2023/24", "2025/26", 20.0), ("2025/26", "2026/27", 90.0))
    years = ["2023/24", "2024/25", "2025/26", "2026/27", "2027/28"]
    data = weighted_populations(table, added, shares(), years)
    people = data.sel(component="registered_population", place="A").values
    # 10 a year for two years, 90 in the third, none after
    assert people == pytest.approx([1000.0, 1010.0, 1020.0, 1110.0, 1110.0])


def test_growth_before_the_last_published_year_is_already_in_the_figures() -> None:
    table = pd.concat(
        [populations({"A": (1000.0, 1.0)}), populations({"A": (1500.0, 2.0)}, "2024/25")]
    )
    added = growth(("2022/23", "2026/27", 400.0))  # 100 a year
    data = weighted_populations(table, added, shares(), ["2023/24", "2024/25", "2025/26"])
    people = data.sel(component="registered_population", place="A").values
    assert people == pytest.approx([1000.0, 1500.0, 1600.0])
    assert at(data, "final_core", "A", "2025/26") == pytest.approx(2.0 * 1600 / 1500)


def test_a_year_between_two_published_ones_grows_from_the_one_before() -> None:
    table = pd.concat(
        [populations({"A": (1000.0, 500.0)}), populations({"A": (1500.0, 600.0)}, "2025/26")]
    )
    added = growth(("2023/24", "2028/29", 500.0))  # 100 a year
    data = weighted_populations(table, added, shares(), ["2023/24", "2024/25", "2025/26"])
    people = data.sel(component="registered_population", place="A").values
    assert people == pytest.approx([1000.0, 1100.0, 1500.0])
    assert at(data, "final_core", "A", "2024/25") == pytest.approx(550.0)


def test_a_system_of_one_place_takes_all_the_growth() -> None:
    data = weighted_populations(
        populations({"A": (800.0, 900.0)}),
        growth(("2023/24", "2024/25", 80.0)),
        shares(),
        ["2023/24", "2024/25"],
    )
    assert at(data, "final_core", "A", "2024/25") == pytest.approx(990.0)


def test_need_index_is_need_a_head_against_the_system() -> None:
    table = populations({"A": (1000.0, 1500.0), "B": (3000.0, 2500.0)})
    weighted = weighted_populations(table, NO_GROWTH, shares(), ["2023/24"])
    people = weighted.sel(component="registered_population").to_numpy()
    data = weighted.copy(data=need_index(weighted.to_numpy(), people))
    # the system has 4,000 weighted and 4,000 registered people
    assert at(data, "final_core", "A", "2023/24") == pytest.approx(1.5)
    assert at(data, "final_core", "B", "2023/24") == pytest.approx(2500 / 3000)
    assert at(data, "registered_population", "A", "2023/24") == pytest.approx(1.0)


def test_need_index_weighted_by_people_averages_one() -> None:
    table = populations({"A": (1000.0, 1500.0), "B": (3000.0, 2500.0), "C": (10.0, 500.0)})
    weighted = weighted_populations(table, NO_GROWTH, shares(), ["2023/24"])
    people = weighted.sel(component="registered_population").to_numpy()
    index = need_index(weighted.to_numpy(), people)
    assert (index * people).sum(axis=1) / people.sum(axis=0) == pytest.approx(1.0)


def test_growth_shares_of_every_place_that_fall_short_of_the_whole_are_refused(
    tmp_path: Path,
) -> None:
    """With no place left to share the rest, people would be lost without a word."""
    places = load_inputs(nelfin.load_scenario()).places()
    file = tmp_path / "population_shares.csv"
    lines = [f"{place},10" for place in places]
    file.write_text("\n".join(["place,share_pct", *lines]), encoding="utf-8")
    with pytest.raises(InputError, match="share_pct"):
        load_inputs(nelfin.load_scenario(None, {"data.population_shares": str(file)}))


def test_a_component_that_nobody_has_is_nothing_and_not_undefined() -> None:
    table = populations({"A": (60.0, 0.0), "B": (40.0, 0.0)}, whole=(5.0, 0.0))
    data = weighted_populations(table, NO_GROWTH, shares(), ["2023/24"])
    assert at(data, "final_core", "A", "2023/24") == 0.0
    assert at(data, "final_core", "B", "2023/24") == 0.0
    assert at(data, "registered_population", "A", "2023/24") == pytest.approx(63.0)
