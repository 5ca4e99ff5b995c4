"""Headings of a table as they are meant: by their words, without capitals, spaces and signs."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from nelfin.data.notes import unit_of
from nelfin.data.specs.columns import Table
from nelfin.errors import Problem
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.finding import Fit, Rank
from nelfin.store.sheets.spots import Sheet, letters, spot

SPLITS = frozenset({"organisation", "place", "stream", "year", "month"})
"""Columns that say whose, where or when a row is: a table without them would add up what they tell
apart."""

_UNITS = {"£m": "_gbp_m", "%": "_pct", "years": "_years", "months": "_months"}
_WORDS = {"£": " gbp ", "%": " pct ", "per cent": " pct ", "percent": " pct "}
_MILLIONS = re.compile(r"_gbp_?(?:m|mn|million|millions)$")


def rank_of(spec: Table) -> Rank:
    """Return what says how well a row serves as the headings of a table.

    Parameters
    ----------
    spec
        What the table must look like.
    """
    needed = [column for column in spec.columns if column.required]

    def rank(cells: list[str]) -> Fit:
        found = {name for cell in cells if cell and (name := heading_of(cell, spec))}
        whole = all(any(column.matches(name) for name in found) for column in needed)
        return Fit(len(found), bool(found) and whole)

    return rank


@lru_cache(maxsize=4096)
def heading_of(text: str, spec: Table) -> str | None:
    """Return the heading of a table that a text is meant as.

    Parameters
    ----------
    text
        Heading as it stands, such as "Limit (£m)".
    spec
        What the table must look like.

    Returns
    -------
    str or None
        Such as limit_gbp_m; None where it is no column of the table, or one that it had.
    """
    if any(column.matches(text) for column in spec.columns):
        return text
    plain = plain_heading(text)
    if plain in spec.former:
        return plain
    for column in spec.columns:
        unit = _UNITS.get(unit_of(column.name), "")
        for form in (plain, plain.removesuffix(unit)):
            if form and column.matches(form):
                return form
    return None


def plain_heading(text: str) -> str:
    """Return a heading in small letters, with one underscore between its words.

    Parameters
    ----------
    text
        Heading as it stands.

    Examples
    --------
    >>> [plain_heading(text) for text in ("Limit (£m)", "Share per cent", "SPEND-02")]
    ['limit_gbp_m', 'share_pct', 'spend_2']
    """
    small = text.casefold()
    for sign, word in _WORDS.items():
        small = small.replace(sign, word)
    words = [word.lstrip("0") or word for word in re.findall(r"[a-z0-9]+", small)]
    return _MILLIONS.sub("_gbp_m", "_" + "_".join(words)).removeprefix("_")


def read_headings(raw: Raw, spec: Table, notes: list[str]) -> Raw:
    """Give a table the headings of its specification, and refuse columns that would be lost.

    Parameters
    ----------
    raw
        The table as texts.
    spec
        What it must look like.
    notes
        Takes what was read as which column, and what is not read.

    Returns
    -------
    Raw
        With the headings that are meant; the problems tell of a column that splits the rows of a
        table which is not split so.
    """
    meant = [heading_of(text, spec) or text for text in raw.headings]
    if changed := [pair for pair in zip(raw.headings, meant, strict=True) if pair[0] != pair[1]]:
        said = ", ".join(f'"{text}"' for text, _ in changed)
        words = "heading" if len(changed) == 1 else "headings"
        notes.append(f"{raw.place}: {words} {said} read as {', '.join(to for _, to in changed)}.")
        place = Sheet(str(raw.place), tuple(meant)) if isinstance(raw.place, Sheet) else raw.place
        raw = replace(raw, headings=meant, place=place)
    others = [name for name in meant if name and heading_of(name, spec) is None]
    splits = [name for name in others if plain_heading(name) in SPLITS and not spec.free]
    problems = [
        Problem(
            spot(raw.place, raw.head, name),
            f'has the column "{name}", but {spec.title} have none: rows would be read as if it '
            "were not there.",
            'Take it out; if it is only a note, name it so, such as "note on '
            f'{plain_heading(name)}".',
        )
        for name in dict.fromkeys(splits)
    ]
    if left := [f'"{name}"' for name in others if name not in splits]:
        words = "column" if len(left) == 1 else "columns"
        notes.append(f"{raw.place}: {words} not read: {', '.join(left)}.")
    _tell_of_nameless(raw, notes)
    return replace(raw, problems=(*raw.problems, *problems))


def _tell_of_nameless(raw: Raw, notes: list[str]) -> None:
    """Note cells that stand in a column without a heading."""
    for at, heading in enumerate(raw.headings):
        if heading:
            continue
        filled = [number for number, row in zip(raw.numbers, raw.rows, strict=True) if row[at]]
        if filled:
            notes.append(
                f"{raw.place}: column {letters(at)} has no heading, and is not read (row "
                f"{filled[0]}{' and others' if len(filled) > 1 else ''})."
            )
