"""Recovery of the system's deficit: roll-forward by organisation and a bridge that adds up.

Underlying is what would be left if one-off items were taken out; reported is what the accounts
show. Surplus is positive.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data.inputs import ANY_TRUST, SYSTEM, Inputs
from nelfin.scenario.schema import Recovery

Array = npt.NDArray[np.float64]

RECURRENT = (
    "income growth",
    "cost inflation",
    "demand growth",
    "pressures above the national uplift",
    "recurrent efficiency",
    "full-year effect of last year's schemes",
    "prevention net cash",
    "capital consequences",
)
"""Steps from the opening to the closing underlying position."""

ONE_OFF = ("non-recurrent efficiency", "deficit support", "repayment")
"""Steps from the closing underlying to the reported position."""

STEPS = ("opening underlying", *RECURRENT, "closing underlying", *ONE_OFF, "reported")


def recover(
    inputs: Inputs,
    section: Recovery,
    income_growth: xr.DataArray,
    prevention: xr.DataArray,
    capital: xr.DataArray,
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

    Returns
    -------
    xarray.Dataset
        `recovery_bridge` (£m; dims `organisation, year, step`; the steps of a year add up
        exactly), `system_underlying`, `system_reported`, `pressures_pct` (dim `year`).

    Notes
    -----
    In a year with a published position, the step "pressures above the national uplift" is what
    reconciles to it, so it holds everything the other steps do not explain. The tariff efficiency
    factor is inside income growth and is not counted again.
    """
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    years = [str(year) for year in income_growth["year"].values]
    turnover = inputs.organisations["turnover_gbp_m"].to_numpy(dtype=float)
    weight = turnover / turnover.sum()
    published = inputs.positions.set_index(["measure", "year"])["value_gbp_m"]
    recurrent, full_year, one_off, named = efficiency(inputs, years, weight)
    inflation = _inflation(inputs.uplift_factors, years, section)
    prevention_step = _steps(prevention, organisations, years)
    capital_step = _steps(capital, organisations, years)
    demand_pct = (
        section.demand_planned_pct * section.planned_share_pct
        + section.demand_urgent_pct * (100 - section.planned_share_pct)
    ) / 100
    underlying = weight * float(published["opening_underlying", years[0]])
    income = turnover.copy()
    schemes = inputs.efficiency_schemes
    whole_ask = set(schemes.loc[schemes["whole_ask"], "year"])
    bridge = np.zeros((len(organisations), len(years), len(STEPS)))
    pressures_pct = np.zeros(len(years))
    for t, year in enumerate(years):
        cost = income - underlying
        support = weight * section.support_gbp_m
        repayment = -weight * section.repayment_gbp_m
        saved, saved_once = recurrent[:, t], one_off[:, t]
        if year not in whole_ask:
            # schemes named count towards the ask; the rest of it is not yet identified
            rest_of_ask = np.maximum(cost * section.efficiency_pct / 100 - named[:, t], 0.0)
            delivered = rest_of_ask * section.efficiency_delivery_pct / 100
            saved = saved + delivered * section.efficiency_recurrent_pct / 100
            saved_once = saved_once + delivered * (1 - section.efficiency_recurrent_pct / 100)
        known = {
            "income growth": income * float(income_growth[t]),
            "cost inflation": -cost * inflation[t] / 100,
            "demand growth": -cost * demand_pct * section.marginal_cost_pct / 1e4,
            "recurrent efficiency": saved,
            "full-year effect of last year's schemes": full_year[:, t],
            "prevention net cash": prevention_step[:, t],
            "capital consequences": capital_step[:, t],
        }
        rest = underlying + sum(known.values()) + saved_once + support + repayment
        if ("reported", year) in published.index:
            pressures = (float(published["reported", year]) - rest.sum()) * cost / cost.sum()
        else:
            pressures = -cost * section.pressures_pct / 100
        pressures_pct[t] = -100 * pressures.sum() / cost.sum()
        known["pressures above the national uplift"] = pressures
        moves = np.stack([known[step] for step in RECURRENT], axis=-1)
        once = np.stack([saved_once, support, repayment], axis=-1)
        closing = underlying + moves.sum(axis=-1)
        reported = closing + once.sum(axis=-1)
        parts = [underlying[:, None], moves, closing[:, None], once, reported[:, None]]
        bridge[:, t] = np.concatenate(parts, axis=-1)
        underlying = closing
        income = income * (1 + float(income_growth[t]))
    return _labelled(bridge, organisations, years, pressures_pct)


def _labelled(
    bridge: Array, organisations: list[str], years: list[str], pressures_pct: Array
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
        },
        coords={"organisation": organisations, "year": years, "step": list(STEPS)},
    )


def efficiency(
    inputs: Inputs, years: list[str], weight: Array
) -> tuple[Array, Array, Array, Array]:
    """Return what efficiency schemes deliver, by organisation and year, £m.

    In the year: full-year value x delivery x months / 12. Its recurrent part carries on; what a
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
    for row in inputs.efficiency_schemes.to_dict("records"):
        if row["year"] not in years:
            continue
        t = years.index(row["year"])
        if row["organisation"] == SYSTEM:
            split = weight
        elif row["organisation"] == ANY_TRUST:
            split = np.where(trusts, weight, 0.0) / weight[trusts].sum()
        else:
            split = np.array([float(name == row["organisation"]) for name in names])
        whole = split * row["full_year_gbp_m"] * row["delivery_pct"] / 100
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
