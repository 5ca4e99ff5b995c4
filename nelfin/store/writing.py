"""Files and folders written whole, beside their place first; read up to a limit."""

from __future__ import annotations

import errno
import os
import re
import shutil
import threading
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nelfin.errors import InputError, OutputError

STALE_S = 86_400
"""Seconds after which what is beside its place was left by a process that died."""

CHOOSE = "Choose another folder."

_PART = re.compile(r"\..+\.part-\d+")
"""Name of what is written beside its place: the name it will have, and the process."""

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"'*[=+\-@\t\r].", re.DOTALL)
"""What a spreadsheet would run when it opens a CSV file, and what is marked already."""


def read_at_most(file: Path, most: int) -> bytes | None:
    """Return what a file holds, or None if that is more than so many bytes.

    A device or a pipe, which has no size beforehand, is read no further than that either.

    Parameters
    ----------
    file
        Its place.
    most
        Bytes at the most.

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
    """Write a table as CSV that Excel opens right by a double click, and runs nothing of.

    It begins with a byte order mark, without which Excel takes £ and – for other letters. A text
    that begins with = + - or @ gets an apostrophe before it, as one would type it in Excel;
    `unmarked` takes it away again.

    Parameters
    ----------
    table
        Any table.
    file
        Where to.
    """
    marked = _in_texts(table, lambda text: f"'{text}" if _is_formula(text) else text)
    marked.to_csv(file, index=False, lineterminator="\n", encoding="utf-8-sig")


def copy_csv(source: Path, file: Path) -> None:
    """Copy a CSV file, with the byte order mark before it that Excel asks for.

    Parameters
    ----------
    source
        In UTF-8, with the mark or without.
    file
        Where to.
    """
    file.write_bytes(BOM_UTF8 + source.read_bytes().removeprefix(BOM_UTF8))


def unmarked(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it was before `write_csv` put apostrophes before texts.

    Parameters
    ----------
    table
        As read from the file.
    """
    return _in_texts(table, lambda t: t[1:] if t.startswith("'") and _is_formula(t) else t)


def _in_texts(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """Change texts of a table; each is looked at once, since most stand in many rows."""
    columns = {}
    for name, column in table.select_dtypes(exclude=["number", "bool", "datetime"]).items():
        texts = {cell: change(cell) for cell in set(column.tolist()) if isinstance(cell, str)}
        if any(text != cell for cell, text in texts.items()):
            columns[name] = column.map(lambda cell, texts=texts: texts.get(cell, cell))
    return table.assign(**columns)


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


NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}
"""What a disk answers that knows no links."""


def write_new(
    file: Path, write: Callable[[Path], object], remedy: str = "Choose another name."
) -> None:
    """Write a file that is not there yet: whole, and never over another, whoever is sooner.

    Parameters
    ----------
    file
        Its place; its folder is made if it is not there.
    write
        Writes to the path it is given.
    remedy
        What to do if something of that name is there, or it cannot be written.

    Raises
    ------
    InputError
        If something of that name is there.
    OutputError
        If it cannot be written.
    """
    # two threads may write the same name at once
    part = file.with_name(f".{file.name}.part-{os.getpid()}{threading.get_ident()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        _place_new(part, file)
    except FileExistsError:
        raise InputError.one(str(file), "is there already.", remedy) from None
    except OSError as error:
        raise OutputError.at(file, error, remedy) from None
    finally:
        part.unlink(missing_ok=True)


def _place_new(part: Path, file: Path) -> None:
    """Put a file in its place, where nothing may be."""
    try:
        os.link(part, file)  # at once, and refused where something is
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        with file.open("xb") as handle:
            handle.write(part.read_bytes())


@contextmanager
def whole_folder(target: Path, force: bool = False) -> Iterator[Path]:
    """Give a folder to write in beside its place, and put it there at the end.

    A process that dies leaves at most a hidden folder, which a later one clears after a day.

    Parameters
    ----------
    target
        Place of the folder.
    force
        Replace a folder that is there; it is only deleted when the new one stands.

    Raises
    ------
    OutputError
        If it cannot be written, or another process has put a folder there meanwhile.
    """
    target = target.absolute()
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    new_parents = [parent for parent in target.parents if not parent.exists()]
    try:
        part.mkdir(parents=True)
        _clear_stale(target.parent)
        yield part
        # an empty folder stays where it is: somebody may stand in it
        if force and not (target.is_dir() and not any(target.iterdir())):
            _swap(target, part)
        elif target.is_dir():
            _fill(target, part)
        else:
            part.rename(target)
    except OSError as error:
        raise OutputError.at(target, error, CHOOSE) from None
    except OutputError as error:
        # by the name that was given, not that of the folder beside it
        raise OutputError(
            replace(problem, where=problem.where.replace(str(part), str(target)))
            for problem in error.problems
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if not target.exists():
            for parent in new_parents:
                with suppress(OSError):
                    parent.rmdir()


def _fill(target: Path, part: Path) -> None:
    """Move what was written into a folder that was empty, such as the current one."""
    if any(target.iterdir()):
        raise OSError(errno.ENOTEMPTY, "another process has written there meanwhile")
    for path in part.iterdir():
        path.rename(target / path.name)


def restore(target: Path) -> None:
    """Put back a folder whose replacing was cut off between the two renames.

    Parameters
    ----------
    target
        The folder; nothing is done if it is there.
    """
    with suppress(OSError, ValueError):
        if not target.exists():
            old = sorted(target.parent.glob(f".{target.name}.old-*"))
            if old:
                old[-1].rename(target)


def _swap(target: Path, part: Path) -> None:
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    if target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _clear_stale(parent: Path) -> None:
    """Delete what processes that died a day ago or more left beside its place."""
    before = time.time() - STALE_S
    for left in parent.glob(".*.part-*"):
        with suppress(OSError):
            # only names as given above: there may be other hidden files
            if _PART.fullmatch(left.name) and left.stat().st_mtime < before:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
