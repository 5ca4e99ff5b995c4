"""What `nelfin capital-solve` can say beside its two tables, as a scenario can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.grouped import options
from nelfin.cli.shares import SHARE
from nelfin.errors import InputError, Problems, nearest

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.cli.capital_lists import Lists
    from nelfin.data.specs.columns import Table

FILE = click.Path(path_type=Path)

SECTIONS = {
    "Tables": (
        "--limits", "--rules", "--resources", "--groups", "--asset-types", "--deprivation",
    ),
    "Benefit": (
        "--benefit", "--weight", "--place-weight", "--discount-rate", "--later-rate",
        "--discount-from",
    ),
    "Benefit by appraisal": (
        "--compare-benefits", "--qaly-value", "--qaly-prices", "--last-rate", "--health-rate",
        "--health-later-rate", "--revenue-beside-cash",
    ),
    "Limits and years": (
        "--first-year", "--price-growth", "--over-programming", "--carry-over", "--truncate",
        "--leave-out", "--now", "--deflator", "--backlog", "--deterioration",
    ),
    "A list as it was published": (
        "--columns", "--unit", "--limit-unit", "--phasing", "--rank-by", "--first",
    ),
    "A plan in force, and wishes": ("--from", "--max-changes", "--in", "--out", "--start"),
    "Doubt": (
        "--futures", "--one-plan", "--cvar", "--risk-weight", "--ambiguity", "--safe",
        "--cost-range", "--cost-common", "--draws", "--seed",
    ),
    "Search": ("--gap", "--time-limit", "--relax", "--solver"),
}  # fmt: skip
"""Options by heading of the help."""


more_options = options(
    click.option(
        "--resources", type=FILE, metavar="FILE",
        help="Limits of staff and the like: columns resource, unit, year, organisation, limit. "
        "Schemes give their use in use_<resource>_1, use_<resource>_2 and so on.",
    ),
    click.option(
        "--groups", type=FILE, metavar="FILE",
        help="Groups of schemes: columns group, at_least, at_most.",
    ),
    click.option(
        "--asset-types", type=FILE, metavar="FILE",
        help="Lives and optimism bias: columns asset_type, life_years, optimism_bias_pct.",
    ),
    click.option(
        "--deprivation", type=FILE, metavar="FILE",
        help="Columns place, most_deprived_share: for the rule deprived_floor.",
    ),
    click.option(
        "--benefit", type=click.Choice(["score", "criteria", "npsv"]), default="score",
        show_default=True,
        help="What benefit is: the column benefit, weighted score_<criterion> columns, or net "
        "present social value, £m.",
    ),
    click.option(
        "--weight", "weights", multiple=True, metavar="NAME=W",
        help="Weight of a criterion. May be given again.",
    ),
    click.option(
        "--place-weight", "place_weights", multiple=True, metavar="PLACE=W",
        help="Equity weight of benefit in a place. May be given again.",
    ),
    click.option(
        "--later-rate", type=SHARE, metavar="R", help="Discount rate after 30 years.",
    ),
    click.option(
        "--discount-from", type=click.Choice(["start", "completion"]), default="completion",
        show_default=True, help="Year from which benefit counts.",
    ),
    click.option(
        "--carry-over", type=SHARE, default="0%", metavar="P",
        help="Share of a limit that may be left for the next year.",
    ),
    click.option(
        "--leave-out", is_flag=True,
        help="Leave out schemes that do not fit the years, where it would be an error.",
    ),
)  # fmt: skip
"""Options of this file."""


def more_settings(given: Mapping[str, Any], lists: Lists, called: str) -> dict[str, Any]:
    """Turn the options of this file into fields of `Settings`; read the tables they name.

    Parameters
    ----------
    given
        Values of the options by name.
    lists
        With the project table as texts; takes what was read as something else than it is spelt,
        and what was not read.
    called
        What to call the project table in errors.

    Raises
    ------
    InputError
        With every problem of the options and their tables.
    """
    from nelfin.data.specs import CAPITAL_GROUPS, CAPITAL_RESOURCES, TABLES

    problems = Problems()
    weights = _pairs("--weight", given["weights"], problems)
    if weights and given["benefit"] != "criteria" and not given["compare_benefits"]:
        remedy = "Give --benefit criteria or --compare-benefits too."
        problems.add("--weight", "has no criteria to weigh.", remedy)
    no_lives = given["asset_types"] is None and "life_years" not in lists.projects
    if given["benefit"] == "npsv" and no_lives:
        remedy = (
            "Give --asset-types, or a column life_years: net present social value is counted over "
            "the life."
        )
        problems.add("--benefit npsv", "needs the lives of assets.", remedy)
    found = {
        "benefit": given["benefit"],
        "criteria_weights": weights,
        "place_weights": _pairs("--place-weight", given["place_weights"], problems),
        "discount_later_pct": given["later_rate"],
        "discount_from": given["discount_from"],
        "carry_over_pct": given["carry_over"],
        "leave_out": given["leave_out"],
    }
    if assets := given["asset_types"]:
        table = _by_name("asset_types", assets, _asset_types(), lists, called, problems)
        if table is not None:
            found["optimism_bias_pct"] = table["optimism_bias_pct"].to_dict()
            found["life_years"] = table["life_years"].to_dict()
    if deprived := given["deprivation"]:
        spec = TABLES["deprivation"]
        table = _by_name("deprivation", deprived, spec, lists, called, problems)
        if table is not None:
            found["deprived_share"] = table["most_deprived_share"].to_dict()
    for name, spec in (("resources", CAPITAL_RESOURCES), ("groups", CAPITAL_GROUPS)):
        if given[name]:
            try:
                found[name] = lists.read(name, given[name], spec)
            except InputError as error:
                problems.extend(error)
    problems.raise_if_any()
    return found


def receipts_told(projects: pd.DataFrame) -> list[str]:
    """Return a note of the receipts in a project table, since a minus may be a slip.

    Parameters
    ----------
    projects
        The typed table.
    """
    from nelfin.data.projects import spend_profile
    from nelfin.report.text.numbers import millions, plural

    spend = spend_profile(projects)
    brings = (spend < 0).any(axis=1)
    if not brings.any():
        return []
    amount = millions(-float(spend[spend < 0].sum()))
    names = [str(name) for name in projects.loc[brings, "project_id"]]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [
        f"{plural(len(names), 'scheme')} with negative spend ({', '.join(names[:3])}{more}): "
        f"receipts of {amount} in all, which add room to the limits in the years they come."
    ]


def _asset_types() -> Table:
    """Return the table of asset types without what only a scenario needs."""
    from nelfin.data.specs import TABLES

    spec = TABLES["asset_types"]
    columns = tuple(
        replace(column, required=False, blank=True, default=0.0)
        if column.name == "adds_to_assets_pct"
        else column
        for column in spec.columns
    )
    return replace(spec, columns=columns)


def _by_name(
    name: str,
    file: Path,
    spec: Table,
    lists: Lists,
    called: str,
    problems: Problems,
) -> pd.DataFrame | None:
    """Read a table of what schemes name in a column; every name must be there."""
    from nelfin.store.sheets.spots import spot

    (key,) = spec.key
    try:
        table = lists.read_typed(name, file, spec).set_index(key)
    except InputError as error:
        problems.extend(error)
        return None
    projects = lists.projects
    named = projects[key] if key in projects else projects.iloc[:0, 0]
    for row, text in named[named != ""].drop_duplicates().items():
        if text not in table.index:
            what = f'is "{text}", which {file} does not have.'
            problems.add(spot(called, row, key), what, nearest(text, list(table.index)))
    return table


def _pairs(option: str, texts: tuple[str, ...], problems: Problems) -> dict[str, float]:
    """Return the numbers by name that an option gives as NAME=NUMBER."""
    found: dict[str, float] = {}
    for text in texts:
        name, equals, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not equals or not name.strip() or not 0 <= value < float("inf"):
            problems.add(f"{option} {text}", "is not NAME=NUMBER.", f"Write {option} name=2.")
        elif name.strip() in found:
            problems.add(f"{option} {text}", f"weighs {name.strip()} again.", "Give it once.")
        else:
            found[name.strip()] = value
    return found
