"""`nelfin allocate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelfin.cli.options import (
    allow_option,
    as_records,
    check_tables_folder,
    echo_json,
    json_option,
    output_option,
    scenario_argument,
    set_option,
    show,
    tables_force_option,
    write_tables,
)
from nelfin.errors import InputError, nearest
from nelfin.evidence import count_by_status

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from nelfin.data import Inputs
    from nelfin.scenario import Scenario


@click.command()
@scenario_argument
@click.option("--year", default="", metavar="Y", help="Year; the last published by default.")
@click.option("--place", default="", metavar="NAME", help="One page for one place.")
@click.option(
    "--opening",
    default="",
    metavar="NAME|FILE",
    help="Opening position of the main stream: a name, or a file with the columns place and "
    "value (£m; or measure dft_pct and % from target).",
)
@click.option(
    "--sensitivity",
    is_flag=True,
    help="How far budgets move with need weights, opening position and rule.",
)
@set_option
@allow_option
@output_option
@tables_force_option
@json_option
def allocate(
    scenario: str | None,
    year: str,
    place: str,
    opening: str,
    sensitivity: bool,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Share the money of SCENARIO among places, and print the budgets of a year."""
    from nelfin.allocations import allocate as share
    from nelfin.allocations import far_openings, level_breaks
    from nelfin.allocations import sensitivity as sensitivities
    from nelfin.data import load_inputs
    from nelfin.data.checks.whose import national_growth
    from nelfin.report.text.places import place_page, places_table
    from nelfin.report.text.sensitivity import sensitivity_table
    from nelfin.scenario import load_scenario, main_stream
    from nelfin.scenario.keys import dotted
    from nelfin.store.tidy import tidy_tables

    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    stream = main_stream(loaded)
    if opening:
        key = dotted(("allocation", "streams", stream, "opening"))
        loaded = load_scenario(scenario, [*overrides, f"{key}={opening}"], allow)
    inputs = load_inputs(loaded, models=False)
    data = share(loaded, inputs)
    year = year or str(data.attrs["last_published_year"])
    _require_known(data, place, year)
    tables = tidy_tables(data)
    if sensitivity:
        tables["sensitivity"] = sensitivities(loaded, inputs, year)
    if output is not None:
        write_tables(tables, output, force=force)
        click.echo(f"Written to {output}.", err=True)
    notes = [
        *inputs.readings,
        *far_openings(loaded, inputs, data),
        *level_breaks(loaded, inputs),
        *national_growth(loaded, inputs),
    ]
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    mark = _opening_mark(loaded, inputs, data)
    if as_json:
        told = {"opening": mark, "notes": notes}
        echo_json(_about(data, place, year, tables.get("sensitivity")) | told)
    elif sensitivity:
        table = tables["sensitivity"]
        shown = table[table["place"] == place] if place else table
        show(sensitivity_table(shown, loaded.name, mark))
    elif place:
        show(place_page(data, place, year, mark))
    else:
        show(places_table(data, loaded.name, year, mark))


def _require_known(data: xr.Dataset, place: str, year: str) -> None:
    years, places = ([str(label) for label in data[dim].values] for dim in ("year", "place"))
    if year not in years:
        raise InputError.one(f"--year {year}", "is not a year of the plan.", nearest(year, years))
    if place and place not in places:
        raise InputError.one(f"--place {place}", "is not known.", nearest(place, places))


def _opening_mark(scenario: Scenario, inputs: Inputs, data: xr.Dataset) -> str:
    """Name the opening position, illustrative where its figures are that, and how it is scaled."""
    from nelfin.allocations import how_scaled
    from nelfin.scenario.names import plain_name

    stream = str(data.attrs["main_stream"])
    opening = scenario.allocation.streams[stream].opening
    rows = inputs.openings[inputs.openings["opening"] == opening]
    illustrative = opening == "on-target" or count_by_status(rows["status"])["illustrative"]
    told = [f"{'illustrative' if illustrative else 'given'}: {plain_name(Path(opening).name)}."]
    told.append(how_scaled(scenario, inputs, data, stream))
    for other in scenario.allocation.streams:
        scaled = "" if other == stream else how_scaled(scenario, inputs, data, other)
        told += [f"That of {plain_name(other)}: {scaled}"] if scaled else []
    return " ".join(filter(None, told)).removesuffix(".")


def _about(
    data: xr.Dataset, place: str, year: str, sensitivity: pd.DataFrame | None
) -> dict[str, object]:
    from nelfin.allocations.comparisons import compare_places, what_moved

    frame = compare_places(data, year)
    shown = frame.loc[[place]] if place else frame
    about: dict[str, object] = {"year": year, **as_records({"places": shown.reset_index()})}
    if place:
        about["what_moved_gbp_m"] = what_moved(data, place, year).to_dict()
    if sensitivity is not None:
        moves = sensitivity[sensitivity["place"] == place] if place else sensitivity
        about |= as_records({"sensitivity": moves})
    return about
