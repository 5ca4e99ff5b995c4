"""Sheets of the workbook: their names, the rows of a bridge, and what is told of changes."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nelfin.allocations.comparisons import moves_by_year
from nelfin.models.recovery import MEASURES, ONE_OFF, RECURRENT
from nelfin.report.workbook.bridge import CUMULATIVE, YEARLY
from nelfin.report.workbook.capital_sheets import has_system_limit, write_capital_sheets
from nelfin.report.workbook.cells import PlainSheet, open_book, styles
from nelfin.report.workbook.people_sheet import People, illustrative_of
from nelfin.report.workbook.sheet_names import named_sheets
from nelfin.report.workbook.summary_sheet import MOST_CHANGES, told_changes, write_changes
from nelfin.result import Result
from nelfin.store.findings import Findings

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("St. Helens", "St. Helens"),
        ("Alder Hey Children's", "Alder Hey Children's"),
        ("'quoted'", "quoted"),
        ("a/b:c*d?e[f]g\\h", "a b c d e f g h"),
        ("=1+1", "1 1"),
        ("SORT(A1)", "SORT A1"),
        ("\u202eabc\x07", "abc"),
        ("🏥", "Body"),
        ("System", "System 2"),
        ("History", "History 2"),
        ("x" * 40, "x" * 31),
    ],
)
def test_a_sheet_has_the_name_of_its_body_as_far_as_excel_takes_it(name: str, shown: str) -> None:
    assert named_sheets([name], {"system"}, "Body") == {name: shown}


def test_names_that_come_out_alike_are_numbered() -> None:
    names = ["Trust?", "trust", "T" * 31 + "a", "T" * 31 + "b"]
    assert list(named_sheets(names, set(), "Body").values()) == [
        "Trust", "trust 2", "T" * 31, "T" * 29 + " 2",
    ]  # fmt: skip


def test_rows_of_a_bridge_follow_each_other_without_a_gap() -> None:
    for rows in (YEARLY, CUMULATIVE):
        assert set(rows.steps) == {*RECURRENT, *ONE_OFF}
        found = [
            rows.opening, *rows.steps.values(), rows.comes, rows.does, rows.closing, rows.once,
            rows.reported,
        ]  # fmt: skip
        assert sorted(found) == list(range(rows.head + 1, rows.reported + 1))
        assert all(rows.comes < rows.steps[step] < rows.does for step in MEASURES)
        assert all(rows.closing < rows.steps[step] < rows.once for step in ONE_OFF)


def test_what_moved_adds_up_for_every_place_and_year(result: Result) -> None:
    moves = moves_by_year(result.data)
    parts = moves.drop_sel(part=["this year"]).sum("part")
    budget = result.data["budget"].sum("stream").transpose("place", "year")
    assert parts.values == pytest.approx(moves.sel(part="this year").values, abs=1e-9)
    assert moves.sel(part="this year").values == pytest.approx(budget.values)
    later, earlier = moves.sel(part="last year"), moves.sel(part="this year")
    assert later[:, 1:].values == pytest.approx(earlier[:, :-1].values)


def with_changes(result: Result, changes: pd.DataFrame) -> Findings:
    tables = {name: result.table(name) for name in result.tables} | {"changes": changes}
    return Findings(result.name, result.data, tables, result.scenario_toml, result.provenance)


def test_changes_are_told_by_setting_and_cell_those_of_one_table_together(result: Result) -> None:
    by_cell = pd.DataFrame(
        {
            "where": ["scenario", "capital_limits"],
            "row": ["", "2026/27"],
            "figure": ["recovery.efficiency_pct", "limit_gbp_m"],
            "unit": ["% a year", "£m"],
            "from": ["2.4", "86"],
            "to": ["3", "70"],
            "why": ["--set", "paper"],
        }
    )
    assert told_changes(with_changes(result, by_cell)) == [
        ("Efficiency asked, % a year", "2.4", "3", "set for this run"),
        ("Capital limits, 2026/27: limit, £m", "86", "70", "paper"),
    ]
    cells = pd.concat([by_cell.tail(1).assign(row=f"20{at}/{at + 1}") for at in range(30, 36)])
    ((what, *others),) = told_changes(with_changes(result, cells))
    assert (what, others) == ("Capital limits: 6 cells changed, in 6 rows", ["", "", ""])
    rows = pd.DataFrame({"where": "projects", "row": [f"P{at}" for at in range(5)], "figure": "",
                         "unit": "", "from": ["–", "–", "1 £m", "2 £m", "2 £m"],
                         "to": ["1 £m", "2 £m", "–", "–", "–"], "why": ""})  # fmt: skip
    ((what, *_),) = told_changes(with_changes(result, rows))
    assert what == "Capital schemes: 2 rows added, 3 rows taken out, in 5 rows"
    many = pd.concat([by_cell.head(1)] * (MOST_CHANGES + 3))
    told = told_changes(with_changes(result, many))
    assert (len(told), told[-1][0]) == (MOST_CHANGES, "And 4 more")


def test_changes_are_written_as_text_and_nothing_without_any(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    with open_book(file) as book:
        sheet = book.add_worksheet("Summary", PlainSheet)
        sheet.write_string(0, 0, "Plan")
        assert write_changes(sheet, 4, [], styles(book)) == 4
        after = write_changes(sheet, 4, [("Growth", "1", "2", "=1+1"), ("x", "", "3", "")],
                              styles(book))  # fmt: skip
        assert after == 8
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert [cell for cell in rows[4] if cell] == ["Changed from the base", "From", "To", "Why"]
    assert [cell for cell in rows[5] if cell] == ["Growth", "1", "2", "=1+1"]


def test_rows_of_figures_add_up_by_formulas_with_what_they_come_to(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    with open_book(file) as book:
        of = People(book.add_worksheet("A b", PlainSheet), "A b", ["2026/27", "2027/28"],
                    styles(book))  # fmt: skip
        of.sheet.write_string(0, 0, "Title")
        of.head(5, "£m")
        of.given(6, "One", np.array([1.0, np.nan]))
        of.given(7, "Two", np.array([2.0, 4.0]))
        of.total(8, "Sum", "=SUM({c}7:{c}8)", [3.0, 4.0])
        of.formulas(9, "Last year", "={p}9", [0.0, 3.0], None, start=1)
        check = of.against(10, "Sum", 8, [3.0, 4.0])
        of.check([check])
        assert of.cell(8, 1) == "'A b'!C9"
        assert of.row(8).format(c="C") == "'A b'!C9"
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert rows[8] == ["Sum", 3.0, 4.0]
    assert rows[9] == ["Last year", "", 3.0]
    assert rows[check] == ["Difference", 0.0, 0.0]


def test_illustrative_figures_are_counted_in_plain_words(result: Result) -> None:
    words = illustrative_of(result, ("projects", "need_weights"))
    assert words == (
        "Rests on illustrative figures, made up to show the method: 325 of 332 capital schemes."
    )
    assert illustrative_of(result, ("need_weights",)) == ""


def test_a_plan_without_schemes_says_so_and_uses_nothing(result: Result, tmp_path: Path) -> None:
    plan, limits = result.table("plan"), result.table("limits")
    # only a body has a limit, and no scheme is in
    tables = {name: result.table(name) for name in result.tables} | {
        "plan": plan.assign(funded_share=0.0, status="not funded", start_year=""),
        "limits": limits.assign(
            organisation="BHRUT", used_gbp_m=0.0, slack_gbp_m=limits["limit_gbp_m"]
        ),
    }
    bare = Findings(result.name, result.data, tables, result.scenario_toml, result.provenance)
    file = tmp_path / "book.xlsx"
    with open_book(file) as book:
        sheets = [(book.add_worksheet(n, PlainSheet), n) for n in ("Capital", "Capital schemes")]
        write_capital_sheets(bare, *sheets, styles(book))
    book = CalamineWorkbook.from_path(str(file))
    rows = {str(row[0]): row[1:] for row in book.get_sheet_by_name("Capital").to_python()}
    assert not has_system_limit(bare)
    assert "The system, £m" not in rows
    assert set(rows["Used"]) == set(rows["All bodies"]) == {0.0}
    assert rows["Left"] == pytest.approx(list(limits["limit_gbp_m"]))
    assert "No scheme is in the plan." in rows
    with ZipFile(file) as packed:
        text = packed.read("xl/worksheets/sheet1.xml").decode("utf-8")
    sums = re.findall(r"SUM\([A-Z]+(\d+):[A-Z]+(\d+)\)", text)
    assert sums
    assert all(int(first) <= int(last) for first, last in sums)
