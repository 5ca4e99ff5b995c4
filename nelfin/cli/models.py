"""`nelfin prevention`, `nelfin recovery` and `nelfin seek`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from nelfin.cli.options import (
    allow_option,
    as_records,
    draws_option,
    echo_json,
    json_option,
    made_up,
    output_option,
    scenario_argument,
    seed_option,
    set_option,
    show,
    write_tables,
)
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
@draws_option
@seed_option
@output_option
@json_option
def recovery(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    against: str | None,
    draws: int,
    seed: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """Roll the positions of SCENARIO forward, and print the bridge of the system."""
    from nelfin.data import load_inputs
    from nelfin.draws import draw_positions
    from nelfin.explain import explain
    from nelfin.joint import check_schemes, join
    from nelfin.odds import odds_table
    from nelfin.report.positions import causes_text, odds_text, recovery_text
    from nelfin.report.resting import RECOVERY
    from nelfin.result import check_folder, tidy_tables
    from nelfin.scenario import load_scenario

    if output is not None:
        check_folder(output, force=False)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = load_inputs(loaded)
    check_schemes(loaded, inputs)
    found = join(loaded, inputs)
    tables = tidy_tables(found.recovery)
    if against is not None:
        other = load_scenario(None if against == "nel" else against, allow=allow)
        tables["causes"] = explain(loaded, other)
    odds = None
    if draws:
        odds = odds_table(draw_positions(loaded, inputs, found, draws, seed))
        tables["odds"] = odds
    if output is not None:
        write_tables(tables, output)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        echo_json(as_records(tables))
        return
    show(recovery_text(found.recovery, loaded.name, made_up(loaded, inputs, RECOVERY)))
    if against is not None:
        show("\n" + causes_text(tables["causes"]))
    if odds is not None:
        show("\n" + odds_text(odds, draws))


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option(
    "--best-mix",
    "objective",
    type=click.Choice(["qalys", "cash"]),
    help="The mix of programmes with most QALYs, or most net cash, over the plan.",
)
@click.option(
    "--floor", type=float, metavar="GBP_M", help="Least net cash of the mix in a year, such as -20."
)
@click.option(
    "--deprived",
    type=click.FloatRange(0, 100),
    default=0.0,
    metavar="PCT",
    help="Least share of the mix for people in the most deprived areas.",
)
@output_option
@json_option
def prevention(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    objective: Literal["qalys", "cash"] | None,
    floor: float | None,
    deprived: float,
    output: Path | None,
    as_json: bool,
) -> None:
    """Model the shift of SCENARIO into prevention, and print its three ledgers."""
    from nelfin.allocations import allocate
    from nelfin.data import load_inputs
    from nelfin.joint import best_mix_of, shift_of
    from nelfin.report.positions import mix_text, prevention_text
    from nelfin.report.resting import PREVENTION
    from nelfin.result import check_folder, tidy_tables
    from nelfin.scenario import load_scenario

    if objective is None and (floor is not None or deprived):
        raise InputError.one(
            "--floor and --deprived", "are rules of the mix.", "Add --best-mix qalys or cash."
        )
    if output is not None:
        check_folder(output, force=False)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = load_inputs(loaded)
    budgets = allocate(loaded, inputs)
    found = shift_of(loaded, inputs, budgets)
    tables = tidy_tables(found)
    mix = None
    if objective is not None:
        mix = best_mix_of(loaded, inputs, budgets, found, objective, floor, deprived)
        tables |= {"best_mix": mix.mix, "best_mix_by_year": mix.by_year}
    if output is not None:
        write_tables(tables, output)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        echo_json(as_records(tables))
        return
    show(prevention_text(found, loaded.name, made_up(loaded, inputs, PREVENTION)))
    if mix is not None:
        show("\n" + mix_text(mix, str(objective)))


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option("--goal", required=True, metavar="GOAL", help='Such as "system_reported>=0@2027/28".')
@click.option("--by", "key", required=True, metavar="KEY", help="Setting to change.")
@click.option("--from", "low", type=float, metavar="X", help="Least value to try.")
@click.option("--to", "high", type=float, metavar="Y", help="Most value to try.")
@draws_option
@seed_option
@json_option
def seek(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    goal: str,
    key: str,
    low: float | None,
    high: float | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Find the value of one setting of SCENARIO at which GOAL is met.

    GOAL names a measure of the joint run, a level and a year. Says so if no value meets it, and
    why. Exit status 1 then.
    """
    from nelfin.report.positions import found_text
    from nelfin.scenario import load_scenario
    from nelfin.scenario.change import changed
    from nelfin.seek import odds_of
    from nelfin.seek import seek as seek_value

    if low is not None and high is not None and not low < high:
        raise InputError.one(f"--from {low:g}", f"is not below --to {high:g}.", "Swap them.")
    loaded = load_scenario(scenario, overrides, allow)
    found = seek_value(loaded, goal, key, low, high)
    odds = odds_of(changed(loaded, {key: found.value}), found.goal, draws, seed) if draws else None
    if as_json:
        about = {
            "goal": str(found.goal),
            "key": found.key,
            "now": found.now,
            "value": found.value,
            "measure_now": found.measure_now,
            "measure_then": found.measure_then,
            "odds": odds,
        }
        echo_json(about)
    else:
        unit = loaded.evidence[key].unit if key in loaded.evidence else ""
        show(found_text(found, unit))
        if odds is not None:
            click.echo(f"\nOf {draws:,} draws {100 * odds:.0f} % meet the goal at that value.")
