"""Money taken off the top of a stream: ring-fences with a need of their own, and held items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.scenario.schema import Scenario
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


@dataclass(frozen=True)
class Pots:
    """The money of every stream: what comes off the top, and the pot left to share by need.

    Years come first, so that a year is worked out for all streams at once. A stream that places
    do not share is held by the system whole: its pot is 0.

    Parameters
    ----------
    envelope
        Money of the stream, £m; shape (year, stream).
    ring_fence
        Ring-fences by place, £m; shape (year, stream, place).
    held
        What the system keeps, £m; shape (year, stream).
    pot
        What is left to share by need, £m; shape (year, stream).
    need_share
        Shares of the weighted population that is the stream's need; shape (year, stream, place).
    """

    envelope: Array
    ring_fence: Array
    held: Array
    pot: Array
    need_share: Array

    @property
    def target(self) -> Array:
        """The pot shared by need, and ring-fences on top, £m; shape (year, stream, place)."""
        return np.asarray(self.need_share * self.pot[..., None] + self.ring_fence)


def pots_of(
    scenario: Scenario, inputs: Inputs, envelope: Array, weighted: dict[str, Array]
) -> Pots:
    """Take ring-fences and held items off the top of every stream.

    Parameters
    ----------
    scenario
        Streams, their need and growth, and years.
    inputs
        Ring-fences.
    envelope
        Money of each stream, £m; shape (year, stream).
    weighted
        Weighted populations by component; shape (place, year).

    Returns
    -------
    Pots
        What comes off the top of each stream, and what is left.

    Raises
    ------
    InputError
        If nothing of a stream is left to share in a year.
    """
    years = scenario.years.labels()
    places = len(weighted["registered_population"])
    ring_fence = np.zeros((*envelope.shape, places))
    need_share, held = np.zeros_like(ring_fence), envelope.copy()
    for s, (name, stream) in enumerate(scenario.allocation.streams.items()):
        if stream.need:
            growth = scenario.envelope.growth_pct[name]
            where = inputs.called.get("ring_fences", "ring_fences")
            off = off_the_top(
                inputs.ring_fences, name, envelope[:, s], years, weighted, growth, where
            )
            ring_fence[:, s], held[:, s] = off.shared.T, off.held
            need = weighted[stream.need]
            need_share[:, s] = (need / need.sum(axis=0)).T
    pot = envelope - ring_fence.sum(axis=2) - held
    return Pots(envelope, ring_fence, held, pot, need_share)


def off_the_top(
    table: pd.DataFrame,
    stream: str,
    envelope: Array,
    years: list[str],
    weighted: dict[str, Array],
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
    weighted
        Weighted populations by component; shape (place, year).
    growth_pct
        Growth of the stream in years without a published allocation, % a year.
    where
        What to call the table in errors.

    Returns
    -------
    OffTheTop
        Ring-fences by place and year, and held items by year, £m.

    Raises
    ------
    InputError
        If nothing of the stream is left to share in a year.
    """
    shared = np.zeros_like(weighted["registered_population"])
    held = np.zeros(len(years))
    if table.empty:
        return OffTheTop(shared, held)
    for _, rows in table[table["stream"] == stream].groupby("item", sort=False):
        amounts = _amounts(rows, years, growth_pct) * (envelope > 0)
        need = str(rows["need"].iloc[0])
        if need:
            shared += amounts * weighted[need] / weighted[need].sum(axis=0)
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
    """Return the amount of an item in each year, £m, grown from its last row; shape (year,)."""
    given = rows.set_index("year")["amount_gbp_m"]
    amounts = []
    for year in years:
        last_row = max((of_row for of_row in given.index if of_row <= year), default=None)
        amount = 0.0
        if last_row is not None:
            length = start_of(year) - start_of(last_row)
            amount = float(given[last_row]) * (1 + growth_pct / 100) ** length
        amounts.append(amount)
    return np.array(amounts)
