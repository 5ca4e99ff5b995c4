"""What `nelfin allocate` tells of an opening, and of places whose people jump between years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nelfin.allocations import allocate, far_openings, how_scaled, level_breaks
from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed

pytestmark = pytest.mark.unit

OPENING = {"allocation.streams.core.opening": "own"}


def with_opening(inputs: Inputs, measure: str, value: dict[str, float], otherwise: float) -> Inputs:
    rows = [("own", place, measure, value.get(place, otherwise)) for place in inputs.places()]
    own = pd.DataFrame(rows, columns=["opening", "place", "measure", "value"])
    return replace(inputs, openings=own.assign(status="given", source=""))


@pytest.fixture(scope="module")
def ours(scenario: Scenario) -> Scenario:
    return changed(scenario, OPENING | {"years.last": "2025/26"})


def test_an_opening_tells_what_it_adds_up_to_and_by_what_it_is_scaled(
    ours: Scenario, inputs: Inputs
) -> None:
    own = with_opening(inputs, "cash_gbp_m", {"Newham": 600.0}, 500.0)
    told = how_scaled(ours, own, allocate(ours, own), "core")
    assert told == (
        "It adds up to £3,600.0m, and is scaled by 0.946 to the baseline of 2023/24, £3,406.9m."
    )
    alike = with_opening(inputs, "cash_gbp_m", {}, 3406.874706343 / 7)
    assert how_scaled(ours, alike, allocate(ours, alike), "core") == ""


def test_distances_that_do_not_cancel_are_told(ours: Scenario, inputs: Inputs) -> None:
    own = with_opening(inputs, "dft_pct", {}, 4.0)
    told = how_scaled(ours, own, allocate(ours, own), "core")
    assert told.startswith("Its distances add up to 4.00 % above target, so it is scaled by 0.962 ")


def test_an_opening_on_target_and_a_stream_without_baseline(
    scenario: Scenario, inputs: Inputs
) -> None:
    ours = changed(scenario, {"allocation.streams.running_cost.need": "final_core"} | {
        "allocation.streams.running_cost.opening": "own",
        "allocation.streams.running_cost.rule": "none",
    })  # fmt: skip
    own = with_opening(inputs, "cash_gbp_m", {}, 2.0)
    own = replace(own, openings=pd.concat([own.openings, inputs.openings]))
    data = allocate(ours, own)
    assert how_scaled(ours, own, data, "primary_medical") == ""
    told = how_scaled(ours, own, data, "running_cost")
    assert told.endswith("scaled by 2.839 to the money of 2023/24, £39.7m.")


def test_places_that_open_far_from_target_are_named(ours: Scenario, inputs: Inputs) -> None:
    own = with_opening(inputs, "cash_gbp_m", {"Newham": 1500.0, "Havering": 100.0}, 500.0)
    (told,) = far_openings(ours, own, allocate(ours, own))
    assert told.startswith("More than 50 % from target in the opening of core: Havering (")
    assert "% below), Newham (" in told
    assert "% above)" in told
    near = with_opening(inputs, "dft_pct", {"Newham": 30.0}, 0.0)
    assert far_openings(ours, near, allocate(ours, near)) == []


def moved(inputs: Inputs, place: str, component: str, year: str, by: float) -> Inputs:
    people = inputs.weighted_populations.copy()
    where = people["place"].eq(place) & people["component"].eq(component) & (people["year"] >= year)
    people.loc[where, "weighted_population"] *= by
    return replace(inputs, weighted_populations=people)


def test_people_that_jump_are_told(scenario: Scenario, inputs: Inputs) -> None:
    assert level_breaks(scenario, inputs) == []
    fallen = moved(inputs, "Havering", "registered_population", "2025/26", 0.5)
    (told,) = level_breaks(scenario, fallen)
    assert told.startswith("Registered people of Havering fall by ")
    assert told.endswith("from 2024/25 to 2025/26: has a practice moved? Its budget stays.")
    risen = moved(inputs, "Redbridge", "final_core", "2024/25", 1.3)
    (told,) = level_breaks(scenario, risen)
    assert told.startswith("The share of need of Redbridge rises by ")
    straight = changed(scenario, {"allocation.streams.core.rule": "full"})
    (told,) = level_breaks(straight, risen)
    assert told.endswith("has a practice moved?")


def test_a_change_over_several_years_is_that_of_each(scenario: Scenario, inputs: Inputs) -> None:
    people = inputs.weighted_populations
    apart = replace(inputs, weighted_populations=people[people["year"] != "2024/25"])
    assert level_breaks(scenario, moved(apart, "Newham", "final_core", "2025/26", 1.12)) == []
    (told,) = level_breaks(scenario, moved(apart, "Newham", "final_core", "2025/26", 1.5))
    assert " a year from 2023/24 to 2025/26: " in told
    early = changed(scenario, {"years.first": "2024/25", "envelope.plan_year": "2024/25",
                               "envelope.plan_total_gbp_m": 5000.0})  # fmt: skip
    # years before the plan move no budget
    assert level_breaks(early, moved(inputs, "Newham", "final_core", "2024/25", np.e)) == []
