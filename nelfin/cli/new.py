"""`nelfin new`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelfin.cli.options import echo_json, json_option
from nelfin.errors import InputError, Problems
from nelfin.store.writing import whole_folder

if TYPE_CHECKING:
    from nelfin.scenario import Scenario

TABLES_FILE = "tables.xlsx"


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--icb", metavar="CODE", help="System to start from, by code or by name.")
@click.option(
    "--footprint",
    type=click.Choice(["42", "36"]),
    help="The systems to March 2026, or those from April 2026, where a code has been both.",
)
@click.option("--list", "listing", is_flag=True, help="List the systems and their codes.")
@click.option("--excel", is_flag=True, help="Put the tables in one workbook, tables.xlsx.")
@json_option
def new(
    folder: Path | None,
    icb: str | None,
    footprint: str | None,
    listing: bool,
    excel: bool,
    as_json: bool,
) -> None:
    """Write a scenario and its tables to DIR, to edit.

    Without --icb it is the embedded plan of North East London. With it, the system's own from
    published figures: places are local authorities, and what is not published is left out, or is a
    national assumption that says so.
    """
    if listing:
        _list_systems(as_json)
        return
    problems = Problems()
    if as_json:
        problems.add("--json", "goes with --list.", "Leave it out.")
    if footprint and icb is None:
        problems.add("--footprint", "goes with --icb.", "Name the system, or leave it out.")
    if folder is None:
        problems.add("DIR", "is missing.", "Name a folder that is not there yet.")
    problems.raise_if_any()
    if folder is None:
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError.one(str(folder), "already exists.", "Name a folder that is not there yet.")
    with whole_folder(folder) as part:
        notes = _embedded(part, excel) if icb is None else _own(icb, footprint or "", part, excel)
    for note in notes:
        click.echo(note, err=True)
    what = f"the sheets of {TABLES_FILE}" if excel else "the tables"
    click.echo(f"Written to {folder}. Edit scenario.toml and {what}, then run:", err=True)
    click.echo(f"nelfin run {folder / 'scenario.toml'}")


def _embedded(folder: Path, excel: bool) -> list[str]:
    from nelfin.scenario import load_scenario

    scenario = load_scenario()
    _write(scenario, folder, excel, f"The plan of {scenario.name}.")
    return []


def _own(icb: str, footprint: str, folder: Path, excel: bool) -> list[str]:
    """Write the scenario of a system from published figures; return notes on it."""
    import tempfile

    from nelfin.data.footprints import find_system
    from nelfin.data.new_system import start_from_published

    system = find_system(icb, footprint)
    with tempfile.TemporaryDirectory() as made:
        start = start_from_published(system, Path(made))
        head = (
            f"A start for {system.name} ({system.code}) from published figures. "
            "What is not published of the system is a national assumption that says so, an "
            "illustrative figure, or left out."
        )
        _write(start.scenario, folder, excel, head)
    return [f"{system.name} ({system.code}), from published figures.", *start.notes]


def _write(scenario: Scenario, folder: Path, excel: bool, head: str) -> None:
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
    text = editable_toml(scenario, paths, head)
    (folder / "scenario.toml").write_text(text, encoding="utf-8")


def _list_systems(as_json: bool) -> None:
    from nelfin.data.footprints import systems
    from nelfin.report.text.terminal import table_text

    listed = systems()
    if as_json:
        echo_json(listed.to_dict("records"))
        return
    rows = [[line.code, line.name.removeprefix("NHS ").removesuffix(" ICB"), line.kind]
            for line in listed.itertuples()]  # fmt: skip
    click.echo(table_text(["code", "system", "there"], rows, "lll"))
    click.echo('Start one with "nelfin new DIR --icb CODE".', err=True)
