"""The table reader: what it refuses in a CSV file, and how it says where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from table_files import PROJECTS, problems_of, reader

from nelfin.data.specs import TABLES
from nelfin.data.specs.columns import Column, Table

pytestmark = pytest.mark.unit


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    return reader(tmp_path)


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
        ("year", "2026-28", "2026/27"),
        ("year", "2026/2028", "2026/27"),
        ("year", "2026-04-01 00:00:00", "a date"),
        ("year", "26/27", "2026/27"),
        ("year", "2026/28", "2026/27"),
        ("year", "2026", "2026/27"),
        ("year", "01/04/2026", "2026/27"),
        ("year", "\uff12\uff10\uff12\uff16/\uff12\uff17", "2026/27"),  # digits of another script
        ("must_fund", "maybe", "yes or no"),
        ("must_fund", "2", "yes or no"),
        ("status", "frm", '"firm"'),
        ("status", "Firmm", '"firm"'),
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


@pytest.mark.parametrize("heading", ["must_fnd", "Must_Fnd", "MUSTFUND", "statuss"])
def test_a_misspelt_optional_column_is_not_passed_over(read: Any, heading: str) -> None:
    (problem,) = problems_of(lambda: read(f"code,amount,{heading}\nP1,1,yes\n"))
    assert f'"{heading}" is not known' in problem
    assert '"must_fund"' in problem or '"status"' in problem


@pytest.mark.parametrize("heading", ["Spnd_2", "spend2", "spending_2", "spnd_2", "spend_2 (£k)"])
def test_a_misspelt_spend_column_is_not_passed_over(read: Any, heading: str) -> None:
    # the spend of that year would be left out of the plan without a word
    (problem,) = problems_of(lambda: read(f"code,spend_1,{heading}\nP1,1,5\n", PROJECTS))
    assert f'"{heading}"' in problem
    assert "spend_2" in problem.replace(heading, "")


def test_a_misspelt_backlog_column_is_not_passed_over(read: Any) -> None:
    names = [c.name for c in TABLES["projects"].columns if c.required and not c.pattern]
    head = ",".join([*names, "spend_1", "Backlog_High_gbp"])
    row = ",".join(["1"] * len(names) + ["1", "5"])
    (problem,) = problems_of(lambda: read(f"{head}\n{row}\n", TABLES["projects"]))
    assert '"Backlog_High_gbp"' in problem


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
        (b"caf\xe9,amount\nP\x01,1\n", "UTF-8"),
        ("code,amount\nP1,1\n".encode("utf-16-le"), "UTF-8"),
        ("code,amount\nP1,1\n".encode("utf-16")[:-1], "UTF-8"),
    ],
    ids=[
        "empty",
        "line ends",
        "no headings",
        "only headings",
        "empty rows",
        "bytes",
        "no mark",
        "half a letter",
    ],
)
def test_a_file_without_a_table_is_refused(read: Any, content: str | bytes, says: str) -> None:
    (problem,) = problems_of(lambda: read(content))
    assert "table.csv" in problem
    assert says in problem


@pytest.mark.parametrize("row", ['P2,"1\n', '"P2"x,1\n', f"P2,{'9' * 140_000}\n"])
def test_csv_that_cannot_be_split_names_the_row(read: Any, row: str) -> None:
    (problem,) = problems_of(lambda: read(f"code,amount\nP1,1\n{row}"))
    assert "table.csv, row 3" in problem


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
