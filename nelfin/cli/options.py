"""Arguments and options that several commands share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.errors import InputError
from nelfin.store.writing import whole_folder, write_csv, write_whole

if TYPE_CHECKING:
    from nelfin.data import Inputs
    from nelfin.scenario import Scenario

scenario_argument = click.argument("scenario", required=False, type=click.Path())

set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a value of the scenario, such as capital.gap_pct=1. May be given again.",
)

allow_option = click.option(
    "--allow",
    multiple=True,
    envvar="NELFIN_ALLOW",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Let the scenario name files of this folder too, beside its own. May be given again.",
)

draws_option = click.option(
    "--draws", type=click.IntRange(0, 1_000_000), default=0, metavar="N",
    help="Draws of the settings that have a range, for the odds.",
)  # fmt: skip
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")

output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the tables."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

strict_option = click.option(
    "--strict", is_flag=True, help="Refuse figures that are assumed or illustrative."
)

force_option = click.option("--force", is_flag=True, help="Replace a run folder that is there.")

tables_force_option = click.option(
    "--force", is_flag=True, help="Replace a folder of such tables that is there."
)

replace_option = click.option("--force", is_flag=True, help="Replace a file that is there.")


def in_terminal() -> bool:
    """Say whether both results and messages go to a terminal, so that somebody sees them."""
    return sys.stdout.isatty() and sys.stderr.isatty()


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Show on a terminal that work goes on; nothing in a pipe.

    Parameters
    ----------
    words
        What is being done.
    """
    if not in_terminal():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(words):
        yield


def show(text: str) -> None:
    """Print what people read: headings stand out on a terminal, and a pipe gets plain text.

    Parameters
    ----------
    text
        Lines of plain text.
    """
    from nelfin.report.text.terminal import DOUBLE, RULE

    dumb = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    shown = with_bold_heads(text) if sys.stdout.isatty() and not dumb else text
    # a pipe of Windows may know neither lines nor the letters of every name
    encoding = sys.stdout.encoding or "utf-8"
    try:
        shown.encode(encoding)
    except UnicodeEncodeError:
        plain = shown.translate({ord(RULE): "-", ord(DOUBLE): "=", ord("…"): "."})
        shown = plain.encode(encoding, "replace").decode(encoding)
    click.echo(shown)


def with_bold_heads(text: str) -> str:
    """Return a text with its headings bold: what stands above a line, and words all in capitals.

    Parameters
    ----------
    text
        Blocks with an empty line between them.
    """
    return "\n\n".join(_bold_head(block.split("\n")) for block in text.split("\n\n"))


def _bold_head(lines: list[str]) -> str:
    from nelfin.report.text.terminal import DOUBLE, RULE

    rules = (at for at, line in enumerate(lines) if line and set(line.strip()) <= {RULE, DOUBLE})
    heads = next(rules, 1 if lines[0].isupper() else 0)
    return "\n".join(
        click.style(line, bold=True) if at < heads else line for at, line in enumerate(lines)
    )


def illustrative_in(scenario: Scenario, inputs: Inputs, parts: tuple[str, ...]) -> str:
    """Name the illustrative figures of some parts of a scenario; "" for none.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    parts
        Sections of settings, ending in a full stop, and tables, such as `PLACES`.
    """
    from nelfin.data.register import register
    from nelfin.report.basis import illustrative_words

    return illustrative_words(register(scenario, inputs), parts)


def as_records(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables as lists of rows that JSON knows: no number is null.

    Parameters
    ----------
    tables
        By name.
    """
    return {
        name: json.loads(table.to_json(orient="records", double_precision=15))
        for name, table in tables.items()
    }


def echo_json(value: Any) -> None:
    """Print JSON, one space a level.

    Parameters
    ----------
    value
        What JSON knows: texts, numbers, lists and dicts.
    """
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))


def require_free(file: Path, force: bool) -> None:
    """Refuse an output file that is there already, before any work is done.

    Parameters
    ----------
    file
        To be written.
    force
        A file that is there may be replaced.

    Raises
    ------
    InputError
        If it is there, is a folder, or has no folder to be written to.
    """
    if file.is_file() and not force:
        raise InputError.one(
            str(file), "already exists.", "Choose another name, or add --force to replace it."
        )
    require_place(file)


def require_place(file: Path) -> None:
    """Refuse an output file that can stand nowhere, before any work is done.

    Parameters
    ----------
    file
        To be written.

    Raises
    ------
    InputError
        If it is a folder, or has no folder to be written to.
    """
    if file.is_dir():
        raise InputError.one(str(file), "is a folder.", "Name a file to write.")
    folder = file.absolute().parent
    if folder.is_file():
        raise InputError.one(
            str(file), f"cannot stand in {folder}, which is a file.", "Name another folder."
        )
    if not folder.is_dir():
        raise InputError.one(
            str(file), "has no folder to stand in.", f"Make the folder {folder} first."
        )


def require_csv(file: Path) -> None:
    """Refuse an output file whose name says that it is no CSV, which is what is written.

    Parameters
    ----------
    file
        To be written.

    Raises
    ------
    InputError
        If its name has another ending.
    """
    if file.suffix.lower() != ".csv":
        raise InputError.one(
            str(file), "is not the name of a CSV file.", f"Name it {file.stem or 'table'}.csv."
        )


def write_table(table: Any, file: Path, remedy: str = "Choose another place.") -> None:
    """Write a table as CSV, or as a workbook: whole beside the file first, then renamed.

    Parameters
    ----------
    table
        A data frame.
    file
        Where to; a name that ends in .xlsx makes a workbook.
    remedy
        What to do if it cannot be written.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    if file.suffix.lower() == ".xlsx":
        from nelfin.report.workbook.plain import write_plain_workbook

        write_whole(file, lambda part: write_plain_workbook(table, part), remedy)
    else:
        write_whole(file, lambda part: write_csv(table, part), remedy)


def require_table_file(file: Path, force: bool) -> None:
    """Refuse an output file of a table that is no CSV and no workbook, or is there already.

    Parameters
    ----------
    file
        To be written.
    force
        A file that is there may be replaced.

    Raises
    ------
    InputError
        If its name ends as that of another kind of file, or as `require_free`.
    """
    if file.suffix.lower() not in {"", ".txt", ".csv", ".xlsx"} and not file.is_dir():
        raise InputError.one(
            str(file), "would be neither CSV nor a workbook.", "Let its name end in .csv or .xlsx."
        )
    require_free(file, force)


TABLES_BESIDE = {
    "best_mix",
    "best_mix_by_year",
    "benefit_kinds",
    "benefit_plans",
    "budget_curve",
    "causes",
    "changes",
    "clear_by",
    "clearing",
    "core_index",
    "floors",
    "frontier",
    "future_plans",
    "futures",
    "inflation",
    "limits",
    "months",
    "odds",
    "odds_by_organisation",
    "one_percent",
    "overrun",
    "plan",
    "prices",
    "pools",
    "primary_care",
    "priority_list",
    "regret",
    "safety",
    "resources",
    "sensitivity",
    "shorter_stays",
    "slips",
    "spend",
    "staff",
    "staff_use",
    "stays",
    "triangles",
    "worth",
}
"""Tables that commands with `--force` write to a folder, beside the tidy ones of labelled data."""


def check_tables_folder(folder: Path, force: bool) -> None:
    """Refuse a folder that cannot take the tables of a command, before any work is done.

    Parameters
    ----------
    folder
        To be made.
    force
        A folder that holds nothing but such tables may be replaced.

    Raises
    ------
    InputError
        If it holds something and may not be replaced, or its parent cannot be written.
    """
    from nelfin.store.run_folder import check_folder
    from nelfin.store.tidy import TIDY

    ours = {f"{name}.csv" for name in (*TIDY, *TABLES_BESIDE)} | {"solve.json"}

    def why_not(there: Path) -> str:
        if not there.is_dir():
            return "is a file"
        others = sorted({path.name for path in there.iterdir()} - ours)
        return f'holds "{others[0]}", which is no table of this command' if others else ""

    check_folder(folder, force, why_not)


def write_tables(
    tables: Mapping[str, Any],
    folder: Path,
    texts: Mapping[str, str] | None = None,
    force: bool = False,
) -> None:
    """Write tables and texts to a new folder: whole beside it first, then renamed.

    Parameters
    ----------
    tables
        By name; each is a CSV file of that name.
    folder
        To be made.
    texts
        By file name.
    force
        Replace a folder that is there, which `check_tables_folder` has let pass.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with whole_folder(folder, force) as part:
        for name, table in tables.items():
            write_csv(table, part / f"{name}.csv")
        for name, text in (texts or {}).items():
            (part / name).write_text(text, encoding="utf-8")
