"""Problems of one kind in one column are one line, and a note is told once."""

from __future__ import annotations

import pytest

from nelfin.cli.reading import tell
from nelfin.errors import InputError, Problem
from nelfin.problems import named_rows, runs, told_together

pytestmark = pytest.mark.unit


def cell(row: int, what: str, column: str = "spend_1", remedy: str = "Mend it.") -> Problem:
    return Problem(f"list.csv, row {row}, column {column}", what, remedy)


def test_the_same_in_many_rows_is_a_line_with_the_rows() -> None:
    many = [cell(row, 'is "-", not a number.') for row in (*range(2, 50), 60)]
    (told,) = told_together(many)
    assert told.where == "list.csv, column spend_1"
    assert told.what == 'is "-", not a number in 49 rows (2 to 49, 60).'
    assert told.remedy == "Mend it."


def test_columns_tables_and_kinds_stay_apart_in_the_order_found() -> None:
    found = [
        cell(2, "is empty.", "benefit"),
        cell(2, "is -3.", "spend_1"),
        cell(3, "is empty.", "benefit"),
        cell(3, "is empty.", "name"),
        Problem("other.csv, row 3, column benefit", "is empty.", "Mend it."),
    ]
    assert [str(each) for each in told_together(found)] == [
        "list.csv, column benefit: is empty in 2 rows (2 and 3). Mend it.",
        "list.csv, row 2, column spend_1: is -3. Mend it.",
        "list.csv, row 3, column name: is empty. Mend it.",
        "other.csv, row 3, column benefit: is empty. Mend it.",
    ]


def test_up_to_three_values_of_a_kind_keep_their_own_remedies_and_more_are_one_line() -> None:
    few = [cell(row, f"is -{row}.00.", remedy=f"Row {row}.") for row in (2, 3, 4)]
    assert told_together(few) == few
    (told,) = told_together([*few, cell(9, "is -9.00.", remedy="Row 9.")])
    assert told.what == (
        "4 rows of one kind: is -2.00 (row 2); is -3.00 (row 3); is -4.00 (row 4); and so on in 1 "
        "more rows."
    )
    assert told.remedy == "For the first: Row 2."


def test_cells_of_a_sheet_are_told_together_and_places_that_are_no_cell_alone() -> None:
    found = [Problem(f"b.xlsx, sheet p, cell C{n} (benefit)", "is empty.", "F.") for n in (2, 3)]
    found += [Problem("scenario, capital.gap_pct", "is -1.", "F.")] * 2
    assert [each.where for each in told_together(found)] == [
        "b.xlsx, sheet p, column benefit",
        "scenario, capital.gap_pct",
    ]


def test_an_error_keeps_every_problem_and_says_them_together() -> None:
    error = InputError(cell(row, "is empty.") for row in range(2, 9))
    assert len(error.problems) == 7
    assert str(error) == "list.csv, column spend_1: is empty in 7 rows (2 to 8). Mend it."


def test_rows_in_words() -> None:
    assert runs([5, 3, 4, 9, 11, 13, 15]) == "3 to 5, 9, 11 and others"
    assert named_rows(["A", "B", "C", "D"]) == "rows A, B, C and others"


def test_a_note_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    tell(["as it is", "other", "as it is"])
    assert capsys.readouterr().err == "Note: as it is\nNote: other\n"
