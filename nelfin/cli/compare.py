"""`nelfin compare`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nelfin.cli.options import write_tables


@click.command()
@click.argument("runs", nargs=-1, type=click.Path(), metavar="RUN_A RUN_B [RUN...]")
@click.option("--causes", is_flag=True, help="Split the change of the position by cause, too.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the tables."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(runs: tuple[str, ...], causes: bool, output: Path | None, as_json: bool) -> None:
    """Set runs side by side: changed settings first, then changed results, largest first.

    Each RUN is the folder of a run. With --causes the models run again, to split the change from
    the first run to the last; the parts add up exactly.
    """
    from nelfin.comparison import compare as compare_runs
    from nelfin.comparison import require_two
    from nelfin.explain import explain
    from nelfin.report.positions import causes_text, comparison_text
    from nelfin.result import check_folder, open_result
    from nelfin.scenario import load_scenario

    require_two(runs)
    if output is not None:
        check_folder(output, force=False)
    found = compare_runs(*(open_result(run) for run in runs))
    tables = {"settings": found.settings, "results": found.results}
    if causes:
        first, last = (load_scenario(Path(run) / "scenario.resolved.toml")
                       for run in (runs[0], runs[-1]))  # fmt: skip
        tables["causes"] = explain(last, first)
    if output is not None:
        write_tables(tables, output)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        shown = {name: json.loads(table.to_json(orient="records"))
                 for name, table in tables.items()}  # fmt: skip
        click.echo(json.dumps(shown | {"flags": found.flags}, indent=1, ensure_ascii=False))
        return
    click.echo(comparison_text(found))
    if causes:
        click.echo("\n" + causes_text(tables["causes"]))
