"""`nelfin need`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import (
    as_records,
    echo_json,
    json_option,
    replace_option,
    require_table_file,
    show,
    write_table,
)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path())
@click.option(
    "--icb",
    multiple=True,
    required=True,
    metavar="CODE",
    help="Code or name of the ICB, such as QMF; former or present. May be given again to take "
    "several together as one system.",
)
@click.option(
    "--year",
    multiple=True,
    metavar="Y",
    help="Year, such as 2025/26. May be given again. With practice files, the year of each in "
    "their order, where their names do not say it.",
)
@click.option(
    "--places",
    type=click.Path(),
    metavar="MAP.csv",
    help="Map with the columns practice_code, pcn_code or local_authority, and place. A practice "
    "may be in several places. Without FILE by local_authority alone.",
)
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook.")
@click.option(
    "--who", type=click.Path(path_type=Path), metavar="OUT.csv", help="Which practice went where."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT.csv",
    help="All components, .csv or .xlsx.",
)  # fmt: skip
@json_option
@replace_option
def need(
    files: tuple[str, ...],
    icb: tuple[str, ...],
    year: tuple[str, ...],
    places: str | None,
    sheet: str | None,
    who: Path | None,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Show need indices of places, against their system and against England.

    FILE is a practice file of NHS England, or several, one a year; or its workbook J, with a
    practice file beside it where the workbook does not say whose the practices are. Without FILE
    the figures by local authority that come with nelfin are used, 2022/23 to 2025/26.
    """
    from nelfin.errors import InputError
    from nelfin.report.text.need import need_text
    from nelfin.system.need_indices import need as need_of

    for file in (output, who):
        if file is not None:
            require_table_file(file, force)
    if output is not None and output == who:
        raise InputError.one("--who", f"is {who}, as -o is.", "Give another name.")
    if who is not None and not files:
        raise InputError.one(
            "--who", "asks for practices, and the figures that come with nelfin have none.",
            "Give a practice file.",
        )  # fmt: skip
    found = need_of(files, icb, year, places, sheet)
    if output is not None:
        write_table(found.table, output)
    if who is not None:
        write_table(found.who, who)
    for note in found.notes:
        click.echo(f"Note: {note}", err=True)
    if as_json:
        tables = as_records({"need": found.table, "who": found.who})
        echo_json({"icb": found.label, "files": dict(found.files), "notes": found.notes, **tables})
    else:
        show(need_text(found, _name(icb, found.label)))
    if written := [str(file) for file in (output, who) if file is not None]:
        click.echo(f"Written: {', '.join(written)}", err=True)


def _name(icbs: tuple[str, ...], label: str) -> str:
    """Return what the systems are called: the name of one, the codes of several."""
    from nelfin.data.footprints import find_system
    from nelfin.errors import InputError

    if len(icbs) > 1:
        return label
    try:
        return f"{find_system(icbs[0]).name} ({label})"
    except InputError:  # a code that only the file knows, or England
        return label
