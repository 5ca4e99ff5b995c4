"""A made-up system of two places, allocated as a test asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

Solve = Callable[..., xr.Dataset]

AMOUNTS = ["stream", "year", "allocation_gbp_m", "baseline_gbp_m", "restricted_share"]

FULL = Stream(need="final_core", opening="on-target", rule="full")

POPULATIONS = {"A": (500.0, 400.0), "B": (500.0, 600.0)}
"""Registered and weighted: need shares of 0.4 and 0.6."""


def table_of_allocations(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return allocations: stream, year, allocation, baseline, and a restricted share if known."""
    table = pd.DataFrame([(*row, None)[:5] for row in rows], columns=AMOUNTS)
    return table.astype(dict.fromkeys(AMOUNTS[2:], float))


def table_of_populations(places: dict[str, tuple[float, float]], year: str) -> pd.DataFrame:
    rows = [
        (year, place, component, value)
        for place, values in places.items()
        for component, value in zip(("registered_population", "final_core"), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["year", "place", "component", "weighted_population"])


def table_of_openings(measure: str, **values: float) -> pd.DataFrame:
    rows = [("own", place, measure, value) for place, value in values.items()]
    return pd.DataFrame(rows, columns=["opening", "place", "measure", "value"])


def allocator(scenario: Scenario, inputs: Inputs) -> Solve:
    """Return a function that allocates a made-up system of places A and B."""

    def run(
        allocations: list[tuple[Any, ...]],
        streams: dict[str, Stream],
        *,
        first: str = "2023/24",
        last: str = "2023/24",
        growth_pct: float = 0.0,
        total: float | None = None,
        populations: pd.DataFrame | None = None,
        openings: pd.DataFrame | None = None,
        people_added: float = 0.0,
        shares: dict[str, float] | None = None,
    ) -> xr.Dataset:
        at_first = sum(amount for _, year, amount, *_ in allocations if year == first)
        made_up = scenario.model_copy(
            update={
                "years": Years(first=first, last=last),
                "envelope": Envelope(
                    plan_total_gbp_m=at_first if total is None else total,
                    growth_pct=dict.fromkeys(streams, growth_pct),
                ),
                "allocation": Allocation(streams=streams),
            }
        )
        if populations is None:
            populations = table_of_populations(POPULATIONS, "2023/24")
        tables = replace(
            inputs,
            allocations=table_of_allocations(allocations),
            weighted_populations=populations,
            openings=inputs.openings if openings is None else openings,
            public_health_grants=inputs.public_health_grants.iloc[:0],
            population_growth=pd.DataFrame(
                {"from_year": ["2023/24"], "to_year": ["2024/25"], "people_added": [people_added]}
            ),
            population_shares=pd.DataFrame(
                {
                    "place": pd.Series(list(shares or {}), dtype=str),
                    "share_pct": list((shares or {}).values()),
                }
            ),
        )
        return allocate(made_up, tables)

    return run


def places(data: xr.Dataset, name: str, year: str = "2023/24", stream: str = "core") -> np.ndarray:
    return data[name].sel(stream=stream, year=year).values
