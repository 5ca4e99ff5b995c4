"""`nelfin converge`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import replace_option, require_free, show, write_table
from nelfin.cli.reading import tell


def _list_rules(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value:
        return
    from nelfin.allocations.rules import packaged_rules
    from nelfin.report.text.terminal import wrapped

    for name, rule in packaged_rules().items():
        show("\n".join([name, *wrapped(rule.formula, indent="    ")]))
    ctx.exit()


@click.command()
@click.argument("baseline", type=click.Path(path_type=Path))
@click.option("--rule", required=True, metavar="NAME", help="Pace-of-change rule.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_rules,
    help="List the rules with their formulas.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.csv")
@replace_option
def converge(baseline: Path, rule: str, output: Path, force: bool) -> None:
    """Apply a pace-of-change rule to the table BASELINE.

    BASELINE has the columns id, baseline, growth (a fraction, 0.0542) and target. The target is
    that of the prior year for the NHS England rules of 2023/24 and 2024/25, and that of the year
    itself for all others. It may have restricted_share (specialised services),
    population_growth (ccg-2018-19), min_growth and max_growth (lp), all as fractions. Growth of
    more than 20 % a year up or down is asked about, since it may be in per cent: where it is right,
    the row says so in a column source that begins with "unusual:".
    """
    from nelfin.allocations.pace import converge_table
    from nelfin.data import CONVERGE, read_table
    from nelfin.data.checks.units import converge_rows

    require_free(output, force)
    notes: list[str] = []
    rows = read_table(baseline, CONVERGE, notes=notes)
    tell(notes)
    if not rows["source"].any():
        rows = rows.drop(columns="source")
    converge_rows(rows, str(baseline))
    table = converge_table(rows, rule, str(baseline))
    write_table(table, output)
    click.echo(
        f"{len(table)} rows, {table['baseline'].sum():,.1f} to {table['allocation'].sum():,.1f}. "
        f"Written: {output}",
        err=True,
    )
