"""Opening positions: where places stand before a stream's first year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin.data import Inputs, lines_of
from nelfin.scenario.schema import Stream

Array = npt.NDArray[np.float64]


def opening_position(stream: Stream, total: float, need: Array, inputs: Inputs) -> Array:
    """Return the position of each place before a stream's first year.

    Parameters
    ----------
    stream
        Its `opening` is a name of `inputs.openings`, or `on-target`.
    total
        What the positions add up to, £m.
    need
        Shares of need; shape (place,).
    inputs
        Openings: cash (its shares count) or a distance from target (put on today's target).

    Returns
    -------
    numpy.ndarray
        £m; shape (place,).
    """
    if stream.opening == "on-target":
        return need * total
    lines = lines_of(inputs.openings, "opening", "place", "measure", "value")
    rows = [row for row in lines if row[0] == stream.opening]
    by_place = {place: value for _, place, _, value in rows}
    value = np.array([by_place[place] for place in inputs.places()])
    cash = value if rows[0][2] == "cash_gbp_m" else need * (1 + value / 100)
    return np.asarray(cash / cash.sum() * total)
