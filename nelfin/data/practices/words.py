"""Counts, lists and codes, as messages about practice files say and compare them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

FEW = 5
"""Names that a message lists before it only counts the rest."""


@lru_cache(maxsize=1 << 16)  # the same few names and codes stand in thousands of rows
def code_of(text: str) -> str:
    """Return a code as codes are compared: without regard to case and space.

    Parameters
    ----------
    text
        A cell, or what was typed.

    Examples
    --------
    >>> code_of(" qmf ")
    'QMF'
    """
    return re.sub(r"\s+", "", text).upper()


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Return a name or a heading as they are compared: without regard to case, space and _.

    Parameters
    ----------
    text
        A cell.

    Examples
    --------
    >>> plain("Practice_Code") == plain("practice  CODE")
    True
    """
    return " ".join(re.split(r"[\s_]+", text.strip())).casefold()


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Parameters
    ----------
    number
        How many.
    noun
        For one; more take an s.

    Examples
    --------
    >>> counted(1, "practice"), counted(7466, "row")
    ('1 practice', '7,466 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def few(names: Iterable[str]) -> str:
    """Return the first few names, and how many more there are.

    Parameters
    ----------
    names
        Any number of them; each is named once.

    Examples
    --------
    >>> few("ABCDEFG")
    'A, B, C, D, E and 2 more'
    """
    every: Sequence[str] = list(dict.fromkeys(names))
    more = f" and {len(every) - FEW:,} more" if len(every) > FEW else ""
    return ", ".join(every[:FEW]) + more
