"""`nelfin prevention`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

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
from nelfin.errors import InputError


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
@tables_force_option
@json_option
def prevention(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    objective: Literal["qalys", "cash"] | None,
    floor: float | None,
    deprived: float,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Model the shift of SCENARIO into prevention, and print its three ledgers."""
    from nelfin.allocations import allocate
    from nelfin.report.text.prevention import best_mix_text, prevention_text
    from nelfin.scenario import load_scenario
    from nelfin.store.tidy import tidy_tables
    from nelfin.system.prevention import best_mix_of, shift_of
    from nelfin.system.rests_on import PREVENTION

    if objective is None and (floor is not None or deprived):
        raise InputError.one(
            "--floor and --deprived", "are rules of the mix.", "Add --best-mix qalys or cash."
        )
    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = read_inputs(loaded)
    budgets = allocate(loaded, inputs)
    shift = shift_of(loaded, inputs, budgets)
    tables = tidy_tables(shift)
    best = None
    if objective is not None:
        best = best_mix_of(loaded, inputs, budgets, shift, objective, floor, deprived)
        tables |= {"best_mix": best.mix, "best_mix_by_year": best.by_year}
    if output is not None:
        write_tables(tables, output, force=force)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        echo_json(as_records(tables))
        return
    show(prevention_text(shift, loaded.name, illustrative_in(loaded, inputs, PREVENTION)))
    if best is not None:
        show("\n" + best_mix_text(best, str(objective)))
