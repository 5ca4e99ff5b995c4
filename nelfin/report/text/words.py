"""Figures as people read them: £m to one decimal, brackets for negatives."""

from __future__ import annotations

import math


def money(value: float, places: int = 1) -> str:
    """Return £m as text, negatives in brackets.

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

    Examples
    --------
    >>> millions(86.6), millions(-31)
    ('£86.6m', '(£31.0m)')
    """
    text = money(value)
    return f"(£{text[1:-1]}m)" if text.startswith("(") else f"£{text}m"


def percent(fraction: float, places: int = 1) -> str:
    """Return a fraction as a percentage, negatives in brackets."""
    # a space that does not break, so that the sign stays with its figure
    return "–" if math.isnan(fraction) else f"{money(100 * fraction, places)}\u00a0%"


def pounds(value: float) -> str:
    """Return whole pounds.

    Examples
    --------
    >>> pounds(2154.4)
    '£2,154'
    """
    return "–" if math.isnan(value) else f"£{value:,.0f}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "scheme"), plural(3, "scheme")
    ('1 scheme', '3 schemes')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def short(name: object, most: int = 60) -> str:
    """Return a name cut to fit a sentence.

    Examples
    --------
    >>> short("Tower Hamlets"), short("a" * 100, 8)
    ('Tower Hamlets', 'aaaaaaa…')
    """
    text = str(name)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def setting_words(key: str) -> str:
    """Return a setting's key as a reader says it: `recovery.pressures_pct` is "pressures, %"."""
    if key.startswith("return of "):
        return key
    section, _, rest = key.partition(".")
    name, _, of = (rest or section).partition(".")
    for ending, unit in (("_pct", ", %"), ("_gbp_m", ", £m"), ("_years", ", years")):
        if name.endswith(ending):
            name = name.removesuffix(ending) + (f" of {of}" if of else "") + unit
            break
    return name.replace("_", " ")
