"""Text for the terminal: tables, titles and sentences within 80 columns, plain in a pipe.

Widths are counted in cells, as a terminal shows them: a Chinese letter or an emoji takes two.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from nelfin.errors import printable
from nelfin.report.text.numbers import money

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 79
"""One short of 80: some terminals begin a new line after the 80th cell."""

RULE, DOUBLE = "─", "═"
"""Lines below headings, and below the title of a page."""

FOLD = 3
"""Lines a name may take in a table; the rest of it is cut."""

NARROW, NAME, LONG, HEAD, GAP = 12, 18, 36, 14, 3
"""Cells that a column of words keeps, and the first column; that a name has before headings, and
that a heading asks for; the most that is left between two columns."""

FIGURE = re.compile(r"\(?[-+£]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?\)?\u00a0?%?")
ALLOWED = "\u00a0\u200c"
"""Not printable to Python, yet wanted: the space that does not break, and what parts letters."""

DROPPED = dict.fromkeys([0x200D, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Joiners, forms and tones of emoji: terminals do not agree how wide they make them."""


@dataclass(frozen=True)
class _Column:
    """What a column holds, and the cells it needs and would like."""

    head: str
    cells: list[str]
    figures: bool
    least: int
    wish: int


def table_text(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: str = "",
    title: str = "",
    ruled: Collection[int] = (),
    indent: int = 0,
) -> str:
    """Return a table as text, at most 79 columns wide: the only way a table is printed.

    Figures are shown whole. Names fold, and are cut after three lines. Columns that do not fit
    beside each other follow below, with the names again.

    Parameters
    ----------
    heads
        Headings, with the unit where it is not that of the title.
    rows
        Cells, as they are to be read.
    align
        A letter a column: `l` for words, set to the left, `r` for figures, set to the right. What
        is not said is `r`, but for the first column.
    title
        What the table is of, above its headings.
    ruled
        Rows with a line above, such as a total; -1 is the last.
    indent
        Spaces to the left.
    """
    kinds = (align or "l").ljust(len(heads), "r")
    columns = [
        _column(clean(head), [clean(row[at]) for row in rows], kinds[at] == "r", at == 0)
        for at, head in enumerate(heads)
    ]
    keys = len(kinds) - len(kinds.lstrip("l"))
    blocks = _blocks(columns, max(keys, 1), WIDTH - indent)
    above = {at % len(rows) for at in ruled} if rows else set()
    parts = [_drawn(block, widths, gap, above) for block, widths, gap in blocks]
    if title:
        parts[0] = "\n".join([*wrapped(title, WIDTH - indent), parts[0]])
    lead = " " * indent
    lines = "\n\n".join(parts).split("\n")
    return "\n".join(f"{lead}{line}" if line else "" for line in lines)


def by_year_text(
    title: str,
    head: str,
    rows: Sequence[tuple[str, pd.Series]],
    ruled: Collection[int] = (),
) -> str:
    """Return figures by year as a table: a row for each label, to one decimal.

    Parameters
    ----------
    title
        What the table is of, with its unit.
    head
        Heading of the labels.
    rows
        Labels, each with its figures by year.
    ruled
        Rows with a line above; -1 is the last.
    """
    years = [str(year) for year in rows[0][1].index]
    cells = [[label, *(money(float(value)) for value in values)] for label, values in rows]
    return table_text([head, *years], cells, title=title, ruled=ruled)


def title_text(name: str, about: str, *sentences: str, corner: str = "") -> str:
    """Return the top of a page: its title, the name cut to fit, a line, and sentences below it.

    Parameters
    ----------
    name
        Of the scenario, run or place.
    about
        What stands after it, such as what the page tells and its years.
    *sentences
        Below the line; "" for none.
    corner
        What stands at the right end of the title, such as the unit.
    """
    from rich.cells import cell_len

    title = cut(name, WIDTH - cell_len(about) - cell_len(corner) - 2) + about
    space = " " * (WIDTH - cell_len(title) - cell_len(corner))
    top = [f"{title}{space}{corner}".rstrip(), DOUBLE * WIDTH]
    return "\n".join([*top, *(line for text in sentences if text for line in wrapped(text))])


def cut(text: str, most: int) -> str:
    """Return a name that takes no more cells than it may.

    Parameters
    ----------
    text
        The name.
    most
        Cells at the most.
    """
    from rich.cells import cell_len, set_cell_size

    shown = clean(text)
    return shown if cell_len(shown) <= most else f"{set_cell_size(shown, most - 1).rstrip()}…"


def are_figures(texts: Iterable[str]) -> bool:
    """Say whether each text is a figure, to be set to the right and shown whole.

    Parameters
    ----------
    texts
        Cells of a column.
    """
    return all(FIGURE.fullmatch(text) or text == "–" for text in texts)


def clean(text: str) -> str:
    """Return a text on one line, with what would move the cursor or turn the line spelt out.

    Parameters
    ----------
    text
        Any text, such as a name from a file.
    """
    shown = " ".join(re.split(r"[ \t\r\n]", text.translate(DROPPED)))
    if shown.isprintable():
        return shown
    return "".join(letter if letter in ALLOWED else printable(letter) for letter in shown)


def wrapped(
    text: str, width: int = WIDTH, indent: str = "", hang: str | None = None, most: int = 0
) -> list[str]:
    """Return a text in lines no wider than `width` cells; only words wider than that are broken.

    Parameters
    ----------
    text
        Words.
    width
        Cells in a line.
    indent, hang
        What the first line and the others begin with.
    most
        Lines after which the text is cut; 0 for no limit.
    """
    lines = list(_lines(clean(text), width, indent, indent if hang is None else hang, most))
    if most and len(lines) > most:
        return [*lines[: most - 1], cut(f"{lines[most - 1]}{' ' * width}", width)]
    return lines


def wrapped_sentences(*sentences: str) -> str:
    """Return sentences one below the other, each wrapped.

    Parameters
    ----------
    *sentences
        Words.
    """
    return "\n".join(line for text in sentences for line in wrapped(text))


def _lines(text: str, width: int, indent: str, hang: str, most: int) -> Iterator[str]:
    from rich.cells import cell_len, chop_cells

    line, bare, done = indent, True, 0
    for each in text.split(" "):
        word = each
        if not word:
            continue
        if not bare and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line, bare, done = hang, True, done + 1
        if bare and cell_len(line) + cell_len(word) > width:
            first = chop_cells(word, width - cell_len(line))[0]
            # the rest at once: piece by piece takes the square of its length
            rest = chop_cells(word[len(first) :], width - cell_len(hang))
            for piece in [first, *rest[:-1]]:
                if most and done > most:
                    return
                yield line + piece
                line, done = hang, done + 1
            word = rest[-1] if rest else ""
        line, bare = (line + word if bare else f"{line} {word}"), False
    yield line


def _column(head: str, cells: list[str], figures: bool, first: bool) -> _Column:
    from rich.cells import cell_len

    words = max((cell_len(word) for word in head.split(" ")), default=0)
    if figures:
        # brackets hang to the right of the others' last digit
        if any(cell.endswith(")") for cell in cells):
            cells = [cell if cell.endswith((")", "–")) else f"{cell} " for cell in cells]
        widest = max(map(cell_len, cells), default=0)
        least = max(widest, min(words, NARROW))
        return _Column(head, cells, figures, least, max(least, min(cell_len(head), HEAD)))
    wish = max([cell_len(head), *map(cell_len, cells)])
    numbers = (cell_len(word) for cell in cells for word in cell.split(" ")
               if FIGURE.fullmatch(word))  # fmt: skip
    least = min(wish, max([NAME if first else NARROW, *(wide + 2 for wide in numbers)]))
    return _Column(head, cells, figures, least, wish)


def _blocks(
    columns: list[_Column], keys: int, width: int
) -> list[tuple[list[_Column], list[int], int]]:
    """Share columns out to tables below each other, each with its widths and its gap."""
    named, others = columns[:keys], columns[keys:]
    # figures may stand close, but words after figures would read as one
    close = 1 if keys == 1 and all(column.figures for column in others) else 2
    left = width - sum(column.least + close for column in named) + close
    parts: list[list[_Column]] = [[]]
    for column in others:
        if parts[-1] and sum(c.least + close for c in [*parts[-1], column]) > left:
            parts.append([])
        parts[-1].append(column)
    if len(parts) > 1:
        # alike in width and number, so that one table reads on in the next
        least = max(column.least for column in others)
        size = min(-(-len(others) // len(parts)), max(left // (least + close), 1))
        if all(column.figures for column in others):
            others = [_Column(c.head, c.cells, True, least, least) for c in others]
            parts = [others[at : at + size] for at in range(0, len(others), size)]
    fits = [_fit([*named, *part], width, close) for part in parts]
    gap = min(gap for _, gap in fits)
    first = [min(widths[at] for widths, _ in fits) for at in range(keys)]
    return [
        ([*named, *part], [*first, *widths[keys:]], gap)
        for part, (widths, _) in zip(parts, fits, strict=True)
    ]


def _fit(columns: list[_Column], width: int, close: int) -> tuple[list[int], int]:
    """Share the width that is left: to names, to headings, to gaps, and to the first column."""
    widths = [column.least for column in columns]
    left = width - sum(widths) - close * (len(widths) - 1)
    for names, most in ((True, LONG), (False, HEAD), (True, width)):
        # the narrowest first, so that a long one does not take all
        while left > 0 and (
            short := [
                at
                for at, column in enumerate(columns)
                if column.figures != names and widths[at] < min(column.wish, most)
            ]
        ):
            widths[min(short, key=lambda at: widths[at])] += 1
            left -= 1
    gaps = max(len(columns) - 1, 1)
    gap = close + min(max(left, 0) // gaps, GAP - close)
    widths[0] += max(left, 0) - (gap - close) * gaps
    return widths, gap


def _drawn(columns: list[_Column], widths: list[int], gap: int, ruled: set[int]) -> str:
    from rich.box import Box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rules = Box(f"    \n    \n {RULE * 2} \n    \n {RULE * 2} \n {RULE * 2} \n    \n    \n")
    table = Table(box=rules, show_edge=False, pad_edge=False, padding=(0, 0, 0, gap - 1))
    heads = [
        wrapped(c.head, width, _lead(c.head), most=FOLD)
        for c, width in zip(columns, widths, strict=True)
    ]
    tall = max(map(len, heads))
    for lines, column, width in zip(heads, columns, widths, strict=True):
        text = Text("\n".join([""] * (tall - len(lines)) + lines))
        text.justify = "right" if column.figures else "left"
        table.add_column(text, width=width, no_wrap=True)
    for at in range(len(columns[0].cells)):
        cells = [_cell(c, c.cells[at], width) for c, width in zip(columns, widths, strict=True)]
        if at in ruled and at:
            table.add_section()
        table.add_row(*map(Text, cells))
    needed = sum(widths) + gap * (len(widths) - 1)
    # not as the terminal at hand would have it: the text is the same wherever it is made
    console = Console(file=StringIO(), width=needed, color_system=None, legacy_windows=False,
                      force_jupyter=False, force_terminal=False)  # fmt: skip
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _cell(column: _Column, text: str, width: int) -> str:
    from rich.cells import cell_len

    if column.figures:
        return " " * (width - cell_len(text)) + text
    lead = _lead(text)
    hang = f"{lead}  " if width - len(lead) > NARROW - 2 else lead
    return "\n".join(wrapped(text, width, lead, hang, FOLD))


def _lead(text: str) -> str:
    """Return the spaces a text begins with."""
    return text[: len(text) - len(text.lstrip(" "))]
