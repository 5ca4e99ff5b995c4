"""Recovery of the system's deficit: roll-forward by organisation and a bridge that adds up.

Underlying is what would be left if one-off items were taken out; reported is what the accounts
show. Surplus is positive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data.inputs import Inputs
from nelfin.models.appraisal import lasting_from
from nelfin.models.efficiency import agency_saving, efficiency
from nelfin.scenario.schema import Recovery

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
    """Return the first year from which a position is never again in deficit, or "".

    Parameters
    ----------
    position
        £m; dim `year`.
    """
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

    def plain(array: xr.DataArray) -> Array:
        found = array.sel(organisation=organisations, year=years)
        return found.transpose("organisation", "year").to_numpy()

    drivers = drivers_of(
        inputs,
        section,
        years,
        income_growth.to_numpy(),
        plain(prevention),
        plain(capital),
        None if places is None else plain(places),
    )
    bridge, pressures_pct = roll_forward(drivers)
    return _labelled(bridge, organisations, years, pressures_pct, section)


DRAWN = (
    "demand_planned_pct",
    "demand_urgent_pct",
    "planned_share_pct",
    "marginal_cost_pct",
    "cost_uplift_pct",
    "pressures_pct",
    "efficiency_pct",
    "efficiency_delivery_pct",
    "efficiency_recurrent_pct",
    "support_gbp_m",
    "repayment_gbp_m",
)
"""Settings of the recovery that may be drawn."""


def drivers_of(
    inputs: Inputs,
    section: Recovery,
    years: list[str],
    income_growth: Array,
    prevention: Array,
    capital: Array,
    places: Array | None = None,
    drawn: Mapping[str, Array] | None = None,
) -> Drivers:
    """Return what moves the positions, for a run and for draws alike.

    Parameters
    ----------
    inputs, section
        As for `recover`.
    years
        Years of the plan.
    income_growth
        Growth of income net of convergence, a fraction; shape (..., year).
    prevention, capital
        Yearly levels, £m, as for `recover`; shape (..., organisation, year).
    places
        Yearly steps, £m; shape (organisation, year).
    drawn
        Draws of settings by name, each of shape (draw,); of `DRAWN` only. A setting that is not
        drawn stands as the section has it.
    """

    def value(name: str) -> Array:
        return (drawn or {}).get(name, np.array(float(getattr(section, name))))

    turnover = inputs.organisations["turnover_gbp_m"].to_numpy(dtype=float)
    weight = turnover / turnover.sum()
    published = inputs.positions.set_index(["measure", "year"])["value_gbp_m"]
    recurrent, full_year, one_off, named = efficiency(inputs, section, years, weight)
    schemes = inputs.efficiency_schemes
    whole_ask = set(schemes.loc[schemes["whole_ask"], "year"])
    known = set(inputs.allocations["year"])
    planned = value("planned_share_pct")
    demand_pct = (
        value("demand_planned_pct") * planned + value("demand_urgent_pct") * (100 - planned)
    ) / 100
    steps = {
        "prevention net cash": np.diff(prevention, axis=-1, prepend=0.0),
        "capital consequences": np.diff(capital, axis=-1, prepend=0.0),
        "agency": np.diff(turnover[:, None] * agency_saving(section, years), prepend=0.0, axis=-1),
    }
    if places is not None:
        steps["place budgets"] = places
    return Drivers(
        turnover=turnover,
        opening=weight * float(published["opening_underlying", years[0]]),
        income_growth=income_growth,
        # published allocations hold their convergence already
        convergence=np.array(
            [0.0 if year in known else section.convergence_pct / 100 for year in years]
        ),
        inflation=_inflation(inputs.uplift_factors, years, value("cost_uplift_pct")),
        demand=demand_pct * value("marginal_cost_pct") / 1e4,
        pressures=value("pressures_pct") / 100,
        ask=value("efficiency_pct") / 100,
        delivery=value("efficiency_delivery_pct") / 100,
        lasting=value("efficiency_recurrent_pct") / 100,
        recurrent=recurrent,
        full_year=full_year,
        one_off=one_off,
        named=named,
        whole_ask=np.array([year in whole_ask for year in years]),
        steps=steps,
        support=value("support_gbp_m"),
        repayment=value("repayment_gbp_m"),
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


def monthly_weights(early_pct: float) -> Array:
    """Return the share of a year's position that falls in each month; shape (12,).

    `early_pct` falls evenly in the first five months and the rest evenly after: savings that come
    late leave most of a deficit in the first months.

    Parameters
    ----------
    early_pct
        Share of the position of a year that falls in its first five months, %.
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


def _inflation(table: pd.DataFrame, years: list[str], later_pct: Array) -> Array:
    """Return cost inflation by year: the published cost uplift factor, else the scenario's.

    A fraction; shape (..., year).
    """
    published = table.set_index("year")["cost_uplift_pct"]
    given = np.array([float(published.get(year, np.nan)) for year in years])
    return np.where(np.isnan(given), later_pct[..., None], given) / 100
