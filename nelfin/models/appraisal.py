"""Discounting and prices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def discount_factors(rate_pct: npt.ArrayLike, periods: npt.ArrayLike) -> Array:
    """Return 1 / (1 + rate) ^ period.

    Parameters
    ----------
    rate_pct
        Discount rate, % a year (Green Book: 3.5 for money, 1.5 for health).
    periods
        Years from the base year.
    """
    rate = np.asarray(rate_pct, dtype=float) / 100
    return np.asarray((1 + rate) ** -np.asarray(periods, dtype=float))


def price_index(growth_pct: float, periods: npt.ArrayLike) -> Array:
    """Return prices of each year over those of the base year."""
    return np.asarray((1 + growth_pct / 100) ** np.asarray(periods, dtype=float))


def first_year(years: list[str], holds: npt.NDArray[np.bool_]) -> str:
    """Return the first year in which something holds, or "" if it never does."""
    return years[int(np.argmax(holds))] if holds.any() else ""
