"""What screens are made of: tiles, charts with the table behind them, and cases side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from nelfin.app.drawing import Line
from nelfin.app.seen import Seen

BASE, NOW = "As it stands", "Now"
"""What the scenario is called as it stands, and with what is moved."""


@dataclass(frozen=True)
class Case:
    """A case that is shown, by its name.

    Parameters
    ----------
    name
        What it is called.
    look
        Its look in charts.
    seen
        What it comes to.
    """

    name: str
    look: str
    seen: Seen


@dataclass(frozen=True)
class Cases:
    """Cases side by side: as it stands, those that are kept, and now.

    Parameters
    ----------
    base, now
        The scenario as it stands, and with what is moved.
    kept
        Kept scenarios to compare with, of the same years.
    moves
        Whether anything is moved.
    """

    base: Seen
    now: Seen
    kept: Sequence[Case] = ()
    moves: bool = False

    def all(self) -> list[Case]:
        """Return every case: as it stands first, now last; one alone where nothing is moved."""
        first = [Case(BASE, "base", self.base)]
        last = [Case(NOW, "now", self.now)] if self.moves else []
        return [*first, *self.kept, *last]

    def lines(self, values: Mapping[str, Sequence[float]]) -> list[Line]:
        """Return the figures of the cases as lines of a chart.

        Parameters
        ----------
        values
            Of each case, by its name.
        """
        cases = self.all()
        # one case alone is what is now
        return [
            Line(case.name, values[case.name], case.look if len(cases) > 1 else "now")
            for case in cases
        ]


@dataclass(frozen=True)
class Tile:
    """A figure that is always in view.

    Parameters
    ----------
    title, value, detail
        What it is, the figure, and a line more.
    before
        The figure as the scenario stands, where it is another; "" else.
    """

    title: str
    value: str
    detail: str = ""
    before: str = ""


@dataclass(frozen=True)
class Table:
    """A table, its cells as text.

    Parameters
    ----------
    caption
        What it shows.
    heads
        Over the columns; the first column names the rows.
    rows
        A text a cell.
    numbers
        How many columns after the first hold numbers; the others hold words.
    strong
        Rows that are sums.
    note
        What to know of it.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 99
    strong: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart with its words, and the table behind it.

    Parameters
    ----------
    name
        Of the figure, for links.
    title, words
        What it shows, and what to see in it.
    drawing
        The chart; None for a table alone.
    table
        Its exact values.
    looks
        Name and look of each series, where there are several.
    """

    name: str
    title: str
    words: str
    drawing: Markup | None
    table: Table
    looks: Sequence[tuple[str, str]] = field(default=())


@dataclass(frozen=True)
class Screen:
    """What a screen shows beside the settings.

    Parameters
    ----------
    title
        Of the screen.
    tiles
        What stands first on it.
    figures
        Charts and tables.
    notes
        Sentences above them.
    """

    title: str
    tiles: Sequence[Tile]
    figures: Sequence[Figure]
    notes: Sequence[str] = ()


def looks_of(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return names and looks of lines, for the legend; nothing for one alone.

    Parameters
    ----------
    lines
        Of a chart.
    """
    return [(line.name, line.look) for line in lines] if len(lines) > 1 else []
