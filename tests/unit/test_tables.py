"""The table reader: what it takes, what it refuses, and how it says where."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from nelfin.data.specs import TABLES
from nelfin.data.tables import SPEND, Column, Table, check_frame, read_table
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

SCHEMES = Table(
    "schemes",
    (
        Column("code"),
        Column("amount", kind="number", low=0, high=100),
        Column("note", required=False, blank=True, default="none"),
        Column("months", kind="integer", required=False, blank=True, low=1, high=12, default=12),
        Column("year", kind="year", required=False, blank=True),
        Column("must_fund", kind="yes_no", required=False, blank=True, default=False),
        Column("status", required=False, blank=True, default="firm", choices=("firm", "draft")),
        Column("change", kind="number", required=False, blank=True),
    ),
    key=("code",),
)

PROJECTS = Table(
    "projects",
    (Column("code"), Column(SPEND, kind="number", blank=True, low=0, default=0.0, pattern=True)),
    key=("code",),
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Write a text or bytes to a file and read it as a table."""

    def write_and_read(
        content: str | bytes, spec: Table = SCHEMES, name: str = "table.csv"
    ) -> pd.DataFrame:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(file, spec)

    return write_and_read


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook of sheets, each a list of rows."""

    def write(sheets: dict[str, list[list[Any]]]) -> Path:
        file = tmp_path / "table.xlsx"
        with xlsxwriter.Workbook(str(file)) as book:
            date = book.add_format({"num_format": "yyyy-mm-dd"})
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for at, row in enumerate(rows):
                    for col, value in enumerate(row):
                        if isinstance(value, str) and value.startswith("#"):
                            sheet.write_formula(at, col, "=NA()", None, value)
                        elif isinstance(value, datetime):
                            sheet.write_datetime(at, col, value, date)
                        else:
                            sheet.write(at, col, value)
        return file

    return write


def problems_of(call: Callable[[], object]) -> tuple[str, ...]:
    """Return the problems a call raises, as texts without the folder they stand in."""
    with pytest.raises(InputError) as caught:
        call()
    return tuple(str(problem) for problem in caught.value.problems)


def test_every_kind_of_column_is_typed_and_labelled_by_its_row(read: Any) -> None:
    frame = read(
        "code,amount,note,months,year,must_fund,status,change\n"
        "P1,1.5,roof,3,2026/27,yes,draft,-2.25\n"
        "P2,0,,,,,,\n"
    )
    assert list(frame.columns) == [column.name for column in SCHEMES.columns]
    assert list(frame.index) == [2, 3]
    first, second = frame.loc[2].to_dict(), frame.loc[3].to_dict()
    assert first == {
        "code": "P1",
        "amount": 1.5,
        "note": "roof",
        "months": 3.0,
        "year": "2026/27",
        "must_fund": True,
        "status": "draft",
        "change": -2.25,
    }
    assert math.isnan(second.pop("change"))
    assert second == {
        "code": "P2",
        "amount": 0.0,
        "note": "none",
        "months": 12.0,
        "year": None,
        "must_fund": False,
        "status": "firm",
    }
    assert frame["amount"].dtype == frame["months"].dtype == np.dtype(float)
    assert frame["must_fund"].dtype == np.dtype(bool)


def test_columns_left_out_take_their_defaults(read: Any) -> None:
    frame = read("code,amount\nP1,1\n")
    assert list(frame.columns) == [column.name for column in SCHEMES.columns]
    line = frame.loc[2]
    assert (line["note"], line["months"], line["must_fund"], line["status"]) == (
        "none",
        12,
        False,
        "firm",
    )
    assert pd.isna(line["year"])
    assert pd.isna(line["change"])


def test_a_column_left_out_is_of_the_type_it_has_when_blank(read: Any) -> None:
    absent = read("code,amount\nP1,1\n")
    blank = read("code,amount,note,months,year,must_fund,status,change\nP1,1,,,,,,\n")
    assert absent.dtypes.to_dict() == blank.dtypes.to_dict()


def test_columns_may_stand_in_any_order_and_others_may_stand_between(read: Any) -> None:
    frame = read("remarks of the board,amount,code\nlate,2,P1\n")
    assert frame.loc[2, ["code", "amount"]].tolist() == ["P1", 2.0]
    assert "remarks of the board" not in frame


@pytest.mark.parametrize(
    "code", ["5E1", "NA", "007", "1.0", "None", "null", "TRUE", "inf", "-", "nan"]
)
def test_a_code_that_looks_like_something_else_stays_text(read: Any, code: str) -> None:
    assert read(f"code,amount\n{code},1\n")["code"].tolist() == [code]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("+5", 5.0),
        (".5", 0.5),
        ("007", 7.0),
        ("1e-3", 0.001),
        ("0.1", 0.1),
        ("0.30000000000000004", 0.30000000000000004),
        ("  7  ", 7.0),
        ("\N{NO-BREAK SPACE}7", 7.0),
    ],
)
def test_a_number_is_read_to_its_last_digit(read: Any, text: str, value: float) -> None:
    assert read(f"code,amount\nP1,{text}\n").loc[2, "amount"] == value


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "Yes "])
def test_yes_may_be_written_in_several_ways(read: Any, text: str) -> None:
    assert read(f"code,amount,must_fund\nP1,1,{text}\n").loc[2, "must_fund"]


@pytest.mark.parametrize("text", ["no", "N", "FALSE", "0", " No", ""])
def test_no_may_be_written_in_several_ways(read: Any, text: str) -> None:
    assert not read(f"code,amount,must_fund\nP1,1,{text}\n").loc[2, "must_fund"]


def test_quoted_commas_quotes_and_line_breaks_belong_to_the_cell(read: Any) -> None:
    frame = read(
        'code,amount,note\nP1,1,"roof, walls"\nP2,2,"said ""no"""\nP3,3,"two\nlines"\nP4,4,x\n'
    )
    assert frame["note"].tolist() == ["roof, walls", 'said "no"', "two\nlines", "x"]
    # a spreadsheet shows the cell of two lines as one row
    assert list(frame.index) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcode,amount\r\nP1,1\r\n",
        b"code,amount\r\nP1,1\r\n",
        b"code,amount\rP1,1\r",
        b"code,amount\nP1,1",
        b"code , amount\n P1 , 1 \n",
        b"code,amount,,\nP1,1,,\n,,,\n",
        b'"code","amount"\n"P1","1"\n',
    ],
    ids=["BOM", "CRLF", "CR", "no last line end", "spaces", "trailing commas", "all quoted"],
)
def test_the_ways_programs_write_csv_all_read_the_same(read: Any, content: bytes) -> None:
    frame = read(content)
    assert frame.loc[2, ["code", "amount"]].tolist() == ["P1", 1.0]
    assert len(frame) == 1


def test_empty_rows_are_skipped_but_counted(read: Any) -> None:
    frame = read("code,amount\n\nP1,1\n,\n  , \nP2,2\n\n")
    assert list(frame.index) == [3, 6]


def test_a_row_number_in_an_error_counts_the_empty_rows_before_it(read: Any) -> None:
    (problem,) = problems_of(lambda: read("code,amount\n\n\nP1,1\n\nP2,lots\n"))
    assert ", row 6, column amount: " in problem


def test_a_row_shorter_than_the_headings_has_blank_cells_at_its_end(read: Any) -> None:
    assert read("code,amount,note\nP1,1\n").loc[2, "note"] == "none"


def test_a_family_of_columns_takes_every_member(read: Any) -> None:
    frame = read("code,spend_1,spend_2,spend_10\nP1,1,,3\n", PROJECTS)
    assert frame.loc[2].tolist() == ["P1", 1.0, 0.0, 3.0]


def test_a_csv_file_may_have_a_suffix_in_capitals(read: Any) -> None:
    assert read("code,amount\nP1,1\n", name="TABLE.CSV").loc[2, "code"] == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "lots", "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "1,000", "£5", "5%", "(5)", "5m",
        "1 000", "1_000", "0x10", "True", "1d5", "\N{MINUS SIGN}5", "\N{FULLWIDTH DIGIT FIVE}",
        "-", "TBC", "2026/27", "5\N{ZERO WIDTH SPACE}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["amount", "months", "change"])
def test_what_is_not_a_finite_number_is_refused_where_it_stands(
    read: Any, text: str, column: str
) -> None:
    cells = {"code": "P1", "amount": "1", "months": "1", "change": "1"} | {column: text}
    head, row = ",".join(cells), ",".join(f'"{cell}"' for cell in cells.values())
    (problem,) = problems_of(lambda: read(f"{head}\n{row}\n"))
    assert f"table.csv, row 2, column {column}: " in problem
    assert f'"{text}"' in problem
    assert "digits" in problem


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?"])
@pytest.mark.parametrize("column", ["code", "amount", "note", "year", "must_fund", "change"])
def test_what_a_failed_formula_leaves_in_csv_is_refused_once(
    read: Any, error: str, column: str
) -> None:
    cells = {"code": "P1", "amount": "1", "change": "1"} | {column: error}
    (problem,) = problems_of(lambda: read(f"{','.join(cells)}\n{','.join(cells.values())}\n"))
    assert f"table.csv, row 2, column {column}: " in problem
    assert error in problem


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("amount", "-0.01", "between 0 and 100"),
        ("amount", "100.5", "between 0 and 100"),
        ("months", "0", "between 1 and 12"),
        ("months", "13", "between 1 and 12"),
        ("months", "2.5", "whole number"),
        ("year", "2026-27", "2026/27"),
        ("year", "2026/2027", "2026/27"),
        ("year", "26/27", "2026/27"),
        ("year", "2026/28", "2026/27"),
        ("year", "2026", "2026/27"),
        ("year", "01/04/2026", "2026/27"),
        ("year", "\uff12\uff10\uff12\uff16/\uff12\uff17", "2026/27"),  # digits of another script
        ("must_fund", "maybe", "yes or no"),
        ("must_fund", "2", "yes or no"),
        ("status", "frm", '"firm"'),
        ("status", "Firm", '"firm"'),
    ],
)
def test_a_cell_outside_what_its_column_may_hold_is_refused(
    read: Any, column: str, text: str, says: str
) -> None:
    cells = {"code": "P1", "amount": "1"} | {column: text}
    head, row = ",".join(cells), ",".join(cells.values())
    (problem,) = problems_of(lambda: read(f"{head}\n{row}\n"))
    assert f"table.csv, row 2, column {column}: " in problem
    assert text in problem
    assert says in problem


@pytest.mark.parametrize("number", ["-1", "0.5"])
def test_a_range_open_above_is_said_as_a_floor(read: Any, number: str) -> None:
    spec = Table("x", (Column("amount", kind="number", low=1),))
    (problem,) = problems_of(lambda: read(f"amount\n{number}\n", spec))
    assert "1 or more" in problem


def test_a_range_open_below_is_said_as_a_ceiling(read: Any) -> None:
    spec = Table("x", (Column("amount", kind="number", high=1),))
    (problem,) = problems_of(lambda: read("amount\n2\n", spec))
    assert "1 or less" in problem


@pytest.mark.parametrize("blank", ["", "   ", '""', "\N{NO-BREAK SPACE}"])
def test_an_empty_cell_is_refused_where_the_column_must_be_filled(read: Any, blank: str) -> None:
    (problem,) = problems_of(lambda: read(f"code,amount\nP1,{blank}\n"))
    assert "table.csv, row 2, column amount: is empty" in problem


def test_a_missing_column_is_named_with_the_heading_it_may_be(read: Any) -> None:
    (problem,) = problems_of(lambda: read("code,amuont\nP1,1\n"))
    assert 'row 1: the column "amount" is missing' in problem
    assert '"amuont"' in problem


def test_every_missing_column_is_named(read: Any) -> None:
    problems = problems_of(lambda: read("note\nx\n"))
    assert sum('"code" is missing' in problem for problem in problems) == 1
    assert sum('"amount" is missing' in problem for problem in problems) == 1


@pytest.mark.parametrize("heading", ["must_fnd", "Must_Fund", "must fund", "MUST_FUND", "statuss"])
def test_a_misspelt_optional_column_is_not_passed_over(read: Any, heading: str) -> None:
    (problem,) = problems_of(lambda: read(f"code,amount,{heading}\nP1,1,yes\n"))
    assert f'"{heading}" is not known' in problem
    assert '"must_fund"' in problem or '"status"' in problem


@pytest.mark.parametrize(
    "heading", ["Spend_2", "spend 2", "spend-2", "SPEND_2", "spend_02", "spnd_2", "spend_2 (£m)"]
)
def test_a_misspelt_spend_column_is_not_passed_over(read: Any, heading: str) -> None:
    # the spend of that year would be left out of the plan without a word
    (problem,) = problems_of(lambda: read(f"code,spend_1,{heading}\nP1,1,5\n", PROJECTS))
    assert f'"{heading}"' in problem
    assert "spend_2" in problem.replace(heading, "")


def test_a_misspelt_backlog_column_is_not_passed_over(read: Any) -> None:
    names = [c.name for c in TABLES["projects"].columns if c.required and not c.pattern]
    head = ",".join([*names, "spend_1", "Backlog_High_gbp_m"])
    row = ",".join(["1"] * len(names) + ["1", "5"])
    (problem,) = problems_of(lambda: read(f"{head}\n{row}\n", TABLES["projects"]))
    assert '"Backlog_High_gbp_m"' in problem


def test_a_family_of_columns_with_no_member_is_missing_by_a_name_one_can_type(read: Any) -> None:
    (problem,) = problems_of(lambda: read("code\nP1\n", PROJECTS))
    assert '"spend_1" is missing' in problem


def test_a_column_given_twice_is_refused(read: Any) -> None:
    (problem,) = problems_of(lambda: read("code,amount,amount\nP1,1,2\n"))
    assert 'row 1: has the column "amount" twice' in problem


def test_a_repeated_key_names_both_rows_and_the_value(read: Any) -> None:
    (problem,) = problems_of(lambda: read("code,amount\nP1,1\nP2,1\n\nP1,1\n"))
    assert "table.csv, row 5, column code: repeats row 2" in problem
    assert "P1" in problem


def test_a_key_of_two_columns_may_repeat_in_one_of_them(read: Any) -> None:
    spec = Table("x", (Column("place"), Column("year", kind="year")), key=("place", "year"))
    rows = "place,year\nNewham,2023/24\nNewham,2024/25\nHavering,2023/24\n"
    assert len(read(rows, spec)) == 3
    (problem,) = problems_of(lambda: read(rows + "Newham,2024/25\n", spec))
    assert "row 5" in problem
    assert "repeats row 3 (place Newham, year 2024/25)" in problem


def test_two_rows_without_a_key_are_each_said_to_be_empty_and_nothing_more(read: Any) -> None:
    problems = problems_of(lambda: read("code,amount\n,1\n,2\n"))
    assert [problem.partition("table.csv, ")[2] for problem in problems] == [
        "row 2, column code: is empty. Fill it in.",
        "row 3, column code: is empty. Fill it in.",
    ]


def test_a_row_longer_than_the_headings_is_refused(read: Any) -> None:
    (problem,) = problems_of(lambda: read("code,amount\nP1,1\nP2,1,000\n"))
    assert "table.csv, row 3: " in problem
    assert "3 cells" in problem
    assert "2 headings" in problem
    assert "quotes" in problem


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "headings"),
        ("\n\n", "headings"),
        (",,\nP1,1\n", "headings"),
        ("code,amount\n", "no rows"),
        ("code,amount\n,\n\n", "no rows"),
        ("caf\xe9,amount\nP1,1\n".encode("latin-1"), "UTF-8"),
        ("code,amount\nP1,1\n".encode("utf-16"), "UTF-8"),
    ],
    ids=["empty", "line ends", "no headings", "only headings", "empty rows", "Latin-1", "UTF-16"],
)
def test_a_file_without_a_table_is_refused(read: Any, content: str | bytes, says: str) -> None:
    (problem,) = problems_of(lambda: read(content))
    assert "table.csv" in problem
    assert says in problem


@pytest.mark.parametrize("row", ['P2,"1\n', '"P2"x,1\n', f"P2,{'9' * 140_000}\n"])
def test_csv_that_cannot_be_split_names_the_row(read: Any, row: str) -> None:
    (problem,) = problems_of(lambda: read(f"code,amount\nP1,1\n{row}"))
    assert "table.csv, row 3" in problem


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolon"), ("\t", r"tabs?\b")])
def test_cells_set_apart_by_another_mark_are_said_to_be_so(read: Any, mark: str, name: str) -> None:
    problems = problems_of(lambda: read(f"code{mark}amount\nP1{mark}1\n"))
    assert re.search(rf"\b{name}", " ".join(problems))


def test_every_wrong_cell_is_reported_in_one_go(read: Any) -> None:
    problems = problems_of(
        lambda: read(
            "code,amount,months,year,must_fund,status\n"
            "P1,lots,2.5,2026,perhaps,soon\n"
            ",200,13,,,\n"
            "P1,1,,,,\n"
        )
    )
    spots = {problem.partition(": ")[0].partition("table.csv, ")[2] for problem in problems}
    assert spots == {
        "row 2, column amount",
        "row 2, column months",
        "row 2, column year",
        "row 2, column must_fund",
        "row 2, column status",
        "row 3, column code",
        "row 3, column amount",
        "row 3, column months",
        "row 4, column code",
    }


def test_a_missing_column_does_not_hide_the_wrong_cells_of_the_others(read: Any) -> None:
    text = " ".join(problems_of(lambda: read("code,months\nP1,lots\n")))
    assert '"amount" is missing' in text
    assert "row 2, column months" in text


def test_a_row_too_long_does_not_hide_the_wrong_cells_of_the_others(read: Any) -> None:
    text = " ".join(problems_of(lambda: read("code,amount\nP1,1,000\nP2,lots\n")))
    assert "row 2" in text
    assert "row 3, column amount" in text


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


def test_a_table_below_empty_rows_is_refused(workbook: Any) -> None:
    file = workbook({"A": [[], [], ["code", "amount"], ["P1", 1]]})
    (problem,) = problems_of(lambda: read_table(file, SCHEMES))
    assert "sheet A, row 1: holds no headings" in problem


def test_an_empty_sheet_is_refused(workbook: Any) -> None:
    (problem,) = problems_of(lambda: read_table(workbook({"A": []}), SCHEMES))
    assert "sheet A, row 1: holds no headings" in problem


@pytest.mark.parametrize(
    "name", ["table.xlsx", "table.xls", "table.xlsb", "table.ods", "table.tsv"]
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
    assert ("does not exist" if kind == "missing" else "cannot be read") in problem


def test_a_frame_is_checked_as_a_file_is() -> None:
    given = pd.DataFrame(
        {
            "code": pd.Series(["5E1", 7.0, 8], dtype=object),
            "amount": [0.1, 2, 100],
            "months": pd.array([3, None, 12], dtype="Int64"),
            "must_fund": [True, False, True],
            "note": [None, np.nan, " x "],
            "year": pd.Categorical(["2026/27", None, "2027/28"]),
            "status": pd.array(["draft", pd.NA, "firm"], dtype="string"),
        }
    )
    before = given.copy(deep=True)
    frame = check_frame(given, SCHEMES, "schemes")
    assert frame["code"].tolist() == ["5E1", "7", "8"]
    assert frame["amount"].tolist() == [0.1, 2.0, 100.0]
    assert frame["months"].tolist() == [3.0, 12.0, 12.0]
    assert frame["must_fund"].tolist() == [True, False, True]
    assert frame["note"].tolist() == ["none", "none", "x"]
    assert frame["year"].tolist() == ["2026/27", None, "2027/28"]
    assert frame["status"].tolist() == ["draft", "firm", "firm"]
    pd.testing.assert_frame_equal(given, before)


def test_a_frame_that_was_read_checks_to_itself(read: Any) -> None:
    frame = read(
        "code,amount,note,months,year,must_fund,status,change\n"
        "P1,0.1,,,2026/27,yes,,\n"
        "\n"
        "P2,33.333333333333336,x,3,,,draft,-1\n"
    )
    pd.testing.assert_frame_equal(check_frame(frame, SCHEMES, "again"), frame)


def test_an_error_in_a_frame_names_the_table_and_the_label_of_the_row() -> None:
    frame = pd.DataFrame({"code": ["P1", "P1"], "amount": [np.inf, -1]}, index=["first", "second"])
    problems = problems_of(lambda: check_frame(frame, SCHEMES, "my schemes"))
    assert [problem.partition(": ")[0] for problem in problems] == [
        "my schemes, row first, column amount",
        "my schemes, row second, column amount",
        "my schemes, row second, column code",
    ]


def test_rows_of_a_frame_may_share_a_label() -> None:
    parts = [pd.DataFrame({"code": [code], "amount": [1]}) for code in ("P1", "P2")]
    frame = check_frame(pd.concat(parts), SCHEMES, "schemes")
    assert frame["code"].tolist() == ["P1", "P2"]
    assert list(frame.index) == [0, 0]


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pd.DataFrame(), '"code" is missing'),
        (pd.DataFrame({"code": [], "amount": []}), "no rows"),
        (pd.DataFrame({"code": ["P1"], "amount": [None]}), "is empty"),
        (pd.DataFrame({"code": ["P1"], "amount": ["£5"]}), "£5"),
        (pd.DataFrame([["P1", 1, 2]], columns=["code", "amount", "amount"]), "twice"),
        (pd.DataFrame({"code": ["P1"], 1: [1]}), '"amount" is missing'),
        (pd.DataFrame({"code": ["P1"], "amount": [1], "months": [1.5]}), "whole number"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(frame: pd.DataFrame, says: str) -> None:
    text = " ".join(problems_of(lambda: check_frame(frame, SCHEMES, "schemes")))
    assert "schemes" in text
    assert says in text


@pytest.mark.parametrize("name", TABLES)
def test_every_specification_can_be_met_and_has_a_key(name: str) -> None:
    spec = TABLES[name]
    names = [column.name for column in spec.columns]
    assert len(names) == len(set(names))
    assert spec.key
    assert set(spec.key) <= set(names)
    # a column that may be left out needs no cell, and a column of a key that is blank needs a value
    for column in spec.columns:
        assert column.required or column.blank, column.name
        if column.name in spec.key and column.blank:
            assert column.default is not None, column.name
