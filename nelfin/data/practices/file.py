"""Read a practice file of NHS England: find its headings, and set aside what is no practice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nelfin.data.practices.words import code_of, counted, few, plain
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError, Problems
from nelfin.store.sheets.files import Raw, read_raw, sheets_of
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.spots import letters, spot
from nelfin.store.sheets.texts import MOST_BYTES
from nelfin.store.writing import read_at_most

# Headings by year: 2022/23 named the year of its geographies, 2025/26 its tool's own.
HEADINGS: dict[str, tuple[str, ...]] = {
    "practice_code": ("Practice_Code", "GP Practice Code", "GP Code"),
    "practice_name": ("GP_Practice_Name", "Practice Name", "GP Name"),
    "icb": ("ICB", r"IC[SB]\d\d", "ICB Code", "ICS Code", r"ICB\d\d ?CDH?"),
    "pcn_code": ("PCN_Code",),
    "local_authority": ("LTLA", r"LTLA\d\d", "LADname", "LAD Name", r"LAD\d\d ?NM", "LTLA Name"),
    "registered_population": (
        "Population",
        r"pop \d{4}/\d\d",
        "Registered Patients",
        "Registered Population",
    ),
    "general_and_acute": ("G&A WP",),
    "community": ("CS WP",),
    "mental_health": ("MH WP",),
    "maternity": ("Mat WP",),
    "prescribing": ("Prescr WP",),
    "health_inequalities": ("Health Ineq WP",),
    "primary_medical_need": ("Primary Medical Care WP",),
    "final_core": ("Final WP", "Core WP"),
    "final_primary_medical": ("Final PMC WP",),
}
"""Headings of NHS England's files for each thing we read, as regular expressions.

Case, spaces, line breaks and _ make no difference."""

OPTIONAL = {"pcn_code", "practice_name"}

FEWEST = 5
"""Known headings that a row of headings has at least."""

TOTALS = {"total", "totals", "grand total", "england", "england total", "total england", "all"}
"""What stands in place of a code, or of an ICB, in a row that sums others."""

IS_ICB = re.compile(r"[A-Z0-9]{3,5}")
"""Codes of ICBs, before and after April 2026: what else stands there, the row has slipped."""

IS_CODE = re.compile(r"\S{1,12}")
"""What may be the code of a practice, and is no footnote."""

NAMED_YEAR = re.compile(r"\d{4}/\d\d")


@dataclass(frozen=True)
class Practices:
    """Practices of one file.

    Parameters
    ----------
    table
        A row a practice: `practice_code, practice_name, icb, pcn_code, local_authority` and the
        components, blank where the cell is no number of 0 or more; the index holds the rows of the
        file as a spreadsheet shows them. Codes are in capitals, without spaces.
    heading_year
        Year that a heading names, else ""; in some files of NHS England it is out of date.
    file
        Where it was read, with its sheet.
    name
        Name of the file alone.
    sheet
        Sheet that the person or the search chose, else "".
    sha256
        Of the file's content.
    texts
        The cells behind the components, as they stand in the file; same shape.
    headings
        Heading of each column of `table` in the file.
    notes
        What the reader should be told, such as rows that were left out.
    components
        Components that it gives.
    """

    table: pd.DataFrame
    heading_year: str
    file: str
    name: str
    sheet: str
    sha256: str
    texts: pd.DataFrame
    headings: dict[str, str]
    notes: tuple[str, ...] = ()
    components: tuple[str, ...] = COMPONENTS

    @property
    def has_pcns(self) -> bool:
        """Whether the file gives the PCN of any practice."""
        return bool((self.table["pcn_code"] != "").any())


def read_practices(file: str | Path, sheet: str | None = None) -> Practices:
    """Read a practice file as NHS England publishes it with its place-based tool.

    Headings of 2022/23 to 2025/26 are known, below rows of titles or not. Figures are checked when
    practices are chosen: a cell of a system that is not asked for stops nobody.

    Parameters
    ----------
    file
        CSV file or workbook, a row a practice.
    sheet
        Sheet of a workbook; by default the one that has the headings.

    Returns
    -------
    Practices
        Practices with their weighted populations, in people.

    Raises
    ------
    InputError
        With every problem: no column of a component, a row longer than the headings, a row of which
        nobody can say whose it is; or several sheets that could be meant.
    """
    raw = _find_sheet(file, sheet)
    problems = Problems()
    problems.found.extend(raw.problems)
    columns = _columns(raw, problems)
    problems.raise_if_any()
    texts = {
        name: [""] * len(raw.rows) if at is None else [row[at] for row in raw.rows]
        for name, at in columns.items()
    }
    notes: list[str] = []
    kept = _practice_rows(raw, texts, problems, notes)
    problems.raise_if_any()
    frame = pd.DataFrame(texts, index=pd.Index(raw.numbers, name="row"), dtype=object).loc[kept]
    headings = {name: raw.headings[at] for name, at in columns.items() if at is not None}
    for name in ("practice_code", "icb", "pcn_code"):
        frame[name] = [code_of(text) for text in frame[name]]
    frame.loc[frame["pcn_code"].isin({"U", "UNALLOCATED"}), "pcn_code"] = ""
    frame["local_authority"] = _spelt_alike(frame["local_authority"])
    cells = frame[list(COMPONENTS)]
    for name in COMPONENTS:
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
        frame[name] = np.where(np.isfinite(values) & (values >= 0), values, np.nan)
    named = NAMED_YEAR.search(headings["registered_population"])
    path, chosen = split_sheet(file)
    return Practices(
        frame,
        named[0] if named else "",
        raw.place,
        path.name,
        sheet or chosen or "",
        file_hash(path),
        cells,
        headings,
        tuple(notes),
    )


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file that was just read.

    Parameters
    ----------
    path
        The file, without a sheet.
    """
    return hashlib.sha256(read_at_most(path, MOST_BYTES) or b"").hexdigest()


def matched(headings: Sequence[str]) -> dict[str, list[int]]:
    """Return the columns that may hold each thing we read, those of the likeliest heading first.

    Parameters
    ----------
    headings
        Headings of a file.
    """
    words = [plain(heading) for heading in headings]
    return {
        name: [
            at
            for pattern in patterns
            for at, word in enumerate(words)
            if re.fullmatch(plain(pattern), word)
        ]
        for name, patterns in HEADINGS.items()
    }


def _known(headings: Sequence[str]) -> int:
    return sum(1 for found in matched(headings).values() if found)


def is_head(cells: list[str]) -> bool:
    """Say whether a row holds the headings of a practice file.

    Parameters
    ----------
    cells
        The row.
    """
    return _known(cells) >= FEWEST


def _complete(raw: Raw) -> bool:
    return all(found or name in OPTIONAL for name, found in matched(raw.headings).items())


def _find_sheet(file: str | Path, sheet: str | None) -> Raw:
    """Read the sheet asked for, or the only one that has the headings."""
    names = [] if sheet is not None else sheets_of(file)
    if len(names) < 2:
        return read_raw(file, sheet, is_head)
    found: dict[str, Raw] = {}
    for name in names:
        try:
            raw = read_raw(file, name, is_head)
        except InputError:  # a sheet of notes, or an empty one
            continue
        if is_head(raw.headings):
            found[name] = raw
    found = {name: raw for name, raw in found.items() if _complete(raw)} or found
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise InputError.one(
            str(file),
            f"has practices on {len(found)} sheets: {_quoted(found)}.",
            f'Choose one, as in --sheet "{next(iter(found))}".',
        )
    raise InputError.one(
        str(file),
        f"has no sheet with the headings of a practice file; its sheets are {_quoted(names)}.",
        'Look for "Practice_Code", "ICB", "G&A WP" and the other weighted populations.',
    )


def _quoted(names: Iterable[str]) -> str:
    return few('"' + name + '"' for name in names)


def _columns(raw: Raw, problems: Problems) -> dict[str, int | None]:
    """Return the column of each thing we read."""
    columns: dict[str, int | None] = {}
    where = spot(raw.place, raw.head)
    for name, found in matched(raw.headings).items():
        what = name.replace("_", " ")
        if not found and name not in OPTIONAL:
            problems.add(
                where,
                f"has no column for {what}.",
                f'NHS England calls it "{HEADINGS[name][0]}". Use a practice file of its '
                "place-based tool.",
            )
        columns[name] = found[0] if found else None
        others = [at for at in found[1:] if _differ(raw, found[0], at)]
        if others:
            titles = ", ".join(f"{raw.headings[at]} ({letters(at)})" for at in (found[0], *others))
            problems.add(
                where,
                f"has {len(others) + 1} columns for {what}: {titles}.",
                "Keep one of them.",
            )
    return columns


def _differ(raw: Raw, one: int, other: int) -> bool:
    same_heading = plain(raw.headings[one]) == plain(raw.headings[other])
    return same_heading or any(row[one] != row[other] for row in raw.rows)


def _practice_rows(
    raw: Raw, texts: dict[str, list[str]], problems: Problems, notes: list[str]
) -> list[int]:
    """Return the rows that hold practices; totals and footnotes are told, lost rows refused."""
    kept: list[int] = []
    left: dict[str, list[str]] = {"a total": [], "no figure": []}
    figures = [texts[name] for name in COMPONENTS]
    for at, number in enumerate(raw.numbers):
        code, icb, name = (texts[key][at] for key in ("practice_code", "icb", "practice_name"))
        title = plain(code) or plain(name)
        if title in TOTALS or plain(icb) in TOTALS:
            left["a total"].append(f'row {number} "{code or name or icb}"')
        elif IS_ICB.fullmatch(code_of(icb)):
            kept.append(number)
        elif not icb and not IS_CODE.fullmatch(code) and not any(each[at] for each in figures):
            left["no figure"].append(f'row {number} "{_first(raw.rows[at])}"')
        else:
            problems.add(
                spot(raw.place, number, raw.headings[matched(raw.headings)["icb"][0]]),
                f'is "{icb[:60]}", no code of an ICB.' if icb else "is empty.",
                f"Give the code of the ICB of practice {code or 'without a code'}, look whether "
                "the row has slipped, or take it out.",
            )
    for what, rows in left.items():
        if rows:
            notes.append(
                f"{raw.place}: {counted(len(rows), 'row')} left out as {what}: {few(rows)}."
            )
    return kept


def _first(row: list[str]) -> str:
    return next(cell for cell in row if cell)[:40]


def _spelt_alike(names: pd.Series) -> list[str]:
    """Return names, those that differ in case and spaces alone as they are first spelt."""
    first: dict[str, str] = {}
    return [first.setdefault(plain(name), " ".join(name.split())) for name in names]
