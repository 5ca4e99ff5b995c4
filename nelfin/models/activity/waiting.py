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


def weeks_to_clear(waiting: float, break_even_week: float, cleared_week: float) -> float:
    """Return the weeks until nobody waits over 18 weeks, as the plan of 2023 counted them.

    Those waiting longer now, over how many fewer there are a week, which stays as it is while
    activity rises with demand; 18 weeks' worth of people is that of now too.

    Parameters
    ----------
    waiting
        People waiting.
    break_even_week
        Activity a week that holds the list still.
    cleared_week
        Activity a week above it.

    Returns
    -------
    float
        Weeks; infinite if the list does not fall.

    Notes
    -----
    North East London Joint Forward Plan: 174,000 waiting, 4,281 and 391 a week, nobody over 18
    weeks by September 2027.
    """
    longer = max(waiting - STANDARD_WEEKS * break_even_week, 0.0)
    if longer == 0:
        return 0.0
    return longer / cleared_week if cleared_week > 0 else float("inf")
