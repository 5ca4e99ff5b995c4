"""`nelfin import-positions`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import replace_option, require_csv, require_free, write_table


@click.command("import-positions")
@click.argument("file", type=click.Path())
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.csv")
@replace_option
def import_positions(file: str, output: Path, force: bool) -> None:
    """Read positions from a table filled from a board paper or a finance return.

    FILE has a row for each organisation, year and month, and columns such as plan_gbp_m and
    actual_gbp_m; a deficit is below nought. OUT.csv can be the positions of a scenario.
    """
    from nelfin.data.imports.position_returns import import_positions as import_file

    require_csv(output)
    require_free(output, force)
    table, notes = import_file(file)
    write_table(table, output)
    for note in notes:
        click.echo(note, err=True)
    many = table["organisation"].nunique()
    click.echo(
        f"{many} organisation{'s' * (many > 1)}, {table['year'].min()} to {table['year'].max()}, "
        f"{len(table):,} figure{'s' * (len(table) > 1)}. Written: {output}",
        err=True,
    )
