"""Read a file of rows, CSV or workbook, as texts that remember where they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nelfin.data.spots import Sheet, letters, spot
from nelfin.data.workbook import Look, WorkbookError, check_parts, look
from nelfin.errors import InputError, Problem, Problems, nearest
from nelfin.scenario.paths import split_sheet
from nelfin.store.writing import read_at_most

MOST_BYTES = 50_000_000
"""Bytes that the file of a table may have; the practices of England take 2 million."""

MOST_CELLS = 2_000_000
"""Cells that a table may have; 10,000 schemes of 70 columns have 700,000."""

UNREAD = {".xls", ".xlsb", ".ods"}
"""Kinds of workbook in which a failed formula, or a cell far away, cannot be told beforehand."""


@dataclass(frozen=True)
class Raw:
    """A table as texts, with where its rows stand in the file."""

    place: str
    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]
    problems: tuple[Problem, ...] = ()


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


def read_raw(path: str | Path, sheet: str | None = None) -> Raw:
    """Read a table as texts, with its headings, its rows and where they stand.

    Parameters
    ----------
    path
        File; a sheet of a workbook may follow, as in `tables.xlsx#projects`.
    sheet
        Sheet of a workbook where the path names none; the first by default.

    Returns
    -------
    Raw
        Cells as texts, without empty rows.

    Raises
    ------
    InputError
        If the file cannot be read, or a row is longer than the headings.
    """
    file, named = split_sheet(path)
    sheet = sheet if named is None else named
    return _read_csv(file) if _is_text(file) else _read_book(file, sheet)


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
    if _is_text(file):
        return [Rows(str(file), file.stem, _csv_records(file), False)]
    sheets = []
    for name, cells, seen in _book_sheets(file, named, all_sheets=named is None):
        records = [[as_text(cell) for cell in row] for row in cells]
        _put_errors(records, seen)
        place = f"{file}, sheet {name}"
        sheets.append(Rows(place, name, records, over=_reaching_over(records, seen)))
    return sheets


def _reaching_over(records: list[list[str]], seen: Look) -> dict[tuple[int, int], str]:
    """Return the words of merged cells by the cells they reach over."""
    over: dict[tuple[int, int], str] = {}
    for top, bottom, left, right in seen.merged:
        text = records[top][left] if top < len(records) and left < len(records[top]) else ""
        if any(letter.isalpha() for letter in text) and text[0] != "#":
            rows = range(top, min(bottom + 1, len(records)))
            over.update({(row, at): text for row in rows for at in range(left, right + 1)})
    return over


def _is_text(file: Path) -> bool:
    return file.suffix.lower() in {".csv", ".txt", ""}


def _read_csv(file: Path) -> Raw:
    return _shape(str(file), _csv_records(file))


def _csv_records(file: Path) -> list[list[str]]:
    records: list[list[str]] = []
    cells = 0
    try:
        text = _content(file).decode("utf-8-sig")
        if "\0" in text:
            raise _not_text(file)
        for record in csv.reader(io.StringIO(text, newline=""), strict=True):
            records.append(record)
            cells += len(record) + 1
            if cells > MOST_CELLS:
                raise _too_many(str(file))
    except UnicodeDecodeError:
        raise _not_text(file) from None
    except csv.Error as error:
        raise InputError.one(
            f"{file}, row {len(records) + 1}",
            f"is not CSV: {error}.",
            "Look for a double quote that is not closed, or save the file as CSV again.",
        ) from None
    return records


def _not_text(file: Path) -> InputError:
    return InputError.one(str(file), "is not UTF-8 text.", "In Excel, save it as CSV UTF-8.")


def _content(file: Path) -> bytes:
    """Return what a file holds, if it is no larger than any table."""
    try:
        content = read_at_most(file, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None
    if content is None:
        raise InputError.one(
            str(file),
            f"is larger than {MOST_BYTES // 1_000_000} MB, more than any table holds.",
            "Check that it is the right file, and keep only the rows nelfin reads.",
        )
    return content


def _too_many(place: str) -> InputError:
    return InputError.one(
        place,
        f"reaches over more than {MOST_CELLS:,} cells.",
        "Delete what stands far below or right of the table.",
    )


def _read_book(file: Path, sheet: str | None) -> Raw:
    ((name, cells, seen),) = _book_sheets(file, sheet)
    place = f"{file}, sheet {name}"
    return _sheet(place, [[as_text(cell) for cell in row] for row in cells], seen)


def _book_sheets(
    file: Path, sheet: str | None, all_sheets: bool = False
) -> list[tuple[str, list[list[Any]], Look]]:
    """Return the name, the cells and the look of one sheet, the first by default, or of all."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    if file.suffix.lower() in UNREAD:
        raise InputError.one(
            str(file),
            f"is a workbook of the kind {file.suffix}, whose failed formulas would read as blanks.",
            "Save it as .xlsx or .csv.",
        )
    content = _content(file)
    try:
        check_parts(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        name = sheet if sheet is not None else next(iter(names), "")
        if name not in names:
            raise _no_sheet(file, name, names)
        tables = [s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
        found, left = [], MOST_CELLS
        for each in tables if all_sheets else [name]:
            seen = look(content, each)
            left -= seen.rows * seen.columns  # of all sheets: each is laid out in memory
            if left < 0:
                raise _too_many(f"{file}, sheet {each}")
            cells = book.get_sheet_by_name(each).to_python(skip_empty_area=False)
            found.append((each, cells, seen))
    except WorkbookError as error:
        raise InputError.one(str(file), error.what, error.remedy) from None
    except (CalamineError, OSError, ValueError) as error:
        raise InputError.one(
            str(file), f"cannot be opened as a workbook: {error}.", "Save it as .xlsx or .csv."
        ) from None
    return found


def _sheet(place: str, records: list[list[str]], seen: Look) -> Raw:
    """Put into the cells what the reader of workbooks leaves out, and refuse merged cells."""
    headings = tuple(cell.strip() for cell in records[0]) if records else ()
    _put_errors(records, seen)
    for row, column in seen.percents:
        # 5 % in a column of per cents is 0.05 in its cell: a hundredth of what the reader sees
        if 0 < row < len(records) and column < len(headings) and headings[column].endswith("_pct"):
            records[row][column] = _as_shown(records[row][column])
    raw = _shape(Sheet(place, headings), records)
    problems = Problems()
    for top, bottom, left, right in seen.merged:
        if (bottom, right) != (top, left) and bottom > 0 and any(headings[left : right + 1]):
            problems.add(
                f"{place}, cells {letters(left)}{top + 1}:{letters(right)}{bottom + 1}",
                "are merged: the figure would count for the first of them alone.",
                "Unmerge them, and fill in each.",
            )
    return replace(raw, problems=(*raw.problems, *problems.found))


def _put_errors(records: list[list[str]], seen: Look) -> None:
    """Put the errors of failed formulas where the reader of workbooks left blanks."""
    for row, column, text in seen.errors:
        if row < len(records) and column < len(records[row]):
            records[row][column] = text


def _as_shown(text: str) -> str:
    try:
        return f"{100 * float(text):g}%"
    except ValueError:
        return text


def as_text(cell: object) -> str:
    """Return a cell as people would type it.

    Parameters
    ----------
    cell
        What the reader of workbooks gives: a text, a number, a date, yes or no.
    """
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _no_sheet(file: Path, name: str, there: list[str]) -> InputError:
    hint = nearest(name, there)
    close = f"{hint} " if hint.startswith("Did you mean") else ""
    more = f" and {len(there) - 40} more" if len(there) > 40 else ""
    listed = ", ".join(f'"{sheet}"' for sheet in there[:40])
    return InputError.one(
        str(file), f'has no sheet "{name}".', f"{close}Its sheets are {listed}{more}."
    )


def _unreadable(file: Path, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError.one(str(file), "does not exist.", "Check the path and the name.")
    what = f"cannot be read: {getattr(error, 'strerror', None) or error}."
    return InputError.one(str(file), what, "Check that it is a file you may read.")


def _shape(place: str, records: Sequence[Sequence[str]]) -> Raw:
    """Split off the headings, drop empty rows, and refuse rows longer than the headings."""
    if not records or not any(cell.strip() for cell in records[0]):
        raise InputError.one(spot(place, 1), "holds no headings.", "Name the columns in row 1.")
    headings = [cell.strip() for cell in records[0]]
    problems = Problems()
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, record in enumerate(records[1:], start=2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if any(cells[len(headings) :]):
            problems.add(
                spot(place, number),
                f"has {len(cells)} cells, but there are {len(headings)} headings.",
                "Put a text that holds a comma in double quotes.",
            )
        cells += [""] * (len(headings) - len(cells))
        rows.append(cells[: len(headings)])
        numbers.append(number)
    return Raw(place, headings, rows, numbers, tuple(problems.found))
