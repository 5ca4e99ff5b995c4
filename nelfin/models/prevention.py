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
from nelfin.models.programmes import Programmes, programmes_of, reach
from nelfin.scenario.schema import Prevention
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

BY_YEAR = {
    "share": ("Share of spend on prevention", "%"),
    "extra_spend": ("Extra spend on prevention", "£m"),
    "cash": ("Cash released", "£m"),
    "double_running": ("Double running while capacity opens", "£m"),
    "net_cash": ("Net cash", "£m"),
    "capacity": ("Capacity released that is not cash", "£m"),
    "society": ("Saving outside the NHS", "£m"),
    "qalys_gained": ("QALYs gained", "QALYs"),
    "qalys_forgone": ("QALYs forgone", "QALYs"),
}
BY_PROGRAMME = {
    "programme_spend": ("Extra spend by programme", "£m"),
    "programme_avoided": ("Gross cost avoided by programme", "£m"),
    "programme_cash": ("Cash released by programme, before steps", "£m"),
    "programme_people": ("People reached by programme", "people"),
}
"""What the shift gives, with its name and unit."""


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


def share_of_spend(section: Prevention, years: list[str]) -> Array:
    """Return the share of spend on prevention in each year, %; shape (year,).

    Parameters
    ----------
    section
        The path of the share.
    years
        Years of the plan.
    """
    return share_path(
        section.share_start_pct,
        section.share_end_pct,
        start_of(section.start_year),
        start_of(section.end_year),
        [start_of(year) for year in years],
    )


def extra_spend(base: Array, section: Prevention, years: list[str]) -> Array:
    """Return what the shift spends on prevention above the starting share.

    Parameters
    ----------
    base
        Spend that the share is a share of, £m; shape (..., year).
    section
        The path of the share.
    years
        Years of the plan.

    Returns
    -------
    numpy.ndarray
        £m; shape (..., year).
    """
    return (share_of_spend(section, years) - section.share_start_pct) / 100 * base


def flows(
    extra: Array, programmes: Programmes, section: Prevention, share: Array | None = None
) -> dict[str, Array]:
    """Return the ledgers of a path of extra spend; every array may have draws in front.

    Parameters
    ----------
    extra
        Extra spend, £m; shape (..., year).
    programmes
        Parameters; shape (..., programme).
    section
        Rates, donor, double running, steps and targeting.
    share
        Shares of the programmes; by default their own.

    Returns
    -------
    dict
        By year, shape (..., year): `cash, double_running, net_cash, capacity, society,
        qalys_gained, qalys_forgone`. By programme, shape (..., programme, year):
        `programme_spend, programme_avoided, programme_cash, programme_people`.
    """
    shares = programmes.share if share is None else share
    spend = shares[..., None] * extra[..., None, :]
    people, effective = reach(spend, programmes)
    avoided = avoided_cost(spend * effective, programmes.returns, programmes.lag)
    avoided = _within_potential(avoided, programmes, section)
    nhs = avoided * programmes.nhs[..., None]
    cashable = nhs * programmes.cashable[..., None]
    cash = released(cashable.sum(axis=-2), section.release_step_gbp_m)
    rise = np.maximum(np.diff(extra, prepend=0.0, axis=-1), 0.0)
    double = rise * section.double_running_months / 12
    new = section.new_money_pct / 100
    moved = extra * (1 - new) * section.donor_is_treatment_pct / 100
    price = np.where(
        np.isnan(programmes.gbp_per_qaly), section.gbp_per_qaly_gained, programmes.gbp_per_qaly
    )
    gained = (spend * effective * 1e6 / price[..., None]).sum(axis=-2)
    return {
        "cash": cash,
        "double_running": double,
        "net_cash": cash - extra * new - double,
        "capacity": nhs.sum(axis=-2) - cash,
        "society": (avoided - nhs).sum(axis=-2),
        "qalys_gained": gained,
        "qalys_forgone": moved * 1e6 / section.gbp_per_qaly_forgone,
        "programme_spend": spend,
        "programme_avoided": avoided,
        "programme_cash": cashable,
        "programme_people": people,
    }


def _within_potential(avoided: Array, programmes: Programmes, section: Prevention) -> Array:
    """Hold what targeted programmes avoid to what their people's emergency admissions cost.

    The cost of the targeted people's emergency admissions, times the share of it that can be
    avoided, is a ceiling of all targeted programmes together; 0 for no ceiling.
    """
    ceiling = (
        section.emergency_cost_gbp_m
        * section.target_cost_pct
        * section.avoidable_emergency_pct
        / 1e4
    )
    aimed = programmes.targeted
    if ceiling <= 0 or not aimed.any():
        return avoided
    together = avoided[..., aimed, :].sum(axis=-2, keepdims=True)
    kept = np.divide(ceiling, together, out=np.ones_like(together), where=together > ceiling)
    return np.asarray(np.where(aimed[:, None], avoided * kept, avoided))


def shift(
    base: xr.DataArray,
    section: Prevention,
    programmes: pd.DataFrame,
    weights: xr.DataArray | None = None,
    deprived: xr.DataArray | None = None,
) -> xr.Dataset:
    """Model the shift of spend into prevention.

    Parameters
    ----------
    base
        Spend that the share is a share of, £m; dim `year`.
    section
        Path, donor, double running, targeting and rates.
    programmes
        Rows of `programme, kind, parameter, value`.
    weights
        What the places' shares of the extra spend go by; dims `place, year`.
    deprived
        Share of each place's people in the most deprived areas; dim `place`. QALYs there count
        more where `qaly_deprivation_weight` is above 0.

    Returns
    -------
    xarray.Dataset
        Dims `programme, year` and, with weights, `place`; every variable starts with
        `prevention_`. The cash ledger is `cash`, `extra_spend`, `double_running`, `net_cash`; the
        capacity ledger `capacity`; the health and society ledger `society`, `qalys_gained`,
        `qalys_forgone`. Attributes hold `break_even_year`, `payback_year` ("" if none in the
        plan), `npv_gbp_m` and `net_qalys_discounted`.

    Notes
    -----
    Method: Erlang lag kernel; QALY costs from Martin, Lomas and Claxton (BMJ Open 2020).
    """
    years = [str(year) for year in base["year"].values]
    starts = np.array([start_of(year) for year in years])
    known = programmes_of(programmes, section)
    share = share_of_spend(section, years)
    extra = extra_spend(base.to_numpy(), section, years)
    found = {"share": share, "extra_spend": extra} | flows(extra, known, section)
    data = {
        f"prevention_{name}": (dims, found[name], {"long_name": words, "units": unit})
        for dims, group in ((("year",), BY_YEAR), (("programme", "year"), BY_PROGRAMME))
        for name, (words, unit) in group.items()
    }
    net, gained = found["net_cash"], found["qalys_gained"] - found["qalys_forgone"]
    factors = discount_factors(section.discount_money_pct, starts - starts[0])
    health_factors = discount_factors(section.discount_qaly_pct, starts - starts[0])
    active = np.cumsum(np.abs(extra)) > 0
    result = xr.Dataset(
        data,
        coords={"programme": list(known.names), "year": years},
        attrs={
            "break_even_year": first_year(years, (net >= 0) & active),
            "payback_year": first_year(years, (np.cumsum(net) >= 0) & active),
            "npv_gbp_m": float((net * factors).sum()),
            "net_qalys_discounted": float(gained @ health_factors),
        },
    )
    if weights is None:
        return result
    return result.assign(_by_place(result, weights, deprived, section))


def _by_place(
    found: xr.Dataset,
    weights: xr.DataArray,
    deprived: xr.DataArray | None,
    section: Prevention,
) -> dict[str, xr.DataArray]:
    """Return spend, cash and QALYs by place; weighted QALYs sum to more where more go to need."""
    share = weights / weights.sum("place")
    by_place = {
        "place_spend": (share * found["prevention_extra_spend"], "Extra spend by place", "£m"),
        "place_cash": (share * found["prevention_cash"], "Cash released by place", "£m"),
        "place_qalys": (share * found["prevention_qalys_gained"], "QALYs gained by place", "QALYs"),
    }
    if deprived is not None:
        people = float((deprived * share.isel(year=0)).sum())
        weight = 1 + section.qaly_deprivation_weight * (deprived / people - 1 if people else 0.0)
        by_place["place_qalys_weighted"] = (
            by_place["place_qalys"][0] * weight,
            "QALYs gained by place, weighted by deprivation",
            "QALYs",
        )
    return {
        f"prevention_{name}": array.transpose("place", "year").assign_attrs(
            long_name=words, units=unit
        )
        for name, (array, words, unit) in by_place.items()
    }


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
