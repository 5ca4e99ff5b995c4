"""The table reader on workbooks, sheets and paths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from table_files import SCHEMES, problems_of, reader, workbook_writer

from nelfin.data.tables import read_table

pytestmark = pytest.mark.unit


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    return workbook_writer(tmp_path)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    return reader(tmp_path)


def test_a_workbook_reads_as_the_same_table_in_csv(read: Any, workbook: Any) -> None:
    rows = [
        ["code", "amount", "note", "months", "year", "must_fund", "status"],
        ["5E1", 0.1 + 0.2, "NA", 4, "2026/27", True, "draft"],
        [7, 3, None, None, None, False, None],
        [],
        ["x", 1e-7, 1.5, 12.0, "2027/28", "yes", "firm"],
    ]
    book = read_table(workbook({"Schemes": rows}), SCHEMES)
    text = read(
        "code,amount,note,months,year,must_fund,status\n"
        "5E1,0.3,NA,4,2026/27,yes,draft\n"
        "7,3,,,,no,\n"
        "\n"
        "x,1e-7,1.5,12,2027/28,yes,firm\n"
    )
    pd.testing.assert_frame_equal(book, text)
    assert list(book.index) == [2, 3, 5]


def test_a_sheet_is_found_by_its_name_and_the_first_is_read_without_one(workbook: Any) -> None:
    file = workbook({"A": [["code", "amount"], ["P1", 1]], "B": [["code", "amount"], ["P2", 2]]})
    assert read_table(file, SCHEMES).loc[2, "code"] == "P1"
    assert read_table(file, SCHEMES, sheet="B").loc[2, "code"] == "P2"


def test_a_path_may_name_the_sheet(workbook: Any) -> None:
    file = workbook({"A": [["code", "amount"], ["P1", 1]], "B#2": [["code", "amount"], ["P2", 2]]})
    assert read_table(f"{file}#B#2", SCHEMES).loc[2, "code"] == "P2"
    assert read_table(Path(f"{file}#A"), SCHEMES).loc[2, "code"] == "P1"


def test_a_number_sign_in_the_name_of_a_file_is_no_sheet(read: Any) -> None:
    assert read("code,amount\nP1,1\n", name="no#1.csv").loc[2, "code"] == "P1"
    (problem,) = problems_of(lambda: read_table("table.csv#B", SCHEMES))
    assert problem.startswith("table.csv#B: does not exist")


@pytest.mark.parametrize("name", ["Costs", ""])
def test_an_unknown_sheet_is_refused_with_the_sheets_there_are(workbook: Any, name: str) -> None:
    file = workbook({"Schemes": [["code", "amount"]], "Limits": [["year"]]})
    (problem,) = problems_of(lambda: read_table(f"{file}#{name}", SCHEMES))
    assert problem.endswith(
        f'table.xlsx: has no sheet "{name}". Its sheets are "Schemes", "Limits".'
    )


def test_an_unknown_sheet_is_refused_with_the_nearest_name(workbook: Any) -> None:
    file = workbook({"Schemes": [["code", "amount"], ["P1", 1]]})
    (problem,) = problems_of(lambda: read_table(file, SCHEMES, sheet="Shemes"))
    assert "table.xlsx" in problem
    assert '"Shemes"' in problem
    assert '"Schemes"' in problem


def test_a_wrong_cell_of_a_workbook_is_named_by_sheet_cell_and_column(workbook: Any) -> None:
    file = workbook({"Plan A": [["code", "amount"], [], ["P1", "lots"]]})
    (problem,) = problems_of(lambda: read_table(file, SCHEMES))
    assert "table.xlsx, sheet Plan A, cell B3 (amount): is" in problem


def test_a_date_is_not_a_number_nor_a_year(workbook: Any) -> None:
    day = datetime(2026, 4, 1)  # noqa: DTZ001
    file = workbook({"A": [["code", "amount", "year"], ["P1", day, day]]})
    text = " ".join(problems_of(lambda: read_table(file, SCHEMES)))
    assert "sheet A, cell B2 (amount)" in text
    assert "sheet A, cell C2 (year)" in text


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!"])
@pytest.mark.parametrize("column", ["amount", "change", "note"])
def test_a_formula_that_ends_in_an_error_is_not_an_empty_cell(
    workbook: Any, error: str, column: str
) -> None:
    cells = {"code": "P1", "amount": 1, "change": 2, "note": "x"} | {column: error}
    file = workbook({"A": [list(cells), list(cells.values())]})
    (problem,) = problems_of(lambda: read_table(file, SCHEMES))
    assert f"cell {chr(ord('A') + list(cells).index(column))}2 ({column})" in problem
    assert "is empty" not in problem


def test_a_table_below_empty_rows_is_read(workbook: Any) -> None:
    file = workbook({"A": [[], [], ["code", "amount"], ["P1", 1]]})
    assert read_table(file, SCHEMES).loc[4, "code"] == "P1"


def test_an_empty_sheet_is_refused(workbook: Any) -> None:
    (problem,) = problems_of(lambda: read_table(workbook({"A": []}), SCHEMES))
    assert "sheet A, row 1: holds no headings" in problem


@pytest.mark.parametrize(
    "name", ["table.xlsx", "table.xls", "table.xlsb", "table.ods", "table.numbers"]
)
@pytest.mark.parametrize("content", [b"", b"code,amount\nP1,1\n", b"PK\x03\x04", b"\0" * 600])
def test_a_file_that_is_no_workbook_is_refused(read: Any, name: str, content: bytes) -> None:
    (problem,) = problems_of(lambda: read(content, name=name))
    assert f"{name}: " in problem
    assert ".xlsx or .csv" in problem


def test_a_workbook_under_the_name_of_a_csv_file_is_refused(workbook: Any) -> None:
    file = workbook({"A": [["code", "amount"], ["P1", 1]]})
    renamed = file.rename(file.with_suffix(".csv"))
    (problem,) = problems_of(lambda: read_table(renamed, SCHEMES))
    assert "table.csv: is not" in problem


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='1'><c r='A1'"),
        ("xl/worksheets/sheet1.xml", None),
        ("xl/sharedStrings.xml", None),
        ("xl/workbook.xml", b"junk"),
    ],
    ids=["sheet cut short", "sheet gone", "texts gone", "no workbook"],
)
def test_a_damaged_workbook_is_refused(workbook: Any, part: str, content: bytes | None) -> None:
    file = workbook({"A": [["code", "amount"], ["P1", 1]]})
    with ZipFile(file) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with ZipFile(file, "w") as damaged:
        for name, held in parts.items():
            if name != part:
                damaged.writestr(name, held)
            elif content is not None:
                damaged.writestr(name, content)
    (problem,) = problems_of(lambda: read_table(file, SCHEMES))
    assert "table.xlsx" in problem


def test_a_workbook_cut_in_half_is_refused(workbook: Any) -> None:
    file = workbook({"A": [["code", "amount"], ["P1", 1]]})
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    (problem,) = problems_of(lambda: read_table(file, SCHEMES))
    assert "table.xlsx: cannot be opened" in problem


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", ["missing", "folder", "below a file", "loop", "too long", "nul"])
def test_a_path_that_leads_to_no_file_is_refused(tmp_path: Path, kind: str, suffix: str) -> None:
    file = tmp_path / f"table{suffix}"
    if kind == "folder":
        file.mkdir()
    elif kind == "below a file":
        (tmp_path / "file").touch()
        file = tmp_path / "file" / f"table{suffix}"
    elif kind == "loop":
        file.symlink_to(file.name)
    elif kind == "too long":
        file = tmp_path / ("x" * 300 + suffix)
    elif kind == "nul":
        file = tmp_path / f"a\0b{suffix}"
    (problem,) = problems_of(lambda: read_table(file, SCHEMES))
    assert problem.startswith(str(file))
    says = {"missing": "does not exist", "folder": "is a folder, not a file"}
    assert says.get(kind, "cannot be read") in problem
