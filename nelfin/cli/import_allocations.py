"""`nelfin import-allocations`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import replace_option, require_csv, require_free, write_table


@click.command("import-allocations")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option(
    "--icb",
    "icbs",
    multiple=True,
    required=True,
    metavar="CODE",
    help="Code or name of the system. Given again, the systems are summed.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.csv")
@replace_option
def import_allocations(
    files: tuple[str, ...], icbs: tuple[str, ...], output: Path, force: bool
) -> None:
    """Read what a system gets from NHS England's allocations workbooks.

    Each FILE is a workbook as issued. Its sheets and columns are found by the words of their
    headings. OUT.csv can be the allocations of a scenario.
    """
    from nelfin.data.imports.allocation_figures import import_allocations as import_files

    require_csv(output)
    require_free(output, force)
    table, notes = import_files(files, icbs)
    write_table(table, output)
    for note in notes:
        click.echo(note, err=True)
    last = table["year"].max()
    total = table.loc[table["year"] == last, "allocation_gbp_m"].sum()
    many = table["stream"].nunique()
    click.echo(
        f"{' and '.join(icbs)}: {many} stream{'s' * (many > 1)}, {table['year'].min()} to "
        f"{last}, £{total:,.1f}m in {last}. Written: {output}",
        err=True,
    )
