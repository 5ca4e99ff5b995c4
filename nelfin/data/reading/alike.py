"""Columns that hold what a table has a column for, under a name of the rest of the world."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from nelfin.data.reading.headings import plain_heading
from nelfin.data.reading.year_headings import named_year, names_other_years, nth_year
from nelfin.data.specs.columns import SPEND, Table
from nelfin.errors import Problems
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

_AMOUNT = re.compile(r"[-–(]?\s*[£$€]?\s*[-–]?[\d., ]+\s*(?:k|m|mn|bn)?\s*\)?", re.IGNORECASE)

NOTE = "note"
"""How the heading of a column begins that is a note and nothing else."""


def ask_of_alike(
    raw: Raw, spec: Table, used: Collection[str], unused: Collection[str], problems: Problems
) -> None:
    """Refuse columns that are not read and look like what the table is read for.

    A column without a figure or a word that counts is passed over: nothing is lost with it.

    Parameters
    ----------
    raw
        The table as texts.
    spec
        What it must look like, and by what other words its columns are known.
    used, unused
        Headings that are read, and those that are not.
    problems
        Takes each column that looks like another.
    """
    if not spec.alike:
        return
    of_money = any(column.name == SPEND for column in spec.columns)
    for heading in unused:
        plain = plain_heading(heading)
        if plain.startswith(NOTE):
            continue
        cells = [row[raw.headings.index(heading)] for row in raw.rows]
        if of_money and _is_money(heading) and _holds_money(cells):
            meant = "spend" if nth_year(heading) is None else f"spend_{nth_year(heading)}"
            _refuse(raw, heading, "spend", meant, True, problems)
            continue
        for column, words in spec.alike.items():
            there = {column, *(("latest_start",) if column == "earliest_start" else ())}
            if plain in words and not there & set(used) and _holds_words(cells):
                _refuse(raw, heading, column, column, of_money, problems)


def _is_money(heading: str) -> bool:
    return (
        named_year(heading) is not None
        or nth_year(heading) is not None
        or names_other_years(heading)
    )


def _refuse(
    raw: Raw, heading: str, like: str, meant: str, of_schemes: bool, problems: Problems
) -> None:
    maps = " A map of columns (nelfin capital-solve, option --columns) can say either."
    name = (
        "Name its columns spend_1, spend_2, … by year after the start"
        if meant == "spend"
        else f'If it is that, name it "{meant}"'
    )
    problems.add(
        spot(raw.place, raw.head, heading),
        f'looks like "{like}" under another name, and would not be read.',
        f'{name}; if it is only a note, name it "note on {heading}".{maps if of_schemes else ""}',
    )


def _holds_money(cells: Sequence[str]) -> bool:
    return any(re.search("[1-9]", text) and _AMOUNT.fullmatch(text) for text in set(cells))


def _holds_words(cells: Sequence[str]) -> bool:
    nothing = {"", "-", "no", "n", "false", "0", "none", "n/a", "nil"}
    return any(text.casefold() not in nothing for text in set(cells))
