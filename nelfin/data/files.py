"""Read a file of rows, CSV or workbook, as texts that remember where they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nelfin.data.spots import Sheet, letters, spot
from nelfin.data.workbook import Look, WorkbookError, check_parts, look
from nelfin.errors import InputError, Problem, Problems, nearest
from nelfin.scenario.paths import split_sheet
from nelfin.store.writing import read_at_most

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MOST_BYTES = 50_000_000
"""Bytes that the file of a table may have; the practices of England take 2 million."""

MOST_CELLS = 2_000_000
"""Cells that a table may have; 10,000 schemes of 70 columns have 700,000."""

MOST_TITLE_ROWS = 40
"""Rows in which headings are looked for, where they may stand below titles."""

IsHead = Callable[[list[str]], bool]
"""Says whether a row, its cells trimmed, holds the headings."""

TEXTS = {".csv", ".txt", ""}
"""Endings of files that are read as CSV."""

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
    head: int = 1
    """Row of the headings."""


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
        If the file cannot be read, or a row is longer than the headings.
    """
    file, named = split_sheet(path)
    sheet = sheet if named is None else named
    if _is_text(file):
        return _read_csv(file, is_head)
    return _read_book(file, sheet, is_head)


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
    if named is not None or _is_text(file):
        return []
    return list(_open_book(file)[1].sheet_names)


def _is_text(file: Path) -> bool:
    return file.suffix.lower() in TEXTS


def _read_csv(file: Path, is_head: IsHead | None = None) -> Raw:
    records = _csv_records(file)
    return _shape(str(file), records, _head_at(records, is_head))


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


def _head_at(records: Sequence[Sequence[str]], is_head: IsHead | None) -> int:
    """Return the position of the headings; the first row where they are not found."""
    if is_head is not None:
        for at, record in enumerate(records[:MOST_TITLE_ROWS]):
            if is_head([cell.strip() for cell in record]):
                return at
    return 0


def _not_text(file: Path) -> InputError:
    return InputError.one(str(file), "is not UTF-8 text.", "In Excel, save it as CSV UTF-8.")


def _content(file: Path) -> bytes:
    """Return what a file holds, if it is no larger than any table."""
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


def _too_many(place: str) -> InputError:
    return InputError.one(
        place,
        f"reaches over more than {MOST_CELLS:,} cells.",
        "Delete what stands far below or right of the table.",
    )


def _read_book(file: Path, sheet: str | None, is_head: IsHead | None = None) -> Raw:
    ((name, cells, seen),) = _book_sheets(file, sheet)
    place = f"{file}, sheet {name}"
    return _sheet(place, [[as_text(cell) for cell in row] for row in cells], seen, is_head)


def _open_book(file: Path) -> tuple[bytes, CalamineWorkbook]:
    from python_calamine import CalamineError, CalamineWorkbook

    if file.suffix.lower() in UNREAD:
        raise InputError.one(
            str(file),
            f"is a workbook of the kind {file.suffix}, whose failed formulas would read as blanks.",
            "Save it as .xlsx or .csv.",
        )
    content = _content(file)
    try:
        check_parts(content)
        return content, CalamineWorkbook.from_filelike(io.BytesIO(content))
    except WorkbookError as error:
        raise InputError.one(str(file), error.what, error.remedy) from None
    except (CalamineError, OSError, ValueError) as error:
        raise _not_a_book(file, error) from None


def _not_a_book(file: Path, error: Exception) -> InputError:
    return InputError.one(
        str(file), f"cannot be opened as a workbook: {error}.", "Save it as .xlsx or .csv."
    )


def _book_sheets(
    file: Path, sheet: str | None, all_sheets: bool = False
) -> list[tuple[str, list[list[Any]], Look]]:
    """Return the name, the cells and the look of one sheet, the first by default, or of all."""
    from python_calamine import CalamineError, SheetTypeEnum

    content, book = _open_book(file)
    try:
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
        raise _not_a_book(file, error) from None
    return found


def _sheet(place: str, records: list[list[str]], seen: Look, is_head: IsHead | None = None) -> Raw:
    """Put into the cells what the reader of workbooks leaves out, and refuse merged cells."""
    head = _head_at(records, is_head)
    headings = tuple(cell.strip() for cell in records[head]) if records else ()
    _put_errors(records, seen)
    in_pct = {at for at, heading in enumerate(headings) if heading.endswith("_pct")}
    for row, column in seen.percents:
        # 5 % in a column of per cents is 0.05 in its cell: a hundredth of what the reader sees
        if head < row < len(records) and column in in_pct:
            records[row][column] = _as_shown(records[row][column])
    raw = _shape(Sheet(place, headings), records, head)
    problems = Problems()
    for top, bottom, left, right in seen.merged:
        if (bottom, right) != (top, left) and bottom > head and any(headings[left : right + 1]):
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


def _shape(place: str, records: Sequence[Sequence[str]], head: int = 0) -> Raw:
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
                "Put a text that holds a comma in double quotes.",
            )
        cells += [""] * (len(headings) - len(cells))
        rows.append(cells[: len(headings)])
        numbers.append(number)
    return Raw(place, headings, rows, numbers, tuple(problems.found), head + 1)
