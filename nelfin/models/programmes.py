"""Prevention programmes: their parameters as arrays, whom they reach and the health they bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.specs import PROGRAMME_OPTIONS, PROGRAMME_PARAMETERS, PROGRAMME_RETURNS
from nelfin.models.appraisal import price_index
from nelfin.scenario.model_settings import Prevention
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

TARGETED = ("rapid", "community")
"""Kinds of programme that may be aimed at the people with the highest emergency cost."""


def programme_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a programme, one column a parameter, in the order of the table.

    A parameter that a programme may have and no row gives is NaN.

    Parameters
    ----------
    table
        Rows of `programme, parameter, value`.
    """
    wide = table.pivot(index="programme", columns="parameter", values="value")
    columns = [*PROGRAMME_PARAMETERS, *PROGRAMME_RETURNS, *PROGRAMME_OPTIONS]
    return wide.reindex(columns=columns).loc[list(dict.fromkeys(table["programme"]))]


@dataclass(frozen=True)
class Programmes:
    """Parameters of programmes as arrays; shape (programme,) or (draw, programme), shares as such.

    Parameters
    ----------
    names, kinds
        Of each programme.
    share, returns, lag, nhs, cashable
        Share of the shift, £ of return per £1, mean lag in years, share of the cost avoided that
        is the NHS's, and share of that which can become cash.
    returns_cash
        Whether the return is what comes back as cash in the end, rather than the cost avoided.
    unit_cost, eligible, max_coverage
        £ a person a year in prices of the first year, people who could be reached, and the share
        of them that can be at the most; NaN where not given.
    gbp_per_qaly
        Its own cost of a quality-adjusted life year, £ in prices of the first year; NaN for none.
    public_health
        Share of its spend that is paid as public health spend is.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    share: Array
    returns: Array
    lag: Array
    nhs: Array
    cashable: Array
    returns_cash: npt.NDArray[np.bool_]
    unit_cost: Array
    eligible: Array
    max_coverage: Array
    gbp_per_qaly: Array
    public_health: Array

    @property
    def targeted(self) -> npt.NDArray[np.bool_]:
        """Which programmes may be aimed at the people with the highest emergency cost."""
        return np.array([kind in TARGETED for kind in self.kinds])

    @property
    def without_qalys(self) -> list[str]:
        """Programmes whose health gain nothing tells: it is counted as none."""
        none = np.isnan(self.gbp_per_qaly) & (self.public_health == 0)
        return [name for name, here in zip(self.names, none, strict=True) if here]


def programmes_of(table: pd.DataFrame, section: Prevention) -> Programmes:
    """Return a programme table as arrays; targeting leaves fewer people to be reached.

    Parameters
    ----------
    table
        Rows of `programme, kind, parameter, value`.
    section
        Share of people whom targeted programmes are for, %.
    """
    wide = programme_table(table)
    kinds = (
        table.drop_duplicates("programme").set_index("programme")["kind"].loc[list(wide.index)]
        if "kind" in table
        else pd.Series("", index=wide.index)
    )

    def column(name: str, scale: float = 1.0) -> Array:
        return np.asarray(wide[name], dtype=float) * scale

    reach = np.where(kinds.isin(TARGETED), section.target_people_pct / 100, 1.0)
    cover = column("max_coverage_pct", 0.01)
    avoided, cash = (column(name) for name in PROGRAMME_RETURNS)
    return Programmes(
        names=tuple(str(name) for name in wide.index),
        kinds=tuple(str(kind) for kind in kinds),
        share=column("share_of_shift_pct", 0.01),
        returns=np.where(np.isnan(avoided), cash, avoided),
        lag=column("mean_lag_years"),
        nhs=column("nhs_share_pct", 0.01),
        cashable=column("cashable_share_pct", 0.01),
        returns_cash=np.isnan(avoided),
        unit_cost=column("unit_cost_gbp"),
        eligible=column("eligible_people") * reach,
        max_coverage=np.where(np.isnan(cover), 1.0, cover),
        gbp_per_qaly=column("gbp_per_qaly"),
        public_health=np.nan_to_num(column("public_health_pct", 0.01)),
    )


def cost_avoided_per_gbp(programmes: Programmes, in_the_end: Array) -> Array:
    """Return the cost avoided per £1, over all years and at constant prices.

    Where the return is what comes back as cash, the cost avoided is so much that the part of it
    which becomes cash in the end is that return.

    Parameters
    ----------
    programmes
        Parameters; shape (..., programme).
    in_the_end
        Share of average cost that moves in the end; shape (...,).
    """
    becomes_cash = programmes.nhs * np.minimum(programmes.cashable, in_the_end[..., None])
    # a programme whose return is cash has some of it: the tables are checked for that
    whole = np.where(programmes.returns_cash, becomes_cash, 1.0)
    return np.asarray(programmes.returns / whole)


def coverage(x: npt.ArrayLike, most: npt.ArrayLike) -> Array:
    """Return the share of eligible people reached by capacity for a share `x` of them.

    2 a / (1 + exp(-2 x / a)) - a, with a the most that can be reached: the first places all find
    someone new, the last ones nobody.

    Parameters
    ----------
    x
        Capacity over eligible people; any shape.
    most
        The most that can be reached, a share; a shape that goes with it.
    """
    a = np.asarray(most, dtype=float)
    return np.asarray(2 * a / (1 + np.exp(-2 * np.asarray(x, dtype=float) / a)) - a)


def reach(spend: Array, programmes: Programmes) -> tuple[Array, Array]:
    """Return the people reached, and the share of the spend that finds someone new.

    Parameters
    ----------
    spend
        Extra spend, £m in prices of the first year; shape (..., programme, year).
    programmes
        Their unit costs and eligible people. Without a unit cost nobody can be counted (NaN), and
        without eligible people there is no saturation.

    Returns
    -------
    people, effective : numpy.ndarray
        Shape of `spend`.
    """
    places = np.maximum(spend, 0.0) * 1e6 / programmes.unit_cost[..., None]
    x = places / programmes.eligible[..., None]
    covered = coverage(x, programmes.max_coverage[..., None])
    known = np.isfinite(x)
    people = np.where(known, covered * programmes.eligible[..., None], places)
    people = np.where(spend == 0, 0.0, people)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(known & (x > 0), covered / x, 1.0)
    return people, effective


def qaly_prices(section: Prevention, first: int, count: int) -> tuple[Array, Array]:
    """Return the cost of a quality-adjusted life year gained and forgone in each year, £.

    Each is carried from the prices of its year by general inflation; shape (year,).

    Parameters
    ----------
    section
        Both costs, their price year and inflation.
    first
        Calendar year in which the first year of the plan starts.
    count
        How many years.
    """
    since = first + np.arange(count) - start_of(section.qaly_price_year)
    level = price_index(section.gdp_deflator_pct, since)
    return section.gbp_per_qaly_gained * level, section.gbp_per_qaly_forgone * level


def qalys_per_gbp_m(programmes: Programmes, section: Prevention, first: int, count: int) -> Array:
    """Return the quality-adjusted life years that £1m buys by programme and year.

    A programme with a cost of its own has that. Of the others, what is paid as public health spend
    is has that of public health spend, and the rest brings none: no source tells it.

    Parameters
    ----------
    programmes
        Parameters; shape (..., programme).
    section, first, count
        As for `qaly_prices`.

    Returns
    -------
    numpy.ndarray
        Shape (..., programme, year).

    Notes
    -----
    Source: Martin, Lomas and Claxton, BMJ Open 2020, for the public health grant.
    """
    public, _ = qaly_prices(section, first, count)
    own = programmes.gbp_per_qaly[..., None] * price_index(
        section.gdp_deflator_pct, np.arange(count)
    )
    by_grant = programmes.public_health[..., None] / public
    return np.asarray(1e6 * np.where(np.isnan(own), by_grant, 1 / own))
