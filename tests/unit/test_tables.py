"""The table reader: what it takes from CSV files and frames."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from table_files import PROJECTS, SCHEMES, problems_of, reader

from nelfin.data.specs import TABLES
from nelfin.data.tables import check_frame

pytestmark = pytest.mark.unit


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    return reader(tmp_path)


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
        "lots", "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "12,5", "£5", "5%", "-(5)", "5m",
        "1 00", "1_000", "0x10", "True", "1d5", "\N{MINUS SIGN}-5", "\N{FULLWIDTH DIGIT FIVE}",
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
    assert "digits" in problem or "Write 12.5 if the comma is one of decimals, or 125." in problem


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
        (pd.DataFrame({"code": ["P1"], "amount": [[5, 6]]}), '"[5, 6]", not a number'),
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
