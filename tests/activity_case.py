"""Activity of the embedded system on settings, beds and people given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

import nelfin
from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.activity_settings import Activity as Settings
from nelfin.system.activity_levels import Activity, activity

Array = npt.NDArray[np.float64]

ACUTE = ("Barts Health", "BHRUT", "Homerton")
OPEN_FROM = 3
"""Place of the first year of the embedded plan whose positions are not known: 2026/27."""


@cache
def embedded() -> tuple[Scenario, Inputs]:
    scenario = nelfin.load_scenario()
    return scenario, nelfin.load_inputs(scenario)


def with_settings(
    activity_: Mapping[str, Any] | None = None, recovery: Mapping[str, Any] | None = None
) -> Scenario:
    """Return the embedded scenario with some settings changed, checked by their section."""
    scenario, _ = embedded()
    section = Settings(**{**dict(scenario.activity), **(activity_ or {})})
    other = scenario.recovery.model_copy(update=dict(recovery or {}))
    return scenario.model_copy(update={"activity": section, "recovery": other})


def people(count: int = 10) -> xr.DataArray:
    """Return the weighted people of the embedded places, as many in every year."""
    scenario, inputs = embedded()
    table = inputs.weighted_populations
    rows = table[(table["component"] == "primary_medical_need") & (table["year"] == "2023/24")]
    rows = rows[rows["place"] != "whole system"]
    values = np.repeat(rows["weighted_population"].to_numpy(dtype=float)[None, :, None], count, 2)
    return xr.DataArray(
        values,
        {
            "component": ["primary_medical_need"],
            "place": rows["place"].tolist(),
            "year": scenario.years.labels()[:count],
        },
        ("component", "place", "year"),
    )


def nothing_avoided(count: int = 10) -> dict[str, Array]:
    return {name: np.zeros(count) for name in ("cash", "capacity", "paid_by_cash")}


def work_out(
    scenario: Scenario | None = None,
    prevention: Mapping[str, Array] | None = None,
    drawn: Mapping[str, Array] | None = None,
    **tables: pd.DataFrame,
) -> Activity:
    """Work activity out, by default of the embedded scenario without prevention."""
    own, inputs = embedded()
    return activity(
        own if scenario is None else scenario,
        replace(inputs, **tables) if tables else inputs,
        people(),
        nothing_avoided() if prevention is None else prevention,
        drawn=drawn,
    )


def settings_of(**changes: Any) -> Activity:
    """Work activity out with some of its settings changed."""
    return work_out(with_settings(changes))
