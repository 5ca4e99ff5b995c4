"""Money by year as it is planned, turned into spend by year after the start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.problems import named_rows
from nelfin.years import years_between

Array = npt.NDArray[np.float64]


def in_every_year(money: Array, labels: Sequence[str]) -> tuple[Array, list[str]]:
    """Return money with a column for every year from the first to the last.

    Parameters
    ----------
    money
        £m; shape (row, year).
    labels
        Its years, in any order.

    Returns
    -------
    money : numpy.ndarray
        Years that had no column are nought.
    years : list of str
        Without a gap.
    """
    years = years_between(min(labels), max(labels))
    whole = np.zeros((len(money), len(years)))
    for at, label in enumerate(labels):
        whole[:, years.index(label)] += money[:, at]
    return whole, years


def from_the_first(money: Array, years: Sequence[str]) -> tuple[Array, list[str]]:
    """Return spend by year after the start, and the year of each row's first money.

    Gaps between years with money stay.

    Parameters
    ----------
    money
        £m; shape (row, year).
    years
        Its years, without a gap.

    Returns
    -------
    spend : numpy.ndarray
        £m; shape (row, year after the start).
    planned : list of str
        "" for a row without money.

    Examples
    --------
    >>> years = ["2026/27", "2027/28", "2028/29", "2029/30"]
    >>> from_the_first(np.array([[0.0, 2.0, 0.0, 3.0]]), years)
    (array([[2., 0., 3.]]), ['2027/28'])
    """
    some = money != 0
    any_money = some.any(axis=1)
    first = np.where(any_money, some.argmax(axis=1), 0)
    last = np.where(any_money, money.shape[1] - 1 - some[:, ::-1].argmax(axis=1), 0)
    length = int((last - first).max(initial=0)) + 1
    at = first[:, None] + np.arange(length)[None, :]
    inside = at < money.shape[1]
    spend = np.where(
        inside, np.take_along_axis(money, np.minimum(at, money.shape[1] - 1), axis=1), 0.0
    )
    planned = [
        years[t] if some_money else "" for t, some_money in zip(first, any_money, strict=True)
    ]
    return spend, planned


def late_starts(place: str, rows: Sequence[object], many: int) -> tuple[str, ...]:
    """Tell of schemes whose first year of spend is nought, as where columns are calendar years.

    Parameters
    ----------
    place
        What the list is called.
    rows
        Those schemes.
    many
        Number of all schemes.
    """
    if not rows:
        return ()
    count = "1 scheme" if len(rows) == 1 else f"{len(rows):,} schemes"
    return (
        f"{place}: {count} of {many:,} spend nothing in spend_1 and something later "
        f"({named_rows(rows)}): they start before their first money. If the columns are years of "
        "the calendar, name them by their years, such as 2026/27.",
    )


def by_scheme(ids: Sequence[str], values: Array) -> Array:
    """Return the sums of rows with the same id, in the order in which ids first come.

    Parameters
    ----------
    ids
        Of each row.
    values
        Shape (row, column).
    """
    codes = pd.factorize(np.asarray(ids, dtype=object))[0]
    summed = np.zeros((int(codes.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(summed, codes, values)
    return summed


def pivoted(amounts: Array, labels: Sequence[str]) -> tuple[Array, list[str]]:
    """Return the money of a list with a row a year as one with a column a year.

    Parameters
    ----------
    amounts
        £m of each row.
    labels
        Year of each row; "" where there is none.

    Returns
    -------
    money : numpy.ndarray
        Shape (row, year).
    years : list of str
        In their order.
    """
    years = sorted({label for label in labels if label})
    money = np.zeros((len(amounts), len(years)))
    for row, label in enumerate(labels):
        if label:
            money[row, years.index(label)] = amounts[row]
    return money, years
