"""Files written whole: beside their place first, then renamed, so that none is half there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from nelfin.errors import OutputError


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
