"""Place budgets against a calculation written from the methods alone, on random inputs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_places import (
    AFTER_GROWTH,
    BEFORE_GROWTH,
    RULES,
    allocation,
    closed,
    grown_people,
    need_indices,
    over_years,
    rebuilt,
    shares_that_move,
    targets,
    with_weights,
)

import nelfin
from nelfin.allocations import allocate, converge
from nelfin.allocations.closed import share_envelope
from nelfin.allocations.minimax import OutOfReachError
from nelfin.allocations.need import need_index
from nelfin.allocations.rules import packaged_rules
from nelfin.allocations.weights import what_if
from nelfin.data import Inputs, load_inputs
from nelfin.errors import NoAnswerError
from nelfin.scenario import Scenario
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.property

TIGHT = 1e-10
"""Of the two calculations' roots; relative."""
SOLVED = 1e-6
"""Of what a solver of linear programs finds; relative."""


@st.composite
def places(draw: st.DrawFn) -> tuple[list[float], list[float], float]:
    """Draw openings, weighted populations and an envelope; near target and far from it."""
    count = draw(st.integers(1, 8))
    weighted = draw(st.lists(st.floats(1e3, 5e5), min_size=count, max_size=count))
    reach = draw(st.sampled_from([0.002, 0.02, 0.12, 0.5]))
    apart = draw(st.lists(st.floats(-reach, reach), min_size=count, max_size=count))
    total = draw(st.floats(1.0, 9000.0))
    opening = [x * (1 + d) for x, d in zip(targets(total, weighted), apart, strict=True)]
    return opening, weighted, sum(opening) * (1 + draw(st.floats(-0.1, 0.15)))


def close(found: object, expected: object, what: object = "", rel: float = TIGHT) -> None:
    # 1e-9: a thousandth of a pound, in £m
    np.testing.assert_allclose(found, expected, rtol=rel, atol=1e-9, err_msg=str(what))


@given(st.lists(st.tuples(st.floats(1.0, 1e6), st.floats(1.0, 1e6)), min_size=1, max_size=8))
def test_need_indices(rows: list[tuple[float, float]]) -> None:
    weighted, people = [w for w, _ in rows], [n for _, n in rows]
    cube = np.array([people, weighted])[:, :, None]
    flat, found = need_index(cube, cube[0])[:, :, 0]
    close(found, need_indices(weighted, people))
    close(flat, 1.0)


@given(st.floats(0.0, 0.3), st.floats(0.05, 0.5), st.booleans())
@settings(max_examples=25)
def test_what_ifs_of_need_weights_and_area_cost(
    inequalities: float, mental_health: float, area_cost: bool
) -> None:
    scenario, inputs = packaged()
    year = "2025/26"
    new = {"health_inequalities": inequalities, "mental_health": mental_health}
    table = inputs.weighted_populations
    cube = table[table["year"] == year].set_index(["component", "place", "year"])
    weighted = cube["weighted_population"].to_xarray().sel(place=inputs.places())
    section = scenario.allocation.model_copy(
        update={"area_cost": area_cost, "need_weights": {"final_core": new}}
    )
    found = what_if(weighted, inputs, section).sel(component="final_core", year=year)
    rows = inputs.need_weights
    rows = rows[(rows["final"] == "final_core") & (rows["year"] == year)]
    fitted = {
        str(name): (float(weight), bool(local))
        for name, weight, local in zip(
            rows["component"], rows["weight"], rows["area_cost"], strict=True
        )
    }
    assert fitted, "no fitted weights for the year"
    costs = inputs.area_costs
    by_place = costs[costs["year"] == year].set_index("place")["multiplier"]
    for place in inputs.places():
        here = weighted.sel(place=place, year=year)
        parts = {name: float(here.sel(component=name)) for name in fitted}
        multiplier = float(by_place[place])
        ratio = rebuilt(with_weights(fitted, new), parts, multiplier if area_cost else 1.0)
        ratio /= rebuilt(fitted, parts, multiplier)
        # the published final is kept, and moved by the ratio
        close(found.sel(place=place), float(here.sel(component="final_core")) * ratio, place)


@given(
    st.sampled_from([*BEFORE_GROWTH, *AFTER_GROWTH]),
    st.floats(1.0, 9000.0),
    st.floats(-0.2, 0.3),
    st.floats(-0.5, 0.5),
    st.floats(0.0, 1.0),
)
@settings(max_examples=300)
def test_every_national_rule_on_a_row_of_a_published_table(
    rule: str, target: float, apart: float, growth: float, moves: float
) -> None:
    baseline = target * (1 + apart)
    found = converge([baseline], [growth], [target], rule, moves)
    expected = allocation(rule, baseline, growth, target, moves)
    close(found.allocation, [expected])
    close(found.convergence, [expected / (baseline * (1 + growth)) - 1])
    on = baseline * (1 + growth) if rule in AFTER_GROWTH else baseline
    close(found.dft, [on / target - 1])


@given(places(), st.sampled_from(RULES), st.floats(0.0, 1.0) | st.just(1.0), st.data())
@settings(max_examples=150)
def test_an_envelope_shared_under_every_rule(
    case: tuple[list[float], list[float], float], name: str, moves: float, data: st.DataObject
) -> None:
    opening, weighted, envelope = case
    count = len(opening)
    rates = st.lists(st.floats(-0.02, 0.05), min_size=count, max_size=count)
    people = data.draw(rates)
    even = envelope / sum(opening) - 1
    bounds = [
        (even + data.draw(st.floats(-0.05, 0.01)), even + data.draw(st.floats(0.011, 0.05)))
        for _ in range(count)
    ]
    # within the rounding of a sum it is open whether bounds can be had
    least = sum(start * (1 + low) for start, (low, _) in zip(opening, bounds, strict=True))
    assume(abs(least / envelope - 1) > 1e-9 or least == envelope)
    expected = closed(name, opening, weighted, envelope, moves, people, bounds)
    need = np.array(weighted) / sum(weighted)
    arguments = {
        "population_growth": people,
        "min_growth": [low for low, _ in bounds],
        "max_growth": [high for _, high in bounds],
    }
    rule = packaged_rules()[name]
    if expected is None:
        with pytest.raises(OutOfReachError):
            share_envelope(np.array(opening), need, envelope, rule, moves, **arguments)
        return
    found, _ = share_envelope(np.array(opening), need, envelope, rule, moves, **arguments)
    close(found, expected, name, SOLVED if name == "lp" else TIGHT)


@cache
def packaged() -> tuple[Scenario, Inputs]:
    scenario = nelfin.load_scenario()
    return scenario, load_inputs(scenario)


YEARS = [f"{2023 + t}/{24 + t}" for t in range(5)]


@given(st.data(), st.sampled_from([name for name in RULES if name != "lp"]))
@settings(max_examples=25)
def test_budgets_of_several_years_and_what_moved_them(data: st.DataObject, rule: str) -> None:
    draw = data.draw
    count = draw(st.integers(2, 6))
    names = [f"Place {i}" for i in range(count)]
    some = st.lists(st.floats(2e4, 4e5), min_size=count, max_size=count)
    registered, base_need = draw(some), draw(some)
    added = draw(st.floats(0.0, 3e4))
    first_share = draw(st.floats(0.0, 1.0))
    amount = draw(st.floats(100.0, 5000.0))
    growth = draw(st.floats(-2.0, 9.0))
    cash = draw(st.lists(st.floats(50.0, 300.0), min_size=count, max_size=count))
    moves = draw(st.just(1.0) | st.floats(0.0, 1.0))
    baseline = draw(st.floats(0.9, 1.1)) * amount
    # shares that stand with allocations: of the first year, and of a later one
    later = draw(st.sampled_from([1, 2, 4]))
    published: list[float | None] = [None] * len(YEARS)
    for t in (0, later):
        published[t] = draw(st.none() | st.floats(0.0, 1.0))

    # the plain calculation
    shares: list[float | None] = [first_share, *[None] * (count - 1)]
    index = [grown_people(registered, added, shares, t) for t in range(len(YEARS))]
    people = [[n * g for n, g in zip(registered, line, strict=True)] for line in index]
    weighted = [[w * g for w, g in zip(base_need, line, strict=True)] for line in index]
    envelopes = [amount * (1 + growth / 100) ** t for t in range(len(YEARS))]
    opening = [x / sum(cash) * baseline for x in cash]
    expected = over_years([rule] * len(YEARS), opening, weighted, people, envelopes,
                          shares_that_move(published, moves))  # fmt: skip

    # the library
    scenario, inputs = packaged()
    stream = Stream(need="final_core", opening="own", rule=rule, restricted_share=moves)
    made_up = scenario.model_copy(
        update={
            "years": Years(first=YEARS[0], last=YEARS[-1]),
            "envelope": Envelope(plan_total_gbp_m=1e4, growth_pct={"core": growth}),
            "allocation": Allocation(streams={"core": stream}),
        }
    )
    populations = [
        (YEARS[0], name, component, value)
        for component, line in (("registered_population", registered), ("final_core", base_need))
        for name, value in zip(names, line, strict=True)
    ]
    tables = replace(
        inputs,
        allocations=pd.DataFrame(
            [
                ("core", YEARS[0], amount, baseline, published[0]),
                ("core", YEARS[later], envelopes[later], None, published[later]),
            ],
            columns=["stream", "year", "allocation_gbp_m", "baseline_gbp_m", "restricted_share"],
        ).astype({"restricted_share": float}),
        weighted_populations=pd.DataFrame(
            populations, columns=["year", "place", "component", "weighted_population"]
        ),
        openings=pd.DataFrame(
            {"opening": "own", "place": names, "measure": "cash_gbp_m", "value": cash}
        ),
        public_health_grants=inputs.public_health_grants.iloc[:0],
        ring_fences=inputs.ring_fences.iloc[:0],
        population_growth=pd.DataFrame(
            {"from_year": [YEARS[0]], "to_year": ["2033/34"], "people_added": [10 * added]}
        ),
        population_shares=pd.DataFrame({"place": names[:1], "share_pct": [100 * first_share]}),
    )
    if expected is None:
        with pytest.raises(NoAnswerError):
            allocate(made_up, tables)
        return
    found = allocate(made_up, tables).sel(stream="core")
    for t, year in enumerate(expected):
        now = found.isel(year=t)
        close(now["opening"], year.opening, ("opening", t), 1e-9)
        close(now["target"], year.target, ("target", t))
        close(now["budget"], year.budget, ("budget", t), 1e-9)
        for part, values in (
            ("envelope", year.envelope), ("need", year.need), ("pace", year.pace),
        ):  # fmt: skip
            # parts are differences of budgets: their noise is that of the budgets
            np.testing.assert_allclose(
                now["budget_change"].sel(change=part), values, rtol=0, atol=1e-9 * amount
            )
        close(now["need_index"].sel(component="final_core"), need_indices(weighted[t], people[t]))
