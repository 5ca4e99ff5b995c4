"""The share of average cost that moves with volume.

One curve for demand that grows and for demand that is avoided.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def marginal_cost_curve(
    first_pct: npt.ArrayLike, after_pct: npt.ArrayLike, years: npt.ArrayLike, count: int
) -> Array:
    """Return the share of average cost that has moved in each year after a change of volume.

    Part of it moves within the year: staff by the shift, drugs, consumables. More follows as rotas,
    wards and contracts change.

    Parameters
    ----------
    first_pct
        Within the year of the change, % of average cost; any shape.
    after_pct
        From `years` on, % of average cost; it counts as `first_pct` where it is below.
    years
        Years after which cost has moved as far as it will, above 0.
    count
        How many years.

    Returns
    -------
    numpy.ndarray
        Fractions that never fall, even steps in between; the shape of the parameters with one axis
        of length `count` added at the end. The first is of the year of the change.

    Examples
    --------
    >>> [round(float(share), 4) for share in marginal_cost_curve(50, 90, 3, 5)]
    [0.5, 0.6333, 0.7667, 0.9, 0.9]
    """
    first = np.asarray(first_pct, dtype=float)[..., None] / 100
    after = np.maximum(np.asarray(after_pct, dtype=float)[..., None] / 100, first)
    passed = np.arange(count) / np.asarray(years, dtype=float)[..., None]
    return np.where(passed < 1, first + (after - first) * passed, after)
