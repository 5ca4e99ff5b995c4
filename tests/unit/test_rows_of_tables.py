"""Rows of tables as plain values, and columns that a table has not: as pandas has them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nelfin.data.specs.columns import Column
from nelfin.data.tables import records_of, rows_of
from nelfin.data.typed import absent_columns, typed_column
from nelfin.errors import Problems
from nelfin.models.capital.limits import check_owners, check_years
from nelfin.models.capital.settings import TableNames
from nelfin.report.text.terminal import wrapped
from nelfin.store.sheets.files import Raw

pytestmark = pytest.mark.unit

TABLE = pd.DataFrame(
    {"name": np.array(["a", "b"], dtype=object), "money": [1.5, 2.0], "whole": [3, 4],
     "open": [True, False]},
    index=[7, 9],
)  # fmt: skip


def test_rows_are_those_of_pandas() -> None:
    assert records_of(TABLE) == TABLE.to_dict("records")
    assert [tuple(row) for row in rows_of(TABLE)] == [tuple(row) for row in TABLE.itertuples()]
    assert [type(cell) for cell in rows_of(TABLE)[0][1:]] == [str, float, int, bool]
    assert (rows_of(TABLE)[1].Index, rows_of(TABLE)[1].money) == (9, 2.0)
    assert records_of(TABLE.head(0)) == rows_of(TABLE.head(0)) == []


@pytest.mark.parametrize("count", [0, 2])
def test_a_column_that_is_not_there_is_one_of_blanks(count: int) -> None:
    columns = [
        Column("plain", blank=True, default=""),
        Column("alike", blank=True, default=""),
        Column("unknown", blank=True),
        Column("one_of", blank=True, default="firm", choices=("firm", "not")),
        Column("year", kind="year", blank=True, default=""),
        Column("amount", kind="number", blank=True),
        Column("share", kind="number", blank=True, default=1),
        Column("months", kind="integer", blank=True, default=12),
        Column("open", kind="yes_no", blank=True, default=False),
    ]
    index = pd.Index(range(2, 2 + count), name="row")
    raw = Raw("a.csv", [], [[] for _ in index], list(index))
    found = absent_columns(columns, index)
    assert list(found) == [column.name for column in columns]
    for column in columns:
        blanks = typed_column(raw, column, "", [""] * count, index, Problems())
        pd.testing.assert_series_equal(found[column.name], blanks)


def test_a_limit_of_nobody_and_one_of_no_scheme_name_their_rows() -> None:
    schemes = pd.DataFrame(
        {"organisation": ["A", "B"], "money": ["", "grant"], "cdel_share": 1.0, "spend_1": 2.0},
        index=[2, 3],
    )
    limits = pd.DataFrame(
        {"organisation": ["A", "C", "A"], "money": ["", "", "grant"], "year": "2026/27"},
        index=[2, 3, 4],
    )
    problems = Problems()
    check_owners(limits, schemes, TableNames(), problems)
    assert [problem.where for problem in problems.found] == [
        "limits, row 3, column organisation", "limits, row 4, column money",
        "projects, row 3, column organisation",
    ]  # fmt: skip


def test_years_that_an_organisation_has_no_limit_in_are_told_for_each() -> None:
    limits = pd.DataFrame(
        [["2026/27", "B", ""], ["2028/29", "B", ""], ["2027/28", "", ""], ["2026/27", "", "x"],
         ["2027/28", "", "x"], ["2028/29", "", "x"]],
        columns=["year", "organisation", "money"],
    )  # fmt: skip
    problems = Problems()
    check_years(limits, "limits", problems)
    assert [problem.what for problem in problems.found] == [
        "has no limit for the system in 2026/27, 2028/29.", "has no limit for B in 2027/28.",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["x" * 95, "漢" * 60, "e\u0301" * 50, "🇬🇧" * 40])
def test_a_word_wider_than_a_line_is_broken_where_the_line_is_full(word: str) -> None:
    lines = wrapped(f"a {word} b", width=20, indent="> ", hang="  ")
    assert "".join(line[2:] for line in lines[1:]) == f"{word} b"
    assert lines[0] == "> a"
    assert len({len(line) for line in lines[1:-1]}) == 1
    assert len(wrapped(word, width=20, most=3)) == 3


def test_a_long_word_takes_no_longer_than_its_length() -> None:
    counted = wrapped("漢" * 50_000, width=80)
    assert len(counted) == 1_250
    assert np.unique([len(line) for line in counted]).tolist() == [40]
