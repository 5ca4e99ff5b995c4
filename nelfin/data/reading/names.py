"""Names of places, organisations and streams, spelt as the table that first names them does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from nelfin.data.inputs import ANY_TRUST, SYSTEM
from nelfin.data.specs import OPENING_FILE, TABLES, WHOLE_SYSTEM
from nelfin.errors import Problems
from nelfin.scenario import Scenario
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.spots import spot

NAMED_IN = {"place": "weighted_populations", "organisation": "organisations"}
"""Table that names the places and the organisations; the scenario names the streams."""

SHOWN = 3
"""Names that a note gives in full."""


def plain_name(name: str) -> str:
    """Return a name in small letters, with "and" for "&" and single spaces.

    Parameters
    ----------
    name
        Of a place, an organisation or a stream.

    Examples
    --------
    >>> plain_name("CITY  & HACKNEY"), plain_name("King’s")
    ('city and hackney', "king's")
    """
    return " ".join(name.casefold().replace("&", " and ").replace("’", "'").split())


def one_spelling(
    scenario: Scenario,
    tables: Mapping[str, pd.DataFrame],
    called: Mapping[str, str],
    notes: list[str],
    problems: Problems,
) -> None:
    """Spell the names in tables alike, where only capitals, spaces or an ampersand differ.

    Parameters
    ----------
    scenario
        Names the streams.
    tables
        By name; the names are changed in place.
    called
        What each table is called in errors.
    notes
        Takes what was read as which name.
    problems
        Takes a row that repeats another once both are spelt alike.
    """
    for heading, words in _known(scenario, tables).items():
        plain: dict[str, str | None] = {}
        for word in words:  # two names that differ in capitals alone are for the user to tell
            plain[plain_name(word)] = None if plain_name(word) in plain else word
        for name, table in tables.items():
            if heading in table and name != NAMED_IN.get(heading):
                spelt = _spell(table, heading, words, plain, called.get(name, name), notes)
                key = TABLES[name].key if name in TABLES else OPENING_FILE.key
                if spelt and table.duplicated(list(key)).any():
                    row = table.index[table.duplicated(list(key))][0]
                    what = "repeats another row, once names are spelt alike."
                    where = spot(called.get(name, name), row, heading)
                    problems.add(where, what, "Keep one row for each.")


def _known(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> dict[str, set[str]]:
    known = {heading: set(tables[name][heading]) for heading, name in NAMED_IN.items()}
    known["place"].add(WHOLE_SYSTEM)
    known["organisation"] |= {SYSTEM, ANY_TRUST}
    return known | {"stream": set(scenario.allocation.streams)}


def _spell(
    table: pd.DataFrame,
    heading: str,
    known: Collection[str],
    plain: Mapping[str, str | None],
    called: str,
    notes: list[str],
) -> bool:
    meant = {
        text: name
        for text in dict.fromkeys(table[heading])
        if isinstance(text, str) and text not in known and (name := plain.get(plain_name(text)))
    }
    if not meant:
        return False
    table[heading] = table[heading].map(lambda text: meant.get(text, text))
    pairs = [f'"{text}" as {name}' for text, name in meant.items()]
    more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
    notes.append(f"{_short(called)}, column {heading}: read {', '.join(pairs[:SHOWN])}{more}.")
    return True


def _short(called: str) -> str:
    """Return what a table is called, by the name of its file alone."""
    path, comma, sheet = called.partition(", sheet ")
    return f"{split_sheet(Path(path).name)[0]}{comma}{sheet}"
