"""Practices that move between places from year to year: put like for like, and told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

import pandas as pd

from nelfin.data.practices.words import counted, few

MOST_CHANGE = 0.10
"""Share of its registered people by which a place may change in a year without a word."""

LIKE = 0.35
"""How far the growth of a practice may be from the people of a closed one it may have taken."""

LARGE = 0.25
"""Share of the changes of a place's practices from which one is named as what made most of it."""

SMALL = 0.05
"""Share of the system's people below which a place of one practice is a stray."""

Years = Mapping[str, pd.DataFrame]
"""By year, a row a practice: `practice_code, practice_name, place, placed_by, people`."""


def put_like_for_like(
    years: Years, successors: Mapping[str, str]
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Place each practice in all years where the last year places it, or its successor.

    A practice that closed without a known successor stays where it was: where its people went, no
    file says. Only if its place is gone, and all that was left of it went to one other, it goes
    there too.

    Parameters
    ----------
    years
        Practices with their places by year, in the order of the years.
    successors
        Practice that another merged into, by code.

    Returns
    -------
    years : dict
        The same with places of the last year.
    notes : list of str
        Which practices were put elsewhere.
    """
    last = list(years)[-1]
    now = dict(zip(years[last]["practice_code"], years[last]["place"], strict=True))
    merged = {code: now[heir] for code, heir in successors.items() if heir in now}
    made: dict[str, pd.DataFrame] = {}
    moved: dict[tuple[str, str], dict[str, str]] = {}
    for year, frame in years.items():
        heirs = _heirs(frame, now)
        lines = frame[["practice_code", "place", "people"]].itertuples(index=False)
        places = []
        for code, before, people in lines:
            place = now.get(code) or merged.get(code) or heirs.get(before, before)
            places.append(place)
            if before != place:
                moved.setdefault((before, place), {})[code] = f"{code} ({people:,.0f} people)"
        made[year] = frame.assign(place=places)
    notes = [
        f"Like for like: {counted(len(codes), 'practice')} of {before} "
        f"{'is' if len(codes) == 1 else 'are'} in {after} in {last}, and put there in the years "
        f"before: {few(codes.values())}."
        for (before, after), codes in moved.items()
    ]
    return made, notes


def _heirs(frame: pd.DataFrame, now: Mapping[str, str]) -> dict[str, str]:
    """Return the place that all practices of a place went to, of places that are gone."""
    after = frame["practice_code"].map(now)
    gone = frame[~frame["place"].isin(set(now.values()))].assign(after=after).dropna()
    return {
        str(place): str(rows["after"].iloc[0])
        for place, rows in gone.groupby("place")
        if rows["after"].nunique() == 1
    }


def told_moves(
    years: Years,
    everywhere: Mapping[str, Mapping[str, str]],
    successors: Collection[str] = (),
) -> list[str]:
    """Return what to tell of places whose people change by much, and of practices that closed.

    Parameters
    ----------
    years
        Practices with their places by year, in the order of the years.
    everywhere
        By year, the system of each practice of England that the file holds.
    successors
        Practices of which it is known where their people went.

    Returns
    -------
    list of str
        Sentences.
    """
    notes: list[str] = []
    for before, after in pairwise(years):
        known = years[before]["practice_code"].isin(list(successors))
        systems = everywhere[after]
        notes += _between(years[before], years[after], before, after, systems, known)
    return notes + _missing(years)


def _between(
    one: pd.DataFrame,
    two: pd.DataFrame,
    before: str,
    after: str,
    systems: Mapping[str, str],
    known: pd.Series,
) -> list[str]:
    notes: list[str] = []
    closed = one[~one["practice_code"].isin(two["practice_code"]) & ~known]
    was = one.groupby("place")["people"].sum()
    became = two.groupby("place")["people"].sum()
    told: set[str] = set()
    for place in was.index.intersection(became.index):
        added = became[place] - was[place]
        if abs(added) <= MOST_CHANGE * was[place]:
            continue
        causes = _causes_of_a_rise(place, added, one, two)
        if added < 0:
            lost = closed[closed["place"] == place]
            causes = _causes_of_a_fall(lost, one, two, systems)
            told |= set(lost["practice_code"])
        notes.append(
            f"Registered people of {place} {'rise' if added > 0 else 'fall'} by "
            f"{abs(added) / was[place]:,.0%} from {before} to {after}, {was[place]:,.0f} to "
            f"{became[place]:,.0f}.{causes}".replace("%", " %")
        )
    rest = closed[~closed["practice_code"].isin(told)]
    if len(rest):
        names = few(_brief(row, systems) for row in _rows(rest))
        notes.append(
            f"{counted(len(rest), 'practice')} of {before} with {rest['people'].sum():,.0f} people "
            f"{'is' if len(rest) == 1 else 'are'} not there in {after}; where the people went, no "
            f"file says: {names}."
        )
    return notes


def _causes_of_a_rise(place: str, added: float, one: pd.DataFrame, two: pd.DataFrame) -> str:
    """Name the practices that are new in a place, and those that grew most."""
    size = dict(zip(one["practice_code"], one["people"], strict=True))
    here = two[two["place"] == place]
    before = here["practice_code"].map(size)
    text = ""
    if before.isna().any():
        text += f" New: {few(_brief(row) for row in _rows(here[before.isna()]))}."
    most = here[here["people"] - before >= LARGE * added]
    if len(most):
        changes = (
            f"{code} ({size[code]:,.0f} to {people:,.0f} people)"
            for code, people in zip(most["practice_code"], most["people"], strict=True)
        )
        text += f" Most of it: {few(changes)}."
    return text


def _causes_of_a_fall(
    lost: pd.DataFrame, one: pd.DataFrame, two: pd.DataFrame, systems: Mapping[str, str]
) -> str:
    """Name the practices that a place lost, with those that may have taken their people."""
    if lost.empty:
        return " No practice closed: compare the two files."
    names = few(_named(row, one, two, systems) for row in _rows(lost))
    return (
        f" No longer there: {names}. If one merged, a map can say into which: columns "
        "practice_code, successor."
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return practices as dictionaries, the largest first."""
    largest = frame.sort_values("people", ascending=False, kind="stable")
    return [{str(key): value for key, value in row.items()} for row in largest.to_dict("records")]


def _brief(row: Mapping[str, object], systems: Mapping[str, str] | None = None) -> str:
    now = (systems or {}).get(str(row["practice_code"]))
    more = f", now in {now}" if now else ""
    return (
        f"{row['practice_code']} of {row['place']} ({float(str(row['people'])):,.0f} people{more})"
    )


def _named(
    row: Mapping[str, object], one: pd.DataFrame, two: pd.DataFrame, systems: Mapping[str, str]
) -> str:
    """Name a practice that closed, and where it is now or who grew by about as many people."""
    people = float(str(row["people"]))
    text = f"{row['practice_code']} {str(row['practice_name']).title()}".strip()
    if now := systems.get(str(row["practice_code"])):
        return f"{text} ({people:,.0f} people, now in {now})"
    size = dict(zip(one["practice_code"], one["people"], strict=True))
    growth = two["people"] - two["practice_code"].map(size)
    off = (growth / people - 1).abs() if people > 0 else growth
    if off.notna().any() and off.min() < LIKE:
        heir = two.loc[off.idxmin()]
        grew = f"{heir['practice_code']} of {heir['place']} grew by {growth[off.idxmin()]:,.0f}"
        return f"{text} ({people:,.0f} people; {grew})"
    return f"{text} ({people:,.0f} people)"


def _missing(years: Years) -> list[str]:
    """Tell of places that have no practice in some of the years."""
    notes = []
    places = dict.fromkeys(place for frame in years.values() for place in frame["place"])
    for place in places:
        there = {year: frame[frame["place"] == place] for year, frame in years.items()}
        gaps = [year for year, rows in there.items() if rows.empty]
        if gaps:
            year, rows = next((y, r) for y, r in reversed(list(there.items())) if len(r))
            notes.append(
                f"{place} has no practice in {', '.join(gaps)}; in {year} it has "
                f"{counted(len(rows), 'practice')} of {rows['people'].sum():,.0f} people "
                f"({few(rows['practice_code'])}). A plan needs each place in every year: a map can "
                "join it to another."
            )
    return notes


def told_strays(years: Years) -> list[str]:
    """Tell of places of one small practice, as groups by local authority give them.

    Parameters
    ----------
    years
        Practices with their places by year.

    Returns
    -------
    list of str
        A sentence, or none.
    """
    found: dict[str, str] = {}
    for year, frame in years.items():
        sums = frame.groupby("place")["people"].agg(["size", "sum"])
        small = sums[(sums["size"] == 1) & (sums["sum"] < SMALL * sums["sum"].sum())]
        found |= {str(place): f"{n:,.0f} people in {year}" for place, n in small["sum"].items()}
    names = [f"{place} ({people})" for place, people in found.items()]
    if not names:
        return []
    return [f"Places of 1 practice: {'; '.join(names)}. A map can join them to other places."]
