"""`nelfin run`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.options import (
    allow_option,
    busy,
    force_option,
    scenario_argument,
    set_option,
    show,
    strict_option,
)
from nelfin.errors import InputError

if TYPE_CHECKING:
    from nelfin.result import Result

DRAWS = 1_000
"""Draws of a run that repeats none and is not told."""


@click.command()
@scenario_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Run folder.")
@set_option
@allow_option
@click.option(
    "--draws", type=click.IntRange(0, 1_000_000), metavar="N",
    help=f"Draws of the settings that have a range, for the odds; 0 for none.  [default: {DRAWS}]",
)  # fmt: skip
@click.option("--seed", type=int, metavar="N", help="Of the draws.  [default: 0]")
@click.option("--name", default="", metavar="NAME", help="What the run is called, in comparisons.")
@click.option("--note", default="", metavar="TEXT", help="What is said of the run, for later.")
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
    draws: int | None,
    seed: int | None,
    name: str,
    note: str,
    report: bool,
    strict: bool,
    force: bool,
) -> None:
    """Run SCENARIO and write its results and report.

    SCENARIO is a TOML file, or the folder of a run, which is done again from the files that it
    keeps; without it the embedded scenario of NHS North East London runs. The summary is printed;
    tables, data, the page report.html and the workbook report.xlsx go to DIR, by default
    nelfin-runs/NAME-TIME.
    """
    from nelfin.data import load_inputs
    from nelfin.data.register import register, require_sourced
    from nelfin.result import run as run_scenario
    from nelfin.scenario import load_scenario
    from nelfin.store.run_folder import check_folder

    _check_words(name, note)
    loaded = load_scenario(scenario, overrides, allow)
    before = _run_before(scenario)
    folders = iter([output]) if output is not None else _default_folders(name or loaded.name)
    folder = next(folders)
    check_folder(folder, force)
    if strict:
        require_sourced(register(loaded, load_inputs(loaded)))
    with busy("Budgets, prevention, capital and recovery"):
        result = run_scenario(
            loaded,
            before.get("draws", DRAWS) if draws is None else draws,
            before.get("seed", 0) if seed is None else seed,
            name,
            note or before.get("run", {}).get("note", ""),
        )
    with busy("Tables, page and workbook" if report else "Tables"):
        saved = _save(result, folder, folders, force, report)
    show(result.summary())
    for warning in result.provenance["warnings"]:
        click.echo(f"Warning: {warning}", err=True)
    there = ": open report.html or report.xlsx there" if report else ", without page and workbook"
    click.echo(f"Written to {saved}{there}.", err=True)


def _check_words(name: str, note: str) -> None:
    """Refuse a name or a note that a list of runs could not show."""
    from nelfin.errors import Problems

    problems = Problems()
    for option, text, most in (("--name", name, 60), ("--note", note, 500)):
        if len(text) > most:
            problems.add(option, f"has {len(text)} letters.", f"Use at most {most}.")
        elif not text.isprintable():
            problems.add(option, "has letters that cannot be shown.", "Write it on one line.")
    problems.raise_if_any()


def _run_before(scenario: str | None) -> dict[str, Any]:
    """Return what the run that is to be done again tells of itself; nothing for a file.

    What has changed since is said: the copies that the run keeps are read.
    """
    from nelfin.store.kept import changed_originals, is_run_folder, read_record

    if scenario is None or not is_run_folder(Path(scenario)):
        return {}
    record = read_record(Path(scenario))
    for note in changed_originals(record):
        click.echo(note, err=True)
    return record


def _save(result: Result, folder: Path, others: Iterator[Path], force: bool, report: bool) -> Path:
    """Write a run to a folder, or to the next if another run has taken it meanwhile."""
    while True:
        try:
            return result.save(folder, force=force, report=report)
        except InputError:
            following = next(others, None)
            if following is None or not folder.exists():
                raise
            folder = following


def _default_folders(name: str) -> Iterator[Path]:
    """Yield folders that are not there: by name and time, then with a number."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "run"
    now = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    first = Path("nelfin-runs") / f"{words[:60]}-{now}"
    count = 1
    while True:
        folder = first if count == 1 else first.with_name(f"{first.name}-{count}")
        if not folder.exists():
            yield folder
        count += 1
