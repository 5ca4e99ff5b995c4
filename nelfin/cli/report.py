"""`nelfin report`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.errors import InputError


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the page.")
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help="Write the workbook.")
def report(run: Path, html: Path | None, xlsx: Path | None) -> None:
    """Print the summary of the run folder RUN, and write its page or workbook to a file."""
    from nelfin.report import write_page, write_workbook
    from nelfin.result import open_result

    result = open_result(run)
    try:
        words = result.summary()
        for file, write in ((html, write_page), (xlsx, write_workbook)):
            if file is not None:
                write(result, file)
                click.echo(f"Written: {file}", err=True)
    except KeyError as error:
        raise InputError.one(
            str(run),
            f"lacks {error}, which a run of this version has.",
            "Run the scenario again.",
        ) from None
    click.echo(words)
