"""What the tables of the capital plan must look like."""

from __future__ import annotations

from dataclasses import replace

from nelfin.data.capital_rules import RULE_KINDS
from nelfin.data.specs.alike import OWNERS, SCHEMES_ALIKE
from nelfin.data.specs.columns import (
    BACKLOG,
    BANDS,
    BENEFIT_IN,
    IN_POUNDS,
    MOVED_PCT,
    SCORE,
    SHARES_PCT,
    SOURCE,
    SPEND,
    STATUS,
    USE,
    Column,
    Table,
    number,
    optional,
)
from nelfin.data.specs.plan_in_force import PLAN_IN_FORCE
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

CAPITAL_RESOURCES = Table(
    "limits of other resources of the capital plan",
    (
        Column("resource"),
        optional("unit", default=""),
        Column("year", kind="year"),
        optional("organisation", default=""),
        number("limit"),
        STATUS,
        SOURCE,
    ),
    key=("resource", "organisation", "year"),
    may_be_empty=True,
)
"""What schemes use beside capital, such as staff: how much of it there is."""

CAPITAL_GROUPS = Table(
    "groups of capital schemes",
    (
        Column("group"),
        optional("at_least", kind="integer", low=0),
        optional("at_most", kind="integer", low=0),
        STATUS,
        SOURCE,
    ),
    key=("group",),
    may_be_empty=True,
)
"""How many schemes of a group a plan must hold, and may."""

BACKLOG_TABLE = Table(
    "backlog of maintenance",
    (
        Column("organisation"),
        Column("band", choices=BANDS),
        number("backlog_gbp_m", low=0, **IN_POUNDS),
        Column("year", kind="year"),
        STATUS,
        SOURCE,
    ),
    key=("organisation", "band"),
    may_be_empty=True,
)
"""What is left to put right at the end of a year, in prices of that time."""

CAPITAL: dict[str, Table] = {
    "projects": Table(
        "capital schemes",
        (
            Column("project_id"),
            Column("name"),
            Column("organisation"),
            Column("category"),
            number("benefit"),
            Column(BENEFIT_IN, kind="number", required=False, blank=True, pattern=True),
            Column(SCORE, kind="number", required=False, blank=True, pattern=True),
            Column(
                SPEND,
                kind="number",
                blank=True,
                default=0.0,
                pattern=True,
                **IN_POUNDS,
            ),
            Column(USE, kind="number", required=False, blank=True, default=0.0, pattern=True),
            optional("option_of", default=""),
            optional("place", default=""),
            optional("asset_type", default=""),
            optional("evidence", default=""),
            optional("earliest_start", kind="year"),
            optional("latest_start", kind="year"),
            optional("no_start_in", default=""),
            optional("planned_start", kind="year"),
            optional("must_fund", kind="yes_no", default=False),
            optional("divisible", kind="yes_no", default=False),
            optional("truncate", kind="yes_no", default=False),
            optional("requires", default=""),
            optional("excludes", default=""),
            optional("group", default=""),
            optional("money", default=""),
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
            optional("started", kind="year"),
            optional("status", default="given"),
            SOURCE,
        ),
        key=("project_id",),
        alike=SCHEMES_ALIKE,
        free=True,
    ),
    "capital_limits": Table(
        "capital limits",
        (
            Column("year", kind="year"),
            number("limit_gbp_m", low=0, **IN_POUNDS),
            optional("organisation", default=""),
            optional("money", default=""),
            optional("price_year", kind="year", default=""),
            optional("status", default="firm", choices=("firm", "indicative")),
            optional("figure_status", default="given", choices=STATUSES),
            SOURCE,
        ),
        key=("year", "organisation", "money"),
        alike={"organisation": OWNERS},
    ),
    "capital_rules": CAPITAL_RULES,
    "capital_futures": Table(
        "futures of budgets, costs and benefits",
        (
            Column("future"),
            number("weight", low=0),
            number("limits_pct", low=0, **MOVED_PCT),
            number("costs_pct", low=0.01, **MOVED_PCT),
            optional("benefit_pct", kind="number", low=0, default=100.0, **MOVED_PCT),
            STATUS,
            SOURCE,
        ),
        key=("future",),
        may_be_empty=True,
    ),
    "capital_resources": CAPITAL_RESOURCES,
    "capital_groups": CAPITAL_GROUPS,
    "backlog": BACKLOG_TABLE,
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
