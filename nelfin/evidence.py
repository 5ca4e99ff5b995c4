"""Where a figure comes from: every default carries a unit, a status and a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

Status = Literal["published", "derived", "assumption", "illustrative", "given"]

Shape = Literal["triangle", "interval_80"]

SHAPES: tuple[str, ...] = get_args(Shape)

STATUSES: tuple[str, ...] = get_args(Status)

MEANING: dict[str, str] = {
    "published": "seen in a published source",
    "derived": "worked out from published figures",
    "assumption": "our judgement; no source gives it",
    "illustrative": "made up to show the method; replace it with your own",
    "given": "set by you, in your scenario or with --set",
}


@dataclass(frozen=True)
class Figure:
    """A value with its unit, its status and its source, and the range it may lie in.

    The range is a triangle from low to high with its peak at the value, or an interval that holds
    80 % of what may come, a tenth on either side outside it.
    """

    value: Any
    unit: str
    status: Status
    source: str
    low: float | None = None
    high: float | None = None
    shape: Shape = "triangle"


def count_by_status(statuses: Iterable[str]) -> Counter[str]:
    """Count figures by their status: the one place where illustrative figures are counted.

    Parameters
    ----------
    statuses
        The status of each figure.

    Returns
    -------
    Counter
        Figures by status, in the order of `STATUSES`; a status that no figure has is left out, and
        counts as 0.

    Examples
    --------
    >>> counts = count_by_status(["illustrative", "published", "illustrative"])
    >>> list(counts.items()), counts["assumption"]
    ([('published', 1), ('illustrative', 2)], 0)
    """
    counts = Counter(statuses)
    return Counter({status: counts[status] for status in STATUSES if counts[status]})
