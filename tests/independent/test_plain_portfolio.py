"""Portfolios of programmes against every portfolio there is, and against a program of its own."""

from __future__ import annotations

import numpy as np
import pytest
from plain_portfolio import (
    Choice,
    Portfolio,
    best_by_program,
    best_of_all,
    broken_by,
    worth_of,
)
from portfolio_cases import arguments, random_portfolio

from nelfin.errors import NoAnswerError
from nelfin.models.portfolio import Portfolio as Found
from nelfin.models.portfolio import solve

pytestmark = pytest.mark.property


def solved(given: Portfolio) -> Found | None:
    try:
        return solve(**arguments(given))
    except NoAnswerError:
        return None


def choice_in(found: Found, given: Portfolio) -> Choice:
    """Return the starts that the written plan tells, by position."""
    starts = found.plan[found.plan["start_year"] != ""]
    return {
        name: given.years.index(year)
        for name, year in zip(starts["initiative_id"], starts["start_year"], strict=True)
    }


def agree(given: Portfolio, expected: float | None) -> bool:
    found = solved(given)
    if found is None or expected is None:
        assert found is None
        assert expected is None
        return False
    near = pytest.approx(expected, rel=1e-6, abs=1e-5)
    assert found.solve.objective == near
    choice = choice_in(found, given)
    assert broken_by(choice, given) == []
    assert worth_of(choice, given) == near
    assert found.plan["value"].sum() == near
    assert found.solve.bound >= expected - 1e-5 * max(abs(expected), 1.0)
    return True


SMALL = range(48)
MIDDLING = range(50)


@pytest.mark.parametrize("part", range(4))
def test_the_portfolio_is_the_best_of_every_one_there_is(part: int) -> None:
    cases = [random_portfolio(seed) for seed in SMALL if seed % 4 == part]
    held = [agree(given, best_of_all(given)) for given in cases]
    assert np.mean(held) >= 0.5


@pytest.mark.parametrize("part", range(5))
def test_a_middling_portfolio_is_worth_what_another_program_says(part: int) -> None:
    cases = [random_portfolio(1000 + seed, 12, 18, 3) for seed in MIDDLING if seed % 5 == part]
    held = [agree(given, best_by_program(given)) for given in cases]
    assert np.mean(held) >= 0.5


@pytest.mark.parametrize("seed", range(12))
def test_the_two_independent_ways_agree(seed: int) -> None:
    given = random_portfolio(seed)
    one, other = best_of_all(given), best_by_program(given)
    assert (one is None) == (other is None)
    assert one is None or other == pytest.approx(one, rel=1e-6, abs=1e-5)
