"""Files written whole, beside their place first and then renamed; and read up to a limit."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nelfin.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"'*[=+\-@\t\r].", re.DOTALL)
"""What a spreadsheet would run when it opens a CSV file, and what is marked already."""


def read_at_most(file: Path, most: int) -> bytes | None:
    """Return what a file holds, or None if that is more than so many bytes.

    A device or a pipe, which has no size beforehand, is read no further than that either.

    Raises
    ------
    OSError, ValueError
        If it cannot be read.
    """
    content = bytearray()
    with file.open("rb") as handle:
        while len(content) <= most and (chunk := handle.read(1 << 20)):
            content += chunk
    return bytes(content) if len(content) <= most else None


def write_csv(table: pd.DataFrame, file: Path) -> None:
    """Write a table as CSV that a spreadsheet may open: it runs no text of the user's as a formula.

    A text that begins with = + - or @ gets an apostrophe before it, as one would type it in Excel.
    `unmarked` takes it away again.
    """
    marked = _in_texts(table, lambda text: f"'{text}" if _is_formula(text) else text)
    marked.to_csv(file, index=False, lineterminator="\n")


def unmarked(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it was before `write_csv` put apostrophes before texts."""
    return _in_texts(table, lambda t: t[1:] if t.startswith("'") and _is_formula(t) else t)


def _in_texts(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    texts = table.select_dtypes(exclude=["number", "bool", "datetime"])
    return table.assign(
        **{
            name: column.map(lambda cell: change(cell) if isinstance(cell, str) else cell)
            for name, column in texts.items()
        }
    )


def _is_formula(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return bool(_FORMULA.match(text))
    return False  # a number with its sign


def write_whole(
    file: Path, write: Callable[[Path], object], remedy: str = "Choose another place."
) -> None:
    """Write a file, or leave what was there.

    Parameters
    ----------
    file
        Its place.
    write
        Writes to the path it is given.
    remedy
        What to do if it cannot be written.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    part = file.with_name(f".{file.name}.part-{os.getpid()}")
    try:
        write(part)
        part.replace(file)
    except OSError as error:
        raise OutputError.at(file, error, remedy) from None
    finally:
        part.unlink(missing_ok=True)
