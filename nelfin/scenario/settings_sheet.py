"""A workbook that is a scenario: its sheet of settings, and a sheet for each table.

Each row of the sheet of settings is one key with its value; rows without a key are headings and
notes. A sheet named after a table is that table; a table without a sheet is left out.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nelfin.errors import InputError, Problem, nearest
from nelfin.evidence import SHAPES, STATUSES, Figure
from nelfin.scenario.keys import ENDINGS, Parts, SchemaKey, dotted, schema_at, split_key
from nelfin.scenario.schema import Data
from nelfin.scenario.typed import number, typed
from nelfin.store.sheets.books import Book, Cells, as_text, listed
from nelfin.store.sheets.files import MOST_TITLE_ROWS
from nelfin.store.sheets.spots import letters

SHEET = "Settings"
"""Name of the sheet."""

WORDS, KEY, VALUE, UNIT, LOW, HIGH, HOLDS, MAY_BE, STATUS, SOURCE = (
    "Setting", "Key", "Value", "Unit", "Low", "High", "Range holds", "What may stand here",
    "Status", "Source",
)  # fmt: skip
MADE = ("Value as made", "Low as made", "High as made", "Status as made", "Source as made")
"""Headings of the columns that tell what a person has changed since the workbook was made."""

HEADINGS = (WORDS, KEY, VALUE, UNIT, LOW, HIGH, HOLDS, MAY_BE, STATUS, SOURCE, *MADE)
"""Headings of the sheet. Their order is free; only the key and the value must be there."""

RANGES = dict(zip(("all cases", "8 in 10 cases"), SHAPES, strict=True))
"""What a range holds, in words, and the shape that it is of."""

HELPERS = frozenset({"read_me", "lists", "columns", "settings"})
"""Sheets that help to fill in the others."""

KEYS_OF_FILES = ("extends",)


@dataclass(frozen=True)
class Row:
    """One setting of a workbook.

    Parameters
    ----------
    parts
        Its key, name by name.
    given
        Its value, or the table of its figure.
    where
        Its cell, as errors name it.
    made
        Its figure as the workbook was made, where its range should move along with the value.
    remedy
        What to do about a value that the schema will refuse.
    """

    parts: Parts
    given: Any
    where: str
    made: Figure | None = None
    remedy: str = ""


@dataclass
class Settings:
    """What a workbook gives of a scenario.

    Parameters
    ----------
    file
        The workbook.
    rows
        Its settings, in their order.
    tables
        Sheet of each table that it holds.
    extends
        The scenario that it stands on; None for none.
    problems
        What is wrong with its shape.
    readings
        What was read as something else than it is spelt.
    """

    file: Path
    rows: list[Row] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    extends: str | None = None
    problems: list[Problem] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)


def read_settings(file: Path) -> Settings:
    """Read a workbook that is a scenario.

    Parameters
    ----------
    file
        Its place.

    Returns
    -------
    Settings
        Its settings and its tables, with what is wrong with the sheet.

    Raises
    ------
    InputError
        If it cannot be read, or has no sheet of settings.
    """
    book = Book(file)
    sheet = next((name for name in book.tables if _plain(name) == _plain(SHEET)), None)
    if sheet is None:
        raise _no_settings(file)
    found = Settings(file)
    _find_tables(book, found)
    cells = book.cells(sheet)
    place = f"{file}, sheet {sheet}"
    _read_rows(
        _Sheet(place, f"{file.name}, sheet {sheet}", cells, *_head(place, cells, found)), found
    )
    return found


def _no_settings(file: Path) -> InputError:
    beside = file.parent / "scenario.toml"
    made = '"nelfin new DIR --excel" makes a workbook that is a scenario by itself.'
    remedy = (
        f"Name the scenario that takes its tables from it: {beside}." if beside.is_file() else made
    )
    return InputError.one(
        str(file),
        f'has no sheet "{SHEET}", so it is no scenario by itself.',
        remedy,
    )


def _plain(name: str) -> str:
    return "_".join(name.replace("_", " ").casefold().split())


def _find_tables(book: Book, found: Settings) -> None:
    """Note the sheet of each table; refuse two of one table, and names that are nearly one."""
    left = []
    for name in book.tables:
        plain = _plain(name)
        if plain in found.tables:
            what = f'has the sheets "{found.tables[plain]}" and "{name}" for one table.'
            found.problems.append(Problem(str(found.file), what, "Keep one of them."))
        elif plain in Data.model_fields:
            found.tables[plain] = name
        elif plain not in HELPERS:
            left.append(name)
    missing = [name for name in Data.model_fields if name not in found.tables]
    for name in list(left):
        if close := difflib.get_close_matches(_plain(name), missing, n=1, cutoff=0.8):
            what = f'has the sheet "{name}", which is no table.'
            remedy = f'Did you mean "{close[0]}"? If it is only a note, name it otherwise.'
            found.problems.append(Problem(str(found.file), what, remedy))
            left.remove(name)
    if left:
        found.readings.append(f"{found.file.name}: sheets not read: {listed(left)}.")


@dataclass(frozen=True)
class _Sheet:
    """The sheet of settings, what it is called in errors and notes, and where its columns are."""

    place: str
    short: str
    cells: Cells
    head: int
    columns: dict[str, int]

    def text(self, row: int, heading: str) -> str:
        record = self.cells.records[row]
        at = self.columns.get(heading)
        return record[at].strip() if at is not None and at < len(record) else ""

    def shown_as_per_cent(self, row: int, heading: str) -> bool:
        return (row, self.columns.get(heading)) in self._percents()

    def _percents(self) -> set[tuple[int, int]]:
        return set(self.cells.seen.percents)

    def cell(self, row: int, heading: str = VALUE) -> str:
        return f"{letters(self.columns[heading])}{row + 1}"

    def where(self, row: int, heading: str = VALUE) -> str:
        words = self.text(row, WORDS).partition(".")[0]
        words = words if len(words) <= 60 else f"{words[:59].rstrip()}…"
        return f"{self.place}, cell {self.cell(row, heading)}{f' ({words})' if words else ''}"


def _head(place: str, cells: Cells, found: Settings) -> tuple[int, dict[str, int]]:
    """Return the row of the headings, and the column of each."""
    wanted = {_plain(heading): heading for heading in HEADINGS}
    for row, record in enumerate(cells.records[:MOST_TITLE_ROWS]):
        named = [wanted.get(_plain(cell)) for cell in record]
        if KEY not in named or VALUE not in named:
            continue
        where = f"{place}, row {row + 1}"
        for name in HEADINGS:
            if named.count(name) > 1:
                raise InputError.one(where, f'has the heading "{name}" twice.', "Keep one of them.")
        others = [cell.strip() for cell in record if cell.strip() and _plain(cell) not in wanted]
        for other in others:
            if close := difflib.get_close_matches(_plain(other), wanted, n=1, cutoff=0.7):
                what = f'the heading "{other}" is not known.'
                remedy = f'Did you mean "{wanted[close[0]]}"?'
                found.problems.append(Problem(where, what, remedy))
            else:
                note = f'{found.file.name}, sheet {cells.name}: column not read: "{other}".'
                found.readings.append(note)
        return row, {name: at for at, name in enumerate(named) if name}
    raise InputError.one(
        place,
        f'has no row with the headings "{KEY}" and "{VALUE}".',
        'Put them above the settings, as in a workbook that "nelfin new DIR --excel" makes.',
    )


def _read_rows(sheet: _Sheet, found: Settings) -> None:
    seen: dict[Parts, int] = {}
    left: list[str] = []
    for row in range(sheet.head + 1, len(sheet.cells.records)):
        key, value = sheet.text(row, KEY), sheet.text(row, VALUE)
        parts = split_key(key)
        if not key or (_is_pattern(parts) and not value):
            if value and not key:
                remedy = "Write the key of the setting, or take the value out."
                found.problems.append(
                    Problem(sheet.where(row), "has a value without a key.", remedy)
                )
            continue
        if problem := _wrong_key(sheet, row, parts, seen):
            found.problems.append(problem)
            continue
        seen[parts] = row
        if key in KEYS_OF_FILES:
            found.extends = value or None
        else:
            _read_row(sheet, row, parts, found, left)
    if left:
        many = f"{len(left)} values were" if len(left) > 1 else "a value was"
        found.readings.append(
            f"{sheet.short}: {many} changed, but status and source were left as they stood: "
            f"{', '.join(left)}. They count as given by the workbook; a range that no longer held "
            "the value moves along with it."
        )


def _is_pattern(parts: Parts) -> bool:
    """Say whether a key has a name to fill in, such as <stream>."""
    return any(part.startswith("<") and part.endswith(">") for part in parts)


def _wrong_key(sheet: _Sheet, row: int, parts: Parts, seen: dict[Parts, int]) -> Problem | None:
    key = dotted(parts)
    where = sheet.where(row, KEY)
    if _is_pattern(parts):
        name = next(part for part in parts if part.startswith("<"))
        what = f"is {key}, and its row has a value."
        return Problem(where, what, f"Write a name in place of {name}, or take the value out.")
    if parts in seen:
        what = f"repeats {key} of row {seen[parts] + 1}."
        return Problem(where, what, "Keep one of them.")
    if parts[0] == "data":
        what = f"is {key}: the tables of a workbook are its sheets."
        name = parts[-1] if len(parts) > 1 else "projects"
        return Problem(where, what, f'Take the row out, and name a sheet "{name}".')
    return None


def _read_row(sheet: _Sheet, row: int, parts: Parts, found: Settings, left: list[str]) -> None:
    """Read the row of a setting into what was found."""
    here = schema_at(parts)
    text = sheet.text(row, VALUE)
    where = sheet.where(row)
    if here is None or not here.is_setting:
        found.rows.append(Row(parts, text, where))  # checked with everything else
        return
    about = _about(sheet, row, here, found)
    if not text and _is_left_out(parts, here, about):
        return
    read = typed(text, here, sheet.shown_as_per_cent(row, VALUE))
    if not text and isinstance(read.value, str) and here.type is not str:
        default = "" if here.required else f" The default is {as_text(here.default)}."
        found.rows.append(Row(parts, "", where, None, f"Fill it in.{default}"))
        return
    if read.read_as:
        seen = f"{read.read_as}%" if sheet.shown_as_per_cent(row, VALUE) else text
        note = f'{sheet.short}, {sheet.cell(row)} ({dotted(parts)}): "{seen}" read as'
        found.readings.append(f"{note} {read.read_as}.")
    made = _made(sheet, row, here)
    if made is None or made.value == read.value:
        made = None
    else:
        if (about.get("status"), about.get("source")) == (made.status, made.source):
            about |= {"status": "given", "source": str(found.file)}
            left.append(f"{sheet.cell(row)} ({dotted(parts)})")
        if _moves_along(made, read.value, about):
            del about["low"], about["high"]
        else:
            made = None
    given = {"value": read.value, **about} if about else read.value
    found.rows.append(Row(parts, given, where, made, read.remedy))


def _is_left_out(parts: Parts, here: SchemaKey, about: dict[str, Any]) -> bool:
    """Say whether a row without a value says nothing, rather than that its text is empty."""
    above = schema_at(parts[:-1])
    in_mapping = above is not None and above.named is not None
    return in_mapping or here.may_be_none or (here.type is str and not about)


def _about(sheet: _Sheet, row: int, here: SchemaKey, found: Settings) -> dict[str, Any]:
    """Return what is said of a value: unit, range, status and source, where they are filled in."""

    def refuse(heading: str, what: str, remedy: str) -> None:
        found.problems.append(Problem(sheet.where(row, heading), what, remedy))

    unit, status, source, holds = (sheet.text(row, each) for each in (UNIT, STATUS, SOURCE, HOLDS))
    about: dict[str, Any] = {}
    if status or source:
        about = {"unit": unit, "status": status.casefold(), "source": source}
        about = {name: text for name, text in about.items() if text}
    if status and status.casefold() not in STATUSES:
        del about["status"]
        refuse(STATUS, f'is "{status}", which is no status.', nearest(status, STATUSES))
    if here.unit in ENDINGS.values() and unit and not unit.startswith(here.unit):
        what = f'is "{unit}", but the setting is in {here.unit}.'
        refuse(UNIT, what, f"Write the figure in {here.unit}, and its unit so.")
    for name, heading in (("low", LOW), ("high", HIGH)):
        if text := sheet.text(row, heading):
            about[name] = number(text, here.unit, True, sheet.shown_as_per_cent(row, heading)).value
    if holds and holds.casefold() not in RANGES:
        refuse(HOLDS, f'is "{holds}".', nearest(holds, RANGES))
    elif holds and "low" in about:
        about["shape"] = RANGES[holds.casefold()]
    return about


def _made(sheet: _Sheet, row: int, here: SchemaKey) -> Figure | None:
    """Return the figure of a setting as the workbook was made; None where it does not say."""
    value, low, high, status, source = (sheet.text(row, heading) for heading in MADE)
    if not status and not value:
        return None
    shape = RANGES.get(sheet.text(row, HOLDS).casefold(), SHAPES[0])
    fields: dict[str, Any] = {"status": status, "source": source, "shape": shape}
    for name, text in (("low", low), ("high", high)):
        fields[name] = number(text, here.unit).value if text else None
    return Figure(typed(value, here).value, sheet.text(row, UNIT), **fields)


def _moves_along(made: Figure, value: Any, about: dict[str, Any]) -> bool:
    """Say whether a range was left as it stood, and no longer holds the value."""
    ends = (about.get("low"), about.get("high"))
    numbers = all(isinstance(each, int | float) for each in (*ends, value))
    return numbers and ends == (made.low, made.high) and not ends[0] <= value <= ends[1]
