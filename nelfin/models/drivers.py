"""From settings and tables to what moves the positions, for a run and for draws alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.data.inputs import Inputs
from nelfin.models.appraisal import cost_inflation
from nelfin.models.efficiency import agency_saving, efficiency
from nelfin.scenario.model_settings import Recovery

Array = npt.NDArray[np.float64]

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
        inflation=cost_inflation(inputs.uplift_factors, years, value("cost_uplift_pct")),
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
