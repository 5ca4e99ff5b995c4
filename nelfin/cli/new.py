"""`nelfin new`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelfin.errors import InputError
from nelfin.store.writing import whole_folder

if TYPE_CHECKING:
    from nelfin.scenario import Scenario

TABLES_FILE = "tables.xlsx"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--excel", is_flag=True, help="Put the tables in one workbook, tables.xlsx.")
def new(folder: Path, excel: bool) -> None:
    """Copy the embedded scenario and its tables to DIR, to edit."""
    from nelfin.scenario import load_scenario

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError.one(str(folder), "already exists.", "Name a folder that is not there yet.")
    with whole_folder(folder) as part:
        _write(load_scenario(), part, excel)
    what = f"the sheets of {TABLES_FILE}" if excel else "the tables"
    click.echo(f"Copied to {folder}. Edit scenario.toml and {what}, then run:", err=True)
    click.echo(f"nelfin run {folder / 'scenario.toml'}")


def _write(scenario: Scenario, folder: Path, excel: bool) -> None:
    """Write a scenario to edit, with its tables beside it or as sheets of one workbook."""
    from nelfin.scenario.written import editable_toml

    named = {name: path for name, path in dict(scenario.data).items() if path is not None}
    if excel:
        from nelfin.report.workbook import write_input_workbook

        write_input_workbook(scenario, folder / TABLES_FILE)
        paths = {name: f"{TABLES_FILE}#{name}" for name in named}
    else:
        for name, path in named.items():
            shutil.copyfile(path, folder / f"{name}.csv")
        paths = {name: f"{name}.csv" for name in named}
    paths |= {name: "" for name in dict(scenario.data) if name not in named}
    text = editable_toml(scenario, paths, f"The plan of {scenario.name}.")
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
