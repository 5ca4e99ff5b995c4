"""Place budgets over the years: envelope, target, opening, pace, and what moved each budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from nelfin.errors import InputError
from nelfin.scenario import main_stream
from nelfin.scenario.schema import Envelope, Scenario
from nelfin.years import years_between

Array = npt.NDArray[np.float64]

CLIPPED_SLOPE, CLIPPED_MOST = 0.2, 0.005
"""The rule of 2025/26: share of the distance closed in a year, and the most it may move."""


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
    money = envelopes(inputs, scenario)
    _refuse_small_total(scenario, money.envelope)
    shared = share_streams(scenario, inputs, money.envelope, money.baseline, by_component)
    # made in one go: each step of joining labelled arrays costs more than the sharing itself
    fields: dict[str, Any] = {
        field: (("stream", *dims), shared[field], _about(*words))
        for field, (dims, *words) in SHARED.items()
    }
    fields |= {
        "envelope": (("stream", "year"), money.envelope, _about("Envelope", "£m")),
        "like_for_like_growth": (
            ("stream", "year"),
            money.growth,
            _about("Growth on the published baseline, or on last year", "fraction"),
        ),
        "convergence": (
            ("stream", "year"),
            money.convergence,
            _about("What convergence to fair shares adds to growth", "fraction"),
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


def _refuse_small_total(scenario: Scenario, envelope: Array) -> None:
    """Refuse a plan's total below its streams: grown ones are not known when tables are checked."""
    total, year, years = *_total_of(scenario), scenario.years.labels()
    streams = envelope[:-1, years.index(year)].sum() if year in years else 0.0
    if streams > total + 1e-9:
        raise InputError.one(
            "scenario, envelope.plan_total_gbp_m",
            f"is {total:,.3f}, less than the streams of {year} come to, {streams:,.3f}.",
            "Give the plan's total, or correct growth.",
        )


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


@dataclass(frozen=True)
class Money:
    """The envelope by stream and year; any array may have draws in front.

    Parameters
    ----------
    envelope
        £m; shape (..., stream, year), the streams of the scenario and then `other`.
    growth
        Growth like for like, a fraction, convergence included: on the published baseline where
        there is one (it is restated for transfers and pay awards), else on last year; NaN where
        neither is known. Same shape.
    convergence
        What convergence adds to growth in years without a published allocation, a fraction. Same
        shape.
    baseline
        Published baselines, £m, NaN where there is none; shape (stream, year).
    """

    envelope: Array
    growth: Array
    convergence: Array
    baseline: Array


def envelopes(
    inputs: Inputs,
    scenario: Scenario,
    drawn: Mapping[str, Array] | None = None,
    years: list[str] | None = None,
) -> Money:
    """Return the envelope of each stream and year, and its growth.

    A published allocation stands; later years grow at the scenario's rate, and converge to the
    system's fair share by its rule. The line `other` balances the year of the plan to the total
    of the system's own plan and is not carried forward: a plan prints no split of it.

    Parameters
    ----------
    inputs
        The published allocations.
    scenario
        Years, streams, growth and the plan's total.
    drawn
        Draws of growth by stream, % a year, each of shape (draw, ) or (draw, year); a stream that
        is not drawn grows as the scenario says.
    years
        Years wanted; those of the plan by default.
    """
    years = scenario.years.labels() if years is None else years
    names = [*scenario.allocation.streams, OTHER]
    lines = lines_of(inputs.allocations, "stream", "year", "allocation_gbp_m", "baseline_gbp_m")
    published = {(stream, year): figures for stream, year, *figures in lines}
    span = years_between(min([years[0], *(year for _, year in published)]), years[-1])
    rates = _rates(scenario, drawn, span)
    draws = np.broadcast_shapes(*(rate.shape[:-1] for rate in rates.values()))
    amount = np.zeros((*draws, len(names), len(span)))
    growth, added = np.full_like(amount, np.nan), np.zeros_like(amount)
    baseline = np.full(amount.shape[-2:], np.nan)
    for i, name in enumerate(names[:-1]):
        given = max((year for stream, year in published if stream == name), default="")
        open_years = [year for year in span if year > given]
        closing = convergence_path(scenario.envelope, name, open_years)
        for t, year in enumerate(span):
            before = amount[..., i, t - 1] if t else np.zeros(draws)
            if (name, year) in published:
                amount[..., i, t], baseline[i, t] = published[name, year]
            else:
                grown = before * (1 + rates[name][..., t] / 100)
                amount[..., i, t] = grown * (1 + closing.get(year, 0.0))
                added[..., i, t] = (1 + rates[name][..., t] / 100) * closing.get(year, 0.0)
            base = before if np.isnan(baseline[i, t]) else np.full(draws, baseline[i, t])
            change = np.divide(amount[..., i, t], base, out=np.full(draws, np.nan), where=base != 0)
            growth[..., i, t] = change - 1
    total, of_year = _total_of(scenario)
    if of_year in span:  # a plan that is cut short may end before
        at = span.index(of_year)
        # the plan's total is not below its streams; the last bit of a sum may be
        amount[..., -1, at] = np.maximum(total - amount[..., at].sum(axis=-1), 0.0)
    last = slice(span.index(years[0]), None)
    return Money(amount[..., last], growth[..., last], added[..., last], baseline[..., last])


def _total_of(scenario: Scenario) -> tuple[float, str]:
    """Return the total of the system's plan, £m, and its year: the base year unless stated."""
    section = scenario.envelope
    return section.plan_total_gbp_m, section.plan_year or scenario.years.first


def _rates(
    scenario: Scenario, drawn: Mapping[str, Array] | None, span: list[str]
) -> dict[str, Array]:
    """Return growth by stream, % a year; shape (..., year of the span).

    A rate that is given for each year of the plan counts before it as in its first year.
    """
    early = len(span) - len(scenario.years.labels())
    rates = {}
    for name, rate in (scenario.envelope.growth_pct | dict(drawn or {})).items():
        by_year = np.asarray(rate, dtype=float)
        if by_year.ndim < 2:
            by_year = np.repeat(by_year[..., None], len(span), axis=-1)
        else:
            before = np.repeat(by_year[..., :1], early, axis=-1)
            by_year = np.concatenate([before, by_year], axis=-1)
        rates[name] = by_year
    return rates


def convergence_path(section: Envelope, stream: str, years: list[str]) -> dict[str, float]:
    """Return what convergence adds to a stream's allocation in each open year, a fraction.

    Parameters
    ----------
    section
        The rule, distances from target and the year of fair shares.
    stream
        Name of the stream; one without a distance or a rate of its own does not converge.
    years
        Years without a published allocation, in order.

    Notes
    -----
    `fair-share`: the distance is closed evenly by the stated year (NHS England, medium term
    planning framework: allocations reach their target distribution by 2028/29). `clipped`: a
    fifth of the distance after growth a year, at most 0.5 % (the rule of 2025/26).
    """
    rule = section.convergence_rule
    if rule == "given":
        return dict.fromkeys(years, section.convergence_pct.get(stream, 0.0) / 100)
    distance = section.distance_from_target_pct.get(stream, 0.0) / 100
    years = [year for year in years if year > section.distance_year]
    if rule == "none" or distance == 0.0 or not years:
        return {}
    if rule == "fair-share":
        closing = [year for year in years if year <= section.fair_share_year] or years[:1]
        return dict.fromkeys(closing, float((1 + distance) ** (-1 / len(closing))) - 1)
    path = {}
    for year in years:
        path[year] = min(max(-CLIPPED_SLOPE * distance, -CLIPPED_MOST), CLIPPED_MOST)
        distance = (1 + distance) * (1 + path[year]) - 1
    return path
