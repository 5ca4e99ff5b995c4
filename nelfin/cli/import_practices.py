"""`nelfin import-practices`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import replace_option, require_table_file, write_table


@click.command("import-practices")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option(
    "--icb",
    multiple=True,
    required=True,
    metavar="CODE",
    help="Code or name of the ICB, such as QMF; former or present. May be given again to take "
    "several together. England takes all.",
)
@click.option(
    "--places",
    type=click.Path(),
    metavar="MAP.csv",
    help="Map with the columns practice_code, pcn_code or local_authority, and place; or "
    "practice_code and successor. Without it the map that comes with nelfin is used (for QMF), "
    "else local authorities.",
)
@click.option(
    "--year",
    multiple=True,
    metavar="Y",
    help="Year of the file, such as 2025/26, where its name does not say it. With several files "
    "once for each, in their order.",
)
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook.")
@click.option(
    "--as-published",
    is_flag=True,
    help="With several files, leave each practice where its own year has it.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.csv",
    help="Table to write, .csv or .xlsx.",
)  # fmt: skip
@replace_option
def import_practices(
    files: tuple[str, ...],
    icb: tuple[str, ...],
    places: str | None,
    year: tuple[str, ...],
    sheet: str | None,
    as_published: bool,
    output: Path,
    force: bool,
) -> None:
    """Sum NHS England's practice FILE to places; or several, one a year.

    FILE is a practice file of the place-based allocation tool, 2022/23 to 2025/26. OUT.csv can be
    the weighted_populations of a scenario. With several files a practice that moved to another
    place stands there in all years, so that money follows the people.
    """
    from nelfin.data.practices import import_practices as import_files
    from nelfin.report.text.numbers import plural

    require_table_file(output, force)
    done = import_files(files, icb, places, year, sheet, like_for_like=not as_published)
    write_table(done.table, output)
    for note in done.notes:
        click.echo(f"Note: {note}", err=True)
    people = done.table[done.table["component"] == "registered_population"]
    sums = people.groupby("year")["weighted_population"].sum()
    last = sums.index[-1]
    places_there = plural(done.table["place"].nunique(), "place")
    years = f" in {last}" if len(sums) > 1 else ""
    click.echo(
        f"{done.label}: {places_there}, {sums[last]:,.0f} registered people{years}. "
        f"Written: {output}",
        err=True,
    )
