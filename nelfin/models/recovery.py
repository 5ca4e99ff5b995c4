"""Recovery of the deficit, body by body: a roll-forward of positions, and a bridge that adds up.

Underlying is what would be left if one-off items were taken out; reported is what the accounts
show. Surplus is positive. In a year that is known, each body reports what is known of it, and what
no step explains is said; in a year that is open, positions roll forward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.models.appraisal import lasting_from
from nelfin.models.income import Income
from nelfin.models.months import MONTHS, profile
from nelfin.models.positions import Known

Array = npt.NDArray[np.float64]

RECURRENT = (
    "income growth",
    "convergence",
    "place budgets",
    "cost inflation",
    "demand growth",
    "pressures by driver",
    "not explained",
    "recurrent efficiency",
    "full-year effect of last year's schemes",
    "agency and bank",
    "prevention net cash",
    "planned and urgent activity",
    "beds closed",
    "primary care gap",
    "capital consequences",
)
"""Steps from the opening to the closing underlying position."""

ONE_OFF = (
    "not explained, once",
    "non-recurrent efficiency",
    "named one-offs",
    "double running",
    "deficit support",
    "repayment",
)
"""Steps from the closing underlying to the reported position."""

MEASURES = (
    "recurrent efficiency",
    "full-year effect of last year's schemes",
    "agency and bank",
    "prevention net cash",
    "planned and urgent activity",
    "beds closed",
    "primary care gap",
    "capital consequences",
)
"""Steps that the system takes; the others come to it."""

SAVINGS = ("recurrent efficiency", "non-recurrent efficiency")
"""Steps that are the savings of a year, phased by month."""

STEPS = ("opening underlying", *RECURRENT, "closing underlying", *ONE_OFF, "reported")

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
class Efficiency:
    """What named schemes bring, £m; shape (organisation, year).

    Parameters
    ----------
    recurrent, full_year, one_off
        Delivery that recurs, the full-year effect of the year before, and delivery that does not
        recur.
    named
        What the schemes are to bring in the year before any slips.
    developed
        What of it is fully developed.
    whole_ask
        Where the named schemes are the whole ask of a body in a year.
    """

    recurrent: Array
    full_year: Array
    one_off: Array
    named: Array
    developed: Array
    whole_ask: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Drivers:
    """What moves the positions. Any array may have draws in front.

    Parameters
    ----------
    income
        Of the bodies, by part and year.
    opening
        Underlying position before the first year, £m; shape (..., organisation).
    known
        Positions that are known, by body and year.
    inflation
        Cost inflation, a fraction of the cost base; shape (..., year).
    demand
        Growth of cost by volume, a fraction of the cost base; shape (..., year).
    pressures
        What else costs grow by in a year that is open, a fraction of the cost base; named
        pressures count towards it; shape (..., year).
    named_pressures
        Pressures by driver, £m, a cost positive; shape (organisation, year).
    ask, delivery, lasting
        Efficiency asked as a fraction of the cost base, the share of its unnamed rest delivered,
        and the share of that which recurs; shape (..., year).
    efficiency
        What named schemes bring.
    steps
        Recurrent moves worked out elsewhere, by step, £m; shape (..., organisation, year).
    apart
        Yearly levels inside these steps whose prices and growth are worked out elsewhere too, £m, a
        gain positive; shape (..., organisation, year) or (year,).
    double_running
        What old and new services side by side cost, £m, a cost positive; shape
        (..., organisation, year).
    support, repayment
        For the system in a year that is open, £m; shape (..., year).
    repay_cap
        Share of income that a surplus may repay in a year; NaN repays `repayment` in every year.
    rest_lasts
        Share that recurs of what no step explains of a known year.
    support_needs
        Share of the named schemes that must be fully developed for support to be released whole.
    """

    income: Income
    opening: Array
    known: Known
    inflation: Array
    demand: Array
    pressures: Array
    named_pressures: Array
    ask: Array
    delivery: Array
    lasting: Array
    efficiency: Efficiency
    steps: dict[str, Array]
    apart: Array
    double_running: Array
    support: Array
    repayment: Array
    repay_cap: float = np.nan
    rest_lasts: float = 1.0
    support_needs: float = 0.0


def cost_base(income: Array, underlying: Array, apart: Array) -> Array:
    """Return the cost of the bodies that inflation, demand and savings of a year work on.

    Parameters
    ----------
    income, underlying
        Income, and the underlying position, of the year before, £m; shape (..., organisation).
    apart
        What of that position has its prices and growth worked out elsewhere, £m, so that they do
        not count twice; the same shape.
    """
    return income - underlying + apart


def roll_forward(drivers: Drivers, steps: Sequence[int] | None = None) -> tuple[Array, Array]:
    """Roll the positions of the bodies forward.

    Parameters
    ----------
    drivers
        What moves the positions.
    steps
        Places in `STEPS` to keep, for the sake of memory; all by default.

    Returns
    -------
    bridge : numpy.ndarray
        £m; shape (..., organisation, year, step). In every year the steps from the opening to
        the closing underlying position add up, and so do those from there to the reported.
    pressures_pct : numpy.ndarray
        Pressures by driver and what is not explained, % of the cost base of the system; shape
        (..., year).

    Notes
    -----
    In a known year the reported position is given body by body. Its underlying position is what
    is left without named one-offs, support and savings that do not recur; what the steps do not
    explain of it is the step `not explained`, of which a share may be said to be once. So no
    setting moves a position that is known, but for that share.
    """
    d = drivers
    underlying, owed = d.opening, np.zeros(())
    bridges, pressures_pct = [], []
    for t, basis in enumerate(d.known.basis):
        apart = d.apart[..., t - 1] if t else np.zeros(())
        cost = cost_base(d.income.total_before[..., t], underlying, apart)
        moves, once = _moves(d, cost, t, open_year=not basis)
        if basis:
            last = _given_one_offs(d, once, t)
            closing = d.known.reported[:, t] - sum(last.values())
            rest = closing - underlying - sum(moves.values())
            last["not explained, once"] = rest * (1 - d.rest_lasts)
            moves["not explained"] = rest - last["not explained, once"]
        else:
            allowed = d.pressures[..., t, None] * cost
            named = d.named_pressures[:, t]
            moves["not explained"] = -np.maximum(allowed - named, 0.0)
            last = _open_one_offs(d, once, t)
            before = underlying + sum(moves.values()) + sum(last.values())
            last["repayment"] = -_repaid(d, before, owed, t)
        lasting = [np.asarray(moves.get(step, 0.0)) for step in RECURRENT]
        closing = underlying + sum(lasting)
        one_offs = [np.asarray(last.get(step, 0.0)) for step in ONE_OFF]
        reported = closing + sum(one_offs)
        parts = [underlying, *lasting, closing, *one_offs, reported]
        kept = parts if steps is None else [parts[at] for at in steps]
        bridges.append(np.stack(np.broadcast_arrays(*kept), axis=-1))
        pressed = moves["pressures by driver"] + moves["not explained"]
        pressures_pct.append(-100 * pressed.sum(axis=-1) / cost.sum(axis=-1))
        owed = np.maximum(owed + np.asarray(last.get("repayment", 0.0)).sum(axis=-1), 0.0)
        owed = owed + np.maximum(-reported.sum(axis=-1), 0.0)
        underlying = closing
    shape = np.broadcast_shapes(*(bridge.shape for bridge in bridges))
    bridge = np.stack([np.broadcast_to(part, shape) for part in bridges], axis=-2)
    return bridge, np.stack(np.broadcast_arrays(*pressures_pct), axis=-1)


def _moves(d: Drivers, cost: Array, t: int, open_year: bool) -> tuple[dict[str, Array], Array]:
    """Return the recurrent moves of a year, and the savings that do not recur, £m.

    In a known year only savings that are named count: what nobody tells is not explained.
    """
    saved, once = d.efficiency.recurrent[:, t], d.efficiency.one_off[:, t]
    # schemes named count towards the ask; the rest of it is not yet identified
    rest = np.maximum(cost * d.ask[..., t, None] - d.efficiency.named[:, t], 0.0)
    unnamed = ~d.efficiency.whole_ask[:, t] & open_year
    delivered = np.where(unnamed, rest * d.delivery[..., t, None], 0.0)
    saved = saved + delivered * d.lasting[..., t, None]
    once = once + delivered * (1 - d.lasting[..., t, None])
    moves = {
        "income growth": d.income.grown()[..., t],
        "convergence": d.income.converged()[..., t],
        "cost inflation": -cost * d.inflation[..., t, None],
        "demand growth": -cost * d.demand[..., t, None],
        "pressures by driver": -d.named_pressures[:, t],
        "recurrent efficiency": saved,
        "full-year effect of last year's schemes": d.efficiency.full_year[:, t],
        **{name: step[..., t] for name, step in d.steps.items()},
    }
    return moves, once


def _given_one_offs(d: Drivers, once: Array, t: int) -> dict[str, Array]:
    """Return the one-offs of a known year: those that stand in its accounts or its plan."""
    return {
        "non-recurrent efficiency": once,
        "named one-offs": d.known.one_off[:, t],
        "deficit support": d.known.support[:, t],
    }


def _open_one_offs(d: Drivers, once: Array, t: int) -> dict[str, Array]:
    total = d.income.total[..., t]
    weight = total / total.sum(axis=-1, keepdims=True)
    return {
        "non-recurrent efficiency": once,
        "named one-offs": d.known.one_off[:, t],
        "double running": -d.double_running[..., t],
        "deficit support": _released(d, t)
        * (weight * d.support[..., t, None] + d.known.support[:, t]),
    }


def _released(d: Drivers, t: int) -> float:
    """Return the share of deficit support that the stage of the savings plans releases."""
    named = float(d.efficiency.named[:, t].sum())
    if d.support_needs <= 0 or named <= 0:
        return 1.0
    return min(float(d.efficiency.developed[:, t].sum()) / named / d.support_needs, 1.0)


def _repaid(d: Drivers, before: Array, owed: Array, t: int) -> Array:
    """Return what each body repays of past deficits, £m: as stated, or what a surplus allows."""
    total = d.income.total[..., t]
    weight = total / total.sum(axis=-1, keepdims=True)
    amount = d.repayment[..., t]
    if np.isfinite(d.repay_cap):
        surplus = np.maximum(before.sum(axis=-1), 0.0)
        amount = np.minimum(np.minimum(surplus, d.repay_cap * total.sum(axis=-1)), owed)
    return np.asarray(weight * amount[..., None])


def labelled(
    bridge: Array,
    organisations: list[str],
    years: list[str],
    pressures_pct: Array,
    phase: Array,
) -> xr.Dataset:
    """Return the roll-forward as labelled data.

    Parameters
    ----------
    bridge, pressures_pct
        From `roll_forward`, without draws.
    organisations, years
        Their labels.
    phase
        Cumulative share of a year's savings by month; shape (12,).

    Returns
    -------
    xarray.Dataset
        `recovery_bridge` (£m; dims `organisation, year, step`), `system_underlying`,
        `system_reported`, `system_do_nothing` (underlying without what the system's own measures
        have brought), `pressures_pct` (dim `year`), and `system_monthly` (the reported position
        to the end of each month; dims `year, month`).
    """

    def about(words: str, units: str = "£m") -> dict[str, str]:
        return {"long_name": words, "units": units}

    total = bridge.sum(axis=0)
    underlying = total[:, STEPS.index("closing underlying")]
    reported = total[:, STEPS.index("reported")]
    savings = sum(total[:, STEPS.index(step)] for step in SAVINGS)
    taken = np.cumsum(sum(total[:, STEPS.index(step)] for step in MEASURES))
    return xr.Dataset(
        {
            "recovery_bridge": (
                ("organisation", "year", "step"),
                bridge,
                about("Bridge from opening underlying to reported position"),
            ),
            "system_underlying": (
                "year",
                underlying,
                about("Closing underlying position of the system"),
            ),
            "system_reported": (
                "year",
                reported,
                about("Reported position of the system"),
            ),
            "system_monthly": (
                ("year", "month"),
                profile(reported, np.asarray(savings), phase),
                about("Reported position of the system to the end of each month"),
            ),
            "pressures_pct": (
                "year",
                pressures_pct,
                about("Pressures by driver, and what is not explained", "% of the cost base"),
            ),
            "system_do_nothing": (
                "year",
                underlying - taken,
                about("Underlying position of the system if it did nothing"),
            ),
        },
        coords={
            "organisation": organisations,
            "year": years,
            "step": list(STEPS),
            "month": np.arange(1, MONTHS + 1),
        },
    )
