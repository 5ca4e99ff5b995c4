"""Comparing places: the table, what moved a budget, and the page for a place lead."""

from __future__ import annotations

import re

import pytest
import xarray as xr

from nelfin.allocations.comparisons import compare_places, what_moved
from nelfin.report.text.places import _moves, place_page, places_table
from nelfin.result import Result

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def data(result: Result) -> xr.Dataset:
    return result.data


def places_and_years(data: xr.Dataset) -> list[tuple[str, str]]:
    return [(str(p), str(y)) for p in data["place"].values for y in data["year"].values]


def test_shares_and_budgets_of_the_places_make_the_whole(data: xr.Dataset) -> None:
    frame = compare_places(data, "2025/26")
    whole = frame.loc["All places"]
    parts = frame.drop("All places")
    assert parts["share"].sum() == pytest.approx(1.0)
    assert parts["budget_gbp_m"].sum() == pytest.approx(whole["budget_gbp_m"])
    assert whole["dft"] == pytest.approx(0.0, abs=1e-12)
    assert whole["need_index"] == pytest.approx(1.0)
    held = float(data["system_held"].sel(year="2025/26").sum())
    envelope = float(data["envelope"].sel(year="2025/26").sum())
    assert whole["budget_gbp_m"] + held == pytest.approx(envelope)


def test_what_a_place_compares_is_worked_out_from_all_streams(data: xr.Dataset) -> None:
    frame, now = compare_places(data, "2025/26"), data.sel(year="2025/26")
    opening, target, budget = (now[name].sum("stream") for name in ("opening", "target", "budget"))
    main = now["budget"].sel(stream="core")
    for place in map(str, data["place"].values):
        line, people = frame.loc[place], float(now["population"].sel(place=place))
        at = {"place": place}
        share = float(opening.sel(at) / opening.sum())
        goal = float(target.sel(at) / target.sum())
        assert line["dft_opening"] == pytest.approx(share / goal - 1)
        assert line["dft"] == pytest.approx(float(budget.sel(at) / target.sel(at)) - 1)
        assert line["gbp_per_head"] == pytest.approx(float(budget.sel(at)) * 1e6 / people)
        weighted = float(now["weighted_population"].sel(component="final_core", **at))
        assert line["gbp_per_weighted_head"] == pytest.approx(float(main.sel(at)) * 1e6 / weighted)
    whole = frame.loc["All places"]
    assert whole["dft_opening"] == pytest.approx(0.0, abs=1e-12)


def test_the_parts_that_moved_a_budget_add_up_in_every_place_and_year(data: xr.Dataset) -> None:
    for place, year in places_and_years(data):
        moved = what_moved(data, place, year)
        assert moved.drop("this year").sum() == pytest.approx(moved["this year"], abs=1e-9)


def test_last_year_of_a_move_is_this_year_of_the_one_before(data: xr.Dataset) -> None:
    later, earlier = (what_moved(data, "Newham", year) for year in ("2025/26", "2024/25"))
    assert later["last year"] == pytest.approx(earlier["this year"])
    assert later.name == "gbp_m"
    first = what_moved(data, "Newham", "2023/24")
    assert first["last year"] == 0.0
    # every stream begins in the first year; core and primary medical have gone on since
    opening = data["opening"].sel(place="Newham")
    began = float(opening.sel(year="2023/24").sum())
    assert first["streams that begin"] == pytest.approx(began)
    assert earlier["streams that begin"] == pytest.approx(0.0, abs=1e-9)
    assert earlier["streams that end"] == pytest.approx(0.0, abs=1e-9)


def test_the_page_adds_up_to_the_pound_as_printed(data: xr.Dataset) -> None:
    for place, year in places_and_years(data):
        block = _moves(data, place, year)
        assert block.startswith("WHY IT MOVED")
        shown = [
            float(text.strip("()").replace(",", "")) * (-1 if text.startswith("(") else 1)
            for text in re.findall(r"(\(?[\d,]+\)?)$", block, flags=re.M)
        ]
        *parts, total = shown
        assert sum(parts) == total


def test_the_page_of_each_place_has_why_its_budget_moved(data: xr.Dataset) -> None:
    for place, year in zip(data["place"].values, data["year"].values, strict=False):
        page = place_page(data, str(place), str(year), "illustrative: x")
        assert _moves(data, str(place), str(year)) in page
        assert "illustrative" in page


def test_page_and_table_fit_80_columns(data: xr.Dataset) -> None:
    texts = [places_table(data, "North East London", "2025/26", "illustrative: x")]
    texts += [place_page(data, str(p), "2026/27", "") for p in data["place"].values]
    for text in texts:
        assert max(len(line) for line in text.splitlines()) <= 80
