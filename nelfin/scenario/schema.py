"""What a scenario may hold. Every key is checked; the text under it says what it is.

A key tells its unit by its ending, such as `_pct`, or by a `Unit` in its type.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from nelfin.evidence import Figure
from nelfin.scenario.activity_settings import Activity
from nelfin.scenario.kinds import (
    Growth,
    Money,
    Names,
    Percent,
    Schemes,
    Section,
    Share,
    TablePath,
    Unit,
    Year,
    YesNo,
)
from nelfin.scenario.model_settings import Capital, Prevention, Recovery
from nelfin.scenario.portfolio_settings import Portfolio
from nelfin.years import start_of, years_between


class Years(Section):
    """The financial years of the plan."""

    first: Year
    """First year of the plan, the base year, such as 2023/24."""
    last: Year
    """Last year of the plan."""
    planned_to: Annotated[str, Unit("year")] = ""
    """Last year that is reported as planned where neither an outturn nor a forecast is given;
    blank for none."""
    now: Annotated[str, Unit("year")] = ""
    """Year that it now is; blank for the first year. Years before it are closed for the capital
    plan: nothing starts in them, what has started stands, and their capital has no price."""

    @field_validator("planned_to", "now")
    @classmethod
    def _blank_or_year(cls, label: str) -> str:
        if label:
            start_of(label)
        return label

    @model_validator(mode="after")
    def _in_order(self) -> Years:
        count = start_of(self.last) - start_of(self.first) + 1
        if not 1 <= count <= 40:
            raise ValueError(
                f"the years {self.first} to {self.last} must run forward and be at most 40"
            )
        if self.now > self.last:
            raise ValueError(
                f"now is {self.now}, after the last year {self.last}: no year would be open"
            )
        return self

    @property
    def open_from(self) -> str:
        """The first year of the plan that is open to new capital schemes."""
        return max(self.first, self.now)

    def labels(self) -> list[str]:
        """Return every year of the plan in order.

        Returns
        -------
        list of str
            Labels such as 2023/24.
        """
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
    organisation_income: TablePath
    """Income of the organisations by where it comes from."""
    positions: TablePath
    """Positions of the organisations: outturns, forecasts and plans, and what is inside them."""
    efficiency_schemes: TablePath | None = None
    """Efficiency schemes and asks by year."""
    organisation_places: TablePath | None = None
    """Shares of organisations' income by the places they serve."""
    uplift_factors: TablePath
    """Cost uplift and efficiency factors by year."""
    pressures: TablePath | None = None
    """Pressures on cost by driver."""
    beds: TablePath | None = None
    """General and acute beds of the trusts."""
    activity_plans: TablePath | None = None
    """Planned care of single trusts above the funded level, by year."""
    appointments: TablePath | None = None
    """Appointments in primary care by place."""
    projects: TablePath
    """Capital schemes."""
    capital_limits: TablePath
    """Capital limits by year."""
    capital_rules: TablePath | None = None
    """Floors, caps and targets of the capital plan."""
    capital_futures: TablePath | None = None
    """Futures of capital limits, costs and benefits, each with a weight, for one priority list."""
    capital_resources: TablePath | None = None
    """Limits of what capital schemes use beside capital, such as staff."""
    capital_groups: TablePath | None = None
    """At least and at most so many schemes of a group in the capital plan."""
    plan_in_force: TablePath | None = None
    """Capital plan in force: as few of its starts change as the gap allows."""
    deprivation: TablePath | None = None
    """Share of each place's people who live in the most deprived areas."""
    backlog: TablePath | None = None
    """Backlog of maintenance of the organisations by risk, as published."""
    asset_types: TablePath
    """Asset lives, optimism bias and share of spend that adds to the asset base."""
    initiatives: TablePath | None = None
    """Programmes of the portfolio: money, staff and what they bring."""
    portfolio_pools: TablePath | None = None
    """Money for the portfolio by year."""
    portfolio_staff: TablePath | None = None
    """Staff months for the portfolio by skill and year."""
    equity_floors: TablePath | None = None
    """Least spend of the portfolio on places."""


class Envelope(Section):
    """What the system has to spend."""

    plan_total_gbp_m: Money
    """Total of the system's own plan in the year of the plan."""
    plan_year: Annotated[str, Unit("year")] = ""
    """Year of the plan's total; blank for the base year."""
    growth_pct: dict[str, Growth]
    """Cash growth a year by stream, for years without a published allocation."""
    convergence_rule: Annotated[Literal["none", "given", "fair-share", "clipped"], Unit("rule")] = (
        "none"
    )
    """How allocations converge to the system's fair share in years without a published one: not
    at all; at a rate that is given; evenly by the year of fair shares; or by the rule of 2025/26
    (a fifth of the distance a year, at most 0.5 %). It moves places and organisations alike."""
    convergence_pct: dict[str, Growth] = Field(default_factory=dict)
    """What convergence adds a year by stream, where the rule is `given`."""
    distance_from_target_pct: dict[str, Growth] = Field(default_factory=dict)
    """Distance of the system's allocation from its fair share by stream, below target is
    negative."""
    distance_year: Annotated[str, Unit("year")] = ""
    """Year of the distance from fair share: it is closed from the year after. Blank for the last
    year with a published allocation."""
    fair_share_year: Year = "2028/29"
    """Year by which allocations are at their fair share, where the rule is `fair-share`."""


class Stream(Section):
    """How one stream of money is shared among places."""

    need: Annotated[str, Unit("component")] = ""
    """Component of need that sets the target; blank keeps the stream at system level."""
    opening: Annotated[str, Unit("opening")] = "on-target"
    """Opening position of the first year: the name of one, `on-target`, or a file of your own."""
    rule: Annotated[str, Unit("rule")] = "national"
    """Pace-of-change rule, or `national` for the rule NHS England used that year."""
    restricted_share: Share = 1.0
    """Share of the baseline that moves; high-cost drugs and devices do not."""


OPENING_FILES = (".csv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Endings by which an opening is known to be a file."""


class Allocation(Section):
    """Place budgets."""

    streams: Annotated[dict[str, Stream], Field(min_length=1)]
    """How each stream of money is shared, by its name."""
    area_cost: YesNo = True
    """Whether need counts the cost of staff and property of the area, as the formula does."""
    need_weights: dict[str, dict[str, Share]] = Field(default_factory=dict)
    """New weights of need by final and component, for what-ifs; the other weights scale to keep the
    sum."""


class Uncertainty(Section):
    """What draws need beside the ranges of the settings themselves."""

    outcome_kinds: Annotated[Names, Unit("kinds")] = ()
    """Kinds of prevention programme whose return is one of three outcomes, as below; the others
    are drawn from their range."""
    outcome_saves: Schemes = 7
    """Schemes that saved money, of those evaluated."""
    outcome_neither: Schemes = 14
    """Schemes that neither saved nor cost."""
    outcome_costs_more: Schemes = 6
    """Schemes that cost more than they saved."""
    capital_cost_pct: Growth = 0.0
    """What capital schemes cost above their price; drawn if it has a range."""
    capital_cost_common_pct: Percent = 50.0
    """Share of what schemes cost above their price that all have in common, such as tender
    prices."""

    persistence: Share = 0.5
    """How much of a year's departure from the value of a rate is there a year later."""
    growth_with_inflation: Share = 0.8
    """Correlation of growth of the envelope with cost inflation: allocations follow prices."""

    @model_validator(mode="after")
    def _some(self) -> Uncertainty:
        if not self.outcome_saves + self.outcome_neither + self.outcome_costs_more:
            raise ValueError("the numbers of outcomes must not all be 0")
        return self


class Scenario(Section):
    """Everything one run needs."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    """Version of what a scenario may hold."""
    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What the plan is called."""
    icb: Annotated[str, Unit("code")] = ""
    """Code of the integrated care board whose plan it is, such as QWE; blank if it has none."""
    base: Annotated[str, Unit("name")] | None = None
    """What the plan is a change of, where it extends no other: `nel`, the code of a system as
    nelfin starts it, or a scenario file; blank for nothing."""
    years: Years
    data: Data
    envelope: Envelope
    allocation: Allocation
    prevention: Prevention
    recovery: Recovery
    activity: Activity = Activity()
    capital: Capital
    portfolio: Portfolio = Portfolio()
    uncertainty: Uncertainty = Uncertainty()

    _evidence: dict[str, Figure] = PrivateAttr(default_factory=dict)
    _files: tuple[Path, ...] = PrivateAttr(default=())
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _originals: dict[str, str] = PrivateAttr(default_factory=dict)
    _parent: Path | None = PrivateAttr(default=None)
    _allowed: tuple[Path, ...] = PrivateAttr(default=())
    _readings: tuple[str, ...] = PrivateAttr(default=())

    @property
    def evidence(self) -> dict[str, Figure]:
        """The figure behind each key, by its dotted path."""
        return self._evidence

    @property
    def files(self) -> tuple[Path, ...]:
        """The scenario files read, from the most basic to the most particular."""
        return self._files

    @property
    def origins(self) -> dict[str, str]:
        """What gave each setting its value, by its dotted path: a scenario file or `--set`."""
        return self._origins

    @property
    def originals(self) -> dict[str, str]:
        """Where each file was read first that is now read from a run's own copy, by its path."""
        return self._originals

    @property
    def parent(self) -> Path | None:
        """File that it is a change of: what it extends, or its own before what is set over it."""
        return self._parent

    @property
    def allowed(self) -> tuple[Path, ...]:
        """Other folders in which its tables were allowed to stand."""
        return self._allowed

    @property
    def readings(self) -> tuple[str, ...]:
        """What a workbook of settings was read as, where that is not as it is spelt."""
        return self._readings


ABOUT = frozenset({"schema", "name", "icb", "base"})
"""Keys that say what a plan is, and hold no figure of it."""


def main_stream(scenario: Scenario) -> str:
    """Return the stream that most money goes by, and whose growth is organisations' income growth.

    Parameters
    ----------
    scenario
        The scenario; it has at least one stream.

    Returns
    -------
    str
        `core` where there is one, else the first.
    """
    streams = scenario.allocation.streams
    return "core" if "core" in streams else next(iter(streams))
