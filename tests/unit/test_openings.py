"""Opening positions of a made-up system of two places, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from two_places import FULL, Solve, allocator, places, table_of_openings

import nelfin
from nelfin.allocations import allocate
from nelfin.allocations.openings import opening_position
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError
from nelfin.scenario import Scenario
from nelfin.scenario.load import packaged_folder
from nelfin.scenario.schema import Stream

pytestmark = pytest.mark.unit


@pytest.fixture
def solve(scenario: Scenario, inputs: Inputs) -> Solve:
    return allocator(scenario, inputs)


def test_the_opening_adds_up_to_the_published_baseline(solve: Solve) -> None:
    data = solve([("core", "2023/24", 110.0, 100.0)], {"core": FULL})
    assert places(data, "opening") == pytest.approx([40.0, 60.0])
    assert places(data, "target") == pytest.approx([44.0, 66.0])
    assert places(data, "budget") == pytest.approx([44.0, 66.0])


def test_an_opening_in_cash_gives_shares_of_the_baseline(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 110.0, 100.0)],
        {"core": stream},
        openings=table_of_openings("cash_gbp_m", B=6.0, A=2.0),
    )
    assert places(data, "opening") == pytest.approx([25.0, 75.0])
    assert places(data, "budget") == pytest.approx([27.5, 82.5])
    # 25 % of the money for 40 % of the need, 75 % for 60 %
    assert places(data, "dft_opening") == pytest.approx([-0.375, 0.25])
    assert places(data, "dft") == pytest.approx([-0.375, 0.25])


def test_an_opening_in_distance_from_target_is_put_on_todays_target(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": stream},
        openings=table_of_openings("dft_pct", A=-3.0, B=2.0),
    )
    # 0.4 x 0.97 + 0.6 x 1.02 = 1: the distances balance, so they come out as given
    assert places(data, "opening") == pytest.approx([38.8, 61.2])
    assert places(data, "dft_opening") == pytest.approx([-0.03, 0.02])


def test_distances_that_do_not_balance_are_measured_against_their_mean(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": stream},
        openings=table_of_openings("dft_pct", A=10.0, B=10.0),
    )
    assert places(data, "dft_opening") == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_baseline_of_nothing_is_refused_not_divided_by(tmp_path: Path) -> None:
    """A stream that is new to the system has no baseline; 0 is easily written for that."""
    text = (packaged_folder() / "allocations.csv").read_text(encoding="utf-8")
    assert "806.28,768.549343988," in text
    file = tmp_path / "allocations.csv"
    file.write_text(text.replace("806.28,768.549343988,", "806.28,0,"), encoding="utf-8")
    scenario = nelfin.load_scenario(None, {"data.allocations": str(file)})
    with pytest.raises(InputError, match="baseline_gbp_m"):
        allocate(scenario, load_inputs(scenario))


def test_registered_people_are_needed_in_every_place(tmp_path: Path) -> None:
    """Growth and need a head divide by them, whatever component sets the target."""
    file = tmp_path / "weighted_populations.csv"
    table = pd.read_csv(packaged_folder() / "weighted_populations.csv")
    hit = (table["component"] == "registered_population") & (table["place"] == "Havering")
    assert hit.sum() == 3
    table.loc[hit, "weighted_population"] = 0.0
    table.to_csv(file, index=False)
    scenario = nelfin.load_scenario(
        None,
        {
            "data.weighted_populations": str(file),
            "allocation.streams.other_primary_care.need": "final_core",
        },
    )
    with pytest.raises(InputError, match="weighted_population"):
        allocate(scenario, load_inputs(scenario))


def test_a_place_cannot_open_with_less_than_nothing(tmp_path: Path) -> None:
    file = tmp_path / "openings.csv"
    text = (packaged_folder() / "openings.csv").read_text(encoding="utf-8")
    assert "cash_gbp_m,287.532" in text
    file.write_text(text.replace("cash_gbp_m,287.532", "cash_gbp_m,-287.532"), encoding="utf-8")
    with pytest.raises(InputError, match="openings"):
        load_inputs(nelfin.load_scenario(None, {"data.openings": str(file)}))


@pytest.mark.parametrize(("measure", "value"), [("cash_gbp_m", 7.0), ("dft_pct", 3.0)])
def test_a_system_of_one_place_opens_with_all_there_is(
    inputs: Inputs, measure: str, value: float
) -> None:
    people = inputs.weighted_populations
    own = pd.DataFrame({"opening": ["own"], "place": ["Newham"], "measure": [measure],
                        "value": [value]})  # fmt: skip
    one = replace(inputs, openings=own, weighted_populations=people[people["place"] == "Newham"])
    found = opening_position(Stream(need="final_core", opening="own"), 90.0, np.array([1.0]), one)
    assert found.tolist() == pytest.approx([90.0])
