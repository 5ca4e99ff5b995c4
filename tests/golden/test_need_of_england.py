"""Need indices of the published practice files: all systems and years, plain sums beside."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nelfin
from nelfin.data.footprints import table
from nelfin.data.specs import COMPONENTS
from nelfin.system.need_indices import ALL_PLACES

pytestmark = pytest.mark.golden

HEADS = ("G&A WP", "CS WP", "MH WP", "Mat WP", "Prescr WP", "Health Ineq WP",
         "Primary Medical Care WP", "Final WP", "Final PMC WP")  # fmt: skip
SOURCE = "national/source/practice_weighted_populations"
FILES = {
    "2022/23": f"{SOURCE}_2022_23.csv",
    "2023/24": f"{SOURCE}_2023_24.csv",
    "2024/25": f"{SOURCE}_2024_25.csv",
    "2025/26": "nhse_practice_weighted_populations_2025_26.csv",
}

Sums = dict[tuple[str, str], list[float]]


def plain_sums(file: Path) -> Sums:
    """People and weighted people by system and authority, and of each system, by plain sums."""
    sums: Sums = defaultdict(lambda: [0.0] * 10)
    with file.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            icb = row.get("ICB") or row["ICS22"]
            area = row.get("LTLA") or row["LTLA21"]
            people = row.get("Population") or row["pop 2022/23"]
            for key in ((icb, area), (icb, ALL_PLACES), ("England", ALL_PLACES)):
                for at, text in enumerate((people, *(row[head] for head in HEADS))):
                    sums[key][at] += float(text or 0)
    return sums


@pytest.fixture(scope="module")
def plain(shared_data: Path) -> dict[str, Sums]:
    return {year: plain_sums(shared_data / file) for year, file in FILES.items()}


def indices(sums: Sums, icb: str, place: str, beside: str) -> list[float]:
    own, whole = sums[icb, place], sums[beside, ALL_PLACES]
    return [own[k] / own[0] / (whole[k] / whole[0]) for k in range(1, 10)]


def test_what_comes_along_is_the_sum_of_the_files(plain: dict[str, Sums]) -> None:
    packaged = table("weighted_populations").set_index(["year", "icb", "local_authority"])
    expected = pd.DataFrame(
        {
            (year, *key): own
            for year, sums in plain.items()
            for key, own in sums.items()
            if key[1] != ALL_PLACES
        },
        index=list(COMPONENTS),
    ).T
    assert len(packaged) == len(expected) > 4 * 42
    off = (packaged[list(COMPONENTS)] - expected.reindex(packaged.index)).abs()
    assert off.max().max() < 0.001


def assert_indices(found: pd.DataFrame, sums: dict[str, Sums], icb: str) -> None:
    """Every index to 0.0005, as NHS England's tool rounds, and every sum to one person."""
    assert len(found) == 9 * len(found.drop_duplicates(["year", "place"]))
    for (year, place), rows in found.groupby(["year", "place"]):
        assert list(rows["component"]) == list(COMPONENTS[1:])
        people = sums[year][icb, place]
        expected = [
            indices(sums[year], icb, place, icb),
            indices(sums[year], icb, place, "England"),
        ]
        mine = rows[["index_in_system", "index_in_england"]].to_numpy().T
        assert np.abs(mine - expected).max() < 0.0005
        assert np.abs(rows["weighted_population"].to_numpy() - people[1:]).max() < 1
        assert np.abs(rows["registered_population"].to_numpy() - people[0]).max() < 1


def test_indices_of_systems_are_those_of_plain_sums(plain: dict[str, Sums]) -> None:
    systems = sorted({icb for icb, _ in plain["2025/26"]} - {"England"})
    assert len(systems) == 42
    # the figures of all systems and years are compared above; a third of them, a year each, here
    for at, icb in enumerate(systems[::3]):
        found = nelfin.need(icb=icb, year=list(FILES)[at % 4]).table
        assert_indices(found, plain, icb)


def test_indices_of_the_files_are_those_of_plain_sums(
    plain: dict[str, Sums], shared_data: Path
) -> None:
    files = [shared_data / file for file in FILES.values()]
    found = nelfin.need(files, "QOQ").table
    assert list(found["year"].unique()) == list(FILES)
    assert_indices(found, plain, "QOQ")
    merged = nelfin.need(files[-1:], ["QRV", "QMJ"]).table
    present = nelfin.need(files[-1:], "West and North London").table
    drop = ["icb", "source"]
    pd.testing.assert_frame_equal(merged.drop(columns=drop), present.drop(columns=drop))
    whole = present[present["place"] == ALL_PLACES]["registered_population"].iloc[0]
    assert whole == pytest.approx(4_737_954, abs=1)
