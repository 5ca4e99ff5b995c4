"""Practice files: North East London's places as published, and every system in every year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nelfin.allocations.closed import share_envelope
from nelfin.allocations.need import need_index
from nelfin.allocations.rules import packaged_rules
from nelfin.data.practices import Imported, Practices, import_practices, read_practices
from nelfin.data.practices.systems import choose
from nelfin.data.specs import COMPONENTS
from nelfin.scenario.load import packaged_folder

pytestmark = pytest.mark.golden

SAS = "NEL-wide (Special Allocation Scheme)"
YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")


def assert_embedded(done: Imported) -> None:
    """The sums are the embedded weighted populations, to the three decimals these print."""
    embedded = pd.read_csv(packaged_folder() / "weighted_populations.csv")
    key = ["year", "place", "component"]
    both = done.table.merge(embedded, on=key, suffixes=("", "_embedded"))
    assert len(both) == len(embedded) == len(done.table[done.table["year"] > "2022/23"])
    assert both["weighted_population"].to_numpy() == pytest.approx(
        both["weighted_population_embedded"].to_numpy(), rel=0, abs=0.00051
    )


def test_the_map_that_comes_with_nelfin_gives_the_embedded_figures(tmp_path: Path) -> None:
    # practices with a row of their own in the map, and the sum of all others by local authority
    derived = pd.read_csv(Path(__file__).with_name("nel_practices.csv"), dtype=str)
    heads = ["Practice_Code", "ICB", "LTLA", "Population", "G&A WP", "CS WP", "MH WP", "Mat WP",
             "Prescr WP", "Health Ineq WP", "Primary Medical Care WP", "Final WP",
             "Final PMC WP"]  # fmt: skip
    files = []
    for year, rows in derived.groupby("year"):
        files.append(tmp_path / f"{str(year).replace('/', '_')}.csv")
        rows.drop(columns="year").to_csv(files[-1], index=False, header=heads)
    done = import_practices(files, "QMF", like_for_like=False)
    assert_embedded(done)
    assert not [note for note in done.notes if "Registered people" in note]


@pytest.fixture(scope="module")
def files(shared_data: Path) -> dict[str, Path]:
    source = shared_data / "national" / "source"
    names = {year: f"practice_weighted_populations_{year.replace('/', '_')}.csv" for year in YEARS}
    return {year: source / name for year, name in names.items()} | {
        "2025/26": shared_data / "nhse_practice_weighted_populations_2025_26.csv"
    }


@pytest.fixture(scope="module")
def practices(files: dict[str, Path]) -> Practices:
    return read_practices(files["2025/26"])


def test_the_published_files_give_the_embedded_figures(files: dict[str, Path]) -> None:
    done = import_practices(list(files.values()), "QMF", like_for_like=False)
    assert list(done.table["year"].unique()) == list(YEARS)
    assert done.table["place"].nunique() == 8
    assert_embedded(done)


def test_the_packaged_map_gives_the_seven_places_as_published(
    files: dict[str, Path], shared_data: Path
) -> None:
    table = import_practices(files["2025/26"], "QMF").table
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
    from nelfin.data.practices import packaged_map, place_practices, read_map

    chosen = choose(practices, ["QMF"])
    file = packaged_map("QMF")
    assert file is not None
    placed = place_practices(chosen, read_map(file))
    codes = chosen.table.loc[placed.index, "practice_code"]
    known = pd.read_csv(shared_data / "nel_practice_to_place_2025_26.csv")
    expected = known.set_index("practice_code")["place"].replace(SAS, "whole system")
    assert dict(zip(codes, placed["place"], strict=True)) == expected.to_dict()


def test_every_system_is_read_indexed_and_converges(practices: Practices) -> None:
    systems = sorted(set(practices.table["icb"]))
    assert len(systems) == 42
    rule = packaged_rules()["nhse-core-2025-26"]
    for icb in systems:
        table = choose(practices, [icb]).table
        sums = table.groupby("local_authority")[list(COMPONENTS)].sum()
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


def test_a_practice_that_merged_takes_its_people_along(
    files: dict[str, Path], shared_data: Path, tmp_path: Path
) -> None:
    case = (
        shared_data.parent
        / "cases"
        / "places-10-practice-merged-into-another-place-its-money-stays"
    )
    places = tmp_path / "map.csv"
    places.write_text("practice_code,successor\nE82072,D81043\n")
    three = [files[year] for year in YEARS[1:]]
    table = import_practices(three, "QUE", places).table
    expected = pd.read_csv(case / "places_membership_of_2025_26.csv")
    both = table.merge(expected, on=["year", "place", "component"], suffixes=("", "_expected"))
    assert len(both) == len(table) == len(expected)
    assert both["weighted_population"].to_numpy() == pytest.approx(
        both["weighted_population_expected"].to_numpy()
    )
    untold = " ".join(import_practices(three[1:], "QUE").notes)
    assert "North Hertfordshire fall by 67 %" in untold
    assert "E82072 The Health Centre Practice (12,139 people; D81043 of South Cam" in untold


def test_places_that_a_year_lacks_are_named(files: dict[str, Path]) -> None:
    notes = " ".join(import_practices(list(files.values())[2:], "QRV").notes)
    assert "Birmingham has no practice in 2025/26; in 2024/25 it has 1 practice of 5,552" in notes
    assert "Birmingham (5,552 people in 2024/25)" in notes
