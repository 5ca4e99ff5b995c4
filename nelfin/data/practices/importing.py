"""Sum practice files to places, one year or several, ready for a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nelfin.data.practices.file import Practices, read_practices
from nelfin.data.practices.map_checks import (
    refuse_blank_places,
    refuse_twice_placed,
    refuse_unplaced,
    unused_rows,
)
from nelfin.data.practices.moves import put_like_for_like, told_moves, told_strays
from nelfin.data.practices.places import (
    BY_AUTHORITY,
    SUCCESSOR,
    packaged_map,
    place_practices,
    read_map,
    successors_of,
)
from nelfin.data.practices.systems import Chosen, choose
from nelfin.data.practices.words import counted, few
from nelfin.data.practices.years import year_of, years_given
from nelfin.data.specs import COMPONENTS, WHOLE_SYSTEM
from nelfin.errors import InputError, Problems
from nelfin.years import start_of


@dataclass(frozen=True)
class Imported:
    """Practice files summed to places.

    Parameters
    ----------
    table
        Columns `year, place, component, weighted_population, status, source`, ready to be the
        weighted populations of a scenario.
    label
        Codes of the systems.
    notes
        What the reader should be told.
    """

    table: pd.DataFrame
    label: str
    notes: tuple[str, ...]


def import_practices(
    files: str | Path | Sequence[str | Path],
    icb: str | Sequence[str],
    places: str | Path | None = None,
    year: str | Sequence[str] = (),
    sheet: str | None = None,
    like_for_like: bool = True,
) -> Imported:
    """Sum practice files to places.

    Parameters
    ----------
    files
        Practice files of NHS England's place-based tool, one a year.
    icb
        Codes or names of systems, taken together; "England" for all practices.
    places
        Map of places. None takes the map that comes with nelfin for the ICB, else groups by
        local authority (lower tier).
    year
        Year of each file, such as 2025/26; needed where its name does not say it.
    sheet
        Sheet of a workbook; by default the one that has the headings.
    like_for_like
        With several years, a practice stands in all of them where the last one places it.

    Returns
    -------
    Imported
        The sums, and what to tell.

    Raises
    ------
    InputError
        With every problem of the files, the map, or how they fit.
    """
    read, notes = read_years(_listed(files), _listed(year), sheet)
    chosen = choose_all(read, _listed(icb))
    notes += [note for each in chosen.values() for note in each.notes]
    packaged = packaged_map(next(iter(chosen.values())).label)
    placed, successors, more = _placed(chosen, places, packaged)
    notes += more
    derived = {label: each.derived for label, each in chosen.items()}
    years = {label: _members(chosen[label], placed[label]) for label in chosen}
    if len(years) > 1 and like_for_like:
        based, more = put_like_for_like(years, successors)
        notes += more
        derived = {y: derived[y] or not based[y]["place"].equals(years[y]["place"]) for y in years}
        years = based
    elif successors:
        notes.append("Successors have an effect only between years that are put like for like.")
    systems = {label: _systems_of(each) for label, each in read.items()}
    notes += told_moves(years, systems, successors if len(years) > 1 and like_for_like else ())
    if {by for each in placed.values() for by in each["placed_by"]} == {BY_AUTHORITY}:
        notes += told_strays(years)
    parts = [_tidy(label, each, years[label], derived[label]) for label, each in chosen.items()]
    table = pd.concat(parts, ignore_index=True)
    return Imported(table, next(iter(chosen.values())).label, tuple(dict.fromkeys(notes)))


def _listed(given: str | Path | Sequence[str | Path]) -> list[str]:
    several = [given] if isinstance(given, str | Path) else given
    return [str(each) for each in several if str(each)]


def read_years(
    files: Sequence[str], years: Sequence[str], sheet: str | None = None
) -> tuple[dict[str, Practices], list[str]]:
    """Read practice files of several years.

    Parameters
    ----------
    files
        The files.
    years
        As the person gives them: none, or one a file in their order.
    sheet
        Sheet of the workbooks.

    Returns
    -------
    files : dict
        By year, in the order of the years.
    notes : list of str
        What the reader should be told.

    Raises
    ------
    InputError
        With every problem of all files; or if two are of the same year.
    """
    problems = Problems()
    found: dict[str, Practices] = {}
    notes: list[str] = []
    for file, given in zip(files, years_given(years, len(files)), strict=True):
        try:
            practices = read_practices(file, sheet)
            year, more = year_of(practices, given)
        except InputError as error:
            problems.extend(error)
            continue
        notes += [*practices.notes, *more]
        if year in found:
            problems.add(file, f"is of {year}, as {found[year].file} is.", "Give one file a year.")
        found[year] = practices
    problems.raise_if_any()
    return {year: found[year] for year in sorted(found, key=start_of)}, notes


def choose_all(read: dict[str, Practices], icbs: Sequence[str]) -> dict[str, Chosen]:
    """Return the practices of the systems asked for in each year.

    Parameters
    ----------
    read
        Files by year.
    icbs
        Codes or names of the systems.

    Raises
    ------
    InputError
        With every problem of all years.
    """
    if not icbs:
        raise InputError.one("--icb", "names no system.", "Give a code, such as QMF.")
    problems = Problems()
    chosen: dict[str, Chosen] = {}
    for year, practices in read.items():
        try:
            chosen[year] = choose(practices, icbs)
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    return chosen


def _placed(
    chosen: dict[str, Chosen], places: str | Path | None, packaged: Path | None
) -> tuple[dict[str, pd.DataFrame], dict[str, str], list[str]]:
    """Return the places of the practices by year, each in exactly one, and their successors."""
    every = list(chosen.values())
    notes: list[str] = []
    problems = Problems()
    successors: dict[str, str] = {}
    table = None
    if places is not None:
        table = read_map(places)
        refuse_twice_placed(table, str(places))
        successors = successors_of(table)
        _check_successors(successors, every, str(places), problems, notes)
        table = table[table["key"] != SUCCESSOR]
        if table.empty:
            table = None
        else:
            refuse_blank_places(every, table, str(places), problems)
            notes += unused_rows(every, table, str(places), problems)
    if table is None and packaged is not None:
        table = read_map(packaged)
    placed = {year: place_practices(each, table) for year, each in chosen.items()}
    for year, each in chosen.items():
        refuse_unplaced(each, placed[year], problems)
    problems.raise_if_any()
    own = [code for code in every[0].label.split(" + ") if packaged_map(code)]
    if table is None and own:
        notes.append(
            f"Places are local authorities: the map of {few(own)} that comes with nelfin is for it "
            "alone. Give a map to have others."
        )
    return placed, successors, notes


def _check_successors(
    successors: dict[str, str],
    every: Sequence[Chosen],
    called: str,
    problems: Problems,
    notes: list[str],
) -> None:
    """Refuse a successor that the last file does not have; tell of practices that no file has."""
    known = {code for each in every for code in each.table["practice_code"]}
    last = set(every[-1].table["practice_code"])
    unused = [code for code in successors if code not in known]
    if unused:
        notes.append(
            f"{Path(called).name}: {counted(len(unused), 'practice')} with a successor not in "
            f"{every[0].label}: {few(unused)}."
        )
    for code, heir in successors.items():
        if code in known and heir not in last:
            problems.add(
                called,
                f"{heir}, the successor of {code}, is not in {every[-1].practices.name}.",
                "Give a practice that is, or the place in its stead.",
            )


def _members(chosen: Chosen, placed: pd.DataFrame) -> pd.DataFrame:
    rows = chosen.table.loc[placed.index, ["practice_code", "practice_name"]]
    people = chosen.table.loc[placed.index, "registered_population"]
    return rows.assign(place=placed["place"], placed_by=placed["placed_by"], people=people)


def _systems_of(practices: Practices) -> dict[str, str]:
    return dict(zip(practices.table["practice_code"], practices.table["icb"], strict=True))


def _tidy(year: str, chosen: Chosen, members: pd.DataFrame, derived: bool) -> pd.DataFrame:
    sums = sum_to_places(chosen.table, members["place"])
    tidy = sums.melt(
        ignore_index=False, var_name="component", value_name="weighted_population"
    ).reset_index()
    order = {name: at for at, name in enumerate([*sums.index, *COMPONENTS])}
    tidy = tidy.sort_values(["place", "component"], key=lambda names: names.map(order))
    tidy.insert(0, "year", year)
    tidy["status"] = "derived" if derived else "published"
    tidy["source"] = f"NHS England practice file {chosen.practices.name}, summed to place (OGL v3)"
    return tidy.reset_index(drop=True)


def sum_to_places(table: pd.DataFrame, placed: pd.Series) -> pd.DataFrame:
    """Return one row a place, one column a component; the whole system's own people come last.

    Parameters
    ----------
    table
        A row a practice, a column a component, in people.
    placed
        Place of each practice, by the index of the table.

    Returns
    -------
    pandas.DataFrame
        People by place and component.
    """
    sums = table.loc[placed.index, list(COMPONENTS)].groupby(placed.rename("place")).sum()
    last = [name for name in sums.index if name == WHOLE_SYSTEM]
    return sums.loc[[name for name in sums.index if name != WHOLE_SYSTEM] + last]
