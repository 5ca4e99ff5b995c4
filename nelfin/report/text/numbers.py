"""Numbers as people read them: £m to one decimal, negatives in brackets."""

from __future__ import annotations

import math


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


def whole_pounds(value: float) -> str:
    """Return £m as whole pounds, negatives in brackets.

    Parameters
    ----------
    value
        £m.

    Examples
    --------
    >>> whole_pounds(-1.2345678)
    '(1,234,568)'
    """
    return money(round(value * 1e6), 0)


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
