"""What a pack is made of: sections of sentences, figures, drawings and tables.

The page, the print and the slides of a pack are made from the same parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from nelfin.data.footprints import listed
from nelfin.report.basis import counted, groups_of
from nelfin.report.text.numbers import (
    millions,
    money,
    percent,
    pounds,
    share_of_draws,
    whole_pounds,
)
from nelfin.store.findings import Findings

ACROSS, MANY = 12, 10
"""Years that a table has side by side at most, those of a longer plan follow below; and those
above which its letters are smaller in print."""

ON_TARGET = 5e-4
"""A distance from target, a fraction, that is printed as 0.0 %."""

SHORT = 11
"""Rows of a table that is not broken between pages."""


@dataclass(frozen=True)
class Figure:
    """A number: its exact value, and how it is printed."""

    value: float
    text: str
    shown: float = math.nan
    """What is printed for it, where parts are to add up."""


Cell = str | Figure


@dataclass(frozen=True)
class Table:
    """A table of a pack."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    strong: frozenset[int] = frozenset()
    """Rows that are a position or a total."""
    printed: int | None = None
    """Rows that are printed, and stand on a slide; all by default. The page has them all."""
    note: str = ""
    wide: bool = True
    """It takes the whole width of a page; else it stands beside a chart."""
    on_slide: bool = True
    """It stands on a slide too; else in the notes."""

    @property
    def kind(self) -> str:
        """How it prints: whole on one page where it is short, small where it is wide."""
        rows = min(len(self.rows), self.printed or len(self.rows))
        kinds = {"whole": rows <= SHORT, "many": len(self.heads) > MANY + 1}
        return " ".join(name for name, so in kinds.items() if so)

    def numeric(self, at: int) -> bool:
        """Say whether a column holds numbers.

        Parameters
        ----------
        at
            Its place.
        """
        return any(isinstance(row[at], Figure) for row in self.rows)


@dataclass(frozen=True)
class Drawing:
    """A chart of a pack: what it says in words, and its numbers."""

    kind: Literal["lines", "columns", "bars", "steps"]
    """Lines or columns by year, bars by name, or the steps from one level to another."""
    title: str
    words: str
    labels: Sequence[str]
    """Years, names or steps."""
    series: Mapping[str, Sequence[float]]
    """£m or %, by name; NaN where there is none."""
    axis: str
    marked: frozenset[str] = frozenset()
    """Labels that stand out: one's own bar, or steps that are levels."""
    marks: str = ""
    """The series of columns that is drawn as marks, such as a limit."""
    on_page: bool = True
    """It stands on the page too, not on a slide only."""

    @property
    def told(self) -> str:
        """Its numbers in words, for who does not see it."""
        shown = money if not self.axis.startswith("%") else lambda value: percent(value / 100)
        return " ".join(
            f"{name}: "
            + ", ".join(
                f"{label} {shown(value)}"
                for label, value in zip(self.labels, values, strict=True)
                if not math.isnan(value)
            )
            + "."
            for name, values in self.series.items()
        )


@dataclass(frozen=True)
class Section:
    """A section of a pack, and a slide."""

    key: str
    title: str
    sentences: Sequence[str] = ()
    facts: Sequence[tuple[str, Cell]] = ()
    drawings: Sequence[Drawing] = ()
    tables: Sequence[Table] = ()
    statuses: Sequence[tuple[str, int, str]] = ()
    """How many figures it rests on that are not published, by status."""
    unpublished: Sequence[tuple[str, str, str]] = ()
    """Such figures by name: what it is, its value, its status."""
    printed: int | None = None
    """How many of them are printed; all by default. The page has them all."""
    sources: Sequence[str] = ()

    @property
    def by_status(self) -> dict[str, list[tuple[str, str, bool]]]:
        """Figures that are not published, by status: what, value, and whether it is printed."""
        found: dict[str, list[tuple[str, str, bool]]] = {}
        for at, (what, value, status) in enumerate(self.unpublished):
            printed = self.printed is None or at < self.printed
            found.setdefault(status, []).append((what, value, printed))
        return found

    @property
    def drawn(self) -> list[Drawing]:
        """Charts of the page."""
        return [drawing for drawing in self.drawings if drawing.on_page]

    @property
    def across(self) -> list[Table]:
        """Tables as wide as the page."""
        return [table for table in self.tables if table.wide]

    @property
    def beside(self) -> list[Table]:
        """Tables that stand beside charts."""
        return [table for table in self.tables if not table.wide]


@dataclass(frozen=True)
class Pack:
    """A pack: what it is of, and its sections."""

    title: str
    about: str
    run: str
    """Which run it is made from, and when that was."""
    sections: Sequence[Section]


def rests_on(result: Findings, parts: tuple[str, ...]) -> list[tuple[str, int, str]]:
    """Return how many figures of some parts of a run are not published: status, count and what.

    The capital schemes are counted apart, as everywhere.

    Parameters
    ----------
    result
        A run.
    parts
        Sections of settings and tables, such as `PLACES`.
    """
    return counted(groups_of(result.table("sources"), parts))


def told_statuses(statuses: Sequence[tuple[str, int, str]]) -> str:
    """Return what something rests on in words; "" for published figures only.

    Parameters
    ----------
    statuses
        From `rests_on`.

    Examples
    --------
    >>> told_statuses([("assumption", 3, "figures"), ("illustrative", 2, "capital schemes")])
    '3 assumption figures and 2 illustrative capital schemes'
    """
    told = [f"{count:,} {word} {what}" for word, count, what in statuses]
    return listed(told) if told else ""


def gbp_m(value: float, shown: float | None = None) -> Cell:
    """Return £m to one decimal.

    Parameters
    ----------
    value
        £m; NaN is a dash.
    shown
        What is printed in its place, where parts are to add up.
    """
    return _cell(value, money, shown)


def whole(value: float, shown: float | None = None) -> Cell:
    """Return £m as whole pounds.

    Parameters
    ----------
    value, shown
        As for `gbp_m`.
    """
    return "–" if math.isnan(value) else Figure(float(value), whole_pounds(value, shown))


def in_text(value: float) -> Figure:
    """Return £m as it stands in a sentence.

    Parameters
    ----------
    value
        £m.
    """
    return Figure(float(value), millions(value))


def a_head(value: float) -> Cell:
    """Return pounds a head.

    Parameters
    ----------
    value
        £; NaN is a dash.
    """
    return _cell(value, pounds)


def per_cent(fraction: float, places: int = 1) -> Cell:
    """Return a fraction as a percentage.

    Parameters
    ----------
    fraction
        0.05 for 5 %; NaN is a dash.
    places
        Decimals.
    """
    return _cell(fraction, lambda value: percent(value, places))


def odds(share: float) -> Cell:
    """Return a share of draws as odds.

    Parameters
    ----------
    share
        From 0 to 1; NaN is a dash.
    """
    return _cell(share, share_of_draws)


def count(value: float, places: int = 0) -> Cell:
    """Return a number that is no money.

    Parameters
    ----------
    value
        The number; NaN is a dash.
    places
        Decimals.
    """
    return _cell(value, lambda number: money(number, places))


def _cell(value: float, text: Callable[[float], str], shown: float | None = None) -> Cell:
    if math.isnan(value):
        return "–"
    printed = value if shown is None else shown
    return Figure(float(value), text(printed), float(printed))


def text_of(cell: Cell) -> str:
    """Return a cell as it is printed.

    Parameters
    ----------
    cell
        A text or a figure.
    """
    return cell.text if isinstance(cell, Figure) else cell


def by_year(
    caption: str,
    head: str,
    rows: Sequence[tuple[str, Sequence[Cell]]],
    years: Sequence[str],
    strong: Sequence[int] = (),
    note: str = "",
) -> list[Table]:
    """Return a table with years across; a long plan gets more than one.

    Parameters
    ----------
    caption, head
        Of the table, and of its first column.
    rows
        Label, and a cell a year.
    years
        Of the plan.
    strong
        Rows that are a position or a total; -1 is the last.
    note
        Below the last table.
    """
    bold = frozenset(at % len(rows) for at in strong)
    tables = []
    parts = math.ceil(len(years) / ACROSS)
    across = math.ceil(len(years) / parts)
    for start in range(0, len(years), across):
        part = slice(start, start + across)
        some = years[part]
        named = f"{caption}, {some[0]} to {some[-1]}" if parts > 1 else caption
        lines = [[label, *cells[part]] for label, cells in rows]
        last = start + across >= len(years)
        tables.append(Table(named, [head, *some], lines, bold, note=note if last else ""))
    return tables


def largest_first(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a table with the largest of a column first; equals stay in their order.

    Parameters
    ----------
    frame
        Any table.
    column
        Of numbers.
    """
    return frame.sort_values(column, ascending=False, kind="stable")
