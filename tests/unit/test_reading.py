"""Tables as people keep them: read as they are meant where that is certain, and told so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from table_files import SCHEMES, problems_of, workbook_writer

from nelfin.data.specs.columns import Column, Table, number, optional
from nelfin.data.tables import read_table
from nelfin.store.sheets.files import read_raw

pytestmark = pytest.mark.unit

LIMITS = Table(
    "limits",
    (
        Column("year", kind="year"),
        number("limit_gbp_m", low=0),
        optional("organisation", default=""),
        optional("share_pct", kind="number", low=0, high=100),
        optional("cdel_share", kind="number", low=0, high=1),
        optional("status", default="firm", choices=("firm", "not_yet")),
    ),
    key=("year", "organisation"),
)
PLACES = Table("values", (Column("place"), number("value_gbp_m"), optional("note")), key=("place",))
COUNTS = Table(
    "counts",
    (Column("place"), Column("year", kind="year"), number("people_added")),
    key=("place", "year"),
)

Read = tuple[pd.DataFrame, list[str]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Write a text and read it; return the table and what was told."""

    def of(content: str | bytes, spec: Table = LIMITS, name: str = "t.csv") -> Read:
        file, notes = tmp_path / name, list[str]()
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(file, spec, notes=notes), notes

    return of


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    return workbook_writer(tmp_path)


def test_a_clean_table_is_read_without_a_word(read: Any) -> None:
    table, notes = read("year,limit_gbp_m,share_pct,status\n2026/27,86.5,3,firm\n2027/28,1e2,,\n")
    assert table["limit_gbp_m"].tolist() == [86.5, 100.0]
    assert notes == []


@pytest.mark.parametrize(
    "heading",
    ["Limit GBP m", "LIMIT_GBP_M", "Limit £m", "Limit (£m)", "limit (£ million)", " limit-gbp-m "],
)
def test_a_heading_is_told_by_its_words(read: Any, heading: str) -> None:
    table, notes = read(f"Year,{heading}\n2026/27,86\n")
    assert table.loc[2, "limit_gbp_m"] == 86
    shown = heading.strip()
    assert notes == [f't.csv: headings "Year", "{shown}" read as year, limit_gbp_m.']


@pytest.mark.parametrize("heading", ["Limit", "Limit £k", "Limit £", "Cap £m"])
def test_a_heading_of_another_unit_or_word_is_asked_about(read: Any, heading: str) -> None:
    (problem,) = problems_of(lambda: read(f"year,{heading}\n2026/27,86\n"))
    assert 'the column "limit_gbp_m" is missing' in problem
    assert f'If it is "{heading}", name that column "limit_gbp_m".' in problem


def test_two_headings_of_one_column_are_refused(read: Any) -> None:
    (problem,) = problems_of(lambda: read("year,limit_gbp_m,Limit £m\n2026/27,86,87\n"))
    assert 'has the column "limit_gbp_m" twice' in problem


@pytest.mark.parametrize("heading", ["Place", "stream", "Month", "Place code"])
def test_a_column_that_splits_rows_is_not_dropped(read: Any, heading: str) -> None:
    text = f"year,limit_gbp_m,{heading}\n2026/27,86,Newham\n"
    if heading == "Place code":  # a note: told, and left
        assert 'column not read: "Place code"' in " ".join(read(text)[1])
        return
    (problem,) = problems_of(lambda: read(text))
    assert f'has the column "{heading}", but limits have none' in problem


def test_columns_that_are_notes_are_told(read: Any) -> None:
    _, notes = read("year,limit_gbp_m,Owner,\n2026/27,86,JS,x\n2027/28,86,JS,\n")
    assert 't.csv: column not read: "Owner".' in notes
    assert "t.csv: column D has no heading, and is not read (row 2)." in notes


@pytest.mark.parametrize(
    ("column", "cells", "values", "says"),
    [
        ("limit_gbp_m", ["£1,390", "£2.5m"], None, "another cell of the column says"),
        (
            "limit_gbp_m",
            ["£1,390", "86"],
            [1390.0, 86.0],
            "1 cell with commas and £ read as a number in £m, such",
        ),
        ("limit_gbp_m", ["£390m", "86"], [390.0, 86.0], "with £ and the unit read as a number"),
        ("limit_gbp_m", ["1,390.00", "1 390"], [1390.0, 1390.0], "commas and spaces read"),
        ("share_pct", ["3%", "4"], [3.0, 4.0], '1 cell with % read as a number in %, such as "3%"'),
        ("cdel_share", ["80%", "0.5"], [0.8, 0.5], 'such as "80%" as 0.8'),
        ("year", ["2026-27", "2027/28"], ["2026/27", "2027/28"], '"2026-27" as 2026/27'),
        (
            "status",
            ["Firm", "Not yet"],
            ["firm", "not_yet"],
            '2 cells read, such as "Firm" as firm',
        ),
    ],
)
def test_cells_are_read_and_told(
    read: Any, column: str, cells: list[str], values: list[Any] | None, says: str
) -> None:
    rows = [
        {"year": year, "limit_gbp_m": "1"} | {column: cell}
        for year, cell in zip(("2026/27", "2027/28"), cells, strict=True)
    ]
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
    if values is None:
        assert says in " ".join(problems_of(lambda: read("\n".join(lines))))
        return
    table, notes = read("\n".join(lines))
    assert table[column].tolist() == values
    (note,) = notes
    assert note.startswith(f"t.csv, column {column}, row")
    assert says in note


def test_titles_above_the_headings_are_told_and_passed_over(read: Any) -> None:
    table, notes = read("Capital limits of the system,\n,\nYear,Limit £m\n2026/27,86\n")
    assert table["limit_gbp_m"].to_dict() == {4: 86.0}
    assert notes[0] == (
        't.csv: headings read from row 3; row 1 above, such as "Capital limits of the system", not'
        " read."
    )


def test_rows_of_figures_above_the_headings_are_no_titles(read: Any) -> None:
    text = "2025/26,80,3\n2026/27,86,4\nyear,limit_gbp_m,share_pct\n2027/28,86,5\n"
    (problem,) = problems_of(lambda: read(text))
    assert "t.csv, row 1: stands above the headings of row 3, and holds figures" in problem


def test_a_wrong_cell_below_titles_is_named_by_its_own_row(read: Any) -> None:
    (problem,) = problems_of(lambda: read("Title,\n\nyear,limit_gbp_m\n2026/27,lots\n"))
    assert "t.csv, row 4, column limit_gbp_m: " in problem


@pytest.mark.parametrize("label", ["Total", "TOTAL", "Grand total", "Total:", "Sum"])
def test_a_row_of_totals_is_left_out_with_a_word(read: Any, label: str) -> None:
    table, notes = read(f"place,value_gbp_m\nA,1.25\nB,2.5\n{label},3.75\n", PLACES)
    assert table["place"].tolist() == ["A", "B"]
    assert notes == [f't.csv, row 4: looks like a total ("{label}"), and is left out.']


def test_totals_of_rounded_figures_and_subtotals_are_left_out(read: Any) -> None:
    text = "place,value_gbp_m\nA,1.26\nB,2.53\nSub-total,3.8\nC,£1\nSubtotal,1\nTotal,4.8\n"
    table, notes = read(text, PLACES)
    assert table["place"].tolist() == ["A", "B", "C"]
    assert sum("looks like a total" in note for note in notes) == 3


def test_a_total_that_is_no_sum_is_asked_about(read: Any) -> None:
    (problem,) = problems_of(lambda: read("place,value_gbp_m\nA,1\nB,2\nTotal,4\n", PLACES))
    assert "t.csv, row 4, column value_gbp_m: " in problem
    assert 'looks like a total ("Total"), but is 4, where the rows add up to 3.' in problem


def test_a_total_that_names_no_more_of_its_key_is_left_out(read: Any) -> None:
    text = "place,year,people_added\nA,2026/27,5\nA,2027/28,6\nTotal,,\n"
    assert len(read(text, COUNTS)[0]) == 2
    by_year = "place,year,people_added\nA,2026/27,5\nB,2026/27,6\nTotal,2026/27,11\nA,2027/28,1\n"
    assert read(by_year, COUNTS)[0]["people_added"].tolist() == [5.0, 6.0, 1.0]


def test_a_note_below_the_table_is_asked_about_once(read: Any) -> None:
    text = "place,year,people_added\nA,2026/27,5\nSource: board paper 12,,\nB,2026/27,lots\n"
    note, wrong = problems_of(lambda: read(text, COUNTS))
    assert 't.csv, row 3: holds only "Source: board paper 12". Delete it if it is a note' in note
    assert "row 4, column people_added" in wrong


def test_a_name_that_only_begins_with_total_is_no_total(read: Any) -> None:
    table, notes = read("place,value_gbp_m\nTotal Care Ltd,1\nSummertown,2\n", PLACES)
    assert len(table) == 2
    assert notes == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("place;value_gbp_m\nA;390,5\nB;12\n", "read with semicolons between the cells"),
        ("sep=;\nplace;value_gbp_m\nA;390,5\nB;12\n", "read with semicolons"),
        ("place\tvalue_gbp_m\nA\t390.5\nB\t12\n", "read with tabs between the cells"),
        ("place\tvalue_gbp_m\r\nA\t390.5\r\nB\t12\r\n".encode("utf-16"), "read as UTF-16 text"),
        ("place,value_gbp_m,note\nA,390.5,£ and é\nB,12,\n".encode("cp1252"), "such as £, é"),
        ('place,value_gbp_m,note\nA,390.5,"x;y"\nB,12,x;y\n', ""),
    ],
    ids=["semicolons", "said semicolons", "tabs", "UTF-16", "Windows", "semicolons in texts"],
)
def test_the_files_that_excel_writes_are_read(read: Any, content: str | bytes, says: str) -> None:
    table, notes = read(content, PLACES)
    assert table["value_gbp_m"].tolist() == [390.5, 12.0]
    assert says in " ".join(notes)
    assert bool(notes) == bool(says)


@pytest.mark.parametrize("cells", [("1,390", "2"), ("390,5", "390.5"), ("390,5", "1.390")])
def test_a_file_with_semicolons_that_does_not_tell_its_decimals_is_asked_about(
    read: Any, cells: tuple[str, str]
) -> None:
    text = "place;value_gbp_m\n" + "".join(f"{cell} x;{cell}\n" for cell in cells)
    problems = problems_of(lambda: read(text, PLACES))
    assert all("column value_gbp_m: is " in problem for problem in problems)


@pytest.mark.parametrize(
    "content",
    ["place;value\nA;1\n", "place,valu\xe9\n".encode("cp1252"), "a\tb\n".encode("utf-16")],
)
def test_files_that_others_issue_are_read_as_issued(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (problem,) = problems_of(lambda: read_raw(file))
    assert "is not UTF-8 text with commas: it would be read " in problem


def test_a_file_of_no_letters_is_not_read_as_windows(read: Any) -> None:
    (problem,) = problems_of(lambda: read(b"place,value_gbp_m\n\xff\x01\x02,1\n", PLACES))
    assert "is not text" in problem


SHEET = [["place", "value_gbp_m"], ["A", 1]]


def test_the_one_sheet_that_has_the_headings_is_read(workbook: Any) -> None:
    notes: list[str] = []
    file = workbook({"Cover": [["By JS"]], "Data": SHEET, "Notes": [["x"]]})
    assert read_table(file, PLACES, notes=notes).loc[2, "place"] == "A"
    (note,) = notes
    assert note.startswith('table.xlsx, sheet Data: read, since the first sheet, "Cover", has no')


def test_two_sheets_that_have_the_headings_are_asked_about(workbook: Any) -> None:
    file = workbook({"Cover": [["By JS"]], "March": SHEET, "April": SHEET})
    (problem,) = problems_of(lambda: read_table(file, PLACES))
    assert 'has the headings of this table on the sheets "March", "April"' in problem
    assert "table.xlsx#March" in problem


def test_a_second_sheet_that_has_the_headings_too_is_told(workbook: Any) -> None:
    notes: list[str] = []
    read_table(workbook({"March": SHEET, "April": SHEET}), PLACES, notes=notes)
    assert '"April". Name one to read it: ' in notes[0]


def test_a_sheet_without_the_headings_tells_the_others(workbook: Any) -> None:
    file = workbook({"Cover": [["By JS"], ["A", 1]], "Data": [["site", "cost"], ["A", 1]]})
    text = " ".join(problems_of(lambda: read_table(file, PLACES)))
    assert 'To read another sheet ("Data"), name it: ' in text
    assert "table.xlsx#Data" in text


def test_a_number_shown_as_per_cent_is_what_is_seen(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as book:
        sheet, shown = book.add_worksheet("S"), book.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, ["Year", "Limit £m", "Share %", "CDEL share"])
        sheet.write_row(1, 0, ["2026/27", 86])
        sheet.write_number(1, 2, 0.07, shown)
        sheet.write_number(1, 3, 0.8, shown)
    notes: list[str] = []
    line = read_table(tmp_path / "t.xlsx", LIMITS, notes=notes).loc[2]
    assert (line["share_pct"], line["cdel_share"]) == (7.0, 0.8)
    assert notes[1:] == [
        't.xlsx, sheet S, column share_pct, C2: 1 cell with % read as a number in %, such as "7%" '
        "as 7."
    ]


def test_a_number_of_money_shown_as_per_cent_is_asked_about(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as book:
        sheet, shown = book.add_worksheet("S"), book.add_format({"num_format": "0%"})
        sheet.write_row(0, 0, ["year", "limit_gbp_m"])
        sheet.write_string(1, 0, "2026/27")
        sheet.write_number(1, 1, 0.5, shown)
    (problem,) = problems_of(lambda: read_table(tmp_path / "t.xlsx", LIMITS))
    assert 'cell B2 (limit_gbp_m): is "50%", not a number' in problem


def test_cells_of_a_sheet_are_named_by_the_headings_that_are_meant(workbook: Any) -> None:
    file = workbook({"S": [["Title"], ["Place", "Value £m"], ["A", "£1m"], ["B", "12,5"]]})
    (problem,) = problems_of(lambda: read_table(file, PLACES))
    assert "sheet S, cell B4 (value_gbp_m): is " in problem


@pytest.mark.parametrize("text", ["n/a", "-", "tbc"])
def test_a_word_for_no_figure_is_asked_about(read: Any, text: str) -> None:
    (problem,) = problems_of(lambda: read(f"code,amount,change\nP1,1,{text}\n", SCHEMES))
    assert "or leave the cell blank" in problem
    (problem,) = problems_of(lambda: read(f"code,amount\nP1,{text}\n", SCHEMES))
    assert "Put in the figure in digits." in problem
