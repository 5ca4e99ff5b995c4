"""`nelfin new`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from nelfin.cli.options import echo_json, json_option
from nelfin.errors import InputError, Problems

BOOK = "plan.xlsx"
"""The workbook that is a scenario by itself."""


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--icb", metavar="CODE", help="System to start from, by code or by name.")
@click.option(
    "--footprint",
    type=click.Choice(["42", "36"]),
    help="The systems to March 2026, or those from April 2026, where a code has been both.",
)
@click.option("--list", "listing", is_flag=True, help="List the systems and their codes.")
@click.option("--excel", is_flag=True, help="Write settings and tables as one workbook, plan.xlsx.")
@click.option(
    "--samples", is_flag=True, help="Small invented files to try commands on, as the guides do."
)
@json_option
def new(
    folder: Path | None,
    icb: str | None,
    footprint: str | None,
    listing: bool,
    excel: bool,
    samples: bool,
    as_json: bool,
) -> None:
    """Write a scenario and its tables to DIR, to edit.

    Without --icb it is the embedded plan of North East London. With it, the system's own from
    published figures: places are local authorities, and what is not published is left out, or is a
    national assumption that says so.
    """
    from nelfin.data.start.folder import new_scenario, require_empty
    from nelfin.data.start.samples import write_samples
    from nelfin.report.text.terminal import wrapped

    beside = {"--icb": icb, "--footprint": footprint, "--excel": excel or None}
    if listing:
        _goes_alone("--list", {"DIR": folder} | beside | {"--samples": samples or None})
        _list_systems(as_json)
        return
    if samples:
        _goes_alone("--samples", beside | {"--json": as_json or None})
    problems = Problems()
    if as_json:
        problems.add("--json", "goes with --list.", "Leave it out.")
    if icb is not None and not icb.strip():
        problems.add("--icb", "is empty.", "Give the code or the name of the system.")
    if footprint and icb is None:
        problems.add("--footprint", "goes with --icb.", "Name the system, or leave it out.")
    if folder is None:
        problems.add("DIR", "is missing.", "Name a folder that is not there yet.")
    problems.raise_if_any()
    if folder is None:
        return
    require_empty(folder)
    if samples:
        names = write_samples(folder)
        click.echo(f"Written to {folder}: {', '.join(names)}.", err=True)
        click.echo(
            "Figures in them are invented, but those of rows.csv, which NHS England published.",
            err=True,
        )
        return
    if excel:
        notes = _as_workbook(folder, icb or "", footprint or "")
    else:
        notes = new_scenario(folder, icb or "", footprint or "")
    for note in notes:
        click.echo("\n".join(wrapped(note, hang="  ")), err=True)
    what = f"the sheets of {BOOK}" if excel else "scenario.toml and the tables"
    click.echo(f"Written to {folder}. Edit {what}, then run:", err=True)
    click.echo(f"nelfin run {folder / (BOOK if excel else 'scenario.toml')}")


def _goes_alone(option: str, beside: Mapping[str, object]) -> None:
    """Refuse an option with others that would have no effect."""
    if given := [name for name, value in beside.items() if value is not None]:
        raise InputError.one(", ".join(given), f"does not go with {option}.", "Leave it out.")


def _as_workbook(folder: Path, icb: str, footprint: str) -> list[str]:
    """Write a scenario, settings and tables, as one workbook; return notes on it."""
    from nelfin.data.start.folder import embedded_scenario, start_system
    from nelfin.report.workbook import write_input_workbook
    from nelfin.store.writing import whole_folder

    with whole_folder(folder) as part, tempfile.TemporaryDirectory() as made:
        scenario, notes, head = embedded_scenario(), list[str](), ""
        if icb:
            start, head = start_system(icb, Path(made), footprint)
            scenario, notes = start.scenario, start.notes
        write_input_workbook(scenario, part / BOOK, head)
    return notes


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
