"""A closed envelope: one growth for every place, at which the budgets add up exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from nelfin.allocations.lp import near_target, require_within
from nelfin.allocations.pace import Rule, adjustment, floored, floors_of

Array = npt.NDArray[np.float64]


def share_envelope(
    opening: Array,
    need_share: Array,
    envelope: float,
    rule: Rule,
    restricted_share: float = 1.0,
    *,
    population_growth: npt.ArrayLike = 0.0,
    min_growth: npt.ArrayLike = -1.0,
    max_growth: npt.ArrayLike = np.inf,
) -> tuple[Array, float]:
    """Share a closed envelope among places under a rule.

    One growth rate holds for every place, and is the one that makes the budgets add up to the
    envelope. In a closed system the prior year's target is the opening total shared by need.

    Parameters
    ----------
    opening
        Opening positions, £m; shape (place,).
    need_share
        Shares of weighted population; sums to 1.
    envelope
        Money to share, £m.
    rule, restricted_share, population_growth
        As for `converge`.
    min_growth, max_growth
        Least and most growth of each place on its opening, as fractions; only the `lp` rule has
        them.

    Returns
    -------
    budgets : numpy.ndarray
        £m, adding up to the envelope; shape (place,).
    growth : float
        The uniform growth before convergence, as a fraction; for `lp` that of the envelope.

    Raises
    ------
    OutOfReachError
        If least or most growth cannot be had within the envelope.
    """
    even = float(envelope / opening.sum() - 1)
    target = need_share * envelope
    if rule.form in {"full", "lp"}:
        moved = (
            target
            if rule.form == "full"
            else near_target(opening, target, envelope, min_growth, max_growth)
        )
        kept = opening * (1 + even)
        return restricted_share * moved + (1 - restricted_share) * kept, even
    if rule.form == "floors":
        floor = floors_of(
            opening, opening * (1 + even) / target - 1, target, population_growth, rule
        )
        require_within(floor, envelope, least=True)

        def share(growth: float) -> Array:
            moved = floored(opening, growth, target, floor)
            return restricted_share * moved + (1 - restricted_share) * opening * (1 + growth)

        high = max(float((np.maximum(target, floor) / opening).max()) - 1, even)
        growth = _root(share, envelope, -1.0, high)
    elif rule.on_prior_year:
        past = need_share * opening.sum()
        k = adjustment(rule, opening / past - 1) * restricted_share
        growth = float(envelope / (opening * (1 + k)).sum() - 1)

        def share(growth: float) -> Array:
            return np.asarray(opening * (1 + growth) * (1 + k))
    else:

        def share(growth: float) -> Array:
            grown = opening * (1 + growth)
            k = adjustment(rule, grown / target - 1)
            return np.asarray(grown * (1 + restricted_share * k))

        # no adjustment moves a budget further than the caps, so the root lies within them
        reach = 2 * max(rule.over_cap, rule.under_cap) + 1e-9
        low, high = (1 + even) / (1 + reach) - 1, (1 + even) / max(1 - reach, 0.01) - 1
        growth = _root(share, envelope, low, high)
    budget = share(growth)
    # the last billionths of a pound that the root leaves
    return budget * (envelope / budget.sum()), growth


def _root(share: Callable[[float], Array], envelope: float, low: float, high: float) -> float:
    """Find the growth at which budgets add up; they rise with growth, so there is one root."""
    from scipy.optimize import brentq

    def over(growth: float) -> float:
        return float(share(growth).sum()) - envelope

    # at an end where all stand on a bound, the sum may miss the envelope by its rounding
    if over(low) >= 0:
        return low
    if over(high) <= 0:
        return high
    return float(brentq(over, low, high, xtol=1e-15, rtol=1e-14))
