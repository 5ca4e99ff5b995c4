"""Bounds and least growth: the linear program and the floors on any case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pace_cases import Array, Case, cases, far

from nelfin.allocations.closed import share_envelope
from nelfin.allocations.minimax import OutOfReachError
from nelfin.allocations.rules import packaged_rules

pytestmark = pytest.mark.property


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
