"""`nelfin import-capital`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import replace_option, require_csv, require_free, write_table


@click.command("import-capital")
@click.argument("file", type=click.Path())
@click.option(
    "--icb",
    "icbs",
    multiple=True,
    metavar="CODE",
    help="Code or name of the system, where FILE has several. Given again, they are summed.",
)
@click.option("--by-organisation", is_flag=True, help="A limit for each body, not their sum.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.csv")
@replace_option
def import_capital(
    file: str, icbs: tuple[str, ...], by_organisation: bool, output: Path, force: bool
) -> None:
    """Read capital limits from NHS England's workbook, or from a table.

    FILE is the workbook of capital allocations (sheet Provider Op Cap), or a table with the columns
    code, organisation, year and amount_gbp_m, or with a column for each year. OUT.csv can be the
    capital_limits of a scenario.
    """
    from nelfin.data.imports.capital_figures import import_capital as import_file

    require_csv(output)
    require_free(output, force)
    table, notes = import_file(file, icbs, by_organisation)
    write_table(table, output)
    for note in notes:
        click.echo(note, err=True)
    by_year = table.groupby("year")["limit_gbp_m"].sum()
    years = ", ".join(f"{year} £{amount:,.1f}m" for year, amount in by_year.items())
    click.echo(f"{years}. Written: {output}", err=True)
