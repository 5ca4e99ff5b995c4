"""Columns that many tables have, and short ways to say what a column is like."""

from __future__ import annotations

from typing import Any

from nelfin.data.tables import Column
from nelfin.evidence import STATUSES

STATUS = Column("status", required=False, blank=True, default="given", choices=STATUSES)
SOURCE = Column("source", required=False, blank=True, default="")


def number(name: str, **details: Any) -> Column:
    """Return a column of numbers that must be there.

    Parameters
    ----------
    name
        Heading.
    **details
        As those of `Column`.

    Returns
    -------
    Column
        The column.
    """
    return Column(name, kind="number", **details)


def optional(name: str, **details: Any) -> Column:
    """Return a column that may be left out, and whose cells may be blank.

    Parameters
    ----------
    name
        Heading.
    **details
        As those of `Column`.

    Returns
    -------
    Column
        The column.
    """
    return Column(name, required=False, blank=True, **details)
