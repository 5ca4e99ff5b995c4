"""Import NHS England's practice files: weighted populations of practices, summed to places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from nelfin.data.files import Raw, read_raw
from nelfin.data.specs import COMPONENTS, WHOLE_SYSTEM
from nelfin.data.specs.columns import Column, Table
from nelfin.data.spots import spot
from nelfin.data.tables import read_table
from nelfin.errors import InputError, Problems, nearest
from nelfin.years import start_of

# Headings by year: 2022/23 named the year of its geographies, 2025/26 its tool's own.
HEADINGS: dict[str, tuple[str, ...]] = {
    "practice_code": ("Practice_Code",),
    "icb": ("ICB", r"ICS\d\d"),
    "pcn_code": ("PCN_Code",),
    "local_authority": ("LTLA", r"LTLA\d\d", "LADname"),
    "registered_population": ("Population", r"pop \d{4}/\d\d", "Registered Patients"),
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
"""Headings of NHS England's files for each thing we read, as regular expressions."""

OPTIONAL = {"pcn_code"}
UNALLOCATED = {"", "U", "UNALLOCATED"}
"""PCN codes that mean none."""

MAP_KEYS = ("practice_code", "pcn_code", "local_authority")
"""Columns a map may place practices by, the most particular first."""


@dataclass(frozen=True)
class Practices:
    """Practices of one file.

    Parameters
    ----------
    table
        A row a practice: `practice_code, icb, pcn_code, local_authority` and the components; the
        index holds the rows of the file as a spreadsheet shows them.
    year
        The file's year where a heading names it, else "".
    file
        Where it was read.
    """

    table: pd.DataFrame
    year: str
    file: str


def read_practices(file: str | Path) -> Practices:
    """Read a practice file as NHS England publishes it with its place-based tool.

    Headings of 2022/23 to 2025/26 are known. Cells are trimmed; a blank component is an error.

    Parameters
    ----------
    file
        CSV file or workbook, a row a practice.

    Returns
    -------
    Practices
        Practices with their weighted populations, in people.

    Raises
    ------
    InputError
        With every problem: a missing component, a practice twice, text for a number.
    """
    raw = read_raw(file)
    problems = Problems()
    headings = {name: _heading(raw, name) for name in HEADINGS}
    for name, heading in headings.items():
        if heading is None and name not in OPTIONAL:
            known = [text for text in HEADINGS[name] if "\\" not in text]
            problems.add(
                spot(raw.place, 1),
                f"has no column for {name.replace('_', ' ')}.",
                f'NHS England calls it "{known[0]}". Use a practice file of its place-based tool.',
            )
    problems.raise_if_any()
    columns: dict[str, object] = {}
    for name, heading in headings.items():
        texts = [row[raw.headings.index(heading)] for row in raw.rows] if heading else None
        if texts is None:
            columns[name] = [""] * len(raw.rows)
        elif name in COMPONENTS:
            columns[name] = _figures(raw, name, str(heading), texts, problems)
        else:
            columns[name] = texts
    table = pd.DataFrame(columns, index=pd.Index(raw.numbers, name="row"))
    _check_codes(raw, table, str(headings["practice_code"]), problems)
    problems.raise_if_any()
    named = re.fullmatch(r"pop (\d{4}/\d\d)", headings["registered_population"] or "")
    return Practices(table, named[1] if named else "", raw.place)


def _heading(raw: Raw, name: str) -> str | None:
    for pattern in HEADINGS[name]:
        for heading in raw.headings:
            if re.fullmatch(pattern, heading, flags=re.IGNORECASE):
                return heading
    return None


def _figures(raw: Raw, name: str, heading: str, texts: list[str], problems: Problems) -> np.ndarray:
    values = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(dtype=float)
    for at in np.flatnonzero(~np.isfinite(values) | (values < 0)):
        what = f'is "{texts[at][:60]}".' if texts[at] else "is empty."
        problems.add(
            spot(raw.place, raw.numbers[int(at)], heading),
            what,
            f"Give the {name.replace('_', ' ')} as a number, 0 or more.",
        )
    return np.asarray(values)


def _check_codes(raw: Raw, table: pd.DataFrame, heading: str, problems: Problems) -> None:
    first: dict[str, int] = {}
    for row, code in table["practice_code"].items():
        where = spot(raw.place, row, heading)
        if not code:
            problems.add(where, "is empty.", "Give the practice's code.")
        elif code in first:
            problems.add(where, f"{code} repeats row {first[code]}.", "Keep one row a practice.")
        first.setdefault(str(code), int(str(row)))


def packaged_map(icb: str) -> Path | None:
    """Return the map of places that comes with nelfin for an ICB, named by its code, or None.

    Parameters
    ----------
    icb
        Code of the ICB, such as QMF.

    Returns
    -------
    pathlib.Path or None
        File of the map; None if none comes with nelfin.
    """
    file = Path(str(files("nelfin") / "data" / "maps")) / f"{icb}.csv"
    return file if icb.isalnum() and file.is_file() else None


def read_map(file: str | Path) -> pd.DataFrame:
    """Read a map of places.

    Parameters
    ----------
    file
        CSV file or workbook.

    Returns
    -------
    pandas.DataFrame
        Columns `practice_code, pcn_code, local_authority` (of which a row fills one) and `place`.

    Raises
    ------
    InputError
        If a row fills none or several of the three, or two rows place the same code.
    """
    spec = Table(
        "map of places",
        (
            *(Column(name, required=False, blank=True, default="") for name in MAP_KEYS),
            Column("place"),
        ),
    )
    table = read_table(file, spec)
    problems = Problems()
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for row, line in zip(table.index, table.to_dict("records"), strict=True):
        given = [name for name in MAP_KEYS if line[name]]
        where = f"{file}, row {row}"
        if len(given) != 1:
            problems.add(
                where, f"fills {len(given)} of {', '.join(MAP_KEYS)}.", "Fill one of them."
            )
            continue
        code = (given[0], line[given[0]])
        before = first.setdefault(code, (row, line["place"]))
        if before[0] != row:
            same = "again" if before[1] == line["place"] else f"in {before[1]} in row {before[0]}"
            problems.add(
                f"{where}, column {given[0]}",
                f"{code[1]} is placed in {line['place']} here and {same}.",
                "Keep one row for it.",
            )
    problems.raise_if_any()
    return table


def place_practices(
    practices: Practices,
    icb: str,
    places: pd.DataFrame | None,
    strict: bool = True,
    called: str = "map of places",
) -> pd.Series:
    """Return the place of each practice of an ICB.

    Parameters
    ----------
    practices
        From `read_practices`.
    icb
        Code of the ICB, such as QMF; "England" for all.
    places
        From `read_map`: a practice's own row wins over its PCN's, and that over its local
        authority's. None groups by local authority (lower tier).
    strict
        A code of the map that the file does not have is an error.
    called
        What to call the map in errors, such as its file.

    Returns
    -------
    pandas.Series
        Place by row of the practice file, for the practices of the ICB.

    Raises
    ------
    InputError
        If the ICB is not in the file, a practice has no place, a code of the map is not in the
        ICB, or a place ends up empty.
    """
    table = practices.table
    inside = table if icb == "England" else table[table["icb"] == icb]
    if inside.empty:
        raise InputError.one(
            practices.file, f'has no practice of "{icb}".', nearest(icb, sorted(set(table["icb"])))
        )
    if places is None:
        placed = inside["local_authority"].where(inside["local_authority"] != "")
    else:
        placed = pd.Series(index=inside.index, dtype=object)
        for name in MAP_KEYS:
            rows = places[places[name] != ""]
            codes = dict(zip(rows[name], rows["place"], strict=True))
            codes = {code: place for code, place in codes.items() if code not in UNALLOCATED}
            placed = placed.fillna(inside[name].map(codes))
    problems = Problems()
    for row in placed.index[placed.isna()]:
        code, pcn, area = (inside.at[row, name] for name in MAP_KEYS)
        problems.add(
            spot(practices.file, row),
            f"practice {code} (PCN {pcn or 'none'}, {area or 'no local authority'}) has no place.",
            "Add its code, its PCN or its local authority to the map.",
        )
    if places is not None and strict:
        _check_map(inside, places, placed, icb, called, problems)
    problems.raise_if_any()
    return placed


def _check_map(
    inside: pd.DataFrame,
    places: pd.DataFrame,
    placed: pd.Series,
    icb: str,
    called: str,
    problems: Problems,
) -> None:
    """Find codes of the map that no practice has, and places that end up empty."""
    for name in MAP_KEYS:
        rows = places[places[name] != ""]
        have = set(inside[name])
        if name == "pcn_code" and have <= UNALLOCATED:
            continue  # the file gives no PCNs, so nothing can be said of them
        for row, code in rows[name].items():
            if code not in have:
                problems.add(
                    spot(called, row, name),
                    f"{code} is not in {icb}.",
                    "Correct it or take the row out.",
                )
    for place in sorted(set(places["place"]) - set(placed.dropna())):
        problems.add(called, f"{place} ends up empty.", "Check its codes.")


def import_practices(
    file: str | Path, icb: str, places: str | Path | None = None, year: str = ""
) -> pd.DataFrame:
    """Sum a practice file to places.

    Parameters
    ----------
    file
        Practice file of NHS England's place-based tool.
    icb
        Code of the ICB; "England" for all practices.
    places
        Map of places. None takes the map that comes with nelfin for the ICB, else groups by
        local authority (lower tier).
    year
        Year of the file, such as 2025/26; needed where its headings do not name it.

    Returns
    -------
    pandas.DataFrame
        Columns `year, place, component, weighted_population, status, source`, ready to be the
        weighted populations of a scenario.

    Raises
    ------
    InputError
        With every problem of the file, the map, or how they fit.
    """
    practices = read_practices(file)
    label = _year(practices, year)
    packaged = packaged_map(icb) if places is None else None
    chosen = places or packaged
    table = read_map(chosen) if chosen else None
    placed = place_practices(practices, icb, table, packaged is None, str(chosen))
    sums = sum_to_places(practices.table, placed)
    tidy = sums.melt(
        ignore_index=False, var_name="component", value_name="weighted_population"
    ).reset_index()
    order = {name: at for at, name in enumerate([*sums.index, *COMPONENTS])}
    tidy = tidy.sort_values(["place", "component"], key=lambda names: names.map(order))
    tidy.insert(0, "year", label)
    tidy["status"] = "published"
    tidy["source"] = f"NHS England practice file {Path(file).name}, summed to place (OGL v3)"
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


def _year(practices: Practices, year: str) -> str:
    if not year:
        if not practices.year:
            raise InputError.one(
                practices.file, "does not name its year.", "Give it, as in --year 2025/26."
            )
        return practices.year
    try:
        start_of(year)
    except ValueError:
        raise InputError.one(
            f"--year {year}", "is not a financial year.", "Write it as in 2025/26."
        ) from None
    if practices.year and practices.year != year:
        raise InputError.one(
            f"--year {year}",
            f"is not the year the file names, {practices.year}.",
            "Leave --year out, or use the right file.",
        )
    return year
