"""Names of sheets: a path that names one, and what a path without one leads to."""

from __future__ import annotations

import re
from pathlib import Path

_SHEET = re.compile(r"(.+\.(?:xlsx|xlsm|xlsb|xls|ods))#(.*)", re.IGNORECASE | re.DOTALL)


def split_sheet(path: str | Path) -> tuple[Path, str | None]:
    """Return the file of a path, and the sheet it names, if it names one.

    Parameters
    ----------
    path
        Such as `projects.csv` or `tables.xlsx#projects`.

    Returns
    -------
    file : pathlib.Path
        The file.
    sheet : str or None
        The sheet; None if the path names none.

    Examples
    --------
    >>> split_sheet("tables.xlsx#projects")[1]
    'projects'
    >>> split_sheet("no#1.csv") == (Path("no#1.csv"), None)
    True
    """
    match = _SHEET.fullmatch(str(path))
    return (Path(match[1]), match[2]) if match else (Path(path), None)
