"""Tables for the terminal: they fit its 80 columns, and are plain text in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

WIDTH = 79


def table_text(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return a table as text.

    Parameters
    ----------
    heads
        Headings.
    rows
        Cells, as they are to be read.
    left
        Columns at the start that hold words, set to the left; the others to the right.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for at, head in enumerate(heads):
        table.add_column(Text(head), justify="left" if at < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=StringIO(), width=WIDTH, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
