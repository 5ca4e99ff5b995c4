"""What activity other than funded earns and costs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin.models.ledgers import cash_of

Array = npt.NDArray[np.float64]


def paid(value: Array, funded: Array, limit_pct: Array) -> Array:
    """Return what is paid for activity above the funded level, or lost below it.

    Parameters
    ----------
    value
        Activity above the funded level at its price, £m, negative below; shape (..., year).
    funded
        The funded level at the same price, £m; same shape. Infinite for no limit.
    limit_pct
        Most that is paid for, % of the funded level, 100 at the least; same shape.

    Returns
    -------
    numpy.ndarray
        £m; same shape. What passes the limit earns nothing; what is not done is lost whole.
    """
    limited = np.isfinite(funded)
    most = np.where(limited, funded, 0.0) * np.maximum(limit_pct - 100, 0.0) / 100
    return np.asarray(np.minimum(value, np.where(limited, most, np.inf)))


def marginal_cost(average: Array, curve: Array, prices: Array) -> Array:
    """Return what activity other than funded costs: each change moves cost along the curve.

    Parameters
    ----------
    average
        Its average cost at constant prices, £m, negative below the funded level; shape (..., year).
    curve
        Share of average cost that moves, by years since a change; shape (..., years since), from
        `nelfin.models.marginal_cost.marginal_cost_curve`.
    prices
        Price level of each year; shape (..., year).

    Returns
    -------
    numpy.ndarray
        £m; shape (..., year).
    """
    return np.asarray(cash_of(average, curve) * prices)


def between(trusts: Array, icb: Array, outside: Array) -> Array:
    """Return a payment to trusts by body: what does not come from outside, the ICB pays.

    Parameters
    ----------
    trusts
        Paid to each body that is a trust, £m; shape (..., organisation, year).
    icb
        1 for the ICB, else 0; shape (organisation,).
    outside
        Share that comes from outside the system, a fraction; shape (..., year).

    Returns
    -------
    numpy.ndarray
        £m; shape (..., organisation, year). Without anything from outside it adds up to nothing.
    """
    inside = trusts.sum(axis=-2) * (1 - outside)
    return np.asarray(trusts - icb[:, None] * inside[..., None, :])
