"""Place budgets of whole systems of any kind."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pace_cases import NAMES, SHARES

import nelfin
from nelfin.allocations import allocate
from nelfin.allocations.budgets import envelopes
from nelfin.data import Inputs, load_inputs
from nelfin.scenario import Scenario
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.property


@cache
def packaged() -> tuple[Scenario, Inputs]:
    scenario = nelfin.load_scenario()
    return scenario, load_inputs(scenario)


@st.composite
def fences(draw: st.DrawFn, amount: float) -> pd.DataFrame:
    """Draw a ring-fence and a held item of core, which begin, change or end in some years."""
    years = st.lists(
        st.sampled_from(["2023/24", "2024/25", "2025/26", "2026/27"]), min_size=1, unique=True
    )
    rows = [
        ("core", item, year, draw(st.floats(0.0, 0.2)) * amount, need)
        for item, need in (("fence", "registered_population"), ("held", ""))
        for year in draw(years)
    ]
    return pd.DataFrame(rows, columns=["stream", "item", "year", "amount_gbp_m", "need"])


@st.composite
def systems(
    draw: st.DrawFn, fenced: bool = False, restated: bool = False
) -> tuple[Scenario, Inputs]:
    """Draw a system of up to five places, a shared stream and one that may start later."""
    count = draw(st.integers(1, 5))
    names = [f"Place {i}" for i in range(count)]
    people = st.lists(st.floats(1e4, 4e5), min_size=count, max_size=count)
    populations = [
        (year, name, component, value)
        for year in draw(st.sampled_from([["2023/24"], ["2023/24", "2025/26"]]))
        for component in ("registered_population", "final_core")
        for name, value in zip(names, draw(people), strict=True)
    ]
    if draw(st.booleans()):
        populations += [
            ("2023/24", "whole system", component, draw(st.floats(1.0, 500.0)))
            for component in ("registered_population", "final_core")
        ]
    amount = draw(st.floats(50.0, 5000.0))
    baseline = draw(st.none() | st.floats(50.0, 5000.0))
    late = draw(st.sampled_from(["2023/24", "2024/25", "2025/26"]))
    told = st.none() | SHARES
    allocations = [
        ("core", "2023/24", amount, baseline, draw(told)),
        ("late", late, amount / 3, None, draw(told)),
    ]
    if restated:
        # a second year that is published, on a baseline that is not last year's allocation
        grown, base = amount * draw(st.floats(0.9, 1.2)), amount * draw(st.floats(0.9, 1.2))
        allocations.append(("core", "2024/25", grown, base, draw(told)))
    opening = draw(st.sampled_from(["on-target", "own"]))
    streams = {
        "core": Stream(need="final_core", opening=opening, rule=draw(st.sampled_from(NAMES))),
        "late": Stream(
            need="registered_population",
            rule=draw(st.sampled_from(NAMES)),
            restricted_share=draw(SHARES),
        ),
        "held": Stream(),
    }
    cash = draw(st.lists(st.floats(10.0, 600.0), min_size=count, max_size=count))
    scenario, inputs = packaged()
    growth = dict.fromkeys(streams, draw(st.floats(-5.0, 15.0)))
    rule = draw(st.sampled_from(["none", "given", "fair-share", "clipped"]))
    distance = draw(st.floats(-20.0, 20.0))
    made_up = scenario.model_copy(
        update={
            "years": Years(first="2023/24", last="2026/27"),
            "envelope": Envelope(
                plan_total_gbp_m=1e4,
                growth_pct=growth,
                convergence_rule=rule,
                convergence_pct={"core": -distance / 10},
                distance_from_target_pct={"core": distance, "late": -distance / 2},
                fair_share_year="2025/26",
            ),
            "allocation": Allocation(streams=streams),
        }
    )
    tables = replace(
        inputs,
        allocations=pd.DataFrame(
            allocations,
            columns=["stream", "year", "allocation_gbp_m", "baseline_gbp_m", "restricted_share"],
        ).astype({"baseline_gbp_m": float, "restricted_share": float}),
        weighted_populations=pd.DataFrame(
            populations, columns=["year", "place", "component", "weighted_population"]
        ),
        openings=pd.DataFrame(
            {"opening": "own", "place": names, "measure": "cash_gbp_m", "value": cash}
        ),
        public_health_grants=inputs.public_health_grants.iloc[:0],
        ring_fences=draw(fences(amount)) if fenced else inputs.ring_fences,
        population_growth=pd.DataFrame(
            {
                "from_year": ["2023/24"],
                "to_year": ["2028/29"],
                "people_added": [draw(st.floats(0.0, 1e5))],
            }
        ),
        population_shares=pd.DataFrame(
            {"place": names[:1], "share_pct": [100.0 if count == 1 else draw(st.floats(0, 100))]}
        ),
    )
    return made_up, tables


@st.composite
def published_systems(draw: st.DrawFn) -> tuple[Scenario, Inputs]:
    """Draw a system with or without fences, and with one or two published years of core."""
    return draw(systems(draw(st.booleans()), draw(st.booleans())))


@given(published_systems())
@settings(max_examples=16)
def test_place_budgets_and_what_the_system_holds_add_up_to_the_envelope(
    system: tuple[Scenario, Inputs],
) -> None:
    data = allocate(*system)
    total = data["budget"].sum("place") + data["system_held"]
    np.testing.assert_allclose(total, data["envelope"].transpose(*total.dims), rtol=1e-9)
    assert data["envelope"].isel(year=0).sum() == pytest.approx(1e4, rel=1e-12)


@given(published_systems())
@settings(max_examples=24)
def test_the_parts_of_a_change_add_up_to_it(system: tuple[Scenario, Inputs]) -> None:
    data = allocate(*system)
    moved = data["budget"] - data["opening"]
    parts = data["budget_change"].sum("change", skipna=False)
    xr.testing.assert_allclose(parts, moved, rtol=1e-9, atol=1e-9)
    # a part other than the envelope and its baseline only moves money between places
    between = data["budget_change"].drop_sel(change=["restated", "envelope"]).sum("place")
    np.testing.assert_allclose(between, 0.0, atol=1e-9 * 1e4)
    # what is restated is as the published baseline, and the same share of each place's budget
    change = data["budget_change"].sel(change="restated", stream="core", drop=True)
    before = data["budget"].sel(stream="core", drop=True).shift(year=1)
    share = (change / before).sel(year="2024/25")
    table = system[1].allocations.set_index(["stream", "year"])
    expected = 0.0
    if ("core", "2024/25") in table.index:
        given_to = table.loc[("core", "2023/24"), "allocation_gbp_m"]
        expected = table.loc[("core", "2024/25"), "baseline_gbp_m"] / given_to - 1
    np.testing.assert_allclose(share, expected, atol=1e-9)
    others = data["budget_change"].sel(change="restated").drop_sel(year="2024/25")
    opening = data["opening"].drop_sel(year="2024/25")
    assert (np.isnan(others) == np.isnan(opening)).all()
    assert (others.fillna(0.0) == 0.0).all()


@given(systems())
@settings(max_examples=12)
def test_pace_of_change_never_widens_the_largest_distance_of_a_year(
    system: tuple[Scenario, Inputs],
) -> None:
    data = allocate(*system)
    before, after = (np.abs(data[name]).max("place") for name in ("dft_opening", "dft"))
    assert float(before.count()) >= 4  # core, in each year
    assert not (after > before + 1e-12).any()
    assert (np.isnan(after) == np.isnan(before)).all()
    # measured from the budgets and the weighted populations alone
    need = data["weighted_population"].sel(component="final_core", drop=True)
    share = data["budget"].sel(stream="core", drop=True)
    own = np.abs(share / share.sum("place") / (need / need.sum("place")) - 1).max("place")
    np.testing.assert_allclose(after.sel(stream="core"), own, atol=1e-12)


@given(systems(), st.floats(-30.0, 30.0), st.sampled_from(["2024/25", "2025/26", "2026/27"]))
@settings(max_examples=25)
def test_convergence_closes_the_distance_and_never_goes_past_it(
    system: tuple[Scenario, Inputs], distance: float, year: str
) -> None:
    scenario, tables = system
    years = scenario.years.labels()

    def left(rule: str) -> np.ndarray:
        """Return 1 + the distance of core from its fair share by year."""
        section = scenario.envelope.model_copy(
            update={
                "convergence_rule": rule,
                "distance_from_target_pct": {"core": distance},
                "fair_share_year": year,
            }
        )
        mine = scenario.model_copy(update={"envelope": section})
        return envelopes(tables, mine).envelope[0] * (1 + distance / 100)

    fair = left("none") / (1 + distance / 100)
    for rule in ("fair-share", "clipped"):
        gap = left(rule) / fair - 1
        assert gap[0] == pytest.approx(distance / 100, abs=1e-12)
        assert (np.abs(gap[1:]) <= np.abs(gap[:-1]) + 1e-12).all()
        assert (gap * distance >= -1e-9).all()
        if rule == "fair-share":
            np.testing.assert_allclose(gap[years.index(year) :], 0.0, atol=1e-12)
            steps = np.diff(np.log1p(gap[: years.index(year) + 1]))
            np.testing.assert_allclose(steps, steps[0], atol=1e-12)
        else:
            moved = (1 + gap[1:]) / (1 + gap[:-1]) - 1
            assert (np.abs(moved) <= 0.005 + 1e-12).all()


@given(systems(), st.randoms(use_true_random=False), st.floats(1e-2, 1e2))
@settings(max_examples=8)
def test_order_of_rows_scale_of_people_and_scale_of_openings_change_no_budget(
    system: tuple[Scenario, Inputs], luck, scale: float
) -> None:
    scenario, tables = system
    data = allocate(scenario, tables)
    order = list(range(len(tables.weighted_populations)))
    luck.shuffle(order)
    populations = tables.weighted_populations.iloc[order].reset_index(drop=True)
    turned = replace(
        tables,
        weighted_populations=populations.assign(
            weighted_population=populations["weighted_population"] * scale
        ),
        population_growth=tables.population_growth.assign(
            people_added=tables.population_growth["people_added"] * scale
        ),
        openings=tables.openings.iloc[::-1].assign(value=lambda frame: frame["value"] * scale),
    )
    again = allocate(scenario, turned).sel(place=data["place"].values)
    for name in ("budget", "opening", "target", "need_index"):
        xr.testing.assert_allclose(again[name], data[name], rtol=1e-9, atol=1e-9)
