"""Three ledgers of spend on prevention, and who pays: cash, capacity, and health and society.

Each pound of cost avoided stands in one ledger, and each pound of the spend has one payer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nelfin.models.programmes import (
    Programmes,
    cost_avoided_per_gbp,
    qaly_prices,
    qalys_per_gbp_m,
    reach,
)
from nelfin.scenario.model_settings import Prevention

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Costing:
    """What a unit of care costs over the years, and how much of that moves with volume.

    Parameters
    ----------
    first
        Calendar year in which the first year of the plan starts.
    prices
        Price level of each year over that of the first; shape (..., year).
    curve
        Share of average cost that moves, by years since a change of volume; shape (..., years
        since), from `marginal_cost_curve`. The last one is taken for what moves in the end.
    """

    first: int
    prices: Array
    curve: Array

    def longer(self, count: int) -> Costing:
        """Return it for more years, in which prices go on growing as in the last one.

        Parameters
        ----------
        count
            How many years more.
        """
        last = self.prices[..., -1:]
        growth = last / self.prices[..., -2:-1] if self.prices.shape[-1] > 1 else 1.0
        later = last * growth ** np.arange(1, count + 1)
        return replace(self, prices=np.concatenate([self.prices, later], axis=-1))


def lag_weights(mean_lag: npt.ArrayLike, count: int) -> Array:
    """Return the share of a return that falls in each year after the spend.

    Erlang kernel with two stages: F(u) = 1 - exp(-r u)(1 + r u), r = 2 / mean lag; the weight of
    year u is F(u + 1) - F(u), and u = 0 is the year of the spend. All weights sum to 1.

    Parameters
    ----------
    mean_lag
        Years; any shape.
    count
        How many years.

    Returns
    -------
    numpy.ndarray
        Shape of `mean_lag` with one axis of length `count` added at the end.
    """
    rate = 2 / np.asarray(mean_lag, dtype=float)[..., None]
    edge = rate * np.arange(count + 1)
    arrived = 1 - np.exp(-edge) * (1 + edge)
    return np.diff(arrived, axis=-1)


def spread_out(amounts: Array, weights: Array) -> Array:
    """Return what falls in each year of amounts that are each spread over later years.

    Parameters
    ----------
    amounts
        By year; shape (..., year).
    weights
        Share of an amount that falls in each year after it; shape (..., years after), as many as
        there are years at the least.

    Returns
    -------
    numpy.ndarray
        Shape (..., year), of amounts and weights together.
    """
    count = amounts.shape[-1]
    front = np.broadcast_shapes(amounts.shape[:-1], weights.shape[:-1])
    out = np.zeros((*front, count))
    for after in range(count):
        out[..., after:] += weights[..., after, None] * amounts[..., : count - after]
    return out


def avoided_cost(spend: Array, returns: npt.ArrayLike, mean_lag: npt.ArrayLike) -> Array:
    """Return the cost avoided in each year by all spend up to it, at constant prices.

    Parameters
    ----------
    spend
        Extra spend, £m; shape (..., year).
    returns
        £ of cost avoided per £1, over all years; shape (...).
    mean_lag
        Years; shape (...).

    Returns
    -------
    numpy.ndarray
        £m; shape (..., year).
    """
    arrived = spread_out(spend, lag_weights(mean_lag, spend.shape[-1]))
    return np.asarray(np.asarray(returns, dtype=float)[..., None] * arrived)


def cash_of(avoided: Array, share: Array) -> Array:
    """Return the cash that a cost avoided releases, year by year.

    Each change of the cost avoided releases a share of itself, which grows with the years since.

    Parameters
    ----------
    avoided
        Cost avoided at constant prices, £m; shape (..., year).
    share
        Share that is cash by years since the change; shape (..., years since).
    """
    return spread_out(avoided, np.diff(share, prepend=0.0, axis=-1))


def flows(
    extra: Array, programmes: Programmes, section: Prevention, costing: Costing
) -> dict[str, Array]:
    """Return the ledgers of a path of extra spend; every array may have draws in front.

    Parameters
    ----------
    extra
        Extra spend, £m; shape (..., year).
    programmes
        Parameters; shape (..., programme).
    section
        Sources of the money, rates, double running, steps, targeting and ceilings.
    costing
        Prices and the marginal-cost curve.

    Returns
    -------
    dict
        By year, shape (..., year): `cash, paid_by_pool, paid_by_growth, paid_by_cash, cut,
        double_running, net_cash_recurrent, net_cash, capacity, society, qalys_gained,
        qalys_forgone`. By programme, shape (..., programme, year): `programme_spend,
        programme_avoided, programme_cash, programme_people`.
    """
    count = extra.shape[-1]
    prices, curve = costing.prices[..., None, :], costing.curve[..., None, :count]
    spend = programmes.share[..., None] * extra[..., None, :]
    people, effective = reach(spend / prices, programmes)
    per_gbp = cost_avoided_per_gbp(programmes, costing.curve[..., -1])
    avoided = avoided_cost(spend / prices * effective, per_gbp, programmes.lag)
    avoided = avoided * within_ceilings(avoided, programmes, section)
    nhs = avoided * programmes.nhs[..., None]
    cashable = cash_of(nhs, np.minimum(programmes.cashable[..., None], curve)) * prices
    avoided, nhs = avoided * prices, nhs * prices
    cash = released(cashable.sum(axis=-2), section.release_step_gbp_m)
    paid = paid_by(extra, cash, section)
    rise = np.maximum(np.diff(extra, prepend=0.0, axis=-1), 0.0)
    double = rise * section.double_running_months / 12
    recurrent = cash - paid["paid_by_growth"] - paid["paid_by_cash"]
    bought = qalys_per_gbp_m(programmes, section, costing.first, count)
    _, forgone = qaly_prices(section, costing.first, count)
    return {
        "cash": cash,
        **paid,
        "double_running": double,
        "net_cash_recurrent": recurrent,
        "net_cash": recurrent - double,
        "capacity": nhs.sum(axis=-2) - cash,
        "society": (avoided - nhs).sum(axis=-2),
        "qalys_gained": (spend * effective * bought).sum(axis=-2),
        "qalys_forgone": (paid["paid_by_growth"] + paid["cut"]) * 1e6 / forgone,
        "programme_spend": spend,
        "programme_avoided": avoided,
        "programme_cash": cashable,
        "programme_people": people,
    }


def paid_by(extra: Array, cash: Array, section: Prevention) -> dict[str, Array]:
    """Return who pays for the extra spend: a pound is spent once, so these add up to it.

    The fund and growth money pay their shares. The rest is taken out of treatment, where the cash
    released pays first: only what it does not cover yet is cut.

    Parameters
    ----------
    extra, cash
        Extra spend and cash released, £m; shape (..., year).
    section
        The shares.

    Returns
    -------
    dict
        £m, shape (..., year): `paid_by_pool, paid_by_growth, paid_by_cash, cut`.
    """
    pool, growth = section.pool_pct / 100, section.new_money_pct / 100
    treatment = max(1 - pool - growth, 0.0)
    return {
        "paid_by_pool": pool * extra,
        "paid_by_growth": growth * extra,
        "paid_by_cash": treatment * np.minimum(extra, cash),
        "cut": treatment * np.maximum(extra - cash, 0.0),
    }


def ceilings(programmes: Programmes, section: Prevention) -> list[tuple[float, Array]]:
    """Return what can be avoided at the most in a year, and how much of each programme counts.

    Of the cost of the targeted people's emergency admissions the share that can be avoided, by all
    targeted programmes together; and the cost of secondary care, by what all programmes together
    avoid for the NHS.

    Parameters
    ----------
    programmes, section
        Who is targeted and what is the NHS's; costs and shares of the ceilings.

    Returns
    -------
    list
        £m in prices of the first year, infinite for no limit, and the share of what each programme
        avoids that counts against it, shape (..., programme).
    """
    emergency, secondary = section.emergency_cost_gbp_m, section.secondary_care_gbp_m
    avoidable = section.target_cost_pct * section.avoidable_emergency_pct / 1e4
    return [
        (emergency * avoidable if emergency > 0 else np.inf, programmes.targeted.astype(float)),
        (secondary if secondary > 0 else np.inf, programmes.nhs),
    ]


def within_ceilings(avoided: Array, programmes: Programmes, section: Prevention) -> Array:
    """Return the share of what each programme would avoid that the ceilings leave.

    Each ceiling leaves the same share of all that counts against it, and the lower share holds. So
    what one ceiling leaves does not depend on the other.

    Parameters
    ----------
    avoided
        Cost avoided without ceilings, £m in prices of the first year; shape (..., programme, year).
    programmes, section
        What counts, and the ceilings.
    """
    kept = np.ones_like(avoided)
    for ceiling, counts in ceilings(programmes, section):
        together = (avoided * counts[..., None]).sum(axis=-2, keepdims=True)
        over = together > ceiling
        left = np.divide(ceiling, together, out=np.ones_like(together), where=over)
        kept = np.where(counts[..., None] > 0, np.minimum(kept, left), kept)
    return kept


def released(cash: Array, step: float) -> Array:
    """Return the cash that can be released in whole steps (a ward closes or it does not).

    Parameters
    ----------
    cash
        £m; any shape.
    step
        Size of a step, £m; 0 for smooth release.
    """
    return np.floor(cash / step + 1e-9) * step if step > 0 else cash
