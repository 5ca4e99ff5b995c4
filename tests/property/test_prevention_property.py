"""Path, lag, cash and steps of a shift into prevention: what holds for any of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.models.ledgers import avoided_cost, cash_of, lag_weights, released
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.prevention import share_path

pytestmark = pytest.mark.property

Array = npt.NDArray[np.float64]

LAGS = st.floats(0.2, 15.0)
RETURNS = st.floats(0.0, 12.0)
RISING = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=25).map(np.cumsum)
"""Spend that never falls."""


@given(LAGS, st.integers(1, 60))
def test_lag_weights_are_shares_of_one_and_sum_to_it_in_the_end(lag: float, count: int) -> None:
    weights = lag_weights(lag, count)
    assert (weights >= 0).all()
    assert weights.sum() <= 1 + 1e-12
    # past twenty mean lags less than e^-40 x 41 is still to come
    assert lag_weights(lag, int(20 * lag) + 1).sum() == pytest.approx(1.0, abs=1e-15)


@given(LAGS)
def test_the_weights_have_the_mean_lag(lag: float) -> None:
    count = int(30 * lag) + 2
    # whole years passed are on average within one year of the time passed
    mean = float((np.arange(count) * lag_weights(lag, count)).sum())
    assert lag - 1 <= mean <= lag


@given(LAGS, RETURNS, st.floats(0.1, 500.0))
def test_constant_spend_settles_at_return_times_spend(
    lag: float, returns: float, spend: float
) -> None:
    years = int(20 * lag) + 2
    found = avoided_cost(np.full(years, spend), returns, lag)
    assert found[-1] == pytest.approx(returns * spend, rel=1e-12, abs=1e-12)
    assert (np.diff(found) >= -1e-12 * (1 + returns * spend)).all()


@given(RISING, LAGS, RETURNS, st.floats(1.0, 4.0))
def test_higher_returns_never_lower_what_is_avoided(
    spend: Array, lag: float, returns: float, more: float
) -> None:
    low, high = (avoided_cost(spend, value, lag) for value in (returns, returns * more))
    assert (high >= low).all()


@given(RISING, LAGS, st.floats(0.1, 1.0))
@settings(max_examples=150)
def test_a_shorter_lag_never_lowers_what_is_avoided_while_spend_does_not_fall(
    spend: Array, lag: float, shorter: float
) -> None:
    """With rising spend, what is avoided is the sum of each rise times F, and F rises."""
    slow, fast = (avoided_cost(spend, 1.0, value) for value in (lag, max(lag * shorter, 0.05)))
    assert (fast >= slow - 1e-12 * spend[-1]).all()


@given(st.floats(1.0, 15.0), st.floats(0.2, 0.9), st.integers(30, 40))
def test_a_shorter_lag_lowers_later_years_once_spend_has_stopped(
    lag: float, shorter: float, years: int
) -> None:
    """The whole return is the same: what comes earlier does not come later."""
    once = np.zeros(years)
    once[0] = 100.0
    slow, fast = (avoided_cost(once, 1.0, value) for value in (lag, lag * shorter))
    assert fast[0] > slow[0]
    # the kernels cross before the mean lag of the slower one; after that its tail is the heavier
    late = slice(int(lag) + 1, None)
    assert fast[late][0] < slow[late][0]
    assert (fast[late] <= slow[late] + 1e-12).all()


@given(RISING, RISING, LAGS, RETURNS)
def test_what_is_avoided_adds_up_over_spends(
    one: Array, two: Array, lag: float, returns: float
) -> None:
    count = min(len(one), len(two))
    one, two = one[:count], two[:count]
    both = avoided_cost(one + two, returns, lag)
    apart = avoided_cost(one, returns, lag) + avoided_cost(two, returns, lag)
    np.testing.assert_allclose(both, apart, rtol=1e-11, atol=1e-11)


@given(st.floats(0.0, 10.0), st.floats(0.0, 10.0), st.integers(2020, 2030), st.integers(1, 15))
def test_the_path_stays_between_its_ends_and_runs_one_way(
    start: float, end: float, first: int, length: int
) -> None:
    path = share_path(start, end, first, first + length, range(2015, 2055))
    assert path[0] == start
    assert path[-1] == pytest.approx(end, abs=1e-12)
    assert (np.diff(path) * np.sign(end - start) >= -1e-12).all()


@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=20), st.floats(0.01, 50.0))
def test_released_cash_is_whole_steps_within_one_step_of_what_there_is(
    cash: list[float], step: float
) -> None:
    there = np.array(cash)
    found = released(there, step)
    assert found / step == pytest.approx(np.round(found / step), abs=1e-6)
    assert (found <= there + 1e-8 * step).all()
    assert (found > there - step).all()


CURVES = st.tuples(st.floats(0.0, 100.0), st.floats(0.1, 100.0), st.floats(0.1, 20.0))


@given(CURVES)
def test_the_marginal_cost_curve_never_falls_and_ends_where_it_should(
    curve: tuple[float, float, float],
) -> None:
    first, after, years = curve
    found = marginal_cost_curve(first, after, years, 40)
    assert found[0] == first / 100
    assert (np.diff(found) >= 0).all()
    assert (found[int(np.ceil(years)) :] == max(first, after) / 100).all()
    assert (found <= 1).all()


@given(RISING, CURVES, st.floats(0.0, 1.0))
def test_cash_is_never_more_than_what_is_avoided_while_that_rises(
    avoided: Array, curve: tuple[float, float, float], cashable: float
) -> None:
    share = np.minimum(cashable, marginal_cost_curve(*curve, len(avoided)))
    cash = cash_of(avoided, share)
    size = 1e-12 * (1 + avoided[-1])
    assert (cash >= -size).all()
    assert (cash <= avoided * cashable + size).all()
    assert (cash <= avoided * share + size).all()
    # what stays avoided becomes cash as far as the curve goes
    held = np.concatenate([avoided, np.full(40, avoided[-1])])
    longer = np.minimum(cashable, marginal_cost_curve(*curve, len(held)))
    assert cash_of(held, longer)[-1] == pytest.approx(avoided[-1] * longer[-1], abs=size)


@given(RISING, CURVES, CURVES)
def test_a_curve_that_is_higher_everywhere_never_lowers_cash(
    avoided: Array, one: tuple[float, float, float], two: tuple[float, float, float]
) -> None:
    low, high = (marginal_cost_curve(*curve, len(avoided)) for curve in (one, two))
    low = np.minimum(low, high)
    assert (cash_of(avoided, high) >= cash_of(avoided, low) - 1e-12 * (1 + avoided[-1])).all()
