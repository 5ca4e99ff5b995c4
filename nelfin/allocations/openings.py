"""Opening positions: where places stand before each year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.allocations.fences import Pots
from nelfin.data import Inputs, lines_of
from nelfin.scenario.schema import Scenario, Stream

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Before:
    """Where places stand before a stream's first year, and what is known of each year before.

    The year before is the last in which the stream had money.

    Parameters
    ----------
    pot
        Positions in the pot before the first year, £m; shape (stream, place).
    ring_fence
        Ring-fences of the year before, £m; shape (year, stream, place).
    need_share
        Shares of need of the year before; shape (year, stream, place).
    """

    pot: Array
    ring_fence: Array
    need_share: Array


def positions_before(scenario: Scenario, inputs: Inputs, pots: Pots, baseline: Array) -> Before:
    """Return where places stand before each year in which a stream has money.

    A ring-fence and the need of the first year are taken to have been there the year before: so
    what is off the top in the first year moves nothing between places by itself.

    Parameters
    ----------
    scenario
        Streams and the opening position of each.
    inputs
        Openings.
    pots
        Money of every stream.
    baseline
        Published baselines, £m, NaN where there is none; shape (year, stream). The opening
        position adds up to that of the first year, or else to the envelope.

    Returns
    -------
    Before
        Positions of the streams that places share; 0 for others.
    """
    ring_fence = np.zeros_like(pots.ring_fence)
    pot, need_share = np.zeros(ring_fence.shape[1:]), np.zeros_like(ring_fence)
    for s, stream in enumerate(scenario.allocation.streams.values()):
        years = np.flatnonzero(pots.envelope[:, s] > 0)
        if not stream.need or not len(years):
            continue
        first = years[0]
        envelope, total = pots.envelope[first, s], baseline[first, s]
        total = envelope if np.isnan(total) else total
        position = opening_position(stream, float(total), pots.need_share[first, s], inputs)
        pot[s] = position * (pots.pot[first, s] / envelope)
        ring_fence[first, s] = pots.ring_fence[first, s] * (position.sum() / envelope)
        ring_fence[years[1:], s] = pots.ring_fence[years[:-1], s]
        need_share[years, s] = pots.need_share[[first, *years[:-1]], s]
    return Before(pot, ring_fence, need_share)


def opening_position(stream: Stream, total: float, need_share: Array, inputs: Inputs) -> Array:
    """Return the position of each place before a stream's first year.

    Parameters
    ----------
    stream
        Its `opening` is a name of `inputs.openings`, or `on-target`.
    total
        What the positions add up to, £m.
    need_share
        Shares of need; shape (place,).
    inputs
        Openings: cash (its shares count) or a distance from target (put on today's target).

    Returns
    -------
    numpy.ndarray
        £m; shape (place,).
    """
    if stream.opening == "on-target":
        return need_share * total
    lines = lines_of(inputs.openings, "opening", "place", "measure", "value")
    rows = [row for row in lines if row[0] == stream.opening]
    by_place = {place: value for _, place, _, value in rows}
    value = np.array([by_place[place] for place in inputs.places()])
    cash = value if rows[0][2] == "cash_gbp_m" else need_share * (1 + value / 100)
    return np.asarray(cash / cash.sum() * total)


FAR = 0.5
"""Distance from target past which the opening of a place is told: no place is so far."""


def how_scaled(scenario: Scenario, inputs: Inputs, data: xr.Dataset, stream: str) -> str:
    """Tell what an opening adds up to, and by what it was scaled to the money there was.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    data
        From `allocate`.
    stream
        A stream that places share.

    Returns
    -------
    str
        A sentence; "" where the opening is on target, or adds up to the baseline.
    """
    rows = _rows_of(scenario, inputs, stream)
    first = _first_year(data, stream)
    if rows.empty or not first:
        return ""
    table = inputs.allocations
    row = table[(table["stream"] == stream) & (table["year"] == first)]["baseline_gbp_m"].dropna()
    money = float(row.iloc[0] if len(row) else data["envelope"].sel(stream=stream, year=first))
    what = f"{'the baseline' if len(row) else 'the money'} of {first}, £{money:,.1f}m"
    if rows["measure"].iloc[0] == "cash_gbp_m":
        total = float(rows["value"].sum())
        scale = money / total
        said = f"It adds up to £{total:,.1f}m, and is scaled by {_factor(scale)} to {what}."
    else:
        target = data["target"].sel(stream=stream, year=first).to_series()
        distance = rows.set_index("place")["value"].reindex(target.index)
        mean = float((target * distance).sum() / target.sum())
        scale = 1 / (1 + mean / 100)
        side = "above" if mean > 0 else "below"
        said = (
            f"Its distances add up to {abs(mean):.2f} % {side} target, so it is scaled by "
            f"{_factor(scale)} to {what}."
        )
    return said if abs(scale - 1) >= 5e-4 else ""


def _factor(scale: float) -> str:
    return f"{scale:.3f}" if scale >= 0.1 else f"{scale:.3g}"


def _rows_of(scenario: Scenario, inputs: Inputs, stream: str) -> pd.DataFrame:
    opening = scenario.allocation.streams[stream].opening
    return inputs.openings[inputs.openings["opening"] == opening]


def _first_year(data: xr.Dataset, stream: str) -> str:
    """Return the first year in which a stream has money; "" for none."""
    envelope = data["envelope"].sel(stream=stream)
    years = [str(year) for year in envelope["year"].values[envelope.to_numpy() > 0]]
    return years[0] if years else ""


def far_openings(scenario: Scenario, inputs: Inputs, data: xr.Dataset) -> list[str]:
    """Tell which places open further from target than any place is.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    data
        From `allocate`.

    Returns
    -------
    list of str
        A sentence a stream.
    """
    found = []
    for stream, settings in scenario.allocation.streams.items():
        first = _first_year(data, stream)
        if not settings.need or not first or _rows_of(scenario, inputs, stream).empty:
            continue
        distance = data["dft_opening"].sel(stream=stream, year=first).to_series()
        far = distance[distance.abs() > FAR]
        if len(far):
            places = ", ".join(
                f"{place} ({100 * abs(value):,.0f} % {'above' if value > 0 else 'below'})"
                for place, value in far.items()
            )
            found.append(
                f"More than {100 * FAR:.0f} % from target in the opening of "
                f"{stream.replace('_', ' ')}: {places}. Are its places and units right?"
            )
    return found
