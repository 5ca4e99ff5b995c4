"""Ring-fences, held items and bounds of growth in a made-up system of two places, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from two_places import table_of_allocations

import nelfin
from nelfin.allocations import allocate
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError, NoAnswerError
from nelfin.scenario import Scenario
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.unit

# need shares: core 0.4 and 0.6, health inequalities 0.75 and 0.25
PEOPLE = {
    "registered_population": (500.0, 500.0),
    "final_core": (400.0, 600.0),
    "health_inequalities": (300.0, 100.0),
}


def run(
    scenario: Scenario,
    inputs: Inputs,
    fences: list[tuple[str, str, float, str]] = (),
    bounds: list[tuple[str, str, str, float | None, float | None]] = (),
    **settings: Any,
) -> xr.Dataset:
    """Allocate 100 in 2023/24 and 110 in 2024/25, with growth of 10 % after."""
    rule, opening = settings.get("rule", "none"), settings.get("opening", (50.0, 50.0))
    made_up = scenario.model_copy(
        update={
            "years": Years(first="2023/24", last=settings.get("last", "2024/25")),
            "envelope": Envelope(plan_total_gbp_m=100.0, growth_pct={"core": 10.0}),
            "allocation": Allocation(
                streams={"core": Stream(need="final_core", opening="own", rule=rule)}
            ),
        }
    )
    rows = [
        ("2023/24", place, component, values[i])
        for i, place in enumerate("AB")
        for component, values in PEOPLE.items()
    ]
    tables = replace(
        inputs,
        allocations=table_of_allocations([("core", "2023/24", 100.0, None)]),
        weighted_populations=pd.DataFrame(
            rows, columns=["year", "place", "component", "weighted_population"]
        ),
        openings=pd.DataFrame(
            {"opening": "own", "place": ["A", "B"], "measure": "cash_gbp_m", "value": opening}
        ),
        ring_fences=pd.DataFrame(
            [("core", *fence) for fence in fences],
            columns=["stream", "item", "year", "amount_gbp_m", "need"],
        ),
        growth_bounds=pd.DataFrame(
            list(bounds), columns=["stream", "place", "year", "min_growth_pct", "max_growth_pct"]
        ),
        population_growth=inputs.population_growth.iloc[:0],
        population_shares=inputs.population_shares.iloc[:0],
        public_health_grants=settings.get("grants", inputs.public_health_grants.iloc[:0]),
        spend_by_setting=settings.get("spend", inputs.spend_by_setting),
    )
    return allocate(made_up, tables)


def of(data: xr.Dataset, name: str, year: str) -> np.ndarray:
    return data[name].sel(stream="core", year=year).to_numpy()


def test_a_ring_fence_of_the_first_year_was_there_before(
    scenario: Scenario, inputs: Inputs
) -> None:
    data = run(scenario, inputs, [("fund", "2023/24", 20.0, "health_inequalities")])
    # 80 stays on equal shares, 20 goes 3 to 1
    assert of(data, "budget", "2023/24") == pytest.approx([55.0, 45.0])
    assert of(data, "ring_fence", "2023/24") == pytest.approx([15.0, 5.0])
    assert of(data, "opening", "2023/24") == pytest.approx([55.0, 45.0])
    assert of(data, "target", "2023/24") == pytest.approx([0.4 * 80 + 15, 0.6 * 80 + 5])
    # it grows with its stream, so it moves nothing between places
    assert of(data, "ring_fence", "2024/25") == pytest.approx([16.5, 5.5])
    assert of(data, "budget", "2024/25") == pytest.approx([60.5, 49.5])
    change = data["budget_change"].sel(stream="core", year="2024/25")
    assert change.sel(change="envelope").values == pytest.approx([5.5, 4.5])
    assert change.sel(change="ring-fence").values == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_ring_fence_that_begins_moves_money_between_places(
    scenario: Scenario, inputs: Inputs
) -> None:
    data = run(scenario, inputs, [("fund", "2024/25", 22.0, "health_inequalities")])
    assert of(data, "budget", "2023/24") == pytest.approx([50.0, 50.0])
    # 110 less 22 on equal shares, and 22 as 3 to 1
    assert of(data, "budget", "2024/25") == pytest.approx([44 + 16.5, 44 + 5.5])
    change = data["budget_change"].sel(stream="core", year="2024/25")
    assert change.sel(change="envelope").values == pytest.approx([5.0, 5.0])
    assert change.sel(change="ring-fence").values == pytest.approx([5.5, -5.5])
    assert change.sel(change="pace").values == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_row_of_nothing_ends_a_ring_fence(scenario: Scenario, inputs: Inputs) -> None:
    fences = [
        ("fund", "2023/24", 20.0, "health_inequalities"),
        ("fund", "2024/25", 0.0, "health_inequalities"),
    ]
    data = run(scenario, inputs, fences, last="2025/26")
    assert of(data, "budget", "2024/25") == pytest.approx([55.0, 55.0])
    assert of(data, "ring_fence", "2025/26") == pytest.approx([0.0, 0.0])
    change = data["budget_change"].sel(stream="core", year="2024/25")
    assert change.sel(change="ring-fence").values == pytest.approx([-5.5, 5.5])


def test_an_item_without_a_need_is_held_by_the_system(scenario: Scenario, inputs: Inputs) -> None:
    data = run(scenario, inputs, [("reserve", "2023/24", 10.0, "")])
    assert data["system_held"].sel(stream="core").values == pytest.approx([10.0, 11.0])
    assert of(data, "budget", "2023/24") == pytest.approx([45.0, 45.0])
    # on 36 and 54: the distance is that of what is shared
    assert of(data, "dft_opening", "2023/24") == pytest.approx([0.25, -1 / 6])


def test_several_items_add_up(scenario: Scenario, inputs: Inputs) -> None:
    items = [
        ("reserve", "2023/24", 10.0, ""),
        ("risk", "2023/24", 5.0, ""),
        ("fund", "2023/24", 20.0, "health_inequalities"),
        ("people", "2023/24", 6.0, "health_inequalities"),
    ]
    data = run(scenario, inputs, items)
    assert data["system_held"].sel(stream="core").values == pytest.approx([15.0, 16.5])
    # 26 goes 3 to 1; the other 59 stays on equal shares
    assert of(data, "ring_fence", "2023/24") == pytest.approx([19.5, 6.5])
    assert of(data, "budget", "2023/24") == pytest.approx([29.5 + 19.5, 29.5 + 6.5])


def test_a_ring_fence_that_leaves_nothing_is_refused(scenario: Scenario, inputs: Inputs) -> None:
    with pytest.raises(InputError, match=r"takes £100\.000m off core in 2023/24"):
        run(scenario, inputs, [("fund", "2023/24", 100.0, "health_inequalities")])


def test_the_linear_program_keeps_each_place_in_its_bounds(
    scenario: Scenario, inputs: Inputs
) -> None:
    # targets 44 and 66 of 110 in 2024/25; nobody loses: A stays on 50
    data = run(scenario, inputs, bounds=[("", "", "", 0.0, None)], rule="lp")
    assert of(data, "budget", "2023/24") == pytest.approx([50.0, 50.0])
    assert of(data, "budget", "2024/25") == pytest.approx([50.0, 60.0])
    # a row that names the place wins, in the order of the table or not
    rows = [("", "A", "2024/25", -10.0, None), ("", "", "", 0.0, None)]
    data = run(scenario, inputs, bounds=rows, rule="lp")
    assert of(data, "budget", "2024/25") == pytest.approx([45.0, 65.0])
    data = run(scenario, inputs, bounds=[*rows, ("core", "B", "", None, 25.0)], rule="lp")
    assert of(data, "budget", "2024/25") == pytest.approx([47.5, 62.5])


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        (
            [("", "", "", -10.0, None), ("", "A", "2024/25", 40.0, None)],
            r"core in 2024/25, rule lp: the least growth of the places needs £112\.5m, £2\.5m more "
            r"than there is to share \(£110\.0m, 10\.00 % growth\)\. Furthest off: A 40\.00 %\. "
            "Lower it in growth_bounds",
        ),
        (
            [("", "", "", -10.0, 50.0), ("", "", "2024/25", None, 5.0)],
            r"the most growth of the places takes £105\.0m, £5\.0m less than there is .*"
            r"Furthest off: A 5\.00 %, B 5\.00 %\. Raise it in growth_bounds",
        ),
    ],
    ids=["least", "most"],
)
def test_bounds_out_of_reach_name_the_places_and_the_year(
    scenario: Scenario, inputs: Inputs, bounds: list[Any], says: str
) -> None:
    with pytest.raises(NoAnswerError, match=says):
        run(scenario, inputs, bounds=bounds, rule="lp")


def test_least_growth_of_the_ccg_rule_out_of_reach_says_so(
    scenario: Scenario, inputs: Inputs
) -> None:
    made_up = inputs.pace_rules.copy()
    made_up.loc[made_up["rule"] == "ccg-2018-19", "min_growth_pct"] = 12.0
    with pytest.raises(NoAnswerError, match=r"core in 2023/24, rule ccg-2018-19: the least growth"):
        run(scenario, replace(inputs, pace_rules=made_up), rule="ccg-2018-19", opening=(41.0, 59.0))


def test_grants_and_settings_stand_beside_the_budgets(scenario: Scenario, inputs: Inputs) -> None:
    from nelfin.allocations.comparisons import compare_places

    grants = pd.DataFrame({"place": ["B", "A"], "year": "2014/15", "grant_gbp_m": [6.0, 2.0]})
    spend = pd.DataFrame(
        {
            "place": ["A", "A", "B"],
            "setting": ["acute", "community", "acute"],
            "out_of_hospital": [False, True, False],
            "spend_gbp_m": [30.0, 10.0, 50.0],
        }
    )
    frame = compare_places(run(scenario, inputs, grants=grants, spend=spend), "2023/24")
    assert frame["public_health_grant_gbp_m"].tolist() == pytest.approx([2.0, 6.0, 8.0])
    # by avoidable mortality, 3 to 1
    assert frame["public_health_formula_gbp_m"].tolist() == pytest.approx([6.0, 2.0, 8.0])
    assert frame["out_of_hospital_share"].tolist()[:2] == pytest.approx([0.25, 0.0])


def test_an_opening_may_be_a_file_beside_the_scenario(tmp_path: Any, inputs: Inputs) -> None:
    rows = "\n".join(f"{place},{100 + i}" for i, place in enumerate(inputs.places()))
    (tmp_path / "own.csv").write_text(f"place,value\n{rows}\n")
    (tmp_path / "mine.toml").write_text(
        'extends = "nel"\n[allocation.streams.core]\nopening = "own.csv"\n'
    )
    loaded = nelfin.load_scenario(tmp_path / "mine.toml")
    data = allocate(loaded, load_inputs(loaded))
    opening = data["opening"].sel(stream="core", year="2023/24").to_numpy()
    assert opening / opening.sum() == pytest.approx(np.arange(100, 107) / 721)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("place,value\nNewham,5\n", r'own\.csv: ".*own\.csv" lacks Barking'),
        ("place,value\nNew ham,5\n", r'own\.csv, row 2, column place: is "New ham"'),
        ("place,value\nNewham,-5\n", r"own\.csv, row 2, column value: is -5"),
        ("place,valu\nNewham,5\n", r'own\.csv, row 1: the column "value" is missing'),
    ],
    ids=["places missing", "unknown place", "below nothing", "column"],
)
def test_a_file_of_openings_that_is_wrong_is_named(tmp_path: Any, text: str, says: str) -> None:
    (tmp_path / "own.csv").write_text(text)
    key = "allocation.streams.core.opening"
    loaded = nelfin.load_scenario(overrides={key: str(tmp_path / "own.csv")})
    with pytest.raises(InputError, match=says):
        load_inputs(loaded)


def test_two_streams_out_of_reach_under_lp_are_each_named(
    scenario: Scenario, inputs: Inputs
) -> None:
    streams = {name: Stream(need="final_core", rule="lp") for name in ("core", "specialised")}
    growth = dict.fromkeys(streams, 2.0)
    both = scenario.model_copy(
        update={
            "envelope": scenario.envelope.model_copy(update={"growth_pct": growth}),
            "allocation": Allocation(streams=streams),
        }
    )
    for name in streams:
        bounds = pd.DataFrame(
            [(name, "", "2026/27", 50.0, None)],
            columns=["stream", "place", "year", "min_growth_pct", "max_growth_pct"],
        )
        with pytest.raises(NoAnswerError, match=f"^{name} in 2026/27, rule lp: the least growth"):
            allocate(both, replace(inputs, growth_bounds=bounds))


def test_ring_fences_and_what_is_held_together_leave_something_to_share(
    scenario: Scenario, inputs: Inputs
) -> None:
    fences = [("fund", "2023/24", 60.0, "health_inequalities"), ("reserve", "2023/24", 39.0, "")]
    assert of(run(scenario, inputs, fences), "budget", "2023/24").sum() == pytest.approx(61.0)
    fences[1] = ("reserve", "2023/24", 40.0, "")
    with pytest.raises(InputError) as told:
        run(scenario, inputs, fences)
    assert "takes £100.000m off core in 2023/24, which has £100.000m." in str(told.value)
    assert "Lower the amounts: something must be left to share." in str(told.value)


def test_every_figure_has_its_name_and_unit(scenario: Scenario, inputs: Inputs) -> None:
    grants = pd.DataFrame({"place": ["A", "B"], "year": "2023/24", "grant_gbp_m": [3.0, 1.0]})
    data = run(scenario, inputs, grants=grants)
    assert {name: (array.attrs["long_name"], array.attrs["units"])
            for name, array in data.data_vars.items()} == {
        "opening": ("Opening position", "£m"),
        "target": ("Target: envelope shared by need", "£m"),
        "budget": ("Budget", "£m"),
        "ring_fence": ("Ring-fenced part of the budget", "£m"),
        "dft_opening": ("Distance from target before pace of change", "fraction"),
        "dft": ("Distance from target after pace of change", "fraction"),
        "budget_change": ("What moved the budget from its opening position", "£m"),
        "uniform_growth": ("Growth of every place before pace of change", "fraction"),
        "system_held": ("Held at system level", "£m"),
        "envelope": ("Envelope", "£m"),
        "like_for_like_growth": (
            "Growth on the published baseline, or on last year", "fraction"),
        "convergence": ("What convergence to fair shares adds to growth", "fraction"),
        "weighted_population": ("Weighted population", "people"),
        "population": ("Registered population", "people"),
        "need_index": ("Need a head against the system's", "ratio, system = 1"),
        "public_health_grant": ("Public health grant of the place's council", "£m"),
        "public_health_formula": ("Public health grant if shared by avoidable mortality", "£m"),
    }  # fmt: skip
    assert data["public_health_grant"].attrs["year"] == "2023/24"


def test_a_place_without_spend_has_no_share_outside_hospital(
    scenario: Scenario, inputs: Inputs
) -> None:
    spend = pd.DataFrame({"place": ["A", "A", "B"], "setting": ["acute", "community", "acute"],
                          "out_of_hospital": [False, True, False],
                          "spend_gbp_m": [30.0, 10.0, 0.0]})  # fmt: skip
    share = run(scenario, inputs, spend=spend)["out_of_hospital_share"]
    assert share.attrs == {"long_name": "Share of spend outside hospital", "units": "fraction"}
    assert share.values == pytest.approx([0.25, np.nan], nan_ok=True)
