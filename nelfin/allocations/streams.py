"""Streams shared among places: off the top, opening, target, pace, and what moved each budget."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin.allocations.fences import Pots, pots_of
from nelfin.allocations.openings import Before, positions_before
from nelfin.allocations.yearly import Paced, pace_by_year
from nelfin.data import Inputs
from nelfin.scenario.schema import Scenario

Array = npt.NDArray[np.float64]

CHANGES = ("restated", "envelope", "need", "pace", "ring-fence")
"""What moves a budget from one year to the next: the labels of the dim `change`."""

SHARED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "opening": (("place", "year"), "Opening position", "£m"),
    "target": (("place", "year"), "Target: envelope shared by need", "£m"),
    "budget": (("place", "year"), "Budget", "£m"),
    "ring_fence": (("place", "year"), "Ring-fenced part of the budget", "£m"),
    "dft_opening": (("place", "year"), "Distance from target before pace of change", "fraction"),
    "dft": (("place", "year"), "Distance from target after pace of change", "fraction"),
    "budget_change": (
        ("place", "year", "change"),
        "What moved the budget from its opening position",
        "£m",
    ),
    "uniform_growth": (("year",), "Growth of every place before pace of change", "fraction"),
    "system_held": (("year",), "Held at system level", "£m"),
}
"""What sharing a stream gives: dims beside `stream`, name and unit."""


def share_streams(
    scenario: Scenario,
    inputs: Inputs,
    envelope: Array,
    baseline: Array,
    weighted: dict[str, Array],
) -> dict[str, Array]:
    """Share every stream among places, year after year.

    What comes off the top leaves a pot. The target is the pot shared by need; the opening is last
    year's budget; pace of change moves the pot from one towards the other.

    Parameters
    ----------
    scenario, inputs
        As for `allocate`.
    envelope
        Money of each stream of the scenario, and of what else the system has, £m; shape
        (stream, year).
    baseline
        Published baselines, £m, NaN where there is none; the same shape.
    weighted
        Weighted populations by component; shape (place, year).

    Returns
    -------
    dict
        The arrays of `SHARED`. A stream that places do not share, or that has no money in a
        year, has no target and no distance from it.

    Raises
    ------
    InputError, NoAnswerError
        As for `allocate`.

    Notes
    -----
    Method: NHS England's formula and pace-of-change rules, applied within one system.
    """
    pots = pots_of(scenario, inputs, envelope.T, weighted)
    before = positions_before(scenario, inputs, pots, baseline.T)
    paced = pace_by_year(scenario, inputs, pots, before, weighted["registered_population"])
    opening = paced.opening + before.ring_fence
    shares_money = ~np.isnan(opening)
    target = np.where(shares_money, pots.target, np.nan)
    budget = np.where(shares_money, paced.pot + pots.ring_fence, 0.0)
    years_first = {
        "opening": opening,
        "target": target,
        "budget": budget,
        "ring_fence": pots.ring_fence,
        "dft_opening": _distance_before(opening, target, pots.envelope - pots.held),
        "dft": budget / target - 1,
        "budget_change": _what_moved(pots, before, paced, baseline.T),
        "uniform_growth": paced.growth,
        "system_held": pots.held,
    }
    # years stand after places, and changes after years
    return {
        name: np.moveaxis(array, 0, min(array.ndim, 3) - 1) for name, array in years_first.items()
    }


def _distance_before(opening: Array, target: Array, shared: Array) -> Array:
    """Return distance from target before pace of change: share of the opening over that of target.

    Parameters
    ----------
    opening, target
        £m; shape (year, stream, place).
    shared
        What places share, ring-fences among it, £m; shape (year, stream).

    Returns
    -------
    numpy.ndarray
        A fraction, NaN where there is nothing to share; shape (year, stream, place).
    """
    total, goal = opening.sum(axis=2, keepdims=True), shared[..., None]
    opening_share = opening / np.where(total > 0, total, np.nan)
    return np.asarray(opening_share / (target / np.where(goal > 0, goal, np.nan)) - 1)


def _what_moved(pots: Pots, before: Before, paced: Paced, baseline: Array) -> Array:
    """Split the change of budgets from the year before into parts that add up exactly.

    Restated: last year's budget brought evenly to the published baseline, which holds transfers
    and pay awards that last year's allocation did not. Envelope: that grown evenly to this year's
    money. Ring-fence: what leaving the
    pot and coming back on a need of its own does beside that; over all places it is nothing.
    Pace: what the rule then does at last year's need. Need: what this year's need does on top.

    Returns
    -------
    numpy.ndarray
        £m, in the order of `CHANGES`; shape (year, stream, place, change).
    """
    money = pots.pot[..., None]
    last = paced.opening + before.ring_fence
    envelope = money + pots.ring_fence.sum(axis=2, keepdims=True)
    grown = last * (envelope / last.sum(axis=2, keepdims=True))
    pot_grown = paced.opening * (money / paced.opening.sum(axis=2, keepdims=True))
    fenced = pot_grown + pots.ring_fence
    paced_at_last_need = paced.at_last_need + pots.ring_fence
    restated = last * _restatement(pots, baseline)[..., None]
    by_change = {
        "restated": restated - last,
        "envelope": grown - restated,
        "need": paced.pot - paced.at_last_need,
        "pace": paced_at_last_need - fenced,
        "ring-fence": fenced - grown,
    }
    return np.stack([by_change[change] for change in CHANGES], axis=-1)


def _restatement(pots: Pots, baseline: Array) -> Array:
    """Return published baseline over the allocation of the year before; shape (year, stream).

    One in the first year, whose opening is the baseline itself, for a stream that begins, and
    where no baseline is published.
    """
    ratio = np.ones_like(baseline)
    before = pots.envelope[:-1]
    given = (before > 0) & ~np.isnan(baseline[1:])
    np.divide(baseline[1:], before, out=ratio[1:], where=given)
    return ratio
