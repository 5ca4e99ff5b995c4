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
from nelfin.models.ledgers import Costing, avoided_cost, cash_of, ceilings, paid_by
from nelfin.models.prevention import money_factors
from nelfin.models.programmes import (
    Programmes,
    cost_avoided_per_gbp,
    programmes_of,
    qaly_prices,
    qalys_per_gbp_m,
)
from nelfin.scenario.model_settings import Prevention

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
        A row a year: `year, extra_spend_gbp_m, cash_gbp_m, net_cash_gbp_m, cut_gbp_m,
        floor_gbp_m`.
    objective
        QALYs gained less forgone, or net cash less what is cut from treatment, £m in prices of
        the first year; discounted, over the plan.
    price_per_gbp_m
        What £1m more of the shift, spread over its path, would add to the objective.
    """

    mix: pd.DataFrame
    by_year: pd.DataFrame
    objective: float
    price_per_gbp_m: float


@dataclass(frozen=True)
class _Whole:
    """What the whole shift would do if one programme had all of it; shape (programme, year).

    `avoided` is at constant prices; `net` is cash less what the system pays and double running, a
    cut of treatment counted as paid.
    """

    spend: Array
    real: Array
    avoided: Array
    cash: Array
    net: Array


def best_mix(
    extra: xr.DataArray,
    table: pd.DataFrame,
    section: Prevention,
    costing: Costing,
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
        Rates, ceilings and sources of the money of the shift.
    costing
        Prices of the years, and the marginal-cost curve.
    people
        People by place; a place holds its share of the eligible people.
    deprived
        Share of each place's people in the most deprived areas.
    objective
        `qalys` (gained, weighted by deprivation where the scenario says so, less forgone) or
        `cash` (net), discounted over the plan. A cut of treatment counts against the cash: else
        the mix would cut to balance.
    floor_gbp_m
        Least net cash in every year less what is cut from treatment, £m, such as -20; None for
        none.
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
    Method: linear program; a programme may serve no more people than are eligible, and what is
    avoided stays under the ceilings. The price is the dual of the row that says all shares
    together are at most the whole.
    """
    known = programmes_of(table, section)
    years = [str(year) for year in extra["year"].values]
    places = [str(place) for place in people.index]
    whole = _whole(extra.to_numpy(), known, section, costing)
    factors = money_factors(section, len(years))
    if objective == "cash":
        worth = np.repeat((whole.net @ factors)[:, None], len(places), axis=1)
        per_cut = np.zeros(len(years))
    else:
        worth, per_cut = _health(whole.spend, known, section, costing, places, people, deprived)
    # of mixes as good as each other the one that leaves more cash
    tie = TIE * float(np.abs(worth).max(initial=1.0)) * (whole.net @ factors)
    program = lp.Program()
    columns = np.array(
        [[program.column(float(worth[m, p] + tie[m]), 0.0, 1.0) for p in range(len(places))]
         for m in range(len(known.names))]
    )  # fmt: skip

    program.row("all", None, _each(columns, np.ones(len(columns))), "<=", 1.0)
    _hold_to_people(program, columns, whole, known, people)
    _hold_to_ceilings(program, columns, whole, known, section)
    if per_cut.any():
        _tell_cuts(program, columns, whole, section, per_cut)
    if floor_gbp_m is not None:
        for t, year in enumerate(years):
            program.row("floor", year, _each(columns, whole.net[:, t]), ">=", floor_gbp_m)
    if deprived_pct > 0:
        if deprived is None:
            raise NoAnswerError("A share for the most deprived needs the table of deprivation.")
        reach = deprived.loc[places].to_numpy(dtype=float) - deprived_pct / 100
        terms = [(int(c), float(reach[p])) for row in columns for p, c in enumerate(row)]
        program.row("deprived", None, terms, ">=", 0.0)
        program.row("some", None, _each(columns, np.ones(len(columns))), ">=", SMALL)
    found = lp.solve(program)
    if not found.has_plan:
        raise NoAnswerError(_why_not(program, floor_gbp_m, deprived_pct))
    shares = found.values[columns]
    rows = [[name, place, 100 * shares[m, p]] for m, name in enumerate(known.names)
            for p, place in enumerate(places)]  # fmt: skip
    mix = pd.DataFrame(rows, columns=["programme", "place", "share_pct"])
    by_year = _by_year(shares.sum(axis=1), whole, section, years, floor_gbp_m)
    reached = float((shares * worth).sum() + by_year["cut_gbp_m"].to_numpy() @ per_cut)
    value = float(whole.spend @ factors)
    return BestMix(mix, by_year, reached, found.prices["all", None] / value if value else 0.0)


def _each(columns: npt.NDArray[np.int_], values: Array) -> list[tuple[int, float]]:
    """Return terms with one value a programme, alike in all places."""
    return [(int(c), float(v)) for row, v in zip(columns, values, strict=True) for c in row]


def _hold_to_people(
    program: lp.Program,
    columns: npt.NDArray[np.int_],
    whole: _Whole,
    known: Programmes,
    people: pd.Series,
) -> None:
    """Serve no more people than are eligible: a place has its share of them."""
    share = people.to_numpy(dtype=float) / float(people.sum())
    for m, most in enumerate(_most(whole.real, known)):
        for p, place in enumerate(people.index):
            if np.isfinite(most):
                of_place = [(int(columns[m, p]), 1.0)]
                name = (known.names[m], str(place))
                program.row("eligible", name, of_place, "<=", most * share[p])


def _hold_to_ceilings(
    program: lp.Program,
    columns: npt.NDArray[np.int_],
    whole: _Whole,
    known: Programmes,
    section: Prevention,
) -> None:
    """Keep what is avoided under each ceiling in each year."""
    for n, (ceiling, counts) in enumerate(ceilings(known, section)):
        if np.isfinite(ceiling):
            for t in range(len(whole.spend)):
                terms = _each(columns, counts * whole.avoided[:, t])
                program.row("ceiling", (n, t), terms, "<=", ceiling)


def _tell_cuts(
    program: lp.Program,
    columns: npt.NDArray[np.int_],
    whole: _Whole,
    section: Prevention,
    per_cut: Array,
) -> None:
    """Add what is cut in each year: spend taken out of treatment that no cash pays yet."""
    treatment = 1 - (section.pool_pct + section.new_money_pct) / 100
    if treatment <= 0:
        return
    for t, worth in enumerate(per_cut):
        cut = program.column(float(worth), 0.0, None)
        covered = _each(columns, treatment * (whole.cash[:, t] - whole.spend[t]))
        program.row("cut", t, [(cut, 1.0), *covered], ">=", 0.0)


def _whole(spend: Array, known: Programmes, section: Prevention, costing: Costing) -> _Whole:
    """Return what the whole shift would do in each programme, without saturation or ceilings."""
    prices, curve = costing.prices, costing.curve
    real = spend / prices
    every = np.broadcast_to(real, (len(known.names), len(spend)))
    avoided = avoided_cost(every, cost_avoided_per_gbp(known, curve[-1]), known.lag)
    share = np.minimum(known.cashable[:, None], curve)
    cash = cash_of(avoided * known.nhs[:, None], share[:, : len(spend)]) * prices
    double = np.maximum(np.diff(spend, prepend=0.0), 0.0) * section.double_running_months / 12
    net = cash - spend * (1 - section.pool_pct / 100) - double
    return _Whole(spend, real, avoided, cash, net)


def _by_year(
    shares: Array, whole: _Whole, section: Prevention, years: list[str], floor: float | None
) -> pd.DataFrame:
    """Return the money of a mix by year; `shares` are those of the programmes."""
    spend, cash = shares.sum() * whole.spend, shares @ whole.cash
    cut = paid_by(spend, cash, section)["cut"]
    return pd.DataFrame(
        {
            "year": years,
            "extra_spend_gbp_m": spend,
            "cash_gbp_m": cash,
            # a cut pays, so it is no cost in cash
            "net_cash_gbp_m": shares @ whole.net + cut,
            "cut_gbp_m": cut,
            "floor_gbp_m": np.nan if floor is None else floor,
        }
    )


def _health(
    spend: Array,
    known: Programmes,
    section: Prevention,
    costing: Costing,
    places: list[str],
    people: pd.Series,
    deprived: pd.Series | None,
) -> tuple[Array, Array]:
    """Return the discounted QALYs of the whole shift, and of £1m cut from treatment in each year.

    Gained less forgone on growth money, by programme and place; and by year, below 0.
    """
    count = len(spend)
    factors = discount_factors(section.discount_qaly_pct, np.arange(count))
    _, price = qaly_prices(section, costing.first, count)
    per_cut = -1e6 / price * factors
    gained = qalys_per_gbp_m(known, section, costing.first, count) @ (spend * factors)
    forgone = section.new_money_pct / 100 * float(spend @ per_cut)
    weight: Array = np.ones(len(places))
    if deprived is not None and section.qaly_deprivation_weight > 0:
        mine = deprived.loc[places].to_numpy(dtype=float)
        mean = float((mine * people.to_numpy()).sum() / people.sum())
        if mean > 0:
            weight = 1 + section.qaly_deprivation_weight * (mine / mean - 1)
    return np.asarray(gained[:, None] * weight + forgone), np.asarray(per_cut)


def _most(spend: Array, known: Programmes) -> Array:
    """Return the largest share of the shift each programme can use, NaN without a bound.

    `spend` is in prices of the first year, as unit costs are.
    """
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
