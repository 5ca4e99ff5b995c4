"""The shift of spend into prevention: path, lag, and three ledgers that are never added.

Cash, capacity released, and health and society are kept apart: a bed freed is not a pound saved,
and a saving to the police is not one to the NHS. A pound is spent once: cash that comes back pays
for the shift before it is a saving.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.models.appraisal import discount_factors, first_year, price_index
from nelfin.models.ledgers import Costing, flows, within_ceilings
from nelfin.models.programmes import Programmes, cost_avoided_per_gbp, programmes_of, reach
from nelfin.scenario.model_settings import Prevention
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

BY_YEAR = {
    "share": ("Share of spend on prevention", "%"),
    "extra_spend": ("Extra spend on prevention", "£m"),
    "paid_by_pool": ("Paid by a fund new to the system", "£m"),
    "paid_by_growth": ("Paid from growth money", "£m"),
    "paid_by_cash": ("Paid by the cash that comes back", "£m"),
    "cut": ("Cut from treatment to pay for it", "£m"),
    "cash": ("Cash released", "£m"),
    "double_running": ("Double running while capacity opens", "£m"),
    "net_cash": ("Net cash", "£m"),
    "net_cash_recurrent": ("Net cash without double running", "£m"),
    "capacity": ("Capacity released that is not cash", "£m"),
    "society": ("Saving outside the NHS", "£m"),
    "qalys_gained": ("QALYs gained", "QALYs"),
    "qalys_forgone": ("QALYs forgone", "QALYs"),
}
BY_PROGRAMME = {
    "programme_spend": ("Extra spend by programme", "£m"),
    "programme_avoided": ("Cost avoided by programme", "£m"),
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


AFTER = 60
"""Years after the plan in which what is still to come of its spend counts: the longest that the
Green Book looks ahead."""


def shift(
    base: xr.DataArray,
    section: Prevention,
    programmes: pd.DataFrame,
    costing: Costing,
    weights: xr.DataArray | None = None,
    deprived: xr.DataArray | None = None,
) -> xr.Dataset:
    """Model the shift of spend into prevention.

    Parameters
    ----------
    base
        Spend that the share is a share of, £m; dim `year`.
    section
        Path, sources of the money, double running, targeting, ceilings and rates.
    programmes
        Rows of `programme, kind, parameter, value`.
    costing
        Prices of the years of `base`, and the marginal-cost curve.
    weights
        What the places' shares of the extra spend go by; dims `place, year`.
    deprived
        Share of each place's people in the most deprived areas; dim `place`. QALYs there count
        more where `qaly_deprivation_weight` is above 0.

    Returns
    -------
    xarray.Dataset
        Dims `programme, year` and, with weights, `place`; every variable starts with
        `prevention_`. The cash ledger is `cash`, `extra_spend` and who pays it, `double_running`,
        `net_cash` and, without double running, `net_cash_recurrent`; the capacity ledger
        `capacity`; the health and society ledger `society`, `qalys_gained`, `qalys_forgone`.
        Attributes: `break_even_year` and `payback_year`, of net cash less what is cut ("" if none
        in the plan); `npv_gbp_m` of net cash and
        `return_after_plan_gbp_m`, in prices of the first year and discounted; `mature_cash_return`
        (£ of cash per £1 if the last year's spend went on for ever, at constant prices);
        `never_pays_back` (1 or 0); `net_qalys_discounted`; and `programmes_without_qalys`, how many
        programmes have no cost per QALY.

    Notes
    -----
    Method: Erlang lag kernel; QALY costs from Martin, Lomas and Claxton (BMJ Open 2020); discount
    rates from the Green Book, which are for money in real terms.
    """
    years = [str(year) for year in base["year"].values]
    known = programmes_of(programmes, section)
    share = share_of_spend(section, years)
    extra = extra_spend(base.to_numpy(), section, years)
    found = {"share": share, "extra_spend": extra} | flows(extra, known, section, costing)
    data = {
        f"prevention_{name}": (dims, found[name], {"long_name": words, "units": unit})
        for dims, group in ((("year",), BY_YEAR), (("programme", "year"), BY_PROGRAMME))
        for name, (words, unit) in group.items()
    }
    result = xr.Dataset(data, coords={"programme": list(known.names), "year": years})
    result.attrs = _worth(found, known, section, costing, years)
    if weights is None:
        return result
    return result.assign(_by_place(result, weights, deprived, section))


def money_factors(section: Prevention, count: int) -> Array:
    """Return the worth of £1 of each year in prices of the first, discounted to it.

    Parameters
    ----------
    section
        Discount rate of money and general inflation.
    count
        How many years.
    """
    at = np.arange(count)
    real = price_index(section.gdp_deflator_pct, at)
    return np.asarray(discount_factors(section.discount_money_pct, at) / real)


def _worth(
    found: dict[str, Array],
    known: Programmes,
    section: Prevention,
    costing: Costing,
    years: list[str],
) -> dict[str, str | float | int]:
    """Return what the shift comes to over its years: when it breaks even, and what it is worth."""
    count, extra, net = len(years), found["extra_spend"], found["net_cash"]
    # a cut pays for the shift, but pays nothing back
    back = net - found["cut"]
    factors = money_factors(section, count + AFTER)
    gained = found["qalys_gained"] - found["qalys_forgone"]
    begun = np.cumsum(np.abs(extra)) > 0
    payback = first_year(years, (np.cumsum(back) >= 0) & begun)
    stopped = np.concatenate([extra, np.zeros(AFTER)])
    later = flows(stopped, known, section, costing.longer(AFTER))["cash"][count:]
    mature = _mature_cash_return(extra[-1], known, section, costing)
    never = not payback and bool(begun[-1]) and mature < 1 - section.pool_pct / 100
    return {
        "break_even_year": first_year(years, (back >= 0) & begun),
        "payback_year": payback,
        "npv_gbp_m": float(net @ factors[:count]),
        "return_after_plan_gbp_m": float(later @ factors[count:]),
        "mature_cash_return": mature,
        "never_pays_back": int(never),
        "net_qalys_discounted": float(
            gained @ discount_factors(section.discount_qaly_pct, np.arange(count))
        ),
        "programmes_without_qalys": len(known.without_qalys),
    }


def _mature_cash_return(
    last: float, known: Programmes, section: Prevention, costing: Costing
) -> float:
    """Return the cash a year per £1 a year if the last year's spend went on for ever.

    Prices stay as they are. Without extra spend in the last year, of a pound that nothing limits.
    """
    in_the_end = costing.curve[..., -1]
    spend = known.share[:, None] * (last / costing.prices[-1] if last > 0 else 1e-6)
    _, effective = reach(spend, known)
    avoided = spend * effective * cost_avoided_per_gbp(known, in_the_end)[:, None]
    avoided = avoided * within_ceilings(avoided, known, section)
    cash = avoided * (known.nhs * np.minimum(known.cashable, in_the_end))[:, None]
    return float(cash.sum() / spend.sum())


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
