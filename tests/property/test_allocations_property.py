"""Sharing an envelope under any packaged rule: what holds for any places, need and openings."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import nelfin
from nelfin.allocations import allocate, converge
from nelfin.allocations.closed import share_envelope
from nelfin.allocations.minimax import OutOfReachError
from nelfin.allocations.pace import Rule, packaged_rules, together
from nelfin.data import Inputs, load_inputs
from nelfin.scenario import Scenario
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.property

Array = npt.NDArray[np.float64]
Case = tuple[Array, Array, float]
"""Openings, shares of need and the envelope."""

FORMS = {"capped", "capped_to_target", "clipped", "none", "full"}
"""Forms that a distance from target alone decides."""

NAMES = sorted(name for name, rule in packaged_rules().items() if rule.form in FORMS)
RULES = st.sampled_from(NAMES).map(lambda name: packaged_rules()[name])
SHARES = st.one_of(st.just(1.0), st.floats(0.0, 1.0))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw places whose distance from target runs from pennies to far off."""
    count = draw(st.integers(1, 8))
    reach = draw(st.sampled_from([0.001, 0.01, 0.05, 0.6]))
    people = np.array(draw(st.lists(st.floats(0.5, 50.0), min_size=count, max_size=count)))
    distance = draw(st.lists(st.floats(-reach, reach), min_size=count, max_size=count))
    need = people / people.sum()
    opening = need * (1 + np.array(distance)) * draw(st.floats(1.0, 9000.0))
    growth = draw(st.floats(-0.3, 0.6))
    return opening, need, float(opening.sum() * (1 + growth))


def far(opening: Array, need: Array) -> float:
    """Return the largest distance from target, either way."""
    return float(np.abs(opening / opening.sum() / need - 1).max())


@given(cases(), RULES, SHARES)
@settings(max_examples=60)
def test_budgets_add_up_to_the_envelope(case: Case, rule: Rule, share: float) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, rule, share)
    assert budget.sum() == pytest.approx(envelope, rel=1e-12)
    assert (budget > 0).all()


@given(
    st.lists(st.tuples(st.floats(1e-3, 1e4), st.floats(1.0, 1e6)), min_size=1, max_size=8).map(
        np.array
    ),
    st.floats(1e-2, 1e5),
    RULES,
)
@settings(max_examples=60)
def test_budgets_add_up_however_far_from_target_places_are(
    rows: Array, envelope: float, rule: Rule
) -> None:
    opening, need = rows[:, 0], rows[:, 1] / rows[:, 1].sum()
    budget, _ = share_envelope(opening, need, envelope, rule)
    assert budget.sum() == pytest.approx(envelope, rel=1e-9)
    assert (budget > 0).all()


@given(cases(), RULES, SHARES, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_places_does_not_matter(case: Case, rule: Rule, share: float, luck) -> None:
    opening, need, envelope = case
    order = list(range(len(need)))
    luck.shuffle(order)
    plain, growth = share_envelope(opening, need, envelope, rule, share)
    turned, same = share_envelope(opening[order], need[order], envelope, rule, share)
    np.testing.assert_allclose(turned, plain[order], rtol=1e-11)
    assert same == pytest.approx(growth, abs=1e-11)


@given(cases(), RULES, SHARES, st.floats(1e-3, 1e3))
@settings(max_examples=60)
def test_the_scale_of_openings_does_not_matter(
    case: Case, rule: Rule, share: float, scale: float
) -> None:
    opening, need, envelope = case
    plain, growth = share_envelope(opening, need, envelope, rule, share)
    scaled, other = share_envelope(opening * scale, need, envelope, rule, share)
    np.testing.assert_allclose(scaled, plain, rtol=1e-11)
    assert (1 + other) * scale == pytest.approx(1 + growth, rel=1e-11)


@given(cases(), RULES, SHARES, st.floats(1e-3, 1e3))
@settings(max_examples=60)
def test_budgets_scale_with_the_envelope(
    case: Case, rule: Rule, share: float, scale: float
) -> None:
    opening, need, envelope = case
    plain, _ = share_envelope(opening, need, envelope, rule, share)
    scaled, _ = share_envelope(opening, need, envelope * scale, rule, share)
    np.testing.assert_allclose(scaled, plain * scale, rtol=1e-11)


@given(cases())
def test_full_lands_on_target(case: Case) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, packaged_rules()["full"])
    np.testing.assert_allclose(budget, need * envelope, rtol=1e-12)


@given(cases(), SHARES)
def test_none_keeps_shares(case: Case, share: float) -> None:
    opening, need, envelope = case
    budget, growth = share_envelope(opening, need, envelope, packaged_rules()["none"], share)
    np.testing.assert_allclose(budget / envelope, opening / opening.sum(), rtol=1e-12)
    assert growth == pytest.approx(envelope / opening.sum() - 1, abs=1e-12)


@given(cases(), RULES, SHARES)
@settings(max_examples=120)
def test_the_largest_distance_from_target_never_grows(case: Case, rule: Rule, share: float) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, rule, share)
    assert far(budget, need) <= far(opening, need) + 1e-12


@given(cases(), st.randoms(use_true_random=False), st.sampled_from(sorted(FORMS)), st.data())
@settings(max_examples=60)
def test_rows_worked_out_together_are_as_each_alone(
    case: Case, luck, form: str, data: st.DataObject
) -> None:
    opening, need, envelope = case
    order = list(range(len(opening)))
    luck.shuffle(order)
    openings, needs = np.array([opening, opening[order]]), np.array([need, need[::-1]])
    envelopes = np.array([envelope, envelope * 1.1])
    of_form = [rule for rule in packaged_rules().values() if rule.form == form]
    rules = [data.draw(st.sampled_from(of_form)) for _ in range(2)]
    shares = [data.draw(SHARES) for _ in range(2)]
    rows = zip(openings, needs, envelopes, rules, shares, strict=True)
    alone = [share_envelope(*row) for row in rows]
    both = share_envelope(
        openings, needs, envelopes, together(tuple(rules)), np.array(shares)[:, None]
    )
    for row, (budget, growth) in enumerate(alone):
        assert both[0][row] == pytest.approx(budget, rel=1e-12)
        assert both[1][row] == pytest.approx(growth, rel=1e-9, abs=1e-12)


@given(cases(), RULES, SHARES)
@settings(max_examples=120)
def test_of_two_places_the_one_further_over_target_is_held_back_more(
    case: Case, rule: Rule, share: float
) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, rule, share)
    moved = (budget / opening)[np.argsort(opening / need)]
    assert (np.diff(moved) <= 1e-11 * moved[0]).all()


@given(cases(), RULES, SHARES)
@settings(max_examples=120)
def test_adjustments_stay_within_the_caps(case: Case, rule: Rule, share: float) -> None:
    opening, need, envelope = case
    budget, growth = share_envelope(opening, need, envelope, rule, share)
    k = budget / (opening * (1 + growth)) - 1
    if rule.form == "full":
        k_whole = need * envelope / (opening * (1 + growth)) - 1
        np.testing.assert_allclose(k, share * k_whole, atol=1e-11)
    else:
        assert (k >= -rule.over_cap * share - 1e-11).all()
        assert (k <= rule.under_cap * share + 1e-11).all()


@given(cases(), RULES, SHARES)
@settings(max_examples=60)
def test_a_closed_envelope_agrees_with_the_open_rule_at_its_growth(
    case: Case, rule: Rule, share: float
) -> None:
    opening, need, envelope = case
    budget, growth = share_envelope(opening, need, envelope, rule, share)
    in_year = rule.form in {"clipped", "full", "none"}
    target = need * (envelope if in_year else opening.sum())
    open_ = converge(opening, growth, target, rule, share)
    np.testing.assert_allclose(open_.allocation, budget, rtol=1e-11)


@given(
    st.lists(
        st.tuples(st.floats(1.0, 1e4), st.floats(-0.2, 0.5), st.floats(1.0, 1e4), SHARES),
        min_size=1,
        max_size=6,
    ),
    RULES,
    st.floats(1e-3, 1e3),
)
def test_each_row_of_converge_stands_alone_in_any_unit_of_money(
    rows: list[tuple[float, float, float, float]], rule: Rule, unit: float
) -> None:
    baseline, growth, target, share = (np.array(column) for column in zip(*rows, strict=True))
    whole = converge(baseline * unit, growth, target * unit, rule, share)
    for i, (b, g, t, s) in enumerate(rows):
        one = converge([b], [g], [t], rule, s)
        np.testing.assert_allclose(whole.dft[i], one.dft[0], rtol=1e-12, atol=1e-12)
        # at the edge of a cap both branches give the same adjustment
        np.testing.assert_allclose(whole.allocation[i], one.allocation[0] * unit, rtol=1e-11)
    np.testing.assert_allclose(
        whole.allocation, baseline * unit * (1 + growth) * (1 + whole.convergence), rtol=1e-14
    )


@given(cases(), RULES)
def test_the_closing_distance_lies_between_the_opening_one_and_target(
    case: Case, rule: Rule
) -> None:
    opening, need, envelope = case
    target = need * envelope
    found = converge(opening, 0.0, target, rule)
    near = np.abs(found.closing_dft) <= np.abs(found.dft) + 1e-12
    assert near.all()


@st.composite
def bounded(draw: st.DrawFn) -> tuple[Case, Array, Array]:
    """Draw a case whose least and most growth can be had."""
    opening, need, envelope = draw(cases())
    count, even = len(opening), envelope / opening.sum() - 1
    spans = st.lists(st.floats(0.0, 0.3), min_size=count, max_size=count)
    least, most = even - np.array(draw(spans)), even + np.array(draw(spans))
    return (opening, need, envelope), least, most


LP = packaged_rules()["lp"]


@given(bounded())
@settings(max_examples=40)
def test_the_linear_program_gives_the_water_level_within_bounds(
    drawn: tuple[Case, Array, Array],
) -> None:
    (opening, need, envelope), least, most = drawn
    budget, _ = share_envelope(opening, need, envelope, LP, min_growth=least, max_growth=most)
    low, high, target = opening * (1 + least), opening * (1 + most), need * envelope

    def level(distance: float) -> Array:
        return np.clip(target * (1 + distance), low, high)

    # an independent answer: one distance for every place that no bound stops
    near, far_off = -1.0, float((high / target).max())
    for _ in range(200):
        middle = (near + far_off) / 2
        near, far_off = (middle, far_off) if level(middle).sum() < envelope else (near, middle)
    np.testing.assert_allclose(budget, level(far_off), rtol=1e-6)
    # an even growth lies within these bounds, so the largest distance does not grow
    assert far(budget, need) <= far(opening, need) + 1e-9
    assert budget.sum() == pytest.approx(envelope, rel=1e-12)


@given(bounded())
@settings(max_examples=20)
def test_no_budgets_within_bounds_are_nearer_to_target(drawn: tuple[Case, Array, Array]) -> None:
    from scipy.optimize import linprog

    (opening, need, envelope), least, most = drawn
    budget, _ = share_envelope(opening, need, envelope, LP, min_growth=least, max_growth=most)
    share, count = budget / envelope, len(need)
    away = np.abs(share / need - 1)
    eye = np.eye(count)
    bounds = [*zip(opening / envelope * (1 + least), opening / envelope * (1 + most), strict=True)]
    # columns: shares, their distances in money, the largest distance
    above = np.hstack([eye, -eye, np.zeros((count, 1))])
    below = np.hstack([-eye, -eye, np.zeros((count, 1))])
    largest = np.hstack([np.zeros((count, count)), eye, -need[:, None]])
    rows = {"A_ub": np.vstack([above, below, largest]), "b_ub": [*need, *-need, *np.zeros(count)]}
    equal = {"A_eq": [[1.0] * count + [0.0] * (count + 1)], "b_eq": [1.0]}
    loose = [(0.0, None)] * (count + 1)
    first = linprog([0.0] * (2 * count) + [1.0], **rows, **equal, bounds=[*bounds, *loose])
    assert away.max() == pytest.approx(first.fun, abs=1e-7)
    loose[-1] = (0.0, first.fun + 1e-9)
    second = linprog(
        [0.0] * count + [1.0] * count + [0.0], **rows, **equal, bounds=[*bounds, *loose]
    )
    assert float(away @ need) <= second.fun + 1e-6


FLOORS = packaged_rules()["ccg-2018-19"]


@given(cases(), st.floats(-0.02, 0.04))
@settings(max_examples=60)
def test_least_growth_is_kept_or_said_to_be_out_of_reach(case: Case, people: float) -> None:
    opening, need, envelope = case
    target = need * envelope
    after = opening * (envelope / opening.sum()) / target - 1
    cash = 0.0208 * np.clip((0.10 - after) / 0.05, 0, 1)
    head = np.where(after <= 0.05, 1.0136 * (1 + people) - 1, -1.0)
    floor = np.maximum(opening * (1 + np.maximum(cash, head)), 0.95 * target)
    if floor.sum() > envelope * (1 + 1e-12):
        with pytest.raises(OutOfReachError):
            share_envelope(opening, need, envelope, FLOORS, population_growth=people)
        return
    budget, growth = share_envelope(opening, need, envelope, FLOORS, population_growth=people)
    assert budget.sum() == pytest.approx(envelope, rel=1e-12)
    assert (budget >= floor * (1 - 1e-9)).all()
    # nobody rises past target but by a floor, and all others below target grow alike
    assert (budget <= np.maximum(floor, target) * (1 + 1e-9)).all()
    between = (budget > floor * (1 + 1e-9)) & (budget < target * (1 - 1e-9))
    np.testing.assert_allclose(budget[between], opening[between] * (1 + growth), rtol=1e-9)


@given(bounded(), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_order_of_places_changes_no_budget_of_the_linear_program(
    drawn: tuple[Case, Array, Array], luck
) -> None:
    (opening, need, envelope), least, most = drawn
    order = list(range(len(need)))
    luck.shuffle(order)
    plain, _ = share_envelope(opening, need, envelope, LP, min_growth=least, max_growth=most)
    turned, _ = share_envelope(
        opening[order], need[order], envelope, LP, min_growth=least[order], max_growth=most[order]
    )
    np.testing.assert_allclose(turned, plain[order], rtol=1e-7)


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
def systems(draw: st.DrawFn, fenced: bool = False) -> tuple[Scenario, Inputs]:
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
    allocations = [("core", "2023/24", amount, baseline), ("late", late, amount / 3, None)]
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
    made_up = scenario.model_copy(
        update={
            "years": Years(first="2023/24", last="2026/27"),
            "envelope": Envelope(plan_total_gbp_m=1e4, growth_pct=growth),
            "allocation": Allocation(streams=streams),
        }
    )
    tables = replace(
        inputs,
        allocations=pd.DataFrame(
            allocations, columns=["stream", "year", "allocation_gbp_m", "baseline_gbp_m"]
        ).astype({"baseline_gbp_m": float}),
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


@given(st.booleans().flatmap(systems))
@settings(max_examples=16)
def test_place_budgets_and_what_the_system_holds_add_up_to_the_envelope(
    system: tuple[Scenario, Inputs],
) -> None:
    data = allocate(*system)
    total = data["budget"].sum("place") + data["system_held"]
    np.testing.assert_allclose(total, data["envelope"].transpose(*total.dims), rtol=1e-9)
    assert data["envelope"].isel(year=0).sum() == pytest.approx(1e4, rel=1e-12)


@given(st.booleans().flatmap(systems))
@settings(max_examples=16)
def test_the_parts_of_a_change_add_up_to_it(system: tuple[Scenario, Inputs]) -> None:
    data = allocate(*system)
    moved = data["budget"] - data["opening"]
    parts = data["budget_change"].sum("change", skipna=False)
    xr.testing.assert_allclose(parts, moved, rtol=1e-9, atol=1e-9)
    # a part other than the envelope only moves money between places
    between = data["budget_change"].drop_sel(change="envelope").sum("place")
    np.testing.assert_allclose(between, 0.0, atol=1e-9 * 1e4)


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
