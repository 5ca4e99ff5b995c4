"""Settings of a portfolio of programmes, beside its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from nelfin.models.capital.vocabulary import Vocabulary
from nelfin.program import SolverName

FRONTIER_PCT = (25.0, 50.0, 75.0, 90.0, 100.0, 110.0, 125.0, 150.0)
"""Pools, as percentages of those given, for which the best portfolio is worked out."""


@dataclass(frozen=True)
class TableNames:
    """What to call the tables of a portfolio in errors, such as their files.

    Parameters
    ----------
    initiatives, pools, staff, floors
        A name for each table.
    settings
        What stands before the name of a setting, such as `portfolio.`.
    now
        A name for the setting of the year that it now is.
    """

    initiatives: str = "initiatives"
    pools: str = "portfolio_pools"
    staff: str = "portfolio_staff"
    floors: str = "equity_floors"
    settings: str = ""
    now: str = "now"


@dataclass(frozen=True)
class Settings:
    """How a portfolio is drawn up.

    Parameters
    ----------
    staff
        Staff months there are, `skill, year, months`: the table `portfolio_staff`. None where no
        initiative uses staff.
    floors
        Least spend on places, `place, year, share_pct, amount_gbp_m`: the table `equity_floors`.
    value
        `qalys`: quality-adjusted life years expected and discounted, and cash less cost at what a
        QALY costs elsewhere. `score`: the points of the column `value_points`; money then counts
        by the pools alone.
    cost_per_qaly_gbp
        £ a QALY that is forgone elsewhere: what money is worth outside the portfolio. In prices of
        the first year. The default is that of Martin, Lomas and Claxton (BMJ Open 2020, e036411)
        for the NHS treatment budget at the margin, in prices of 2013/14.
    discount_money_pct, discount_qaly_pct
        Discount rates, % a year (Green Book: 3.5 for money, 1.5 for health). Points are discounted
        as health is, from the start.
    price_growth_pct
        What cost and cash grow by a year in the cash of the pools, after the first year.
    cash_refills_pct
        Share of the expected cash that goes back to the pool of its year; the rest stays with the
        services that release it.
    carry_over_pct
        Share of a pool that may be carried into the next year unspent.
    value_to
        Last year whose cost, cash and QALYs count towards value; "" for the last year of the
        pools. Pools hold their own years alone.
    now
        Year that it now is: pools of years before are over and left out. "" for none.
    place_people
        People by place, by which the spend of an initiative is split over its places; evenly where
        it is empty. An initiative without places is of all of these.
    deprived_share
        Share of each place's people who live in the most deprived areas, 0 to 1.
    gap_pct
        Stop when the portfolio is proven this close to the best.
    time_limit_s
        Stop after this many seconds and keep the best portfolio found, with its true gap.
    solver
        `highs` or `cbc`.
    check_prices
        Solve the relaxation again with £1m more and less in each pool, beside its price.
    frontier_pct
        Pools, as percentages of those given, for which the frontier has the best portfolio; none
        for no frontier.
    frontier_gap_pct
        How close to the best the other sizes of the frontier are proven, where that is less close
        than `gap_pct`: each takes as long as the portfolio.
    called
        What to call the tables in errors.
    """

    staff: pd.DataFrame | None = None
    floors: pd.DataFrame | None = None
    value: Literal["qalys", "score"] = "qalys"
    cost_per_qaly_gbp: float = 13_500.0
    discount_money_pct: float = 3.5
    discount_qaly_pct: float = 1.5
    price_growth_pct: float = 0.0
    cash_refills_pct: float = 0.0
    carry_over_pct: float = 0.0
    value_to: str = ""
    now: str = ""
    place_people: Mapping[str, float] = field(default_factory=dict)
    deprived_share: Mapping[str, float] = field(default_factory=dict)
    gap_pct: float = 0.5
    time_limit_s: float | None = 60.0
    solver: SolverName = "highs"
    check_prices: bool = True
    frontier_pct: Sequence[float] = FRONTIER_PCT
    frontier_gap_pct: float = 0.0
    called: TableNames = TableNames()

    @property
    def unit(self) -> str:
        """What value is counted in."""
        return "QALYs" if self.value == "qalys" else "points"

    @property
    def words(self) -> Vocabulary:
        """What the sentences of a portfolio call things."""
        return Vocabulary(
            scheme="initiative",
            chosen="chosen",
            whole="the initiatives chosen",
            money="money",
            others="its staff",
            limit="pool",
            benefit="value",
            unit=self.unit,
            must="must be in the portfolio",
            must_column="must or running",
            must_schemes="initiatives that must be in or run already",
            fewer="let fewer initiatives be in that must",
            ease=f"Ease the floors of {self.called.floors}, or raise the pools.",
            unfit="its window and its years of cost do not fit",
            raised="raise the pools",
            widen="Widen the window, give pools of more years, or let it go on (recurrent).",
        )
