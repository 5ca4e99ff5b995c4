"""Why a folder cannot be opened as that of a run or of a sweep."""

from __future__ import annotations

import json
from pathlib import Path

from nelfin.errors import InputError, reason

KINDS = {"run.json": "run", "sweep.json": "sweep"}
"""The file that makes a folder that of a run or of a sweep."""


def not_opened(folder: Path, error: Exception, mark: str = "run.json") -> InputError:
    """Return the error of a folder that could not be opened.

    Parameters
    ----------
    folder
        What was given.
    error
        What went wrong.
    mark
        The file that makes a folder one of its kind, one of `KINDS`.
    """
    kind = KINDS[mark]
    what, remedy = _what(folder, mark) or (
        f"is the folder of a {kind} that cannot be read: {_detail(folder, error, mark)}.",
        f"Do the {kind} again.",
    )
    return InputError.one(str(folder), what, remedy)


def _what(folder: Path, mark: str) -> tuple[str, str] | None:
    """Say what is there instead, and what to name; None where it is a folder of its kind."""
    kind = KINDS[mark]
    name = f"Name the folder of a {kind}, the one that holds {mark}."
    try:
        if not folder.exists():
            listed = ' "nelfin runs" lists those in nelfin-runs.' if kind == "run" else ""
            return "does not exist.", f"Check the path and the name.{listed}"
        if folder.is_file():
            beside = (folder.parent / mark).is_file()
            return "is a file, not a folder.", f"Name {folder.parent}." if beside else name
        return None if (folder / mark).exists() else _other_folder(folder, mark, name)
    except (OSError, ValueError) as error:
        return f"cannot be read: {reason(error)}.", name


def _other_folder(folder: Path, mark: str, name: str) -> tuple[str, str]:
    kind = KINDS[mark]
    for other, of in KINDS.items():
        if (folder / other).is_file():
            return f"is the folder of a {of}, not of a {kind}.", name
    if inside := sorted(path.parent for path in folder.glob(f"*/{mark}")):
        return f"holds {kind}s, and is none itself.", f"Name one of them, such as {inside[-1]}."
    return f"is not the folder of a {kind}: it holds no {mark}.", name


def _detail(folder: Path, error: Exception, mark: str) -> str:
    if isinstance(error, OSError) and mark == "run.json":
        for name in ("scenario.resolved.toml", "results.nc"):
            if not (folder / name).exists():
                return f"{name} is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"{mark} is damaged"
    if isinstance(error, KeyError):
        return f"one of its files lacks {error}"
    if isinstance(error, TypeError):
        return f"{mark} is not as nelfin writes it"
    if isinstance(error, OSError) and error.errno is None:  # of a library that reads data
        return "results.nc is damaged"
    name = Path(str(getattr(error, "filename", None) or "")).name
    return f"{name}: {reason(error)}" if name else reason(error)
