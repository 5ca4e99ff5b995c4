"""Financial years: "2023/24" runs from 1 April 2023 to 31 March 2024."""

from __future__ import annotations

import re
from functools import cache

_LABEL = re.compile(r"(\d{4})/(\d{2})", re.ASCII)


@cache
def start_of(label: str) -> int:
    """Return the calendar year in which a financial year starts.

    Parameters
    ----------
    label
        A financial year, such as "2023/24".

    Raises
    ------
    ValueError
        If the label is not of the form "2023/24".

    Examples
    --------
    >>> start_of("2023/24")
    2023
    """
    match = _LABEL.fullmatch(label)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise ValueError(f'"{label}" is not a financial year such as 2023/24')
    return int(match[1])


def label_of(start: int) -> str:
    """Return the label of the financial year that starts in a calendar year.

    Parameters
    ----------
    start
        Calendar year in which it starts.

    Examples
    --------
    >>> label_of(1999)
    '1999/00'
    """
    return f"{start}/{(start + 1) % 100:02d}"


def years_between(first: str, last: str) -> list[str]:
    """Return every label from the first year to the last, both included.

    Parameters
    ----------
    first, last
        Labels of financial years.
    """
    return [label_of(start) for start in range(start_of(first), start_of(last) + 1)]
