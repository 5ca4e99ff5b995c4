"""What a table is specified by: its columns, and short ways to those that many tables have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from nelfin.evidence import STATUSES
from nelfin.years import label_of

Kind = Literal["text", "number", "integer", "year", "yes_no"]

SPEND = r"spend_[1-9]\d?"
BACKLOG = r"backlog_[a-z]+_gbp_m"
SCORE = r"score_[a-z0-9_]+"
USE = r"use_.+_[1-9]\d?"
BENEFIT_IN = r"benefit_\d{4}/\d{2}"
COST = r"cost_[1-9]\d?"
STAFF = r"staff_.+_[1-9]\d?"
CASH = r"cash_[1-9]\d?"
QALYS = r"qalys_[1-9]\d?"
BANDS = ("high", "significant", "moderate", "low")
"""Risk bands of backlog maintenance."""

FAMILIES = {
    SPEND: tuple(f"spend_{n}" for n in range(1, 41)),
    COST: tuple(f"cost_{n}" for n in range(1, 41)),
    CASH: tuple(f"cash_{n}" for n in range(1, 41)),
    QALYS: tuple(f"qalys_{n}" for n in range(1, 41)),
    BENEFIT_IN: tuple(f"benefit_{label_of(year)}" for year in range(2000, 2080)),
    BACKLOG: tuple(f"backlog_{band}_gbp_m" for band in BANDS),
}
"""Families of columns of the tables of schemes and initiatives, and names of their members."""


@dataclass(frozen=True)
class Column:
    """What a column of a table may hold.

    Parameters
    ----------
    name
        Heading; with `pattern`, a regular expression for a family such as `spend_1, spend_2, …`.
    kind
        What each cell is.
    required
        The column must be there. A column that may be left out needs a `default`.
    blank
        A cell may be empty. It is then `default`.
    default
        Value of an empty cell or a column left out.
    low, high
        Range of a number.
    usual_low, usual_high
        Range of life: a number outside it is most likely in another unit, and is asked about.
    usual_least
        A number nearer to 0 than this, but for 0 itself, is asked about.
    usual_top
        The largest number of the column is usually above this; asked about where it is not, since
        shares written as fractions are all 1 or less.
    choices
        The texts allowed.
    pattern
        The name is a regular expression.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    blank: bool = False
    default: object = None
    low: float = -np.inf
    high: float = np.inf
    usual_low: float = -np.inf
    usual_high: float = np.inf
    usual_least: float = 0.0
    usual_top: float = 0.0
    choices: tuple[str, ...] = ()
    pattern: bool = False

    @property
    def has_usual(self) -> bool:
        """Whether anything is usual of it, so that figures outside are asked about."""
        ends = (self.usual_low, self.usual_high, self.usual_least, self.usual_top)
        return ends != (-np.inf, np.inf, 0.0, 0.0)

    @property
    def examples(self) -> tuple[str, ...]:
        """Names of a family as people write them, to tell a misspelt one."""
        return FAMILIES.get(self.name, ())

    def matches(self, heading: str) -> bool:
        """Say whether a heading belongs to this column.

        Parameters
        ----------
        heading
            Heading of a file.
        """
        return bool(re.fullmatch(self.name, heading)) if self.pattern else heading == self.name

    def among(self, headings: Sequence[str]) -> list[str]:
        """Return the headings that belong to this column, each once, in their order.

        Parameters
        ----------
        headings
            Headings of a file.
        """
        if self.pattern:
            is_of_family = re.compile(self.name).fullmatch
            return [name for name in dict.fromkeys(headings) if is_of_family(name)]
        return [self.name] if self.name in headings else []

    def place_of(self, heading: str) -> int:
        """Return where a heading stands in its family; those without a place stand at the end.

        Parameters
        ----------
        heading
            Heading of a file.
        """
        number = heading.rpartition("_")[2]
        if heading in self.examples:
            return self.examples.index(heading)
        return len(self.examples) + (int(number) if number.isdecimal() else 0)


@dataclass(frozen=True, eq=False)
class Table:
    """What a table must look like: its columns, and the columns that together name a row.

    Each is one of a kind: equal to itself alone, so that it can name what was read by it.
    """

    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    may_be_empty: bool = False
    former: Mapping[str, str] = field(default_factory=dict)
    """Columns that it had, and what to do in their place: passed over, their figures are lost."""
    unit_from: str = ""
    """Column whose cell tells the unit of the row's figures, by its ending."""
    alike: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Headings, in small letters with underscores, under which others have a column of it: passed
    over, what they say is lost."""
    free: bool = False
    """Rows are named by the user's own words, so that any other column is a note."""


MOST_GBP_M = 100_000.0
"""£m that no line of a system comes to: its allocation in £k does, and most things in pounds."""

IN_POUNDS: dict[str, Any] = {"usual_low": -MOST_GBP_M, "usual_high": MOST_GBP_M}
"""What is usual of a column in £m."""

GROWTH: dict[str, Any] = {"usual_low": -0.2, "usual_high": 0.2}
"""What is usual of growth of money or people in a year, as a fraction."""

GROWTH_PCT: dict[str, Any] = {"usual_low": -20.0, "usual_high": 20.0, "usual_least": 0.1}
"""The same in per cent: 0.03 would be 3 % written as a fraction."""

SHARES_PCT: dict[str, Any] = {"usual_top": 1.0}
"""What is usual of shares in per cent."""

MOVED_PCT: dict[str, Any] = {"usual_low": 10.0, "usual_high": 400.0}
"""What is usual of a figure in per cent of how it stands, where 100 is no change."""

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
