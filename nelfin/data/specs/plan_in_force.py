"""What the tables of a capital plan must look like where a new plan keeps to it."""

from __future__ import annotations

from nelfin.data.specs.columns import IN_POUNDS, SOURCE, Column, Table, number, optional
from nelfin.evidence import STATUSES

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
        optional("status", default=""),
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
        optional("spend_gbp_m", kind="number", **IN_POUNDS),
    ),
    free=True,
    may_be_empty=True,
)
"""`spend.csv` of a plan."""
