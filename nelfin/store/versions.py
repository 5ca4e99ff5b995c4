"""Folders are read by the version that wrote them or a newer one."""

from __future__ import annotations

import re

from nelfin.errors import InputError
from nelfin.version import __version__


def require_readable(wrote: str, where: str) -> None:
    """Refuse what a newer version has written; a newer third number changes no file.

    Parameters
    ----------
    wrote
        The version that has written it.
    where
        The file or folder, named in the error.

    Raises
    ------
    InputError
        Naming both versions.
    """
    if _numbers(wrote) > _numbers(__version__):
        raise InputError.one(
            where,
            f"was written by nelfin {wrote}, which is newer than this one ({__version__}).",
            "Install that version or a newer one.",
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])
