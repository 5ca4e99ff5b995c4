"""`nelfin app`."""

from __future__ import annotations

from pathlib import Path

import click

from nelfin.cli.options import allow_option, busy, scenario_argument

FOLDER = Path("nelfin-scenarios")
"""Where scenarios are kept by default."""


@click.command()
@scenario_argument
@click.option(
    "--folder", type=click.Path(path_type=Path), default=FOLDER, metavar="DIR",
    help=f"Folder for the scenarios that you keep.  [default: {FOLDER}]",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(1, 65_535), metavar="N",
    help="Port on this machine.  [default: 8350, or any that is free]",
)  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
@allow_option
def app(
    scenario: str | None,
    folder: Path,
    port: int | None,
    browser: bool,
    allow: tuple[Path, ...],
) -> None:
    """Open SCENARIO as a page in the browser, to move its settings by hand.

    Figures and charts follow the sliders. What is moved stands in the address of the page: it can
    be kept as a scenario file, which the other commands read, compared, and downloaded as workbook
    or page. The page is seen on this machine alone. Ctrl-C stops it.
    """
    from nelfin.app.serve import serve
    from nelfin.scenario import load_scenario

    loaded = load_scenario(scenario, allow=allow)
    with busy("Working out the plan as it stands"):
        served = serve(loaded, folder, port)
    served.until_stopped(browser, lambda line: click.echo(line, err=True))
