"""What-ifs of need: weights that move, and area cost on or off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.allocations import allocate
from nelfin.allocations.budgets import need_of_places
from nelfin.allocations.weights import moved_weights, rebuilt_final, step_weight
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

WEIGHTS = pd.DataFrame(
    {
        "component": ["general_and_acute", "prescribing", "health_inequalities"],
        "weight": [0.6, 0.3, 0.1],
        "area_cost": [True, False, False],
    }
)


def need(overrides: dict[str, Any], inputs: Inputs, component: str) -> xr.DataArray:
    data = allocate(nelfin.load_scenario(overrides=overrides), inputs)
    return data["weighted_population"].sel(component=component)


def test_a_final_is_rebuilt_from_its_parts() -> None:
    weighted = xr.DataArray(
        [[10.0, 20.0], [30.0, 10.0], [0.0, 50.0]],
        {"component": list(WEIGHTS["component"]), "place": ["A", "B"]},
        ("component", "place"),
    )
    costs = xr.DataArray([1.1, 1.0], {"place": ["A", "B"]}, ("place",))
    # A: 1.1 x 0.6 x 10 + 0.3 x 30; B: 0.6 x 20 + 0.3 x 10 + 0.1 x 50
    assert rebuilt_final(weighted, WEIGHTS, costs).values == pytest.approx([15.6, 20.0])
    assert rebuilt_final(weighted, WEIGHTS, None).values == pytest.approx([15.0, 20.0])


def test_the_weights_that_do_not_move_scale_so_that_the_sum_stays() -> None:
    moved = moved_weights(WEIGHTS, {"health_inequalities": 0.4})
    assert moved["weight"].tolist() == pytest.approx([0.4, 0.2, 0.4])
    assert moved_weights(WEIGHTS, {})["weight"].tolist() == pytest.approx([0.6, 0.3, 0.1])


def test_without_a_what_if_the_published_final_stands_to_the_bit(inputs: Inputs) -> None:
    table = inputs.weighted_populations
    cube = need({}, inputs, "final_core")
    for place in inputs.places():
        rows = table[(table["place"] == place) & (table["component"] == "final_core")]
        whole = table[(table["component"] == "final_core")].groupby("year")["weighted_population"]
        held = table[(table["place"] == "whole system") & (table["component"] == "final_core")]
        for year, value in zip(rows["year"], rows["weighted_population"], strict=True):
            extra = float(held.loc[held["year"] == year, "weighted_population"].iloc[0])
            share = 1 + extra / (whole.sum()[year] - extra)
            assert float(cube.sel(place=place, year=year)) == value * share


def test_giving_the_fitted_weights_changes_nothing(inputs: Inputs) -> None:
    fitted = inputs.need_weights.query("year == '2025/26' and final == 'final_core'")
    same = {
        f"allocation.need_weights.final_core.{line.component}": line.weight
        for line in fitted.itertuples()
    }
    now, before = need(same, inputs, "final_core"), need({}, inputs, "final_core")
    assert now.sel(year="2025/26").values == pytest.approx(before.sel(year="2025/26").values)


def test_a_heavier_weight_on_health_inequalities_moves_money_to_where_they_are(
    inputs: Inputs,
) -> None:
    key = "allocation.need_weights.final_core.health_inequalities"
    rise = need({key: 0.3}, inputs, "final_core") / need({}, inputs, "final_core")
    index = allocate(nelfin.load_scenario(), inputs)["need_index"].sel(year="2025/26")
    unequal = index.sel(component="health_inequalities") / index.sel(component="final_core")
    rise = rise.sel(year="2025/26")
    assert str(rise.idxmax("place").values) == str(unequal.idxmax("place").values)
    assert str(rise.idxmin("place").values) == str(unequal.idxmin("place").values)


def test_without_area_cost_the_dearest_place_loses_most_share(inputs: Inputs) -> None:
    now = need({"allocation.area_cost": False}, inputs, "final_core").sel(year="2025/26")
    before = need({}, inputs, "final_core").sel(year="2025/26")
    change = (now / now.sum()) / (before / before.sum())
    assert str(change.idxmin("place").values) == "City and Hackney"
    assert str(change.idxmax("place").values) in {"Havering", "Barking and Dagenham"}
    primary = need({"allocation.area_cost": False}, inputs, "final_primary_medical")
    assert (primary == need({}, inputs, "final_primary_medical")).all(), "no area cost in it"


def test_the_weights_rebuild_the_published_finals_within_three_hundredths_of_a_per_cent(
    inputs: Inputs,
) -> None:
    table = inputs.weighted_populations
    worst = 0.0
    for (year, final), weights in inputs.need_weights.groupby(["year", "final"]):
        rows = table[(table["year"] == year) & table["place"].isin(inputs.places())]
        cube = rows.set_index(["component", "place"])["weighted_population"].to_xarray()
        costs = inputs.area_costs[inputs.area_costs["year"] == year].set_index("place")
        local = xr.DataArray(
            costs["multiplier"].loc[list(cube["place"].values)].to_numpy(), {"place": cube["place"]}
        )
        ratio = rebuilt_final(cube, weights, local) / cube.sel(component=final)
        worst = max(worst, float(np.abs(ratio - 1).max()))
    assert worst < 0.0003


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"allocation.need_weights.final_cor.community": 0.1}, "allocation.need_weights.final_cor"),
        ({"allocation.need_weights.final_core.communty": 0.1}, '"community"'),
        ({"allocation.need_weights.final_core.community": 1.0,
          "allocation.need_weights.final_core.maternity": 0.5}, "more than all weights"),
    ],
    ids=["final", "component", "too much"],
)  # fmt: skip
def test_a_what_if_that_cannot_be_is_refused(overrides: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_inputs(nelfin.load_scenario(overrides=overrides))


def test_a_place_without_its_area_cost_has_the_one_that_rebuilds_its_need(inputs: Inputs) -> None:
    from dataclasses import replace

    from nelfin.allocations.weights import area_costs_of

    keys = ["year", "place"]
    derived = area_costs_of(replace(inputs, area_costs=inputs.area_costs.iloc[:0]))
    fitted = inputs.area_costs.set_index(keys)["multiplier"]
    ratio = derived.set_index(keys)["multiplier"] / fitted
    assert len(ratio) == len(fitted) == 21
    # the fitted ones rebuild the published finals within 0.03 %
    assert (ratio - 1).abs().max() < 0.0004
    # a table that has some of them keeps those
    some = inputs.area_costs.iloc[:5]
    both = area_costs_of(replace(inputs, area_costs=some)).set_index(keys)["multiplier"]
    assert len(both) == 21
    assert both[fitted.index[:5]].equals(fitted.iloc[:5])


def test_a_year_without_weights_needs_the_area_cost_of_every_place(tmp_path: Any) -> None:
    file = tmp_path / "area_costs.csv"
    file.write_text("year,place,multiplier\n2026/27,Newham,1.09\n")
    with pytest.raises(InputError, match=r"no multiplier of Barking .* in 2026/27"):
        load_inputs(nelfin.load_scenario(overrides={"data.area_costs": str(file)}))


@pytest.mark.parametrize("area_cost", [True, False])
def test_a_step_of_nothing_moves_nothing_whatever_the_scenario_has_set(
    inputs: Inputs, area_cost: bool
) -> None:
    overrides = {
        "allocation.area_cost": area_cost,
        "allocation.need_weights.final_core.health_inequalities": 0.15,
    }
    scenario = nelfin.load_scenario(overrides=overrides)
    weighted = need_of_places(scenario, inputs)
    same = step_weight(weighted, inputs, scenario.allocation, "final_core", "community", 0.0)
    np.testing.assert_allclose(same, weighted, rtol=1e-12)
    more = step_weight(weighted, inputs, scenario.allocation, "final_core", "community", 0.01)
    assert float(abs(more / weighted - 1).sel(component="final_core").max()) > 1e-4


def test_a_final_whose_weights_stay_is_kept_to_the_bit(inputs: Inputs) -> None:
    moved = {"allocation.need_weights.final_primary_medical.health_inequalities": 0.2}
    for final, overrides in (
        ("final_core", moved),
        ("final_primary_medical", {"allocation.area_cost": False}),
    ):
        assert need(overrides, inputs, final).equals(need({}, inputs, final))
