"""Discounting and prices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

LATER, LAST = 30, 75
"""Years after which the Green Book's discount rates fall, and fall again."""


def discount_factors(
    rate_pct: npt.ArrayLike,
    periods: npt.ArrayLike,
    later_pct: float | None = None,
    last_pct: float | None = None,
) -> Array:
    """Return the worth today of 1 in a later period: 1 / (1 + rate) ^ period.

    Parameters
    ----------
    rate_pct
        Discount rate, % a year (Green Book: 3.5 for money, 1.5 for health); one, or as the
        periods.
    periods
        Years from the base year; any shape.
    later_pct
        Rate of the years after the 30th, % a year (Green Book: 3.0 for money, 1.29 for health);
        None goes on with the rate.
    last_pct
        Rate of the years after the 75th, % a year (Green Book: 2.5 for money); None goes on with
        the rate of the years before.

    Returns
    -------
    numpy.ndarray
        A fraction, 1 in the base year; shape of the periods.

    Notes
    -----
    Source: HM Treasury Green Book, discount rates to 30 years, from 31 to 75, and after.
    """
    rate = np.asarray(rate_pct, dtype=float) / 100
    years = np.asarray(periods, dtype=float)
    if later_pct is None and last_pct is None:
        return np.asarray((1 + rate) ** -years)
    later = rate if later_pct is None else np.asarray(later_pct / 100)
    last = later if last_pct is None else np.asarray(last_pct / 100)
    early, late = np.minimum(years, LATER), np.clip(years - LATER, 0.0, LAST - LATER)
    rest = np.maximum(years - LAST, 0.0)
    return np.asarray((1 + rate) ** -early * (1 + later) ** -late * (1 + last) ** -rest)


def price_index(growth_pct: float, periods: npt.ArrayLike) -> Array:
    """Return prices of each year over those of the base year.

    Parameters
    ----------
    growth_pct
        Growth of prices, % a year.
    periods
        Years from the base year; any shape.

    Returns
    -------
    numpy.ndarray
        A ratio, 1 in the base year; shape of the periods.
    """
    return np.asarray((1 + growth_pct / 100) ** np.asarray(periods, dtype=float))


def price_level(growth: Array) -> Array:
    """Return prices of each year over those of the first.

    Parameters
    ----------
    growth
        Growth of prices on the year before, fractions; shape (..., year). That of the first year
        came before it and does not count.
    """
    steps = 1 + np.asarray(growth, dtype=float)
    steps[..., 0] = 1.0
    return np.asarray(np.cumprod(steps, axis=-1))


def cost_inflation(uplift: pd.DataFrame, years: list[str], later_pct: npt.ArrayLike) -> Array:
    """Return cost inflation by year: the published cost uplift factor, else a later rate.

    Parameters
    ----------
    uplift
        `year, cost_uplift_pct`.
    years
        Years of the plan.
    later_pct
        Rate of years without a published factor, % a year; shape (..., year), or one that fits it.

    Returns
    -------
    numpy.ndarray
        Fractions; shape (..., year).
    """
    published = uplift.set_index("year")["cost_uplift_pct"]
    given = np.array([float(published.get(year, np.nan)) for year in years])
    return np.asarray(np.where(np.isnan(given), later_pct, given) / 100)


def first_year(years: list[str], holds: npt.NDArray[np.bool_]) -> str:
    """Return the first year in which something holds, or "" if it never does.

    Parameters
    ----------
    years
        Labels.
    holds
        Whether it does; shape (year,).
    """
    return years[int(np.argmax(holds))] if holds.any() else ""


def lasting_from(years: list[str], holds: npt.NDArray[np.bool_]) -> str:
    """Return the first year from which something always holds, or "" if the last year does not.

    Parameters
    ----------
    years
        Labels.
    holds
        Whether it does; shape (year,).
    """
    broken = np.flatnonzero(~holds)
    first = int(broken[-1]) + 1 if len(broken) else 0
    return years[first] if first < len(years) else ""
