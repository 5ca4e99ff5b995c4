"""The packaged tables are the published ones."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from published_figures import Reference, published, read_reference

from nelfin.data import Inputs
from nelfin.result import Result

pytestmark = pytest.mark.golden


@pytest.fixture
def reference(shared_data: Path) -> Reference:
    return read_reference(shared_data)


def test_the_packaged_allocations_are_the_published_ones(
    inputs: Inputs, reference: Reference
) -> None:
    items = {
        "allocation_gbp_m": ("recurrent_allocation_gbp_k", 1000.0),
        "baseline_gbp_m": ("baseline_gbp_k", 1000.0),
        "opening_target_gbp_m": ("opening_target_gbp_k", 1000.0),
        "growth": ("base_growth", 1.0),
        "convergence": ("convergence", 1.0),
    }
    checked = 0
    for line in inputs.allocations.to_dict("records"):
        for column, (item, per) in items.items():
            key = (line["stream"], line["year"], item)
            if not pd.isna(line[column]) and key in reference:
                assert line[column] == pytest.approx(reference[key] / per, abs=1e-9), key
                checked += 1
    allocations = [key for key in reference if key[2] == "recurrent_allocation_gbp_k"]
    # every published allocation but that of 2022/23, which is the baseline of 2023/24
    assert checked >= len(allocations) - 1
    other = published(("other_primary_care", "2023/24"), inputs)["baseline_gbp_m"]
    before = reference["other_primary_care", "2022/23", "recurrent_allocation_gbp_k"]
    assert other == pytest.approx(before / 1000, abs=1e-7)
    held = set(zip(inputs.allocations["stream"], inputs.allocations["year"], strict=True))
    assert {key[:2] for key in allocations} - held == {("other_primary_care", "2022/23")}


def test_the_packaged_weighted_populations_are_the_published_ones(
    inputs: Inputs, shared_data: Path
) -> None:
    with (shared_data / "nel_place_weighted_populations.csv").open(encoding="utf-8") as file:
        expected = {
            (
                row["year"],
                "whole system" if "Special Allocation" in row["place"] else row["place"],
                row["component"],
            ): float(row["weighted_population"])
            for row in csv.DictReader(file)
            if row["place"] not in {"England", "NEL ICB"}
        }
    frame = inputs.weighted_populations
    keys = zip(frame["year"], frame["place"], frame["component"], strict=True)
    packaged = dict(zip(keys, frame["weighted_population"], strict=True))
    assert len(expected) == 240
    assert packaged == expected


def test_places_and_the_scheme_without_a_place_make_the_whole_icb(
    inputs: Inputs, shared_data: Path
) -> None:
    totals = inputs.weighted_populations.groupby(["year", "component"])["weighted_population"].sum()
    with (shared_data / "nel_place_weighted_populations.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["place"] == "NEL ICB"]
    assert len(rows) == 30
    for row in rows:
        found = totals[row["year"], row["component"]]
        assert found == pytest.approx(float(row["weighted_population"]), abs=0.01)


def test_the_packaged_openings_are_those_of_the_seven_former_ccgs(
    inputs: Inputs, shared_data: Path
) -> None:
    with (shared_data / "nel_ccg_core_2018_19.csv").open(encoding="utf-8") as file:
        ccgs = {row["place"]: row for row in csv.DictReader(file)}
    assert len(ccgs) == 7
    columns = {
        "cash-share-2018-19": ("final_allocation_k", 1000.0),
        "dft-2018-19": ("closing_dft_pct", 1.0),
        "dft-2019-20-round": ("dft_pct_on_2019_20_round_target_derived", 1.0),
    }
    for name, (column, per) in columns.items():
        frame = inputs.openings[inputs.openings["opening"] == name].set_index("place")["value"]
        expected = {place: float(row[column]) / per for place, row in ccgs.items()}
        assert frame.to_dict() == pytest.approx(expected, abs=1e-12), name


CORE_SHARES = {
    "Barking and Dagenham": 10.44,
    "City and Hackney": 15.13,
    "Havering": 13.12,
    "Newham": 18.51,
    "Redbridge": 13.95,
    "Tower Hamlets": 14.87,
    "Waltham Forest": 13.96,
}
"""Printed core target shares of 2025/26, %."""


def test_the_printed_target_shares_are_shares_of_the_whole_icb(inputs: Inputs) -> None:
    """They keep the special allocation scheme, which no place holds, in the total."""
    frame = inputs.weighted_populations
    core = frame[(frame["year"] == "2025/26") & (frame["component"] == "final_core")]
    people = core.set_index("place")["weighted_population"]
    share = (100 * people / people.sum()).drop("whole system")
    assert {place: round(value, 2) for place, value in share.items()} == CORE_SHARES
    assert share.sum() < 99.995


def test_the_models_target_shares_are_near_the_printed_ones(result: Result) -> None:
    """The scheme is spread over the places, so that the model's shares add up to 100."""
    core = result.data.sel(stream="core", year="2025/26")
    share = 100 * core["target"] / core["envelope"]
    assert float(share.sum()) == pytest.approx(100.0, abs=1e-10)
    for place, printed in CORE_SHARES.items():
        assert float(share.sel(place=place)) == pytest.approx(printed, abs=0.01), place


def test_final_primary_medical_is_85_parts_need_and_15_parts_inequalities(inputs: Inputs) -> None:
    wide = inputs.weighted_populations.pivot(
        index=["year", "place"], columns="component", values="weighted_population"
    )
    assert len(wide) == 24
    mixed = 0.85 * wide["primary_medical_need"] + 0.15 * wide["health_inequalities"]
    np.testing.assert_allclose(mixed, wide["final_primary_medical"], rtol=0, atol=0.002)


def test_the_grants_are_the_published_ones(inputs: Inputs, shared_data: Path) -> None:
    frame = pd.read_csv(shared_data / "public_health_grant_2014_15.csv")
    council = frame["local_authority"].replace(
        {"City of London": "City and Hackney", "Hackney": "City and Hackney"}
    )
    expected = frame["public_health_grant_gbp_k"].groupby(council).sum() / 1000
    packaged = inputs.public_health_grants.set_index("place")["grant_gbp_m"]
    assert packaged.to_dict() == pytest.approx(expected.to_dict())
