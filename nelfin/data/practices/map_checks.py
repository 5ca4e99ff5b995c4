"""How a map of places fits the practices: what it must not leave open, and what has no effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from nelfin.data.practices.places import MAP_KEYS, WORDS, key_of, place_practices, unplaced
from nelfin.data.practices.systems import Chosen
from nelfin.data.practices.words import counted, few
from nelfin.errors import Problems


def refuse_twice_placed(places: pd.DataFrame, called: str) -> None:
    """Refuse a map that places a code in two places.

    Parameters
    ----------
    places
        From `read_map`.
    called
        What to call the map in errors, such as its file.

    Raises
    ------
    InputError
        With each code that has several places.
    """
    problems = Problems()
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for row, key, code, shown, place in places.itertuples():
        at, before = first.setdefault((key, code), (row, place))
        if at != row:
            problems.add(
                f"{called}, row {row}, column {key}",
                f"{shown} is placed in {place} here and in {before} in row {at}.",
                "Keep one row for it.",
            )
    problems.raise_if_any()


def refuse_unplaced(chosen: Chosen, placed: pd.DataFrame, problems: Problems) -> None:
    """Note each practice that has no place.

    Parameters
    ----------
    chosen
        Practices of the systems asked for.
    placed
        From `place_practices`.
    problems
        Takes a problem a practice.
    """
    for row, line in unplaced(chosen, placed).iterrows():
        code, pcn, area = (line[name] for name in MAP_KEYS)
        problems.add(
            f"{chosen.practices.file}, row {row}",
            f"practice {code} (PCN {pcn or 'none'}, {area or 'no local authority'}) has no place.",
            "Add its code, its PCN or its local authority to the map.",
        )


def refuse_blank_places(
    every: Sequence[Chosen], places: pd.DataFrame, called: str, problems: Problems
) -> None:
    """Refuse a row that gives no place to a practice of the systems; of others nobody asks.

    Parameters
    ----------
    every
        Practices of the systems asked for, one a file.
    places
        From `read_map`.
    called
        What to call the map in errors.
    problems
        Takes a problem a row.
    """
    inside = _keys(chosen.table for chosen in every)
    for row, key, code, shown, place in places.itertuples():
        if not place and (key, code) in inside:
            problems.add(
                f"{called}, row {row}, column place",
                "is empty.",
                f"Give the place of {WORDS[key]} {shown}, or take the row out.",
            )


def unused_rows(
    every: Sequence[Chosen], places: pd.DataFrame, called: str, problems: Problems
) -> list[str]:
    """Return what to tell of rows of a map that place nobody; refuse a place that they leave empty.

    A look-up may hold closed practices and those of other systems: a place of practices that are
    not in the systems asked for is told. A place that has codes of the systems and yet no practice,
    or whose PCNs and authorities are nowhere in the files, is a slip.

    Parameters
    ----------
    every
        Practices of the systems asked for, one a file.
    places
        From `read_map`.
    called
        What to call the map in messages, such as its file.
    problems
        Takes what is refused.
    """
    label = every[0].label
    inside, anywhere = _keys(c.table for c in every), _keys(c.practices.table for c in every)
    pairs = list(zip(places["key"], places["code"], strict=True))
    rows = places.assign(
        used=[pair in inside for pair in pairs], known=[pair in anywhere for pair in pairs]
    )
    if not rows["used"].any():
        problems.add(called, f"places nobody of {label}.", "Check its codes.")
        return []
    filled = {place for c in every for place in place_practices(c, places)["place"]}
    empty = {str(p): own for p, own in rows.groupby("place") if p and p not in filled}
    without_pcns = not any(chosen.practices.has_pcns for chosen in every)
    elsewhere: list[str] = []
    for place, own in empty.items():
        # a practice may have closed, or be another system's; so may a PCN that the files know
        if not own["used"].any() and (own["known"] | (own["key"] == "practice_code")).any():
            elsewhere.append(place)
            continue
        by_pcn = without_pcns and set(own["key"]) == {"pcn_code"}
        problems.add(
            called,
            f"{place} ends up empty.",
            "The file gives no PCNs: place its practices or their local authorities."
            if by_pcn
            else "Check its codes.",
        )
    notes = [*_no_pcns(every, places, called), *_no_effect(rows, every, called, without_pcns)]
    if elsewhere:
        notes.append(f"{Path(called).name}: no practice of {label} is in {few(elsewhere)}.")
    return notes


def _no_pcns(every: Sequence[Chosen], places: pd.DataFrame, called: str) -> list[str]:
    """Tell of rows by PCN, for each file that gives none."""
    rows = places[places["key"] == "pcn_code"]
    return [
        f"{chosen.practices.name} gives no PCNs: {counted(len(rows), 'row')} of "
        f"{Path(called).name} {_have(rows)} no effect: {few(rows['called'])}."
        for chosen in every
        if len(rows) and not chosen.practices.has_pcns
    ]


def _no_effect(
    rows: pd.DataFrame, every: Sequence[Chosen], called: str, without_pcns: bool
) -> list[str]:
    """Tell of rows whose code no practice of the systems has in any year."""
    notes: list[str] = []
    for key, noun in WORDS.items():
        own = rows[(rows["key"] == key) & ~rows["used"]]
        if own.empty or (key == "pcn_code" and without_pcns):
            continue
        text = (
            f"{Path(called).name}: {counted(len(own), 'row')} by {noun} {_have(own)} no effect, "
            f"not in {every[0].label}: {few(own['called'])}."
        )
        nowhere = own[~own["known"]]["called"]
        if len(nowhere):
            where = "the file" if len(every) == 1 else "any of the files"
            are = "is" if nowhere.nunique() == 1 else "are"
            text += f" Of these {few(nowhere)} {are} nowhere in {where}."
        notes.append(text)
    return notes


def _have(rows: pd.DataFrame) -> str:
    return "has" if len(rows) == 1 else "have"


def _keys(tables: Iterable[pd.DataFrame]) -> set[tuple[str, str]]:
    """Return the keys that a map can place practices of some tables by."""
    return {
        (key, key_of(key, text)) for table in tables for key in MAP_KEYS for text in set(table[key])
    }
