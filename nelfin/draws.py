"""Doubt about the recovery: many draws of what it rests on, all worked out at once.

Each setting with a range (`low` and `high` beside its value) is drawn from a triangle with its
peak at the value, and so is the return of each prevention programme. Draws are a Latin hypercube:
every part of each range is seen alike.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.joint import (
    Joint,
    income_by_place,
    prevention_shares,
)
from nelfin.models.prevention import Programmes, flows, programmes_of
from nelfin.models.recovery import STEPS, drivers_of, roll_forward
from nelfin.scenario import Scenario

Array = npt.NDArray[np.float64]

DRAWN = (
    "demand_planned_pct",
    "demand_urgent_pct",
    "marginal_cost_pct",
    "cost_uplift_pct",
    "pressures_pct",
    "efficiency_pct",
    "efficiency_delivery_pct",
    "efficiency_recurrent_pct",
)
"""Settings of the recovery that may have a range."""

MOST = 1_000_000
"""Draws at the most."""

PART = 10_000
"""Draws worked out at once."""


def triangle(share: Array, low: float, middle: float, high: float) -> Array:
    """Return the value below which a share of a triangular distribution lies."""
    if high <= low:
        return np.full_like(share, middle)
    peak = (middle - low) / (high - low)
    below = low + np.sqrt(share * (high - low) * (middle - low))
    above = high - np.sqrt((1 - share) * (high - low) * (high - middle))
    return np.where(share < peak, below, above)


def draw_positions(
    scenario: Scenario, inputs: Inputs, joint: Joint, draws: int, seed: int = 0
) -> xr.Dataset:
    """Work out the positions of the system under many draws.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        The joint run of it: its budgets and capital plan stand in every draw.
    draws
        How many.
    seed
        Of the draws: the same seed gives the same draws.

    Returns
    -------
    xarray.Dataset
        `system_reported, system_underlying, prevention_net_cash` (£m; dims `draw, year`), and
        `drawn` (dims `setting, draw`): what was drawn.

    Raises
    ------
    InputError
        If the number of draws is not one that can be had.
    """
    from scipy.stats import qmc

    if not 1 <= draws <= MOST:
        raise InputError.one("draws", f"is {draws:,}.", f"Give 1 to {MOST:,} draws.")
    section = scenario.recovery
    ranges = {}
    for name in DRAWN:
        figure = scenario.evidence[f"recovery.{name}"]
        if figure.low is not None and figure.high is not None:
            # a setting that was changed takes its range along
            middle = float(getattr(section, name))
            moved = middle - float(figure.value)
            least = -50.0 if name.startswith(("demand", "cost", "pressures")) else 0.0
            low, high = max(figure.low + moved, least), min(figure.high + moved, 100.0)
            ranges[name] = (min(low, middle), middle, max(high, middle))
    programmes = programmes_of(inputs.prevention_programmes, scenario.prevention)
    returns = inputs.prevention_programmes
    returns = returns[returns["parameter"] == "return_gbp_per_gbp"].set_index("programme")
    returns = returns.loc[list(programmes.names)]
    sampler = qmc.LatinHypercube(d=len(ranges) + len(programmes.names), rng=seed)
    shares = sampler.random(draws)
    drawn = {
        name: triangle(shares[:, at], low, middle, high)
        for at, (name, (low, middle, high)) in enumerate(ranges.items())
    }
    value = returns["value"].to_numpy(dtype=float)
    worst = returns["low"].fillna(returns["value"]).to_numpy(dtype=float)
    best = returns["high"].fillna(returns["value"]).to_numpy(dtype=float)
    back = np.stack(
        [
            triangle(shares[:, len(ranges) + m], worst[m], value[m], best[m])
            for m in range(len(value))
        ],
        axis=-1,
    )
    years = scenario.years.labels()
    found = np.empty((3, draws, len(years)))
    # in parts, so that memory does not grow with the draws
    for begin in range(0, draws, PART):
        part = slice(begin, min(begin + PART, draws))
        mine = {name: values[part] for name, values in drawn.items()}
        known = replace(programmes, returns=back[part])
        found[:, part] = _positions(scenario, inputs, joint, mine, known)
    names = ("system_underlying", "system_reported", "prevention_net_cash")
    words = ("Underlying position of the system", "Reported position of the system",
             "Net cash of prevention")  # fmt: skip
    data: dict[str, tuple[tuple[str, ...], Array, dict[str, str]]] = {
        name: (("draw", "year"), values, {"long_name": said, "units": "£m"})
        for name, values, said in zip(names, found, words, strict=True)
    }
    data["drawn"] = (
        ("setting", "draw"),
        np.vstack([*drawn.values(), back.T]),
        {"long_name": "What was drawn", "units": "as the setting"},
    )
    settings = [*drawn, *(f"return of {name}" for name in programmes.names)]
    return xr.Dataset(data, {"year": years, "setting": settings}, {"seed": seed})


def _positions(
    scenario: Scenario,
    inputs: Inputs,
    joint: Joint,
    drawn: dict[str, Array],
    programmes: Programmes,
) -> Array:
    """Return underlying and reported position, and net cash of prevention; (3, draw, year)."""
    section = scenario.recovery
    # the path of spend is the scenario's; what comes back of it is drawn
    extra = joint.prevention["prevention_extra_spend"].to_numpy()
    shift = flows(extra, programmes, scenario.prevention)
    growth = joint.budgets["like_for_like_growth"].sel(
        stream=joint.budgets.attrs["main_stream"], drop=True
    )
    places = income_by_place(joint.budgets, inputs)
    base = drivers_of(inputs, section, growth, joint.charges * 0.0, joint.charges, places)

    def value(name: str) -> Array:
        return drawn.get(name, np.array(float(getattr(section, name))))

    demand_pct = (
        value("demand_planned_pct") * section.planned_share_pct
        + value("demand_urgent_pct") * (100 - section.planned_share_pct)
    ) / 100
    years = scenario.years.labels()
    published = set(inputs.uplift_factors["year"])
    known = np.array([year in published for year in years])
    uplift = value("cost_uplift_pct")[..., None] / 100
    trusts, payers = prevention_shares(inputs)
    cash = shift["cash"]
    paid = shift["net_cash"] - cash
    level = trusts[:, None] * cash[..., None, :] + payers[:, None] * paid[..., None, :]
    drivers = replace(
        base,
        inflation=np.where(known, base.inflation, uplift),
        demand=demand_pct * value("marginal_cost_pct") / 1e4,
        pressures=value("pressures_pct") / 100,
        ask=value("efficiency_pct") / 100,
        delivery=value("efficiency_delivery_pct") / 100,
        lasting=value("efficiency_recurrent_pct") / 100,
        steps=base.steps | {"prevention net cash": np.diff(level, prepend=0.0, axis=-1)},
    )
    wanted = [STEPS.index("closing underlying"), STEPS.index("reported")]
    system = roll_forward(drivers, wanted)[0].sum(axis=-3)
    net = np.broadcast_to(shift["net_cash"], system.shape[:-1])
    return np.stack([system[..., 0], system[..., 1], net])


def odds_of_balance(positions: xr.Dataset) -> xr.DataArray:
    """Return the share of draws in which the system reports no deficit, by year."""
    return (positions["system_reported"] >= -0.05).mean("draw")


def fan(array: xr.DataArray, percents: tuple[float, ...] = (10.0, 50.0, 90.0)) -> xr.DataArray:
    """Return percentiles over draws; dims `percent, year`."""
    found = array.quantile([percent / 100 for percent in percents], dim="draw")
    return found.rename(quantile="percent").assign_coords(percent=list(percents))


def odds_table(positions: xr.Dataset) -> pd.DataFrame:
    """Return odds of balance and percentiles of the reported position: tidy, one value a row."""
    odds = odds_of_balance(positions).to_series().rename("value").reset_index()
    odds = odds.assign(measure="odds_of_balance", unit="share")
    spread = fan(positions["system_reported"]).to_series().rename("value").reset_index()
    measure = "reported_p" + spread["percent"].astype(int).astype(str)
    spread = spread.assign(measure=measure, unit="£m")
    return pd.concat([odds, spread], ignore_index=True)[["year", "measure", "value", "unit"]]
