"""The starts a scheme may have: what each is worth and what it costs, year by year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
    fixed: float = 0.0
    """What starting it adds to the objective whatever its share: only in an objective of one's
    own."""

    def use(self, resource: str) -> Array:
        """Return its use of a resource, in its unit, by year of the plan; shape (year,).

        Parameters
        ----------
        resource
            Such as `staff`.
        """
        used = np.zeros(len(self.spend))
        by_year = self.scheme.uses.get(resource, used[:0])[: len(used) - self.year]
        used[self.year : self.year + len(by_year)] = by_year
        return used

    def worth(self, share: float) -> float:
        """Return what it adds to the objective where it is funded to a share.

        Parameters
        ----------
        share
            0 to 1.
        """
        return self.value * share + self.fixed if self.fixed else self.value * share

    def revenue(self, year: int) -> float:
        """Return the revenue effect in a year, £m: nothing until the scheme is complete.

        Parameters
        ----------
        year
            Position in the plan's years.
        """
        return self.scheme.revenue if year >= self.year + self.scheme.build_years else 0.0

    def cleared(self, bands: Iterable[str], deterioration_pct: float = 0.0) -> float:
        """Return the backlog of some risk bands cleared by the plan's end, £m, base-year prices.

        In proportion to the spend inside: work still to be done clears nothing yet.

        Parameters
        ----------
        bands
            Such as `high`.
        deterioration_pct
            What backlog that is not cleared grows by a year: cleared sooner, it would have grown
            to more by the end.
        """
        count = len(self.spend)
        inside = self.scheme.clearing[: count - self.year]
        left = count - self.year - np.arange(len(inside))
        growth = float(inside @ (1 + deterioration_pct / 100) ** left)
        return growth * sum(self.scheme.backlog.get(band, 0.0) for band in bands)


def starts_of(
    program: lp.Program, schemes: list[Scheme], years: list[str], settings: Settings
) -> list[Start]:
    """Return every start of every scheme and add its columns to the program.

    Parameters
    ----------
    program
        Columns are added to it.
    schemes
        With the years in which each may start.
    years
        Years of the plan.
    settings
        Prices, discounting and how benefit counts.

    Returns
    -------
    list of Start
        In the order of the schemes.
    """
    factors = factors_of(settings, len(years), schemes)
    prices = price_index(settings.price_growth_pct, np.arange(len(years)))
    return [
        _start(program, _starting(scheme, years[year]), year, factors, prices, settings)
        for scheme in schemes
        for year in scheme.starts
    ]


def _starting(scheme: Scheme, year: str) -> Scheme:
    """Return the scheme with the benefit of a start in a year."""
    if year not in scheme.benefit_in:
        return scheme
    return replace(scheme, benefit=scheme.benefit_in[year])


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
    ends = len(inside) == len(scheme.spend)
    share_inside = 1.0 if ends else _inside(scheme.spend, len(inside))
    worth = (
        npsv(scheme, year, factors)
        if settings.benefit == "npsv"
        else _discounted(scheme, year, share_inside, factors.money, settings.discount_from)
    )
    value = scheme.worth_in[year] if scheme.worth_in else worth * scheme.equity_weight
    if scheme.divisible:
        start_column = program.column(0.0, whole=True)
        share_column = program.column(value)
    else:
        start_column = share_column = program.column(value, whole=True)
    cdel = spend * scheme.cdel_share
    return Start(scheme, year, value, spend, cdel, start_column, share_column, share_inside)


def _inside(spend: Array, count: int) -> float:
    """Return the share of spend that falls in its first years; receipts count if they are all."""
    work = np.maximum(spend, 0.0) if (spend > 0).any() else spend
    whole = work.sum()
    return float(work[:count].sum() / whole) if whole else 1.0


def _discounted(
    scheme: Scheme, year: int, inside: float, factors: Array, discount_from: str
) -> float:
    counted = year if discount_from == "start" else year + scheme.build_years - 1
    return float(scheme.benefit * inside * factors[counted])
