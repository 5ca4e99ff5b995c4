"""The settings of the models: prevention, recovery and capital."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from nelfin.scenario.kinds import (
    Growth,
    Money,
    Names,
    NotNegative,
    Percent,
    Positive,
    Section,
    Unit,
    Weight,
    Year,
    YesNo,
)
from nelfin.years import start_of


class Prevention(Section):
    """The shift of spend into prevention."""

    share_of: Annotated[Names, Unit("streams")]
    """Streams whose sum the prevention share is a share of."""
    share_start_pct: Percent
    """Share of spend on prevention before the shift."""
    share_end_pct: Percent
    """Share of spend on prevention when the shift is complete."""
    start_year: Year
    """Last year at the starting share."""
    end_year: Year
    """First year at the ending share."""
    new_money_pct: Percent
    """Share of the extra spend paid from growth money, which other services would have had. What
    this and `pool_pct` leave is taken out of treatment."""
    pool_pct: Percent = 0.0
    """Share of the extra spend paid by a fund that is new to the system."""
    double_running_months: Annotated[float, Field(ge=0, le=24)]
    """Months for which each increase in spend is paid for twice."""
    release_step_gbp_m: NotNegative
    """Cash is released in steps of this size, such as a ward; 0 for smooth release."""
    gbp_per_qaly_gained: Annotated[Positive, Unit("£ per QALY")]
    """Cost of a quality-adjusted life year gained by public health spend."""
    gbp_per_qaly_forgone: Annotated[Positive, Unit("£ per QALY")]
    """Cost of a quality-adjusted life year in treatment."""
    qaly_price_year: Year
    """Year in whose prices both costs are given."""
    gdp_deflator_pct: Growth
    """General inflation a year: costs of a quality-adjusted life year grow by it, and present
    values are in prices of the first year by it."""
    place_basis: Annotated[Literal["need", "deprivation", "population"], Unit("basis")] = "need"
    """What the places' shares of the extra spend go by: need for care that avoidable deaths tell
    of, people in the most deprived areas, or people."""
    target_people_pct: Annotated[float, Field(gt=0, le=100)] = 100.0
    """Share of people whom rapid and community programmes are for."""
    target_cost_pct: Percent = 100.0
    """Share of the cost of emergency admissions that the people of those programmes cause."""
    emergency_cost_gbp_m: NotNegative = 0.0
    """Cost of emergency admissions a year; 0 if it is not known, so that it limits nothing."""
    avoidable_emergency_pct: Percent = 100.0
    """Share of the cost of emergency admissions which can be avoided at the most."""
    secondary_care_gbp_m: NotNegative = 0.0
    """Cost of secondary care a year, prices of the first year: the NHS avoids no more than that; 0
    if it is not known, so that it limits nothing."""
    passed_on_pct: Percent = 50.0
    """Share of the trusts' cash that contracts pass on to the commissioner, who pays."""
    qaly_deprivation_weight: Annotated[NotNegative, Unit("ratio")] = 0.0
    """How much more a QALY counts for people in the most deprived areas; 0 for the same."""
    discount_money_pct: Percent
    """Discount rate of money."""
    discount_qaly_pct: Percent
    """Discount rate of health."""

    @model_validator(mode="before")
    @classmethod
    def _says_what_went(cls, given: object) -> object:
        if isinstance(given, dict) and "donor_is_treatment_pct" in given:
            raise ValueError(
                "donor_is_treatment_pct is no longer a setting: what new_money_pct and pool_pct "
                "leave of the extra spend is taken out of treatment, so take it out and set these"
            )
        return given

    @field_validator("share_of")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or len(set(names)) < len(names):
            raise ValueError("must name at least one stream, and each once")
        return names

    @model_validator(mode="after")
    def _in_order(self) -> Prevention:
        if start_of(self.end_year) <= start_of(self.start_year):
            raise ValueError(f"end_year {self.end_year} must be after start_year {self.start_year}")
        together = self.new_money_pct + self.pool_pct
        if together > 100 + 1e-9:
            raise ValueError(
                f"new_money_pct {self.new_money_pct:g} and pool_pct {self.pool_pct:g} are shares "
                f"of the extra spend and add up to {together:g}, more than 100"
            )
        return self


RENAMED = {
    "convergence_pct": "it moves places too, so set envelope.convergence_pct, by stream, with "
    'envelope.convergence_rule = "given"',
    "delivery_green_pct": "schemes have stages, so set delivery_developed_pct",
    "delivery_amber_pct": "schemes have stages, so set delivery_in_progress_pct",
    "delivery_red_pct": "schemes have stages, so set delivery_opportunity_pct",
    "position_by_month_5_pct": "savings are phased, not positions, so set savings_by_month_5_pct",
}
"""Settings of recovery that went, and what to do in their place."""


class Recovery(Section):
    """The recovery of the system's deficit."""

    demand_planned_pct: Growth
    """Growth of planned care a year, doing nothing."""
    demand_urgent_pct: Growth
    """Growth of urgent care a year, doing nothing."""
    planned_share_pct: Percent
    """Share of demand-driven cost that is planned care."""
    marginal_cost_pct: Percent
    """Cost of one more unit of demand, or of one less, within the year: a share of average cost."""
    marginal_cost_later_pct: Annotated[float, Field(gt=0, le=100)] = 90.0
    """Cost of one more unit of demand, or of one less, in the end: a share of average cost, after
    `marginal_cost_years`; in between it moves evenly, and it never falls."""
    marginal_cost_years: Annotated[float, Field(gt=0, le=40)] = 3.0
    """Years after which cost has moved as far as it will."""
    cost_uplift_pct: Growth
    """Cost inflation in years without a published factor."""
    other_income_growth_pct: Growth = 0.0
    """Growth a year of income from outside the system's envelope."""
    pressures_pct: Growth
    """What costs grow by beside inflation and demand, share of the cost base, in years that are
    open. Pressures named by driver count towards it."""
    not_explained_recurrent_pct: Percent = 100.0
    """Share that recurs of what no step explains of a known year; the rest is once."""
    efficiency_pct: Percent
    """Efficiency asked, share of the cost base, in years where no row of the efficiency schemes is
    the whole ask. Schemes named count towards it; the rest is delivered as below."""
    efficiency_delivery_pct: Percent
    """Share of the efficiency asked beyond named schemes which is delivered."""
    efficiency_recurrent_pct: Percent
    """Share of delivered efficiency which recurs."""
    support_gbp_m: Money
    """Deficit support a year, in years that are open."""
    repayment_gbp_m: NotNegative
    """Repayment of past deficits a year, in years that are open, where the rule is fixed."""
    repayment_rule: Annotated[Literal["fixed", "surplus"], Unit("rule")] = "fixed"
    """How past deficits are repaid: a fixed amount a year, or what a surplus allows until the
    plan's deficits are repaid."""
    repayment_cap_pct: Percent = 0.5
    """Most that a surplus repays in a year, share of income."""
    support_needs_developed_pct: Percent = 0.0
    """Share of the named schemes that must be fully developed for deficit support to be released
    whole, less in proportion below; 0 releases it in any case."""
    delivery_opportunity_pct: Percent = 25.0
    """Share that a scheme which is only an opportunity delivers."""
    delivery_in_progress_pct: Percent = 60.0
    """Share that a scheme in progress delivers."""
    delivery_developed_pct: Percent = 90.0
    """Share that a fully developed scheme delivers."""
    pay_share_pct: Percent = 65.0
    """Pay bill of a trust, share of its income."""
    agency_rule: Annotated[Literal["national", "given"], Unit("rule")] = "given"
    """How agency spend of the trusts falls: by the national rule (30 % less in 2026/27, none by
    2029/30), or to the share and the year given."""
    agency_share_pct: Percent = 3.2
    """Agency staff, share of the pay bill before it falls."""
    agency_target_pct: Percent = 3.2
    """Agency staff, share of the pay bill in the end: where the rule is `given`."""
    agency_year: Year = "2028/29"
    """Year in which agency staff reach their share in the end, where the rule is `given`."""
    agency_premium_pct: NotNegative = 25.0
    """What agency staff cost above own staff."""
    bank_share_pct: Percent = 0.0
    """Bank staff, share of the pay bill before it falls."""
    bank_fall_pct: Percent = 0.0
    """Fall of bank spend a year from 2026/27."""
    bank_premium_pct: NotNegative = 0.0
    """What bank staff cost above own staff."""
    savings_by_month_5_pct: Annotated[float, Field(gt=0, lt=100)] = 41.7
    """Share of a year's savings that is delivered in the first five months."""
    pdc_pct: Percent
    """Public dividend capital dividend, on average relevant net assets."""

    @model_validator(mode="before")
    @classmethod
    def _says_what_went(cls, given: object) -> object:
        gone = [name for name in RENAMED if isinstance(given, dict) and name in given]
        if gone:
            raise ValueError(
                "; ".join(f"{name} is no longer a setting: {RENAMED[name]}" for name in gone)
            )
        return given


class Capital(Section):
    """Capital prioritisation."""

    discount_rate_pct: Percent
    """Discount rate of benefit."""
    discount_later_pct: Percent | None = None
    """Discount rate of the years after the 30th; left out: the same."""
    discount_from: Annotated[Literal["start", "completion"], Unit("year")]
    """Year from which benefit counts."""
    benefit: Annotated[Literal["score", "criteria", "npsv"], Unit("kind")] = "score"
    """What benefit is: a score, weighted criteria, or net present social value in £m."""
    criteria_weights: dict[str, Weight] = Field(default_factory=dict)
    """Weight of each criterion, the columns score_<criterion> of the schemes."""
    place_weights: dict[str, Weight] = Field(default_factory=dict)
    """Equity weight of benefit by place; a place left out has 1."""
    feedback: YesNo = False
    """Whether the system's position moves next year's capital limit."""
    deficit_penalty_pct: Percent = 10.0
    """What a deficit takes off next year's limit at the most."""
    deficit_for_full_penalty_pct: Percent = 1.0
    """Deficit, as a share of income, from which the whole penalty falls."""
    balance_bonus_pct: Percent = 30.0
    """Share of the gap to fair share that a position in balance adds to next year's limit."""
    fair_share_gbp_m: NotNegative = 0.0
    """The system's fair share of capital a year; 0 if it is not known, so that no bonus comes."""
    carry_over_pct: Percent = 0.0
    """Share of a limit that may be carried into the next year unspent."""
    price_growth_pct: Growth
    """Growth of building prices a year, from the base year's prices."""
    over_programming_pct: Percent
    """How far the plan may pass each limit."""
    gap_pct: Percent
    """The solver may stop when the plan is proven this close to the best."""
    relax: YesNo = False
    """Whether every scheme may be funded in part: quick, and a bound on what a plan can reach."""
    time_limit_s: Positive
    """The solver stops after this many seconds with the best plan found."""
    solver: Annotated[Literal["highs", "cbc"], Unit("solver")]
    """Program that solves the capital plan."""
    deflator_pct: Growth = 0.0
    """General inflation a year, which brings money in prices of another year to its own. 0 leaves
    limits in real terms flat in cash."""
    backlog_deterioration_pct: Growth = 0.0
    """What the backlog of maintenance grows by a year as buildings age, beside building prices."""
    backlog_stated_gbp_m: NotNegative = 0.0
    """Backlog of maintenance as the system's own plan states it, to compare; 0 if it states
    none."""
    max_changes: Annotated[int, Field(ge=0, le=1_000_000), Unit("starts")] | None = None
    """Most starts of the plan in force that may change; left out: as few as the gap allows."""
    must_in: Annotated[Names, Unit("schemes")] = ()
    """Schemes that are in the plan whatever they are worth."""
    must_out: Annotated[Names, Unit("schemes")] = ()
    """Schemes that are out of the plan whatever they are worth."""
    must_start: dict[str, Year] = Field(default_factory=dict)
    """Year in which a scheme starts, by its id."""
    gbp_per_qaly: Annotated[NotNegative, Unit("£ per QALY")] = 70_000.0
    """Worth of a quality-adjusted life year, where benefit is net present social value."""
    qaly_price_year: Year = "2024/25"
    """Year in whose prices the worth of a quality-adjusted life year is given. General inflation
    (`capital.deflator_pct`) leads to other years."""
    discount_last_pct: Percent | None = None
    """Discount rate of the years after the 75th; left out: that of the years before."""
    discount_health_pct: Percent = 1.5
    """Discount rate of quality-adjusted life years, to 30 years."""
    discount_health_later_pct: Percent | None = None
    """Discount rate of quality-adjusted life years after the 30th year; left out: the same."""
    discount_health_last_pct: Percent | None = None
    """Discount rate of quality-adjusted life years after the 75th year; left out: the same."""
    revenue_beside_cash: YesNo = False
    """Whether a revenue effect and cash released of one scheme are different money; else both on
    one row (`revenue_gbp_m`, `cash_releasing_gbp_m`) are refused where benefit is net present
    social value."""
