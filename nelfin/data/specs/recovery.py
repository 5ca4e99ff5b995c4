"""What the tables of the recovery must look like."""

from __future__ import annotations

from nelfin.data.specs.columns import (
    SHARES_PCT,
    SOURCE,
    STATUS,
    Column,
    Table,
    number,
    optional,
)

MEASURES = (
    "outturn",
    "forecast",
    "plan",
    "underlying",
    "deficit_support",
    "one_off",
    "savings_plan",
    "savings_delivered",
)
"""What a position may be of."""

STAGES = ("opportunity", "in progress", "fully developed")
"""How far an efficiency scheme has come."""

OF_A_BODY = {"usual_low": -10_000.0, "usual_high": 10_000.0}
"""What is usual of a position, a pressure or a scheme of a body or a system, £m."""

UPLIFT_PCT = {"usual_low": -5.0, "usual_high": 20.0, "usual_least": 0.1}
"""What is usual of inflation in a year."""

RECOVERY: dict[str, Table] = {
    "organisations": Table(
        "organisations",
        (
            Column("organisation"),
            Column("kind", choices=("trust", "icb")),
            optional("sector", default="", choices=("acute", "mental_health", "community")),
            STATUS,
            SOURCE,
        ),
        key=("organisation",),
        former={"turnover_gbp_m": "Give income by source, with its year, in organisation_income."},
    ),
    "organisation_income": Table(
        "income of the organisations",
        (
            Column("organisation"),
            Column("stream"),
            Column("year", kind="year"),
            number("income_gbp_m", low=0, usual_high=20_000.0),
            STATUS,
            SOURCE,
        ),
        key=("organisation", "stream"),
    ),
    "positions": Table(
        "positions",
        (
            Column("organisation"),
            Column("year", kind="year"),
            optional("month", kind="integer", low=1, high=12, default=0),
            Column("measure", choices=MEASURES),
            number("value_gbp_m", **OF_A_BODY),
            optional("item", default=""),
            STATUS,
            SOURCE,
        ),
        key=("organisation", "year", "month", "measure", "item"),
    ),
    "pressures": Table(
        "pressures by driver",
        (
            Column("driver"),
            Column("organisation"),
            optional("year", kind="year", default=""),
            number("cost_gbp_m", **OF_A_BODY),
            STATUS,
            SOURCE,
        ),
        key=("driver", "organisation", "year"),
        may_be_empty=True,
    ),
    "efficiency_schemes": Table(
        "efficiency schemes",
        (
            Column("scheme"),
            Column("year", kind="year"),
            Column("organisation"),
            number("full_year_gbp_m", low=0, **OF_A_BODY),
            optional("delivery_pct", kind="number", low=0, high=100, **SHARES_PCT),
            optional("stage", default="", choices=STAGES),
            number("recurrent_pct", low=0, high=100, **SHARES_PCT),
            optional("months", kind="integer", low=1, high=12, default=12),
            optional("whole_ask", kind="yes_no", default=False),
            optional("services", default=""),
            STATUS,
            SOURCE,
        ),
        key=("scheme", "year", "organisation"),
        may_be_empty=True,
        former={"rating": f"Give the stage in its place: {', '.join(STAGES)}."},
    ),
    "organisation_places": Table(
        "places that organisations serve",
        (
            Column("organisation"),
            Column("place"),
            number("share_pct", low=0, high=100),
            STATUS,
            SOURCE,
        ),
        key=("organisation", "place"),
        may_be_empty=True,
    ),
    "uplift_factors": Table(
        "uplift factors",
        (
            Column("year", kind="year"),
            number("cost_uplift_pct", low=-20, high=50, **UPLIFT_PCT),
            STATUS,
            SOURCE,
        ),
        key=("year",),
        former={"efficiency_factor_pct": "Take it out: growth of the allocations is net of it."},
    ),
}
