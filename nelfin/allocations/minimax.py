"""The `lp` rule: budgets as near to target as the least and most growth of each place allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin.errors import NoAnswerError, SolverError
from nelfin.program import Program, solve

Array = npt.NDArray[np.float64]

BINDS = 1e-7
"""A row whose price is above this share of the objective's is held at its bound."""


class OutOfReachError(NoAnswerError):
    """Least or most growth of the places cannot be had within the envelope.

    Attributes
    ----------
    bounds : numpy.ndarray
        Least (or most) money of each place, £m; shape (place,).
    envelope : float
        Money to share, £m.
    least : bool
        Whether it is the least growth that asks too much, else the most that allows too little.
    """

    def __init__(self, bounds: Array, envelope: float, least: bool) -> None:
        self.bounds, self.envelope, self.least = bounds, envelope, least
        words = "least growth of all rows needs" if least else "most growth of all rows takes"
        super().__init__(f"The {words} {bounds.sum():,.3f}; there is {envelope:,.3f} to share.")


def require_within(bounds: Array, envelope: float, least: bool) -> None:
    """Refuse least growth that asks more than there is, or most growth that allows less.

    Parameters
    ----------
    bounds
        Least or most money of each place, £m; shape (place,).
    envelope
        Money to share, £m.
    least
        Whether the bounds are the least of each place, else the most.

    Raises
    ------
    OutOfReachError
        If the bounds add up to more (or less) than the envelope, past the rounding of a sum.
    """
    short = bounds.sum() - envelope if least else envelope - bounds.sum()
    if short > 1e-12 * envelope:
        raise OutOfReachError(bounds, envelope, least)


def near_target(
    opening: Array,
    target: Array,
    envelope: float,
    min_growth: npt.ArrayLike = -1.0,
    max_growth: npt.ArrayLike = np.inf,
) -> Array:
    """Share an envelope as near to target as the least and most growth of each place allow.

    Parameters
    ----------
    opening, target
        Opening position and target of each place, £m; shape (place,).
    envelope
        Money to share, £m.
    min_growth, max_growth
        Least and most growth on the opening, fractions; numbers, or shape (place,).

    Returns
    -------
    numpy.ndarray
        Budgets by `least_far`, £m; shape (place,).

    Raises
    ------
    OutOfReachError
        If the bounds cannot be had within the envelope.

    Examples
    --------
    Targets of £100m and £110m, and £204m: both 2.86 % below, unless one may not lose 1 %.

    >>> opening, target = np.array([100.0, 100.0]), np.array([100.0, 110.0])
    >>> near_target(opening, target, 204.0).round(3)
    array([ 97.143, 106.857])
    >>> near_target(opening, target, 204.0, [-0.01, -1.0]).round(3)
    array([ 99., 105.])
    """
    low = opening * (1 + np.asarray(min_growth, dtype=float))
    high = np.maximum(
        np.minimum(opening * (1 + np.asarray(max_growth, dtype=float)), envelope), low
    )
    require_within(low, envelope, least=True)
    require_within(high, envelope, least=False)
    return least_far(target, low, high, envelope)


def least_far(target: Array, low: Array, high: Array, envelope: float) -> Array:
    """Share an envelope so that the largest distance from target is as small as can be.

    Then, with the places that set it held there, the next largest is made as small as can be,
    and so on (lexicographic minimax): the answer is one, whatever the order of the places. No
    other budgets within the bounds have a smaller largest distance, and among those with the
    same none has a smaller sum of distances weighted by target. A floor on distance from target
    needs no constraint of its own: where one can hold, it does.

    Parameters
    ----------
    target
        Target of each place, £m; shape (place,).
    low, high
        Least and most money of each place, £m; `low` adds up to no more than the envelope and
        `high` to no less.
    envelope
        Money to share, £m.

    Returns
    -------
    numpy.ndarray
        Budgets, £m; shape (place,).

    Notes
    -----
    Method: Ogryczak and Śliwiński, lexicographic minimax by a sequence of linear programs, in
    which the prices of the rows tell which places set the largest distance.
    """
    # shares of the envelope, so that the solver's tolerances are the same for any sum of money
    whole = float(envelope)
    goal, least, most = target / whole, low / whole, high / whole
    held: dict[int, float] = {}
    while len(held) < len(goal):
        budget, furthest = _nearest(goal, least, most, held)
        held |= {place: float(budget[place]) for place in furthest}
    shares = np.array([held[place] for place in range(len(goal))])
    return np.asarray(shares * whole)


def _nearest(
    goal: Array, least: Array, most: Array, held: dict[int, float]
) -> tuple[Array, set[int]]:
    """Make the largest distance of the places not held as small as can be; say who sets it.

    Parameters
    ----------
    goal, least, most
        Target, least and most money of each place, shares of the envelope; shape (place,).
    held
        Budgets of the places that are held, shares of the envelope, by number of the place.

    Returns
    -------
    budget : numpy.ndarray
        Shares of the envelope; shape (place,).
    furthest : set
        Numbers of the places that set the largest distance.
    """
    program = Program()
    budgets = [
        program.column(0.0, held.get(i, least[i]), held.get(i, most[i])) for i in range(len(goal))
    ]
    distance = program.column(-1.0, 0.0, None)
    program.row("all", None, [(budget, 1.0) for budget in budgets], "==", 1.0)
    free = [i for i in range(len(goal)) if i not in held]
    for i in free:
        program.row("over", i, [(budgets[i], 1 / goal[i]), (distance, -1.0)], "<=", 1.0)
        program.row("under", i, [(budgets[i], 1 / goal[i]), (distance, 1.0)], ">=", 1.0)
    solution = solve(program)
    if not solution.has_plan:
        raise SolverError(f"The budgets of the lp rule could not be found: {solution.status}.")
    prices = solution.prices
    furthest = {i for i in free if max(abs(prices["over", i]), abs(prices["under", i])) > BINDS}
    # at a largest distance of nothing no row has a price: every place is on target
    return solution.values[:-1], furthest or set(free)
