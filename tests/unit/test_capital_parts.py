"""A program in parts: each is searched apart, and the whole is as good as if searched at once."""

from __future__ import annotations

import numpy as np
import pytest

from nelfin import program as lp
from nelfin.models.capital import parts, search

pytestmark = pytest.mark.unit


def apart(sizes: list[int], seed: int = 3, years: int = 3, room: float = 0.05) -> lp.Program:
    """Make schemes of several bodies with limits of their own, in mixed order."""
    rng = np.random.default_rng(seed)
    owners = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    program = lp.Program()
    for value in rng.uniform(1.0, 9.0, len(owners)):
        program.column(float(value), whole=True)
    for owner in range(len(sizes)):
        for year in range(years):
            own = np.flatnonzero(owners == owner).tolist()
            costs = rng.uniform(0.5, 4.0, len(own))
            terms = list(zip(own, costs.tolist(), strict=True))
            program.row("limit", (owner, year), terms, "<=", float(costs.sum() * room), lp.POUND)
    return program


def holds(program: lp.Program, values: np.ndarray) -> bool:
    used = [sum(cost * values[i] for i, cost in row.terms) for row in program.rows]
    return all(use <= row.bound + 2e-6 for use, row in zip(used, program.rows, strict=True))


def test_parts_have_no_row_in_common_and_every_column_is_in_one() -> None:
    program = apart([40, 60, 50])
    found = parts.parts_of(program)
    assert sorted(map(len, found)) == [40, 50, 60]
    assert sorted(np.concatenate(found).tolist()) == list(range(150))
    for row in program.rows:
        columns = {column for column, _ in row.terms}
        assert sum(columns <= set(part.tolist()) for part in found) == 1


def test_one_shared_row_makes_one_part() -> None:
    program = apart([40, 60, 50])
    program.row("all", None, [(n, 1.0) for n in range(150)], "<=", 100.0)
    assert [len(part) for part in parts.parts_of(program)] == [150]


def test_small_parts_and_columns_without_a_row_are_taken_together() -> None:
    program = apart([40, 5, 3])
    program.column(2.0, whole=True)
    assert sorted(map(len, parts.parts_of(program))) == [9, 40]


def test_a_program_without_rows_is_one_part() -> None:
    program = lp.Program()
    for _ in range(40):
        program.column(1.0, whole=True)
    assert [len(part) for part in parts.parts_of(program)] == [40]


@pytest.mark.parametrize("sizes", [[130, 110, 100, 12], [60, 65, 70, 55, 62]])  # near and whole
@pytest.mark.parametrize("gap", [0.0, 0.02])
def test_a_plan_in_parts_is_within_its_gap_of_the_best(gap: float, sizes: list[int]) -> None:
    program = apart(sizes, years=1)
    relaxed = lp.solve(program, relax=True)
    found = search.best_plan(program, relaxed, gap, "highs")
    best = lp.solve(program, gap=0.0)
    assert found.status == "optimal"
    assert holds(program, found.values)
    assert found.objective == pytest.approx(np.dot(program.value, found.values))
    assert best.objective <= found.bound + 1e-6
    assert found.bound <= relaxed.bound + 1e-6
    assert found.objective >= best.objective * (1 - gap) - 1e-6


def test_a_plan_known_to_hold_is_never_made_worse() -> None:
    program = apart([160, 150], years=1)
    relaxed = lp.solve(program, relax=True)
    best = lp.solve(program, gap=0.0)
    found = search.best_plan(program, relaxed, 0.3, "highs", begin=best.values)
    assert found.objective >= best.objective - 1e-9


def test_what_progress_tells_is_of_the_whole_and_never_crosses() -> None:
    program, seen = apart([160, 150, 40]), []
    relaxed = lp.solve(program, relax=True)
    found = search.best_plan(program, relaxed, 0.04, "highs", watch=lp.Watch(60.0, seen.append))
    assert found.bound - found.objective <= 0.04 * found.objective + 1e-9
    for told in seen:
        assert told.best <= found.objective + 1e-9
        assert found.bound - 1e-9 <= told.bound <= relaxed.bound + 1e-9
    assert seen


def test_without_time_there_is_a_plan_of_every_part_and_a_true_bound() -> None:
    program = apart([160, 150, 40])
    relaxed = lp.solve(program, relax=True)
    found = search.best_plan(program, relaxed, 1e-9, "highs", watch=lp.Watch(0.0))
    assert found.status == "stopped"
    assert holds(program, found.values)
    assert 0.8 * relaxed.objective < found.objective <= found.bound <= relaxed.bound + 1e-6


def test_a_part_without_a_plan_leaves_the_whole_without_one() -> None:
    program = apart([160, 150])
    (one, _), (two, _) = program.rows[0].terms[:2]
    # half of each is what the relaxation takes
    program.row("one", "of two", [(one, 1.0), (two, 1.0)], "==", 1.0)
    program.row("both", "or none", [(one, 1.0), (two, -1.0)], "==", 0.0)
    relaxed = lp.solve(program, relax=True)
    assert relaxed.has_plan
    found = search.best_plan(program, relaxed, 0.2, "highs")
    assert found.status == "infeasible"
    assert not found.has_plan
