"""`nelfin sources`."""

from __future__ import annotations

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
from nelfin.cli.reading import read_inputs
from nelfin.evidence import STATUSES


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
    from nelfin.data.register import register, require_sourced
    from nelfin.report.text.terminal import WIDTH, wrapped
    from nelfin.scenario import load_scenario

    loaded = load_scenario(scenario, overrides, allow)
    figures = register(loaded, read_inputs(loaded))
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
