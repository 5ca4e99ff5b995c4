"""What may come, from the text of the methods alone: distributions added up and turned about.

Nothing of the library is called. Each spread is written as the share of what may come that lies
below a value; the value of a share is found by halving. Where the methods leave a choice,
"reading:" names the docstring that makes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def triangle_below(x: float, low: float, peak: float, high: float) -> float:
    """Return the area of a triangle of height 2 / (high - low) to the left of x."""
    height = 2 / (high - low)
    if x <= low:
        return 0.0
    if x >= high:
        return 1.0
    if x < peak:
        return height * (x - low) ** 2 / (peak - low) / 2
    return 1 - height * (high - x) ** 2 / (high - peak) / 2


def halves_below(x: float, low: float, middle: float, high: float) -> float:
    """Return the area of two half normals that meet at the middle.

    Reading (`Range`): half lies on either side of the middle, a tenth below low, a tenth above
    high.
    """
    side = (middle - low) if x < middle else (high - middle)
    if side == 0:
        return 0.0 if x < middle else 1.0
    deviation = side / TENTH
    return 0.5 * (1 + math.erf((x - middle) / deviation / math.sqrt(2)))


def outcome_below(
    x: float, low: float, high: float, costs_more: int, neither: int, saves: int
) -> float:
    """Return the share of returns at or below x.

    Reading (`Outcomes`): one that costs more returns evenly from low to £1, one that does neither
    £1, one that saves evenly from £1 to high.
    """
    count = costs_more + neither + saves
    if x < 1:
        return max(0.0, (x - low) / (1 - low)) * costs_more / count
    saved = min(1.0, (x - 1) / (high - 1)) if high > 1 else 1.0
    return (costs_more + neither + saves * saved) / count


def inverse(below: Callable[[float], float], share: float, low: float, high: float) -> float:
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):  # no number lies between
            return middle
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2


TENTH = inverse(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))), 0.9, 0.0, 5.0)
"""Deviations above the middle of a normal that a tenth lies beyond."""
