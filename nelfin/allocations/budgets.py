"""Place budgets over the years: envelope, target, opening, pace, and what moved each budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.allocations.need import need_index, weighted_populations
from nelfin.allocations.pace import Rule, rules_of, share_envelope
from nelfin.allocations.weights import what_if
from nelfin.data import Inputs
from nelfin.data.specs import OTHER
from nelfin.scenario import main_stream
from nelfin.scenario.schema import Envelope, Scenario, Stream

Array = npt.NDArray[np.float64]

CHANGES = ("envelope", "need", "pace")
"""What moves a budget from one year to the next, in order."""


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

    Notes
    -----
    Method: NHS England's allocation formula and pace-of-change rules, applied within one system.
    """
    years = scenario.years.labels()
    weighted = weighted_populations(
        inputs.weighted_populations, inputs.population_growth, inputs.population_shares, years
    )
    weighted = what_if(weighted, inputs, scenario.allocation)
    envelope, growth = envelopes(inputs.allocations, scenario.envelope, scenario, years)
    rules = rules_of(inputs.pace_rules)
    parts = []
    for name in envelope["stream"].values:
        stream = scenario.allocation.streams.get(str(name), Stream())
        parts.append(
            _share_stream(str(name), stream, envelope.sel(stream=name), weighted, inputs, rules)
        )
    shared = xr.concat(parts, dim="stream", join="exact")
    data = shared.assign(
        envelope=(("stream", "year"), envelope.values, _about("Envelope", "£m")),
        like_for_like_growth=(
            ("stream", "year"),
            growth.values,
            _about("Growth on the published baseline, or on last year", "fraction"),
        ),
        weighted_population=weighted.assign_attrs(_about("Weighted population", "people")),
        population=weighted.sel(component="registered_population", drop=True).assign_attrs(
            _about("Registered population", "people")
        ),
        need_index=need_index(weighted).assign_attrs(
            _about("Need a head against the system's", "ratio, system = 1")
        ),
    )
    main = main_stream(scenario)
    published = inputs.allocations.loc[inputs.allocations["stream"] == main, "year"]
    data.attrs = {
        "main_stream": main,
        "main_component": scenario.allocation.streams[main].need or "registered_population",
        "last_published_year": max((y for y in published if y in years), default=years[0]),
    }
    return data.transpose("stream", "place", "year", "component", "change")


def _about(long_name: str, units: str) -> dict[str, str]:
    return {"long_name": long_name, "units": units}


def envelopes(
    table: pd.DataFrame, section: Envelope, scenario: Scenario, years: list[str]
) -> tuple[xr.DataArray, xr.DataArray]:
    """Return the envelope of each stream and year, and its like-for-like growth.

    A published allocation stands; later years grow at the scenario's rate. The line `other`
    balances the base year to the total of the system's own plan and is not carried forward: the
    plan rounds its total and prints no split.

    Returns
    -------
    envelope : xarray.DataArray
        £m; dims `stream, year`.
    growth : xarray.DataArray
        Allocation over its published baseline where there is one (the baseline is restated for
        transfers and pay awards), else over last year; a fraction, NaN where neither is known.
    """
    names = [*scenario.allocation.streams, OTHER]
    given = table.set_index(["stream", "year"])
    amount = np.zeros((len(names), len(years)))
    growth = np.full_like(amount, np.nan)
    for i, name in enumerate(names[:-1]):
        for t, year in enumerate(years):
            before = amount[i, t - 1] if t else 0.0
            if (name, year) in given.index:
                amount[i, t] = given.at[(name, year), "allocation_gbp_m"]
                baseline = given.at[(name, year), "baseline_gbp_m"]
            else:
                amount[i, t] = before * (1 + section.growth_pct[name] / 100)
                baseline = np.nan
            baseline = before if pd.isna(baseline) else baseline
            growth[i, t] = amount[i, t] / baseline - 1 if baseline else np.nan
    # the plan's total is not below its streams; the last bit of a sum may be
    amount[-1, 0] = max(section.plan_total_gbp_m - amount[:, 0].sum(), 0.0)
    dims, coords = ("stream", "year"), {"stream": names, "year": years}
    return xr.DataArray(amount, coords, dims), xr.DataArray(growth, coords, dims)


@dataclass(frozen=True)
class _Year:
    """One stream in one year, one value a place."""

    opening: Array
    target: Array
    budget: Array
    change: Array
    growth: float


def _share_stream(
    name: str,
    stream: Stream,
    envelope: xr.DataArray,
    weighted: xr.DataArray,
    inputs: Inputs,
    rules: dict[str, Rule],
) -> xr.Dataset:
    places = [str(place) for place in weighted["place"].values]
    years = [str(year) for year in envelope["year"].values]
    # a stream that places do not share, or that has not begun, has no target and no distance
    missing = np.full(len(places), np.nan)
    unmoved = np.full((len(CHANGES), len(places)), np.nan)
    blank = _Year(missing, missing, np.zeros(len(places)), unmoved, np.nan)
    found = [blank] * len(years)
    held = np.zeros(len(years))
    before: _Year | None = None
    shares: Array | None = None
    for t, year in enumerate(years):
        amount = float(envelope[t])
        if not stream.need:
            held[t] = amount
            continue
        if amount <= 0:
            continue
        need = weighted.sel(component=stream.need, year=year).to_numpy()
        need = need / need.sum()
        rule = rules[_rule_name(stream.rule, name, year, inputs.pace_rules)]
        opening = before.budget if before else _opening(name, stream, year, amount, need, inputs)
        before = _one_year(opening, need, need if shares is None else shares, amount, rule, stream)
        found[t], shares = before, need
    stacked = {field: np.stack([getattr(y, field) for y in found], axis=-1)
               for field in ("opening", "target", "budget", "change")}  # fmt: skip
    dims = ("place", "year")
    total = stacked["opening"].sum(axis=0)
    opening_share = stacked["opening"] / np.where(total > 0, total, np.nan)
    target_share = stacked["target"] / envelope.where(envelope > 0).to_numpy()
    return xr.Dataset(
        {
            "opening": (dims, stacked["opening"], _about("Opening position", "£m")),
            "target": (dims, stacked["target"], _about("Target: envelope shared by need", "£m")),
            "budget": (dims, stacked["budget"], _about("Budget", "£m")),
            "dft_opening": (
                dims,
                opening_share / target_share - 1,
                _about("Distance from target before pace of change", "fraction"),
            ),
            "dft": (
                dims,
                stacked["budget"] / stacked["target"] - 1,
                _about("Distance from target after pace of change", "fraction"),
            ),
            "budget_change": (
                ("change", *dims),
                stacked["change"],
                _about("What moved the budget from its opening position", "£m"),
            ),
            "uniform_growth": (
                ("year",),
                np.array([y.growth for y in found]),
                _about("Growth of every place before pace of change", "fraction"),
            ),
            "system_held": (("year",), held, _about("Held at system level", "£m")),
        },
        coords={"stream": name, "place": places, "year": years, "change": list(CHANGES)},
    )


def _one_year(
    opening: Array, need: Array, need_before: Array, amount: float, rule: Rule, stream: Stream
) -> _Year:
    """Share one year and split the change from the opening into parts that add up exactly.

    Envelope: the opening grown evenly to the envelope. Pace: what the rule then does at last
    year's need. Need: what this year's need does on top.
    """
    even = opening * (amount / opening.sum())
    unmoved, _ = share_envelope(opening, need_before, amount, rule, stream.restricted_share)
    budget, growth = share_envelope(opening, need, amount, rule, stream.restricted_share)
    change = np.stack([even - opening, budget - unmoved, unmoved - even])
    return _Year(opening, need * amount, budget, change, growth)


def _rule_name(rule: str, stream: str, year: str, table: pd.DataFrame) -> str:
    """Return the rule of a year: `national` means the one NHS England used, or the last it did."""
    if rule != "national":
        return rule
    used = table[(table["stream"] == stream) & (table["year"] <= year)]
    if used.empty:
        used = table[table["stream"] == stream].sort_values("year").head(1)
    return str(used.sort_values("year")["rule"].iloc[-1])


def _opening(
    name: str, stream: Stream, year: str, amount: float, need: Array, inputs: Inputs
) -> Array:
    """Return the position of each place before a stream's first year, £m.

    It adds up to the published baseline where there is one, else to the first year's envelope.
    """
    given = inputs.allocations.set_index(["stream", "year"])
    baseline = given.at[(name, year), "baseline_gbp_m"]
    total = amount if pd.isna(baseline) else float(baseline)
    if stream.opening == "on-target":
        return need * total
    rows = inputs.openings[inputs.openings["opening"] == stream.opening].set_index("place")
    value = rows["value"].reindex(inputs.places()).to_numpy(dtype=float)
    cash = value if rows["measure"].iloc[0] == "cash_gbp_m" else need * (1 + value / 100)
    return np.asarray(cash / cash.sum() * total)
