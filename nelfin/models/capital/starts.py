"""The starts a scheme may have: what each is worth and what it costs, year by year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.models.appraisal import price_index
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.worth import Factors, factors_of, npsv

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Start:
    """A scheme starting in one year: what it is worth, what it costs, and its columns."""

    scheme: Scheme
    year: int
    """Position in the plan's years."""
    value: float
    """What the whole scheme adds to the objective: points, or £m of net present social value."""
    spend: Array
    """£m by year of the plan, cash prices; shape (year,)."""
    cdel: Array
    """What of it scores against the limits, £m; shape (year,)."""
    start_column: int
    """Number of the column of the program that is 1 if the scheme starts in this year."""
    share_column: int
    """Number of the column of the funded share; the same unless the scheme is divisible."""
    inside: float
    """Share of its spend that falls in the plan's years."""

    def revenue(self, year: int) -> float:
        """Return the revenue effect in a year, £m: nothing until the scheme is complete.

        Parameters
        ----------
        year
            Position in the plan's years.
        """
        return self.scheme.revenue if year >= self.year + self.scheme.build_years else 0.0

    def cleared(self, bands: Iterable[str]) -> float:
        """Return the backlog of some risk bands cleared by the plan's end, £m.

        Like benefit, in proportion to the spend inside: work still to be done clears nothing yet.

        Parameters
        ----------
        bands
            Such as `high`.
        """
        return self.inside * sum(self.scheme.backlog.get(band, 0.0) for band in bands)


def starts_of(
    program: lp.Program, schemes: list[Scheme], count: int, settings: Settings
) -> list[Start]:
    """Return every start of every scheme and add its columns to the program.

    Parameters
    ----------
    program
        Columns are added to it.
    schemes
        With the years in which each may start.
    count
        Number of years of the plan.
    settings
        Prices, discounting and how benefit counts.

    Returns
    -------
    list of Start
        In the order of the schemes.
    """
    horizon = count + 100 + max((scheme.life_years for scheme in schemes), default=0)
    factors = factors_of(settings, horizon)
    prices = price_index(settings.price_growth_pct, np.arange(count))
    return [
        _start(program, scheme, year, factors, prices, settings)
        for scheme in schemes
        for year in scheme.starts
    ]


def _start(
    program: lp.Program,
    scheme: Scheme,
    year: int,
    factors: Factors,
    prices: Array,
    settings: Settings,
) -> Start:
    inside = scheme.spend[: len(prices) - year]
    spend = np.zeros(len(prices))
    spend[year : year + len(inside)] = inside * prices[year : year + len(inside)]
    whole = scheme.spend.sum()
    share_inside = float(inside.sum() / whole) if whole > 0 else 1.0
    value = (
        npsv(scheme, year, factors)
        if settings.benefit == "npsv"
        else _discounted(scheme, year, share_inside, factors.money, settings.discount_from)
    ) * scheme.equity_weight
    if scheme.divisible:
        start_column = program.column(0.0, whole=True)
        share_column = program.column(value)
    else:
        start_column = share_column = program.column(value, whole=True)
    cdel = spend * scheme.cdel_share
    return Start(scheme, year, value, spend, cdel, start_column, share_column, share_inside)


def _discounted(
    scheme: Scheme, year: int, inside: float, factors: Array, discount_from: str
) -> float:
    counted = year if discount_from == "start" else year + scheme.build_years - 1
    return float(scheme.benefit * inside * factors[counted])
