"""`nelfin sweep`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from nelfin.cli.options import allow_option, in_terminal, set_option, show, write_table
from nelfin.cli.reading import read_inputs
from nelfin.errors import InputError, reason

FEW = 200
"""Cases up to which the results are written as CSV too."""


@click.command()
@click.argument("scenario", required=False, type=click.Path())
@set_option
@allow_option
@click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="KEY=V1,V2,...",
    help="A setting and its values, such as recovery.efficiency_pct=3,4,5; or from:to:count, such "
    "as 3:5:9. May be given again: every combination is run.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR",
    help="Folder for the cases and the table.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1, 512), default=1, show_default=True, metavar="N",
    help="Processes.",
)  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", help="Running Dask scheduler, tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Go on with a sweep that was stopped.")
def sweep(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    vary: tuple[str, ...],
    output: Path,
    jobs: int,
    scheduler: str | None,
    resume: bool,
) -> None:
    """Run every combination of some settings of SCENARIO.

    A case without an answer is a row with its error. Ctrl-C keeps what is done, and --resume goes
    on. DIR gets sweep.parquet and, if there are no more than 200 cases, sweep.csv.
    """
    from nelfin.report.text.sweeps import sweep_text
    from nelfin.scenario import load_scenario
    from nelfin.store.sweeps import REMEDY
    from nelfin.system.sweep import sweep_to

    loaded = load_scenario(scenario, overrides, allow)
    read_inputs(loaded, models=False)
    values = dict(_values(text) for text in vary)
    if len(values) < len(vary):
        raise InputError.one("--vary", "names a setting twice.", "Give all its values at once.")
    if jobs > 1 and scheduler:
        raise InputError.one("--jobs and --scheduler", "exclude each other.", "Keep one.")
    with _executor(jobs, scheduler) as executor, _bar() as progress:
        try:
            done = sweep_to(output, loaded, values, executor, resume, progress)
        except KeyboardInterrupt:
            click.echo("nelfin: stopped. What is done is kept: go on with --resume.", err=True)
            raise click.exceptions.Exit(130) from None
    if len(done) <= FEW:
        write_table(done.table(), output / "sweep.csv", REMEDY)
    show(sweep_text(done))
    failed = len(done.errors())
    words = f", {failed:,} without an answer" if failed else ""
    click.echo(f"{len(done):,} cases{words}. Written to {output}.", err=True)


def _values(text: str) -> tuple[str, list[Any]]:
    """Read KEY=V1,V2 or KEY=from:to:count."""
    key, equals, rest = text.partition("=")
    if not equals or not key.strip():
        raise InputError.one(
            f"--vary {text}", "is not KEY=V1,V2.", "Write, say, recovery.efficiency_pct=3,4,5."
        )
    parts = rest.split(":")
    if len(parts) == 3 and "," not in rest:
        return key.strip(), _range(text, parts)
    return key.strip(), [_value(part) for part in rest.split(",") if part.strip()]


def _range(text: str, parts: list[str]) -> list[Any]:
    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except ValueError:
        raise InputError.one(
            f"--vary {text}", "is not from:to:count.", "Write, say, 3:5:9."
        ) from None
    if not low < high or count < 2:
        raise InputError.one(
            f"--vary {text}", "runs backwards or has fewer than two values.", "Write, say, 3:5:9."
        )
    return [low + (high - low) * at / (count - 1) for at in range(count)]


def _value(text: str) -> Any:
    plain = text.strip()
    try:
        value: Any = tomllib.loads(f"value = {plain}")["value"]
    except tomllib.TOMLDecodeError:
        return plain  # a bare word is a text
    return value


@contextmanager
def _executor(jobs: int, scheduler: str | None) -> Iterator[Executor | None]:
    if scheduler is not None:
        try:
            from distributed import Client
        except ImportError:
            raise InputError.one(
                "--scheduler", "needs the extra cluster.", 'Run pip install "nelfin[cluster]".'
            ) from None
        try:
            client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise InputError.one(
                f"--scheduler {scheduler}",
                f"cannot be reached: {reason(error)}.",
                "Check the address.",
            ) from None
        with client:
            yield client.get_executor()
    elif jobs > 1:
        with ProcessPoolExecutor(jobs) as executor:
            yield executor
    else:
        yield None


@contextmanager
def _bar() -> Iterator[Any]:
    """Show a bar with the time left on a terminal; nothing in a pipe."""
    if not in_terminal():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
