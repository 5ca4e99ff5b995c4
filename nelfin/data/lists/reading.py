"""A list of schemes, from a file or a DataFrame, as nelfin's table of projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.data.lists.amounts import unit_of_heading
from nelfin.data.lists.column_map import UNITS, ColumnMap, map_of
from nelfin.data.lists.phasing import late_starts
from nelfin.data.lists.roles import Roles, roles_of
from nelfin.data.lists.translated import translated
from nelfin.data.lists.words import KNOWN
from nelfin.data.projects import spend_columns
from nelfin.data.reading import read_meant
from nelfin.data.reading.headings import heading_of, plain_heading, rank_of
from nelfin.data.reading.year_headings import named_year
from nelfin.data.specs import TABLES
from nelfin.data.tables import raw_of_frame
from nelfin.errors import InputError, Problems
from nelfin.store.sheets.books import Book
from nelfin.store.sheets.files import Raw, is_text
from nelfin.store.sheets.finding import Fit, Rank, find_table
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.texts import read_text

SCHEMES = TABLES["projects"]

FEW = 2
"""Headings that are known and do not make a list yet."""


@dataclass(frozen=True)
class ProjectTable:
    """A list as nelfin's table of projects.

    Parameters
    ----------
    table
        The table, as `nelfin.models.capital.solve` takes it; its index holds the rows of the list.
    notes
        What was read as what, a sentence each.
    not_read
        Columns of the list that are not read.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()


def project_table(
    frame: pd.DataFrame,
    columns: ColumnMap | str | Path | Mapping[str, Any] | None = None,
    called: str = "projects",
) -> ProjectTable:
    """Turn a list of schemes as people publish them into nelfin's table of projects.

    Parameters
    ----------
    frame
        The list: texts or numbers, a row a scheme, or a phase or a year of one.
    columns
        What its columns are: a map as a mapping, the path of one in TOML, or None to tell it by
        the headings.
    called
        What to call the list in errors.

    Returns
    -------
    ProjectTable
        The table for `nelfin.models.capital.solve`, with notes on what was read as what.

    Raises
    ------
    InputError
        With everything in the list that is not certain.

    Examples
    --------
    >>> listed = pd.DataFrame({
    ...     "Ref": ["A", "B"], "Project": ["Roof", "Lab"], "Trust": ["North", "North"],
    ...     "Type": ["Estate", "Equipment"], "Score": [7, 5],
    ...     "2026/27 (£k)": ["1,200", "-"], "2027/28 (£k)": ["300", "450"],
    ... })
    >>> found = project_table(listed).table
    >>> found[["project_id", "planned_start", "spend_1", "spend_2"]].values.tolist()
    [['A', '2026/27', 1.2, 0.3], ['B', '2027/28', 0.45, 0.0]]
    """
    given = columns if isinstance(columns, ColumnMap) else map_of(columns)
    notes: list[str] = []
    raw = raw_of_frame(frame, called)
    if _is_plain(raw, given):
        return ProjectTable(frame, _late_starts(raw), tuple(not_read(raw.headings, SCHEMES)))
    return _translated(raw, given, notes)


def read_projects(path: str | Path, columns: ColumnMap) -> ProjectTable:
    """Read a list of schemes from a file.

    Parameters
    ----------
    path
        A .csv, .xlsx or .xlsm file; a sheet of a workbook may follow, as in `plan.xlsx#Schemes`.
    columns
        What its columns are.

    Returns
    -------
    ProjectTable
        As from `project_table`; a table with nelfin's own headings is read as any other.

    Raises
    ------
    InputError
        With everything in the file that is not certain.
    """
    raw = find_table(path, _rank(columns))
    if _is_plain(raw, columns):
        meant, readings = read_meant(path, SCHEMES)
        if meant.problems:
            raise InputError(meant.problems)
        index = pd.Index(meant.numbers, name="row")
        table = pd.DataFrame(meant.rows, columns=meant.headings, index=index, dtype=object)
        said = tuple(
            note.replace(str(raw.place), _short(raw, path), 1) for note in _late_starts(meant)
        )
        return ProjectTable(table, (*readings, *said), tuple(not_read(meant.headings, SCHEMES)))
    place = _short(raw, path)
    notes = [f"{place}: {words}" for words in raw.readings]
    found = _translated(raw, _with_unit(path, raw, columns, notes), notes)
    said = tuple(note.replace(str(raw.place), place, 1) for note in found.notes)
    return replace(found, notes=said)


def _short(raw: Raw, path: str | Path) -> str:
    """Return what a list is called in notes: by the name of its file alone."""
    file = split_sheet(path)[0]
    return str(raw.place).replace(str(file), file.name, 1)


def _late_starts(raw: Raw) -> tuple[str, ...]:
    """Tell of schemes of a table with nelfin's own headings that start before their money."""
    names = spend_columns(pd.DataFrame(columns=raw.headings))
    at = [raw.headings.index(name) for name in names]

    def is_nought(text: str) -> bool:
        return text == "-" or not text.strip("0.")

    late = [
        row
        for row, cells in zip(raw.numbers, raw.rows, strict=True)
        if at and is_nought(cells[at[0]]) and not all(is_nought(cells[each]) for each in at)
    ]
    return late_starts(raw.place, late, len(raw.rows))


def not_read(headings: list[str], spec: Any) -> list[str]:
    """Return the headings that are no column of a table.

    Parameters
    ----------
    headings
        As they stand.
    spec
        What the table must look like.
    """
    return [text for text in headings if text and heading_of(text, spec) is None]


def _with_unit(path: str | Path, raw: Raw, given: ColumnMap, notes: list[str]) -> ColumnMap:
    """Return the map with the unit that the titles above a list name, where nothing else does."""
    if given.unit or raw.head == 1 or any(map(unit_of_heading, raw.headings)):
        return given
    file = split_sheet(path)[0]
    if is_text(file):
        records = read_text(file).records
    else:
        book = Book(file)
        name = next(name for name in book.names if book.place(name) == str(raw.place))
        records = book.cells(name).records
    titles = [cell for record in records[: raw.head - 1] for cell in record if cell.strip()]
    units = {unit: title for title in titles if (unit := unit_of_heading(title)) in {1e-3, 1.0}}
    if len(units) != 1:
        return given
    ((size, title),) = units.items()
    named = next(name for name, each in UNITS.items() if each == size)
    notes.append(
        f'{_short(raw, path)}: money is read in {named}, as the title "{title[:60]}" says.'
    )
    return replace(given, unit=named)


def _translated(raw: Raw, given: ColumnMap, notes: list[str]) -> ProjectTable:
    problems = Problems()
    problems.found.extend(raw.problems)
    roles = roles_of(raw, given, notes, problems)
    problems.raise_if_any()
    table, left = translated(raw, given, roles, notes, problems)
    problems.raise_if_any()
    if left:
        word = "column" if len(left) == 1 else "columns"
        listed = ", ".join(f'"{heading}"' for heading in left)
        notes.append(f"{raw.place}: {word} not read: {listed}.")
    return ProjectTable(table, tuple(notes), tuple(left))


def _is_plain(raw: Raw, given: ColumnMap) -> bool:
    """Say whether a table has nelfin's own headings, all it needs, and nothing is said of it."""
    if given != ColumnMap(called=given.called):
        return False
    meant = {heading_of(text, SCHEMES) for text in raw.headings if text} - {None}
    needed = [column for column in SCHEMES.columns if column.required]
    whole = all(any(column.matches(str(name)) for name in meant) for column in needed)
    return whole or not Roles.may_be_list(raw.headings)


def _rank(given: ColumnMap) -> Rank:
    """Return what says how well a row serves as the headings of a list."""
    named = set(given.headings())
    own = rank_of(SCHEMES)

    def rank(cells: list[str]) -> Fit:
        whole = bool(named) and named <= set(cells)
        fit = own(cells)
        if named or fit.whole:
            return Fit(len(named & set(cells)) + fit.columns, whole or (fit.whole and not named))
        known = {
            cell
            for cell in cells
            if cell and (heading_of(cell, SCHEMES) or _is_known(cell) or named_year(cell))
        }
        money = any(named_year(cell) for cell in known)
        return Fit(len(known), money and len(known) > FEW)

    return rank


def _is_known(heading: str) -> bool:
    plain = plain_heading(heading)
    return any(plain in words for tiers in KNOWN.values() for words in tiers)
