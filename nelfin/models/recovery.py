"""Recovery of the system's deficit: roll-forward by organisation and a bridge that adds up.

Underlying is what would be left if one-off items were taken out; reported is what the accounts
show. Surplus is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data.inputs import ANY_TRUST, SYSTEM, Inputs
from nelfin.models.appraisal import lasting_from
from nelfin.scenario.schema import Recovery
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

RECURRENT = (
    "income growth",
    "convergence",
    "place budgets",
    "cost inflation",
    "demand growth",
    "pressures above the national uplift",
    "recurrent efficiency",
    "full-year effect of last year's schemes",
    "agency",
    "prevention net cash",
    "capital consequences",
)
"""Steps from the opening to the closing underlying position."""

ONE_OFF = ("non-recurrent efficiency", "deficit support", "repayment")
"""Steps from the closing underlying to the reported position."""

MEASURES = (
    "recurrent efficiency",
    "full-year effect of last year's schemes",
    "agency",
    "prevention net cash",
    "capital consequences",
)
"""Steps that the system takes; the others come to it."""

STEPS = ("opening underlying", *RECURRENT, "closing underlying", *ONE_OFF, "reported")

MONTHS = 12
EARLY = 5
"""Months by which the share of a year's position is known."""


IN_BALANCE = -0.05
"""£m: a position that rounds to no deficit."""


def balance_year(position: xr.DataArray) -> str:
    """Return the first year from which a position is never again in deficit, or ""."""
    years = [str(year) for year in position["year"].values]
    return lasting_from(years, position.to_numpy() >= IN_BALANCE)


@dataclass(frozen=True)
class Drivers:
    """What moves the positions. Any array may have draws in front.

    Parameters
    ----------
    turnover
        Income of the base year, £m; shape (organisation,).
    opening
        Underlying position at the start, £m; shape (..., organisation).
    income_growth, convergence, inflation
        Fractions a year; shape (..., year).
    demand, pressures
        Growth of cost by demand and by pressures above the national uplift, as fractions of the
        cost base; shape (...,).
    ask, delivery, lasting
        Efficiency asked as a fraction of the cost base, the share of its unnamed rest delivered,
        and the share of that which recurs; shape (...,).
    recurrent, full_year, one_off, named
        What named schemes deliver, £m; shape (..., organisation, year). See `efficiency`.
    whole_ask
        Years in which the named schemes are the whole ask; shape (year,).
    steps
        By step: moves worked out elsewhere, £m; shape (..., organisation, year).
    support, repayment
        £m a year; shape (...,).
    repay_cap
        Share of income that a surplus may repay in a year; NaN repays `repayment` in every year.
    reported
        Published positions, £m; shape (year,), NaN where there is none.
    """

    turnover: Array
    opening: Array
    income_growth: Array
    convergence: Array
    inflation: Array
    demand: Array
    pressures: Array
    ask: Array
    delivery: Array
    lasting: Array
    recurrent: Array
    full_year: Array
    one_off: Array
    named: Array
    whole_ask: npt.NDArray[np.bool_]
    steps: dict[str, Array]
    support: Array
    repayment: Array
    repay_cap: float
    reported: Array


def recover(
    inputs: Inputs,
    section: Recovery,
    income_growth: xr.DataArray,
    prevention: xr.DataArray,
    capital: xr.DataArray,
    places: xr.DataArray | None = None,
) -> xr.Dataset:
    """Roll each organisation's underlying position forward and report it.

    Parameters
    ----------
    inputs
        Organisations, published positions, efficiency schemes and uplift factors.
    section
        Demand, pressures, efficiency and rates for years without published figures.
    income_growth
        Growth of income net of convergence, a fraction; dim `year`.
    prevention
        Net cash of the prevention shift, a yearly level, £m; dims `organisation, year`.
    capital
        Running-cost savings less capital charges of the capital plan, a yearly level, £m; dims
        `organisation, year`.
    places
        Income that place budgets move between organisations, a yearly step, £m; dims
        `organisation, year`.

    Returns
    -------
    xarray.Dataset
        `recovery_bridge` (£m; dims `organisation, year, step`; the steps of a year add up
        exactly), `system_underlying`, `system_reported`, `system_do_nothing` (underlying without
        what the system's own measures have brought), `pressures_pct` (dim `year`), and
        `system_monthly` (dims `year, month`).

    Notes
    -----
    In a year with a published position, the step "pressures above the national uplift" is what
    reconciles to it, so it holds everything the other steps do not explain. The tariff efficiency
    factor is inside income growth and is not counted again.
    """
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    years = [str(year) for year in income_growth["year"].values]
    drivers = drivers_of(inputs, section, income_growth, prevention, capital, places)
    bridge, pressures_pct = roll_forward(drivers)
    return _labelled(bridge, organisations, years, pressures_pct, section)


def drivers_of(
    inputs: Inputs,
    section: Recovery,
    income_growth: xr.DataArray,
    prevention: xr.DataArray,
    capital: xr.DataArray,
    places: xr.DataArray | None = None,
) -> Drivers:
    """Return what moves the positions as arrays; arguments as for `recover`."""
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    years = [str(year) for year in income_growth["year"].values]
    turnover = inputs.organisations["turnover_gbp_m"].to_numpy(dtype=float)
    weight = turnover / turnover.sum()
    published = inputs.positions.set_index(["measure", "year"])["value_gbp_m"]
    recurrent, full_year, one_off, named = efficiency(inputs, section, years, weight)
    schemes = inputs.efficiency_schemes
    whole_ask = set(schemes.loc[schemes["whole_ask"], "year"])
    known = set(inputs.allocations["year"])
    demand_pct = (
        section.demand_planned_pct * section.planned_share_pct
        + section.demand_urgent_pct * (100 - section.planned_share_pct)
    ) / 100
    steps = {
        "prevention net cash": _steps(prevention, organisations, years),
        "capital consequences": _steps(capital, organisations, years),
        "agency": np.diff(turnover[:, None] * agency_saving(section, years), prepend=0.0, axis=-1),
    }
    if places is not None:
        steps["place budgets"] = (
            places.sel(organisation=organisations, year=years)
            .transpose("organisation", "year")
            .to_numpy()
        )
    return Drivers(
        turnover=turnover,
        opening=weight * float(published["opening_underlying", years[0]]),
        income_growth=income_growth.to_numpy(),
        # published allocations hold their convergence already
        convergence=np.array(
            [0.0 if year in known else section.convergence_pct / 100 for year in years]
        ),
        inflation=np.array(_inflation(inputs.uplift_factors, years, section)) / 100,
        demand=np.array(demand_pct * section.marginal_cost_pct / 1e4),
        pressures=np.array(section.pressures_pct / 100),
        ask=np.array(section.efficiency_pct / 100),
        delivery=np.array(section.efficiency_delivery_pct / 100),
        lasting=np.array(section.efficiency_recurrent_pct / 100),
        recurrent=recurrent,
        full_year=full_year,
        one_off=one_off,
        named=named,
        whole_ask=np.array([year in whole_ask for year in years]),
        steps=steps,
        support=np.array(section.support_gbp_m),
        repayment=np.array(section.repayment_gbp_m),
        repay_cap=(
            section.repayment_cap_pct / 100 if section.repayment_rule == "surplus" else np.nan
        ),
        reported=np.array([published.get(("reported", year), np.nan) for year in years]),
    )


def roll_forward(drivers: Drivers, steps: Sequence[int] | None = None) -> tuple[Array, Array]:
    """Roll the positions forward.

    Parameters
    ----------
    drivers
        What moves the positions.
    steps
        Places in `STEPS` to keep, for the sake of memory; all by default.

    Returns
    -------
    bridge : numpy.ndarray
        £m; shape (..., organisation, year, step).
    pressures_pct : numpy.ndarray
        Pressures above the national uplift, % of the cost base; shape (..., year).
    """
    d = drivers
    weight = d.turnover / d.turnover.sum()
    count = d.income_growth.shape[-1]
    income = d.turnover
    underlying = d.opening
    owed = np.zeros(())
    bridges, pressures_pct = [], []
    for t in range(count):
        cost = income - underlying
        growth = d.income_growth[..., t, None]
        saved, once = d.recurrent[..., t], d.one_off[..., t]
        if not d.whole_ask[t]:
            # schemes named count towards the ask; the rest of it is not yet identified
            rest = np.maximum(cost * d.ask[..., None] - d.named[..., t], 0.0)
            delivered = rest * d.delivery[..., None]
            saved = saved + delivered * d.lasting[..., None]
            once = once + delivered * (1 - d.lasting[..., None])
        moves = {
            "income growth": income * growth,
            "convergence": income * d.convergence[..., t, None],
            "cost inflation": -cost * d.inflation[..., t, None],
            "demand growth": -cost * d.demand[..., None],
            "recurrent efficiency": saved,
            "full-year effect of last year's schemes": d.full_year[..., t],
            **{name: step[..., t] for name, step in d.steps.items()},
        }
        support = weight * d.support[..., None]
        fixed = -weight * d.repayment[..., None]
        before = underlying + sum(moves.values()) + once + support
        if np.isfinite(d.reported[t]):
            total = (before + fixed).sum(axis=-1, keepdims=True)
            pressures = (d.reported[t] - total) * cost / cost.sum(axis=-1, keepdims=True)
        else:
            pressures = -cost * d.pressures[..., None]
        moves["pressures above the national uplift"] = pressures
        repaid = fixed
        if np.isfinite(d.repay_cap) and not np.isfinite(d.reported[t]):
            surplus = np.maximum((before + pressures).sum(axis=-1), 0.0)
            most = d.repay_cap * income.sum(axis=-1)
            repaid = -weight * np.minimum(np.minimum(surplus, most), owed)[..., None]
        lasting = [np.asarray(moves.get(step, 0.0)) for step in RECURRENT]
        closing = underlying + sum(lasting)
        reported = closing + once + support + repaid
        parts = [underlying, *lasting, closing, once, support, repaid, reported]
        kept = parts if steps is None else [parts[at] for at in steps]
        bridges.append(np.stack(np.broadcast_arrays(*kept), axis=-1))
        pressures_pct.append(-100 * pressures.sum(axis=-1) / cost.sum(axis=-1))
        owed = np.maximum(owed + repaid.sum(axis=-1), 0.0)
        owed = owed + np.maximum(-reported.sum(axis=-1), 0.0)
        underlying = closing
        income = income * (1 + growth + d.convergence[..., t, None])
    shape = np.broadcast_shapes(*(bridge.shape for bridge in bridges))
    bridge = np.stack([np.broadcast_to(part, shape) for part in bridges], axis=-2)
    return bridge, np.stack(np.broadcast_arrays(*pressures_pct), axis=-1)


def agency_saving(section: Recovery, years: list[str]) -> Array:
    """Return what fewer agency staff save in each year, as a fraction of turnover.

    (share now - share then) x pay bill x premium / (1 + premium): a shift that agency staff no
    longer cover is worked by the trust's own, without the premium.
    """
    premium = section.agency_premium_pct / 100
    start, end = start_of(years[0]), start_of(section.agency_year)
    at = np.array([start_of(year) for year in years], dtype=float)
    progress = np.clip((at - start) / max(end - start, 1), 0.0, 1.0)
    fall = (section.agency_share_pct - section.agency_target_pct) / 100 * progress
    return np.asarray(fall * section.pay_share_pct / 100 * premium / (1 + premium))


def monthly_weights(early_pct: float) -> Array:
    """Return the share of a year's position that falls in each month; shape (12,).

    `early_pct` falls evenly in the first five months and the rest evenly after: savings that come
    late leave most of a deficit in the first months.
    """
    early = early_pct / 100
    first = np.full(EARLY, early / EARLY)
    return np.concatenate([first, np.full(MONTHS - EARLY, (1 - early) / (MONTHS - EARLY))])


def _labelled(
    bridge: Array,
    organisations: list[str],
    years: list[str],
    pressures_pct: Array,
    section: Recovery,
) -> xr.Dataset:
    def about(words: str, units: str = "£m") -> dict[str, str]:
        return {"long_name": words, "units": units}

    total = bridge.sum(axis=0)
    return xr.Dataset(
        {
            "recovery_bridge": (
                ("organisation", "year", "step"),
                bridge,
                about("Bridge from opening underlying to reported position"),
            ),
            "system_underlying": (
                "year",
                total[:, STEPS.index("closing underlying")],
                about("Closing underlying position of the system"),
            ),
            "system_reported": (
                "year",
                total[:, STEPS.index("reported")],
                about("Reported position of the system"),
            ),
            "pressures_pct": (
                "year",
                pressures_pct,
                about("Pressures above the national uplift", "% of the cost base"),
            ),
            "system_do_nothing": (
                "year",
                total[:, STEPS.index("closing underlying")]
                - np.cumsum(sum(total[:, STEPS.index(step)] for step in MEASURES)),
                about("Underlying position of the system if it did nothing"),
            ),
            "system_monthly": (
                ("year", "month"),
                np.outer(
                    total[:, STEPS.index("reported")],
                    monthly_weights(section.position_by_month_5_pct),
                ),
                about("Reported position of the system by month"),
            ),
        },
        coords={
            "organisation": organisations,
            "year": years,
            "step": list(STEPS),
            "month": np.arange(1, MONTHS + 1),
        },
    )


def efficiency(
    inputs: Inputs, section: Recovery, years: list[str], weight: Array
) -> tuple[Array, Array, Array, Array]:
    """Return what efficiency schemes deliver, by organisation and year, £m.

    In the year: full-year value x delivery x months / 12. A scheme without a delivery of its own
    has that of its rating. Its recurrent part carries on; what a
    part-year scheme adds in its second year is the full-year effect.

    Returns
    -------
    recurrent, full_year, one_off, named : numpy.ndarray
        Recurrent delivery in the year, full-year effect of the year before, delivery that does
        not recur, and what the schemes are to bring in the year before any slips; each of shape
        (organisation, year).
    """
    names = [str(name) for name in inputs.organisations["organisation"]]
    trusts = (inputs.organisations["kind"] == "trust").to_numpy()
    recurrent, full_year, one_off, named = (np.zeros((len(names), len(years))) for _ in range(4))
    odds = {
        "green": section.delivery_green_pct,
        "amber": section.delivery_amber_pct,
        "red": section.delivery_red_pct,
    }
    for row in inputs.efficiency_schemes.to_dict("records"):
        if row["year"] not in years:
            continue
        delivery = row["delivery_pct"]
        delivery = odds[row["rating"]] if pd.isna(delivery) else delivery
        t = years.index(row["year"])
        if row["organisation"] == SYSTEM:
            split = weight
        elif row["organisation"] == ANY_TRUST:
            split = np.where(trusts, weight, 0.0) / weight[trusts].sum()
        else:
            split = np.array([float(name == row["organisation"]) for name in names])
        whole = split * row["full_year_gbp_m"] * delivery / 100
        lasting = row["recurrent_pct"] / 100
        named[:, t] += split * row["full_year_gbp_m"] * row["months"] / 12
        recurrent[:, t] += whole * lasting * row["months"] / 12
        one_off[:, t] += whole * (1 - lasting) * row["months"] / 12
        if t + 1 < len(years):
            full_year[:, t + 1] += whole * lasting * (12 - row["months"]) / 12
    return recurrent, full_year, one_off, named


def _inflation(table: pd.DataFrame, years: list[str], section: Recovery) -> list[float]:
    """Return cost inflation by year, %: the published cost uplift factor, else the scenario's."""
    published = table.set_index("year")["cost_uplift_pct"]
    return [float(published.get(year, section.cost_uplift_pct)) for year in years]


def _steps(level: xr.DataArray, organisations: list[str], years: list[str]) -> Array:
    """Return the change of a yearly level from the year before, by organisation and year."""
    values = level.sel(organisation=organisations, year=years).transpose("organisation", "year")
    return np.diff(values.to_numpy(), axis=-1, prepend=0.0)
