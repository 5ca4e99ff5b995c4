"""Beds: what frees them, and what becomes of them. A freed bed has one use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.models.ledgers import released

Array = npt.NDArray[np.float64]

DAYS = 365
"""Days of a year."""

LEVERS = ("shorter planned stays", "fit to leave", "admissions avoided")
"""What frees beds, each out of what the one before has left."""

USES = ("closed", "filled", "stranded")
"""What a freed bed is: closed, filled with more planned care, or empty at the same cost."""


@dataclass(frozen=True)
class FreedDays:
    """Bed days saved in a year, by lever; each of shape (..., organisation, year).

    Parameters
    ----------
    stay, fit
        By shorter planned stays, and of people fit to leave.
    avoided, avoided_as_cash
        By admissions avoided, and of these those whose cost is cash of prevention already.
    """

    stay: Array
    fit: Array
    avoided: Array
    avoided_as_cash: Array

    def by_lever(self) -> Array:
        """Return them with the lever before the organisation; see `LEVERS`."""
        parts = np.broadcast_arrays(self.stay, self.fit, self.avoided)
        return np.stack(parts, axis=-3)


def freed_days(
    days: Array,
    fit_days: Array,
    planned: Array,
    stay_saved: Array,
    fit_freed: Array,
    avoided: Array,
    avoided_as_cash: Array,
) -> FreedDays:
    """Return the bed days that each lever saves, out of what the one before has left.

    Parameters
    ----------
    days, fit_days
        Days that beds are occupied in a year, and those of people fit to leave; shape
        (..., organisation, year).
    planned
        Share of the days that is planned care, a fraction; shape (..., year).
    stay_saved, fit_freed
        Share of the planned days, and of days of people fit to leave, that is saved; (..., year).
    avoided, avoided_as_cash
        Days of admissions avoided, and of these those whose cost is cash already; shape
        (..., organisation, year).
    """
    stay = days * (planned * stay_saved)[..., None, :]
    left = days - stay
    part = np.divide(left, days, out=np.zeros_like(left), where=days > 0)
    fit = fit_days * part * fit_freed[..., None, :]
    rest = left - fit
    kept = np.minimum(avoided, rest)
    share = np.divide(kept, avoided, out=np.zeros(kept.shape), where=avoided > 0)
    return FreedDays(stay, fit, kept, avoided_as_cash * share)


def uses_of(
    freed: FreedDays, days_a_bed: Array, closed: Array, filled: Array, ward: float
) -> Array:
    """Return what becomes of freed beds, by lever and use.

    Parameters
    ----------
    freed
        Bed days saved.
    days_a_bed
        Days that a bed is occupied in a year; shape (organisation, 1).
    closed, filled
        Shares of the beds that are closed and filled, fractions that add up to 1 at the most;
        shape (..., year).
    ward
        Beds of a ward: a trust closes whole wards of what stays and people fit to leave free
        together; 0 for single beds.

    Returns
    -------
    numpy.ndarray
        Beds; shape (..., lever, use, organisation, year). What is left of a ward is stranded. Beds
        of admissions avoided are closed as far as their cost is cash of prevention already, and
        only the others can be filled: a bed has one use.
    """
    close, fill = closed[..., None, :], filled[..., None, :]
    stay, fit = freed.stay / days_a_bed, freed.fit / days_a_bed
    together = stay + fit
    wards = released(together * close, ward)
    part = np.divide(wards, together, out=np.zeros(np.shape(wards)), where=together > 0)
    avoided, as_cash = freed.avoided / days_a_bed, freed.avoided_as_cash / days_a_bed
    rows = [
        (stay, stay * part, stay * fill),
        (fit, fit * part, fit * fill),
        (avoided, as_cash, np.minimum(avoided * fill, avoided - as_cash)),
    ]
    levers = [
        np.stack(np.broadcast_arrays(shut, more, beds - shut - more), axis=-3)
        for beds, shut, more in rows
    ]
    return np.stack(np.broadcast_arrays(*levers), axis=-4)
