"""The `lp` rule: budgets as near to target as the least and most growth of each place allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.errors import NoAnswerError, SolverError

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
    """Refuse bounds out of reach; a millionth of a pound is the rounding of a sum."""
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
    """Share an envelope by `least_far`, with bounds as growth on the opening, fractions.

    Raises
    ------
    OutOfReachError
        If the bounds cannot be had within the envelope.
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
    size = float(envelope)
    goal, least, most = target / size, low / size, high / size
    held: dict[int, float] = {}
    while len(held) < len(goal):
        budget, setting = _round(goal, least, most, held)
        held |= {place: float(budget[place]) for place in setting}
    shares = np.array([held[place] for place in range(len(goal))])
    return np.asarray(shares * size)


def _round(
    goal: Array, least: Array, most: Array, held: dict[int, float]
) -> tuple[Array, set[int]]:
    """Make the largest distance of the places not held as small as can be; say who sets it."""
    program = lp.Program()
    columns = [
        program.column(0.0, held.get(i, least[i]), held.get(i, most[i])) for i in range(len(goal))
    ]
    far = program.column(-1.0, 0.0, None)
    program.row("all", None, [(column, 1.0) for column in columns], "==", 1.0)
    free = [i for i in range(len(goal)) if i not in held]
    for i in free:
        program.row("over", i, [(columns[i], 1 / goal[i]), (far, -1.0)], "<=", 1.0)
        program.row("under", i, [(columns[i], 1 / goal[i]), (far, 1.0)], ">=", 1.0)
    found = lp.solve(program)
    if not found.has_plan:
        raise SolverError(f"The budgets of the lp rule could not be found: {found.status}.")
    setting = {
        i for i in free if max(abs(found.prices["over", i]), abs(found.prices["under", i])) > BINDS
    }
    # at a largest distance of nothing no row has a price: every place is on target
    return found.values[:-1], setting or set(free)
