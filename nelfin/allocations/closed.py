"""A closed envelope: one growth for every place, at which the budgets add up exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nelfin.allocations.minimax import near_target, require_within
from nelfin.allocations.pace import Rate, Rule, adjustment, floored, floors_of

Array = npt.NDArray[np.float64]

Share = Callable[[Array], Array]
"""Budgets at growth factors: from (n, ..., 1) to (n, ..., place)."""


def share_envelope(
    opening: Array,
    need_share: Array,
    envelope: npt.ArrayLike,
    rule: Rule,
    restricted_share: npt.ArrayLike = 1.0,
    *,
    population_growth: npt.ArrayLike = 0.0,
    min_growth: npt.ArrayLike = -1.0,
    max_growth: npt.ArrayLike = np.inf,
) -> tuple[Array, Any]:
    """Share a closed envelope among places under a rule.

    One growth rate holds for every place, and is the one that makes the budgets add up to the
    envelope. In a closed system the prior year's target is the opening total shared by need.

    Parameters
    ----------
    opening
        Opening positions, £m; shape (place,), or one that goes with that of `need_share`.
    need_share
        Shares of weighted population, which sum to 1 over the last axis; shape (..., place).
        Each row of shares is an answer of its own.
    envelope
        Money to share, £m; one number, or a shape that goes with (...).
    rule, restricted_share, population_growth
        As for `converge`; where they have a row each, their last axis is of length 1.
    min_growth, max_growth
        Least and most growth of each place on its opening, as fractions; only the `lp` rule has
        them.

    Returns
    -------
    budgets : numpy.ndarray
        £m, adding up to the envelope; shape (..., place).
    growth : numpy.ndarray or float
        The uniform growth before convergence, as a fraction; for `lp` that of the envelope.
        Shape (...).

    Raises
    ------
    OutOfReachError
        If least or most growth cannot be had within the envelope.
    """
    moves = np.asarray(restricted_share, dtype=float)
    money = np.asarray(envelope, dtype=float)[..., None]
    total = opening.sum(axis=-1, keepdims=True)
    even = money / total
    kept, target = opening * even, need_share * money
    factor = even
    if rule.form == "full":
        budget = moves * target + (1 - moves) * kept
    elif rule.form == "lp":
        near = [
            near_target(own, goal, float(sums[0]), min_growth, max_growth)
            for own, goal, sums in _rows(opening, target, money)
        ]
        budget = moves * np.reshape(near, target.shape) + (1 - moves) * kept
    elif rule.on_prior_year or rule.form == "none":
        dft = opening / (need_share * total) - 1
        converged = opening * (1 + moves * adjustment(rule, dft))
        factor = money / converged.sum(axis=-1, keepdims=True)
        budget = converged * factor
    else:
        if rule.form == "floors":
            floor = floors_of(opening, kept / target - 1, target, population_growth, rule)
            for least, sums in _rows(floor, money):
                require_within(least, float(sums[0]), least=True)
            share, bends = _above_floors(opening, target, floor, moves)
        else:
            share, bends = _by_distance(opening, target, rule, moves, even)
        factor = _root(share, bends, money[..., 0])
        budget = share(factor)
        # the last billionths of a pound that the root leaves
        budget = budget * (money / budget.sum(axis=-1, keepdims=True))
    growth = factor[..., 0] - 1 + np.zeros(need_share.shape[:-1])
    return budget, growth[()]


def _rows(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield arrays row by row, each stretched over rows and places that another has."""
    wide = np.broadcast_arrays(*arrays)
    return zip(*(array.reshape(-1, array.shape[-1]) for array in wide), strict=True)


def _above_floors(opening: Array, target: Array, floor: Array, moves: Rate) -> tuple[Share, Array]:
    """Return budgets by growth, never past target nor below a floor, and where they bend."""

    def share(factor: Array) -> Array:
        grown = opening * factor
        return np.asarray(moves * floored(grown, 0.0, target, floor) + (1 - moves) * grown)

    # without money nothing is above its floor, and at the last bend all stand on target
    bends = (np.zeros_like(target[..., :1]), _reach(opening, target), _reach(opening, floor))
    return share, np.concatenate(bends, axis=-1)


def _by_distance(
    opening: Array, target: Array, rule: Rule, moves: Rate, even: Array
) -> tuple[Share, Array]:
    """Return budgets by growth, moved by distance from target, and where they bend."""

    def share(factor: Array) -> Array:
        grown = opening * factor
        return np.asarray(grown * (1 + moves * adjustment(rule, grown / target - 1)))

    # no adjustment moves a budget further than the caps, so the root lies within them
    cap = 2 * np.maximum(rule.over_cap, rule.under_cap) + 1e-9
    low, high = even / (1 + cap), even / np.maximum(1 - cap, 0.01)
    reach = _reach(opening, target)
    # a slope of nothing never meets a cap
    slope = np.where(rule.under_slope > 0, rule.under_slope, np.inf)
    meets = (reach * (1 - rule.under_cap / slope), reach * (1 + rule.over_cap / slope))
    bends = [np.minimum(np.maximum(at, low), high) for at in meets]
    nothing = np.zeros_like(target[..., :1])
    return share, np.concatenate([*bends, low + nothing, high + nothing], axis=-1)


def _reach(opening: Array, money: Array) -> Array:
    """Return the growth factor at which each place has the money; 0 for one that has nothing."""
    return np.divide(money, opening, out=np.zeros_like(money), where=opening > 0)


def _root(share: Share, bends: Array, envelope: Array) -> Array:
    """Return the growth factor at which the budgets add up, exactly.

    Between two neighbouring bends the sum of the budgets is a parabola (or a straight line), so
    three points give it whole.

    Parameters
    ----------
    share
        Budgets by growth factor.
    bends
        Factors at which a place meets a cap, a floor or its target; one that is too low and one
        that is too high among them. Shape (..., n).
    envelope
        What the budgets are to add up to; shape (...).

    Returns
    -------
    numpy.ndarray
        Shape (..., 1).
    """
    factors = np.moveaxis(np.sort(bends, axis=-1), -1, 0)[..., None]
    sums = share(factors).sum(axis=-1)
    enough = sums >= envelope
    # at an end where all stand on a bound, the sum may miss the envelope by its rounding
    enough[-1] = True
    after = np.maximum(enough.argmax(axis=0), 1).reshape(-1)
    shape, column = sums.shape[1:], np.arange(after.size)
    low, high, first, last = (
        array.reshape(len(sums), -1)[index, column].reshape(shape)
        for array in (factors, sums)
        for index in (after - 1, after)
    )
    middle = share(((low + high) / 2)[..., None]).sum(axis=-1)
    # first + slope t + bow t^2, with t from 0 to 1
    bow, slope = 2 * (first + last - 2 * middle), 4 * middle - 3 * first - last
    missing = envelope - first
    rate = (slope + np.sqrt(np.maximum(slope**2 + 4 * bow * missing, 0.0))) / 2
    part = np.divide(missing, rate, out=np.zeros_like(rate), where=rate > 0)
    return np.asarray(low + np.minimum(np.maximum(part, 0.0), 1.0) * (high - low))[..., None]
