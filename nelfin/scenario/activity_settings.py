"""The settings of activity: the waiting list, payment, beds and primary care."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from nelfin.scenario.kinds import (
    NotNegative,
    Percent,
    Positive,
    Section,
    Unit,
    Year,
)
from nelfin.years import start_of

More = Annotated[float, Field(ge=-100, le=200, allow_inf_nan=False)]
"""Activity above what is funded, %; all of it undone is -100."""

Level = Annotated[float, Field(ge=100, le=1000, allow_inf_nan=False)]
Most = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
Beds = Annotated[float, Field(ge=0, le=200, allow_inf_nan=False), Unit("beds")]
Days = Annotated[float, Field(gt=0, le=365, allow_inf_nan=False), Unit("days")]


class Activity(Section):
    """Planned care, urgent care, beds and primary care."""

    waiting_list: Annotated[NotNegative, Unit("people")] | None = None
    """People waiting for planned care when the plan begins; left out: no list is worked out."""
    waiting_list_on: Annotated[str, Unit("day")] = ""
    """Day on which so many people waited, as 2022-12-31; blank if it is not known."""
    break_even_per_week: Annotated[Positive, Unit("people a week")] | None = None
    """Planned activity that holds the waiting list still; left out: planned care is not worked
    out. It grows with demand."""
    break_even_year: Year = "2022/23"
    """Year of the planned activity that holds the list still."""
    cleared_per_week: Annotated[NotNegative, Unit("people a week")] | None = None
    """Planned activity above break-even that the system's own plan tells of, to compare."""
    untreated_pct: Annotated[float, Field(ge=0, le=90, allow_inf_nan=False)] = 0.0
    """Share of people joining the waiting list who leave it untreated."""
    funded_pct: Most = 100.0
    """Planned activity that allocations pay for, share of break-even."""
    extra_pct: More = 0.0
    """Planned activity above the funded level; below it is negative."""
    from_year: Annotated[str, Unit("year")] = ""
    """First year of all that activity changes; blank for the first year that is open."""
    by_year: Annotated[str, Unit("year")] = ""
    """Year by which beds are freed and gaps of primary care closed, evenly from the first on; blank
    for all at once."""
    price_gbp: Annotated[NotNegative, Unit("£")] | None = None
    """Price of a person treated from the waiting list; left out: no money is worked out for it."""
    inpatient_price_gbp: Annotated[NotNegative, Unit("£")] | None = None
    """Price of a planned admission that stays overnight; left out: beds are not filled."""
    price_year: Year = "2025/26"
    """Year in whose prices activity, beds and appointments are given. Prices and costs alike grow
    by cost inflation: what the efficiency factor takes off a price it asks of the cost too."""
    market_forces: Annotated[Positive, Unit("ratio")] = 1.0
    """Cost of staff and property of the area beside England's, which prices and costs of hospital
    care are multiplied by."""
    cost_of_price_pct: Most = 100.0
    """Average cost of hospital care, share of its price."""
    payment_limit_pct: Level = 100.0
    """Planned activity that is paid for at the most, share of the funded level."""
    outside_pct: Percent = 0.0
    """Share of payment for planned activity above the funded level that comes from outside the
    system; its ICB pays the rest."""
    urgent_income_pct: Percent = 0.0
    """Urgent care, share of the acute trusts' income."""
    urgent_variable_pct: Percent = 0.0
    """Share of the price of urgent care that is paid by activity; the rest is fixed."""
    urgent_variable_from: Year = "2026/27"
    """First year in which part of urgent care is paid by activity."""
    urgent_extra_pct: More = 0.0
    """Urgent activity above the funded level; below it is negative."""
    planned_bed_days_pct: Percent = 0.0
    """Share of bed days that is planned care staying overnight."""
    planned_stay: Days | None = None
    """Days that a planned admission stays on average; left out: beds are not filled."""
    stay_saved_pct: Annotated[float, Field(ge=0, le=90, allow_inf_nan=False)] = 0.0
    """Bed days of planned care saved by shorter stays."""
    stay_medians_pct: dict[str, Percent] = Field(default_factory=dict)
    """Bed days of planned care that stays as short as another area's median would save, by area; to
    compare."""
    fit_to_leave_pct: Percent | None = None
    """Beds with people who are fit to leave, share of general and acute beds; left out: as the
    table of beds has them."""
    fit_to_leave_freed_pct: Percent = 0.0
    """Share of beds with people who are fit to leave that is freed."""
    avoided_bed_share_pct: Percent = 0.0
    """Share of the cost of care that prevention avoids which is that of bed days."""
    bed_day_gbp: Annotated[NotNegative, Unit("£")] | None = None
    """Cost of a day in a general and acute bed; left out: beds have no money."""
    ward_beds: Beds = 0.0
    """Beds of a ward: beds close in whole wards, trust by trust; 0 for single beds."""
    beds_closed_pct: Percent = 0.0
    """Share of freed beds that is closed."""
    beds_filled_pct: Percent = 0.0
    """Share of freed beds that is filled with more planned care. The rest stands empty, its cost
    not covered."""
    appointment_gbp: Annotated[NotNegative, Unit("£")] | None = None
    """Cost of an appointment in primary care; left out: no gap of it has a cost."""
    appointments_above_pct: Annotated[More, Unit("% of the system's average")] | None = None
    """Appointments per person at the aim of primary care, above the system's own average; left out:
    no gap is worked out."""
    appointments_like: Annotated[str, Unit("place")] = ""
    """Place whose appointments per person are the aim of primary care; blank for the aim above the
    average."""
    primary_care_gap_closed_pct: Percent = 0.0
    """Share of the gap of primary care that is closed."""

    @field_validator("from_year", "by_year")
    @classmethod
    def _blank_or_year(cls, label: str) -> str:
        if label:
            start_of(label)
        return label

    @field_validator("waiting_list_on")
    @classmethod
    def _blank_or_day(cls, day: str) -> str:
        if day:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise ValueError(f'"{day}" is not a day such as 2022-12-31') from None
        return day

    @model_validator(mode="after")
    def _in_order(self) -> Activity:
        if self.from_year and self.by_year and self.by_year < self.from_year:
            raise ValueError(
                f"by_year {self.by_year} is before from_year {self.from_year}: set it to that year "
                "or a later one, or leave it blank for all at once"
            )
        together = self.beds_closed_pct + self.beds_filled_pct
        if together > 100 + 1e-9:
            raise ValueError(
                f"beds_closed_pct {self.beds_closed_pct:g} and beds_filled_pct "
                f"{self.beds_filled_pct:g} are uses of the same beds and add up to {together:g}, "
                "more than 100"
            )
        return self
