"""The search for a whole plan stops within its gap, and says what it knows."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nelfin import program as lp
from nelfin.models.capital import kernel, search

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
    found = search.best_plan(program, relaxed, gap, "highs")
    assert found.status == "optimal"
    assert set(np.unique(found.values)) <= {0.0, 1.0}
    assert found.objective == pytest.approx(np.dot(program.value, found.values))
    for row in program.rows:
        assert sum(cost * found.values[i] for i, cost in row.terms) <= row.bound + 1e-6
    # the bound is that of every plan, and the plan is within the gap of it
    assert found.objective <= found.bound <= relaxed.objective + 1e-6
    assert found.bound - found.objective <= gap * found.objective + 1e-6
    assert found.seconds > 0


def test_what_is_in_doubt_is_searched_first_and_settles_a_large_program(
    asked: list[dict[str, Any]],
) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    asked.clear()
    found = search.best_plan(program, relaxed, 0.02, "highs")
    assert asked[0]["columns"] < 200
    assert asked[0]["enough"] == pytest.approx(relaxed.objective / 1.02)
    assert all(solve["steps"] <= kernel.STEPS for solve in asked)
    assert found.bound == relaxed.bound
    assert found.status == "optimal"


def test_the_plan_of_a_part_begins_the_search_of_the_whole(asked: list[dict[str, Any]]) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    asked.clear()
    # nothing can be within the gap of a bound that is too high
    far = replace(relaxed, bound=relaxed.bound * 1.5)
    found = search.best_plan(program, far, 0.02, "highs")
    *parts, whole = asked
    assert 1 <= len(parts) <= len(kernel.SIZES)
    assert whole["steps"] is None if "steps" in whole else True
    best = max((part["is"] for part in parts), key=lambda each: each.objective)
    assert np.dot(program.value, whole["begin"]) >= best.objective - 1e-9
    assert found.status == "optimal"
    assert found.objective >= best.objective


def test_a_plan_known_to_hold_begins_the_search_if_nothing_better_was_found(
    asked: list[dict[str, Any]],
) -> None:
    program = schemes(900)
    relaxed = lp.solve(program, relax=True)
    best = lp.solve(program, gap=0.01).values
    asked.clear()
    far = replace(relaxed, bound=relaxed.bound * 1.5)
    found = search.best_plan(program, far, 0.1, "highs", begin=best)
    assert np.dot(program.value, asked[-1]["begin"]) >= np.dot(program.value, best) - 1e-9
    assert found.objective >= np.dot(program.value, best) - 1e-6


@pytest.mark.parametrize("needed", [False, True])
def test_where_there_is_no_time_to_search_there_is_a_plan_and_a_true_bound(needed: bool) -> None:
    program = schemes(900)
    if needed:  # something must be in
        program.row("must", "A", [(7, 1.0), (8, 1.0)], "==", 1.0)
    relaxed = lp.solve(program, relax=True)
    found = search.best_plan(program, relaxed, 1e-9, "highs", watch=lp.Watch(0.0))
    assert found.status == "stopped"
    assert found.values[7] + found.values[8] == 1 or not needed
    for row in program.rows:
        assert sum(cost * found.values[i] for i, cost in row.terms) <= row.bound + 1e-6
    assert 0.8 * relaxed.objective < found.objective <= relaxed.objective <= found.bound + 1e-9


def test_what_is_free_is_what_is_between_and_then_what_costs_least_to_change() -> None:
    program = schemes(60)
    # so little worth that no column's cost is near one
    program.value = [value / 1000 for value in program.value]
    relaxed = lp.solve(program, relax=True)
    prices = np.array([relaxed.prices[row.name] for row in program.rows])
    costs = np.array([[cost for _, cost in row.terms] for row in program.rows])
    reduced = np.abs(np.array(program.value) - prices @ costs)
    doubt = kernel.reduced_costs(program, relaxed)
    between = np.abs(relaxed.values - np.round(relaxed.values)) > 1e-7
    assert (doubt < 0).tolist() == between.tolist()
    part = kernel.near(program, relaxed, doubt, 20)
    free = np.array(part.high) > np.array(part.low)
    assert free.sum() == 20
    assert free[between].all()
    others = ~between
    assert reduced[others & free].max() <= reduced[others & ~free].min()
    # all else is as the relaxation has it
    assert np.array(part.low)[~free] == pytest.approx(relaxed.values[~free])


def test_what_is_left_out_as_hopeless_is_in_no_better_plan() -> None:
    for seed in range(6):
        program = schemes(14, seed)
        relaxed = lp.solve(program, relax=True)
        best = lp.solve(program)
        for worth in (0.8 * best.objective, 0.97 * best.objective, best.objective):
            left = kernel.hopeful(program, relaxed, worth)
            assert lp.solve(left).objective == pytest.approx(best.objective)
    assert np.array(left.high).sum() < len(program.value)


def test_the_plan_is_the_same_whatever_else_the_machine_does() -> None:
    program = schemes(320, seed=8)
    relaxed = lp.solve(program, relax=True)
    halted = threading.Event()
    load = [threading.Thread(target=halted.wait, args=(60,)) for _ in range(2)]
    first = search.best_plan(program, relaxed, 0.03, "highs")
    for thread in load:
        thread.start()
    second = search.best_plan(program, relaxed, 0.03, "highs")
    halted.set()
    assert first.values.tolist() == second.values.tolist()
    assert first.bound == second.bound
