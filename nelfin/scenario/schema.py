"""The shape of a scenario. Units stand in the key names; every key is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from nelfin.evidence import Figure
from nelfin.years import start_of, years_between

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Growth = Annotated[float, Field(ge=-50, le=100, allow_inf_nan=False)]
LARGEST = 1e15
"""No figure is larger, and sums and products of figures up to here stay numbers."""

Money = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
TablePath = Annotated[Path, Field(strict=False)]
Names = Annotated[tuple[str, ...], Field(strict=False)]


def _year(label: str) -> str:
    start_of(label)
    return label


class Section(BaseModel):
    """Base of every section: frozen, and closed to unknown keys."""

    # strict: a text is not read as a number, nor yes as 1
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Years(Section):
    """The financial years of the plan."""

    first: str
    """First year, the base year, such as 2023/24."""
    last: str
    """Last year."""

    _check = field_validator("first", "last")(_year)

    @model_validator(mode="after")
    def _in_order(self) -> Years:
        count = start_of(self.last) - start_of(self.first) + 1
        if not 1 <= count <= 40:
            raise ValueError(
                f"the years {self.first} to {self.last} must run forward and be at most 40"
            )
        return self

    def labels(self) -> list[str]:
        """Return every year of the plan in order."""
        return years_between(self.first, self.last)


class Data(Section):
    """Where each table is. A path starts at the file that names it; "" leaves a table out."""

    allocations: TablePath
    """Allocations of the system by stream and year."""
    weighted_populations: TablePath
    """Weighted populations of the places by component and year."""
    need_weights: TablePath | None = None
    """Weights that rebuild a final weighted population from its components."""
    area_costs: TablePath | None = None
    """Area cost multipliers of the places, for what-ifs of need."""
    openings: TablePath | None = None
    """Named opening positions of the places."""
    pace_rules: TablePath
    """Pace-of-change rules and their parameters."""
    growth_bounds: TablePath | None = None
    """Least and most growth of places, for the rule `lp`."""
    ring_fences: TablePath | None = None
    """Money taken off the top of a stream: shared on a need of its own, or held by the system."""
    public_health_grants: TablePath | None = None
    """Public health grants of the places' councils, to compare."""
    spend_by_setting: TablePath | None = None
    """Spend of the places in and out of hospital, to compare."""
    population_growth: TablePath | None = None
    """People added to the system over periods of years."""
    population_shares: TablePath | None = None
    """Each place's share of the people added."""
    prevention_programmes: TablePath
    """Prevention programmes: return, lag, who saves, how much is cash."""
    organisations: TablePath
    """Organisations whose positions make the system's."""
    positions: TablePath
    """Published positions of the system."""
    efficiency_schemes: TablePath
    """Efficiency schemes and asks by year."""
    organisation_places: TablePath | None = None
    """Shares of organisations' income by the places they serve."""
    uplift_factors: TablePath
    """Cost uplift and efficiency factors by year."""
    projects: TablePath
    """Capital schemes."""
    capital_limits: TablePath
    """Capital limits by year."""
    capital_rules: TablePath | None = None
    """Floors, caps and targets of the capital plan."""
    deprivation: TablePath | None = None
    """Share of each place's people who live in the most deprived areas."""
    asset_types: TablePath
    """Asset lives, optimism bias and share of spend that adds to the asset base."""


class Envelope(Section):
    """What the system has to spend."""

    plan_total_gbp_m: Money
    """Total of the system's own plan in the base year."""
    growth_pct: dict[str, Growth]
    """Cash growth a year by stream, for years without a published allocation."""


class Stream(Section):
    """How one stream of money is shared among places."""

    need: str = ""
    """Component of need that sets the target; blank keeps the stream at system level."""
    opening: str = "on-target"
    """Opening position of the first year: the name of one, `on-target`, or a file of your own."""
    rule: str = "national"
    """Pace-of-change rule, or `national` for the rule NHS England used that year."""
    restricted_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the baseline that moves; high-cost drugs and devices do not."""


OPENING_FILES = (".csv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Endings by which an opening is known to be a file."""


class Allocation(Section):
    """Place budgets."""

    streams: Annotated[dict[str, Stream], Field(min_length=1)]
    area_cost: bool = True
    """Whether need counts the cost of staff and property of the area, as the formula does."""
    need_weights: dict[str, dict[str, Annotated[float, Field(ge=0, le=1)]]] = {}
    """What-ifs: new weights by final and component; the other weights scale to keep the sum."""


class Prevention(Section):
    """The shift of spend into prevention."""

    share_of: Names
    """Streams whose sum the prevention share is a share of."""
    share_start_pct: Percent
    """Share of spend on prevention before the shift."""
    share_end_pct: Percent
    """Share of spend on prevention when the shift is complete."""
    start_year: str
    """Last year at the starting share."""
    end_year: str
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
    gbp_per_qaly_gained: Positive
    """Cost of a quality-adjusted life year gained by public health spend."""
    gbp_per_qaly_forgone: Positive
    """Cost of a quality-adjusted life year in treatment."""
    qaly_price_year: str
    """Year in whose prices both costs are given."""
    gdp_deflator_pct: Growth
    """General inflation a year: costs of a quality-adjusted life year grow by it, and present
    values are in prices of the first year by it."""
    place_basis: Literal["need", "deprivation", "population"] = "need"
    """What the places' shares of the extra spend go by: need for care that avoidable deaths tell
    of, people in the most deprived areas, or people."""
    target_people_pct: Annotated[float, Field(gt=0, le=100)] = 100.0
    """Share of people whom rapid and community programmes are for."""
    target_cost_pct: Percent = 100.0
    """Share of the cost of emergency admissions that those people cause."""
    emergency_cost_gbp_m: NotNegative = 0.0
    """Cost of emergency admissions a year; 0 if it is not known, so that it limits nothing."""
    avoidable_emergency_pct: Percent = 100.0
    """Share of that cost which can be avoided at the most."""
    secondary_care_gbp_m: NotNegative = 0.0
    """Cost of secondary care a year, prices of the first year: the NHS avoids no more than that; 0
    if it is not known, so that it limits nothing."""
    passed_on_pct: Percent = 50.0
    """Share of the trusts' cash that contracts pass on to the commissioner, who pays."""
    qaly_deprivation_weight: NotNegative = 0.0
    """How much more a QALY counts for people in the most deprived areas; 0 for the same."""
    discount_money_pct: Percent
    """Discount rate of money."""
    discount_qaly_pct: Percent
    """Discount rate of health."""

    _check = field_validator("start_year", "end_year", "qaly_price_year")(_year)

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
    """The same after `marginal_cost_years`; in between it moves evenly, and it never falls."""
    marginal_cost_years: Annotated[float, Field(gt=0, le=40)] = 3.0
    """Years after which cost has moved as far as it will."""
    cost_uplift_pct: Growth
    """Cost inflation in years without a published factor."""
    pressures_pct: Growth
    """Cost pressures above the national uplift, share of the cost base, in years without a
    published position."""
    efficiency_pct: Percent
    """Efficiency asked, share of the cost base, in years where no row of the efficiency schemes is
    the whole ask. Schemes named count towards it; the rest is delivered as below."""
    efficiency_delivery_pct: Percent
    """Share of the unnamed rest of the ask which is delivered."""
    efficiency_recurrent_pct: Percent
    """Share of the delivery which recurs."""
    support_gbp_m: Money
    """Deficit support a year."""
    repayment_gbp_m: NotNegative
    """Repayment of past deficits a year, where the rule is fixed."""
    repayment_rule: Literal["fixed", "surplus"] = "fixed"
    """A fixed repayment a year, or what a surplus allows until the plan's deficits are repaid."""
    repayment_cap_pct: Percent = 0.5
    """Most that a surplus repays in a year, share of income."""
    convergence_pct: Growth = 0.0
    """Convergence of the system's allocation a year, added to income growth in years without a
    published allocation."""
    delivery_green_pct: Percent = 90.0
    """Share that a scheme rated green delivers."""
    delivery_amber_pct: Percent = 60.0
    """Share that a scheme rated amber delivers."""
    delivery_red_pct: Percent = 25.0
    """Share that a scheme rated red delivers."""
    pay_share_pct: Percent = 65.0
    """Pay bill, share of turnover."""
    agency_share_pct: Percent = 3.2
    """Agency staff, share of the pay bill in the first year."""
    agency_target_pct: Percent = 3.2
    """Agency staff, share of the pay bill in the end."""
    agency_year: str = "2028/29"
    """Year in which the end is reached."""
    agency_premium_pct: NotNegative = 25.0
    """What agency staff cost above own staff."""
    position_by_month_5_pct: Annotated[float, Field(ge=-500, le=500)] = 41.7
    """Share of a year's position that falls in the first five months."""
    pdc_pct: Percent
    """Public dividend capital dividend, on average relevant net assets."""

    _agency = field_validator("agency_year")(_year)


class Capital(Section):
    """Capital prioritisation."""

    discount_rate_pct: Percent
    """Discount rate of benefit."""
    discount_later_pct: Percent | None = None
    """Discount rate of the years after the 30th; left out: the same."""
    discount_from: Literal["start", "completion"]
    """Year from which benefit counts."""
    benefit: Literal["score", "criteria", "npsv"] = "score"
    """What benefit is: a score, weighted criteria, or net present social value in £m."""
    criteria_weights: dict[str, NotNegative] = {}
    """Weight of each criterion, the columns score_<criterion> of the schemes."""
    place_weights: dict[str, NotNegative] = {}
    """Equity weight of benefit by place; a place left out has 1."""
    feedback: bool = False
    """Whether the system's position moves next year's capital limit."""
    deficit_penalty_pct: Percent = 10.0
    """What a deficit takes off next year's limit at the most."""
    deficit_for_full_penalty_pct: Percent = 1.0
    """Deficit, as a share of turnover, from which the whole penalty falls."""
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
    relax: bool = False
    """Whether every scheme may be funded in part: quick, and a bound on what a plan can reach."""
    time_limit_s: Positive
    """The solver stops after this many seconds with the best plan found."""
    solver: Literal["highs", "cbc"]
    """Solver."""


Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Uncertainty(Section):
    """What draws need beside the ranges of the settings themselves."""

    outcome_kinds: Names = ()
    """Kinds of prevention programme whose return is one of three outcomes, as below; the others
    are drawn from their range."""
    outcome_saves: Count = 7
    """Schemes that saved money, of those evaluated."""
    outcome_neither: Count = 14
    """Schemes that neither saved nor cost."""
    outcome_costs_more: Count = 6
    """Schemes that cost more than they saved."""
    capital_cost_pct: Growth = 0.0
    """What capital schemes cost above their price; drawn if it has a range."""
    capital_cost_common_pct: Percent = 50.0
    """Share of that which all schemes have in common, such as tender prices."""

    @model_validator(mode="after")
    def _some(self) -> Uncertainty:
        if not self.outcome_saves + self.outcome_neither + self.outcome_costs_more:
            raise ValueError("the numbers of outcomes must not all be 0")
        return self


class Scenario(Section):
    """Everything one run needs."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    years: Years
    data: Data
    envelope: Envelope
    allocation: Allocation
    prevention: Prevention
    recovery: Recovery
    capital: Capital
    uncertainty: Uncertainty = Uncertainty()

    _evidence: dict[str, Figure] = PrivateAttr(default_factory=dict)
    _files: tuple[Path, ...] = PrivateAttr(default=())

    @property
    def evidence(self) -> dict[str, Figure]:
        """The figure behind each key, by its dotted path."""
        return self._evidence

    @property
    def files(self) -> tuple[Path, ...]:
        """The scenario files read, from the most basic to the most particular."""
        return self._files


def main_stream(scenario: Scenario) -> str:
    """Return the stream that most money goes by, and whose growth is organisations' income growth.

    `core` where there is one, else the first.
    """
    streams = scenario.allocation.streams
    return "core" if "core" in streams else next(iter(streams))
