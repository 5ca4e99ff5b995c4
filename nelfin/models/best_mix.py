"""The best mix of prevention programmes over places, as a linear program."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.appraisal import discount_factors
from nelfin.models.prevention import avoided_cost
from nelfin.models.programmes import Programmes, programmes_of
from nelfin.scenario.schema import Prevention

Array = npt.NDArray[np.float64]

Objective = Literal["qalys", "cash"]

SMALL = 1e-6

TIE = 1e-9
"""Worth of £1m of cash, as a share of the objective: only tells ties apart."""


@dataclass(frozen=True)
class BestMix:
    """The best mix and what explains it.

    Parameters
    ----------
    mix
        A row a programme and place: `programme, place, share_pct` (of the extra spend).
    by_year
        A row a year: `year, extra_spend_gbp_m, cash_gbp_m, net_cash_gbp_m, floor_gbp_m`.
    objective
        QALYs, or net cash in £m, discounted, over the plan.
    price_per_gbp_m
        What £1m more of the shift, spread over its path, would add to the objective.
    """

    mix: pd.DataFrame
    by_year: pd.DataFrame
    objective: float
    price_per_gbp_m: float


def best_mix(
    extra: xr.DataArray,
    table: pd.DataFrame,
    section: Prevention,
    people: pd.Series,
    deprived: pd.Series | None = None,
    objective: Objective = "qalys",
    floor_gbp_m: float | None = None,
    deprived_pct: float = 0.0,
) -> BestMix:
    """Choose each programme's share of the shift in each place.

    Parameters
    ----------
    extra
        Extra spend, £m; dim `year`. It need not all be used.
    table
        The programme table.
    section
        Rates and donor of the shift.
    people
        People by place; a place holds its share of the eligible people.
    deprived
        Share of each place's people in the most deprived areas.
    objective
        `qalys` (gained, weighted by deprivation where the scenario says so) or `cash` (net of the
        new money and of double running), discounted over the plan.
    floor_gbp_m
        Least net cash in every year, £m, such as -20; None for none.
    deprived_pct
        Least share of the spend that reaches people in the most deprived areas, %.

    Returns
    -------
    BestMix
        Shares, cash by year, and the price of a pound of shift.

    Raises
    ------
    NoAnswerError
        If the floors cannot hold; says which year, and by how much.

    Notes
    -----
    Method: linear program; a programme may serve no more people than are eligible. The price is
    the dual of the row that says all shares together are at most the whole.
    """
    known = programmes_of(table, section)
    years = [str(year) for year in extra["year"].values]
    places = [str(place) for place in people.index]
    spend = extra.to_numpy()
    cash, net = _money(spend, known, section)
    money_factors = discount_factors(section.discount_money_pct, np.arange(len(years)))
    worth = _worth(spend, known, section, places, people, deprived, objective, net, money_factors)
    share = people.to_numpy(dtype=float) / float(people.sum())
    # of mixes as good as each other the one that leaves more cash
    tie = TIE * float(np.abs(worth).max(initial=1.0)) * (net @ money_factors)
    program = lp.Program()
    columns = np.array(
        [[program.column(float(worth[m, p] + tie[m]), 0.0, 1.0) for p in range(len(places))]
         for m in range(len(known.names))]
    )  # fmt: skip
    program.row("all", None, [(int(c), 1.0) for c in columns.flat], "<=", 1.0)
    most = _most(spend, known)
    for m, name in enumerate(known.names):
        for p, place in enumerate(places):
            if np.isfinite(most[m]):
                program.row(
                    "eligible", (name, place), [(int(columns[m, p]), 1.0)], "<=", most[m] * share[p]
                )
    if floor_gbp_m is not None:
        for t, year in enumerate(years):
            terms = [(int(c), float(net[m, t])) for m in range(len(net)) for c in columns[m]]
            program.row("floor", year, terms, ">=", floor_gbp_m)
    if deprived_pct > 0:
        if deprived is None:
            raise NoAnswerError("A share for the most deprived needs the table of deprivation.")
        reach = deprived.loc[places].to_numpy(dtype=float) - deprived_pct / 100
        terms = [(int(columns[m, p]), float(reach[p])) for m in range(len(net))
                 for p in range(len(places))]  # fmt: skip
        program.row("deprived", None, terms, ">=", 0.0)
        program.row("some", None, [(int(c), 1.0) for c in columns.flat], ">=", SMALL)
    found = lp.solve(program)
    if not found.has_plan:
        raise NoAnswerError(_why_not(program, floor_gbp_m, deprived_pct))
    shares = found.values[columns]
    rows = [[name, place, 100 * shares[m, p]] for m, name in enumerate(known.names)
            for p, place in enumerate(places)]  # fmt: skip
    mix = pd.DataFrame(rows, columns=["programme", "place", "share_pct"])
    by_programme = shares.sum(axis=1)
    by_year = pd.DataFrame(
        {
            "year": years,
            "extra_spend_gbp_m": by_programme.sum() * spend,
            "cash_gbp_m": by_programme @ cash,
            "net_cash_gbp_m": by_programme @ net,
            "floor_gbp_m": np.nan if floor_gbp_m is None else floor_gbp_m,
        }
    )
    whole = float(spend @ money_factors)
    price = found.prices["all", None] / whole if whole else 0.0
    return BestMix(mix, by_year, float((shares * worth).sum()), price)


def _money(spend: Array, known: Programmes, section: Prevention) -> tuple[Array, Array]:
    """Return cash and net cash of the whole shift in each programme; shape (programme, year)."""
    every = np.broadcast_to(spend, (len(known.names), len(spend)))
    avoided = avoided_cost(every, known.returns, known.lag)
    cash = avoided * (known.nhs * known.cashable)[:, None]
    double = np.maximum(np.diff(spend, prepend=0.0), 0.0) * section.double_running_months / 12
    return cash, cash - spend * section.new_money_pct / 100 - double


def _worth(
    spend: Array,
    known: Programmes,
    section: Prevention,
    places: list[str],
    people: pd.Series,
    deprived: pd.Series | None,
    objective: Objective,
    net: Array,
    money_factors: Array,
) -> Array:
    """Return what the whole shift in a programme and place is worth; shape (programme, place)."""
    if objective == "cash":
        return np.repeat((net @ money_factors)[:, None], len(places), axis=1)
    factors = discount_factors(section.discount_qaly_pct, np.arange(len(spend)))
    price = np.where(np.isnan(known.gbp_per_qaly), section.gbp_per_qaly_gained, known.gbp_per_qaly)
    gained = float(spend @ factors) * 1e6 / price
    weight: Array = np.ones(len(places))
    if deprived is not None and section.qaly_deprivation_weight > 0:
        mine = deprived.loc[places].to_numpy(dtype=float)
        mean = float((mine * people.to_numpy()).sum() / people.sum())
        if mean > 0:
            weight = 1 + section.qaly_deprivation_weight * (mine / mean - 1)
    return np.asarray(gained[:, None] * weight)


def _most(spend: Array, known: Programmes) -> Array:
    """Return the largest share of the shift each programme can use, NaN without a bound."""
    peak = float(np.max(spend, initial=0.0)) * 1e6
    if peak <= 0:
        return np.full(len(known.names), np.nan)
    return np.asarray(known.unit_cost * known.eligible * known.max_coverage / peak)


def _why_not(program: lp.Program, floor: float | None, deprived_pct: float) -> str:
    """Say which year's floor is short, and by how much, with the least total shortfall."""
    elastic = replace(program.copy(), value=[0.0] * len(program.value), rows=[])
    short: dict[Hashable, int] = {}
    for row in program.rows:
        terms = list(row.terms)
        if row.kind == "floor":
            short[row.key] = elastic.column(-1.0, 0.0, None)
            terms.append((short[row.key], 1.0))
        elastic.row(row.kind, row.key, terms, row.sense, row.bound)
    found = lp.solve(elastic)
    if not found.has_plan:
        return (
            f"No mix brings {deprived_pct:g} % of the spend to people in the most deprived areas: "
            "no place has so many. Ask for less."
        )
    said = [
        f"£{found.values[column]:,.1f}m short in {year}"
        for year, column in short.items()
        if found.values[column] > SMALL
    ]
    return (
        f"No mix keeps net cash at £{floor or 0:,.1f}m or more in every year: {', '.join(said)}. "
        "Lower the floor, or slow the shift."
    )
