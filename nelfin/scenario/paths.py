"""Paths of tables as scenarios write them: a file or a sheet of a workbook, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nelfin.errors import InputError, Problems, nearest
from nelfin.scenario.schema import OPENING_FILES, Scenario
from nelfin.store.sheets.names import split_sheet

PACKAGED = "nel"
"""Name of the embedded system."""

NATIONAL = "england"
"""Name of what holds for every system: a scenario stands on it and is none by itself."""

SCENARIOS = {name: f"{name}/scenario.toml" for name in (PACKAGED, "nel-2026", NATIONAL)}
"""Scenarios that come with nelfin: their names, usable in `extends` and, as `nel:file.csv`, in
`[data]`; and in place of a file those that are whole."""

SCENARIO_FILES = (".toml", ".xlsx", ".xlsm")
"""Endings of files that hold a scenario."""

AS_PATH = "In a path write / for \\, or put it in single quotes."
"""What to do about a path of Windows in double quotes, where TOML makes a tab of `\\t`."""


def packaged_folder() -> Path:
    """Return the folder of the embedded dataset.

    Returns
    -------
    pathlib.Path
        Folder with its `scenario.toml` and tables.
    """
    return Path(str(files("nelfin") / "data" / PACKAGED))


@cache
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


def called(path: str | Path) -> str:
    """Return what a file is called wherever nelfin is installed.

    Parameters
    ----------
    path
        Of a scenario or a table.

    Returns
    -------
    str
        As in `nel:positions.csv` where it comes with nelfin; else the path itself.
    """
    file = Path(path)
    for name in SCENARIOS:
        if file.parent == packaged_scenario(name).parent:
            return f"{name}:{file.name}"
    return str(path)


def located(name: str) -> Path:
    """Return the file that `called` gave a name to.

    Parameters
    ----------
    name
        Such as `nel:positions.csv`, or a path.
    """
    scenario, colon, file = name.partition(":")
    return _packaged_table(scenario, file) if colon and scenario in SCENARIOS else Path(name)


def original_of(scenario: Scenario, path: str | Path) -> str:
    """Return where a file of a scenario was read first.

    Parameters
    ----------
    scenario
        It may read the copies that a run keeps.
    path
        Of a table or a scenario file, with its sheet if it names one.

    Returns
    -------
    str
        As `called` gives it, with the sheet.
    """
    file, sheet = split_sheet(path)
    first = scenario.originals.get(str(file), called(file))
    return first if sheet is None else f"{first}#{sheet}"


def opening_label(scenario: Scenario, opening: str) -> str:
    """Return what an opening is called in results: a file by its name, without its folder.

    So results are alike wherever the file stands. Two files of one name are told apart by the
    folders they were read from.

    Parameters
    ----------
    scenario
        The scenario.
    opening
        Opening of a stream: a name, or the path of a file.
    """
    if not is_opening_file(opening):
        return opening
    firsts = {path: original_of(scenario, path) for path in opening_files(scenario)}
    own = Path(firsts.get(opening, opening))
    alike = [path for path, first in firsts.items() if Path(first).name == own.name]
    return own.name if len(alike) < 2 else f"{own.parent.name}/{own.name}"


def is_within(path: Path, folders: Iterable[Path]) -> bool:
    """Say whether a file stands in one of some folders or below, links followed.

    A path that no file can have is left to the reader, which refuses it.

    Parameters
    ----------
    path
        Path of a table, with its sheet if it names one.
    folders
        Folders that it may stand in, as `true_folder` gives them.
    """
    try:
        true = split_sheet(path)[0].resolve()
    except (OSError, RuntimeError, ValueError):
        return True
    return any(true.is_relative_to(folder) for folder in folders)


def true_folder(folder: Path) -> Path:
    """Return a folder with links followed; one that cannot be there as it is.

    Parameters
    ----------
    folder
        A folder that tables may stand in.
    """
    try:
        return folder.resolve()
    except (OSError, RuntimeError, ValueError):
        return folder


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
    """Say whether the value of a key is the path of a table, or of the plan it is a change of.

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
    base = key == "base" and str(value).lower().endswith(SCENARIO_FILES)
    return base or key.startswith("data.") or (opening and is_opening_file(str(value)))


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
