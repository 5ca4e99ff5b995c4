"""What the table of prevention programmes must look like."""

from __future__ import annotations

from nelfin.data.specs.columns import SOURCE, STATUS, Column, Table, number, optional

PROGRAMME_PARAMETERS = (
    "share_of_shift_pct",
    "return_gbp_per_gbp",
    "mean_lag_years",
    "nhs_share_pct",
    "cashable_share_pct",
)

PROGRAMME_OPTIONS = ("unit_cost_gbp", "eligible_people", "max_coverage_pct", "gbp_per_qaly")
"""What a programme may have beside."""

PREVENTION: dict[str, Table] = {
    "prevention_programmes": Table(
        "prevention programmes",
        (
            Column("programme"),
            Column("kind"),
            Column("parameter", choices=(*PROGRAMME_PARAMETERS, *PROGRAMME_OPTIONS)),
            number("value", low=0),
            Column("unit"),
            optional("low", kind="number"),
            optional("high", kind="number"),
            STATUS,
            SOURCE,
        ),
        key=("programme", "parameter"),
    ),
}
