"""What the table of prevention programmes must look like."""

from __future__ import annotations

from nelfin.data.specs.columns import SOURCE, STATUS, Column, Table, number, optional

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

PREVENTION: dict[str, Table] = {
    "prevention_programmes": Table(
        "prevention programmes",
        (
            Column("programme"),
            Column("kind"),
            Column(
                "parameter",
                choices=(*PROGRAMME_PARAMETERS, *PROGRAMME_RETURNS, *PROGRAMME_OPTIONS),
            ),
            number("value", low=0),
            Column("unit"),
            optional("low", kind="number"),
            optional("high", kind="number"),
            STATUS,
            SOURCE,
        ),
        key=("programme", "parameter"),
        unit_from="parameter",
    ),
}
