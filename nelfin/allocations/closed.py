"""A closed envelope: one growth for every place, at which the budgets add up exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nelfin.allocations.forms import adjustment, floored, floors_of
from nelfin.allocations.minimax import near_target, require_within
from nelfin.allocations.rules import Rate, Rule

Array = npt.NDArray[np.float64]

BudgetsAt = Callable[[Array], Array]
"""Budgets, £m, at growth factors: from shape (n, ..., 1) to (n, ..., place)."""


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
    rule
        Its parameters are numbers, or have a row each; shape (row, 1).
    restricted_share
        Share of the opening that moves; a number, or shape (row, 1).
    population_growth
        Growth of people, a fraction (`floors` has a least growth a head); a number, or shape
        (place,).
    min_growth, max_growth
        Least and most growth of each place on its opening, fractions; numbers, or shape (place,).
        Only the `lp` rule has them.

    Returns
    -------
    budgets : numpy.ndarray
        £m, adding up to the envelope; shape (..., place).
    growth : numpy.ndarray or float
        The uniform growth before convergence, a fraction; for `full` and `lp` that of the
        envelope. Shape (...).

    Raises
    ------
    OutOfReachError
        If least or most growth cannot be had within the envelope.

    Notes
    -----
    Method: NHS England's pace-of-change rules, applied within one system. Budgets rise with the
    uniform growth, in a curve that is a parabola between the points at which a place meets a
    cap, a floor or its target; so the growth is found exactly.

    Examples
    --------
    Equal need, and openings 20 % over and under target: -0.71 % and +0.20 % on the way to £110m.

    >>> from nelfin.allocations.rules import packaged_rules
    >>> rule = packaged_rules()["nhse-core-2023-24"]
    >>> budgets, growth = share_envelope(np.array([60.0, 40.0]), np.array([0.5, 0.5]), 110.0, rule)
    >>> budgets.round(4), round(float(growth), 6)
    (array([65.7589, 44.2411]), 0.103819)
    """
    restricted = np.asarray(restricted_share, dtype=float)
    money = np.asarray(envelope, dtype=float)[..., None]
    total = opening.sum(axis=-1, keepdims=True)
    even = money / total
    grown, target = opening * even, need_share * money
    # growth as a factor, the same for every place
    factor = even
    if rule.form == "full":
        budget = restricted * target + (1 - restricted) * grown
    elif rule.form == "lp":
        near = [
            near_target(start, goal, float(sums[0]), min_growth, max_growth)
            for start, goal, sums in _rows(opening, target, money)
        ]
        budget = restricted * np.reshape(near, target.shape) + (1 - restricted) * grown
    elif rule.on_prior_year or rule.form == "none":
        dft = opening / (need_share * total) - 1
        converged = opening * (1 + restricted * adjustment(rule, dft))
        factor = money / converged.sum(axis=-1, keepdims=True)
        budget = converged * factor
    else:
        if rule.form == "floors":
            floor = floors_of(opening, grown / target - 1, target, population_growth, rule)
            for least, sums in _rows(floor, money):
                require_within(least, float(sums[0]), least=True)
            budgets_at, bends = _above_floors(opening, target, floor, restricted)
        else:
            budgets_at, bends = _by_distance(opening, target, rule, restricted, even)
        factor = _root(budgets_at, bends, money[..., 0])
        budget = budgets_at(factor)
        # the last billionths of a pound that the root leaves
        budget = budget * (money / budget.sum(axis=-1, keepdims=True))
    growth = factor[..., 0] - 1 + np.zeros(need_share.shape[:-1])
    return budget, growth[()]


def _rows(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield arrays row by row, each stretched over rows and places that another has."""
    wide = np.broadcast_arrays(*arrays)
    return zip(*(array.reshape(-1, array.shape[-1]) for array in wide), strict=True)


def _above_floors(
    opening: Array, target: Array, floor: Array, restricted: Rate
) -> tuple[BudgetsAt, Array]:
    """Return budgets by growth, never past target nor below a floor, and where they bend."""

    def budgets_at(factor: Array) -> Array:
        grown = opening * factor
        moved = floored(grown, 0.0, target, floor)
        return np.asarray(restricted * moved + (1 - restricted) * grown)

    # without money nothing is above its floor, and at the last bend all stand on target
    bends = (np.zeros_like(target[..., :1]), _reach(opening, target), _reach(opening, floor))
    return budgets_at, np.concatenate(bends, axis=-1)


def _by_distance(
    opening: Array, target: Array, rule: Rule, restricted: Rate, even: Array
) -> tuple[BudgetsAt, Array]:
    """Return budgets by growth, moved by distance from target, and where they bend."""

    def budgets_at(factor: Array) -> Array:
        grown = opening * factor
        return np.asarray(grown * (1 + restricted * adjustment(rule, grown / target - 1)))

    # no adjustment moves a budget further than the caps, so the root lies within them
    cap = 2 * np.maximum(rule.over_cap, rule.under_cap) + 1e-9
    low, high = even / (1 + cap), even / np.maximum(1 - cap, 0.01)
    on_target = _reach(opening, target)
    # a slope of nothing never meets a cap
    slope = np.where(rule.under_slope > 0, rule.under_slope, np.inf)
    at_caps = (on_target * (1 - rule.under_cap / slope), on_target * (1 + rule.over_cap / slope))
    bends = [np.minimum(np.maximum(at_cap, low), high) for at_cap in at_caps]
    nothing = np.zeros_like(target[..., :1])
    return budgets_at, np.concatenate([*bends, low + nothing, high + nothing], axis=-1)


def _reach(opening: Array, money: Array) -> Array:
    """Return the growth factor at which each place has the money; 0 for one that has nothing."""
    return np.divide(money, opening, out=np.zeros_like(money), where=opening > 0)


def _root(budgets_at: BudgetsAt, bends: Array, envelope: Array) -> Array:
    """Return the growth factor at which the budgets add up, exactly.

    Between two neighbouring bends the sum of the budgets is a parabola (or a straight line), so
    three points give it whole.

    Parameters
    ----------
    budgets_at
        Budgets by growth factor.
    bends
        Factors at which a place meets a cap, a floor or its target; one that is too low and one
        that is too high among them. Shape (..., n).
    envelope
        What the budgets are to add up to, £m; shape (...).

    Returns
    -------
    numpy.ndarray
        Shape (..., 1).
    """
    factors = np.moveaxis(np.sort(bends, axis=-1), -1, 0)[..., None]
    sums = budgets_at(factors).sum(axis=-1)
    enough = sums >= envelope
    # at an end where all stand on a bound, the sum may miss the envelope by its rounding
    enough[-1] = True
    after = np.maximum(enough.argmax(axis=0), 1).reshape(-1)
    shape, column = sums.shape[1:], np.arange(after.size)
    low, high, sum_low, sum_high = (
        array.reshape(len(sums), -1)[index, column].reshape(shape)
        for array in (factors, sums)
        for index in (after - 1, after)
    )
    sum_middle = budgets_at(((low + high) / 2)[..., None]).sum(axis=-1)
    # sum_low + slope t + curve t^2, with t from 0 at the lower bend to 1 at the upper
    curve = 2 * (sum_low + sum_high - 2 * sum_middle)
    slope = 4 * sum_middle - 3 * sum_low - sum_high
    missing = envelope - sum_low
    # the root in the form that does not lose digits where the curve is slight
    divisor = (slope + np.sqrt(np.maximum(slope**2 + 4 * curve * missing, 0.0))) / 2
    t = np.divide(missing, divisor, out=np.zeros_like(divisor), where=divisor > 0)
    return np.asarray(low + np.minimum(np.maximum(t, 0.0), 1.0) * (high - low))[..., None]
