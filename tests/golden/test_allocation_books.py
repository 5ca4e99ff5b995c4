"""NHS England's own workbooks of allocations, where they lie beside the project."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nelfin.data import Inputs, national
from nelfin.data.footprints import find_system, systems
from nelfin.data.imports.allocation_books import AllocationBook, read_allocation_book
from nelfin.data.imports.allocation_figures import allocations_of
from nelfin.data.imports.capital_figures import import_capital

pytestmark = pytest.mark.golden

FIGURES = ("allocation_gbp_m", "baseline_gbp_m", "opening_target_gbp_m", "growth", "convergence")

MORE = {
    ("primary_medical", "2023/24"): {"opening_target_gbp_m"},
    ("primary_medical", "2024/25"): {"baseline_gbp_m", "opening_target_gbp_m"},
    ("other_primary_care", "2023/24"): {"growth", "convergence"},
    ("other_primary_care", "2024/25"): {"growth", "convergence"},
    ("other_primary_care", "2025/26"): {"baseline_gbp_m", "growth"},
}
"""What the workbooks publish beyond the embedded table, which leaves these cells blank."""

ITEMS: dict[str, tuple[str, Mapping[str, str]]] = {
    "core": (
        "ICB Core Allocations {dash}",
        {"allocation_gbp_m": "{year} Recurrent allocation (£k)",
         "baseline_gbp_m": "{before} Adjusted recurrent baseline (£k)",
         "growth": "{year} Base growth (%)", "convergence": "{year} Convergence (%)"},
    ),
    "specialised": (
        "Specialised Allocations {dash}",
        {"allocation_gbp_m": "{year} Physical health services + HCDD recurrent allocation (£k)",
         "opening_target_gbp_m": "{before} Fair shares target"},
    ),
    "running_cost": ("ICB running cost allowance", {"allocation_gbp_m": "{year} (£k)"}),
}  # fmt: skip
"""Sheets and items of the table of all 42 systems, by stream and figure."""


@pytest.fixture(scope="module")
def books(shared_data: Path) -> list[AllocationBook]:
    folder = shared_data / "national" / "source"
    if not folder.is_dir():
        pytest.skip("the workbooks are not beside the project")
    names = ("nhs_allocations_2025_26.xlsx", "nhs_allocations_2023_2025.xlsx")
    return [read_allocation_book(folder / name) for name in names]


@pytest.fixture(scope="module")
def of_all(books: list[AllocationBook]) -> dict[str, pd.DataFrame]:
    """Allocations of the 42 systems, each read by its code."""
    former = systems()
    codes = former.loc[former["kind"] != "from April 2026", "code"]
    return {code: allocations_of(books, [code])[0] for code in codes}


def test_north_east_london_is_the_embedded_table(
    books: list[AllocationBook], inputs: Inputs
) -> None:
    found, _ = allocations_of(books, ["QMF"])
    embedded = inputs.allocations
    key = ["stream", "year"]
    assert found[key].values.tolist() == embedded[key].values.tolist()
    for row, known in zip(found.to_dict("records"), embedded.to_dict("records"), strict=True):
        more = MORE.get((known["stream"], known["year"]), set())
        for name in FIGURES:
            if pd.isna(known[name]):
                assert pd.notna(row[name]) == (name in more), (known["stream"], name)
            else:
                assert row[name] == pytest.approx(known[name], abs=1e-9)
        assert row["status"] == known["status"]
        for words in known["source"].split("; "):
            assert words in row["source"]


def test_all_systems_agree_with_the_table_of_all_lines(
    of_all: dict[str, pd.DataFrame], shared_data: Path
) -> None:
    lines: dict[tuple[str, str, str], float] = {}
    with (shared_data / "national" / "icb_allocations_2023_26_all_42.csv").open(
        encoding="utf-8"
    ) as file:
        for line in csv.DictReader(file):
            lines[line["icb_code"], line["sheet"], line["item"]] = float(line["value"])
    assert {code for code, _, _ in lines} == set(of_all)
    assert len(of_all) == 42
    compared = 0
    for code, found in of_all.items():
        assert len(found) == 13
        rows: list[dict[str, Any]] = found.to_dict("records")
        for row in rows:
            sheet, items = ITEMS.get(row["stream"], ("", {}))
            year = row["year"]
            words = {
                "year": year,
                "before": f"{int(year[:4]) - 1}/{year[2:4]}",
                "dash": year.replace("/", "-"),
            }
            for name, item in items.items():
                known = lines.get((code, sheet.format(**words), item.format(**words)))
                if known is not None:
                    scale = 1e3 if name.endswith("_gbp_m") else 1.0
                    assert row[name] == pytest.approx(known / scale, abs=1e-9), (code, row)
                    compared += 1
    assert compared == 42 * (3 * 4 + 2 + 1)


def test_the_packaged_figures_of_all_systems_are_those_of_the_workbooks(
    of_all: dict[str, pd.DataFrame],
) -> None:
    known = pd.concat({code: national.allocations_of(find_system(code, "42")) for code in of_all})
    read = pd.concat(of_all)
    at = [known.index.get_level_values(0), "stream", "year"]
    known = known.set_index(at)
    read = read.set_index([read.index.get_level_values(0), "stream", "year"]).loc[known.index]
    for name in FIGURES:
        given = known[name].notna()
        assert list(read.loc[given, name]) == pytest.approx(list(known.loc[given, name]))


def test_every_figure_fits_its_neighbours(books: list[AllocationBook]) -> None:
    """Baseline, growth and convergence lead to the allocation, so no column is another's."""
    for code in ("QMF", "QE1", "Z9B2Z", "S0E4D"):
        _, notes = allocations_of(books, [code])
        assert not [note for note in notes if "lead to" in note]


def test_capital_of_acute_trusts(shared_data: Path) -> None:
    file = shared_data / "national" / "provider_capital_2026_30.csv"
    sums = pd.read_csv(shared_data / "national" / "provider_capital_2026_30_by_icb.csv")
    total = next(name for name in sums.columns if "total" in name)
    code = next(name for name in sums.columns if "code" in name)
    for row in sums.to_dict("records")[::6]:
        table, _ = import_capital(file, [row[code]])
        assert len(table) == 4
        assert table["limit_gbp_m"].sum() == pytest.approx(row[total], abs=1e-6)
        assert set(table["figure_status"]) == {"derived"}
