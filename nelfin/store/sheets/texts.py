"""Text files of rows: how their letters are stored, and what sets their cells apart.

Excel writes commas or semicolons by the settings of the country, tabs in "Unicode text", and on
Windows letters of its own code where "CSV UTF-8" was not chosen. Each of these shows in the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from nelfin.errors import InputError
from nelfin.store.writing import read_at_most

MOST_BYTES = 50_000_000
"""Bytes that the file of a table may have; the practices of England take 2 million."""

MOST_CELLS = 2_000_000
"""Cells that a table may have; 10,000 schemes of 70 columns have 700,000."""

LINES = 40
"""Lines that tell what sets cells apart."""

MARKS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may set cells apart, the usual one first."""

_QUOTED = re.compile(r'"[^"]*"?')
_SAID = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Text:
    """The rows of a text file, cell by cell.

    Parameters
    ----------
    records
        Cells by row and column, as they stand.
    mark
        What sets the cells apart.
    readings
        How the file was read, where that is not as UTF-8 with commas.
    """

    records: list[list[str]] = field(default_factory=list)
    mark: str = ","
    readings: tuple[str, ...] = ()


def content_of(file: Path) -> bytes:
    """Return what a file holds, if it is no larger than any table.

    Parameters
    ----------
    file
        Its place.

    Raises
    ------
    InputError
        If it cannot be read, or is larger.
    """
    try:
        content = read_at_most(file, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise InputError.unread(file, error) from None
    if content is None:
        raise InputError.one(
            str(file),
            f"is larger than {MOST_BYTES // 1_000_000} MB, more than any table holds.",
            "Check that it is the right file, and keep only the rows nelfin reads.",
        )
    return content


def too_many(place: str) -> InputError:
    """Return the error of a table that reaches over more cells than any has.

    Parameters
    ----------
    place
        What the table is called in errors.
    """
    return InputError.one(
        place,
        f"reaches over more than {MOST_CELLS:,} cells.",
        "Delete what stands far below or right of the table.",
    )


def read_text(file: Path) -> Text:
    """Read a text file of rows.

    Parameters
    ----------
    file
        CSV with commas, semicolons or tabs; in UTF-8, UTF-16 or the letters of Windows.

    Returns
    -------
    Text
        Its rows, and how they were read.

    Raises
    ------
    InputError
        If it cannot be read, is no text, or its quotes do not close.
    """
    text, readings = _decoded(file, content_of(file))
    mark, said = _mark(text)
    records: list[list[str]] = []
    cells = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            records.append(record)
            cells += len(record) + 1
            if cells > MOST_CELLS:
                raise too_many(str(file))
    except csv.Error as error:
        raise InputError.one(
            f"{file}, row {len(records) + 1}",
            f"is not CSV: {error}.",
            "Look for a double quote that is not closed, or save the file as CSV again.",
        ) from None
    if said:
        records[0] = [""]
    if mark != ",":
        readings = (*readings, f"read with {MARKS[mark]} between the cells.")
    return Text(records, mark, readings)


def _decoded(file: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and how its letters were read if not as UTF-8."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text, how = content.decode("utf-16"), "read as UTF-16 text."
        except UnicodeDecodeError:
            raise _not_text(file, content) from None
    else:
        try:
            text, how = content.decode("utf-8-sig"), ""
        except UnicodeDecodeError:
            return _of_windows(file, content)
    if "\0" in text:
        raise _not_text(file, content)
    return text, (how,) if how else ()


def _of_windows(file: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise _not_text(file, content) from None
    if _CONTROL.search(text):
        raise _not_text(file, content)
    letters = dict.fromkeys(letter for letter in text if not letter.isascii())
    shown = ", ".join(list(letters)[:5])
    return text, (f"read with the letters of Windows (code 1252), such as {shown}.",)


def _mark(text: str) -> tuple[str, bool]:
    """Return what sets the cells of a text apart, and whether its first line says so."""
    first = text[:20].partition("\n")[0]
    if (said := _SAID.fullmatch(first)) and said[1] in MARKS:
        return said[1], True
    if ";" not in text and "\t" not in text:
        return ",", False
    lines = [_QUOTED.sub("", line) for line in text[:100_000].splitlines() if line.strip()]
    return max(MARKS, key=lambda mark: _alike(lines[:LINES], mark)), False


def _alike(lines: list[str], mark: str) -> tuple[int, int]:
    """Return how many lines have a mark equally often, and how often: a table's lines do."""
    often = Counter(line.count(mark) for line in lines if mark in line)
    return max(((times, count) for count, times in often.items()), default=(0, 0))


def _not_text(file: Path, content: bytes) -> InputError:
    if content.startswith(b"PK"):
        remedy = f"It looks like a workbook: name it {file.stem}.xlsx."
        return InputError.one(str(file), "is not text.", remedy)
    return InputError.one(str(file), "is not text.", "In Excel, save it as CSV UTF-8.")
