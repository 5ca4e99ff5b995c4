"""What the tables of the capital plan must look like."""

from __future__ import annotations

from dataclasses import replace

from nelfin.data.capital_rules import RULE_KINDS
from nelfin.data.specs.columns import (
    BACKLOG,
    IN_POUNDS,
    SCORE,
    SHARES_PCT,
    SOURCE,
    SPEND,
    STATUS,
    Column,
    Table,
    number,
    optional,
)
from nelfin.evidence import STATUSES

CAPITAL_RULES = Table(
    "floors, caps and targets of the capital plan",
    (
        Column("rule", choices=tuple(RULE_KINDS)),
        optional("name", default=""),
        optional("year", kind="year", default=""),
        number("amount_gbp_m", low=0, **IN_POUNDS),
        optional("now_gbp_m", kind="number", low=0, **IN_POUNDS),
        STATUS,
        SOURCE,
    ),
    key=("rule", "name", "year"),
    may_be_empty=True,
)
"""What a capital plan must hold beside the limits; a blank year is the whole plan."""

PLAN_IN_FORCE = Table(
    "capital plan in force",
    (
        Column("project_id"),
        Column("start_year", kind="year", blank=True, default=""),
        optional("name", default=""),
        optional("organisation", default=""),
        optional("place", default=""),
        optional("category", default=""),
        optional("must_fund", default=""),
        optional("status", default=""),
        optional("funded_share", kind="number", low=0, high=1),
        optional("spend_gbp_m", kind="number", **IN_POUNDS),
        optional("cdel_gbp_m", kind="number", **IN_POUNDS),
        optional("benefit", kind="number"),
        optional("reduced_cost", kind="number"),
        optional("reason", default=""),
        optional("figure_status", default="given", choices=STATUSES),
        SOURCE,
    ),
    key=("project_id",),
    free=True,
    may_be_empty=True,
)
"""A plan that a new one keeps to: `plan.csv`, or a list of schemes with the year of their start."""

PLAN_LIMITS = Table(
    "limits of a capital plan",
    (
        Column("year", kind="year"),
        optional("organisation", default=""),
        optional("money", default=""),
        number("limit_gbp_m"),
        number("price_per_gbp_m"),
        optional("used_gbp_m", kind="number"),
        optional("slack_gbp_m", kind="number"),
    ),
    free=True,
    may_be_empty=True,
)
"""`limits.csv` of a plan."""

PLAN_SPEND = Table(
    "spend of a capital plan",
    (
        Column("project_id"),
        Column("year", kind="year"),
        number("cdel_gbp_m"),
        optional("spend_gbp_m", kind="number"),
    ),
    free=True,
    may_be_empty=True,
)
"""`spend.csv` of a plan."""

CAPITAL: dict[str, Table] = {
    "projects": Table(
        "capital schemes",
        (
            Column("project_id"),
            Column("name"),
            Column("organisation"),
            Column("category"),
            number("benefit", low=0),
            Column(SCORE, kind="number", required=False, blank=True, low=0, pattern=True),
            Column(
                SPEND,
                kind="number",
                blank=True,
                low=0,
                default=0.0,
                pattern=True,
                **IN_POUNDS,
            ),
            optional("option_of", default=""),
            optional("place", default=""),
            optional("asset_type", default=""),
            optional("evidence", default=""),
            optional("earliest_start", kind="year"),
            optional("latest_start", kind="year"),
            optional("must_fund", kind="yes_no", default=False),
            optional("divisible", kind="yes_no", default=False),
            optional("truncate", kind="yes_no", default=False),
            optional("requires", default=""),
            optional("excludes", default=""),
            optional("cdel_share", kind="number", low=0, high=1, default=1.0),
            optional("revenue_gbp_m", kind="number", default=0.0, **IN_POUNDS),
            optional("cash_releasing_gbp_m", kind="number", **IN_POUNDS),
            optional("non_cash_releasing_gbp_m", kind="number", **IN_POUNDS),
            optional("societal_gbp_m", kind="number", **IN_POUNDS),
            optional("qalys", kind="number"),
            optional("risk_gbp_m", kind="number", low=0, **IN_POUNDS),
            optional("risk_probability_pct", kind="number", low=0, high=100, **SHARES_PCT),
            optional("benefit_price_year", kind="year"),
            optional("life_years", kind="number", low=1, high=200),
            Column(
                BACKLOG,
                kind="number",
                required=False,
                blank=True,
                low=0,
                default=0.0,
                pattern=True,
                **IN_POUNDS,
            ),
            optional("status", default="given"),
            SOURCE,
        ),
        key=("project_id",),
        free=True,
    ),
    "capital_limits": Table(
        "capital limits",
        (
            Column("year", kind="year"),
            number("limit_gbp_m", low=0, **IN_POUNDS),
            optional("organisation", default=""),
            optional("status", default="firm", choices=("firm", "indicative")),
            optional("figure_status", default="given", choices=STATUSES),
            SOURCE,
        ),
        key=("year", "organisation"),
    ),
    "capital_rules": CAPITAL_RULES,
    "plan_in_force": PLAN_IN_FORCE,
    "deprivation": Table(
        "deprivation",
        (
            Column("place"),
            number("most_deprived_share", low=0, high=1),
            STATUS,
            SOURCE,
        ),
        key=("place",),
        may_be_empty=True,
    ),
    "asset_types": Table(
        "asset types",
        (
            Column("asset_type"),
            number("life_years", low=1, high=200),
            number("optimism_bias_pct", low=0, high=300, **SHARES_PCT),
            number("adds_to_assets_pct", low=0, high=100, **SHARES_PCT),
            STATUS,
            SOURCE,
        ),
        key=("asset_type",),
    ),
}

PROJECTS_BY_CRITERIA = replace(
    CAPITAL["projects"],
    columns=tuple(
        replace(column, required=False, blank=True, default=0.0)
        if column.name == "benefit"
        else column
        for column in CAPITAL["projects"].columns
    ),
)
"""The project table where weighted criteria stand for the benefit."""

PROJECTS_BY_APPRAISAL = replace(
    CAPITAL["projects"],
    columns=tuple(
        replace(column, required=False, blank=True) if column.name == "benefit" else column
        for column in CAPITAL["projects"].columns
    ),
)
"""The project table where net present social value stands for the benefit: see `worth`."""


def projects_spec(benefit: str) -> Table:
    """Return what the project table must look like.

    Parameters
    ----------
    benefit
        What benefit is: `score`, `criteria` or `npsv`.
    """
    specs = {"criteria": PROJECTS_BY_CRITERIA, "npsv": PROJECTS_BY_APPRAISAL}
    return specs.get(benefit, CAPITAL["projects"])
