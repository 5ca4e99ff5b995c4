"""What the tables of place budgets must look like."""

from __future__ import annotations

from nelfin.data.specs.columns import (
    GROWTH,
    GROWTH_PCT,
    IN_POUNDS,
    SHARES_PCT,
    SOURCE,
    STATUS,
    Column,
    Table,
    number,
    optional,
)

COMPONENTS = (
    "registered_population",
    "general_and_acute",
    "community",
    "mental_health",
    "maternity",
    "prescribing",
    "health_inequalities",
    "primary_medical_need",
    "final_core",
    "final_primary_medical",
)

FINALS = ("final_core", "final_primary_medical")
"""Components that are made of others."""

WHOLE_SYSTEM = "whole system"
"""Place of people whom no single place holds; they are spread over all places pro rata."""

OTHER = "other"
"""The line that balances the published streams to the plan's total in the base year."""

_CAPS = ("over_cap_pct", "under_slope", "under_cap_pct")
RULE_NEEDS: dict[str, tuple[str, ...]] = {
    "capped": _CAPS,
    "capped_to_target": _CAPS,
    "clipped": _CAPS,
    "floors": (
        "min_growth_pct",
        "full_to_dft_pct",
        "none_from_dft_pct",
        "min_growth_per_head_pct",
        "lowest_dft_pct",
    ),
    "lp": (),
    "none": (),
    "full": (),
}
"""Forms of pace-of-change rules, and the parameters each needs."""

CONVERGENCE = {"usual_low": -0.05, "usual_high": 0.05}
"""What is usual of convergence in a year, as a fraction: a few thousandths."""

CAP_PCT = {"usual_high": 20.0, "usual_least": 0.05}
"""What is usual of the most that a rule moves a place in a year."""

BOUND_PCT = {"usual_low": -50.0, "usual_high": 50.0, "usual_least": 0.1}
"""What is usual of a least and a most growth, which may be far from what comes."""

DISTANCE_PCT = {"usual_low": -50.0, "usual_high": 50.0, "usual_least": 0.1}
"""What is usual of a distance from target at which a rule changes."""

PLACES: dict[str, Table] = {
    "allocations": Table(
        "allocations by stream and year",
        (
            Column("stream"),
            Column("year", kind="year"),
            number("allocation_gbp_m", low=0, **IN_POUNDS),
            optional("baseline_gbp_m", kind="number", low=0, **IN_POUNDS),
            optional("opening_target_gbp_m", kind="number", low=0, **IN_POUNDS),
            optional("growth", kind="number", low=-1, high=2, **GROWTH),
            optional("convergence", kind="number", low=-1, high=1, **CONVERGENCE),
            optional("restricted_share", kind="number", low=0, high=1),
            STATUS,
            SOURCE,
        ),
        key=("stream", "year"),
    ),
    "weighted_populations": Table(
        "weighted populations",
        (
            Column("year", kind="year"),
            Column("place"),
            Column("component", choices=COMPONENTS),
            number("weighted_population", low=0),
            STATUS,
            SOURCE,
        ),
        key=("year", "place", "component"),
    ),
    "need_weights": Table(
        "weights of need",
        (
            Column("year", kind="year"),
            Column("final", choices=FINALS),
            Column("component", choices=COMPONENTS),
            number("weight", low=0, high=1),
            Column("area_cost", kind="yes_no"),
            STATUS,
            SOURCE,
        ),
        key=("year", "final", "component"),
        may_be_empty=True,
    ),
    "area_costs": Table(
        "area cost multipliers",
        (
            Column("year", kind="year"),
            Column("place"),
            number("multiplier", low=0.5, high=2),
            STATUS,
            SOURCE,
        ),
        key=("year", "place"),
        may_be_empty=True,
    ),
    "openings": Table(
        "opening positions",
        (
            Column("opening"),
            Column("place"),
            Column("measure", choices=("cash_gbp_m", "dft_pct")),
            number("value"),
            STATUS,
            SOURCE,
        ),
        key=("opening", "place"),
        unit_from="measure",
        may_be_empty=True,
    ),
    "pace_rules": Table(
        "pace-of-change rules",
        (
            Column("rule"),
            Column("form", choices=tuple(RULE_NEEDS)),
            optional("stream"),
            optional("year", kind="year"),
            optional("over_cap_pct", kind="number", low=0, high=100, **CAP_PCT),
            optional("under_slope", kind="number", low=0, usual_high=1.0),
            optional("under_cap_pct", kind="number", low=0, high=100, **CAP_PCT),
            optional("min_growth_pct", kind="number", low=-100, high=100, **GROWTH_PCT),
            optional("full_to_dft_pct", kind="number", low=-100, high=100, **DISTANCE_PCT),
            optional("none_from_dft_pct", kind="number", low=-100, high=100, **DISTANCE_PCT),
            optional("min_growth_per_head_pct", kind="number", low=-100, high=100, **GROWTH_PCT),
            optional("lowest_dft_pct", kind="number", low=-100, high=0, **DISTANCE_PCT),
            STATUS,
            SOURCE,
        ),
        key=("rule",),
    ),
    "growth_bounds": Table(
        "least and most growth of places",
        (
            optional("stream", default=""),
            optional("place", default=""),
            optional("year", kind="year", default=""),
            optional("min_growth_pct", kind="number", low=-100, high=200, **BOUND_PCT),
            optional("max_growth_pct", kind="number", low=-100, high=200, **BOUND_PCT),
            STATUS,
            SOURCE,
        ),
        key=("stream", "place", "year"),
        may_be_empty=True,
    ),
    "ring_fences": Table(
        "ring-fences and items held by the system",
        (
            Column("stream"),
            Column("item"),
            Column("year", kind="year"),
            number("amount_gbp_m", low=0, **IN_POUNDS),
            optional("need", default="", choices=COMPONENTS),
            STATUS,
            SOURCE,
        ),
        key=("stream", "item", "year"),
        may_be_empty=True,
    ),
    "public_health_grants": Table(
        "public health grants",
        (
            Column("place"),
            Column("year", kind="year"),
            number("grant_gbp_m", low=0, usual_high=1_000.0),
            STATUS,
            SOURCE,
        ),
        key=("place",),
        may_be_empty=True,
    ),
    "spend_by_setting": Table(
        "spend by setting",
        (
            Column("place"),
            Column("setting"),
            Column("out_of_hospital", kind="yes_no"),
            number("spend_gbp_m", low=0, **IN_POUNDS),
            STATUS,
            SOURCE,
        ),
        key=("place", "setting"),
        may_be_empty=True,
    ),
    "population_growth": Table(
        "population growth",
        (
            Column("from_year", kind="year"),
            Column("to_year", kind="year"),
            number("people_added"),
            STATUS,
            SOURCE,
        ),
        key=("from_year",),
        may_be_empty=True,
    ),
    "population_shares": Table(
        "shares of population growth",
        (Column("place"), number("share_pct", low=0, high=100, **SHARES_PCT), STATUS, SOURCE),
        key=("place",),
        may_be_empty=True,
    ),
}

OPENING_FILE = Table(
    "opening position",
    (
        Column("place"),
        optional("measure", default="cash_gbp_m", choices=("cash_gbp_m", "dft_pct")),
        number("value"),
        STATUS,
        SOURCE,
    ),
    key=("place",),
    unit_from="measure",
)
"""A file that a stream names as its opening position."""

CONVERGE = Table(
    "rows to converge",
    (
        Column("id"),
        number("baseline", low=0),
        number("growth", low=-1, high=2, **GROWTH),
        number("target", low=0),
        optional("restricted_share", kind="number", low=0, high=1, default=1.0),
        optional("population_growth", kind="number", low=-0.9, high=2, default=0.0, **GROWTH),
        optional("min_growth", kind="number", low=-1, high=2, **GROWTH),
        optional("max_growth", kind="number", low=-1, high=2, **GROWTH),
        SOURCE,
    ),
    key=("id",),
    free=True,
)
"""The table of `nelfin converge`: growth is a fraction, 0.0542."""
