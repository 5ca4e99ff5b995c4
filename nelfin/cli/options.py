"""Arguments and options that several commands share."""

from __future__ import annotations

import click

scenario_argument = click.argument("scenario", required=False, type=click.Path())

set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a value of the scenario, such as capital.gap_pct=1. May be given again.",
)

force_option = click.option("--force", is_flag=True, help="Replace a run folder that is there.")
