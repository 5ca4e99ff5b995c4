"""The year in months: savings come late, and the rest of the year follows from what is known.

A year's position has no fixed profile of its own: what runs evenly runs evenly, and savings are
phased as they are planned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

MONTHS = 12
EARLY = 5
"""Months by which the share of savings is known."""


def savings_phase(early_pct: float) -> Array:
    """Return the share of a year's savings that is delivered by the end of each month.

    Parameters
    ----------
    early_pct
        Share delivered in the first five months, %; evenly within them, and evenly after.

    Returns
    -------
    numpy.ndarray
        Cumulative shares; shape (12,).
    """
    early = early_pct / 100
    first = np.full(EARLY, early / EARLY)
    rest = np.full(MONTHS - EARLY, (1 - early) / (MONTHS - EARLY))
    return np.cumsum(np.concatenate([first, rest]))


def profile(position: npt.ArrayLike, savings: npt.ArrayLike, phase: Array) -> Array:
    """Return a position to the end of each month: savings as phased, all else evenly.

    Parameters
    ----------
    position, savings
        Of the year, £m; any shape.
    phase
        Cumulative share of savings by month; shape (12,).

    Returns
    -------
    numpy.ndarray
        £m, cumulative; the shape of `position` with the months at the end.
    """
    position, savings = np.asarray(position, dtype=float), np.asarray(savings, dtype=float)
    even = np.arange(1, MONTHS + 1) / MONTHS
    return np.asarray((position - savings)[..., None] * even + savings[..., None] * phase)


@dataclass(frozen=True)
class YearEnd:
    """What a year that runs is heading for, £m, of one body.

    Parameters
    ----------
    month
        The last month that is known.
    actual, planned
        Position to that month, as it came and as it was planned.
    plan
        Of the whole year.
    undelivered
        Savings of the rest of the year that will not come, if they are delivered as so far.
    forecast
        Actual so far, the rest of the plan, less those savings.
    """

    month: int
    actual: float
    planned: float
    plan: float
    undelivered: float

    @property
    def forecast(self) -> float:
        """Where the year ends at this rate, £m."""
        return self.actual + (self.plan - self.planned) - self.undelivered


def year_end(
    rows: pd.DataFrame, plan: float, savings: float, delivery: float, phase: Array
) -> YearEnd | None:
    """Return what a year is heading for from its months; None where no month is known.

    Parameters
    ----------
    rows
        Rows of the table `positions` of one body and year, with `month, measure, value_gbp_m`.
    plan
        Position planned for the year, £m.
    savings
        Savings planned for the year, £m.
    delivery
        Share of the savings delivered so far; used for the rest of the year.
    phase
        Cumulative share of savings by month.
    """
    months = rows[(rows["month"] > 0) & (rows["item"] == "")]
    actual = months[months["measure"] == "outturn"].set_index("month")["value_gbp_m"]
    if actual.empty:
        return None
    month = int(actual.index.max())
    planned = months[months["measure"] == "plan"].set_index("month")["value_gbp_m"]
    to_date = (
        float(planned[month])
        if month in planned.index
        else float(profile(plan, savings, phase)[month - 1])
    )
    left = savings * (1 - float(phase[month - 1])) * (1 - min(delivery, 1.0))
    return YearEnd(month, float(actual[month]), to_date, plan, left)
