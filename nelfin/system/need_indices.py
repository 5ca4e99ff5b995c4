"""Need indices without money: from practice files, workbook J or the figures that come along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from nelfin.data.practices import packaged_map, read_map
from nelfin.data.practices.map_checks import refuse_blank_places, unused_rows
from nelfin.data.practices.places import SUCCESSOR, place_practices
from nelfin.data.practices.systems import label_of
from nelfin.data.practices.words import counted, few
from nelfin.data.practices.workbook_j import LOOKED_FOR, is_workbook_j
from nelfin.data.practices.years import check_year
from nelfin.data.specs import COMPONENTS, WHOLE_SYSTEM
from nelfin.errors import InputError, Problem, Problems
from nelfin.store.sheets.names import split_sheet
from nelfin.system.need_sources import Source, from_packaged, from_practices, from_workbook_j

ALL_PLACES = "all places"
"""Row of the system: each practice once, those without a place too."""

NOT_PLACED = "not placed"
"""Place of practices that the map does not place."""

OVERLAPS = "overlaps: places do not add up to the system"

PEOPLE = "registered_population"


@dataclass(frozen=True)
class Need:
    """Need indices of places, against their system and against England.

    Parameters
    ----------
    table
        Columns `year, icb, place, component, registered_population, weighted_population,
        index_in_system, index_in_england, status, source`. The place `all places` is the system.
    who
        Which practice went where: `year, practice_code, practice_name, pcn_code, local_authority,
        icb, place, placed_by, registered_population`. Empty where the source has no practices.
    label
        Codes of the systems.
    notes
        What the reader should be told.
    files
        SHA-256 of each file by name.
    overlaps
        Years in which a practice is in several places.
    """

    table: pd.DataFrame
    who: pd.DataFrame
    label: str
    notes: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    overlaps: tuple[str, ...] = ()


def need(
    files: str | Path | Sequence[str | Path] = (),
    icb: str | Sequence[str] = (),
    year: str | Sequence[str] = (),
    places: str | Path | None = None,
    sheet: str | None = None,
) -> Need:
    """Return need indices of places, without money.

    Parameters
    ----------
    files
        Practice files of NHS England, one a year; or its workbook J, with a practice file beside it
        where the workbook does not say whose the practices are. Without one the figures by local
        authority that come with nelfin are used.
    icb
        Codes or names of systems, taken together as one; "England" for all.
    year
        Year of each practice file where its name does not say it; years wanted of workbook J and of
        the figures that come with nelfin.
    places
        Map of places. None takes the map that comes with nelfin for the ICB, else local
        authorities. A map may place a practice twice, and leave some out: both are told.
    sheet
        Sheet of a workbook.

    Returns
    -------
    Need
        Indices by year, place and component, and who went where.

    Raises
    ------
    InputError
        With every problem of the files or the map.

    Notes
    -----
    Index of place i and component c: (W_ci / N_i) / (W_c / N), N registered and W weighted people,
    against the sums of the system or of England. NHS England's place-based tool defines it so.

    Examples
    --------
    >>> import nelfin
    >>> found = nelfin.need(icb="QWE", year="2025/26").table
    >>> core = found[found["component"] == "final_core"].set_index("place")
    >>> f"{core.loc['Merton', 'index_in_system']:.3f}"
    '0.960'
    """
    given, icbs, years = _listed(files), _listed(icb), _listed(year)
    if not icbs:
        raise InputError.one("--icb", "names no system.", "Give a code, such as QMF.")
    books = [file for file in given if is_workbook_j(file)]
    if books:
        others = [file for file in given if file not in books]
        _check_years(years)
        sources, notes = from_workbook_j(books, others, icbs, years, sheet)
    elif given:
        try:
            sources, notes = from_practices(given, icbs, years, sheet)
        except InputError as error:
            raise InputError([*error.problems, *_no_workbook_j(given, error)]) from None
    else:
        _check_years(years)
        sources, notes = from_packaged(icbs, years)
    table = _read_places(places, label_of(icbs), sources, notes)
    parts, who, overlaps = [], [], []
    for source in sources:
        placed = place_practices(source.chosen, table)
        placed["place"] = placed["place"].where(placed["place"] != "", NOT_PLACED)
        if placed.index.has_duplicates:
            overlaps.append(source.year)
        notes += _told(source, placed, table is not None)
        parts.append(_indices(source, placed))
        who.append(_who(source, placed))
    return Need(
        pd.concat(parts, ignore_index=True),
        pd.concat(who, ignore_index=True),
        label_of(icbs),
        tuple(dict.fromkeys(notes)),
        {name: digest for source in sources for name, digest in source.files.items()},
        tuple(overlaps),
    )


def _no_workbook_j(files: Sequence[str], error: InputError) -> list[Problem]:
    """Say of workbooks that are no practice files what was looked for in a workbook J."""
    if not any("headings of a practice" in p.what or "no column" in p.what for p in error.problems):
        return []
    return [
        Problem(file, "has no sheet with the need indices of workbook J either.", LOOKED_FOR)
        for file in files
        if split_sheet(file)[0].suffix.lower() in {".xlsx", ".xlsm"}
    ]


def _listed(given: str | Path | Sequence[str | Path]) -> list[str]:
    several = [given] if isinstance(given, str | Path) else given
    return [str(each) for each in several if str(each)]


def _check_years(years: Sequence[str]) -> None:
    problems = Problems()
    for year in years:
        check_year(year, problems)
    problems.raise_if_any()


def _read_places(
    places: str | Path | None, label: str, sources: Sequence[Source], notes: list[str]
) -> pd.DataFrame | None:
    """Return the map that places the practices; None for local authorities."""
    of_practices = sources[0].of_practices
    if places is None:
        file = packaged_map(label) if of_practices else None
        return read_map(file) if file else None
    table = read_map(places)
    problems = Problems()
    if (table["key"] == SUCCESSOR).any():
        notes.append(f"{Path(places).name}: successors have no effect here: each year is as it is.")
        table = table[table["key"] != SUCCESSOR]
        if table.empty:
            return _read_places(None, label, sources, notes)
    if not of_practices:
        other = table[table["key"] != "local_authority"]
        if len(other):
            problems.add(
                str(places),
                f"places {counted(len(other), 'row')} by practice or PCN, but the figures that "
                "come with nelfin are by local authority.",
                "Give a practice file, or a map by local_authority.",
            )
            problems.raise_if_any()
    chosen = [source.chosen for source in sources]
    refuse_blank_places(chosen, table, str(places), problems)
    notes += unused_rows(chosen, table, str(places), problems)
    problems.raise_if_any()
    return table


def _told(source: Source, placed: pd.DataFrame, by_map: bool) -> list[str]:
    """Tell of practices in several places, and of those in none."""
    notes: list[str] = []
    noun = "practice" if source.of_practices else "local authority"
    names = source.chosen.table["practice_code" if source.of_practices else "local_authority"]
    twice = placed.index[placed.index.duplicated()].unique()
    if len(twice):
        notes.append(f"{source.year} {OVERLAPS}: {few(names[twice])} in several places.")
    lost = placed.index[placed["place"] == NOT_PLACED]
    if len(lost):
        people = source.chosen.table.loc[lost, PEOPLE].sum()
        remedy = "the map does not place" if by_map else "the file gives no local authority for"
        many = "local authorities" if noun == "local authority" and len(lost) > 1 else ""
        count = f"{len(lost):,} {many}" if many else counted(len(lost), noun)
        notes.append(
            f"{source.year}: {count} with {people:,.0f} people {remedy} "
            f'{"is" if len(lost) == 1 else "are"} shown as "{NOT_PLACED}": {few(names[lost])}.'
        )
    return notes


def _indices(source: Source, placed: pd.DataFrame) -> pd.DataFrame:
    """Return the indices of one year, place by place, the system last."""
    table = source.chosen.table
    members = table.loc[placed.index, list(COMPONENTS)].reset_index(drop=True)
    sums = members.groupby(placed["place"].to_numpy()).sum(min_count=1)
    last = [name for name in (WHOLE_SYSTEM, NOT_PLACED) if name in sums.index]
    sums = sums.loc[[name for name in sums.index if name not in last] + last]
    system = table[list(COMPONENTS)].sum(min_count=1)
    sums.loc[ALL_PLACES] = system
    weighted = [
        name for name in COMPONENTS if name != PEOPLE and name in source.chosen.practices.components
    ]
    people = sums[PEOPLE].where(sums[PEOPLE] > 0)  # a place of nobody has no index
    a_head = sums[weighted].div(people, axis=0)
    tidy = pd.DataFrame(
        {
            "year": source.year,
            "icb": source.chosen.label,
            "place": np.repeat(sums.index.to_numpy(), len(weighted)),
            "component": np.tile(weighted, len(sums)),
            PEOPLE: np.repeat(sums[PEOPLE].to_numpy(), len(weighted)),
            "weighted_population": sums[weighted].to_numpy().ravel(),
            "index_in_system": _beside(a_head, system[weighted] / system[PEOPLE]),
            "index_in_england": _beside(a_head, source.england[weighted] / source.england[PEOPLE]),
        }
    )
    marked = f"; {OVERLAPS}" if placed.index.has_duplicates else ""
    return tidy.assign(status="derived", source=source.words + marked)


def _beside(a_head: pd.DataFrame, whole: pd.Series) -> np.ndarray:
    """Return weighted people a head beside those of a whole; blank where it has none."""
    return np.asarray(a_head.div(whole.where(whole > 0)).to_numpy().ravel())


def _who(source: Source, placed: pd.DataFrame) -> pd.DataFrame:
    names = ["practice_code", "practice_name", "pcn_code", "local_authority", "icb"]
    rows = source.chosen.table.loc[placed.index, names]
    rows = rows.assign(
        place=placed["place"],
        placed_by=placed["placed_by"],
        registered_population=source.chosen.table.loc[placed.index, PEOPLE],
    )
    rows.insert(0, "year", source.year)
    return rows if source.of_practices else rows.iloc[:0]
