"""What an initiative is worth: what it brings, less what its cost would buy elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nelfin.models.appraisal import discount_factors
from nelfin.models.portfolio.initiative import Array, Initiative
from nelfin.models.portfolio.settings import Settings


@dataclass(frozen=True)
class Worth:
    """What an initiative is worth if it starts in a year: present values of the first year."""

    benefit: float
    """Expected QALYs, and cash at what a QALY costs elsewhere; or expected points."""
    cost: float
    """£m, prices of the first year; negative where it frees money."""
    value: float
    """Benefit less the QALYs that the cost would buy elsewhere; of points, the benefit itself."""
    qalys: float
    """QALYs expected, not discounted."""


@dataclass(frozen=True)
class Factors:
    """Discount factors of the years in which value counts, and 0 after them."""

    money: Array
    """Of money; shape (year,)."""
    health: Array
    """Of QALYs; shape (year,)."""


def factors_of(settings: Settings, counted: int, count: int) -> Factors:
    """Return the discount factors.

    Parameters
    ----------
    settings
        Discount rates.
    counted
        Years in which value counts.
    count
        Years in all.
    """
    years = np.arange(count)
    inside = years < counted
    return Factors(
        discount_factors(settings.discount_money_pct, years) * inside,
        discount_factors(settings.discount_qaly_pct, years) * inside,
    )


def worth_of(initiative: Initiative, start: int, factors: Factors, settings: Settings) -> Worth:
    """Return what an initiative is worth if it starts in a year.

    Parameters
    ----------
    initiative
        The initiative.
    start
        Position of the year in the portfolio's years.
    factors
        Discount factors, of as many years as the initiative has amounts.
    settings
        What value is, and what a QALY costs elsewhere.

    Notes
    -----
    Method: expected net health benefit, as in programme budgeting and marginal analysis: QALYs
    gained less those that the money would buy elsewhere.
    """
    count = len(factors.money)
    money, health = factors.money[start:], factors.health[start:]
    left = count - start
    cost = float(initiative.cost[:left] @ money)
    gained = initiative.chance * float(initiative.qalys[:left] @ health)
    counts = initiative.qalys[:left] * (health > 0)
    plain = initiative.chance * float(counts.sum())
    if settings.value == "score":
        points = initiative.chance * initiative.points * float(factors.health[start])
        return Worth(points, cost, points, plain)
    per_gbp_m = 1e6 / settings.cost_per_qaly_gbp
    cash = initiative.chance * float(initiative.cash[:left] @ money)
    benefit = gained + cash * per_gbp_m
    return Worth(benefit, cost, benefit - cost * per_gbp_m, plain)
