"""`nelfin check`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import (
    allow_option,
    scenario_argument,
    set_option,
)
from nelfin.cli.reading import read_inputs


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
    from nelfin.scenario import load_scenario, resolved_toml
    from nelfin.system.changes import base_of
    from nelfin.system.checking import check_plans
    from nelfin.system.drivers import income_by_body, known_of
    from nelfin.system.joint import outside_bodies

    loaded = load_scenario(scenario, overrides, allow)
    inputs = read_inputs(loaded)
    years = loaded.years.labels()
    check_plans(loaded, inputs)
    # what only shows when money is shared
    budgets = allocate(loaded, inputs)
    income = income_by_body(loaded, inputs)
    outside_bodies(budgets["envelope"], income)
    known_of(loaded, inputs, income.total)
    with base_of(loaded):
        pass  # what it says to be a change of is there
    if resolved:
        click.echo(resolved_toml(loaded), nl=False)
    click.echo(
        f"{loaded.name}: {years[0]} to {years[-1]}, {len(inputs.places())} places, "
        f"{len(inputs.organisations)} organisations, {len(inputs.projects)} capital schemes. "
        "No problem found.",
        err=True,
    )
