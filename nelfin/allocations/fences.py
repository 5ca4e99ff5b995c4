"""Money taken off the top of a stream: ring-fences with a need of their own, and held items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.errors import InputError
from nelfin.years import start_of

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OffTheTop:
    """What leaves a stream before it is shared.

    Parameters
    ----------
    shared
        Ring-fences by place, £m; shape (place, year).
    held
        Items that the system keeps, £m; shape (year,).
    """

    shared: Array
    held: Array


def off_the_top(
    table: pd.DataFrame,
    stream: str,
    envelope: Array,
    years: list[str],
    needs: dict[str, Array],
    growth_pct: float,
    where: str,
) -> OffTheTop:
    """Return a stream's ring-fences, shared on their own need, and its held items.

    An item holds from the year of its row. In years without a row it grows with the stream from
    the last one; a row of 0 ends it.

    Parameters
    ----------
    table
        Columns `stream, item, year, amount_gbp_m, need`; a blank need is held by the system.
    stream, envelope
        Name of the stream and its money, £m; shape (year,).
    years
        Labels.
    needs
        Weighted populations by component; shape (place, year).
    growth_pct
        Growth of the stream in years without a published allocation.
    where
        What to call the table in errors.

    Raises
    ------
    InputError
        If nothing of the stream is left to share in a year.
    """
    shared = np.zeros_like(needs["registered_population"])
    held = np.zeros(len(years))
    if table.empty:
        return OffTheTop(shared, held)
    for _, rows in table[table["stream"] == stream].groupby("item", sort=False):
        amounts = _amounts(rows, years, growth_pct) * (envelope > 0)
        need = str(rows["need"].iloc[0])
        if need:
            shared += amounts * needs[need] / needs[need].sum(axis=0)
        else:
            held += amounts
    for t, year in enumerate(years):
        off = shared[:, t].sum() + held[t]
        if off > 0 and off >= envelope[t]:
            raise InputError.one(
                where,
                f"takes £{off:,.3f}m off {stream} in {year}, which has £{envelope[t]:,.3f}m.",
                "Lower the amounts: something must be left to share.",
            )
    return OffTheTop(shared, held)


def _amounts(rows: pd.DataFrame, years: list[str], growth_pct: float) -> Array:
    given = rows.set_index("year")["amount_gbp_m"]
    amounts = []
    for year in years:
        start = max((known for known in given.index if known <= year), default=None)
        grown = 0.0
        if start is not None:
            length = start_of(year) - start_of(start)
            grown = float(given[start]) * (1 + growth_pct / 100) ** length
        amounts.append(grown)
    return np.array(amounts)
