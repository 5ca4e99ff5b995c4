"""Read a file of rows, CSV or workbook, as texts that remember where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nelfin.errors import InputError, Problem, Problems
from nelfin.store.sheets.books import Book, Cells
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.spots import Sheet, letters, spot
from nelfin.store.sheets.texts import MARKS, Text, read_text
from nelfin.store.sheets.workbook import Look

MOST_TITLE_ROWS = 40
"""Rows in which headings are looked for, where they may stand below titles."""

IsHead = Callable[[list[str]], bool]
"""Says whether a row, its cells trimmed, holds the headings."""

TEXTS = {".csv", ".txt", ".tsv", ""}
"""Endings of files that are read as text."""


@dataclass(frozen=True)
class Raw:
    """A table as texts, with where its rows stand in the file.

    Parameters
    ----------
    place
        What it is called in errors.
    headings
        Of its columns, trimmed.
    rows
        Its cells, trimmed, without empty rows.
    numbers
        Number of each row in the file.
    problems
        What is wrong with its shape.
    head
        Row of the headings.
    mark
        What sets its cells apart in a text file.
    percents
        Row and column, from 1 and from 0, of each number that Excel shows as per cent.
    readings
        How it was read, where that is not plain.
    hint
        What to do if it should be the wrong sheet.
    """

    place: str
    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]
    problems: tuple[Problem, ...] = ()
    head: int = 1
    mark: str = ","
    percents: frozenset[tuple[int, int]] = frozenset()
    readings: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Rows:
    """A sheet as texts, all of it: titles, headings and what stands below.

    Parameters
    ----------
    place
        What it is called in errors.
    name
        Name of the sheet; of a CSV file its own, without its ending.
    cells
        Texts by row and column; a failed formula is what Excel shows, such as #REF!.
    is_book
        It is a sheet of a workbook.
    over
        Words of merged cells, by row and column of the cells they reach over. A number counts for
        its first cell alone.
    """

    place: str
    name: str
    cells: list[list[str]]
    is_book: bool = True
    over: Mapping[tuple[int, int], str] = field(default_factory=dict)


def read_raw(path: str | Path, sheet: str | None = None, is_head: IsHead | None = None) -> Raw:
    """Read a table as texts, with its headings, its rows and where they stand.

    Parameters
    ----------
    path
        File; a sheet of a workbook may follow, as in `tables.xlsx#projects`.
    sheet
        Sheet of a workbook where the path names none; the first by default.
    is_head
        Finds the headings below rows of titles; they stand in row 1 by default, and where none of
        the first rows is found to be them.

    Returns
    -------
    Raw
        Cells as texts, without empty rows.

    Raises
    ------
    InputError
        If the file cannot be read, or is a text of another kind than UTF-8 with commas.
    """
    file, named = split_sheet(path)
    if is_text(file):
        text = _plain_text(file)
        return raw_of_text(str(file), text, head_at(text.records, is_head))
    book = Book(file)
    name = sheet if named is None else named
    cells = book.cells(book.named(next(iter(book.names), "") if name is None else name))
    return raw_of_cells(book.place(cells.name), cells, head_at(cells.records, is_head))


def read_sheets(path: str | Path) -> list[Rows]:
    """Read every sheet of a workbook as it stands, or a CSV file as one sheet.

    Parameters
    ----------
    path
        A .csv, .xlsx or .xlsm file; `tables.xlsx#projects` reads that sheet alone.

    Returns
    -------
    list of Rows
        The sheets in their order, hidden ones too.

    Raises
    ------
    InputError
        If the file cannot be read, or is larger than any table.
    """
    file, named = split_sheet(path)
    if is_text(file):
        return [Rows(str(file), file.stem, _plain_text(file).records, False)]
    book = Book(file)
    sheets = []
    for name in book.tables if named is None else [book.named(named)]:
        cells = book.cells(name)
        over = _reaching_over(cells.records, cells.seen)
        sheets.append(Rows(book.place(name), name, cells.records, over=over))
    return sheets


def _plain_text(file: Path) -> Text:
    """Read a text file in UTF-8 with commas: nobody is told how another one would be read."""
    text = read_text(file)
    if text.readings:
        raise InputError.one(
            str(file),
            f"is not UTF-8 text with commas: it would be {' and '.join(text.readings)}",
            "In Excel, save it as CSV UTF-8.",
        )
    return text


def _reaching_over(records: list[list[str]], seen: Look) -> dict[tuple[int, int], str]:
    """Return the words of merged cells by the cells they reach over."""
    over: dict[tuple[int, int], str] = {}
    for top, bottom, left, right in seen.merged:
        text = records[top][left] if top < len(records) and left < len(records[top]) else ""
        if any(letter.isalpha() for letter in text) and text[0] != "#":
            rows = range(top, min(bottom + 1, len(records)))
            over.update({(row, at): text for row in rows for at in range(left, right + 1)})
    return over


def sheets_of(path: str | Path) -> list[str]:
    """Return the sheets of a workbook by name; none for CSV, or where the path names one.

    Parameters
    ----------
    path
        File; a sheet of a workbook may follow, as in `tables.xlsx#projects`.

    Returns
    -------
    list of str
        Names, in their order.

    Raises
    ------
    InputError
        If the workbook cannot be read.
    """
    file, named = split_sheet(path)
    return [] if named is not None or is_text(file) else Book(file).names


def is_text(file: Path) -> bool:
    """Say whether a file is read as text, rather than as a workbook.

    Parameters
    ----------
    file
        Its place.
    """
    return file.suffix.lower() in TEXTS


def head_at(records: Sequence[Sequence[str]], is_head: IsHead | None) -> int:
    """Return the position of the headings; the first row where they are not found.

    Parameters
    ----------
    records
        Cells by row and column.
    is_head
        Says whether a row holds the headings.
    """
    if is_head is not None:
        for at, record in enumerate(records[:MOST_TITLE_ROWS]):
            if is_head([cell.strip() for cell in record]):
                return at
    return 0


def raw_of_text(place: str, text: Text, head: int) -> Raw:
    """Return the rows of a text file as a table.

    Parameters
    ----------
    place
        What it is called in errors.
    text
        Its rows.
    head
        Position of the headings.

    Raises
    ------
    InputError
        If it holds no headings.
    """
    raw = _shape(place, text.records, head, MARKS[text.mark].removesuffix("s"))
    return replace(raw, mark=text.mark, readings=text.readings)


def raw_of_cells(place: str, cells: Cells, head: int) -> Raw:
    """Return the cells of a sheet as a table; merged cells are among its problems.

    Parameters
    ----------
    place
        What it is called in errors.
    cells
        Of the sheet.
    head
        Position of the headings.

    Raises
    ------
    InputError
        If it holds no headings.
    """
    records, seen = cells.records, cells.seen
    headings = tuple(cell.strip() for cell in records[head]) if records else ()
    raw = _shape(Sheet(place, headings), records, head)
    problems = Problems()
    for top, bottom, left, right in seen.merged:
        if (bottom, right) != (top, left) and bottom > head and any(headings[left : right + 1]):
            problems.add(
                f"{place}, cells {letters(left)}{top + 1}:{letters(right)}{bottom + 1}",
                "are merged: the figure would count for the first of them alone.",
                "Unmerge them, and fill in each.",
            )
    percents = frozenset((row + 1, column) for row, column in seen.percents)
    return replace(raw, problems=(*raw.problems, *problems.found), percents=percents)


def _shape(place: str, records: Sequence[Sequence[str]], head: int, mark: str = "comma") -> Raw:
    """Split off the headings, drop empty rows, and refuse rows longer than the headings."""
    if not records or not any(cell.strip() for cell in records[head]):
        raise InputError.one(spot(place, 1), "holds no headings.", "Name the columns in row 1.")
    headings = [cell.strip() for cell in records[head]]
    problems = Problems()
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, record in enumerate(records[head + 1 :], start=head + 2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if any(cells[len(headings) :]):
            problems.add(
                spot(place, number),
                f"has {len(cells)} cells, but there are {len(headings)} headings.",
                f"Put a text that holds a {mark} in double quotes.",
            )
        cells += [""] * (len(headings) - len(cells))
        rows.append(cells[: len(headings)])
        numbers.append(number)
    return Raw(place, headings, rows, numbers, tuple(problems.found), head + 1)
