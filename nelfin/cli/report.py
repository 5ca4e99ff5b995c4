"""`nelfin report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelfin.cli.options import require_place, show
from nelfin.errors import InputError, Problem

if TYPE_CHECKING:
    from nelfin.result import Result

PACKS = {"--place": "one place", "--body": "one organisation", "--board": "the board"}
"""Options that make a pack in place of the whole page, and whom it is for."""


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the page.")
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help="Write the workbook.")
@click.option(
    "--charts", type=click.Path(path_type=Path), metavar="DIR",
    help="Write each chart as PNG and SVG, for slides.",
)  # fmt: skip
@click.option(
    "--compare", "others", multiple=True, type=click.Path(path_type=Path), metavar="OTHER",
    help="Compare with this run, on page and workbook. May be given again; RUN comes last.",
)  # fmt: skip
@click.option(
    "--place", metavar="NAME",
    help="Write the pack of this place to the --html file: two to four printed pages to send.",
)  # fmt: skip
@click.option(
    "--body", metavar="NAME",
    help="Write the pack of this organisation, such as BHRUT, to the --html file.",
)  # fmt: skip
@click.option("--board", is_flag=True, help="Write the board's few pages to the --html file.")
@click.option(
    "--slides", type=click.Path(path_type=Path), metavar="FILE",
    help="Write slides for PowerPoint; needs the extra slides of the package.",
)  # fmt: skip
def report(
    run: Path,
    html: Path | None,
    xlsx: Path | None,
    charts: Path | None,
    others: tuple[Path, ...],
    place: str | None,
    body: str | None,
    board: bool,
    slides: Path | None,
) -> None:
    """Print the summary of the run folder RUN; write its page, workbook, charts, packs or slides.

    --place, --body and --board make the --html file a pack: a small page that can be sent by
    e-mail and printed.
    """
    from nelfin.report.charts.pictures import write_charts
    from nelfin.report.workbook import write_workbook
    from nelfin.result import open_result
    from nelfin.store.run_folder import check_folder, check_writable

    packs = {"--place": place is not None, "--body": body is not None, "--board": board}
    more = {"--xlsx": xlsx, "--charts": charts, "--slides": slides, "--compare": others}
    _refuse_mixed([name for name, asked in packs.items() if asked], html, more)
    if slides is not None:
        _check_slides(slides)
    if charts is not None and charts.exists():
        raise InputError.one(str(charts), "already exists.", "Choose another folder.")
    if charts is not None:
        check_folder(charts)
    for file in filter(None, (html, xlsx, slides)):
        require_place(file)
        check_writable(file)
    result = open_result(run)
    beside = [open_result(other) for other in others]
    try:
        summary = result.summary()
        if html is not None:
            _write_page(result, html, beside, place, body, board)
        if xlsx is not None:
            write_workbook(result, xlsx, beside)
        if charts is not None:
            write_charts(result, charts)
        if slides is not None:
            from nelfin.report.packs.slides import write_slides

            write_slides(result, slides)
    except KeyError as error:
        raise InputError.one(
            str(run),
            f"lacks {error}, which a run of this version has.",
            "Run the scenario again.",
        ) from None
    for written in (html, xlsx, charts, slides):
        if written is not None:
            click.echo(f"Written: {written}", err=True)
    show(summary)


def _refuse_mixed(packs: list[str], html: Path | None, more: Mapping[str, object]) -> None:
    """Refuse options that ask for two things in one file, or for one that is nowhere to go.

    Parameters
    ----------
    packs
        Options that ask for a pack.
    html
        Where the page goes.
    more
        What else is asked for, by option.
    """
    problems = []
    if len(packs) > 1:
        problems.append(
            Problem(" and ".join(packs), "ask for two packs in one file.", "Ask for one at a time.")
        )
    for pack in packs:
        if html is None:
            problems.append(Problem(pack, "has no page to be.", "Add --html FILE."))
        if more["--compare"]:
            problems.append(
                Problem(
                    f"{pack} and --compare",
                    "do not go together: the whole page compares runs.",
                    "Leave out one of them.",
                )
            )
        if pack != "--board":
            problems += [
                Problem(
                    f"{pack} and {other}",
                    f"do not go together: {pack} is of {PACKS[pack]}, {other} of the whole run.",
                    "Write them with two commands.",
                )
                for other in ("--xlsx", "--charts", "--slides")
                if more[other]
            ]
    if more["--compare"] and html is None and not more["--xlsx"] and not packs:
        remedy = "Add --html FILE or --xlsx FILE."
        problems.append(Problem("--compare", "has no page or workbook to go on.", remedy))
    if problems:
        raise InputError(problems)


def _check_slides(file: Path) -> None:
    """Refuse slides that cannot be made, before any work is done."""
    from nelfin.report.packs.slides import require_library

    if file.suffix.lower() != ".pptx":
        raise InputError.one(
            str(file), "is not the name of a PowerPoint file.", f"Name it {file.stem}.pptx."
        )
    require_library()


def _write_page(
    result: Result,
    html: Path,
    beside: Sequence[Result],
    place: str | None,
    body: str | None,
    board: bool,
) -> None:
    """Write the page, or the pack in its place."""
    from nelfin.report import packs
    from nelfin.report.page import write_page

    if place is not None:
        packs.write_place(result, packs.find_place(result, place, "--place"), html)
    elif body is not None:
        packs.write_body(result, packs.find_body(result, body, "--body"), html)
    elif board:
        packs.write_board(result, html)
    else:
        write_page(result, html, beside)
