"""What the tables of the recovery must look like."""

from __future__ import annotations

from nelfin.data.specs.columns import SOURCE, STATUS, Column, Table, number, optional

RECOVERY: dict[str, Table] = {
    "organisations": Table(
        "organisations",
        (
            Column("organisation"),
            Column("kind", choices=("trust", "icb")),
            optional("sector", default="", choices=("acute", "mental_health", "community")),
            number("turnover_gbp_m", low=0),
            STATUS,
            SOURCE,
        ),
        key=("organisation",),
    ),
    "positions": Table(
        "published positions",
        (
            Column("year", kind="year"),
            Column("measure", choices=("opening_underlying", "reported")),
            number("value_gbp_m"),
            STATUS,
            SOURCE,
        ),
        key=("year", "measure"),
    ),
    "efficiency_schemes": Table(
        "efficiency schemes",
        (
            Column("scheme"),
            Column("year", kind="year"),
            Column("organisation"),
            number("full_year_gbp_m", low=0),
            optional("delivery_pct", kind="number", low=0, high=100),
            optional("rating", default="", choices=("green", "amber", "red")),
            number("recurrent_pct", low=0, high=100),
            optional("months", kind="integer", low=1, high=12, default=12),
            optional("whole_ask", kind="yes_no", default=False),
            STATUS,
            SOURCE,
        ),
        key=("scheme", "year", "organisation"),
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
            number("cost_uplift_pct", low=-20, high=50),
            number("efficiency_factor_pct", low=-20, high=50),
            STATUS,
            SOURCE,
        ),
        key=("year",),
    ),
}
