"""Find a table in a file: the sheet it is on, and the row of its headings below titles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nelfin.errors import InputError, Problem
from nelfin.store.sheets.amounts import read_amount
from nelfin.store.sheets.books import Book, Cells, listed
from nelfin.store.sheets.files import (
    MOST_TITLE_ROWS,
    Raw,
    is_text,
    raw_of_cells,
    raw_of_text,
)
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.spots import spot
from nelfin.store.sheets.texts import read_text


@dataclass(frozen=True)
class Fit:
    """How well a row serves as the headings of a table.

    Parameters
    ----------
    columns
        How many columns of the table it names.
    whole
        It names every column that the table must have.
    """

    columns: int
    whole: bool


Rank = Callable[[list[str]], Fit]
"""Says how well a row, its cells trimmed, serves as headings."""


def find_table(path: str | Path, rank: Rank, sheet: str | None = None) -> Raw:
    """Read a table as texts, wherever in the file its headings stand.

    Rows of titles may stand above the headings. Where neither the path nor `sheet` names a sheet
    and the first has no such headings, the one other sheet that has them is read.

    Parameters
    ----------
    path
        File; a sheet of a workbook may follow, as in `tables.xlsx#projects`.
    rank
        Says how well a row serves as headings.
    sheet
        Sheet of a workbook where the path names none.

    Returns
    -------
    Raw
        Cells as texts, without empty rows; `readings` says what was passed over.

    Raises
    ------
    InputError
        If the file cannot be read, or several sheets other than the first have such headings.
    """
    file, named = split_sheet(path)
    if is_text(file):
        text = read_text(file)
        head = _head(text.records, rank)
        return _told(raw_of_text(str(file), text, head), text.records, head)
    book = Book(file)
    name = sheet if named is None else named
    if name is not None:
        return _of_sheet(book, book.cells(book.named(name)), rank)
    return _of_book(book, rank)


def _of_sheet(book: Book, cells: Cells, rank: Rank) -> Raw:
    head = _head(cells.records, rank)
    raw = raw_of_cells(book.place(cells.name), cells, head)
    return _told(raw, cells.records, head)


def _of_book(book: Book, rank: Rank) -> Raw:
    """Return the first sheet of a workbook, or the one other that has the headings."""
    first = book.cells(book.named(next(iter(book.tables or book.names), "")))
    if len(book.tables) < 2:
        return _of_sheet(book, first, rank)
    fitting = {}
    for name in book.tables:
        try:
            cells = first if name == first.name else book.cells(name)
        except InputError:
            continue  # too large, or damaged: no reason to refuse another sheet
        if cells.records and rank(_trimmed(cells.records[_head(cells.records, rank)])).whole:
            fitting[name] = cells
    others = [name for name in fitting if name != first.name]
    example = f"{book.file}#{others[0] if others else book.tables[-1]}"
    if first.name not in fitting and len(others) > 1:
        raise InputError.one(
            str(book.file),
            f"has the headings of this table on the sheets {listed(others)}.",
            f"Name the one to read: {example}.",
        )
    if first.name not in fitting and not others:
        return _with_other_sheets(book, first, rank, example)
    chosen = fitting.get(first.name) or fitting[others[0]]
    raw = _of_sheet(book, chosen, rank)
    passed = (
        f"the sheets with such headings that are not read: {listed(others)}. Name one to read it: "
        f"{example}."
        if chosen is first
        else f'read, since the first sheet, "{first.name}", has no such headings.'
    )
    return replace(raw, readings=(*raw.readings, passed)) if others else raw


def _with_other_sheets(book: Book, first: Cells, rank: Rank, example: str) -> Raw:
    """Return the first sheet, or its error, with a word on the others that may be meant."""
    rest = [name for name in book.tables if name != first.name]
    hint = f"To read another sheet ({listed(rest)}), name it: {example}."
    try:
        raw = _of_sheet(book, first, rank)
    except InputError as error:
        raise InputError(
            replace(each, remedy=f"{each.remedy} {hint}") for each in error.problems
        ) from None
    return replace(raw, hint=hint)


def _head(records: list[list[str]], rank: Rank) -> int:
    """Return the position of the row that serves best as headings; the first where none does."""
    best, at = Fit(0, False), 0
    for position, record in enumerate(records[:MOST_TITLE_ROWS]):
        fit = rank(_trimmed(record))
        if fit.whole:
            return position
        if fit.columns > best.columns:
            best, at = fit, position
    return at


def _told(raw: Raw, records: list[list[str]], head: int) -> Raw:
    """Return a table with a word on the titles above it; figures are no titles."""
    filled = [at for at, record in enumerate(records[:head]) if any(map(str.strip, record))]
    if not filled:
        return raw
    first, last = filled[0] + 1, filled[-1] + 1
    rows = f"row {first}" if first == last else f"rows {first} to {last}"
    figures = [at for at in filled if sum(_is_figure(cell) for cell in records[at]) > 1]
    if figures:
        problem = Problem(
            spot(raw.place, figures[0] + 1),
            f"stands above the headings of row {raw.head}, and holds figures.",
            "Let the headings stand first, with only titles above them.",
        )
        return replace(raw, problems=(*raw.problems, problem))
    title = next(cell.strip() for cell in records[filled[0]] if cell.strip())
    word = f'headings read from row {raw.head}; {rows} above, such as "{title[:40]}", not read.'
    return replace(raw, readings=(*raw.readings, word))


def _is_figure(cell: str) -> bool:
    return read_amount(cell.strip(), "£m") is not None


def _trimmed(record: list[str]) -> list[str]:
    return [cell.strip() for cell in record]
