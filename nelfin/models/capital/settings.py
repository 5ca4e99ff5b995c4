"""Settings of a capital plan, beside its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from nelfin.program import SolverName


@dataclass(frozen=True)
class TableNames:
    """What to call the tables of a capital plan in errors, such as their files.

    Parameters
    ----------
    projects, limits, rules, resources, groups
        A name for each table.
    """

    projects: str = "projects"
    limits: str = "limits"
    rules: str = "capital_rules"
    resources: str = "capital_resources"
    groups: str = "capital_groups"


@dataclass(frozen=True)
class Settings:
    """How a capital plan is drawn up.

    Parameters
    ----------
    discount_rate_pct, discount_from
        Discount rate of benefit, % a year, and whether it counts from start or completion.
    discount_later_pct
        Rate after 30 years, as in the Green Book (3.0 after 3.5); None goes on with the rate.
    price_growth_pct
        Growth of prices a year after the first year.
    over_programming_pct
        How far spend may pass each limit.
    carry_over_pct
        Share of a limit that may be carried into the next year unspent.
    optimism_bias_pct
        Uplift of spend by asset type.
    benefit
        `score`: the column benefit. `criteria`: the columns score_<criterion>, weighted. `npsv`:
        net present social value, £m: benefit and revenue effect a year (£m) over the life of the
        asset, less spend, discounted.
    criteria_weights
        Weight of each criterion.
    life_years
        Years over which an asset type gives benefit and revenue effect (`npsv`).
    place_weights
        Equity weight of benefit by place; a place left out has 1.
    deprived_share
        Share of each place's people who live in the most deprived areas, 0 to 1.
    rules
        Floors, caps and targets: the table `capital_rules`.
    truncate
        Let schemes run past the last year. Their benefit, and the backlog they clear, count in
        proportion to the spend inside.
    leave_out
        Leave out a scheme that no start in the plan's years can hold, where it would else be an
        error; one that must be funded may then run past the last year.
    relax
        Let every scheme be funded in part: the relaxation itself is the plan.
    gap_pct
        Stop when the plan is proven this close to the best.
    time_limit_s
        Stop after this many seconds, relaxation and confirmed prices included, and keep the best
        plan found, with its true gap. None sets no limit.
    solver
        `highs` or `cbc`.
    check_prices
        Solve the relaxation again with £1m more and less of each limit, beside its price.
    called
        What to call the tables in errors.
    resources
        Limits of other resources that schemes use, such as staff: the table `capital_resources`.
    groups
        At least and at most so many schemes of a group: the table `capital_groups`.
    now
        Year that it now is; "" for the first year of the limits. Years before it are closed:
        nothing starts in them, what has started stands, and their limits have no price.
    deflator_pct
        General inflation, % a year, by which limits in prices of another year (`price_year`) are
        brought to cash; None where no limit is.
    backlog_deterioration_pct
        What backlog grows by a year as buildings age, beside prices.
    """

    discount_rate_pct: float = 3.5
    discount_later_pct: float | None = None
    discount_from: Literal["start", "completion"] = "completion"
    price_growth_pct: float = 0.0
    over_programming_pct: float = 0.0
    carry_over_pct: float = 0.0
    optimism_bias_pct: Mapping[str, float] = field(default_factory=dict)
    benefit: Literal["score", "criteria", "npsv"] = "score"
    criteria_weights: Mapping[str, float] = field(default_factory=dict)
    life_years: Mapping[str, float] = field(default_factory=dict)
    place_weights: Mapping[str, float] = field(default_factory=dict)
    deprived_share: Mapping[str, float] = field(default_factory=dict)
    rules: pd.DataFrame | None = None
    truncate: bool = False
    leave_out: bool = False
    relax: bool = False
    gap_pct: float = 0.5
    time_limit_s: float | None = 300.0
    solver: SolverName = "highs"
    check_prices: bool = True
    called: TableNames = TableNames()
    resources: pd.DataFrame | None = None
    groups: pd.DataFrame | None = None
    now: str = ""
    deflator_pct: float | None = None
    backlog_deterioration_pct: float = 0.0
