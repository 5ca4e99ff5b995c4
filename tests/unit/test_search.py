"""The search for a whole plan stops within its gap, and says what it knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nelfin import program as lp
from nelfin.models.capital import search

pytestmark = pytest.mark.unit


def schemes(count: int, seed: int = 3) -> lp.Program:
    """Make columns that compete for the money of five years, of which a twentieth is there."""
    rng = np.random.default_rng(seed)
    program = lp.Program()
    for value in rng.uniform(1.0, 9.0, count):
        program.column(float(value), whole=True)
    for year in range(5):
        costs = rng.uniform(0.0, 4.0, count)
        terms = list(enumerate(costs.tolist()))
        program.row("year", year, terms, "<=", float(costs.sum() / 20))
    return program


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what each solve is given."""
    found: list[dict[str, Any]] = []
    solve = lp.solve

    def noted(program: lp.Program, *args: Any, **settings: Any) -> lp.Solution:
        answer = solve(program, *args, **settings)
        found.append({"columns": sum(h != 0.0 for h in program.high), **settings, "is": answer})
        return answer

    monkeypatch.setattr(search.lp, "solve", noted)
    return found


@pytest.mark.parametrize(("count", "gap"), [(60, 0.2), (60, 0.02), (900, 0.02), (900, 0.005)])
def test_a_search_that_stops_within_its_gap_is_optimal(count: int, gap: float) -> None:
    program = schemes(count)
    relaxed = lp.solve(program, relax=True)
    found = search.best_plan(program, relaxed, gap, None, "highs")
    assert found.status == "optimal"
    assert set(np.unique(found.values)) <= {0.0, 1.0}
    assert found.objective == pytest.approx(np.dot(program.value, found.values))
    for row in program.rows:
        assert sum(cost * found.values[i] for i, cost in row.terms) <= row.bound + 1e-6
    # the bound is that of every plan, and the plan is within the gap of it
    assert found.objective <= found.bound <= relaxed.objective + 1e-6
    assert found.bound - found.objective <= gap * found.objective + 1e-6
    assert found.seconds > 0


def test_a_large_program_is_searched_near_its_relaxation_first(
    asked: list[dict[str, Any]],
) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    asked.clear()
    found = search.best_plan(program, relaxed, 0.02, None, "highs")
    assert [solve["columns"] for solve in asked] == [search.FEW]
    assert asked[0]["enough"] == pytest.approx(relaxed.objective / 1.02)
    assert found.bound == relaxed.objective
    kept = search.near(program, relaxed)
    used = relaxed.values > 1e-9
    assert all(high == 1.0 for high, mine in zip(kept.high, used, strict=True) if mine)


def test_what_is_found_near_the_relaxation_begins_the_whole_search(
    asked: list[dict[str, Any]],
) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    asked.clear()
    # nothing can be within the gap of a bound that is too high
    far = replace(relaxed, objective=relaxed.objective * 1.5)
    found = search.best_plan(program, far, 0.02, None, "highs")
    near, whole = asked
    assert (near["columns"], whole["columns"]) == (search.FEW, 900)
    assert whole["begin"] == pytest.approx(near["is"].values)
    assert found.status == "optimal"
    assert found.objective >= near["is"].objective


def test_a_plan_known_to_hold_begins_the_search_if_nothing_better_was_found(
    asked: list[dict[str, Any]],
) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    best = lp.solve(program, gap=0.005).values
    asked.clear()
    far = replace(relaxed, objective=relaxed.objective * 1.5)
    found = search.best_plan(program, far, 0.1, None, "highs", begin=best)
    assert asked[-1]["begin"] is best
    assert found.objective >= np.dot(program.value, best) - 1e-6


def test_time_that_ran_out_is_told(asked: list[dict[str, Any]]) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    asked.clear()
    far = replace(relaxed, objective=relaxed.objective * 1.5)
    found = search.best_plan(program, far, 1e-9, 1.0, "highs")
    assert found.status == "stopped"
    near, whole = asked
    assert near["time_limit"] == 0.5
    assert 0.0 <= whole["time_limit"] <= 1.0 - near["is"].seconds
    assert found.seconds >= near["is"].seconds + whole["is"].seconds


def test_near_the_relaxation_is_what_it_uses_and_then_what_costs_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    program = schemes(60)
    # so little worth that no column's cost is near one
    program.value = [value / 1000 for value in program.value]
    relaxed = lp.solve(program, relax=True)
    prices = np.array([relaxed.prices[row.name] for row in program.rows])
    costs = np.array([[cost for _, cost in row.terms] for row in program.rows])
    reduced = np.abs(np.array(program.value) - prices @ costs)
    used = relaxed.values > 1e-9
    kept = np.array(search.near(program, relaxed).high) == 1.0
    assert kept.sum() == search.NEAR * used.sum() < 60
    assert kept[used].all()
    others = ~used
    assert reduced[others & kept].max() <= reduced[others & ~kept].min()
