"""Charts as SVG, drawn from values: no library, no script, and quick enough to follow a slider."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from nelfin.report.text.names import short
from nelfin.report.text.numbers import money

WIDE, HIGH = 560, 250
"""Of a drawing, in units of its own."""

LEFT, RIGHT, TOP, BELOW = 62, 16, 12, 30
"""Room about what is drawn: figures of the axis, names of the years."""

ROW = 26
"""Height of a row of a chart of steps or of bars."""

NAMES = 190
"""Room for the names of rows."""

LETTERS = 30
"""Letters of a name that fit there."""


@dataclass(frozen=True)
class Line:
    """A series of figures.

    Parameters
    ----------
    name
        What it is of.
    values
        One a label; NaN is left out.
    look
        Which of the looks of the style sheet it has: `now`, `base`, `kept1` and so on.
    """

    name: str
    values: Sequence[float]
    look: str


@dataclass(frozen=True)
class Step:
    """A step of a bridge: a level, or a move from one to another."""

    name: str
    value: float
    level: bool = False


def lines(labels: Sequence[str], series: Sequence[Line], words: str) -> Markup:
    """Draw lines over years.

    Parameters
    ----------
    labels
        Years.
    series
        Drawn in their order, the last on top.
    words
        What to see in it, for those who do not.
    """
    scale = _Scale.of(value for line in series for value in line.values)
    across = _across(len(labels))
    parts = [*_grid(scale), *_years(labels, across)]
    for line in series:
        points = [(across(at), scale.up(value)) for at, value in enumerate(line.values)
                  if math.isfinite(value)]  # fmt: skip
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="line {line.look}" points="{path}"/>')
        parts += [f'<circle class="dot {line.look}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
                  for x, y in points]  # fmt: skip
    return _picture(parts, WIDE, HIGH, words)


def columns(
    labels: Sequence[str], series: Sequence[Line], words: str, marks: Line | None = None
) -> Markup:
    """Draw columns side by side over years, and marks across them.

    Parameters
    ----------
    labels
        Years.
    series
        A column of each stands at a year.
    words
        What to see in it.
    marks
        What is drawn as a line across the columns of each year, such as a limit.
    """
    shown = [*series, *([marks] if marks else [])]
    scale = _Scale.of([0.0, *(value for line in shown for value in line.values)])
    across, room = _across(len(labels)), (WIDE - LEFT - RIGHT) / max(len(labels), 1)
    wide = min(room * 0.8 / max(len(series), 1), 26)
    parts = [*_grid(scale), *_years(labels, across)]
    for number, line in enumerate(series):
        begin = (number - len(series) / 2) * wide
        for at, value in enumerate(line.values):
            if math.isfinite(value):
                parts.append(_column(across(at) + begin, wide - 1, scale, value, line.look))
    half = room * 0.45
    for at, value in enumerate(marks.values if marks else []):
        if marks and math.isfinite(value):
            x, y = across(at), scale.up(value)
            parts.append(_line(f"mark {marks.look}", x - half, x + half, y, y))
    return _picture(parts, WIDE, HIGH, words)


def steps(rows: Sequence[Step], words: str) -> Markup:
    """Draw steps from one level to another, a row each.

    Parameters
    ----------
    rows
        Levels, and the moves between them.
    words
        What to see in it.
    """
    spans, stand = [], 0.0
    for row in rows:
        begin = 0.0 if row.level else stand
        stand = row.value if row.level else stand + row.value
        spans.append((begin, stand))
    scale = _Scale.of([0.0, *(end for span in spans for end in span)], from_left=True)
    high = ROW * len(rows) + BELOW
    parts = list(_grid(scale, high))
    for at, (row, span) in enumerate(zip(rows, spans, strict=True)):
        look = "level" if row.level else ("more" if row.value >= 0 else "less")
        low, far = sorted(map(scale.right, span))
        y = at * ROW + 5
        parts += [
            _name(row.name, y),
            f'<rect class="bar {look}" x="{low:.1f}" y="{y}" width="{max(far - low, 1):.1f}" '
            f'height="{ROW - 10}"/>',
            _figure(far, y, money(row.value)),
        ]
    return _picture(parts, WIDE, high, words)


def bars(labels: Sequence[str], series: Sequence[Line], words: str) -> Markup:
    """Draw bars, a row for each label and in it one for each series.

    Parameters
    ----------
    labels
        Names of the rows.
    series
        £m, or any other numbers.
    words
        What to see in it.
    """
    scale = _Scale.of([0.0, *(value for line in series for value in line.values)], from_left=True)
    thick = 12 if len(series) > 1 else 16
    row_high = thick * len(series) + 8
    high = row_high * len(labels) + BELOW
    parts = list(_grid(scale, high))
    for at, label in enumerate(labels):
        parts.append(_name(label, at * row_high + (row_high - ROW) / 2 + 4))
        for number, line in enumerate(series):
            value = line.values[at]
            if not math.isfinite(value):
                continue
            low, far = sorted((scale.right(0.0), scale.right(value)))
            y = at * row_high + 4 + number * thick
            parts += [
                f'<rect class="bar {line.look}" x="{low:.1f}" y="{y}" '
                f'width="{max(far - low, 1):.1f}" height="{thick - 1}"/>',
                _figure(far, y - (ROW - thick) / 2 + 4, money(value)),
            ]
    return _picture(parts, WIDE, high, words)


class _Scale:
    """Figures of an axis, and where a value lies on it."""

    def __init__(self, low: float, high: float, ticks: Sequence[float], from_left: bool) -> None:
        self.low, self.high, self.ticks, self.from_left = low, high, ticks, from_left

    @classmethod
    def of(cls, values: Iterable[float], from_left: bool = False) -> _Scale:
        """Return an axis that holds some values and nought, with round figures on it."""
        known = [value for value in values if math.isfinite(value)] or [0.0]
        low, high = min(*known, 0.0), max(*known, 0.0)
        if high - low < 1e-9:
            high = low + 1.0
        step = _round_step((high - low) / 5)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        ticks = [step * at for at in range(first, last + 1)]
        return cls(ticks[0], ticks[-1], ticks, from_left)

    def _share(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def up(self, value: float) -> float:
        """Return how far down a value lies in a drawing over years."""
        return TOP + (1 - self._share(value)) * (HIGH - TOP - BELOW)

    def right(self, value: float) -> float:
        """Return how far to the right a value lies in a drawing of rows; its figure fits beside."""
        return NAMES + self._share(value) * (WIDE - NAMES - 64)


def _round_step(step: float) -> float:
    """Return the round figure at or above a step: 1, 2, 2.5 or 5 with noughts."""
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * part for part in (1, 2, 2.5, 5, 10) if size * part >= step * (1 - 1e-9))


def _across(count: int) -> _Places:
    return _Places((WIDE - LEFT - RIGHT) / max(count, 1))


@dataclass(frozen=True)
class _Places:
    """Where the labels of an axis stand."""

    room: float

    def __call__(self, at: int) -> float:
        return LEFT + (at + 0.5) * self.room


def _grid(scale: _Scale, high: float = HIGH) -> Iterable[str]:
    """Yield the lines of an axis with their figures."""
    places = 0 if all(abs(tick - round(tick)) < 1e-9 for tick in scale.ticks) else 2
    for tick in scale.ticks:
        look = "zero" if abs(tick) < 1e-12 else "grid"
        text = money(tick, places)
        if scale.from_left:
            x = scale.right(tick)
            yield _line(look, x, x, 0, high - BELOW)
            yield _words("axis", x, high - 12, text, "middle")
        else:
            y = scale.up(tick)
            yield _line(look, LEFT, WIDE - RIGHT, y, y)
            yield _words("axis", LEFT - 6, y + 4, text, "end")


def _years(labels: Sequence[str], across: _Places) -> Iterable[str]:
    """Yield the names of years; every other where they would run into each other."""
    apart = math.ceil(52 / across.room)
    for at, label in enumerate(labels):
        if at % apart == 0:
            yield _words("axis", across(at), HIGH - 10, label, "middle")


def _column(x: float, wide: float, scale: _Scale, value: float, look: str) -> str:
    high, low = sorted((scale.up(0.0), scale.up(value)))
    return (
        f'<rect class="bar {look}" x="{x:.1f}" y="{high:.1f}" width="{wide:.1f}" '
        f'height="{max(low - high, 0.5):.1f}"/>'
    )


def _name(name: str, y: float) -> str:
    return _words("name", 0, y + 13, short(name, LETTERS))


def _figure(x: float, y: float, text: str) -> str:
    return _words("value", x + 5, y + 13, text)


def _line(look: str, x1: float, x2: float, y1: float, y2: float) -> str:
    ends = f'x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"'
    return f'<line class="{look}" {ends}/>'


def _words(look: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    """Return a text of a drawing: the one place where texts are put in, and escaped."""
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{look}" {where}>{escape(text)}</text>'


def _picture(parts: Iterable[str], wide: float, high: float, words: str) -> Markup:
    inside = Markup("".join(parts))  # noqa: S704 -- texts in the parts are escaped by `_words`
    return Markup('<svg role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        words, wide, high, inside
    )
