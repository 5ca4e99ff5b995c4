"""Files written whole, beside their place first and then renamed; and read up to a limit."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from nelfin.errors import OutputError


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
