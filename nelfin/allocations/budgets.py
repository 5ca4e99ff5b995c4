"""Place budgets over the years: envelope, target, opening, pace, and what moved each budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.allocations.comparisons import beside_budgets
from nelfin.allocations.need import labels, need_index, weighted_populations
from nelfin.allocations.streams import CHANGES, SHARED, share_streams
from nelfin.allocations.weights import what_if
from nelfin.data import Inputs, lines_of
from nelfin.data.specs import OTHER
from nelfin.scenario import main_stream
from nelfin.scenario.schema import Scenario

Array = npt.NDArray[np.float64]


def allocate(scenario: Scenario, inputs: Inputs) -> xr.Dataset:
    """Share every stream of the envelope among places, year after year.

    Parameters
    ----------
    scenario
        Years, envelope growth and the settings of each stream.
    inputs
        Allocations, weighted populations, openings, pace rules and population growth.

    Returns
    -------
    xarray.Dataset
        Dims `stream, place, year, component, change`; £m unless an attribute says otherwise.
        `budget` summed over places plus `system_held` is `envelope`, in every stream and year.

    Raises
    ------
    InputError
        If ring-fences leave nothing of a stream to share.
    NoAnswerError
        If least or most growth of places cannot be had within a stream.

    Notes
    -----
    Method: NHS England's allocation formula and pace-of-change rules, applied within one system.
    """
    return share(scenario, inputs, need_of_places(scenario, inputs))


def need_of_places(scenario: Scenario, inputs: Inputs) -> xr.DataArray:
    """Return the weighted populations of a scenario, its what-ifs of need among them.

    Parameters
    ----------
    scenario
        Years, weights of need, and whether area cost counts.
    inputs
        Weighted populations, population growth and its shares, weights of need and area cost.

    Returns
    -------
    xarray.DataArray
        People; dims `component, place, year`.
    """
    weighted = weighted_populations(
        inputs.weighted_populations,
        inputs.population_growth,
        inputs.population_shares,
        scenario.years.labels(),
    )
    return what_if(weighted, inputs, scenario.allocation)


def share(scenario: Scenario, inputs: Inputs, weighted: xr.DataArray) -> xr.Dataset:
    """Share every stream on weighted populations as given; otherwise as `allocate`.

    Parameters
    ----------
    scenario, inputs
        As for `allocate`.
    weighted
        People; dims `component, place, year`.

    Returns
    -------
    xarray.Dataset
        As from `allocate`.

    Raises
    ------
    InputError, NoAnswerError
        As for `allocate`.
    """
    years = scenario.years.labels()
    weighted = weighted.transpose("component", "place", "year")
    components, places = (weighted[dim].values.tolist() for dim in ("component", "place"))
    by_component = dict(zip(components, weighted.to_numpy(), strict=True))
    envelope, growth, baseline = envelopes(inputs, scenario)
    shared = share_streams(scenario, inputs, envelope, baseline, by_component)
    # made in one go: each step of joining labelled arrays costs more than the sharing itself
    fields: dict[str, Any] = {
        field: (("stream", *dims), shared[field], _about(*words))
        for field, (dims, *words) in SHARED.items()
    }
    fields |= {
        "envelope": (("stream", "year"), envelope, _about("Envelope", "£m")),
        "like_for_like_growth": (
            ("stream", "year"),
            growth,
            _about("Growth on the published baseline, or on last year", "fraction"),
        ),
    }
    fields |= _need_fields(weighted.to_numpy(), by_component["registered_population"])
    fields |= beside_budgets(inputs, places, by_component)
    coords = labels(
        stream=(*scenario.allocation.streams, OTHER),
        place=tuple(places),
        year=tuple(years),
        component=tuple(components),
        change=CHANGES,
    )
    return xr.Dataset(fields, coords, _attributes(scenario, inputs))


def _need_fields(weighted: Array, people: Array) -> dict[str, Any]:
    """Return people, weighted and not, and need indices, as a Dataset takes them.

    Parameters
    ----------
    weighted
        Weighted populations; shape (component, place, year).
    people
        Registered population; shape (place, year).
    """
    by_component = ("place", "year", "component")
    index = np.moveaxis(need_index(weighted, people), 0, -1)
    return {
        "weighted_population": (
            by_component,
            np.moveaxis(weighted, 0, -1),
            _about("Weighted population", "people"),
        ),
        "population": (("place", "year"), people, _about("Registered population", "people")),
        "need_index": (
            by_component,
            index,
            _about("Need a head against the system's", "ratio, system = 1"),
        ),
    }


def _attributes(scenario: Scenario, inputs: Inputs) -> dict[str, str]:
    """Return the main stream, its need, and the last year of the plan with its allocation."""
    main, years = main_stream(scenario), scenario.years.labels()
    lines = lines_of(inputs.allocations, "stream", "year")
    published = [year for stream, year in lines if stream == main and year in years]
    return {
        "main_stream": main,
        "main_component": scenario.allocation.streams[main].need or "registered_population",
        "last_published_year": max(published, default=years[0]),
    }


def _about(long_name: str, units: str) -> dict[str, str]:
    return {"long_name": long_name, "units": units}


def envelopes(
    inputs: Inputs, scenario: Scenario, drawn: Mapping[str, Array] | None = None
) -> tuple[Array, Array, Array]:
    """Return the envelope of each stream and year, its like-for-like growth, and its baseline.

    A published allocation stands; later years grow at the scenario's rate. The line `other`
    balances the base year to the total of the system's own plan and is not carried forward: the
    plan rounds its total and prints no split.

    Parameters
    ----------
    inputs
        The published allocations.
    scenario
        Years, streams, growth and the plan's total.
    drawn
        Draws of growth by stream, % a year, each of shape (draw,); a stream that is not drawn
        grows as the scenario says.

    Returns
    -------
    envelope : numpy.ndarray
        £m; shape (..., stream, year), the streams of the scenario and then `other`.
    growth : numpy.ndarray
        Allocation over its published baseline where there is one (the baseline is restated for
        transfers and pay awards), else over last year; a fraction, NaN where neither is known.
        Same shape.
    baseline : numpy.ndarray
        Published baselines, £m, NaN where there is none; shape (stream, year).
    """
    years, rates = scenario.years.labels(), scenario.envelope.growth_pct | dict(drawn or {})
    names = [*scenario.allocation.streams, OTHER]
    lines = lines_of(inputs.allocations, "stream", "year", "allocation_gbp_m", "baseline_gbp_m")
    published = {(stream, year): figures for stream, year, *figures in lines}
    draws = np.broadcast_shapes(*(np.shape(rate) for rate in rates.values()))
    amount = np.zeros((*draws, len(names), len(years)))
    growth, baseline = np.full_like(amount, np.nan), np.full(amount.shape[-2:], np.nan)
    for i, name in enumerate(names[:-1]):
        for t, year in enumerate(years):
            before = amount[..., i, t - 1] if t else np.zeros(draws)
            if (name, year) in published:
                amount[..., i, t], baseline[i, t] = published[name, year]
            else:
                amount[..., i, t] = before * (1 + rates[name] / 100)
            base = before if np.isnan(baseline[i, t]) else np.full(draws, baseline[i, t])
            growth[..., i, t] = (
                np.divide(amount[..., i, t], base, out=np.full(draws, np.nan), where=base != 0) - 1
            )
    # the plan's total is not below its streams; the last bit of a sum may be
    total = scenario.envelope.plan_total_gbp_m
    amount[..., -1, 0] = np.maximum(total - amount[..., 0].sum(axis=-1), 0.0)
    return amount, growth, baseline
