"""Primary care: how far places are from an aim in appointments, and what closing it costs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin.models.activity.demand import WEEKS

Array = npt.NDArray[np.float64]

OTHERS_TOGETHER = "other places together"
"""Name of the places without a figure of their own."""


def others_rate(average: float, rates: Array, people: Array, everyone: float) -> float:
    """Return the appointments of the places without a figure, all together.

    Parameters
    ----------
    average
        Appointments a week for 1,000 people, of the whole system.
    rates, people
        Those of the places with a figure, and their weighted people; shape (place,).
    everyone
        Weighted people of the system.

    Returns
    -------
    float
        Appointments a week for 1,000 people; negative if the figures do not fit each other.
    """
    return float((average * everyone - rates @ people) / (everyone - people.sum()))


def gap(rates: Array, aim: float) -> Array:
    """Return how far each place is below the aim; nothing where it is above.

    Parameters
    ----------
    rates
        Appointments a week for 1,000 people; shape (place,).
    aim
        The same, of the aim.
    """
    return np.asarray(np.maximum(aim - rates, 0.0))


def gap_cost(gaps: Array, people: Array, cost_gbp: Array) -> Array:
    """Return what closing each gap costs in a year.

    Parameters
    ----------
    gaps
        Appointments a week for 1,000 people; shape (place,).
    people
        Weighted people; shape (place, year).
    cost_gbp
        Cost of an appointment, £; shape (..., year).

    Returns
    -------
    numpy.ndarray
        £m; shape (..., place, year).
    """
    appointments = gaps[:, None] / 1000 * WEEKS * people
    return np.asarray(appointments * cost_gbp[..., None, :] / 1e6)
