"""Opening positions: where places stand before a stream's first year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data import Inputs
from nelfin.scenario.schema import Stream

Array = npt.NDArray[np.float64]


def opening_position(
    name: str, stream: Stream, year: str, amount: float, need: Array, inputs: Inputs
) -> Array:
    """Return the position of each place before a stream's first year.

    Parameters
    ----------
    name, stream
        Of the stream; its `opening` is a name of `inputs.openings`, or `on-target`.
    year, amount
        First year of the stream and its envelope, £m.
    need
        Shares of need; shape (place,).
    inputs
        Allocations, for the published baseline, and openings: cash (its shares count) or a
        distance from target (put on today's target).

    Returns
    -------
    numpy.ndarray
        £m; shape (place,). Adds up to the published baseline where there is one, else to the
        first year's envelope.
    """
    given = inputs.allocations
    lines = zip(given["stream"], given["year"], given["baseline_gbp_m"], strict=True)
    baseline = next(float(amount) for of, begun, amount in lines
                    if (of, begun) == (name, year))  # fmt: skip
    total = amount if pd.isna(baseline) else baseline
    if stream.opening == "on-target":
        return need * total
    rows = inputs.openings[inputs.openings["opening"] == stream.opening].set_index("place")
    value = rows["value"].reindex(inputs.places()).to_numpy(dtype=float)
    cash = value if rows["measure"].iloc[0] == "cash_gbp_m" else need * (1 + value / 100)
    return np.asarray(cash / cash.sum() * total)
