"""Benefit of the schemes of a list: its points, or a column that ranks them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nelfin.data.lists.amounts import figures
from nelfin.data.lists.column_map import ColumnMap
from nelfin.data.reading.headings import plain_heading
from nelfin.errors import Problems
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

DASHES = frozenset("-–—")

ORDERS = frozenset({"rank", "ranking", "priority", "order", "position", "place"})
"""Words of headings whose least may come first."""


def benefits(
    raw: Raw,
    heading: str,
    texts: Sequence[str],
    kept: npt.NDArray[np.bool_],
    given: ColumnMap,
    comma: bool,
    notes: list[str],
    problems: Problems,
) -> list[object]:
    """Return the benefit of each row.

    Parameters
    ----------
    raw
        The list as texts.
    heading
        Column of the benefit, or the one that ranks.
    texts
        Its cells.
    kept
        Rows that are schemes, and no totals.
    given
        The map.
    comma
        The list writes 12,5 for twelve and a half.
    notes
        Takes how the schemes are ranked.
    problems
        Takes cells that are no figure.
    """
    found = figures(texts, given.points, comma)
    if given.rank_by:  # in a column of money a dash is nought
        found = [0.0 if text in DASHES else value for text, value in zip(texts, found, strict=True)]
    for at in map(int, np.flatnonzero(kept)):
        if isinstance(found[at], str):
            text = texts[at]
            remedy = (
                f'Give its points in a map, as in [points] "{text[:30]}" = 3, or write a figure.'
                if text
                else "Fill it in, or rank by another column (rank_by)."
            )
            where = spot(raw.place, raw.numbers[at], heading)
            problems.add(where, f'is "{text[:60]}", no figure.' if text else "is empty.", remedy)
    if not given.rank_by:
        return found
    ordered = bool(ORDERS & set(plain_heading(heading).split("_"))) and not given.points
    if ordered and not given.first:
        problems.add(
            spot(raw.place, raw.head, heading),
            "may rank from 1, the best, or in points, of which the most is best.",
            "Say which comes first: --first least or --first most (first in a map).",
        )
    values = [value for value in found if isinstance(value, float | int)]
    if given.first == "least" and values:
        top = max(values) + min(values)
        found = [top - value if isinstance(value, float | int) else value for value in found]
        how = f"the least first: its points are {top:g} less the figure, an assumption"
    else:
        how = "the most first: its figures are taken as points, an assumption"
    notes.append(f'{raw.place}: schemes are ranked by "{heading}", {how}.')
    return found
