"""Prevention in its system: on what money and places it rests, and who pays and gains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.best_mix import BestMix, Objective, best_mix
from nelfin.models.prevention import shift
from nelfin.scenario import Scenario

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
    return shift(base, section, inputs.prevention_programmes, weights, deprived)


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
        Least net cash of each year, £m; None for none.
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
        budgets["population"].isel(year=-1).to_series(),
        None if deprived is None else deprived.to_series(),
        objective,
        floor_gbp_m,
        deprived_pct,
    )


def prevention_by_organisation(
    prevention: Mapping[str, Array], organisations: pd.DataFrame
) -> Array:
    """Return the net cash of the shift by organisation: the ICB pays, the trusts gain by turnover.

    Parameters
    ----------
    prevention
        `cash` and `net_cash` by year, £m; shape (..., year).
    organisations
        The table, with `kind` and `turnover_gbp_m`.

    Returns
    -------
    numpy.ndarray
        £m; shape (..., organisation, year).
    """
    trust = (organisations["kind"] == "trust").to_numpy(dtype=float)
    weight = trust * organisations["turnover_gbp_m"].to_numpy()
    cash = prevention["cash"][..., None, :]
    paid = prevention["net_cash"][..., None, :] - cash
    return np.asarray((weight / weight.sum())[:, None] * cash + (1 - trust)[:, None] * paid)
