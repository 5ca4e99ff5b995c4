"""`nelfin runs`."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import click

from nelfin.cli.options import as_records, echo_json, json_option, show


@click.command()
@click.argument("folder", default="nelfin-runs", type=click.Path(path_type=Path))
@click.option("--name", default="", metavar="WORD", help="Only where the name has this in it.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From this day, 2026-11-24."
)
@click.option("--balance-by", default="", metavar="YEAR", help="Only in balance by then, 2027/28.")
@click.option("--kind", type=click.Choice(["run", "sweep"]), help="Only runs, or only sweeps.")
@click.option(
    "--open", "word", metavar="RUN", help='Print a run\'s summary; "latest" for the last.'
)
@click.option("--browser", is_flag=True, help="With --open: show its page in the browser.")
@json_option
def runs(
    folder: Path,
    name: str,
    since: datetime | None,
    balance_by: str,
    kind: str | None,
    word: str | None,
    browser: bool,
    as_json: bool,
) -> None:
    """List the runs and sweeps in FOLDER, the newest first, with their headline figures.

    FOLDER is nelfin-runs if none is named. Everything is read from the run folders: copy, rename
    or delete them as you like.
    """
    from nelfin.errors import InputError
    from nelfin.report.text.runs import runs_text
    from nelfin.result import open_result
    from nelfin.store.archive import folder_of, list_runs, picked
    from nelfin.years import start_of

    if browser and word is None:
        raise InputError.one("--browser", "needs a run to show.", "Add --open RUN, or latest.")
    try:
        start_of(balance_by or "2023/24")
    except ValueError as error:
        raise InputError.one("--balance-by", f"{error}.", "Write, say, 2027/28.") from None
    listed = picked(
        list_runs(folder), name, since.date() if since else None, balance_by, kind or ""
    )
    if word is not None:
        chosen = folder_of(folder, listed, word)
        page = chosen / "report.html"
        if browser and not page.is_file():
            command = shlex.join(["nelfin", "report", str(chosen), "--html", str(page)])
            raise InputError.one(str(chosen), "has no page.", f"Make it: {command}")
        show(open_result(chosen).summary())
        click.echo(f"Opened {chosen}.", err=True)
        if browser:
            click.launch(str(page))
    elif as_json:
        echo_json(as_records({"runs": listed})["runs"])
    else:
        show(runs_text(listed))
