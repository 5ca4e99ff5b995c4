"""NHS England's workbook J: the overall need index of each practice, or of each ICB.

Its layout differs from round to round and was not seen: columns are found by the words of their
headings, wherever they stand, and what cannot be found is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from nelfin.data.practices.file import file_hash
from nelfin.data.practices.words import code_of, counted, few, plain
from nelfin.data.practices.years import years_in
from nelfin.errors import InputError, Problems
from nelfin.store.sheets.files import Raw, read_raw, sheets_of
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of

Level = Literal["practice", "icb"]

PEOPLE = ("population", "patients", "list")
BOARDS = ("icb", "ics", "stp", "integrated")
PRACTICES = ("practice", "gp")

LONGEST_HEADING = 80
"""Letters past which a cell is a sentence, not a heading."""

LOOKED_FOR = (
    'Looked for a heading with "code" and one with "overall" and "index" (or "need index") in the '
    "same rows."
)


@dataclass(frozen=True)
class NeedSheet:
    """Overall need indices of one year, of practices or of ICBs.

    Parameters
    ----------
    year, level
        What the indices are of.
    table
        Columns `code`, `name`, `icb` and `registered_population` (blank where the sheet gives
        none) and `index`.
    place
        File and sheet.
    name, sha256
        Of the file.
    """

    year: str
    level: Level
    table: pd.DataFrame
    place: str
    name: str
    sha256: str


@dataclass(frozen=True)
class _Columns:
    """Where a sheet has what we read; -1 for what it does not give."""

    level: Level | None
    code: int
    index: int
    name: int = -1
    icb: int = -1
    people: int = -1
    year: int = -1


class _Head:
    """Finds the row of headings of a sheet; two rows are read as one where one alone is unclear."""

    def __init__(self) -> None:
        self.above: list[str] = []
        self.columns: _Columns | None = None

    def __call__(self, cells: list[str]) -> bool:
        """Say whether a row holds the headings, alone or with the row above."""
        self.columns = _columns(cells) or _columns(_joined(self.above, cells))
        self.above = cells
        return self.columns is not None


def is_workbook_j(file: str | Path) -> bool:
    """Say whether a file may be a workbook J: a workbook that has a sheet with need indices.

    Parameters
    ----------
    file
        The file.
    """
    path, _ = split_sheet(file)
    return path.suffix.lower() in {".xlsx", ".xlsm"} and bool(_sheets(file, None))


def read_workbook_j(
    file: str | Path, years: Sequence[str] = (), sheet: str | None = None
) -> tuple[list[NeedSheet], list[str]]:
    """Read the need indices of workbook J.

    Parameters
    ----------
    file
        The workbook; a sheet may follow, as in `j.xlsx#gp_index_2627`.
    years
        Years wanted; none for all that it has.
    sheet
        Sheet wanted; none for all that have indices.

    Returns
    -------
    sheets : list of NeedSheet
        By year and level, in order.
    notes : list of str
        What the reader should be told.

    Raises
    ------
    InputError
        If no sheet has what is looked for, no year can be told, two sheets are of the same year and
        level, or a cell is wrong.
    """
    path, _ = split_sheet(file)
    found = _sheets(file, sheet)
    if not found:
        names = few(f'"{name}"' for name in sheets_of(file))
        there = f" Its sheets are {names}." if names else ""
        raise InputError.one(str(file), f"has no sheet with need indices.{there}", LOOKED_FOR)
    problems = Problems()
    notes: list[str] = []
    made: dict[tuple[str, Level], NeedSheet] = {}
    digest = file_hash(path)
    for name, (raw, columns) in found.items():
        problems.found.extend(raw.problems)
        table = _table(raw, columns, problems, notes)
        for year, rows in _by_year(raw, columns, name, path.name, table, notes):
            level = columns.level or ("practice" if _of_practices(name) else "icb")
            if years and year not in years:
                continue
            if not year:
                problems.add(raw.place, "does not say its year.", "Name it in the sheet's name.")
            elif (year, level) in made:
                problems.add(
                    raw.place,
                    f"gives the {level} indices of {year}, as {made[year, level].place} does.",
                    "Choose one by --sheet.",
                )
            made[year, level] = NeedSheet(year, level, rows, raw.place, path.name, digest)
    problems.raise_if_any()
    if not made:
        raise InputError.one(
            str(file), f"has no need indices of {few(years)}.", "Leave --year out to see its years."
        )
    return [made[key] for key in sorted(made, key=lambda key: (start_of(key[0]), key[1]))], notes


def _sheets(file: str | Path, sheet: str | None) -> dict[str, tuple[Raw, _Columns]]:
    found: dict[str, tuple[Raw, _Columns]] = {}
    named = split_sheet(file)[1]
    names = [sheet] if sheet else sheets_of(file) or [named or ""]
    for name in names:
        head = _Head()
        try:
            raw = read_raw(file, name or None, head)
        except InputError:
            if sheet or named:
                raise
            continue  # a sheet of notes, or an empty one
        if head.columns is not None:
            found[name] = (raw, head.columns)
    return found


def _joined(above: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Return two rows of headings as one; a heading above stands for the columns beside it too."""
    last, joined = "", []
    for at, cell in enumerate(cells):
        last = (above[at] if at < len(above) else "") or last
        joined.append(f"{last} {cell}".strip() if cell else "")
    return joined


def _columns(cells: Sequence[str]) -> _Columns | None:
    """Find columns by the words of their headings; None where they are not there, or unclear."""
    heads = [
        set(re.findall(r"[a-z]+", plain(cell))) if len(cell) <= LONGEST_HEADING else set()
        for cell in cells
    ]
    index = [at for at, words in enumerate(heads) if "index" in words]
    overall = [at for at in index if "overall" in heads[at]]
    overall = [at for at in overall if "need" in heads[at]] or overall
    need = [at for at in index if plain(cells[at]) in {"need index", "index"}]
    chosen = overall or need or (index if len(index) == 1 else [])
    codes = [at for at, words in enumerate(heads) if "code" in words and at not in chosen]
    if len(chosen) != 1 or not codes:
        return None
    of_practices = [at for at in codes if heads[at] & set(PRACTICES)]
    of_boards = [at for at in codes if heads[at] & set(BOARDS) and not heads[at] & {"sub"}]
    level: Level | None = "practice" if of_practices else "icb" if of_boards else None
    code = (of_practices or of_boards or codes)[0]
    names = [at for at, words in enumerate(heads) if "name" in words and at > code]
    people = [
        at
        for at, words in enumerate(heads)
        if words & set(PEOPLE) and not words & {"weighted", "need", "index", "normalised"}
    ]
    years = [at for at, words in enumerate(heads) if words and words <= {"year", "financial"}]
    return _Columns(
        level,
        code,
        chosen[0],
        names[0] if names else -1,
        of_boards[0] if of_practices and of_boards else -1,
        people[0] if len(people) == 1 else -1,
        years[0] if years else -1,
    )


def _of_practices(sheet: str) -> bool:
    return bool(set(re.split(r"[^a-z]+", sheet.lower())) & {*PRACTICES, "gps", "practices"})


def _table(raw: Raw, columns: _Columns, problems: Problems, notes: list[str]) -> pd.DataFrame:
    """Return the rows that have a code and an index; a figure that is none is a problem."""
    kept = [at for at, row in enumerate(raw.rows) if row[columns.code] and row[columns.index]]
    bare = [row[columns.code] for row in raw.rows if row[columns.code] and not row[columns.index]]
    if bare:
        notes.append(f"{raw.place}: {counted(len(bare), 'row')} without an index: {few(bare)}.")
    rows = [raw.rows[at] for at in kept]

    def texts(column: int) -> list[str]:
        return [row[column] if column >= 0 else "" for row in rows]

    table = pd.DataFrame(
        {
            "code": [code_of(text) for text in texts(columns.code)],
            "name": texts(columns.name),
            "icb": [code_of(text) for text in texts(columns.icb)],
            "year": texts(columns.year),
        },
        index=pd.Index([raw.numbers[at] for at in kept], name="row"),
    )
    for name, column in (("index", columns.index), ("registered_population", columns.people)):
        table[name] = np.nan
        if column < 0:
            continue
        values = pd.to_numeric(pd.Series(texts(column), dtype=object), errors="coerce")
        table[name] = values.to_numpy(dtype=float)
        for at in np.flatnonzero(~np.isfinite(values) | (values < 0)):
            problems.add(
                spot(raw.place, table.index[at], raw.headings[column]),
                f'is "{rows[at][column][:60]}".',
                f"Give the {name.replace('_', ' ')} as a number, 0 or more.",
            )
    return table


def _by_year(
    raw: Raw, columns: _Columns, sheet: str, file: str, table: pd.DataFrame, notes: list[str]
) -> list[tuple[str, pd.DataFrame]]:
    """Split a sheet by its column of years, or take its year from its name or the file's."""
    if columns.year < 0:
        named = years_in(sheet) or years_in(file)
        parts = [(named[0] if len(named) == 1 else "", table)]
    else:
        parts = []
        for text, rows in table.groupby("year", sort=False):
            named = years_in(str(text))
            plain_year = re.fullmatch(r"20\d\d[/-]\d\d(\d\d)?", str(text))
            if len(named) == 1 and plain_year:
                parts.append((named[0], rows))
            else:
                notes.append(f'{raw.place}: {counted(len(rows), "row")} of "{text}" left out.')
    for year, rows in parts:
        twice = rows["code"][rows["code"].duplicated()]
        if len(twice):
            raise InputError.one(
                raw.place, f"gives {few(twice)} twice in {year or 'its rows'}.", "Keep one row."
            )
    return [(year, rows.drop(columns="year")) for year, rows in parts]
