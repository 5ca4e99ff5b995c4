"""A folder of a scenario to edit: its settings in one file, and its tables beside it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from nelfin.data.footprints import find_system
from nelfin.data.start.system import Start, start_from_published
from nelfin.errors import InputError
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.change import changed
from nelfin.scenario.paths import PACKAGED
from nelfin.scenario.written import editable_toml
from nelfin.store.writing import copy_csv, whole_folder

FILE = "scenario.toml"


def write_scenario_folder(scenario: Scenario, folder: Path, head: str = "") -> Path:
    """Write a scenario and every table it names to a folder that is there.

    Parameters
    ----------
    scenario
        The scenario; its tables are CSV files.
    folder
        Where to.
    head
        What the file says of itself at its top; its name by default.

    Returns
    -------
    pathlib.Path
        The scenario file. It needs nothing outside the folder.
    """
    tables = dict.fromkeys(dict(scenario.data), "")
    for name, path in dict(scenario.data).items():
        if path is not None:
            copy_csv(path, folder / f"{name}.csv")
            tables[name] = f"{name}.csv"
    return write_scenario_file(scenario, folder, tables, head)


def write_scenario_file(
    scenario: Scenario, folder: Path, tables: dict[str, str], head: str = ""
) -> Path:
    """Write the settings of a scenario to a folder that holds its tables.

    Parameters
    ----------
    scenario, folder, head
        As for `write_scenario_folder`.
    tables
        Path of each table from the folder, by its key in `[data]`; "" leaves it out.

    Returns
    -------
    pathlib.Path
        The scenario file.
    """
    file = folder / FILE
    text = editable_toml(scenario, tables, head or f"The plan of {scenario.name}.")
    file.write_text(text, encoding="utf-8")
    return file


def start_system(icb: str, folder: Path, footprint: str = "") -> tuple[Start, str]:
    """Write the tables of a system from published figures to a folder that is there.

    Parameters
    ----------
    icb, footprint
        As for `nelfin.data.footprints.find_system`.
    folder
        Where to.

    Returns
    -------
    start : Start
        The scenario, and notes on it.
    head : str
        What its file should say of itself.
    """
    system = find_system(icb, footprint)
    start = start_from_published(system, folder)
    named = f"{footprint}:{system.code}" if footprint else system.code
    start = replace(start, scenario=changed(start.scenario, {"base": named}))
    head = (
        f"A start for {system.name} ({system.code}) from published figures. What is not published "
        "of the system is a national assumption that says so, an illustrative figure, or left out."
    )
    return start, head


def embedded_scenario() -> Scenario:
    """Return the embedded scenario as a start of one's own, which says what it is a change of."""
    return changed(load_scenario(), {"base": PACKAGED})


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds something.

    Parameters
    ----------
    folder
        The folder; it may not be there yet.

    Raises
    ------
    InputError
        If it holds something, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError.one(str(folder), "already exists.", "Name a folder that is not there yet.")


def new_scenario(folder: str | Path, icb: str = "", footprint: str = "") -> list[str]:
    """Write a scenario and its tables to a new folder, as `nelfin new` does.

    Parameters
    ----------
    folder
        A folder that is not there yet, or is empty; the file is its `scenario.toml`.
    icb
        Code or name of the system to start from published figures; the embedded plan of North East
        London by default.
    footprint
        "42" or "36", where a code has been a system before and after April 2026.

    Returns
    -------
    list of str
        What is left out, what stands in, and what to put in.

    Raises
    ------
    InputError
        If no system or several fit, or the folder holds something.
    """
    require_empty(Path(folder))
    with whole_folder(Path(folder)) as part, tempfile.TemporaryDirectory() as made:
        if not icb:
            write_scenario_folder(embedded_scenario(), part)
            return []
        start, head = start_system(icb, Path(made), footprint)
        write_scenario_folder(start.scenario, part, head)
    return start.notes
