"""Read a table from CSV or Excel and collect every problem in it before saying a word."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.errors import InputError, Problems, nearest
from nelfin.years import start_of

Kind = Literal["text", "number", "integer", "year", "yes_no"]

Refuse = Callable[[int, str, str], None]
"""Notes a problem of the row at a position: what is wrong, and the remedy."""

SPEND = r"spend_[1-9]\d?"
"""The spend columns of the project table."""


@dataclass(frozen=True)
class Column:
    """What a column of a table may hold.

    Parameters
    ----------
    name
        Heading; with `pattern`, a regular expression for a family such as `spend_1, spend_2, …`.
    kind
        What each cell is.
    required
        The column must be there. A column that may be left out needs a `default`.
    blank
        A cell may be empty. It is then `default`.
    default
        Value of an empty cell or a column left out.
    low, high
        Range of a number.
    choices
        The texts allowed.
    pattern
        The name is a regular expression.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    blank: bool = False
    default: object = None
    low: float = -np.inf
    high: float = np.inf
    choices: tuple[str, ...] = ()
    pattern: bool = False

    def matches(self, heading: str) -> bool:
        """Say whether a heading belongs to this column."""
        return bool(re.fullmatch(self.name, heading)) if self.pattern else heading == self.name


@dataclass(frozen=True)
class Table:
    """What a table must look like: its columns, and the columns that together name a row."""

    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Raw:
    """A table as texts, with where its rows stand in the file."""

    place: str
    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]


def read_table(path: str | Path, spec: Table, sheet: str | None = None) -> pd.DataFrame:
    """Read a table and check it against its specification.

    Parameters
    ----------
    path
        A .csv, .xlsx, .xlsb, .xls or .ods file.
    spec
        What the table must look like.
    sheet
        Sheet of a workbook; the first by default.

    Returns
    -------
    pandas.DataFrame
        Columns in the order of `spec`; numbers as float, years as labels, yes/no as bool. The
        index holds the row numbers as a spreadsheet shows them.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = Path(path)
    text = file.suffix.lower() in {".csv", ".txt", ""}
    return check(_read_csv(file) if text else _read_book(file, sheet), spec)


def check(raw: Raw, spec: Table) -> pd.DataFrame:
    """Turn texts into the typed columns of a specification, collecting every problem."""
    problems = Problems()
    wanted = _match_headings(raw, spec, problems)
    if not raw.rows:
        problems.add(raw.place, "holds no rows.", f"Fill in the {spec.title}.")
    problems.raise_if_any()
    columns: dict[str, pd.Series] = {}
    index = pd.Index(raw.numbers, name="row")
    for column, heading in wanted:
        if heading is None:
            columns[column.name] = _default_column(column, index)
        else:
            position = raw.headings.index(heading)
            texts = [row[position] for row in raw.rows]
            columns[heading] = _convert(raw, column, heading, texts, index, problems)
    frame = pd.DataFrame(columns, index=index)
    _check_key(raw, spec, frame, problems)
    problems.raise_if_any()
    return frame


def _match_headings(raw: Raw, spec: Table, problems: Problems) -> list[tuple[Column, str | None]]:
    where = f"{raw.place}, row 1"
    for heading in sorted({h for h in raw.headings if h and raw.headings.count(h) > 1}):
        problems.add(where, f'has the column "{heading}" twice.', "Keep one of them.")
    wanted: list[tuple[Column, str | None]] = []
    used: set[str] = set()
    missing: list[str] = []
    for column in spec.columns:
        found = [heading for heading in raw.headings if heading and column.matches(heading)]
        used.update(found)
        wanted.extend((column, heading) for heading in found)
        if not found and column.required:
            missing.append("spend_1" if column.name == SPEND else column.name)
        elif not found and not column.pattern:
            wanted.append((column, None))
    unused = [heading for heading in raw.headings if heading and heading not in used]
    for name in missing:
        problems.add(
            where, f'the column "{name}" is missing.', f"Add it. {_seen(name, unused)}".strip()
        )
    optional = [c.name for c in spec.columns if not c.pattern and c.name not in used]
    for heading in unused:
        import difflib

        close = difflib.get_close_matches(heading.lower(), optional, n=1, cutoff=0.8)
        if close and close[0] not in missing:
            problems.add(
                where, f'the column "{heading}" is not known.', f'Did you mean "{close[0]}"?'
            )
    return wanted


def _seen(name: str, unused: Sequence[str]) -> str:
    hint = nearest(name, unused) if unused else ""
    return hint.replace("Did you mean", "Is it").replace("Known here", "Columns not used")


def _default_column(column: Column, index: pd.Index) -> pd.Series:
    return pd.Series([column.default] * len(index), index=index)


def _convert(
    raw: Raw,
    column: Column,
    heading: str,
    texts: Sequence[str],
    index: pd.Index,
    problems: Problems,
) -> pd.Series:
    def refuse(at: int, what: str, remedy: str) -> None:
        problems.add(f"{raw.place}, row {index[at]}, column {heading}", what, remedy)

    blanks = np.array([text == "" for text in texts])
    if not column.blank:
        for at in _positions(blanks):
            refuse(at, "is empty.", "Fill it in.")
    if column.kind in {"number", "integer"}:
        return _numbers(column, texts, blanks, index, refuse)
    values: list[object] = []
    for at, text in enumerate(texts):
        values.append(column.default if text == "" else _word(column, text, at, refuse))
    return pd.Series(values, index=index, dtype=bool if column.kind == "yes_no" else object)


def _word(column: Column, text: str, at: int, refuse: Refuse) -> object:
    if column.kind == "year":
        try:
            start_of(text)
        except ValueError:
            refuse(at, f'is "{text}".', "Write a financial year such as 2026/27.")
    elif column.kind == "yes_no":
        answer = {"yes": True, "y": True, "true": True, "1": True}.get(text.lower())
        if answer is None and text.lower() not in {"no", "n", "false", "0"}:
            refuse(at, f'is "{text}".', "Write yes or no.")
        return bool(answer)
    elif column.choices and text not in column.choices:
        refuse(at, f'is "{text}".', nearest(text, column.choices))
    return text


def _numbers(
    column: Column,
    texts: Sequence[str],
    blanks: npt.NDArray[np.bool_],
    index: pd.Index,
    refuse: Refuse,
) -> pd.Series:
    parsed = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
    values = parsed.to_numpy(dtype=float, copy=True)
    default = np.nan if column.default is None else float(str(column.default))
    bad = ~np.isfinite(values) & ~blanks
    for at in _positions(bad):
        refuse(
            at,
            f'is "{texts[at][:60]}", not a number.',
            "Write digits only, without commas or a pound sign.",
        )
    if column.kind == "integer":
        for at in _positions(~bad & ~blanks & (values % 1 != 0)):
            refuse(at, f'is "{texts[at]}".', "Write a whole number.")
    outside = ~bad & ~blanks & ((values < column.low) | (values > column.high))
    for at in _positions(outside):
        if np.isinf(column.high):
            remedy = f"It must be {column.low:g} or more."
        elif np.isinf(column.low):
            remedy = f"It must be {column.high:g} or less."
        else:
            remedy = f"It must lie between {column.low:g} and {column.high:g}."
        refuse(at, f"is {texts[at]}.", remedy)
    values[blanks] = default
    return pd.Series(values, index=index)


def _positions(holds: npt.NDArray[np.bool_]) -> list[int]:
    return [int(at) for at in np.flatnonzero(holds)]


def _check_key(raw: Raw, spec: Table, frame: pd.DataFrame, problems: Problems) -> None:
    if not spec.key:
        return
    first: dict[tuple[object, ...], int] = {}
    for row, *values in frame[list(spec.key)].itertuples():
        named = tuple(values)
        if named in first:
            words = ", ".join(f"{k} {v}" for k, v in zip(spec.key, named, strict=True))
            problems.add(
                f"{raw.place}, row {row}, column {spec.key[0]}",
                f"repeats row {first[named]} ({words}).",
                "Keep one row for each.",
            )
        else:
            first[named] = row


def _read_csv(file: Path) -> Raw:
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            records = list(csv.reader(handle, strict=True))
    except UnicodeDecodeError:
        raise InputError.one(
            str(file), "is not UTF-8 text.", "In Excel, save it as CSV UTF-8."
        ) from None
    except csv.Error as error:
        raise InputError.one(str(file), f"is not a CSV file: {error}.", "Save it as CSV.") from None
    except OSError as error:
        raise _unreadable(file, error) from None
    return _shape(str(file), records)


def _read_book(file: Path, sheet: str | None) -> Raw:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with file.open("rb"):
            pass
        book = CalamineWorkbook.from_path(str(file))
    except OSError as error:
        raise _unreadable(file, error) from None
    except CalamineError as error:
        raise InputError.one(
            str(file), f"cannot be opened as a workbook: {error}.", "Save it as .xlsx or .csv."
        ) from None
    name = sheet if sheet is not None else book.sheet_names[0]
    if name not in book.sheet_names:
        raise InputError.one(str(file), f'has no sheet "{name}".', nearest(name, book.sheet_names))
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return _shape(f"{file}, sheet {name}", [[_cell(cell) for cell in row] for row in cells])


def _cell(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _unreadable(file: Path, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError.one(str(file), "does not exist.", "Check the path and the name.")
    what = f"cannot be read: {error.strerror or error}."
    return InputError.one(str(file), what, "Check that it is a file you may read.")


def _shape(place: str, records: Sequence[Sequence[str]]) -> Raw:
    """Split off the headings, drop empty rows, and refuse rows longer than the headings."""
    if not records or not any(cell.strip() for cell in records[0]):
        raise InputError.one(f"{place}, row 1", "holds no headings.", "Name the columns in row 1.")
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
                f"{place}, row {number}",
                f"has {len(cells)} cells, but there are {len(headings)} headings.",
                "Put a text that holds a comma in double quotes.",
            )
        cells += [""] * (len(headings) - len(cells))
        rows.append(cells[: len(headings)])
        numbers.append(number)
    problems.raise_if_any()
    return Raw(place, headings, rows, numbers)


def check_frame(frame: pd.DataFrame, spec: Table, place: str) -> pd.DataFrame:
    """Check a DataFrame against a specification, as if it had been read from a file.

    Parameters
    ----------
    frame
        Any DataFrame; its index labels name the rows in errors.
    spec
        What the table must look like.
    place
        What to call the table in errors.
    """
    texts = frame.astype(object).where(frame.notna(), "").map(_cell)
    rows = [[cell.strip() for cell in row] for row in texts.to_numpy().tolist()]
    return check(Raw(place, [str(c) for c in frame.columns], rows, list(frame.index)), spec)
