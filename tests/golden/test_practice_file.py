"""The practice file of 2025/26: places as published, and all 42 systems alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nelfin.allocations.closed import share_envelope
from nelfin.allocations.need import need_index
from nelfin.allocations.rules import packaged_rules
from nelfin.data.practices import (
    Practices,
    import_practices,
    place_practices,
    read_practices,
    sum_to_places,
)

pytestmark = pytest.mark.golden

SAS = "NEL-wide (Special Allocation Scheme)"


@pytest.fixture(scope="module")
def file(shared_data: Path) -> Path:
    return shared_data / "nhse_practice_weighted_populations_2025_26.csv"


@pytest.fixture(scope="module")
def practices(file: Path) -> Practices:
    return read_practices(file)


def test_the_packaged_map_gives_the_seven_places_as_published(
    file: Path, shared_data: Path
) -> None:
    table = import_practices(file, "QMF", year="2025/26")
    published = pd.read_csv(shared_data / "nel_place_weighted_populations.csv")
    published["place"] = published["place"].replace(SAS, "whole system")
    both = table.merge(published, on=["year", "place", "component"], suffixes=("", "_published"))
    assert len(both) == len(table) == 80
    # to 1e-6, and no closer than the three decimals the reference prints
    assert both["weighted_population"].to_numpy() == pytest.approx(
        both["weighted_population_published"].to_numpy(), rel=1e-6, abs=0.0005
    )


def test_each_practice_is_in_the_place_found_for_it(
    practices: Practices, shared_data: Path
) -> None:
    from nelfin.data.practices import packaged_map, read_map

    placed = place_practices(practices, "QMF", read_map(packaged_map("QMF")), strict=False)
    codes = practices.table.loc[placed.index, "practice_code"]
    known = pd.read_csv(shared_data / "nel_practice_to_place_2025_26.csv")
    expected = known.set_index("practice_code")["place"].replace(SAS, "whole system")
    assert dict(zip(codes, placed, strict=True)) == expected.to_dict()


def test_every_system_is_read_indexed_and_converges(practices: Practices) -> None:
    systems = sorted(set(practices.table["icb"]))
    assert len(systems) == 42
    rule = packaged_rules()["nhse-core-2025-26"]
    for icb in systems:
        sums = sum_to_places(practices.table, place_practices(practices, icb, None))
        people = sums["registered_population"].to_numpy()
        index = need_index(sums.to_numpy().T[:, :, None], people[:, None])
        core = index[list(sums.columns).index("final_core"), :, 0]
        mean = float((core * people).sum() / people.sum())
        assert mean == pytest.approx(1.0)
        need = (sums["final_core"] / sums["final_core"].sum()).to_numpy()
        opening = people / people.sum() * 1000.0
        budget, _ = share_envelope(opening, need, 1040.0, rule)
        assert budget.sum() == pytest.approx(1040.0, abs=1e-9)
        assert np.abs(budget / (need * 1040.0) - 1).max() <= (
            np.abs(opening / (need * 1000.0) - 1).max() + 1e-12
        )
