"""Cells of a table as they are meant: numbers, financial years and words from a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from nelfin.data.notes import unit_of
from nelfin.data.reading.units import row_unit
from nelfin.data.specs.columns import Column, Table
from nelfin.errors import Problem
from nelfin.store.sheets.amounts import (
    FRACTIONS,
    PER_CENT,
    PLAIN,
    POUND,
    Amount,
    decimal_mark,
    read_amount,
    read_year,
)
from nelfin.store.sheets.books import as_text
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import Sheet, letters, spot
from nelfin.years import start_of

NUMBERS = frozenset({"number", "integer"})


class _Read(NamedTuple):
    """A cell that was read: the position of its row, as it stands, and as it is meant."""

    row: int
    text: str
    meant: str
    marks: tuple[str, ...] = ()


def read_cells(raw: Raw, spec: Table, notes: list[str]) -> Raw:
    """Write the cells of a table as they are meant, where that is certain.

    Parameters
    ----------
    raw
        The table as texts, with the headings of its specification.
    spec
        What it must look like.
    notes
        Takes what was read as what, a sentence a column.

    Returns
    -------
    Raw
        Numbers of digits only, years as 2026/27, words as the list has them. What is not certain
        stays; the problems tell of what would pass for something else.
    """
    columns = [
        (at, column)
        for at, heading in enumerate(raw.headings)
        for column in spec.columns
        if heading and column.matches(heading)
    ]
    numbers = [at for at, column in columns if column.kind in NUMBERS]
    texts = [row[at] for row in raw.rows for at in numbers] if raw.mark == ";" else []
    comma = decimal_mark(texts) if raw.mark == ";" else "."
    found: dict[int, list[_Read]] = {}
    problems: list[Problem] = []
    for at, column in columns:
        cells = [row[at] for row in raw.rows]
        if column.kind in NUMBERS:
            found[at] = _numbers(raw, spec, column, at, cells, comma, problems)
        elif column.kind == "year":
            found[at] = _words(cells, _year)
        elif column.choices:
            found[at] = _words(cells, _choice(column))
    if not problems and not any(found.values()):
        return raw
    rows = [list(row) for row in raw.rows]
    for at, column in columns:
        reads = found.get(at, [])
        for read in reads:
            rows[read.row][at] = read.meant
        if reads:
            notes.append(_said(raw, at, column, reads))
    return replace(raw, rows=rows, problems=(*raw.problems, *problems))


def _numbers(
    raw: Raw,
    spec: Table,
    column: Column,
    at: int,
    cells: list[str],
    comma: str,
    problems: list[Problem],
) -> list[_Read]:
    """Return the cells of a column that are certainly numbers, though not of digits alone."""
    shown = {row for row, column_at in raw.percents if column_at == at} if raw.percents else set()
    plain = comma == "." or "." not in "".join(cells)
    if plain and not shown and set("".join(cells)) <= PLAIN:
        return []
    found: list[tuple[_Read, Amount]] = []
    for row, text in enumerate(cells):
        if raw.numbers[row] in shown:
            _per_cent(raw, spec, column, row, text, found)
        elif text and (not plain or not set(text) <= PLAIN):
            unit = row_unit(raw, spec, column, raw.rows[row])
            amount = read_amount(text, unit, comma == ",") if comma or _is_plain(text) else None
            if amount is None:
                if set(text) <= PLAIN:  # else the check asks about it
                    problems.append(_two_ways(raw, row, at, text))
            elif amount.marks:
                found.append((_Read(row, text, as_text(amount.value), amount.marks), amount))
    problems.extend(_of_two_sizes(raw, at, found))
    return [read for read, _ in found]


def _is_plain(text: str) -> bool:
    """Say whether a number of a file that has both marks, or tells neither, can be one thing."""
    return "," not in text and not (text.count(".") and len(text.rpartition(".")[2]) == 3)


def _per_cent(
    raw: Raw,
    spec: Table,
    column: Column,
    row: int,
    text: str,
    found: list[tuple[_Read, Amount]],
) -> None:
    """Read a number that Excel shows as per cent: its cell holds a hundredth of what is seen."""
    unit = row_unit(raw, spec, column, raw.rows[row])
    if unit in FRACTIONS:
        return
    try:
        value = float(Decimal(text) * 100)
    except InvalidOperation:
        return
    seen = f"{as_text(value)}%"
    meant = as_text(value) if unit == "%" else seen  # in another unit it is asked about
    found.append((_Read(row, seen, meant, (PER_CENT,)), Amount(value, (PER_CENT,))))


def _two_ways(raw: Raw, row: int, at: int, text: str) -> Problem:
    return Problem(
        spot(raw.place, raw.numbers[row], raw.headings[at]),
        f'is "{text}", in a file that does not tell whether the point is one of decimals.',
        "Save it as CSV with commas between the cells, or write the number without the point.",
    )


def _of_two_sizes(raw: Raw, at: int, found: list[tuple[_Read, Amount]]) -> list[Problem]:
    """Ask about pounds beside cells that say they are in millions."""
    said = next((read.text for read, amount in found if amount.in_millions), "")
    if not said:
        return []
    return [
        Problem(
            spot(raw.place, raw.numbers[read.row], raw.headings[at]),
            f'is "{read.text}", but another cell of the column says "{said}".',
            "Say of each whether it is in millions, or write all of them as plain numbers in £m.",
        )
        for read, amount in found
        if POUND in amount.marks and not amount.in_millions
    ]


def _words(cells: list[str], meant_by: Callable[[str], str]) -> list[_Read]:
    """Return the cells that are meant as another word; each word is looked at once."""
    meant = {text: meant_by(text) for text in set(cells)}
    if all(text == word for text, word in meant.items()):
        return []
    return [_Read(row, text, meant[text]) for row, text in enumerate(cells) if meant[text] != text]


def _year(text: str) -> str:
    try:
        start_of(text)
    except ValueError:
        return read_year(text) or text
    return text


def _choice(column: Column) -> Callable[[str], str]:
    plain = {_plain(choice): choice for choice in column.choices}
    return lambda text: text if text in column.choices else plain.get(_plain(text), text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _said(raw: Raw, at: int, column: Column, reads: list[_Read]) -> str:
    """Return a sentence on the cells of a column that were read."""
    first = reads[0]
    where = f"{raw.place}, column {raw.headings[at]}{_range(raw, at, reads)}"
    cells = "1 cell" if len(reads) == 1 else f"{len(reads):,} cells"
    such = f'"{first.text}" as {first.meant}'
    if column.kind in NUMBERS:
        marks = list(dict.fromkeys(mark for read in reads for mark in read.marks))
        with_marks = " and ".join(filter(None, [", ".join(marks[:-1]), marks[-1]]))
        unit = unit_of(column.name)
        many = "numbers" if len(reads) > 1 else "a number"
        told = f"read as {many}{f' in {unit}' if unit else ''}"
        return f"{where}: {cells} with {with_marks} {told}, such as {such}."
    return f"{where}: {cells} read, such as {such}."


def _range(raw: Raw, at: int, reads: list[_Read]) -> str:
    rows = [raw.numbers[read.row] for read in reads]
    if isinstance(raw.place, Sheet):
        cells = [f"{letters(at)}{row}" for row in (rows[0], rows[-1])]
        return f", {cells[0]}" if len(rows) == 1 else f", {cells[0]} to {cells[1]}"
    return f", row {rows[0]}" if len(rows) == 1 else f", rows {rows[0]} to {rows[-1]}"
