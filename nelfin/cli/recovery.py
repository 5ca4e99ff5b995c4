"""`nelfin recovery`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import (
    allow_option,
    as_records,
    check_tables_folder,
    draws_option,
    echo_json,
    illustrative_in,
    json_option,
    output_option,
    scenario_argument,
    seed_option,
    set_option,
    show,
    tables_force_option,
    write_tables,
)
from nelfin.cli.reading import read_inputs
from nelfin.errors import InputError


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option(
    "--against",
    metavar="BASELINE",
    help='Split the difference from another scenario by cause; "nel" for the embedded one.',
)
@click.option(
    "--months", is_flag=True,
    help="Show the year in months instead: plan, actual, and where it is heading.",
)  # fmt: skip
@draws_option
@seed_option
@output_option
@tables_force_option
@json_option
def recovery(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    against: str | None,
    months: bool,
    draws: int,
    seed: int,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Roll the positions of SCENARIO forward, and print the bridge of the system."""
    from nelfin.report.text.comparison import causes_text
    from nelfin.report.text.months import months_text
    from nelfin.report.text.odds import odds_by_body_text, odds_text
    from nelfin.report.text.recovery import recovery_text
    from nelfin.scenario import load_scenario
    from nelfin.store.tidy import tidy_tables
    from nelfin.system.draws import draw_positions
    from nelfin.system.explain import explain
    from nelfin.system.joint import join
    from nelfin.system.months import months_table
    from nelfin.system.odds import odds_by_organisation, odds_table
    from nelfin.system.rests_on import RECOVERY

    if months and against is not None:
        raise InputError.one("--months", "shows no causes.", "Leave out --against, or --months.")
    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = read_inputs(loaded)
    joint = join(loaded, inputs)
    tables = tidy_tables(joint.recovery)
    tables["months"] = months_table(loaded, inputs, joint, draws, seed)
    if against is not None:
        baseline = load_scenario(against, allow=allow)
        tables["causes"] = explain(loaded, baseline)
    odds = None
    if draws:
        positions = draw_positions(loaded, inputs, joint, draws, seed)
        odds = odds_table(positions)
        tables |= {"odds": odds, "odds_by_organisation": odds_by_organisation(positions)}
    if output is not None:
        write_tables(tables, output, force=force)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        echo_json(as_records(tables))
        return
    if months:
        bodies = [str(name) for name in inputs.organisations["organisation"]]
        show(months_text(tables["months"], loaded.name, bodies))
        return
    show(recovery_text(joint.recovery, loaded.name, illustrative_in(loaded, inputs, RECOVERY)))
    if against is not None:
        show("\n" + causes_text(tables["causes"]))
    if odds is not None:
        show("\n" + odds_text(odds, draws))
        if len(tables["odds_by_organisation"]):
            show("\n" + odds_by_body_text(tables["odds_by_organisation"]))
