"""`nelfin new`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from nelfin.errors import InputError
from nelfin.store.writing import whole_folder


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--excel", is_flag=True, help="Put the tables in one workbook, tables.xlsx.")
def new(folder: Path, excel: bool) -> None:
    """Copy the embedded scenario and its tables to DIR, to edit."""
    from nelfin.scenario.load import packaged_folder

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError.one(str(folder), "already exists.", "Name a folder that is not there yet.")
    with whole_folder(folder) as part:
        if excel:
            _copy_as_workbook(part)
        else:
            shutil.copytree(packaged_folder(), part, dirs_exist_ok=True)
    what = f"the sheets of {TABLES_FILE}" if excel else "the tables"
    click.echo(f"Copied to {folder}. Edit scenario.toml and {what}, then run:", err=True)
    click.echo(f"nelfin run {folder / 'scenario.toml'}")


TABLES_FILE = "tables.xlsx"


def _copy_as_workbook(folder: Path) -> None:
    """Write the embedded scenario with its tables as sheets."""
    from nelfin.report.workbook import write_input_workbook
    from nelfin.scenario import load_scenario
    from nelfin.scenario.load import packaged_folder

    text = (packaged_folder() / "scenario.toml").read_text(encoding="utf-8")
    named = re.sub(r'^(\w+) = "\w+\.csv"$', rf'\1 = "{TABLES_FILE}#\1"', text, flags=re.MULTILINE)
    (folder / "scenario.toml").write_text(named, encoding="utf-8")
    write_input_workbook(load_scenario(), folder / TABLES_FILE)
