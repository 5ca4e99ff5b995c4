"""`nelfin seek`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import (
    allow_option,
    draws_option,
    echo_json,
    json_option,
    scenario_argument,
    seed_option,
    set_option,
    show,
)
from nelfin.cli.reading import read_inputs
from nelfin.errors import InputError


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
    from nelfin.report.text.seek import seek_text
    from nelfin.scenario import load_scenario
    from nelfin.scenario.change import changed
    from nelfin.system.seek import odds_of
    from nelfin.system.seek import seek as seek_value

    if low is not None and high is not None and not low < high:
        raise InputError.one(f"--from {low:g}", f"is not below --to {high:g}.", "Swap them.")
    loaded = load_scenario(scenario, overrides, allow)
    read_inputs(loaded, models=False)
    met = seek_value(loaded, goal, key, low, high)
    odds = odds_of(changed(loaded, {key: met.value}), met.goal, draws, seed) if draws else None
    if as_json:
        about = {
            "goal": str(met.goal),
            "key": met.key,
            "now": met.now,
            "value": met.value,
            "measure_now": met.measure_now,
            "measure_then": met.measure_then,
            "odds": odds,
        }
        echo_json(about)
    else:
        unit = loaded.evidence[key].unit if key in loaded.evidence else ""
        show(seek_text(met, unit))
        if odds is not None:
            click.echo(f"\nOf {draws:,} draws {100 * odds:.0f} % meet the goal at that value.")
