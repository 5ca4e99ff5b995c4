"""What the tables of activity must look like: beds, plans of planned care, and appointments."""

from __future__ import annotations

from nelfin.data.specs.columns import SOURCE, STATUS, Column, Table, number, optional

BEDS = {"usual_high": 10_000.0}
"""What is usual of the beds of a trust."""

ACTIVITY: dict[str, Table] = {
    "beds": Table(
        "general and acute beds",
        (
            Column("organisation"),
            Column("year", kind="year"),
            number("beds_available", low=0, **BEDS),
            number("beds_occupied", low=0, **BEDS),
            optional("beds_fit_to_leave", kind="number", low=0, **BEDS),
            STATUS,
            SOURCE,
        ),
        key=("organisation",),
        may_be_empty=True,
    ),
    "activity_plans": Table(
        "plans of planned care",
        (
            Column("organisation"),
            Column("year", kind="year"),
            number("extra_pct", low=-100, high=200, usual_least=0.1),
            STATUS,
            SOURCE,
        ),
        key=("organisation", "year"),
        may_be_empty=True,
    ),
    "appointments": Table(
        "appointments in primary care",
        (
            Column("place"),
            Column("year", kind="year"),
            number("appointments_per_1000_week", low=0, usual_low=5.0, usual_high=500.0),
            STATUS,
            SOURCE,
        ),
        key=("place",),
        may_be_empty=True,
    ),
}
