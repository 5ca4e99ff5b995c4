"""`nelfin new`, `nelfin check` and `nelfin sources`."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import click

from nelfin.cli.options import (
    allow_option,
    echo_json,
    json_option,
    scenario_argument,
    set_option,
    strict_option,
)
from nelfin.errors import InputError
from nelfin.evidence import STATUSES
from nelfin.writing import whole_folder


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
    from nelfin.report import write_template
    from nelfin.scenario import load_scenario
    from nelfin.scenario.load import packaged_folder

    text = (packaged_folder() / "scenario.toml").read_text(encoding="utf-8")
    named = re.sub(r'^(\w+) = "\w+\.csv"$', rf'\1 = "{TABLES_FILE}#\1"', text, flags=re.MULTILINE)
    (folder / "scenario.toml").write_text(named, encoding="utf-8")
    write_template(load_scenario(), folder / TABLES_FILE)


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option("--resolved", is_flag=True, help="Print the scenario as it would run.")
def check(
    scenario: str | None, overrides: tuple[str, ...], allow: tuple[Path, ...], resolved: bool
) -> None:
    """Check SCENARIO and its tables without running it."""
    from nelfin.allocations import allocate
    from nelfin.data import load_inputs
    from nelfin.joint import capital_case, check_schemes
    from nelfin.scenario import load_scenario, resolved_toml

    loaded = load_scenario(scenario, overrides, allow)
    inputs = load_inputs(loaded)
    years = loaded.years.labels()
    check_schemes(loaded, inputs)
    # what only shows when money is shared, and when the capital plan is set up
    allocate(loaded, inputs)
    capital_case(loaded, inputs)
    if resolved:
        click.echo(resolved_toml(loaded), nl=False)
    click.echo(
        f"{loaded.name}: {years[0]} to {years[-1]}, {len(inputs.places())} places, "
        f"{len(inputs.organisations)} organisations, {len(inputs.projects)} capital schemes. "
        "No problem found.",
        err=True,
    )


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option("--status", type=click.Choice(STATUSES), help="Only figures of this status.")
@strict_option
@json_option
def sources(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    status: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """List every figure SCENARIO rests on, with its unit, status and source."""
    from nelfin.data import load_inputs
    from nelfin.data.register import register, require_sourced
    from nelfin.report.terminal import WIDTH, wrapped
    from nelfin.scenario import load_scenario

    loaded = load_scenario(scenario, overrides, allow)
    figures = register(loaded, load_inputs(loaded))
    if strict:
        require_sourced(figures)
    if status:
        figures = figures[figures["status"] == status]
    if as_json:
        echo_json(figures.to_dict("records"))
        return
    # a person reads within the terminal; a pipe gets a line each, to be searched
    width = WIDTH if sys.stdout.isatty() else sys.maxsize
    for line in figures.itertuples():
        figure = f"{line.where}: {line.figure} = {line.value} {line.unit}"
        click.echo("\n".join(wrapped(figure, width, hang="  ")))
        click.echo("\n".join(wrapped(f"{line.status}. {line.source}", width, indent="    ")))
