"""What need indices are worked out from: people by practice or authority, and England's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nelfin.data.footprints import Part, System, find_system, table
from nelfin.data.national import england, weighted_populations_of
from nelfin.data.practices.file import Practices, read_practices
from nelfin.data.practices.importing import choose_all, read_years
from nelfin.data.practices.systems import EVERYWHERE, Chosen, choose, label_of
from nelfin.data.practices.words import code_of, few
from nelfin.data.practices.workbook_j import NeedSheet, read_workbook_j
from nelfin.data.practices.workbook_j_practices import as_practices
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError, Problems

SYSTEMS = 42
"""Systems that a practice file of all England holds."""


@dataclass(frozen=True)
class Source:
    """People of the systems asked for in one year.

    Parameters
    ----------
    year
        The year.
    chosen
        Practices of the systems; or local authorities, as rows of the same columns.
    england
        Registered and weighted people of England.
    words
        Where the figures come from.
    of_practices
        The rows are practices.
    files
        SHA-256 of each file by name.
    """

    year: str
    chosen: Chosen
    england: pd.Series
    words: str
    of_practices: bool
    files: dict[str, str]


def from_practices(
    files: Sequence[str], icbs: Sequence[str], years: Sequence[str], sheet: str | None
) -> tuple[list[Source], list[str]]:
    """Return people of the systems from practice files, one a year.

    Parameters
    ----------
    files
        The files.
    icbs
        Systems.
    years
        None, or one a file.
    sheet
        Sheet of a workbook.

    Returns
    -------
    sources : list of Source
        In the order of the years.
    notes : list of str
        What the reader should be told.
    """
    read, notes = read_years(files, years, sheet)
    sources = []
    for year, chosen in choose_all(read, icbs).items():
        notes += chosen.notes
        practices = chosen.practices
        words = f"NHS England practice file {practices.name} (OGL v3), SHA-256 {practices.sha256}"
        sources.append(
            Source(
                year,
                chosen,
                _england_of(practices, year, notes),
                words,
                True,
                {practices.name: practices.sha256},
            )
        )
    return sources, notes


def _england_of(practices: Practices, year: str, notes: list[str]) -> pd.Series:
    """Return England's people: those of the file if it has all of them, else the packaged ones."""
    figures = practices.table[list(COMPONENTS)]
    wrong = figures.isna() & (practices.texts != "")
    if practices.table["icb"].nunique() == SYSTEMS and not wrong.to_numpy().any():
        blank = figures.isna().sum()
        if blank.any():
            counts = (f"{name.replace('_', ' ')} of {n}" for name, n in blank[blank > 0].items())
            notes.append(f"{practices.name}: blanks count as 0 in England's sums: {few(counts)}.")
        return figures.sum()
    what = "does not hold all of England"
    if wrong.to_numpy().any():
        codes = practices.table.loc[wrong.any(axis=1), "practice_code"]
        what = f"has figures of other systems that cannot be read ({few(codes)})"
    try:
        packaged = england(year)
    except InputError:
        notes.append(f"{practices.name} {what}: there are no indices against England for {year}.")
        return pd.Series(np.nan, index=list(COMPONENTS))
    notes.append(f"{practices.name} {what}: England's people are those that come with nelfin.")
    return packaged


def from_packaged(icbs: Sequence[str], years: Sequence[str]) -> tuple[list[Source], list[str]]:
    """Return people of the systems by local authority, from the figures that come with nelfin.

    Parameters
    ----------
    icbs
        Systems.
    years
        Years wanted; none for all.

    Returns
    -------
    sources : list of Source
        In the order of the years.
    notes : list of str
        What the reader should be told.
    """
    every = [code_of(icb) == EVERYWHERE for icb in icbs]
    systems = [find_system(icb) for icb, whole in zip(icbs, every, strict=True) if not whole]
    _refuse_overlaps(systems, any(every) and len(icbs) > 1)
    wanted = list(years) or None
    notes = [system.note for system in systems if system.note]
    if any(every):
        rows = table("weighted_populations")
        rows = rows[rows["year"].isin(wanted)] if wanted else rows
        for year in wanted or ():
            england(year)  # an unknown year is refused
    else:
        parts = [weighted_populations_of(each, wanted).assign(icb=each.code) for each in systems]
        rows = pd.concat(parts, ignore_index=True)
    sources = []
    name = "the figures that come with nelfin"
    whole_of = dict(list(table("weighted_populations").groupby("year")))
    for year, own in rows.groupby("year"):
        lines = own.assign(practice_code="", practice_name="", pcn_code="")
        lines.index = pd.RangeIndex(len(lines), name="row")
        whole = whole_of[year].assign(practice_code="", pcn_code="")
        practices = Practices(whole, "", name, name, "", "", whole[list(COMPONENTS)], {})
        chosen = Chosen(label_of(icbs), practices, lines, True, ())
        words = (
            f"NHS England practice file {year} (OGL v3), summed by local authority of the practice,"
            " as it comes with nelfin"
        )
        sources.append(Source(str(year), chosen, england(str(year)), words, False, {}))
    return sources, notes


def _refuse_overlaps(systems: Sequence[System], twice: bool) -> None:
    problems = Problems()
    for at, one in enumerate(systems):
        for other in systems[:at]:
            if any(_overlap(a, b) for a in one.parts for b in other.parts):
                problems.add(
                    "--icb",
                    f"{one.name} and {other.name} have people in common.",
                    "Give each system once.",
                )
    if twice:
        problems.add("--icb", "England holds every other system.", "Give it alone.")
    problems.raise_if_any()


def _overlap(one: Part, other: Part) -> bool:
    if one.old_code != other.old_code:
        return False
    if one.authorities is None or other.authorities is None:
        return True
    return bool(set(one.authorities) & set(other.authorities))


def from_workbook_j(
    books: Sequence[str],
    others: Sequence[str],
    icbs: Sequence[str],
    years: Sequence[str],
    sheet: str | None,
) -> tuple[list[Source], list[str]]:
    """Return people of the systems by practice, weighted by the overall index of workbook J.

    Parameters
    ----------
    books
        Workbooks J.
    others
        A practice file that says whose the practices are, and how many people they have.
    icbs
        Systems.
    years
        Years wanted; none for all that the workbooks have.
    sheet
        Sheet of the workbooks.

    Returns
    -------
    sources : list of Source
        In the order of the years.
    notes : list of str
        What the reader should be told.
    """
    beside: Practices | None = None
    notes: list[str] = []
    if others:
        beside, notes = _read_beside(others)
    sheets: list[NeedSheet] = []
    for book in books:
        found, more = read_workbook_j(book, years, sheet)
        sheets += found
        notes += more
    problems = Problems()
    sources = []
    for year in sorted({each.year for each in sheets}):
        own = [each for each in sheets if each.year == year]
        of_practices = [each for each in own if each.level == "practice"]
        try:
            if len(of_practices) > 1:
                places = few(each.place for each in of_practices)
                raise InputError.one(places, f"give indices of {year}.", "Give one of them.")
            if not of_practices:
                raise InputError.one(
                    own[0].place,
                    f"gives the indices of ICBs in {year}, and no sheet those of practices.",
                    "Places need those of practices: look for a workbook that has them.",
                )
            practices, more = as_practices(of_practices[0], beside)
            sources.append(_of_book(year, choose(practices, icbs), beside))
            notes += [*more, *sources[-1].chosen.notes]
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    return sources, notes


def _of_book(year: str, chosen: Chosen, beside: Practices | None) -> Source:
    book = chosen.practices
    files = {book.name: book.sha256}
    words = f"NHS England workbook J {book.name} (OGL v3), SHA-256 {book.sha256}"
    if beside is not None:
        files[beside.name] = beside.sha256
        words += f"; practices as in {beside.name}, SHA-256 {beside.sha256}"
    return Source(year, chosen, book.table[list(COMPONENTS)].sum(min_count=1), words, True, files)


def _read_beside(files: Sequence[str]) -> tuple[Practices, list[str]]:
    """Read the practice file of the last year; of one alone the year does not matter."""
    if len(files) == 1:
        practices = read_practices(files[0])
        return practices, list(practices.notes)
    read, notes = read_years(files, ())
    return list(read.values())[-1], notes
