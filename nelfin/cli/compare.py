"""`nelfin compare`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import (
    as_records,
    echo_json,
    json_option,
    output_option,
    require_place,
    show,
    write_tables,
)


@click.command()
@click.argument("runs", nargs=-1, type=click.Path(), metavar="RUN_A RUN_B [RUN...]")
@click.option("--causes", is_flag=True, help="Split the change of the position by cause, too.")
@output_option
@click.option(
    "--xlsx", type=click.Path(path_type=Path), metavar="FILE", help="Write them as a workbook."
)
@json_option
def compare(
    runs: tuple[str, ...], causes: bool, output: Path | None, xlsx: Path | None, as_json: bool
) -> None:
    """Set runs side by side: what they rest on that differs, then what they come to.

    Each RUN is the folder of a run. Settings and cells of tables that differ come first, then
    headline figures, places, organisations, and the capital schemes that are in, out or moved, each
    with its reason. With --causes the models run again on what each run has read, to split the
    change from the first run to the last; the parts add up exactly.
    """
    from nelfin.report.text.comparison import causes_text, comparison_text
    from nelfin.report.workbook import write_comparison_workbook
    from nelfin.result import open_result
    from nelfin.scenario import load_scenario
    from nelfin.store.run_folder import check_folder, check_writable
    from nelfin.system.compare import compare as compare_runs
    from nelfin.system.compare import require_two
    from nelfin.system.explain import explain

    require_two(runs)
    if output is not None:
        check_folder(output)
    if xlsx is not None:
        require_place(xlsx)
        check_writable(xlsx)
    comparison = compare_runs(*(open_result(run) for run in runs))
    tables = comparison.tables()
    if causes:
        first, last = (load_scenario(Path(run)) for run in (runs[0], runs[-1]))
        tables["causes"] = explain(last, first)
    if output is not None:
        write_tables(tables, output)
        click.echo(f"Written to {output}.", err=True)
    if xlsx is not None:
        write_comparison_workbook(comparison, xlsx)
        click.echo(f"Written: {xlsx}", err=True)
    if as_json:
        echo_json({"runs": comparison.names} | as_records(tables) | {"flags": comparison.flags})
        return
    show(comparison_text(comparison))
    if causes:
        show("\n" + causes_text(tables["causes"]))
