"""`nelfin allocate`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nelfin.cli.options import scenario_argument, set_option, write_tables
from nelfin.errors import InputError, nearest


@click.command()
@scenario_argument
@click.option("--year", default="", metavar="Y", help="Year; the last published by default.")
@click.option("--place", default="", metavar="NAME", help="One page for one place.")
@set_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the tables."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def allocate(
    scenario: str | None,
    year: str,
    place: str,
    overrides: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> None:
    """Share the money of SCENARIO among places, and print the budgets of a year."""
    from nelfin.allocations import allocate as share
    from nelfin.allocations.comparisons import compare_places, what_moved
    from nelfin.data import load_inputs
    from nelfin.report.place import place_page, places_table
    from nelfin.result import check_folder, tidy_tables
    from nelfin.scenario import load_scenario, main_stream

    if output is not None:
        check_folder(output, force=False)
    loaded = load_scenario(scenario, overrides)
    data = share(loaded, load_inputs(loaded))
    year = year or str(data.attrs["last_published_year"])
    years, places = ([str(label) for label in data[dim].values] for dim in ("year", "place"))
    if year not in years:
        raise InputError.one(f"--year {year}", "is not a year of the plan.", nearest(year, years))
    if place and place not in places:
        raise InputError.one(f"--place {place}", "is not known.", nearest(place, places))
    stream = main_stream(loaded)
    figure = loaded.evidence[f"allocation.streams.{stream}.opening"]
    opening = f"illustrative: {figure.value}" if figure.status == "illustrative" else ""
    if output is not None:
        write_tables(tidy_tables(data), output)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        frame = compare_places(data, year)
        shown = frame.loc[[place]] if place else frame
        found = {"year": year, "places": json.loads(shown.reset_index().to_json(orient="records"))}
        if place:
            found["what_moved_gbp_m"] = what_moved(data, place, year).to_dict()
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    elif place:
        click.echo(place_page(data, place, year, opening))
    else:
        click.echo(places_table(data, loaded.name, year, opening))
