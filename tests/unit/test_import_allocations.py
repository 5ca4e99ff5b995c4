"""Allocations read from workbooks by the words of their headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from allocation_sheets import (
    CODES,
    LAYOUTS,
    YEARS,
    columns,
    core_sheets,
    figures,
    names,
    running_sheet,
    sheet,
    table,
)
from table_files import problems_of, workbook_writer

from nelfin.data.imports.allocation_books import find_allocations
from nelfin.data.imports.allocation_figures import allocations_of, import_allocations
from nelfin.store.sheets.files import Rows

pytestmark = pytest.mark.unit

MONEY = ["baseline_gbp_m", "opening_target_gbp_m", "growth", "convergence", "allocation_gbp_m"]


def read(sheets: Sequence[Rows], *icbs: str) -> tuple[pd.DataFrame, list[str]]:
    return allocations_of([find_allocations(sheets, "book.xlsx")], icbs or ["QAA"])


def refused(sheets: Sequence[Rows], *icbs: str) -> tuple[str, ...]:
    return problems_of(lambda: read(sheets, *icbs))


def core_sheet(*more: list[Any], year: str = "2026/27", drop: str = "nothing") -> Rows:
    """One sheet of core allocations; without some columns, with others."""
    kept = [column for column in columns(year) if drop not in column[0]]
    return sheet("ICB Core", table([*names(), *kept, *more]))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("code", CODES)
def test_each_layout_gives_the_same_figures(layout: str, code: str) -> None:
    found, notes = read(LAYOUTS[layout](), code.lower())
    assert list(found["stream"]) == ["core"] * 3
    assert list(found["year"]) == list(YEARS)
    assert set(found["status"]) == {"published"}
    for year, row in zip(YEARS, found[MONEY].to_numpy(), strict=True):
        wanted = figures(code, year)
        scaled = [wanted[0] / 1e3, wanted[1] / 1e3, wanted[2], wanted[3], wanted[4] / 1e3]
        assert list(row) == pytest.approx(scaled, abs=1e-9)
    assert not [note for note in notes if "left blank" in note or "lead to" in note]


@pytest.mark.parametrize(
    "name", ["QAA", " qaa ", "NHS Ambridge ICB", "ambridge", "NHS AMBRIDGE INTEGRATED CARE BOARD"]
)
def test_a_system_goes_by_its_code_or_its_name(name: str) -> None:
    pd.testing.assert_frame_equal(read(core_sheets(), name)[0], read(core_sheets(), "QAA")[0])


def test_names_alone_will_do() -> None:
    sheets = [sheet("Core", table([*names()[::2], *columns("2026/27")]))]
    found, _ = read(sheets, "Borchester & Felpersham")
    assert found["allocation_gbp_m"][0] == pytest.approx(figures("QBB", "2026/27")[-1] / 1e3)


def test_systems_are_summed_and_their_rates_lead_to_the_sum() -> None:
    found, _ = read(core_sheets(), "QAA", "QBB")
    for row, year in zip(found.to_dict("records"), YEARS, strict=True):
        parts = [figures(code, year) for code in CODES]
        assert row["allocation_gbp_m"] == pytest.approx(sum(part[-1] for part in parts) / 1e3)
        assert row["baseline_gbp_m"] == pytest.approx(sum(part[0] for part in parts) / 1e3)
        reached = row["baseline_gbp_m"] * (1 + row["growth"]) * (1 + row["convergence"])
        assert reached == pytest.approx(row["allocation_gbp_m"])
        assert min(p[2] for p in parts) <= row["growth"] <= max(p[2] for p in parts)
        assert row["status"] == "derived"
        assert "sum of QAA and QBB" in row["source"]


def test_a_rate_that_one_of_several_lacks_is_blank() -> None:
    rows = table([*names(), *columns("2026/27")])
    rows[1][7] = ""  # base growth of the first system
    found, notes = read([sheet("Core", rows)], "QAA", "QBB")
    assert found["growth"].isna().all()
    assert found["convergence"].isna().all()
    assert "core: no growth, convergence for 2026/27; left blank." in notes


def test_a_system_made_of_others_is_their_sum_and_says_so() -> None:
    rows = table([["ICB", "QRV", "QMJ"], *columns("2026/27")])
    found, notes = read([sheet("Core", rows)], "West and North London")
    assert found["baseline_gbp_m"][0] == 4_000
    assert list(found["status"]) == ["derived"]
    assert any("QMJ and QRV" in note for note in notes)


def test_a_system_made_of_parts_has_its_shares_and_says_so() -> None:
    rows = table([["ICB", "QNQ", "QU9"], *columns("2026/27")])
    found, notes = read([sheet("Core", rows)], "S0E4D")
    assert 3_000 < found["baseline_gbp_m"][0] < 4_000
    assert "% of QNQ and QU9, by core weighted people of 2025/26" in found["source"][0]
    assert any("part of QNQ" in note for note in notes)


def test_a_code_that_has_grown_since_is_told() -> None:
    rows = table([["ICB", "QRL", "QNQ"], *columns("2026/27")])
    found, notes = read([sheet("Core", rows)], "QRL")
    assert found["baseline_gbp_m"][0] == 1_000
    assert any("the system to March 2026" in note for note in notes)


def test_two_systems_may_each_have_a_part_of_a_third() -> None:
    codes = ["QH8", "QJG", "QM7", "QHG", "QUE", "QMM"]
    rows = table([["ICB", *codes], ["2026/27 Recurrent allocation (£k)", *[1e6] * 6]], total=False)
    found, _ = read([sheet("Core", rows)], "D7T5G", "S1Y5D", "T6Y0W")
    assert found["allocation_gbp_m"][0] == pytest.approx(6_000)


@pytest.mark.parametrize(
    ("icbs", "said"),
    [
        (("QAA", "qaa"), "given twice"),
        (("QAA", "NHS Ambridge ICB"), "counts QAA again"),
        (("QAX",), 'has no system "QAX". Did you mean "QAA"?'),
        (("Ambridg",), 'has no system "Ambridg". Did you mean "ambridge"?'),
        (("Y56",), 'has no system "Y56"'),
        (("England",), 'has no system "England"'),
        (("Total",), 'has no system "Total"'),
    ],
)
def test_a_system_that_is_not_there_or_there_twice_is_refused(
    icbs: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    write = workbook_writer(tmp_path)
    rows = table([*names(), *columns("2026/27")])
    file = write({"Core": rows, "PMC": rows})
    (problem,) = problems_of(lambda: import_allocations([file], icbs))
    assert said in problem


def test_a_former_code_is_sent_to_what_it_became() -> None:
    rows = table([["ICB26", "Z9B2Z", "QMF"], *columns("2026/27")])
    (problem,) = refused([sheet("Core", rows)], "QRV")
    assert "now in NHS West and North London ICB" in problem


def test_a_system_that_one_sheet_lacks_is_refused_by_sheet() -> None:
    short = sheet("ICB running cost allowance", [["ICB", "2026/27 £k"], ["QBB", 20_000]])
    (problem,) = refused([*core_sheets(), short], "QAA")
    assert "running cost" in problem
    assert 'has no row for "QAA"' in problem


def test_a_system_with_two_rows_is_refused() -> None:
    rows = table([*names(), *columns("2026/27")], total=False)
    (problem,) = refused([sheet("Core", [*rows, rows[1]])])
    assert "has rows 2 and 4 for QAA. Keep one of them." in problem


def test_headings_that_are_not_found_are_told_with_those_there() -> None:
    renamed = [[c[0].replace("Recurrent", "Final"), *c[1:]] for c in columns("2026/27")]
    (problem,) = refused([sheet("Core", table([*names(), *renamed]))])
    assert 'no heading with a year and the words "recurrent allocation"' in problem
    assert '"2026/27 Final allocation (£k)"' in problem


def test_a_file_without_allocations_is_told_with_its_sheets() -> None:
    (problem,) = refused([sheet("Notes", [["Read me"]]), sheet("Data", [["a", "b"], ["1", "2"]])])
    assert "has no sheet of allocations" in problem
    assert "sheet Notes" in problem
    assert "sheet Data" in problem


def test_what_is_left_out_is_told() -> None:
    unknown = sheet("Capital", table([*names(), ["2026/27 Recurrent allocation (£k)", 1, 2]]))
    found, notes = read([core_sheet(), unknown])
    assert list(found["stream"]) == ["core"]
    assert any("sheet Capital: not read" in note for note in notes)
    assert "specialised: left out, as no sheet is named for it." in notes
    assert not [note for note in notes if note.startswith("core: left out")]


@pytest.mark.parametrize(
    "drop", ["baseline", "Fair shares target", "Base growth (%)", "Convergence"]
)
def test_a_figure_that_no_heading_names_is_left_blank_and_told(drop: str) -> None:
    found, notes = read([core_sheet(drop=drop)])
    assert found[MONEY].isna().sum().sum() == 1
    assert len([note for note in notes if "left blank" in note]) == 1


def test_two_columns_for_a_figure_are_refused() -> None:
    (problem,) = refused([core_sheet(["2026/27 Recurrent allocations, core (£k)", 1e6, 1e6])])
    assert "has two columns for the allocation of 2026/27" in problem


def test_two_sheets_for_a_year_are_refused() -> None:
    (problem,) = refused([core_sheet(), sheet("Core again", core_sheet().cells)])
    assert "has the allocations of core, 2026/27, and so has" in problem


def test_a_sheet_named_for_another_year_is_refused() -> None:
    stale = sheet("ICB Core Allocations 2027-28", table([*names(), *columns("2026/27")]))
    (problem,) = refused([stale])
    assert "is named for 2027/28, but its headings say 2026/27" in problem


def test_high_cost_drugs_and_the_adjusted_baseline_come_first() -> None:
    wide = [
        ["2025/26 Recurrent baseline (£k)", 1, 1],
        ["2025/26 Adjusted recurrent baseline (£k)", 1, 1],
        ["2025/26 Physical health services + HCDD recurrent baseline (£k)", 50_000, 70_000],
        ["2026/27 Physical health services recurrent allocation (£k)", 1, 1],
        ["2026/27 Physical health services + HCDD recurrent allocation (£k)", 55_000, 80_000],
    ]
    found, _ = read([sheet("Specialised", table([*names(), *wide]))])
    assert list(found[["baseline_gbp_m", "allocation_gbp_m"]].iloc[0]) == [50, 55]


def test_a_year_alone_heads_running_costs() -> None:
    found, notes = read([running_sheet("2026/27 £k", "2027/28 (£k)")])
    assert list(found["allocation_gbp_m"]) == [20, 20]
    assert [note for note in notes if note.startswith("running_cost: no baseline_gbp_m")]


def test_a_revised_allocation_is_named_in_the_source() -> None:
    found, _ = read([core_sheet(["2026/27 Revised recurrent allocation (£k)", 1_234_567, 1])])
    assert "before the in-year revision to 1234.567" in found["source"][0]


@pytest.mark.parametrize("unit", ["£k", "£m", "£", "£000", "£'000", "£million"])
def test_units_are_those_of_the_headings(unit: str) -> None:
    size = {"£m": 1.0, "£million": 1.0, "£": 1e6}.get(unit, 1e3)
    rows = table([*names(), [f"2026/27 Recurrent allocation ({unit})", 900 * size, 800 * size]])
    found, _ = read([sheet("Core", rows)])
    assert found["allocation_gbp_m"][0] == pytest.approx(900)


def test_a_unit_may_stand_above_the_table_and_must_stand_somewhere() -> None:
    rows = table([*names(), ["2026/27 Recurrent allocation", 900_000, 800_000]])
    assert read([sheet("Core", [["Figures in £000s"], *rows])])[0]["allocation_gbp_m"][0] == 900
    (problem,) = refused([sheet("Core", rows)])
    assert "is headed by no unit" in problem


@pytest.mark.parametrize("wrong", [1e3, 1e-3])
@pytest.mark.parametrize(
    ("name", "size"),
    [("Core", 1_000), ("PMC", 100), ("POD", 60), ("Specialised", 80), ("Running cost", 9)],
)
def test_a_wrong_unit_is_asked_about(name: str, size: float, wrong: float) -> None:
    rows = table([*names(), ["2026/27 Recurrent allocation (£m)", size * wrong, size]])
    (problem,) = refused([sheet(name, rows)])
    assert "cell D2" in problem
    assert "Check the unit" in problem
    assert read([sheet(name, rows)], "QBB")[0]["allocation_gbp_m"][0] == size


@pytest.mark.parametrize("growth", [4.37, -0.5, "437%"])
def test_growth_in_per_cent_is_asked_about(growth: object) -> None:
    rows = table([*names(), *columns("2026/27")])
    rows[1][7] = growth
    (problem,) = refused([sheet("Core", rows)])
    assert "a growth of" in problem


def test_figures_typed_as_text_are_read() -> None:
    heads = ["2026/27 Recurrent allocation (£k)", " 1,234,567 ", "1"]
    rows = table([*names(), heads, ["2026/27 Base growth (%)", "4.5% ", ""]])
    found, _ = read([sheet("Core", rows)])
    assert found["allocation_gbp_m"][0] == 1234.567
    assert found["growth"][0] == 0.045


@pytest.mark.parametrize("cell", ["", "n/a", "#REF!"])
def test_an_allocation_that_is_none_is_refused_for_its_own_system_alone(cell: str) -> None:
    rows = table([*names(), *columns("2026/27")])
    rows[1][9] = cell
    (problem,) = refused([sheet("Core", rows)])
    assert "cell J2 (2026/27 Recurrent allocation (£k))" in problem
    assert len(read([sheet("Core", rows)], "QBB")[0]) == 1


def test_all_problems_are_told_at_once() -> None:
    rows = table([*names(), *columns("2026/27")])
    rows[1][4], rows[1][7], rows[1][9] = "x", 9.0, ""
    assert len(refused([sheet("Core", rows)])) == 3


def test_columns_that_do_not_lead_to_the_allocation_are_told() -> None:
    rows = table([*names(), *columns("2026/27")])
    rows[1][9] = float(rows[1][9]) * 1.05
    _, notes = read([sheet("Core", rows)])
    assert [note for note in notes if "Check its columns" in note]


def test_the_later_round_counts_and_is_told() -> None:
    old = [core_sheets()[0], running_sheet("2026/27 £k", "2027/28 £k")]
    new = [core_sheets()[1], running_sheet("2027/28 £k", amount=21_000.0)]
    books = [find_allocations(new, "new.xlsx"), find_allocations(old, "old.xlsx")]
    for given in (books, books[::-1]):
        found, notes = allocations_of(given, ["QAA"])
        last = found[(found["stream"] == "running_cost") & (found["year"] == "2027/28")]
        assert list(last["allocation_gbp_m"]) == [21]
        assert "read in new.xlsx" in last["source"].iloc[0]
        told = [note for note in notes if note.startswith("running_cost, 2027/28: ")]
        assert len(told) == 1
        assert "20.000 in old.xlsx, 21.000 in new.xlsx" in told[0]


def test_two_files_of_a_round_that_differ_are_refused() -> None:
    books = [
        find_allocations([core_sheets()[0], running_sheet("2026/27 £k", amount=amount)], name)
        for name, amount in (("one.xlsx", 20_000.0), ("two.xlsx", 30_000.0))
    ]
    (problem,) = problems_of(lambda: allocations_of(books, ["QAA"]))
    assert problem.startswith("running_cost, 2026/27: differs")
