"""What a run has read, kept with it by content: so it can be done again as it was."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nelfin.errors import InputError, Problems, printable, reason

INPUTS = "inputs"
"""Folder of a run that holds the files it has read."""

SCENARIO = "scenario.resolved.toml"
"""File of a run folder: the scenario as run, whose tables stand in `INPUTS`."""

_KEPT_FILE = re.compile(rf"{INPUTS}/[0-9a-f]{{12}}-[^/\\:\0]+")
_KEPT = re.compile(rf"\A{INPUTS}/[0-9a-f]{{12}}-")

BASE = "base.resolved.toml"
"""File of a run folder: what the scenario is changed from, where it is changed from something."""

RECORD = "run.json"
"""File of a run folder that tells versions, inputs and times."""


@dataclass(frozen=True)
class Kept:
    """A file that a run has read.

    Parameters
    ----------
    name
        What it is for the scenario: a key of `[data]`, `scenario 1`, `opening FILE`.
    original
        Where it was read, without a sheet; a file of nelfin's own as in `nel:positions.csv`.
    content
        What it held.
    """

    name: str
    original: str
    content: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the content, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def file(self) -> str:
        """Path in the run folder: alike for alike contents of files of one name."""
        return f"{INPUTS}/{self.sha256[:12]}-{_last(self.original)}"


def _last(original: str) -> str:
    """Return the name of a file, without the folder or the scenario that it stands in."""
    return original.replace("\\", "/").rpartition("/")[2].rpartition(":")[2]


def kept_name(value: object) -> object:
    """Return the name of a file that a run keeps, without what tells its content; others as is.

    Parameters
    ----------
    value
        Value of a setting.

    Examples
    --------
    >>> kept_name("inputs/4d9638811d14-ours.xlsx#schemes"), kept_name(4.0)
    ('ours.xlsx#schemes', 4.0)
    """
    return _KEPT.sub("", value) if isinstance(value, str) else value


def record_of(inputs: Iterable[Kept]) -> dict[str, dict[str, str]]:
    """Return what `run.json` tells of the files that a run has read.

    Parameters
    ----------
    inputs
        The files.

    Returns
    -------
    dict
        `inputs`: SHA-256 by name; `kept`: path in the run folder by name; `originals`: where it
        was read, by name.
    """
    listed = list(inputs)
    return {
        "inputs": {each.name: each.sha256 for each in listed},
        "kept": {each.name: each.file for each in listed},
        "originals": {each.name: each.original for each in listed},
    }


def is_run_folder(path: Path) -> bool:
    """Say whether a path is the folder of a run.

    Parameters
    ----------
    path
        Any path.
    """
    try:
        return path.is_dir() and (path / RECORD).is_file() and (path / SCENARIO).is_file()
    except (OSError, ValueError):
        return False


def read_record(folder: Path) -> dict[str, Any]:
    """Return what a run tells of itself.

    Parameters
    ----------
    folder
        Of a run.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if not isinstance(record, dict) or not isinstance(record.get("inputs"), dict):
            raise ValueError("it does not say what the run has read")
        check_record(record)
    except (OSError, ValueError) as error:
        raise InputError.one(
            str(folder / RECORD), f"cannot be read: {reason(error)}.", "Name a folder of a run."
        ) from None
    return record


def kept_files(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that a run keeps, those of what it is a change of too.

    Parameters
    ----------
    record
        What the run tells of itself.

    Returns
    -------
    dict
        SHA-256 by path in the folder of the run.
    """
    return {
        file: part["inputs"][name]
        for part in (record, record.get("base", {}))
        for name, file in part.get("kept", {}).items()
    }


def check_record(record: Mapping[str, Any]) -> None:
    """Refuse a record whose account of kept files is not whole, or leads out of the run's folder.

    A folder may come from anybody: what it names is read, and written again with the run.

    Parameters
    ----------
    record
        What a run tells of itself; one of a version that kept nothing passes.

    Raises
    ------
    ValueError
        With the first fault.
    """
    if "kept" not in record:
        return
    if not all(type(record.get(number)) is int for number in ("draws", "seed")):
        raise ValueError("it does not say how many draws were made, and from what")
    told = record.get("run")
    if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
        raise ValueError("it does not say what the run is called")
    if not all(isinstance(record.get(part), dict) for part in ("base", "origins")):
        raise ValueError("it does not say where its settings come from")
    for part in (record, record["base"]):
        tables: list[Any] = [part.get(name) for name in ("inputs", "kept", "originals")]
        if not all(isinstance(table, dict) for table in tables):
            raise ValueError("it does not say what the run keeps")
        if not tables[0].keys() == tables[1].keys() == tables[2].keys():
            raise ValueError("it does not say of every input where it is kept")
        for text in (text for table in tables for text in table.values()):
            if not isinstance(text, str):
                raise ValueError("it names a file by something that is no text")
        for file in tables[1].values():
            if not _KEPT_FILE.fullmatch(file):
                raise ValueError(f'it keeps "{printable(file)[:80]}", which is no file of {INPUTS}')


def check_kept(folder: Path, record: Mapping[str, Any]) -> None:
    """Refuse a run folder whose kept files are not what the run has read.

    Parameters
    ----------
    folder
        Of a run.
    record
        What it tells of itself.

    Raises
    ------
    InputError
        With each file that is missing or another.
    """
    problems = Problems()
    for file, sha256 in kept_files(record).items():
        if (found := digest(folder / file)) != sha256:
            problems.add(
                str(folder / file),
                "is not what the run has read." if found else "is missing.",
                "Put back the file of the run, or run the scenario itself.",
            )
    problems.raise_if_any()


def digest(file: Path) -> str:
    """Return the SHA-256 of a file; "" where it cannot be read.

    Parameters
    ----------
    file
        Its place.
    """
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""


def changed_originals(record: Mapping[str, Any]) -> list[str]:
    """Say which files have changed, or are gone, since a run has read them.

    Parameters
    ----------
    record
        What the run tells of itself.

    Returns
    -------
    list of str
        A sentence a file; none for files of nelfin's own, or for a run that keeps nothing.
    """
    notes: dict[str, str] = {}
    for name, original in record.get("originals", {}).items():
        file = Path(original)
        if not file.is_absolute() or original in notes:
            continue
        now = digest(file)
        if not now:
            notes[original] = f"{original} is no longer there; the copy that the run keeps is read."
        elif now != record["inputs"][name]:
            notes[original] = f"{original} has changed since the run; the copy it keeps is read."
    return list(notes.values())
