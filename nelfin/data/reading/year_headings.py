"""Headings and cells that name a year, in any of the ways in which people write one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from nelfin.years import label_of, start_of

Written = Literal["financial", "calendar"]
"""How a year is written: as 2026/27 in any way, or by one calendar year alone."""

_SIGNS = re.compile(r"[’'`]")
_LONG = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[/_–\-]\s*((?:19|20)?\d\d)(?!\d)")
_SHORT = re.compile(r"(?<![\d/])(\d\d)\s*[/_–\-]\s*(\d\d)(?![\d/])")
_FY = re.compile(r"(?<![a-z])fy\s*(\d\d)(?!\d)")
_ALONE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_NTH = re.compile(r"(?:year|yr|y)(?:\s*(?:no|number))?\s*(\d{1,2})")
_DATE = re.compile(r"((?:19|20)\d\d)-(\d\d)(?:-\d\d)?(?:[ T].*)?")
_MONTH = re.compile(r"(\d{1,2})/((?:19|20)\d\d)")

MONEY = frozenset(
    {
        *("amount", "approved", "adopted", "base", "budget", "budgeted", "capex", "capital"),
        *("cash", "cdel", "cip", "commitment", "cost", "costs", "estimate", "estimated"),
        *("expenditure", "financial", "fiscal", "for", "forecast", "funding", "fy", "gbp", "in"),
        *("k", "m", "mn", "million", "millions", "of", "outturn", "actual", "plan", "planned"),
        *("pounds", "profile", "programme", "projected", "projection", "proposed"),
        *("recommended", "request", "requested", "spend", "spending", "the", "thousand"),
        *("thousands", "usd", "value", "year", "yr", "000", "000s"),
    }
)
"""Words that may stand beside a year in the heading of its money."""

_MORE = frozenset(
    {"beyond", "future", "later", "after", "prior", "previous", "subsequent", "outer"}
)
_YEARS = frozenset({"years", "year", "yrs", "plan", "period", "spend", "budget", "cost", "costs"})


class NamedYear(NamedTuple):
    """A year that a text names, and how it is written."""

    label: str
    written: Written


@lru_cache(maxsize=4096)
def named_year(text: str) -> NamedYear | None:
    """Return the year whose money a heading heads; None if it names none, or more than a year.

    A calendar year alone is taken as the financial year that starts in it.

    Parameters
    ----------
    text
        Heading, or a cell.

    Examples
    --------
    >>> named_year("2026/27 £m"), named_year("FY2026-2027").label, named_year("26/27 budget").label
    (NamedYear(label='2026/27', written='financial'), '2026/27', '2026/27')
    >>> named_year("Budget 2026"), named_year("FY26").written, named_year("Opened in 2026")
    (NamedYear(label='2026/27', written='calendar'), 'calendar', None)
    """
    plain = _SIGNS.sub("", text.casefold())
    found: list[NamedYear] = []
    rest = plain
    for pattern in (_LONG, _SHORT):
        for match in pattern.finditer(rest):
            first = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
            if (first + 1) % 100 != int(match[2][-2:]):
                return None
            found.append(NamedYear(label_of(first), "financial"))
        rest = pattern.sub(" ", rest)
    for pattern in (_FY, _ALONE):
        for match in pattern.finditer(rest):
            first = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
            found.append(NamedYear(label_of(first), "calendar"))
        rest = pattern.sub(" ", rest)
    if len(set(found)) != 1 or not set(re.findall(r"[a-z]+|\d+", rest)) <= MONEY:
        return None
    return found[0]


def nth_year(text: str) -> int | None:
    """Return the number of the year after the start that a heading names; None if it names none.

    Parameters
    ----------
    text
        Heading.

    Examples
    --------
    >>> nth_year("year_2"), nth_year("Y3 cost (£k)"), nth_year("Year built"), nth_year("year 1")
    (2, 3, None, 1)
    """
    plain = re.sub(r"[^a-z0-9]+", " ", _SIGNS.sub("", text.casefold())).strip()
    found = _NTH.search(plain)
    rest = set(re.findall(r"[a-z]+|\d+", _NTH.sub(" ", plain)))
    return int(found[1]) if found and rest <= MONEY else None


def names_other_years(text: str) -> bool:
    """Say whether a heading is of money before or after the years that have columns.

    Parameters
    ----------
    text
        Heading.

    Examples
    --------
    >>> names_other_years("Prior years"), names_other_years("Beyond 6 years (£k)")
    (True, True)
    >>> names_other_years("After care")
    False
    """
    words = set(re.findall(r"[a-z]+", text.casefold()))
    return bool(words & _MORE) and bool(words & _YEARS) and words <= MONEY | _MORE | _YEARS


def year_of_cell(text: str, ends: bool = False) -> NamedYear | None:
    """Return the financial year that a cell names: a year however written, or a date.

    Parameters
    ----------
    text
        What the cell holds.
    ends
        A calendar year alone is the one in which the financial year ends.

    Examples
    --------
    >>> year_of_cell("2026-27").label, year_of_cell("2027", ends=True).label
    ('2026/27', '2026/27')
    >>> year_of_cell("2027-02-01").label, year_of_cell("04/2027").label, year_of_cell("soon")
    ('2026/27', '2027/28', None)
    """
    if match := _DATE.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        if len(text) == 7 and (year + 1) % 100 == month:  # 2001-02 is a financial year
            return NamedYear(label_of(year), "financial")
    elif match := _MONTH.fullmatch(text):
        month, year = int(match[1]), int(match[2])
    else:
        named = named_year(text)
        return year_before(named) if named and ends else named
    if not 1 <= month <= 12:
        return None
    return NamedYear(label_of(year - (month < 4)), "financial")


def year_before(named: NamedYear) -> NamedYear:
    """Return the year that ends in a calendar year, for one taken as starting in it.

    Parameters
    ----------
    named
        From `named_year`; a financial year stays.
    """
    if named.written == "financial":
        return named
    return NamedYear(label_of(start_of(named.label) - 1), "calendar")
