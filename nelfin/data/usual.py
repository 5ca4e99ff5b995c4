"""Figures outside the range of life: what they look like, and how to say that they are right.

A figure in the wrong unit is a number like any other, and moves the whole answer by a hundred or a
million. So a figure that no system has is asked about; one that is right all the same is marked by
its source.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.notes import unit_of
from nelfin.data.specs.columns import MOST_GBP_M, Column, Table
from nelfin.errors import Problems
from nelfin.store.sheets.amounts import FRACTIONS
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

MARK = "unusual:"
"""How the source of a figure begins that is right though it is outside the range of life."""

IF_RIGHT = f'If it is right as it is, give its row a source that begins with "{MARK}".'
"""How to go on with a figure of a table."""


def is_marked(source: object) -> bool:
    """Say whether a source tells that its figure is right though it is unusual.

    Parameters
    ----------
    source
        Of the figure.

    Examples
    --------
    >>> is_marked("Unusual: the ICB took over a hospital"), is_marked("Board, nothing unusual: p3")
    (True, False)
    """
    return str(source).strip().lower().startswith(MARK)


def is_usual(values: npt.ArrayLike, column: Column) -> npt.NDArray[np.bool_]:
    """Say of each number whether it lies in the range of life of its column.

    Parameters
    ----------
    values
        Numbers; NaN is no figure, and 0 is no slip of a unit.
    column
        Its range of life.
    """
    number = np.asarray(values, dtype=float)
    outside = (number < column.usual_low) | (number > column.usual_high)
    outside |= np.abs(number) < column.usual_least
    return np.asarray(~outside | (number == 0) | np.isnan(number))


def in_words(value: float, column: Column) -> tuple[str, str]:
    """Return what an unusual figure is, and what it would be in the unit it looks like.

    Parameters
    ----------
    value
        Outside the range of life of its column.
    column
        Name of the column, which tells its unit, and its range of life.

    Examples
    --------
    >>> in_words(1.5, Column("growth", usual_low=-0.2, usual_high=0.2))
    ('is 1.5, which is 150 %.', 'If 1.5 % is meant, write 0.015.')
    >>> in_words(0.04, Column("efficiency_pct", usual_least=0.1))
    ('is 0.04 %.', 'If 4 % is meant, write 4.')
    >>> in_words(0.9, Column("limits_pct", usual_low=10, usual_high=400))
    ('is 0.9 %.', 'If 90 % is meant, write 90.')
    >>> in_words(3566099, Column("allocation_gbp_m", usual_high=1e5))
    ('is £3,566,099m.', 'If it is in £k, write 3566.099; if in pounds, 3.566099.')
    """
    unit = unit_of(column.name)
    what = f"is {plain(value)}."
    if unit == "£m":
        return f"is {gbp_m(value)}.", scaled(value)
    if unit == "%":
        what = f"is {plain(value)} %."
        small = abs(value) <= max(column.usual_least, column.usual_top)
        if small or is_usual(100 * value, column):
            return what, f"If {plain(100 * value)} % is meant, write {plain(100 * value)}."
    elif unit in FRACTIONS:
        what = f"is {plain(value)}, which is {plain(100 * value)} %."
    if unit in {"%", *FRACTIONS} and is_usual(value / 100, column):
        meant = plain(value / 100 if unit == "%" else value)
        return what, f"If {meant} % is meant, write {plain(value / 100)}."
    return what, f"Usual is {column.usual_low:g} to {column.usual_high:g}: check its unit."


def may_be(value: float, column: Column) -> str:
    """Return the remedy of a figure that its column may not have at all.

    Parameters
    ----------
    value
        Outside `low` and `high` of its column.
    column
        The column.

    Examples
    --------
    >>> may_be(65, Column("cdel_share", low=0, high=1))
    'It must lie between 0 and 1. If 65 % is meant, write 0.65.'
    """
    if np.isinf(column.high):
        return f"It must be {column.low:g} or more."
    if np.isinf(column.low):
        return f"It must be {column.high:g} or less."
    remedy = f"It must lie between {column.low:g} and {column.high:g}."
    hundredth = value / 100
    a_fraction = unit_of(column.name) in FRACTIONS and column.low <= hundredth <= column.high
    if a_fraction and is_usual(hundredth, column):
        remedy += f" If {plain(value)} % is meant, write {plain(hundredth)}."
    return remedy


def plain(value: float) -> str:
    """Return a number as one would type it.

    Parameters
    ----------
    value
        The number.

    Examples
    --------
    >>> plain(3566.099), plain(700000000.0), plain(0.015)
    ('3566.099', '700000000', '0.015')
    """
    return f"{value:.9f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"


def gbp_m(value: float) -> str:
    """Return £m with as many decimals as it has.

    Parameters
    ----------
    value
        £m.

    Examples
    --------
    >>> gbp_m(3566.099), gbp_m(-3566099)
    ('£3,566.099m', '-£3,566,099m')
    """
    sign = "-" if value < 0 else ""
    whole, _, decimals = plain(abs(value)).partition(".")
    return f"{sign}£{int(float(whole)):,}{'.' if decimals else ''}{decimals}m"


def scaled(value: float) -> str:
    """Say what to write if a figure in £m is in £k or in pounds.

    Parameters
    ----------
    value
        As it stands.

    Examples
    --------
    >>> scaled(932000), scaled(700000000)
    ('If it is in £k, write 932; if in pounds, 0.932.', 'If it is in pounds, write 700.')
    """
    thousands, pounds = plain(value / 1e3), plain(value / 1e6)
    if abs(value / 1e3) > MOST_GBP_M:
        return f"If it is in pounds, write {pounds}."
    return f"If it is in £k, write {thousands}; if in pounds, {pounds}."


def ask(raw: Raw, spec: Table, frame: pd.DataFrame, problems: Problems) -> None:
    """Ask about the figures of a table outside the range of life of their columns.

    Parameters
    ----------
    raw
        The table as texts.
    spec
        What it must look like, and what is usual.
    frame
        Its typed columns.
    problems
        Takes a problem for every such figure whose source does not begin with `MARK`.
    """
    if frame.empty:
        return
    source = frame["source"] if "source" in frame else pd.Series("", index=frame.index)
    asked = ~np.array([is_marked(text) for text in source], dtype=bool)
    headings = [str(heading) for heading in frame.columns]
    for column in spec.columns:
        for heading in column.among(headings) if column.has_usual else ():
            values = frame[heading].to_numpy(dtype=float)
            if np.isnan(values).all():  # nothing to ask about
                continue
            # what may not be at all is refused already
            asking = asked & (values >= column.low) & (values <= column.high)
            for at in np.flatnonzero(asking & ~is_usual(values, column)):
                what, meant = in_words(values[at], column)
                problems.add(spot(raw.place, frame.index[at], heading), what, f"{meant} {IF_RIGHT}")
            _ask_of_shares(raw, column, heading, values, asking, problems)


def _ask_of_shares(
    raw: Raw,
    column: Column,
    heading: str,
    values: npt.NDArray[np.float64],
    asking: npt.NDArray[np.bool_],
    problems: Problems,
) -> None:
    """Ask about shares in per cent that are all 1 or less, as fractions are."""
    shares = np.where(asking, values, 0.0)
    largest = shares.max(initial=0.0)
    if not 0 < largest <= column.usual_top:
        return
    at = int(np.argmax(shares))
    what, meant = in_words(largest, column)
    problems.add(
        spot(raw.place, raw.numbers[at], heading),
        f"{what.rstrip('.')}, and no figure of the column is larger.",
        f"{meant} {IF_RIGHT}",
    )
