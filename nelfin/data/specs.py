"""What each input table must look like."""

from __future__ import annotations

from dataclasses import replace

from nelfin.data.tables import BACKLOG, SCORE, SPEND, Column, Table
from nelfin.evidence import STATUSES

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

PROGRAMME_PARAMETERS = (
    "share_of_shift_pct",
    "mean_lag_years",
    "nhs_share_pct",
    "cashable_share_pct",
)
"""What each programme must have."""

PROGRAMME_RETURNS = ("return_gbp_per_gbp", "cash_return_gbp_per_gbp")
"""Of these each programme must have one: what it saves, or what of it comes back as cash."""

PROGRAMME_OPTIONS = (
    "unit_cost_gbp",
    "eligible_people",
    "max_coverage_pct",
    "gbp_per_qaly",
    "public_health_pct",
)
"""What a programme may have beside."""

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

_STATUS = Column("status", required=False, blank=True, default="given", choices=STATUSES)
_SOURCE = Column("source", required=False, blank=True, default="")


def _number(name: str, **kwargs: object) -> Column:
    return Column(name, kind="number", **kwargs)  # type: ignore[arg-type]


def _optional(name: str, **kwargs: object) -> Column:
    return Column(name, required=False, blank=True, **kwargs)  # type: ignore[arg-type]


CAPITAL_RULES = Table(
    "floors, caps and targets of the capital plan",
    (
        Column(
            "rule",
            choices=(
                "category_floor",
                "category_cap",
                "place_floor",
                "deprived_floor",
                "revenue_limit",
                "backlog_target",
            ),
        ),
        _optional("name", default=""),
        _optional("year", kind="year", default=""),
        _number("amount_gbp_m", low=0),
        _optional("now_gbp_m", kind="number", low=0),
        _STATUS,
        _SOURCE,
    ),
    key=("rule", "name", "year"),
    may_be_empty=True,
)
"""What a capital plan must hold beside the limits; a blank year is the whole plan."""

TABLES: dict[str, Table] = {
    "allocations": Table(
        "allocations by stream and year",
        (
            Column("stream"),
            Column("year", kind="year"),
            _number("allocation_gbp_m", low=0),
            _optional("baseline_gbp_m", kind="number", low=0),
            _optional("opening_target_gbp_m", kind="number", low=0),
            _optional("growth", kind="number", low=-1, high=2),
            _optional("convergence", kind="number", low=-1, high=1),
            _STATUS,
            _SOURCE,
        ),
        key=("stream", "year"),
    ),
    "weighted_populations": Table(
        "weighted populations",
        (
            Column("year", kind="year"),
            Column("place"),
            Column("component", choices=COMPONENTS),
            _number("weighted_population", low=0),
            _STATUS,
            _SOURCE,
        ),
        key=("year", "place", "component"),
    ),
    "need_weights": Table(
        "weights of need",
        (
            Column("year", kind="year"),
            Column("final", choices=FINALS),
            Column("component", choices=COMPONENTS),
            _number("weight", low=0, high=1),
            Column("area_cost", kind="yes_no"),
            _STATUS,
            _SOURCE,
        ),
        key=("year", "final", "component"),
        may_be_empty=True,
    ),
    "area_costs": Table(
        "area cost multipliers",
        (
            Column("year", kind="year"),
            Column("place"),
            _number("multiplier", low=0.5, high=2),
            _STATUS,
            _SOURCE,
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
            _number("value"),
            _STATUS,
            _SOURCE,
        ),
        key=("opening", "place"),
        may_be_empty=True,
    ),
    "pace_rules": Table(
        "pace-of-change rules",
        (
            Column("rule"),
            Column("form", choices=tuple(RULE_NEEDS)),
            _optional("stream"),
            _optional("year", kind="year"),
            _optional("over_cap_pct", kind="number", low=0, high=100),
            _optional("under_slope", kind="number", low=0),
            _optional("under_cap_pct", kind="number", low=0, high=100),
            _optional("min_growth_pct", kind="number", low=-100, high=100),
            _optional("full_to_dft_pct", kind="number", low=-100, high=100),
            _optional("none_from_dft_pct", kind="number", low=-100, high=100),
            _optional("min_growth_per_head_pct", kind="number", low=-100, high=100),
            _optional("lowest_dft_pct", kind="number", low=-100, high=0),
            _STATUS,
            _SOURCE,
        ),
        key=("rule",),
    ),
    "growth_bounds": Table(
        "least and most growth of places",
        (
            _optional("stream", default=""),
            _optional("place", default=""),
            _optional("year", kind="year", default=""),
            _optional("min_growth_pct", kind="number", low=-100, high=200),
            _optional("max_growth_pct", kind="number", low=-100, high=200),
            _STATUS,
            _SOURCE,
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
            _number("amount_gbp_m", low=0),
            _optional("need", default="", choices=COMPONENTS),
            _STATUS,
            _SOURCE,
        ),
        key=("stream", "item", "year"),
        may_be_empty=True,
    ),
    "public_health_grants": Table(
        "public health grants",
        (
            Column("place"),
            Column("year", kind="year"),
            _number("grant_gbp_m", low=0),
            _STATUS,
            _SOURCE,
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
            _number("spend_gbp_m", low=0),
            _STATUS,
            _SOURCE,
        ),
        key=("place", "setting"),
        may_be_empty=True,
    ),
    "population_growth": Table(
        "population growth",
        (
            Column("from_year", kind="year"),
            Column("to_year", kind="year"),
            _number("people_added"),
            _STATUS,
            _SOURCE,
        ),
        key=("from_year",),
        may_be_empty=True,
    ),
    "population_shares": Table(
        "shares of population growth",
        (Column("place"), _number("share_pct", low=0, high=100), _STATUS, _SOURCE),
        key=("place",),
        may_be_empty=True,
    ),
    "prevention_programmes": Table(
        "prevention programmes",
        (
            Column("programme"),
            Column("kind"),
            Column(
                "parameter",
                choices=(*PROGRAMME_PARAMETERS, *PROGRAMME_RETURNS, *PROGRAMME_OPTIONS),
            ),
            _number("value", low=0),
            Column("unit"),
            _optional("low", kind="number"),
            _optional("high", kind="number"),
            _STATUS,
            _SOURCE,
        ),
        key=("programme", "parameter"),
    ),
    "organisations": Table(
        "organisations",
        (
            Column("organisation"),
            Column("kind", choices=("trust", "icb")),
            _optional("sector", default="", choices=("acute", "mental_health", "community")),
            _number("turnover_gbp_m", low=0),
            _STATUS,
            _SOURCE,
        ),
        key=("organisation",),
    ),
    "positions": Table(
        "published positions",
        (
            Column("year", kind="year"),
            Column("measure", choices=("opening_underlying", "reported")),
            _number("value_gbp_m"),
            _STATUS,
            _SOURCE,
        ),
        key=("year", "measure"),
    ),
    "efficiency_schemes": Table(
        "efficiency schemes",
        (
            Column("scheme"),
            Column("year", kind="year"),
            Column("organisation"),
            _number("full_year_gbp_m", low=0),
            _optional("delivery_pct", kind="number", low=0, high=100),
            _optional("rating", default="", choices=("green", "amber", "red")),
            _number("recurrent_pct", low=0, high=100),
            _optional("months", kind="integer", low=1, high=12, default=12),
            _optional("whole_ask", kind="yes_no", default=False),
            _STATUS,
            _SOURCE,
        ),
        key=("scheme", "year", "organisation"),
    ),
    "organisation_places": Table(
        "places that organisations serve",
        (
            Column("organisation"),
            Column("place"),
            _number("share_pct", low=0, high=100),
            _STATUS,
            _SOURCE,
        ),
        key=("organisation", "place"),
        may_be_empty=True,
    ),
    "uplift_factors": Table(
        "uplift factors",
        (
            Column("year", kind="year"),
            _number("cost_uplift_pct", low=-20, high=50),
            _number("efficiency_factor_pct", low=-20, high=50),
            _STATUS,
            _SOURCE,
        ),
        key=("year",),
    ),
    "projects": Table(
        "capital schemes",
        (
            Column("project_id"),
            Column("name"),
            Column("organisation"),
            Column("category"),
            _number("benefit", low=0),
            Column(SCORE, kind="number", required=False, blank=True, low=0, pattern=True),
            Column(
                SPEND,
                kind="number",
                blank=True,
                low=0,
                default=0.0,
                pattern=True,
            ),
            _optional("option_of", default=""),
            _optional("place", default=""),
            _optional("asset_type", default=""),
            _optional("evidence", default=""),
            _optional("earliest_start", kind="year"),
            _optional("latest_start", kind="year"),
            _optional("must_fund", kind="yes_no", default=False),
            _optional("divisible", kind="yes_no", default=False),
            _optional("truncate", kind="yes_no", default=False),
            _optional("requires", default=""),
            _optional("excludes", default=""),
            _optional("cdel_share", kind="number", low=0, high=1, default=1.0),
            _optional("revenue_gbp_m", kind="number", default=0.0),
            Column(
                BACKLOG,
                kind="number",
                required=False,
                blank=True,
                low=0,
                default=0.0,
                pattern=True,
            ),
            _optional("status", default="given"),
            _SOURCE,
        ),
        key=("project_id",),
    ),
    "capital_limits": Table(
        "capital limits",
        (
            Column("year", kind="year"),
            _number("limit_gbp_m", low=0),
            _optional("organisation", default=""),
            _optional("status", default="firm", choices=("firm", "indicative")),
            _optional("figure_status", default="given", choices=STATUSES),
            _SOURCE,
        ),
        key=("year", "organisation"),
    ),
    "capital_rules": CAPITAL_RULES,
    "deprivation": Table(
        "deprivation",
        (
            Column("place"),
            _number("most_deprived_share", low=0, high=1),
            _STATUS,
            _SOURCE,
        ),
        key=("place",),
        may_be_empty=True,
    ),
    "asset_types": Table(
        "asset types",
        (
            Column("asset_type"),
            _number("life_years", low=1, high=200),
            _number("optimism_bias_pct", low=0, high=300),
            _number("adds_to_assets_pct", low=0, high=100),
            _STATUS,
            _SOURCE,
        ),
        key=("asset_type",),
    ),
}

PROJECTS_BY_CRITERIA = replace(
    TABLES["projects"],
    columns=tuple(
        replace(column, required=False, blank=True, default=0.0)
        if column.name == "benefit"
        else column
        for column in TABLES["projects"].columns
    ),
)
"""The project table where weighted criteria stand for the benefit."""

OPENING_FILE = Table(
    "opening position",
    (
        Column("place"),
        _optional("measure", default="cash_gbp_m", choices=("cash_gbp_m", "dft_pct")),
        _number("value"),
        _STATUS,
        _SOURCE,
    ),
    key=("place",),
)
"""A file that a stream names as its opening position."""

CONVERGE = Table(
    "rows to converge",
    (
        Column("id"),
        _number("baseline", low=0),
        _number("growth", low=-1, high=2),
        _number("target", low=0),
        _optional("restricted_share", kind="number", low=0, high=1, default=1.0),
        _optional("population_growth", kind="number", low=-0.9, high=2, default=0.0),
        _optional("min_growth", kind="number", low=-1, high=2),
        _optional("max_growth", kind="number", low=-1, high=2),
    ),
    key=("id",),
)
"""The table of `nelfin converge`: growth is a fraction, 0.0542."""
