"""Read a file of rows, CSV or workbook, as texts that remember where they stand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nelfin.data.formulas import failed_formulas
from nelfin.data.spots import Sheet, spot
from nelfin.errors import InputError, Problem, Problems, nearest
from nelfin.scenario.paths import split_sheet


@dataclass(frozen=True)
class Raw:
    """A table as texts, with where its rows stand in the file."""

    place: str
    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]
    problems: tuple[Problem, ...] = ()


def read_raw(path: str | Path, sheet: str | None = None) -> Raw:
    """Read a table as texts, with its headings, its rows and where they stand.

    Parameters
    ----------
    path
        File; a sheet of a workbook may follow, as in `tables.xlsx#projects`.
    sheet
        Sheet of a workbook where the path names none; the first by default.

    Raises
    ------
    InputError
        If the file cannot be read, or a row is longer than the headings.
    """
    file, named = split_sheet(path)
    sheet = sheet if named is None else named
    text = file.suffix.lower() in {".csv", ".txt", ""}
    return _read_csv(file) if text else _read_book(file, sheet)


def _read_csv(file: Path) -> Raw:
    records: list[list[str]] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            for record in csv.reader(handle, strict=True):
                records.append(record)
    except UnicodeDecodeError:
        raise InputError.one(
            str(file), "is not UTF-8 text.", "In Excel, save it as CSV UTF-8."
        ) from None
    except csv.Error as error:
        raise InputError.one(
            f"{file}, row {len(records) + 1}",
            f"is not CSV: {error}.",
            "Look for a double quote that is not closed, or save the file as CSV again.",
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None
    return _shape(str(file), records)


def _read_book(file: Path, sheet: str | None) -> Raw:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with file.open("rb"):
            pass
        book = CalamineWorkbook.from_path(str(file))
        name = sheet if sheet is not None else next(iter(book.sheet_names), "")
        if name not in book.sheet_names:
            raise _no_sheet(file, name, book.sheet_names)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None
    except CalamineError as error:
        raise InputError.one(
            str(file), f"cannot be opened as a workbook: {error}.", "Save it as .xlsx or .csv."
        ) from None
    records = [[as_text(cell) for cell in row] for row in cells]
    for row, column, text in failed_formulas(file, name):
        if row < len(records) and column < len(records[row]):
            records[row][column] = text
    headings = tuple(cell.strip() for cell in records[0]) if records else ()
    return _shape(Sheet(f"{file}, sheet {name}", headings), records)


def as_text(cell: object) -> str:
    """Return a cell as people would type it."""
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
