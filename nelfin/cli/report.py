"""`nelfin report`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import require_place, show
from nelfin.errors import InputError


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the page.")
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help="Write the workbook.")
@click.option(
    "--charts", type=click.Path(path_type=Path), metavar="DIR",
    help="Write each chart as PNG and SVG, for slides.",
)  # fmt: skip
@click.option(
    "--compare", type=click.Path(path_type=Path), metavar="OTHER",
    help="Compare with this run, on the page: what changed from OTHER to RUN.",
)  # fmt: skip
def report(
    run: Path, html: Path | None, xlsx: Path | None, charts: Path | None, compare: Path | None
) -> None:
    """Print the summary of the run folder RUN; write its page, workbook or charts."""
    from nelfin.report.charts.pictures import write_charts
    from nelfin.report.page import write_page
    from nelfin.report.workbook import write_workbook
    from nelfin.result import open_result
    from nelfin.store.run_folder import check_folder, check_writable

    if compare is not None and html is None:
        raise InputError.one("--compare", "has no page to go on.", "Add --html FILE.")
    if charts is not None and charts.exists():
        raise InputError.one(str(charts), "already exists.", "Choose another folder.")
    if charts is not None:
        check_folder(charts)
    for file in filter(None, (html, xlsx)):
        require_place(file)
        check_writable(file)
    result = open_result(run)
    baseline = None if compare is None else open_result(compare)
    try:
        summary = result.summary()
        if html is not None:
            write_page(result, html, baseline)
        if xlsx is not None:
            write_workbook(result, xlsx)
        if charts is not None:
            write_charts(result, charts)
    except KeyError as error:
        raise InputError.one(
            str(run),
            f"lacks {error}, which a run of this version has.",
            "Run the scenario again.",
        ) from None
    for written in (html, xlsx, charts):
        if written is not None:
            click.echo(f"Written: {written}", err=True)
    show(summary)
