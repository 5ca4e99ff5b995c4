"""`nelfin portfolio`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelfin.cli.options import (
    allow_option,
    as_records,
    busy,
    check_tables_folder,
    echo_json,
    illustrative_in,
    json_option,
    output_option,
    scenario_argument,
    set_option,
    show,
    tables_force_option,
    write_tables,
)
from nelfin.cli.reading import read_inputs, tell
from nelfin.errors import InputError, Problems

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.data import Inputs

_file = click.Path(path_type=Path)


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option(
    "--initiatives", type=_file, metavar="FILE", help="Initiatives of your own; needs --pools."
)
@click.option("--pools", type=_file, metavar="FILE", help="Money for them by year.")
@click.option("--staff", type=_file, metavar="FILE", help="Staff for them by skill and year.")
@click.option("--floors", type=_file, metavar="FILE", help="Least spend on places.")
@output_option
@tables_force_option
@json_option
def portfolio(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    initiatives: Path | None,
    pools: Path | None,
    staff: Path | None,
    floors: Path | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Choose which programmes of SCENARIO to start, keep and stop.

    Money by year and staff by skill are what there is; every initiative has a reason why it is in
    or out. Tables of your own stand in place of all those of SCENARIO, whose settings and places
    hold for them.
    """
    from nelfin.report.text.portfolio import no_portfolio_text, portfolio_text
    from nelfin.scenario import load_scenario
    from nelfin.system.portfolio import portfolio_of
    from nelfin.system.rests_on import PORTFOLIO

    files = {
        "initiatives": initiatives,
        "portfolio_pools": pools,
        "portfolio_staff": staff,
        "equity_floors": floors,
    }
    own = {name: file for name, file in files.items() if file is not None}
    if own and (initiatives is None or pools is None):
        raise InputError.one(
            "--initiatives and --pools",
            "go together, and with --staff and --floors.",
            "Give both.",
        )
    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = read_inputs(loaded)
    if own:
        inputs = _with_own(inputs, own)
    with busy("The portfolio"):
        found = portfolio_of(loaded, inputs)
    if found is None:
        if as_json:
            echo_json(None)
        else:
            show(no_portfolio_text(loaded.name))
        return
    tables = found.tables()
    account = found.account()
    _write(tables, account, output, force)
    if as_json:
        echo_json({"solve": account} | as_records(tables))
        return
    show(portfolio_text(found, loaded.name, illustrative_in(loaded, inputs, PORTFOLIO)))


def _write(
    tables: dict[str, pd.DataFrame], account: dict[str, object], output: Path | None, force: bool
) -> None:
    if output is not None:
        write_tables(tables, output, {"solve.json": json.dumps(account, indent=2) + "\n"}, force)
        click.echo(f"Written to {output}.", err=True)


def _with_own(inputs: Inputs, files: dict[str, Path]) -> Inputs:
    """Return the tables with those of a portfolio replaced; one that is not given is empty."""
    from nelfin.data.specs import TABLES
    from nelfin.data.tables import empty_table, read_table
    from nelfin.system.portfolio import TABLES as OWN

    problems, notes = Problems(), list[str]()
    tables: dict[str, pd.DataFrame] = {}
    for name in OWN:
        try:
            tables[name] = (
                read_table(files[name], TABLES[name], notes=notes)
                if name in files
                else empty_table(TABLES[name])
            )
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    tell(notes)
    called = dict(inputs.called) | {name: str(file) for name, file in files.items()}
    return replace(inputs, **tables, called=called)
