"""Prevention in its system: on what money and places it rests, and who pays and gains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.appraisal import cost_inflation, price_level
from nelfin.models.best_mix import BestMix, Objective, best_mix
from nelfin.models.ledgers import Costing
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.prevention import AFTER, shift
from nelfin.scenario import Scenario
from nelfin.scenario.model_settings import Prevention
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

BASIS = {"need": "health_inequalities", "population": "registered_population"}
"""Component of need behind each basis of the places' shares of the shift."""


def shift_of(scenario: Scenario, inputs: Inputs, budgets: xr.Dataset) -> xr.Dataset:
    """Model the shift of a scenario into prevention, on the money and the places of its budgets.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    budgets
        Place budgets: the money that the share is a share of, and the places.
    """
    section = scenario.prevention
    base = budgets["envelope"].sel(stream=list(section.share_of)).sum("stream")
    weights, deprived = place_weights(scenario, inputs, budgets)
    costing = costing_of(scenario, inputs)
    return shift(base, section, inputs.prevention_programmes, costing, weights, deprived)


def costing_of(
    scenario: Scenario, inputs: Inputs, drawn: Mapping[str, Array] | None = None
) -> Costing:
    """Return prices and the marginal-cost curve of a scenario, for a run and for draws alike.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    drawn
        Draws of settings of the recovery by name, each of shape (draw,) or (draw, year); a
        setting that is not drawn stands as the scenario has it.
    """

    def value(name: str) -> Array:
        return (drawn or {}).get(name, np.array(float(getattr(scenario.recovery, name))))

    years = scenario.years.labels()
    uplift = value("cost_uplift_pct")
    return Costing(
        start_of(years[0]),
        price_level(
            cost_inflation(
                inputs.uplift_factors, years, uplift if uplift.ndim == 2 else uplift[..., None]
            )
        ),
        marginal_cost_curve(
            value("marginal_cost_pct"),
            value("marginal_cost_later_pct"),
            value("marginal_cost_years"),
            len(years) + AFTER,
        ),
    )


def place_weights(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> tuple[xr.DataArray, xr.DataArray | None]:
    """Return what places' shares of the shift go by, and their shares of deprived people.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    budgets
        Place budgets: weighted populations by place and year.
    """
    people = budgets["weighted_population"]
    deprived = None
    if not inputs.deprivation.empty:
        places = [str(place) for place in budgets["place"].values]
        share = inputs.deprivation.set_index("place")["most_deprived_share"].loc[places]
        deprived = xr.DataArray(share.to_numpy(), {"place": places}, ("place",))
    basis = scenario.prevention.place_basis
    if basis == "deprivation":
        if deprived is None:
            raise InputError.one(
                "scenario, prevention.place_basis",
                'is "deprivation", but there is no table of it.',
                "Give data.deprivation, or share by need or population.",
            )
        weights = deprived * people.sel(component="registered_population", drop=True)
    else:
        weights = people.sel(component=BASIS[basis], drop=True)
    return weights.transpose("place", "year"), deprived


def best_mix_of(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    objective: Objective,
    floor_gbp_m: float | None = None,
    deprived_pct: float = 0.0,
) -> BestMix:
    """Choose the best mix of programmes for the shift of a scenario.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    budgets, prevention
        Its place budgets and its shift, as `nelfin.joint` finds them.
    objective
        `qalys` or `cash`: what there should be most of over the plan.
    floor_gbp_m
        Least net cash of each year less what is cut from treatment, £m; None for none.
    deprived_pct
        Least share of the mix for people in the most deprived areas, %.

    Raises
    ------
    NoAnswerError
        If no mix keeps the floor; says by how much and when.
    """
    _, deprived = place_weights(scenario, inputs, budgets)
    return best_mix(
        prevention["prevention_extra_spend"],
        inputs.prevention_programmes,
        scenario.prevention,
        costing_of(scenario, inputs),
        budgets["population"].isel(year=-1).to_series(),
        None if deprived is None else deprived.to_series(),
        objective,
        floor_gbp_m,
        deprived_pct,
    )


def prevention_by_organisation(
    prevention: Mapping[str, Array],
    organisations: pd.DataFrame,
    section: Prevention,
    income: Array,
) -> dict[str, Array]:
    """Return the net cash of the shift by organisation: who pays, and who saves.

    The ICB pays what growth money pays, and double running. The cash is saved by the acute trusts,
    whose activity falls, in proportion to their income, and contracts pass a share of it on to
    the ICB. Cash that pays for the shift in place of a cut is no saving of anybody's, and a cut
    takes as much cost from a trust as income.

    Parameters
    ----------
    prevention
        `net_cash_recurrent, paid_by_growth, double_running` by year, £m; shape (..., year).
    organisations
        The table, with `kind` and `sector`.
    section
        The share passed on.
    income
        Of the organisations, £m; shape (organisation,).

    Returns
    -------
    dict
        `net_cash`, and `net_cash_recurrent` without `double_running`, £m; shape (...,
        organisation, year). Each adds up to that of the system.
    """
    acute = np.where(organisations["sector"] == "acute", income, 0.0)
    icb = (organisations["kind"] == "icb").to_numpy(dtype=float)
    passed_on = section.passed_on_pct / 100
    gains = (1 - passed_on) * acute / acute.sum() + passed_on * icb

    def by_body(share: Array, amount: Array) -> Array:
        return np.asarray(share[:, None] * amount[..., None, :])

    paid = prevention["paid_by_growth"]
    saved = by_body(gains, prevention["net_cash_recurrent"] + paid)
    recurrent = saved - by_body(icb, paid)
    double = by_body(icb, prevention["double_running"])
    return {
        "net_cash": recurrent - double,
        "net_cash_recurrent": recurrent,
        "double_running": double,
    }
