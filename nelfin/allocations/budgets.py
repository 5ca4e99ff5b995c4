"""Place budgets over the years: envelope, target, opening, pace, and what moved each budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.allocations.closed import share_envelope
from nelfin.allocations.comparisons import beside_budgets
from nelfin.allocations.fences import off_the_top
from nelfin.allocations.lp import OutOfReachError
from nelfin.allocations.need import need_index, weighted_populations
from nelfin.allocations.openings import opening_position
from nelfin.allocations.pace import Rule, rules_of
from nelfin.allocations.weights import what_if
from nelfin.data import Inputs
from nelfin.data.specs import OTHER
from nelfin.errors import NoAnswerError
from nelfin.scenario import main_stream
from nelfin.scenario.schema import Envelope, Scenario, Stream

Array = npt.NDArray[np.float64]

CHANGES = ("envelope", "need", "pace", "ring-fence")
"""What moves a budget from one year to the next, in order."""

SHARED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "opening": (("place", "year"), "Opening position", "£m"),
    "target": (("place", "year"), "Target: envelope shared by need", "£m"),
    "budget": (("place", "year"), "Budget", "£m"),
    "ring_fence": (("place", "year"), "Ring-fenced part of the budget", "£m"),
    "dft_opening": (("place", "year"), "Distance from target before pace of change", "fraction"),
    "dft": (("place", "year"), "Distance from target after pace of change", "fraction"),
    "budget_change": (
        ("change", "place", "year"),
        "What moved the budget from its opening position",
        "£m",
    ),
    "uniform_growth": (("year",), "Growth of every place before pace of change", "fraction"),
    "system_held": (("year",), "Held at system level", "£m"),
}
"""What sharing a stream gives: dims beside `stream`, name and unit."""


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
    """Return weighted populations of a scenario; dims `component, place, year`."""
    weighted = weighted_populations(
        inputs.weighted_populations,
        inputs.population_growth,
        inputs.population_shares,
        scenario.years.labels(),
    )
    return what_if(weighted, inputs, scenario.allocation)


def share(scenario: Scenario, inputs: Inputs, weighted: xr.DataArray) -> xr.Dataset:
    """Share every stream on weighted populations as given; otherwise as `allocate`."""
    years = scenario.years.labels()
    weighted = weighted.transpose("component", "place", "year")
    envelope, growth = envelopes(inputs.allocations, scenario.envelope, scenario, years)
    rules = rules_of(inputs.pace_rules)
    names = [str(name) for name in envelope["stream"].values]
    parts = [
        _share_stream(name, scenario, amounts, weighted, inputs, rules)
        for name, amounts in zip(names, envelope.to_numpy(), strict=True)
    ]
    components = [str(name) for name in weighted["component"].values]
    people = weighted.to_numpy()
    # made in one go: each step of joining labelled arrays costs more than the sharing itself
    found: dict[str, Any] = {
        field: (("stream", *dims), np.stack([part[field] for part in parts]), _about(*words))
        for field, (dims, *words) in SHARED.items()
    } | {
        "envelope": (("stream", "year"), envelope.to_numpy(), _about("Envelope", "£m")),
        "like_for_like_growth": (
            ("stream", "year"),
            growth.to_numpy(),
            _about("Growth on the published baseline, or on last year", "fraction"),
        ),
        "weighted_population": (
            ("component", "place", "year"),
            people,
            _about("Weighted population", "people"),
        ),
        "population": (
            ("place", "year"),
            people[components.index("registered_population")],
            _about("Registered population", "people"),
        ),
        "need_index": (
            ("component", "place", "year"),
            need_index(weighted).to_numpy(),
            _about("Need a head against the system's", "ratio, system = 1"),
        ),
    }
    coords = {"stream": names, "place": weighted["place"].values, "year": years,
              "component": components, "change": list(CHANGES)}  # fmt: skip
    data = xr.Dataset(found | beside_budgets(inputs, weighted), coords)
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
    given = {(row["stream"], row["year"]): row for row in table.to_dict("records")}
    amount = np.zeros((len(names), len(years)))
    growth = np.full_like(amount, np.nan)
    for i, name in enumerate(names[:-1]):
        for t, year in enumerate(years):
            before = amount[i, t - 1] if t else 0.0
            if (name, year) in given:
                amount[i, t] = given[name, year]["allocation_gbp_m"]
                baseline = given[name, year]["baseline_gbp_m"]
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
    """One stream in one year, one value a place; `pot` is what the ring-fences leave."""

    opening: Array
    target: Array
    pot: Array
    fence: Array
    change: Array
    growth: float
    need: Array

    @property
    def budget(self) -> Array:
        return self.pot + self.fence


def _share_stream(
    name: str,
    scenario: Scenario,
    envelope: Array,
    weighted: xr.DataArray,
    inputs: Inputs,
    rules: dict[str, Rule],
) -> dict[str, Array]:
    """Share one stream, year after year; returns the arrays of `SHARED` without `stream`."""
    stream = scenario.allocation.streams.get(name, Stream())
    years = scenario.years.labels()
    count = weighted.sizes["place"]
    held = np.zeros(len(years))
    # a stream that places do not share, or that has not begun, has no target and no distance
    missing = np.full(count, np.nan)
    nothing = np.zeros(count)
    unmoved = np.full((len(CHANGES), count), np.nan)
    blank = _Year(missing, missing, nothing, nothing, unmoved, np.nan, missing)
    found = [blank] * len(years)
    if not stream.need:
        return _stacked(found, envelope, envelope)
    top = off_the_top(
        inputs.ring_fences,
        name,
        envelope,
        weighted,
        scenario.envelope.growth_pct[name],
        inputs.called.get("ring_fences", "ring_fences"),
    )
    components = list(weighted["component"].values)
    array = weighted.to_numpy()
    people = array[components.index("registered_population")]
    shares = array[components.index(stream.need)]
    shares = shares / shares.sum(axis=0)
    places = inputs.places()
    named = _rule_names(stream.rule, name, years, inputs.pace_rules)
    last: _Year | None = None
    for t, year in enumerate(years):
        if envelope[t] <= 0:
            continue
        fence, need = top.shared[:, t], shares[:, t]
        held[t] = top.held[t]
        pot = float(envelope[t] - fence.sum() - held[t])
        if last is None:
            position = opening_position(name, stream, year, float(envelope[t]), need, inputs)
            # a ring-fence of the first year is taken to have been there the year before
            kept = position.sum() / envelope[t]
            last = _Year(
                missing, missing, position * (pot / envelope[t]), fence * kept, unmoved, 0.0, need
            )
        rule = rules[named[t]]
        least, most = _growth_bounds(inputs.growth_bounds, name, year, places, rule)
        settings = {
            "restricted_share": stream.restricted_share,
            "population_growth": people[:, t] / people[:, t - 1] - 1 if t else 0.0,
            "min_growth": least,
            "max_growth": most,
        }
        try:
            last = found[t] = _one_year(last, need, pot, fence, rule, settings)
        except OutOfReachError as error:
            raise _out_of_reach(error, last.pot, name, year, places, rule) from None
    return _stacked(found, envelope, held)


def _one_year(
    last: _Year, need: Array, pot: float, fence: Array, rule: Rule, settings: dict[str, Any]
) -> _Year:
    """Share one year and split the change from the year before into parts that add up exactly.

    Envelope: last year's budget grown evenly to this year's money. Ring-fence: what leaving the
    pot and coming back on a need of its own does beside that; over all places it is nothing.
    Pace: what the rule then does at last year's need. Need: what this year's need does on top.
    """
    opening = last.budget
    even = opening * ((pot + fence.sum()) / opening.sum())
    fenced = last.pot * (pot / last.pot.sum()) + fence
    unmoved, _ = share_envelope(last.pot, last.need, pot, rule, **settings)
    budget, growth = share_envelope(last.pot, need, pot, rule, **settings)
    change = np.stack([even - opening, budget - unmoved, unmoved + fence - fenced, fenced - even])
    return _Year(opening, need * pot + fence, budget, fence, change, growth, need)


def _stacked(found: list[_Year], envelope: Array, held: Array) -> dict[str, Array]:
    def over_years(field: str) -> Array:
        return np.stack([getattr(year, field) for year in found], axis=-1)

    opening, target, budget = (over_years(name) for name in ("opening", "target", "budget"))
    shared = envelope - held
    opening_share = opening / np.where((total := opening.sum(axis=0)) > 0, total, np.nan)
    return {
        "opening": opening,
        "target": target,
        "budget": budget,
        "ring_fence": over_years("fence"),
        "dft_opening": opening_share / (target / np.where(shared > 0, shared, np.nan)) - 1,
        "dft": budget / target - 1,
        "budget_change": over_years("change"),
        "uniform_growth": np.array([year.growth for year in found]),
        "system_held": held,
    }


def _rule_names(rule: str, stream: str, years: list[str], table: pd.DataFrame) -> list[str]:
    """Return the rule of each year: `national` is the one NHS England used, or the last it did."""
    if rule != "national":
        return [rule] * len(years)
    known = sorted(
        (str(begun), str(name))
        for name, of, begun in zip(table["rule"], table["stream"], table["year"], strict=True)
        if of == stream
    )
    return [max((pair for pair in known if pair[0] <= year), default=known[0])[1] for year in years]


def _growth_bounds(
    table: pd.DataFrame, stream: str, year: str, places: list[str], rule: Rule
) -> tuple[Array, Array]:
    """Return least and most growth of each place, fractions.

    A row that names more of stream, place and year wins; of two that name as many, the later.
    """
    least, most = np.full(len(places), -1.0), np.full(len(places), np.inf)
    if rule.form != "lp":
        return least, most
    keys = ("stream", "place", "year")
    rows = table.to_dict("records")
    for row in sorted(rows, key=lambda row: sum(row[key] != "" for key in keys)):
        if row["stream"] not in {"", stream} or row["year"] not in {"", year}:
            continue
        mine = np.array([row["place"] in {"", place} for place in places])
        for bound, column in ((least, "min_growth_pct"), (most, "max_growth_pct")):
            if pd.notna(row[column]):
                bound[mine] = row[column] / 100
    return least, most


def _out_of_reach(
    error: OutOfReachError, opening: Array, stream: str, year: str, places: list[str], rule: Rule
) -> NoAnswerError:
    """Say which places ask more, or can take less, than the money of a year allows."""
    growth = error.bounds / opening - 1
    even = error.envelope / opening.sum() - 1
    apart = growth - even if error.least else even - growth
    first = [i for i in np.argsort(-apart, kind="stable") if apart[i] > 0][:3]
    named = ", ".join(f"{places[i]} {100 * growth[i]:.2f} %" for i in first)
    gap = abs(error.bounds.sum() - error.envelope)
    side, verb, short = (
        ("least", "needs", "more than there is to share")
        if error.least
        else ("most", "takes", "less than there is to share")
    )
    remedy = (
        f"{'Lower' if error.least else 'Raise'} it in growth_bounds"
        if rule.form == "lp"
        else "Lower the rule's least growth in pace_rules"
    )
    return NoAnswerError(
        f"{stream} in {year}, rule {rule.name}: the {side} growth of the places {verb} "
        f"£{error.bounds.sum():,.1f}m, £{gap:,.1f}m {short} (£{error.envelope:,.1f}m, "
        f"{100 * even:.2f} % growth). Furthest off: {named}. {remedy}, or choose another rule."
    )
