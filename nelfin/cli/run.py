"""`nelfin run`."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import click

from nelfin.cli.options import (
    allow_option,
    busy,
    force_option,
    scenario_argument,
    seed_option,
    set_option,
    show,
    strict_option,
)


@click.command()
@scenario_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Run folder.")
@set_option
@allow_option
@click.option(
    "--draws", type=click.IntRange(0, 1_000_000), default=1_000, show_default=True, metavar="N",
    help="Draws of the settings that have a range, for the odds; 0 for none.",
)  # fmt: skip
@seed_option
@click.option(
    "--report/--no-report", default=True, show_default=True,
    help="Write the page and the workbook, or tables and data alone, which is sooner done.",
)  # fmt: skip
@strict_option
@force_option
def run(
    scenario: str | None,
    output: Path | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    draws: int,
    seed: int,
    report: bool,
    strict: bool,
    force: bool,
) -> None:
    """Run SCENARIO and write its results and report.

    SCENARIO is a TOML file; without it the embedded scenario of NHS North East London runs. The
    summary is printed; tables, data, the page report.html and the workbook report.xlsx go to DIR,
    by default nelfin-runs/NAME-TIME.
    """
    from nelfin.data import load_inputs
    from nelfin.data.register import register, require_sourced
    from nelfin.result import run as run_scenario
    from nelfin.scenario import load_scenario
    from nelfin.store.run_folder import check_folder

    loaded = load_scenario(scenario, overrides, allow)
    folder = output if output is not None else _default_folder(loaded.name)
    check_folder(folder, force)
    if strict:
        require_sourced(register(loaded, load_inputs(loaded)))
    with busy("Budgets, prevention, capital and recovery"):
        result = run_scenario(loaded, draws, seed)
    with busy("Tables, page and workbook" if report else "Tables"):
        saved = result.save(folder, force=force, report=report)
    show(result.summary())
    for warning in result.provenance["warnings"]:
        click.echo(f"Warning: {warning}", err=True)
    there = ": open report.html or report.xlsx there" if report else ", without page and workbook"
    click.echo(f"Written to {saved}{there}.", err=True)


def _default_folder(name: str) -> Path:
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "run"
    now = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folder = Path("nelfin-runs") / f"{words[:60]}-{now}"
    count = 2
    while folder.exists():  # two runs in one second
        folder = folder.with_name(f"{words[:60]}-{now}-{count}")
        count += 1
    return folder
