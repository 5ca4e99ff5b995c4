"""The waiting list for planned care, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.models.activity.demand import WEEKS
from nelfin.models.months import MONTHS

Array = npt.NDArray[np.float64]

STANDARD_WEEKS = 18
"""Weeks that nobody should wait longer than (NHS constitution, referral to treatment)."""

HUNDRED_YEARS = 100 * WEEKS

_GRAIN = 2.0**20
"""Flows are counted in parts of 1/2^20 of a person. Sums of such numbers are exact, so that the
list adds up to the last bit by month and by year."""


@dataclass(frozen=True)
class WaitingList:
    """The waiting list by month, people; shape (..., year, month).

    Parameters
    ----------
    start, end
        People waiting at the start and at the end of each month.
    additions, activity, removals
        People who join, who are treated, and who leave untreated.
    unmet
        Activity that was wanted beyond everybody there was to treat.
    """

    start: Array
    additions: Array
    activity: Array
    removals: Array
    end: Array
    unmet: Array


def waiting_list(opening: Array, break_even: Array, untreated: Array, wanted: Array) -> WaitingList:
    """Return the waiting list by month: the next is this one, and who joins, less who leaves.

    Parameters
    ----------
    opening
        People waiting at the start; shape (...).
    break_even
        Activity of a year that would hold the list still, people; shape (..., year).
    untreated
        Share of those joining who leave untreated, a fraction below 1; shape (..., year).
    wanted
        Activity of a year, people; shape (..., year).

    Returns
    -------
    WaitingList
        Every year runs evenly over its months. Who joins is break-even over the share that is
        treated. No list is below zero: where nobody is left to treat, activity is less than
        wanted.
    """
    years = wanted.shape[-1]
    front = np.broadcast_shapes(
        opening.shape, break_even.shape[:-1], untreated.shape[:-1], wanted.shape[:-1]
    )
    still = _grained(break_even / MONTHS)
    leaves = _grained(break_even / MONTHS * untreated / (1 - untreated))
    asked = _grained(wanted / MONTHS)
    found = np.empty((6, *front, years, MONTHS))
    waiting = np.broadcast_to(_grained(opening), front)
    for year in range(years):
        leave, ask = leaves[..., year], asked[..., year]
        joins = still[..., year] + leave
        for month in range(MONTHS):
            treated = np.clip(ask, 0.0, waiting + joins - leave)
            after = waiting + joins - treated - leave
            for at, part in enumerate((waiting, joins, treated, leave, after, ask - treated)):
                found[at, ..., year, month] = part
            waiting = after
    return WaitingList(*found)


def _grained(people: Array) -> Array:
    return np.asarray(np.round(np.asarray(people, dtype=float) * _GRAIN) / _GRAIN)


def over_standard(waiting: Array, break_even: Array) -> Array:
    """Return the people who wait longer than 18 weeks, were the first to come the first treated.

    Parameters
    ----------
    waiting
        People waiting at the end of each year; shape (..., year).
    break_even
        Activity of a year that holds the list still: as many join a year, but for those who leave
        untreated; shape (..., year).

    Returns
    -------
    numpy.ndarray
        People; shape (..., year). More wait so long in truth, since not all are treated in turn.
    """
    return np.asarray(np.maximum(waiting - STANDARD_WEEKS * break_even / WEEKS, 0.0))


def weeks_to_clear(
    waiting: float, break_even_week: float, cleared_week: float, growth: float = 0.0
) -> float:
    """Return the weeks until nobody waits over 18 weeks, if as many fewer wait each week.

    Parameters
    ----------
    waiting
        People waiting.
    break_even_week
        Activity a week that holds the list still.
    cleared_week
        Activity a week above it, which stays as it is while both rise with demand.
    growth
        Growth of demand a year, a fraction: who joins in 18 weeks, and may wait that long, grows by
        it. 0 counts them as they are now.

    Returns
    -------
    float
        Weeks; infinite if that is not within a hundred years.

    Notes
    -----
    North East London Joint Forward Plan, without growth: (174,000 - 18 x 4,281) / 391 = 248 weeks
    from December 2022, which end in September 2027.
    """
    weeks = np.arange(HUNDRED_YEARS + 1)
    may = STANDARD_WEEKS * break_even_week * (1 + growth) ** (weeks / WEEKS)
    longer = waiting - cleared_week * weeks - may
    if longer[0] <= 0:
        return 0.0
    if not (longer <= 0).any():
        return float("inf")
    at = int(np.argmax(longer <= 0))
    return float(at - longer[at] / (longer[at] - longer[at - 1]))
