"""`nelfin import-practices`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import replace_option, require_free, write_table


@click.command("import-practices")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--icb", required=True, metavar="CODE", help="Code of the ICB, such as QMF.")
@click.option(
    "--places",
    type=click.Path(path_type=Path),
    metavar="MAP.csv",
    help="Map with the columns practice_code, pcn_code or local_authority, and place. Without it "
    "the map that comes with nelfin is used (for QMF), else local authorities.",
)
@click.option("--year", default="", metavar="Y", help="Year of the file, such as 2025/26.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.csv")
@replace_option
def import_practices(
    file: Path, icb: str, places: Path | None, year: str, output: Path, force: bool
) -> None:
    """Sum NHS England's practice FILE to places.

    FILE is a practice file of the place-based allocation tool, 2022/23 to 2025/26. OUT.csv can be
    the weighted_populations of a scenario.
    """
    from nelfin.data.practices import import_practices as import_file

    require_free(output, force)
    table = import_file(file, icb, places, year)
    write_table(table, output)
    people = table.loc[table["component"] == "registered_population", "weighted_population"]
    click.echo(
        f"{icb}: {table['place'].nunique()} places, {people.sum():,.0f} registered people. "
        f"Written: {output}",
        err=True,
    )
