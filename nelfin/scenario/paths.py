"""Paths of tables as scenarios write them: a file, or one sheet of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nelfin.scenario.schema import OPENING_FILES

_SHEET = re.compile(r"(.+\.(?:xlsx|xlsm|xlsb|xls|ods))#(.*)", re.IGNORECASE | re.DOTALL)


def split_sheet(path: str | Path) -> tuple[Path, str | None]:
    """Return the file of a path, and the sheet it names, if it names one.

    Examples
    --------
    >>> split_sheet("tables.xlsx#projects")[1]
    'projects'
    >>> split_sheet("no#1.csv") == (Path("no#1.csv"), None)
    True
    """
    found = _SHEET.fullmatch(str(path))
    return (Path(found[1]), found[2]) if found else (Path(path), None)


def is_within(path: Path, folders: Iterable[Path]) -> bool:
    """Say whether a file stands in one of some folders or below, links followed.

    A path that no file can have is left to the reader, which refuses it.
    """
    try:
        true = split_sheet(path)[0].resolve()
        return any(true.is_relative_to(folder.resolve()) for folder in folders)
    except (OSError, RuntimeError, ValueError):
        return True


def is_opening_file(text: str) -> bool:
    """Say whether an opening is a file of the user's own, rather than the name of one."""
    return str(split_sheet(text)[0]).lower().endswith(OPENING_FILES)
