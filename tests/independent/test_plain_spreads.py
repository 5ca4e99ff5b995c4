"""What may come against distributions written down and turned about by halving."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_spreads import halves_below, inverse, outcome_below, triangle_below

from nelfin.models.ranges import Outcomes, Range, latin_hypercube

pytestmark = pytest.mark.property

SHARES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=9).map(np.array)
SIDE = st.floats(0.01, 20.0)


@given(st.floats(-10.0, 10.0), st.just(0.0) | SIDE, SIDE, SHARES, st.booleans())
def test_a_triangle(middle: float, down: float, up: float, shares: np.ndarray, turn: bool) -> None:
    if turn:  # a side of nothing on the right instead
        down, up = up, down
    low, high = middle - down, middle + up
    found = Range(low, middle, high).at(shares)
    for value, share in zip(found, shares, strict=True):
        expected = inverse(lambda x: triangle_below(x, low, middle, high), share, low, high)
        assert value == pytest.approx(expected, rel=1e-7, abs=1e-7)


@given(st.floats(-10.0, 10.0), SIDE, SIDE, SHARES)
def test_an_interval_that_eight_in_ten_lie_in(
    middle: float, down: float, up: float, shares: np.ndarray
) -> None:
    low, high = middle - down, middle + up
    found = Range(low, middle, high, "interval_80").at(shares)
    ends = middle - 5 * down, middle + 5 * up
    for value, share in zip(found, shares, strict=True):
        expected = inverse(lambda x: halves_below(x, low, middle, high), share, *ends)
        assert value == pytest.approx(expected, rel=1e-7, abs=1e-7)
    least, most = middle - down / 2, middle + up / 2
    cut = Range(low, middle, high, "interval_80", least, most).at(shares)
    for value, whole in zip(cut, found, strict=True):
        assert value == min(max(whole, least), most)


@given(
    st.floats(-3.0, 0.95), st.floats(1.05, 15.0),
    st.integers(1, 20), st.integers(0, 20), st.integers(1, 20), SHARES,
)  # fmt: skip
def test_outcomes_of_evaluated_schemes(
    low: float, high: float, costs_more: int, neither: int, saves: int, shares: np.ndarray
) -> None:
    found = Outcomes(low, 1.1, high, costs_more, neither, saves).at(shares)
    for value, share in zip(found, shares, strict=True):
        expected = inverse(
            lambda x: outcome_below(x, low, high, costs_more, neither, saves), share, low, high
        )
        assert value == pytest.approx(expected, rel=1e-7, abs=1e-7)


@given(st.integers(1, 60), st.integers(1, 4), st.integers(0, 9))
def test_a_latin_hypercube_has_one_draw_in_each_of_equal_parts(
    draws: int, count: int, seed: int
) -> None:
    shares = latin_hypercube(draws, count, seed)
    for column in shares.T:
        assert sorted(math.floor(x * draws) for x in column) == list(range(draws))
