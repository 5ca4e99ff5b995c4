"""A trust and an ICB, rolled forward on tables and settings given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import nelfin
from nelfin.data import Inputs
from nelfin.models.activity.demand import volume_growth
from nelfin.models.months import savings_phase
from nelfin.models.recovery import labelled, roll_forward
from nelfin.scenario import Scenario
from nelfin.system.drivers import FromActivity, drivers_of

BODIES = (("Trust", "trust", 300.0), ("ICB", "icb", 100.0))
"""Income of the year before the first: three quarters and one quarter."""

PLAIN = {
    "demand_planned_pct": 4.0,
    "demand_urgent_pct": 2.0,
    "planned_share_pct": 50.0,
    "marginal_cost_pct": 50.0,
    "marginal_cost_later_pct": 50.0,
    "cost_uplift_pct": 2.0,
    "other_income_growth_pct": 5.0,
    "pressures_pct": 1.0,
    "efficiency_pct": 4.0,
    "efficiency_delivery_pct": 75.0,
    "efficiency_recurrent_pct": 40.0,
    "support_gbp_m": 8.0,
    "repayment_gbp_m": 4.0,
}

SCHEME = ["scheme", "year", "organisation", "full_year_gbp_m", "delivery_pct", "recurrent_pct",
          "months"]  # fmt: skip
POSITION = ["organisation", "year", "measure", "value_gbp_m"]


def schemes(*rows: tuple[object, ...], whole_ask: bool = True, stage: str = "") -> pd.DataFrame:
    return (
        pd.DataFrame(rows, columns=SCHEME)
        .astype(dict.fromkeys(SCHEME[3:], float), errors="raise")
        .assign(whole_ask=whole_ask, stage=stage, services="")
    )


def positions(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=POSITION).assign(month=0, item="", status="", source="")


def tables_of(
    inputs: Inputs,
    bodies: tuple[tuple[str, str, float], ...] = BODIES,
    known: tuple[tuple[str, str, str, float], ...] = (),
    asks: pd.DataFrame | None = None,
    uplift: Mapping[str, float] | None = None,
    pressures: tuple[tuple[str, str, str, float], ...] = (),
) -> Inputs:
    """Return tables of bodies whose income all comes from outside the envelope."""
    rows = [("system", "2022/23", "underlying", -40.0), *known]
    income = [(name, "other", "2022/23", money) for name, _, money in bodies]
    return replace(
        inputs,
        organisations=pd.DataFrame(bodies, columns=["organisation", "kind", "_"]).assign(sector=""),
        organisation_income=pd.DataFrame(
            income, columns=["organisation", "stream", "year", "income_gbp_m"]
        ),
        organisation_places=inputs.organisation_places.iloc[:0],
        positions=positions(*rows),
        efficiency_schemes=schemes() if asks is None else asks,
        uplift_factors=pd.DataFrame(
            {"year": list(uplift or {}), "cost_uplift_pct": list((uplift or {}).values())}
        ),
        pressures=pd.DataFrame(pressures, columns=["driver", "organisation", "year", "cost_gbp_m"]),
    )


def scenario_of(years: int = 2, planned_to: str = "", **changes: Any) -> Scenario:
    """Return a scenario of some years with plain settings of the recovery."""
    settings = {f"recovery.{name}": value for name, value in (PLAIN | changes).items()}
    last = f"{2022 + years}/{23 + years}"
    return nelfin.load_scenario(
        overrides=settings | {"years.last": last, "years.planned_to": planned_to}
    )


def demand_of(scenario: Scenario, **levels: Mapping[str, Any]) -> FromActivity:
    """Return growth of demand, the same every year, and what activity moves by step."""
    section = scenario.recovery
    rates = (section.demand_planned_pct, section.demand_urgent_pct, section.planned_share_pct)
    by_year = np.ones(len(scenario.years.labels()))
    return FromActivity(volume_growth(*(rate * by_year for rate in rates)), levels)


def rolled(
    scenario: Scenario,
    inputs: Inputs,
    prevention: Mapping[str, list[float]] | None = None,
    capital: Mapping[str, list[float]] | None = None,
    double_running: Mapping[str, list[float]] | None = None,
) -> xr.Dataset:
    """Roll the bodies of some tables forward."""
    names = [str(name) for name in inputs.organisations["organisation"]]
    years = scenario.years.labels()

    def level(by_body: Mapping[str, list[float]] | None) -> np.ndarray:
        given = by_body or {}
        return np.array([given.get(name, [0.0] * len(years)) for name in names], dtype=float)

    drivers = drivers_of(
        scenario, inputs, xr.Dataset(), level(prevention), level(double_running), level(capital),
        demand_of(scenario),
    )  # fmt: skip
    bridge, pressures = roll_forward(drivers)
    phase = savings_phase(scenario.recovery.savings_by_month_5_pct)
    return labelled(bridge, names, years, pressures, phase)


def step(data: xr.Dataset, name: str, year: str = "2023/24") -> np.ndarray:
    return data["recovery_bridge"].sel(step=name, year=year).to_numpy()
