"""What each column of the input tables is, in words, for those who fill them in."""

from __future__ import annotations

import math

from nelfin.data.specs import TABLES
from nelfin.data.tables import BACKLOG, SCORE, SPEND, Column
from nelfin.evidence import MEANING

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
    "positions": "Positions of the system that are published. A deficit is negative.",
    "efficiency_schemes": "Efficiency schemes and whole asks by year.",
    "organisation_places": "Shares of organisations' income by the places they serve.",
    "uplift_factors": "Cost uplift and efficiency factor of the national payment scheme by year.",
    "projects": "Capital schemes, one a row. Spend is in the base year's prices.",
    "capital_limits": "Capital limits by year, of the system or of one organisation.",
    "capital_rules": "Floors, caps and targets that the capital plan must meet.",
    "deprivation": "Share of each place's people who live in the most deprived areas.",
    "asset_types": "What an asset costs and lasts, by its type.",
}
"""What each table is for."""

ABOUT: dict[str, str] = {
    "status": "How sure the figure is.",
    "source": "Where the figure comes from.",
    "place": "A place of the plan.",
    "organisation": "An organisation of the plan.",
    "stream": "Stream of money, as the scenario names it.",
    "year": "Financial year.",
    "allocation_gbp_m": "Allocation of the year.",
    "baseline_gbp_m": "Baseline that growth is measured on.",
    "opening_target_gbp_m": "Target allocation on which the year's distance from target is read.",
    "growth": "Growth on the baseline, as a fraction: 0.05 is 5 %.",
    "convergence": "Part of the growth that is convergence, as a fraction.",
    "component": "Component of need.",
    "weighted_population": "People, weighted by the component's need.",
    "weighted_populations.place": 'A place of the plan; "whole system" for people of no one place.',
    "final": "Final weighted population that the component is part of.",
    "weight": "Weight of the component.",
    "area_cost": "Whether the cost of the area counts in it.",
    "multiplier": "Cost of the area, 1 for the average.",
    "opening": "Name of the opening position; streams name it in the scenario.",
    "openings.measure": "What the value is: cash, or distance from target.",
    "openings.value": "Cash in £m, or distance from target in %.",
    "pace_rules.rule": "Name of the rule; streams name it in the scenario.",
    "pace_rules.stream": "Stream the rule was used for nationally; blank for none.",
    "pace_rules.year": "Year the rule was used nationally; blank for every year.",
    "form": "Form of the rule.",
    "over_cap_pct": "Most that a place over target loses against growth.",
    "under_slope": "Share of the distance that is closed in a year, as a fraction.",
    "under_cap_pct": "Most that a place under target gains above growth.",
    "min_growth_pct": "Least growth in cash.",
    "full_to_dft_pct": "Distance from target up to which the least growth holds in full.",
    "none_from_dft_pct": "Distance from target from which there is no least growth.",
    "min_growth_per_head_pct": "Least growth a head.",
    "lowest_dft_pct": "Furthest under target that a place may be left.",
    "growth_bounds.stream": "Stream; blank for every stream.",
    "growth_bounds.place": "Place; blank for every place.",
    "growth_bounds.year": "Year; blank for every year.",
    "max_growth_pct": "Most growth in cash.",
    "item": "Name of the item.",
    "ring_fences.amount_gbp_m": "Amount of the year; 0 ends the item.",
    "need": "Component of need it is shared on; blank if the system holds it.",
    "grant_gbp_m": "Grant.",
    "setting": "Setting of care.",
    "out_of_hospital": "Whether the setting is outside hospital.",
    "spend_gbp_m": "Spend.",
    "from_year": "Year from which people are counted.",
    "to_year": "Year to which they are counted.",
    "people_added": "People added between the two; fewer people are negative.",
    "share_pct": "Share. Places left out share the rest.",
    "organisation_places.share_pct": "Share of the organisation's income from the place.",
    "programme": "Name of the programme.",
    "prevention_programmes.kind": "Kind of programme, such as rapid, community or risk factor.",
    "parameter": "Which figure of the programme the row gives.",
    "prevention_programmes.value": "The figure, in the row's unit.",
    "unit": "Unit of the figure.",
    "low": "Low end of the range the figure may lie in.",
    "high": "High end of the range.",
    "organisations.organisation": "Name of the organisation.",
    "organisations.kind": "A trust, or the integrated care board.",
    "turnover_gbp_m": "Yearly turnover.",
    "positions.measure": "Underlying position at the start of the year, or the year as reported.",
    "value_gbp_m": "Position; a deficit is negative.",
    "scheme": "Name of the scheme.",
    "efficiency_schemes.organisation": 'Who delivers it; "trusts" or "system" shares it by '
    "turnover.",
    "full_year_gbp_m": "What the scheme saves in a full year.",
    "delivery_pct": "Share that is delivered; blank if a rating stands for it.",
    "rating": "Rating of the scheme, where no delivery is given.",
    "recurrent_pct": "Share of the delivery that recurs.",
    "months": "Months of the first year in which it saves.",
    "whole_ask": "Whether the row is the whole ask of its year.",
    "cost_uplift_pct": "Cost uplift factor.",
    "efficiency_factor_pct": "Efficiency factor.",
    "project_id": "Code of the scheme; each row has its own.",
    "projects.name": "Name of the scheme.",
    "category": "Category of the scheme.",
    "benefit": "Benefit score of the whole scheme.",
    SCORE: "Score against a criterion, where the scenario weights criteria.",
    SPEND: "Spend in this year of the build; number the columns from spend_1 without a gap.",
    "option_of": "Project that the row is one option of: at most one option is chosen.",
    "projects.place": "Place the scheme serves; blank for the whole system.",
    "asset_type": "Type of asset, as the sheet asset_types has it.",
    "asset_types.asset_type": "Name of the type.",
    "evidence": "What the figures rest on.",
    "earliest_start": "First year in which it may start.",
    "latest_start": "Last year in which it may start.",
    "must_fund": "Whether the plan must fund it.",
    "divisible": "Whether it may be funded in part.",
    "truncate": "Whether its spend may run past the last year of the plan.",
    "requires": 'Schemes it needs, between semicolons; "P12+2" starts two years after P12.',
    "excludes": "Schemes that cannot be funded beside it, between semicolons.",
    "cdel_share": "Share of its spend that scores against the limit.",
    "revenue_gbp_m": "Yearly effect on revenue once complete; a saving is positive.",
    BACKLOG: "Backlog maintenance of this risk that it clears.",
    "projects.status": "How sure its figures are.",
    "limit_gbp_m": "Limit.",
    "capital_limits.organisation": "Organisation the limit is of; blank for the system.",
    "capital_limits.status": "Whether the limit is firm or only indicative.",
    "figure_status": "How sure the figure is.",
    "capital_rules.rule": "Kind of rule.",
    "capital_rules.name": "Category, place or risk it is about; several between semicolons.",
    "capital_rules.year": "Year; blank for the whole plan.",
    "capital_rules.amount_gbp_m": "Amount of the floor, cap or target.",
    "now_gbp_m": "Backlog there is today, for a backlog target.",
    "most_deprived_share": "Share of its people in the most deprived areas, 0 to 1.",
    "life_years": "Life of the asset.",
    "optimism_bias_pct": "Share added to costs for optimism bias.",
    "adds_to_assets_pct": "Share of the spend that adds to the asset base.",
}
"""What a column is: by its name, or by table and name where tables differ."""

UNITS: dict[str, str] = {
    "weighted_population": "people",
    "growth": "fraction",
    "convergence": "fraction",
    "people_added": "people",
    "weight": "share",
    "multiplier": "ratio",
    "under_slope": "fraction",
    "life_years": "years",
    "months": "months",
    "benefit": "points",
    "cdel_share": "share",
    "most_deprived_share": "share",
    SPEND: "£m",
    SCORE: "points",
}
"""Units of the columns that do not end in theirs."""


def unit_of(column: str) -> str:
    """Return the unit of a column of numbers; "" where each row gives its own.

    Examples
    --------
    >>> unit_of("limit_gbp_m"), unit_of("share_pct"), unit_of("life_years")
    ('£m', '%', 'years')
    """
    if column.endswith("_gbp_m"):
        return "£m"
    return "%" if column.endswith("_pct") else UNITS.get(column, "")


def about(table: str, column: Column) -> str:
    """Return what a column is."""
    return ABOUT.get(f"{table}.{column.name}") or ABOUT[column.name]


def allowed(column: Column) -> str:
    """Return what a cell of a column may hold.

    Examples
    --------
    >>> allowed(Column("months", kind="integer", low=1, high=12, blank=True, default=12))
    'A whole number between 1 and 12. Blank is 12.'
    """
    words = _kind(column)
    if column.blank:
        default = {True: "yes", False: "no"}.get(column.default, column.default)  # type: ignore[call-overload]
        words += f" Blank is {_number(default)}." if default not in {None, ""} else " May be blank."
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


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def statuses() -> str:
    """Return what the statuses mean, in a sentence."""
    return "; ".join(f"{status}: {words}" for status, words in MEANING.items()) + "."


def spec_column(table: str, heading: str) -> Column:
    """Return the specification of a column by its heading in a table."""
    return next(column for column in TABLES[table].columns if column.matches(heading))
