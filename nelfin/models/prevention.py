"""The shift of spend into prevention: path, lag, and three ledgers that are never added.

Cash, capacity released, and health and society are kept apart: a bed freed is not a pound saved,
and a saving to the police is not one to the NHS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.models.appraisal import discount_factors, first_year
from nelfin.scenario.schema import Prevention
from nelfin.years import start_of

Array = npt.NDArray[np.float64]


def share_path(start: float, end: float, first: int, last: int, years: npt.ArrayLike) -> Array:
    """Return the share of spend on prevention in each year.

    It stays at `start` to the year `first`, rises evenly, and stays at `end` from the year `last`.

    Parameters
    ----------
    start, end
        Shares, in any unit.
    first, last
        Calendar years in which the last flat and the first full financial year start.
    years
        Calendar years wanted.
    """
    progress = (np.asarray(years, dtype=float) - first) / (last - first)
    return start + (end - start) * np.clip(progress, 0.0, 1.0)


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


def avoided_cost(spend: Array, returns: npt.ArrayLike, mean_lag: npt.ArrayLike) -> Array:
    """Return the gross cost avoided in each year by all spend up to it.

    Parameters
    ----------
    spend
        Extra spend, £m; shape (..., year).
    returns
        £ of gross return per £1, over all years; shape (...).
    mean_lag
        Years; shape (...).

    Returns
    -------
    numpy.ndarray
        £m; shape (..., year).
    """
    years = spend.shape[-1]
    weights = lag_weights(mean_lag, years)
    delay = np.subtract.outer(np.arange(years), np.arange(years))
    kernel = np.where(delay >= 0, weights[..., np.maximum(delay, 0)], 0.0)
    arrived = np.einsum("...ts,...s->...t", kernel, spend)
    return np.asarray(np.asarray(returns, dtype=float)[..., None] * arrived)


def programme_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a programme, one column a parameter, in the order of the table."""
    wide = table.pivot(index="programme", columns="parameter", values="value")
    return wide.loc[list(dict.fromkeys(table["programme"]))]


def shift(base: xr.DataArray, section: Prevention, programmes: pd.DataFrame) -> xr.Dataset:
    """Model the shift of spend into prevention.

    Parameters
    ----------
    base
        Spend that the share is a share of, £m; dim `year`.
    section
        Path, donor, double running and rates.
    programmes
        Rows of `programme, parameter, value`.

    Returns
    -------
    xarray.Dataset
        Dims `programme, year`; every variable starts with `prevention_`. The cash ledger is
        `cash`, `extra_spend`, `double_running`, `net_cash`; the capacity ledger `capacity`; the
        health and society ledger `society`, `qalys_gained`, `qalys_forgone`. Attributes hold
        `break_even_year`, `payback_year` ("" if none in the plan), `npv_gbp_m` and
        `net_qalys_discounted`.

    Notes
    -----
    Method: Erlang lag kernel; QALY costs from Martin, Lomas and Claxton (BMJ Open 2020).
    """
    years = [str(year) for year in base["year"].values]
    starts = np.array([start_of(year) for year in years])
    table = programme_table(programmes)
    share = share_path(
        section.share_start_pct,
        section.share_end_pct,
        start_of(section.start_year),
        start_of(section.end_year),
        starts,
    )
    extra = (share - section.share_start_pct) / 100 * base.to_numpy()
    spend = (table["share_of_shift_pct"].to_numpy() / 100)[:, None] * extra
    avoided = avoided_cost(
        spend, table["return_gbp_per_gbp"].to_numpy(), table["mean_lag_years"].to_numpy()
    )
    nhs = avoided * (table["nhs_share_pct"].to_numpy() / 100)[:, None]
    cashable = nhs * (table["cashable_share_pct"].to_numpy() / 100)[:, None]
    cash = released(cashable.sum(axis=0), section.release_step_gbp_m)
    double = np.maximum(np.diff(extra, prepend=0.0), 0.0) * section.double_running_months / 12
    new = section.new_money_pct / 100
    net = cash - extra * new - double
    moved = extra * (1 - new) * section.donor_is_treatment_pct / 100
    gained = extra * 1e6 / section.gbp_per_qaly_gained
    forgone = moved * 1e6 / section.gbp_per_qaly_forgone
    by_year = {
        "share": (share, "Share of spend on prevention", "%"),
        "extra_spend": (extra, "Extra spend on prevention", "£m"),
        "cash": (cash, "Cash released", "£m"),
        "double_running": (double, "Double running while capacity opens", "£m"),
        "net_cash": (net, "Net cash", "£m"),
        "capacity": (nhs.sum(axis=0) - cash, "Capacity released that is not cash", "£m"),
        "society": ((avoided - nhs).sum(axis=0), "Saving outside the NHS", "£m"),
        "qalys_gained": (gained, "QALYs gained", "QALYs"),
        "qalys_forgone": (forgone, "QALYs forgone", "QALYs"),
    }
    by_programme = {
        "programme_spend": (spend, "Extra spend by programme", "£m"),
        "programme_avoided": (avoided, "Gross cost avoided by programme", "£m"),
        "programme_cash": (cashable, "Cash released by programme, before steps", "£m"),
    }
    factors = discount_factors(section.discount_money_pct, starts - starts[0])
    health_factors = discount_factors(section.discount_qaly_pct, starts - starts[0])
    active = np.cumsum(np.abs(extra)) > 0
    data = {
        f"prevention_{name}": (dims, values, {"long_name": words, "units": unit})
        for group, dims in ((by_year, ("year",)), (by_programme, ("programme", "year")))
        for name, (values, words, unit) in group.items()
    }
    return xr.Dataset(
        data,
        coords={"programme": [str(name) for name in table.index], "year": years},
        attrs={
            "break_even_year": first_year(years, (net >= 0) & active),
            "payback_year": first_year(years, (np.cumsum(net) >= 0) & active),
            "npv_gbp_m": float((net * factors).sum()),
            "net_qalys_discounted": float((gained - forgone) @ health_factors),
        },
    )


def released(cash: Array, step: float) -> Array:
    """Return the cash that can be released in whole steps (a ward closes or it does not)."""
    return np.floor(cash / step + 1e-9) * step if step > 0 else cash
