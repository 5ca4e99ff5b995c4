"""Settings of a capital plan, beside its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from nelfin.models.capital.vocabulary import CAPITAL, Vocabulary
from nelfin.program import SolverName


@dataclass(frozen=True)
class TableNames:
    """What to call the tables and settings of a capital plan in errors, such as files and options.

    Parameters
    ----------
    projects, limits, rules, resources, groups
        A name for each table.
    begin_from, max_changes, must_in, must_out, must_start, now
        A name for each of these settings of a plan already under way.
    criteria_weights, place_weights, gbp_per_qaly, revenue_beside_cash, deflator_pct, time_limit_s
        A name for each of these settings of what a plan is worth.
    """

    projects: str = "projects"
    limits: str = "limits"
    rules: str = "capital_rules"
    resources: str = "capital_resources"
    groups: str = "capital_groups"
    begin_from: str = "begin_from"
    max_changes: str = "max_changes"
    must_in: str = "must_in"
    must_out: str = "must_out"
    must_start: str = "must_start"
    now: str = "now"
    criteria_weights: str = "criteria_weights"
    place_weights: str = "place_weights"
    gbp_per_qaly: str = "gbp_per_qaly"
    revenue_beside_cash: str = "revenue_beside_cash"
    deflator_pct: str = "deflator_pct"
    time_limit_s: str = "time_limit_s"


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
        net present social value, £m: the benefits of an appraisal (`cash_releasing_gbp_m`,
        `non_cash_releasing_gbp_m`, `societal_gbp_m`, `qalys`) and the revenue effect a year over
        the life of the asset, less spend and expected risk, discounted. Where the table has none
        of these columns, `benefit` is £m a year.
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
        What to call the tables and settings in errors.
    resources
        Limits of other resources that schemes use, such as staff: the table `capital_resources`.
    groups
        At least and at most so many schemes of a group: the table `capital_groups`.
    now
        Year that it now is; "" for the first year of the limits. Years before it are closed:
        nothing starts in them, what has started stands, and their limits have no price.
    deflator_pct
        General inflation, % a year, by which limits in prices of another year (`price_year`) are
        brought to cash, and benefits to the first year's; None is asked for where it is needed.
    backlog_deterioration_pct
        What backlog grows by a year as buildings age, beside prices.
    begin_from
        A plan in force, `project_id, start_year`: of plans within the gap the one is taken that
        changes fewest of its starts.
    max_changes
        Take the plan of most benefit that changes at most so many starts of `begin_from`.
    must_in, must_out
        Schemes that are in the plan, or out of it, whatever they are worth.
    must_start
        Year in which a scheme starts, by its id.
    gbp_per_qaly, qaly_price_year
        Worth of a quality-adjusted life year, £, and the year in whose prices (`npsv`).
    discount_last_pct
        Rate after 75 years (Green Book: 2.5); None goes on with the rate before.
    discount_health_pct, discount_health_later_pct, discount_health_last_pct
        Discount rates of quality-adjusted life years: to 30 years, to 75, and after.
    revenue_beside_cash
        A scheme's `revenue_gbp_m` and `cash_releasing_gbp_m` are different money; else both on one
        row are refused.
    words
        What sentences call things.
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
    begin_from: pd.DataFrame | None = None
    max_changes: int | None = None
    must_in: Sequence[str] = ()
    must_out: Sequence[str] = ()
    must_start: Mapping[str, str] = field(default_factory=dict)
    gbp_per_qaly: float = 70_000.0
    qaly_price_year: str = "2024/25"
    discount_last_pct: float | None = None
    discount_health_pct: float = 1.5
    discount_health_later_pct: float | None = None
    discount_health_last_pct: float | None = None
    revenue_beside_cash: bool = False
    words: Vocabulary = CAPITAL
