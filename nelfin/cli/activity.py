"""`nelfin activity`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import (
    allow_option,
    as_records,
    check_tables_folder,
    echo_json,
    illustrative_in,
    json_option,
    output_option,
    scenario_argument,
    set_option,
    show,
    tables_force_option,
    write_tables,
)
from nelfin.cli.reading import read_inputs


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option(
    "--clear-by",
    metavar="YEAR",
    help="What it takes that nobody waits over 18 weeks at the end of the year.",
)
@output_option
@tables_force_option
@json_option
def activity(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    clear_by: str | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Work out planned and urgent care, beds and primary care of SCENARIO."""
    from nelfin.allocations import allocate
    from nelfin.report.text.activity import activity_text
    from nelfin.scenario import load_scenario
    from nelfin.system.activity import activity_of
    from nelfin.system.activity_tables import activity_tables, answers_of
    from nelfin.system.prevention import shift_of
    from nelfin.system.rests_on import ACTIVITY

    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = read_inputs(loaded)
    budgets = allocate(loaded, inputs)
    shift = shift_of(loaded, inputs, budgets)
    found = activity_of(loaded, inputs, budgets, shift)
    answers = answers_of(loaded, inputs, budgets, shift, found, clear_by)
    tables = activity_tables(found) | answers.tables()
    if output is not None:
        write_tables(tables, output, force=force)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        echo_json(as_records(tables))
        return
    show(activity_text(found, loaded.name, answers, illustrative_in(loaded, inputs, ACTIVITY)))
