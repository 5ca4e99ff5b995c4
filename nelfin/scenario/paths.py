"""Paths of tables as scenarios write them: a file or a sheet of a workbook, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from nelfin.errors import InputError, Problems, nearest
from nelfin.scenario.schema import OPENING_FILES, Scenario

PACKAGED = "nel"
"""Name of the embedded system."""

NATIONAL = "england"
"""Name of what holds for every system: a scenario stands on it and is none by itself."""

SCENARIOS = {name: f"{name}/scenario.toml" for name in (PACKAGED, "nel-2026", NATIONAL)}
"""Scenarios that come with nelfin: their names, usable in `extends` and, as `nel:file.csv`, in
`[data]`; and in place of a file those that are whole."""

AS_PATH = "In a path write / for \\, or put it in single quotes."
"""What to do about a path of Windows in double quotes, where TOML makes a tab of `\\t`."""

_SHEET = re.compile(r"(.+\.(?:xlsx|xlsm|xlsb|xls|ods))#(.*)", re.IGNORECASE | re.DOTALL)


def packaged_folder() -> Path:
    """Return the folder of the embedded dataset.

    Returns
    -------
    pathlib.Path
        Folder with its `scenario.toml` and tables.
    """
    return Path(str(files("nelfin") / "data" / PACKAGED))


def packaged_scenario(name: str) -> Path:
    """Return the file of a scenario that comes with nelfin.

    Parameters
    ----------
    name
        One of `SCENARIOS`.
    """
    return Path(str(files("nelfin") / "data" / SCENARIOS[name]))


def _packaged_table(name: str, table: str) -> Path:
    """Return a table that comes with nelfin; those for every system once stood with the first."""
    own, national = (packaged_scenario(each).parent / table for each in (name, NATIONAL))
    return own if own.is_file() or not national.is_file() else national


def require_packaged(where: str, path: Path) -> None:
    """Refuse a table that would be one of those that come with nelfin, but is none of them.

    Parameters
    ----------
    where
        Key that names it.
    path
        Path of a table, of the user's or of nelfin's.

    Raises
    ------
    InputError
        Naming the table that is most like it.
    """
    for name in SCENARIOS:
        folder = packaged_scenario(name).parent
        if path.parent == folder and not path.is_file():
            known = [f"{name}:{file.name}" for file in folder.glob("*.csv")]
            wanted = f"{name}:{path.name}"
            raise InputError.one(
                where, f'is "{wanted}", which does not come with nelfin.', nearest(wanted, known)
            )


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


def is_within(path: Path, folders: Iterable[Path]) -> bool:
    """Say whether a file stands in one of some folders or below, links followed.

    A path that no file can have is left to the reader, which refuses it.

    Parameters
    ----------
    path
        Path of a table, with its sheet if it names one.
    folders
        Folders that it may stand in.
    """
    try:
        true = split_sheet(path)[0].resolve()
        return any(true.is_relative_to(folder.resolve()) for folder in folders)
    except (OSError, RuntimeError, ValueError):
        return True


def is_opening_file(text: str) -> bool:
    """Say whether an opening is a file of the user's own, rather than the name of one.

    Parameters
    ----------
    text
        Opening of a stream.

    Examples
    --------
    >>> [is_opening_file(text) for text in ("ours.xlsm#openings", "ours.CSV", "on-target")]
    [True, True, False]
    """
    return str(split_sheet(text)[0]).lower().endswith(OPENING_FILES)


def opening_files(scenario: Scenario) -> list[str]:
    """Return the files that streams name as their opening position, each once.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    list of str
        Absolute paths, with their sheets.
    """
    named = [stream.opening for stream in scenario.allocation.streams.values()]
    return list(dict.fromkeys(name for name in named if is_opening_file(name)))


def refuse_outside(file: Path, paths: Mapping[str, Path], problems: Problems) -> None:
    """Note the tables that leave the folders a scenario file may use, by the folder they are in.

    Parameters
    ----------
    file
        The scenario file.
    paths
        Path of each table that leaves the folders, by dotted key.
    problems
        Takes one problem a folder.
    """
    by_folder: dict[Path, list[str]] = {}
    for key, path in paths.items():
        by_folder.setdefault(split_sheet(path)[0].resolve().parent, []).append(key)
    for folder, keys in by_folder.items():
        more = f" and {len(keys) - 1} more keys" if len(keys) > 1 else ""
        problems.add(
            f"{file}, {keys[0]}{more}",
            f"leads out of the folder of the scenario to {split_sheet(paths[keys[0]])[0]}.",
            f"Move the file there, or allow its folder: --allow {folder}.",
        )


def names_file(value: Any, key: str) -> bool:
    """Say whether the value of a key is the path of a table.

    Parameters
    ----------
    value
        Value of the setting.
    key
        Its dotted key.
    """
    if not isinstance(value, (str, Path)):
        return False
    opening = key.startswith("allocation.streams.") and key.endswith(".opening")
    return key.startswith("data.") or (opening and is_opening_file(str(value)))


def located_path(value: Any, key: str, folder: Path) -> Any:
    """Make the path of a table absolute, starting at the folder of the file that names it.

    Parameters
    ----------
    value
        Value of the setting.
    key
        Its dotted key.
    folder
        Where a relative path starts.

    Returns
    -------
    object
        Absolute path as a text; None for a table that is left out; any other value as it is.
    """
    if not names_file(value, key):
        return value
    text = str(value)
    if text == "":
        return None  # the table is left out
    if any(letter in text for letter in "\t\n\r\b\f"):
        raise InputError.one(key, f"is {text!r}, which has letters that no name has.", AS_PATH)
    name, colon, table = text.partition(":")
    if colon and name in SCENARIOS:
        return str(_packaged_table(name, table))
    try:
        return str(folder / Path(text).expanduser())
    except RuntimeError:
        raise InputError.one(key, f'is "{text}", the home of nobody.', "Check the path.") from None
