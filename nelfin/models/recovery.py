"""Recovery of the system's deficit: roll-forward by organisation and a bridge that adds up.

Underlying is what would be left if one-off items were taken out; reported is what the accounts
show. Surplus is positive.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.data.inputs import Inputs
from nelfin.models.appraisal import lasting_from
from nelfin.models.drivers import Drivers, drivers_of
from nelfin.scenario.model_settings import Recovery

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
