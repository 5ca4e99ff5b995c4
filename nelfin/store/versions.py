"""Folders are read by the version that wrote them or a newer one."""

from __future__ import annotations

import re
from importlib.metadata import version

from nelfin.errors import InputError

HERE = version("nelfin")
"""The version that runs."""


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
    if _numbers(wrote) > _numbers(HERE):
        raise InputError.one(
            where,
            f"was written by nelfin {wrote}, which is newer than this one ({HERE}).",
            "Install that version or a newer one.",
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])
