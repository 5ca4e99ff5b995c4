"""Where something is wrong: a cell of a workbook, or the row and column of a CSV file."""

from __future__ import annotations

import copy
import pickle

import pytest

from nelfin.store.sheets.spots import Sheet, letters, spot

pytestmark = pytest.mark.unit

SHEET = Sheet("book.xlsx, sheet A", ("code", "amount", "", "amount"))


@pytest.mark.parametrize(
    ("table", "row", "column", "said"),
    [
        ("a.csv", None, "", "a.csv"),
        ("a.csv", 3, "", "a.csv, row 3"),
        ("a.csv", None, "amount", "a.csv, column amount"),
        ("a.csv", 3, "amount", "a.csv, row 3, column amount"),
        (SHEET, 3, "", "book.xlsx, sheet A, row 3"),
        (SHEET, None, "amount", "book.xlsx, sheet A, column amount"),
        (SHEET, 3, "amount", "book.xlsx, sheet A, cell B3 (amount)"),
        (SHEET, 3, "months", "book.xlsx, sheet A, row 3, column months"),
    ],
)
def test_a_spot_is_named_as_the_reader_will_look_for_it(
    table: str, row: int | None, column: str, said: str
) -> None:
    assert spot(table, row, column) == said


def test_columns_have_letters_as_in_excel() -> None:
    found = {at: letters(at) for at in (0, 25, 26, 51, 52, 701, 702, 16383)}
    assert list(found.values()) == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda sheet: pickle.loads(pickle.dumps(sheet))])  # noqa: S301
def test_a_sheet_keeps_its_headings_where_it_is_sent(again: object) -> None:
    found = again(SHEET)  # type: ignore[operator]
    assert found == SHEET
    assert found.headings == SHEET.headings
