"""What each column of the input tables is, in words, for those who fill them in."""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache
from importlib.resources import files

from nelfin.data.specs import TABLES
from nelfin.data.specs.columns import (
    BACKLOG,
    BENEFIT_IN,
    CASH,
    COST,
    QALYS,
    SCORE,
    SPEND,
    STAFF,
    USE,
    Column,
)
from nelfin.evidence import MEANING
from nelfin.scenario.keys import unit_of_ending

TABLE_NOTES: dict[str, str] = {
    "allocations": "The system's allocation by stream of money and year, as NHS England publishes.",
    "weighted_populations": "Registered and weighted populations. Its places are the plan's.",
    "need_weights": "Weights that rebuild a final weighted population from its components.",
    "area_costs": "Cost of staff and property of each place, beside the average.",
    "openings": "Where places stand in the first year: cash or distance from target.",
    "pace_rules": "Rules of how fast a budget moves to its target.",
    "growth_bounds": "Least and most growth of places. Only the rule lp uses it.",
    "ring_fences": "Money taken off the top of a stream before it is shared.",
    "public_health_grants": "Public health grants of the places' councils, to compare.",
    "spend_by_setting": "Spend of the places in and out of hospital, to compare.",
    "population_growth": "People added to the system over periods of years.",
    "population_shares": "Each place's share of the people added.",
    "prevention_programmes": "Prevention programmes, one figure a row.",
    "organisations": "Organisations whose positions make the system's: one ICB and its trusts.",
    "organisation_income": "Income of the organisations by where it comes from.",
    "positions": "Positions of the organisations, of the trusts or of the system: outturns, "
    "forecasts and plans, and what is inside them. A deficit is negative.",
    "pressures": "What makes cost grow beside inflation and demand, by driver.",
    "efficiency_schemes": "Efficiency schemes and whole asks by year.",
    "organisation_places": "Shares of organisations' income by the places they serve.",
    "uplift_factors": "Cost uplift and efficiency factor of the national payment scheme by year.",
    "beds": "General and acute beds of the trusts: there, occupied, and with people fit to leave.",
    "activity_plans": "Planned care of single trusts above the funded level, by year. A trust left "
    "out does what the setting says.",
    "appointments": "Appointments in primary care by place, and of the whole system.",
    "projects": "Capital schemes, one a row. Spend is in the base year's prices.",
    "capital_limits": "Capital limits by year, of the system or of one organisation.",
    "capital_rules": "Floors, caps and targets that the capital plan must meet.",
    "capital_futures": "Futures of capital limits, costs and benefits, and how likely each is.",
    "capital_resources": "What there is each year of other resources that schemes use, such as "
    "staff. Schemes give their use in the columns use_<resource>_1, use_<resource>_2 and so on.",
    "capital_groups": "How many schemes of a group the capital plan holds at least and at most.",
    "backlog": "Backlog of maintenance of the organisations by risk, as published.",
    "plan_in_force": "Capital plan in force, such as plan.csv of a run: a new one changes little.",
    "deprivation": "Share of each place's people who live in the most deprived areas.",
    "asset_types": "What an asset costs and lasts, by its type.",
    "initiatives": "Programmes of the portfolio, one a row: money, staff and what they bring by "
    "year since the start. To stop one that runs is a row of its own, with negative cost.",
    "portfolio_pools": "Money there is for the portfolio each year. Its years are the portfolio's.",
    "portfolio_staff": "Staff months there are for the portfolio each year, by skill.",
    "equity_floors": "Least spend of the portfolio on places, or on the most deprived people.",
}
"""What each table is for."""

UNITS: dict[str, str] = {
    "weighted_population": "people",
    "growth": "fraction",
    "convergence": "fraction",
    "min_growth": "fraction",
    "max_growth": "fraction",
    "population_growth": "fraction",
    "restricted_share": "share",
    "people_added": "people",
    "weight": "share",
    "multiplier": "ratio",
    "under_slope": "fraction",
    "life_years": "years",
    "month": "months",
    "months": "months",
    "benefit": "points",
    "reduced_cost": "points",
    "funded_share": "share",
    "qalys": "QALYs",
    "cdel_share": "share",
    "most_deprived_share": "share",
    "beds_available": "beds",
    "beds_occupied": "beds",
    "beds_fit_to_leave": "beds",
    "appointments_per_1000_week": "appointments",
    SPEND: "£m",
    SCORE: "points",
    BENEFIT_IN: "points",
    COST: "£m",
    CASH: "£m",
    STAFF: "months",
    QALYS: "QALYs",
    "value_points": "points",
    "at_least": "schemes",
    "at_most": "schemes",
}
"""Units of the columns that do not end in theirs."""


def unit_of(column: str) -> str:
    """Return the unit of a column of numbers; "" where each row gives its own.

    Parameters
    ----------
    column
        Heading of the column.

    Examples
    --------
    >>> unit_of("limit_gbp_m"), unit_of("share_pct"), unit_of("life_years")
    ('£m', '%', 'years')
    """
    return unit_of_ending(column) or UNITS.get(column, "")


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the words of each column by table, as Markdown; `every` for most tables.

    Returns
    -------
    dict
        By table, then by column.
    """
    return tomllib.loads(files("nelfin.data").joinpath("columns.toml").read_text(encoding="utf-8"))


FAMILY = {
    SPEND: "spend_",
    SCORE: "score_",
    BACKLOG: "backlog_",
    USE: "use_",
    BENEFIT_IN: "benefit_year",
    COST: "cost_",
    STAFF: "staff_",
    CASH: "cash_",
    QALYS: "qalys_",
}
"""How the words name columns of which there may be several."""


def in_markdown(table: str, column: Column) -> str:
    """Return what a column holds, as Markdown.

    Parameters
    ----------
    table
        Name of the table.
    column
        One of its columns.

    Raises
    ------
    KeyError
        If it has no words.
    """
    name = FAMILY.get(column.name, column.name)
    own = words().get(table, {})
    return own[name] if name in own else words()["every"][name]


def about(table: str, column: Column) -> str:
    """Return what a column holds, as plain text.

    Parameters
    ----------
    table
        Name of the table.
    column
        One of its columns.
    """
    linked = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", in_markdown(table, column))
    return linked.replace("`", "")


def allowed(column: Column) -> str:
    """Return what a cell of a column may hold.

    Parameters
    ----------
    column
        The column.

    Examples
    --------
    >>> allowed(Column("months", kind="integer", low=1, high=12, blank=True, default=12))
    'A whole number between 1 and 12. Blank is 12.'
    """
    words = _kind(column)
    if column.blank:
        words += f" Blank is {_default(column)}." if _default(column) else " May be blank."
    return words


def _kind(column: Column) -> str:
    if column.choices:
        return f"One of: {', '.join(column.choices)}."
    if column.kind == "yes_no":
        return "yes or no."
    if column.kind == "year":
        return "A financial year such as 2026/27."
    if column.kind == "text":
        return "Text."
    what = "A whole number" if column.kind == "integer" else "A number"
    if math.isfinite(column.low) and math.isfinite(column.high):
        return f"{what} between {column.low:g} and {column.high:g}."
    return f"{what}, {column.low:g} or more." if math.isfinite(column.low) else f"{what}."


def _default(column: Column) -> str:
    """Return what a blank cell stands for, or "" where it stands for nothing."""
    default = column.default
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, int | float):
        # what could not be written says nothing, such as month 0 of the whole year
        return _number(default) if column.low <= default <= column.high else ""
    return "" if default is None else str(default)


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def statuses() -> str:
    """Return what the statuses mean, in a sentence."""
    return "; ".join(f"{status}: {words}" for status, words in MEANING.items()) + "."


def spec_column(table: str, heading: str) -> Column:
    """Return the specification of a column by its heading in a table.

    Parameters
    ----------
    table
        Name of the table.
    heading
        Heading as it stands in the file, such as `spend_3`.

    Returns
    -------
    Column
        The column that the heading belongs to.
    """
    return next(column for column in TABLES[table].columns if column.matches(heading))
