"""Growth of demand: of planned and of urgent care, and of both together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WEEKS = 52
"""Weeks of a year, as plans count them."""


def volume_growth(planned_pct: Array, urgent_pct: Array, planned_share_pct: Array) -> Array:
    """Return the growth of all volume: planned and urgent care by their shares of cost.

    Parameters
    ----------
    planned_pct, urgent_pct
        Growth a year, %; shape (..., year).
    planned_share_pct
        Planned care, share of the cost that follows demand, %; shape (..., year).

    Returns
    -------
    numpy.ndarray
        Fractions; shape (..., year).
    """
    return np.asarray(
        (planned_pct * planned_share_pct + urgent_pct * (100 - planned_share_pct)) / 1e4
    )


def level_since(growth: Array, years_before: int) -> Array:
    """Return a level in each year of the plan over that of its base year.

    Parameters
    ----------
    growth
        Growth on the year before, fractions; shape (..., year). Before the first year it is taken
        to have been as in the first.
    years_before
        Years from the base year to the first year of the plan; negative where the base year is
        a later year of the plan.

    Returns
    -------
    numpy.ndarray
        A ratio, 1 in the base year; shape (..., year).
    """
    steps = 1 + np.asarray(growth, dtype=float)
    first = steps[..., :1]
    steps = np.concatenate([np.ones_like(first), steps[..., 1:]], axis=-1)
    level = np.cumprod(steps, axis=-1)
    if years_before < 0:
        return np.asarray(level / level[..., -years_before][..., None])
    return np.asarray(level * first**years_before)
