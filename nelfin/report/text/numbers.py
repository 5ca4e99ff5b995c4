"""Numbers as people read them: £m to one decimal, negatives in brackets."""

from __future__ import annotations

import math
from collections.abc import Sequence

NOTHING = 1e-6
"""Part of the last decimal below which a figure is 0, but for the last bits of a sum."""


def money(value: float, places: int = 1) -> str:
    """Return £m as text, negatives in brackets.

    Parameters
    ----------
    value
        £m, or any other number; NaN is a dash.
    places
        Decimals.

    Examples
    --------
    >>> money(1234.56), money(-31), money(-0.04)
    ('1,234.6', '(31.0)', '0.0')
    """
    if math.isnan(value):
        return "–"
    text = f"{abs(value):,.{places}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0
    return f"({text})" if negative else text


def millions(value: float) -> str:
    """Return £m in a sentence, negatives in brackets.

    Parameters
    ----------
    value
        £m.

    Examples
    --------
    >>> millions(86.6), millions(-31)
    ('£86.6m', '(£31.0m)')
    """
    text = money(value)
    return f"(£{text[1:-1]}m)" if text.startswith("(") else f"£{text}m"


def whole_pounds(value: float, shown: float | None = None) -> str:
    """Return £m as whole pounds, negatives in brackets.

    Parameters
    ----------
    value
        £m.
    shown
        What is printed in its place, £m, where parts are to add up; the value by default.

    Examples
    --------
    >>> whole_pounds(-1.2345678)
    '(1,234,568)'
    """
    return money(1e6 * _printed(value if shown is None else shown, 6), 0)


def parts_that_add(
    parts: Sequence[float], whole: float | None = None, places: int = 1, start: float = 0.0
) -> list[float]:
    """Round parts so that, as printed, they add up to their whole as printed.

    Parameters
    ----------
    parts
        What adds up to the whole, or leads from the start to it; NaN counts as nothing.
    whole
        What they add up to; their sum by default.
    places
        Decimals that are printed; 6 for whole pounds of £m.
    start
        What stands before the parts, and is printed as well.

    Returns
    -------
    list of float
        The parts rounded, each by one in the last decimal at most, in their order; what is 0
        stays 0. Figures that do not add up to begin with are rounded each by itself.

    Notes
    -----
    Method: largest remainders. Every part is rounded down, and what is then missing goes, one in
    the last decimal each, to the parts that lost most. Where parts add up when each is rounded by
    itself, that is what comes out.

    Examples
    --------
    >>> parts_that_add([0.34, 0.33, 0.33]), parts_that_add([10.04, 20.04], start=0.04, whole=30.12)
    ([0.4, 0.3, 0.3], [10.1, 20.0])
    """
    scale = 10.0**places
    whole = start + sum(part for part in parts if not math.isnan(part)) if whole is None else whole
    counted = [at for at, part in enumerate(parts) if abs(part) * scale > NOTHING]
    down = {at: math.floor(parts[at] * scale) for at in counted}
    span = scale * (_printed(whole, places) - _printed(start, places))
    missing = -1 if math.isnan(span) else round(span) - sum(down.values())
    if not 0 <= missing <= len(counted):
        return [_printed(part, places) for part in parts]
    most = sorted(counted, key=lambda at: down[at] - parts[at] * scale)
    raised = set(most[:missing])
    return [
        (down[at] + (at in raised)) / scale if at in down else math.nan if math.isnan(part) else 0.0
        for at, part in enumerate(parts)
    ]


def rows_that_add(
    rows: Sequence[Sequence[float]], whole: Sequence[float], start: Sequence[float] | None = None
) -> list[list[float]]:
    """Round the rows of a table so that each column adds up to its whole, to one decimal.

    Parameters
    ----------
    rows
        Parts, a row each.
    whole
        What each column adds up to.
    start
        What stands before the parts in each column; nothing by default.
    """
    begins = [0.0] * len(whole) if start is None else start
    columns = [
        parts_that_add([float(row[at]) for row in rows], float(whole[at]), start=float(begins[at]))
        for at in range(len(whole))
    ]
    return [[column[at] for column in columns] for at in range(len(rows))]


def _printed(value: float, places: int) -> float:
    """Return a number as `money` prints it."""
    return float(f"{value:.{places}f}")


def pounds(value: float) -> str:
    """Return whole pounds.

    Parameters
    ----------
    value
        £; NaN is a dash.

    Examples
    --------
    >>> pounds(2154.4)
    '£2,154'
    """
    return "–" if math.isnan(value) else f"£{value:,.0f}"


def percent(fraction: float, places: int = 1) -> str:
    r"""Return a fraction as a percentage, negatives in brackets.

    Parameters
    ----------
    fraction
        0.05 for 5 %; NaN is a dash.
    places
        Decimals.

    Examples
    --------
    >>> percent(-0.0312)
    '(3.1)\xa0%'
    """
    # a space that does not break, so that the sign stays with its figure
    return "–" if math.isnan(fraction) else f"{money(100 * fraction, places)}\u00a0%"


def share_of_draws(value: float) -> str:
    r"""Return a share of draws as per cent: a rare thing is not impossible, nor a likely one sure.

    Parameters
    ----------
    value
        A fraction from 0 to 1.

    Examples
    --------
    >>> share_of_draws(0.004), share_of_draws(0.42)
    ('under 1\xa0%', '42\xa0%')
    """
    if 0 < value < 0.01:
        return "under 1\u00a0%"
    return "over 99\u00a0%" if 0.99 < value < 1 else f"{100 * value:.0f}\u00a0%"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    Parameters
    ----------
    count
        How many.
    one, many
        The noun for one and for more; by default with an s.

    Examples
    --------
    >>> plural(1, "scheme"), plural(3, "scheme")
    ('1 scheme', '3 schemes')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
