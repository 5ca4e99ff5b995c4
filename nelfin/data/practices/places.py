"""Maps of places, and which practice goes where by them."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pandas as pd

from nelfin.data.practices.systems import Chosen
from nelfin.data.practices.words import code_of, plain
from nelfin.data.specs.columns import Column, Table
from nelfin.data.tables import check
from nelfin.errors import Problems
from nelfin.store.sheets.files import read_raw

MAP_KEYS = ("practice_code", "pcn_code", "local_authority")
"""Columns a map may place practices by, the most particular first."""

SUCCESSOR = "successor"
"""Key of a row that says which practice another merged into, in place of a place."""

ALSO_CALLED = {
    "practice_code": ("gp practice code", "gp code"),
    "pcn_code": (),
    "local_authority": ("local authority name", "ltla", "ltla name", "lad name", "ladname"),
    "place": ("place name",),
    SUCCESSOR: ("successor code",),
}
"""Other headings of the columns of a map; case, spaces and _ make no difference."""

NO_PCN = {"U", "UNALLOCATED"}
"""PCN codes that mean none."""

BY_AUTHORITY = "local authority"
"""What places a practice where there is no map."""

WORDS = {"practice_code": "practice", "pcn_code": "PCN", "local_authority": "local authority"}
"""What a key of a map is called in messages."""


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
    """Read a map of places: rows of a practice, a PCN or a local authority, and their place.

    Of each row the most particular key counts, so that the usual look-up of practice, PCN and place
    can be given as it is. A row may give a practice's successor in place of its place.

    Parameters
    ----------
    file
        CSV file or workbook.

    Returns
    -------
    pandas.DataFrame
        Columns `key` (one of `MAP_KEYS`, or `SUCCESSOR`), `code` as codes are compared, `called` as
        it stands in the map, and `place`, or the code of the successor; the index holds the rows of
        the file. A row repeated is left out.

    Raises
    ------
    InputError
        If a row fills no key, or two places differ in case and spaces alone.
    """
    raw = read_raw(file, is_head=_is_head)
    # a look-up has names beside its codes: a name of a practice is not a code misspelt
    columns = [_column(heading) or _not_read(heading) for heading in raw.headings]
    spec = Table(
        "map of places",
        (
            *(Column(name, required=False, blank=True, default="") for name in MAP_KEYS),
            Column("place", required=SUCCESSOR not in columns, blank=True, default=""),
            Column(SUCCESSOR, required=False, blank=True, default=""),
        ),
    )
    table = check(replace(raw, headings=columns), spec)
    problems = Problems()
    rows: list[tuple[int, str, str, str, str]] = []  # row, key, code, as spelt, place
    spelt: dict[str, tuple[str, int]] = {}
    for row, line in zip(table.index, table.to_dict("records"), strict=True):
        where = f"{raw.place}, row {row}"
        given = [name for name in MAP_KEYS if line[name] and not _no_pcn(name, line[name])]
        if not given:
            problems.add(where, f"fills none of {', '.join(MAP_KEYS)}.", "Fill one of them.")
            continue
        key, called = given[0], line[given[0]]
        if line[SUCCESSOR]:
            if key != "practice_code" or line["place"]:
                problems.add(where, "gives a successor.", "Give with it a practice and no place.")
            rows.append((int(row), SUCCESSOR, code_of(called), called, code_of(line[SUCCESSOR])))
            continue
        place = " ".join(str(line["place"]).split())
        first, at = spelt.setdefault(plain(place), (place, int(row)))
        if first != place:
            problems.add(
                f"{where}, column place",
                f'is "{place}", but row {at} says "{first}".',
                "Spell a place alike everywhere.",
            )
        rows.append((int(row), key, key_of(key, called), called, place))
    problems.raise_if_any()
    made = pd.DataFrame(rows, columns=["row", "key", "code", "called", "place"]).set_index("row")
    return made[~made.duplicated(["key", "code", "place"])]


def key_of(name: str, text: str) -> str:
    """Return a key of a map, or of a practice, as keys are compared.

    Parameters
    ----------
    name
        One of `MAP_KEYS`.
    text
        The cell.
    """
    return plain(text) if name == "local_authority" else code_of(text)


def _no_pcn(name: str, text: str) -> bool:
    return name == "pcn_code" and code_of(text) in NO_PCN


def _column(heading: str) -> str:
    """Return the column of a map that a heading names, or ""."""
    word = plain(heading)
    for name, others in ALSO_CALLED.items():
        if word in {name.replace("_", " "), *others}:
            return name
    return ""


def _not_read(heading: str) -> str:
    return "" if plain(heading).endswith(" name") else heading


def _is_head(cells: list[str]) -> bool:
    found = {_column(cell) for cell in cells}
    return bool(found & {"place", SUCCESSOR}) and bool(found & set(MAP_KEYS))


def successors_of(places: pd.DataFrame) -> dict[str, str]:
    """Return the practice that each practice of a map merged into in the end, by code.

    Parameters
    ----------
    places
        From `read_map`.
    """
    rows = places[places["key"] == SUCCESSOR]
    direct = dict(zip(rows["code"], rows["place"], strict=True))
    return {code: _in_the_end(code, direct) for code in direct}


def _in_the_end(code: str, direct: dict[str, str]) -> str:
    seen: set[str] = set()
    while code in direct and code not in seen:
        seen.add(code)
        code = direct[code]
    return code


def place_practices(chosen: Chosen, places: pd.DataFrame | None) -> pd.DataFrame:
    """Return the place of each practice: by its own row, else its PCN's, else its authority's.

    Parameters
    ----------
    chosen
        Practices of the systems asked for.
    places
        From `read_map`. None groups by local authority (lower tier).

    Returns
    -------
    pandas.DataFrame
        Columns `place`, "" where there is none, and `placed_by`; the index holds rows of the file.
        A practice that the map places twice has two rows.
    """
    table = chosen.table
    if places is None:
        return pd.DataFrame({"place": table["local_authority"], "placed_by": BY_AUTHORITY})
    found: list[pd.DataFrame] = []
    left = table
    for key in MAP_KEYS:
        codes = left[key].map(lambda text, key=key: key_of(key, text))
        rows = places.loc[places["key"] == key, ["code", "place"]]
        hits = codes.rename("code").reset_index().merge(rows, on="code").set_index("row")
        found.append(pd.DataFrame({"place": hits["place"], "placed_by": f"map: {WORDS[key]}"}))
        left = left.drop(index=hits.index.unique())
    found.append(pd.DataFrame({"place": "", "placed_by": "nothing"}, index=left.index))
    return pd.concat(found).sort_index(kind="stable")


def unplaced(chosen: Chosen, placed: pd.DataFrame) -> pd.DataFrame:
    """Return the practices that have no place.

    Parameters
    ----------
    chosen
        Practices of the systems asked for.
    placed
        From `place_practices`.
    """
    return chosen.table.loc[placed.index[placed["place"] == ""]]
