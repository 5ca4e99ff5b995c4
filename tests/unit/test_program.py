"""The wrapper around PuLP: statuses, values, prices, bounds and time limits can be trusted."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from nelfin import program as lp
from nelfin.errors import SolverError

pytestmark = pytest.mark.unit

both_solvers = pytest.mark.parametrize("solver", ["highs", "cbc"])


def program_of(
    values: list[float],
    *rows: tuple[str, list[float], str, float],
    low: float = 0.0,
    high: float | None = None,
    whole: bool = False,
) -> lp.Program:
    """Make a program from a value a column and (name, coefficients, sense, bound) a row."""
    program = lp.Program()
    for value in values:
        program.column(value, low, high, whole)
    for name, coefficients, sense, bound in rows:
        terms = [(i, value) for i, value in enumerate(coefficients) if value]
        program.row("row", name, terms, sense, bound)
    return program


def prices_of(found: lp.Solution) -> dict[object, float]:
    """Return the price of each row of `program_of` by its name."""
    assert {kind for kind, _ in found.prices} <= {"row"}
    return {key: price for (_, key), price in found.prices.items()}


def knapsacks(rows: int, columns: int, seed: int) -> tuple[lp.Program, float]:
    """Make a hard program whose optimum is known: one hidden choice fills every row exactly.

    Each column is worth the sum of its coefficients, so no choice is worth more than the sum of
    the bounds, and the hidden choice is worth exactly that.
    """
    rng = np.random.default_rng(seed)
    weights = rng.integers(100, 1000, (rows, columns))
    hidden = rng.permutation(columns) < columns // 2
    bounds = weights[:, hidden].sum(axis=1)
    program = program_of(
        [float(value) for value in weights.sum(axis=0)],
        *[
            (f"row {i}", [float(value) for value in weights[i]], "<=", float(bounds[i]))
            for i in range(rows)
        ],
        high=1.0,
        whole=True,
    )
    return program, float(bounds.sum())


@both_solvers
def test_prices_of_at_most_rows_are_the_gain_per_unit_of_bound(solver: lp.SolverName) -> None:
    # 2x + 3y, x + y <= 4, x + 3y <= 6: x = 3, y = 1; u + v = 2 and u + 3v = 3
    program = program_of([2, 3], ("a", [1, 1], "<=", 4), ("b", [1, 3], "<=", 6))
    found = lp.solve(program, solver, relax=True)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(9)
    assert found.values == pytest.approx([3, 1])
    assert prices_of(found) == pytest.approx({"a": 1.5, "b": 0.5})


@both_solvers
def test_prices_of_at_least_rows_are_never_positive(solver: lp.SolverName) -> None:
    # the mirror image: raising what must be reached costs
    program = program_of([-2, -3], ("a", [1, 1], ">=", 4), ("b", [1, 3], ">=", 6))
    found = lp.solve(program, solver, relax=True)
    assert found.objective == pytest.approx(-9)
    assert found.values == pytest.approx([3, 1])
    assert prices_of(found) == pytest.approx({"a": -1.5, "b": -0.5})


@both_solvers
@pytest.mark.parametrize(
    ("values", "high", "objective", "price"),
    [([1, 2], 3.0, 8.0, 1.0), ([-1, -2], 3.0, -7.0, -2.0)],
)
def test_price_of_an_equality_has_the_sign_of_the_gain(
    solver: lp.SolverName, values: list[float], high: float, objective: float, price: float
) -> None:
    # x + y = 5, both at most 3: the dearer fills up, the other takes the rest
    program = program_of(values, ("sum", [1, 1], "==", 5), high=high)
    found = lp.solve(program, solver, relax=True)
    assert found.objective == pytest.approx(objective)
    assert prices_of(found) == pytest.approx({"sum": price})


@both_solvers
def test_every_price_foretells_the_objective_of_a_moved_bound(solver: lp.SolverName) -> None:
    def solve(le: float = 10, ge: float = 4, eq: float = 5) -> lp.Solution:
        rows = (
            ("le", [1, 1, 0], "<=", le),
            ("ge", [0, 1, 0], ">=", ge),
            ("eq", [1, 0, 1], "==", eq),
        )
        return lp.solve(program_of([3, 2, -4], *rows), solver, relax=True)

    # x + z = 5 with z worth -4: x = 5, then y = 5 fills the first row: 15 + 10
    base = solve()
    assert base.objective == pytest.approx(25)
    assert prices_of(base) == pytest.approx({"le": 2, "ge": 0, "eq": 1})
    assert solve(le=10.5).objective - base.objective == pytest.approx(0.5 * prices_of(base)["le"])
    assert solve(ge=4.5).objective - base.objective == pytest.approx(0.5 * prices_of(base)["ge"])
    assert solve(eq=5.5).objective - base.objective == pytest.approx(0.5 * prices_of(base)["eq"])


@both_solvers
@pytest.mark.parametrize(
    "name", ["limit|Barts Health|2023/24", "a-b", "[x] -> y", "+1", "Ünïté", "a" * 300]
)
def test_prices_come_back_under_the_name_the_row_was_given(
    solver: lp.SolverName, name: str
) -> None:
    found = lp.solve(program_of([2.0], (name, [1], "<=", 3)), solver, relax=True)
    assert prices_of(found) == pytest.approx({name: 2.0})


@both_solvers
def test_rows_whose_names_differ_only_in_punctuation_are_two_rows(solver: lp.SolverName) -> None:
    rows = (("A-1", [1, 0], "<=", 3), ("A_1", [0, 1], "<=", 4), ("A 1", [1, 1], "<=", 6))
    found = lp.solve(program_of([2, 3], *rows), solver, relax=True)
    assert found.objective == pytest.approx(2 * 2 + 3 * 4)
    assert prices_of(found) == pytest.approx({"A-1": 0, "A_1": 1, "A 1": 2})


@both_solvers
def test_a_whole_number_program_has_no_prices(solver: lp.SolverName) -> None:
    program = program_of([2.0], ("a", [1], "<=", 3.5), whole=True)
    assert lp.solve(program, solver).prices == {}


@both_solvers
def test_relax_lets_whole_numbers_be_cut(solver: lp.SolverName) -> None:
    program = program_of([5, 4], ("a", [2, 3], "<=", 4), high=1.0, whole=True)
    whole, relaxed = lp.solve(program, solver), lp.solve(program, solver, relax=True)
    assert whole.values == pytest.approx([1, 0])
    assert whole.objective == pytest.approx(5)
    assert relaxed.values == pytest.approx([1, 2 / 3])
    assert relaxed.objective == pytest.approx(5 + 8 / 3)
    assert prices_of(relaxed) == pytest.approx({"a": 4 / 3})


@both_solvers
def test_bounds_of_columns_hold(solver: lp.SolverName) -> None:
    program = lp.Program()
    program.column(-1.0, low=-2.0, high=5.0)
    program.column(1.0, low=0.5, high=3.0)
    program.column(-1.0, low=1.5, high=None)
    found = lp.solve(program, solver)
    assert found.values == pytest.approx([-2, 3, 1.5])
    assert found.objective == pytest.approx(2 + 3 - 1.5)


@both_solvers
@pytest.mark.parametrize("whole", [False, True])
def test_contradicting_rows_are_infeasible_and_leave_no_values(
    solver: lp.SolverName, whole: bool
) -> None:
    rows = (("floor", [1, 0], ">=", 4), ("ceiling", [1, 0], "<=", 3))
    found = lp.solve(program_of([1, 1], *rows, high=9.0, whole=whole), solver)
    assert found.status == "infeasible"
    assert not found.has_plan
    assert np.isnan(found.values).all()
    assert np.isnan(found.objective)
    assert found.prices == {}


@both_solvers
def test_infeasible_in_whole_numbers_alone_is_read_as_infeasible(solver: lp.SolverName) -> None:
    program = program_of([1.0], ("half", [2], "==", 3), high=5.0, whole=True)
    assert lp.solve(program, solver, relax=True).objective == pytest.approx(1.5)
    found = lp.solve(program, solver)
    assert found.status == "infeasible"
    assert np.isnan(found.values).all()


@both_solvers
@pytest.mark.parametrize("whole", [False, True])
def test_unbounded_is_read_as_unbounded_and_leaves_no_values(
    solver: lp.SolverName, whole: bool
) -> None:
    found = lp.solve(program_of([1.0], ("floor", [1], ">=", 4), whole=whole), solver)
    assert found.status == "unbounded"
    assert not found.has_plan
    assert np.isnan(found.values).all()
    assert found.prices == {}


@both_solvers
def test_whole_columns_come_back_as_exact_whole_numbers(solver: lp.SolverName) -> None:
    rng = np.random.default_rng(11)
    for _ in range(10):
        weights = [float(value) for value in rng.uniform(1, 9, 12)]
        values = [float(value) for value in rng.uniform(1, 9, 12)]
        program = program_of(values, ("a", weights, "<=", 31.7), high=3.0, whole=True)
        found = lp.solve(program, solver)
        assert found.status == "optimal"
        assert (found.values % 1 == 0).all()
        assert found.objective == float(np.dot(values, found.values))
        assert np.dot(weights, found.values) <= 31.7


@both_solvers
def test_a_column_a_hair_from_a_whole_number_comes_back_whole(solver: lp.SolverName) -> None:
    # within the tolerance of CBC, which takes 0.9999995 for 1
    program = program_of([10.0], ("a", [100.00005], "<=", 100.0), high=1.0, whole=True)
    found = lp.solve(program, solver)
    assert found.values.tolist() in ([0.0], [1.0])
    assert found.objective in {0.0, 10.0}


@both_solvers
def test_columns_that_may_be_cut_are_not_rounded_beside_whole_ones(solver: lp.SolverName) -> None:
    program = lp.Program()
    program.column(10.0, whole=True)
    program.column(1.0)
    program.row("row", "a", [(0, 1.0), (1, 1.0)], "<=", 1.625)
    assert lp.solve(program, solver).values == pytest.approx([1, 0.625])


@both_solvers
def test_values_stay_in_the_order_of_their_columns(solver: lp.SolverName) -> None:
    # over ten columns and over a thousand: names must not be sorted as text
    program = program_of([float(i % 7) for i in range(1_200)], high=1.0, whole=True)
    program.row("row", "few", [(i, 1.0) for i in range(1_200)], "<=", 171.0)
    found = lp.solve(program, solver)
    assert set(np.flatnonzero(found.values) % 7) == {6}
    assert found.objective == pytest.approx(171 * 6)


@both_solvers
def test_a_program_without_rows_is_solved_by_its_bounds(solver: lp.SolverName) -> None:
    found = lp.solve(program_of([1, -1], high=5.0, whole=True), solver)
    assert found.values == pytest.approx([5, 0])
    assert found.status == "optimal"


@both_solvers
def test_a_program_in_which_nothing_is_worth_anything_has_objective_zero(
    solver: lp.SolverName,
) -> None:
    found = lp.solve(program_of([0, 0], ("a", [1, 1], ">=", 1), high=1.0, whole=True), solver)
    assert found.status == "optimal"
    assert found.objective == 0
    assert found.values.sum() >= 1


@both_solvers
def test_a_relaxation_is_its_own_bound(solver: lp.SolverName) -> None:
    program = program_of([5, 4], ("a", [2, 3], "<=", 4), high=1.0, whole=True)
    found = lp.solve(program, solver, relax=True)
    assert found.bound == found.objective


def test_at_gap_zero_the_bound_of_highs_meets_the_objective() -> None:
    program, best = knapsacks(1, 14, seed=5)
    found = lp.solve(program, "highs")
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(found.objective, rel=1e-9)


@pytest.mark.parametrize("gap", [0.0, 0.01, 0.2, 0.5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_gap_asked_of_highs_is_kept_and_its_bound_is_true(gap: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = [float(value) for value in rng.integers(10, 99, 30)]
    weights = [[float(value) for value in rng.integers(10, 99, 30)] for _ in range(3)]
    rows = [(f"r{i}", row, "<=", 500.0) for i, row in enumerate(weights)]
    program = program_of(values, *rows, high=1.0, whole=True)
    found = lp.solve(program, "highs", gap=gap)
    assert found.status == "optimal"
    best = lp.solve(program, "cbc").objective
    assert found.objective <= best + 1e-6
    assert found.bound >= best - 1e-6
    assert found.bound - found.objective <= gap * found.objective + 1e-6


def test_the_bound_of_cbc_is_what_its_log_proves() -> None:
    program, best = knapsacks(1, 14, seed=5)
    found = lp.solve(program, "cbc")
    assert found.objective == pytest.approx(best)
    assert found.bound == found.objective
    within = lp.solve(program, "cbc", gap=0.5)
    assert within.objective <= best <= within.bound * (1 + 1e-9)
    assert within.bound <= 1.5 * within.objective


@both_solvers
def test_a_time_limit_keeps_the_best_plan_found_and_a_true_bound(solver: lp.SolverName) -> None:
    program, best = knapsacks(6, 120, seed=4)
    found = lp.solve(program, solver, time_limit=1.0)
    assert found.status == "stopped"
    assert found.has_plan
    assert set(np.unique(found.values)) <= {0.0, 1.0}
    for row in program.rows:
        assert sum(value * found.values[i] for i, value in row.terms) <= row.bound + 1e-6
    assert 0.9 * best < found.objective < best
    if solver == "highs":
        assert found.bound >= best - 1e-6


@both_solvers
def test_stopped_before_any_plan_is_not_taken_for_infeasible(solver: lp.SolverName) -> None:
    # the hidden choice exists, but no solver meets six equalities in the time given
    program, _ = knapsacks(6, 60, seed=9)
    exact = lp.Program(program.value, program.low, program.high, program.whole)
    for row in program.rows:
        exact.row(row.kind, row.key, row.terms, "==", row.bound)
    found = lp.solve(exact, solver, time_limit=0.5)
    assert found.status == "no plan found"
    assert not found.has_plan
    assert np.isnan(found.values).all()
    assert np.isnan(found.objective)


@both_solvers
def test_the_same_program_gives_the_same_plan_twice(solver: lp.SolverName) -> None:
    program = program_of([1.0] * 12, ("a", [1.0] * 12, "<=", 5), high=1.0, whole=True)
    first, second = lp.solve(program, solver), lp.solve(program, solver)
    assert first.values.tolist() == second.values.tolist()


@both_solvers
def test_solving_leaves_the_program_as_it_was(solver: lp.SolverName) -> None:
    program = program_of([5, 4], ("a", [2, 3], "<=", 4), high=1.0, whole=True)
    before = (list(program.value), list(program.whole), list(program.rows))
    lp.solve(program, solver, relax=True)
    lp.solve(program, solver)
    assert (program.value, program.whole, program.rows) == before


def left_at(program: lp.Program, values: list[float]) -> lp.Solution:
    """Return a plan as a solver that stopped within its gap would leave it."""
    objective = float(np.dot(program.value, values))
    return lp.Solution("optimal", objective, 99.0, np.array(values, dtype=float), {}, 0.0)


def test_room_left_is_filled_by_the_best_that_fits() -> None:
    program = program_of([3, 5, 4], ("a", [3, 4, 5], "<=", 8), high=1.0, whole=True)
    found = lp.filled(program, left_at(program, [0, 0, 0]))
    assert found.values.tolist() == [1, 1, 0]
    assert found.objective == 8
    assert found.bound == 99


def test_filling_keeps_what_the_solver_chose_and_every_row() -> None:
    rows = (
        ("most", [1, 1, 1, 1], "<=", 3),
        ("either", [1, 1, 0, 0], "==", 1),
        ("least", [0, 0, -1, 0], ">=", 0),
    )
    program = program_of([1, 9, 9, 1], *rows, high=1.0, whole=True)
    found = lp.filled(program, left_at(program, [1, 0, 0, 0]))
    assert found.values.tolist() == [1, 0, 0, 1]


def test_filling_leaves_what_is_worth_nothing_and_what_may_be_cut() -> None:
    program = lp.Program()
    program.column(0.0, whole=True)
    program.column(-1.0, whole=True)
    program.column(5.0)
    program.row("row", "a", [(0, 1.0), (1, 1.0), (2, 1.0)], "<=", 9.0)
    assert lp.filled(program, left_at(program, [0, 0, 0])).values.tolist() == [0, 0, 0]


def test_filling_comes_back_to_a_follower_once_its_prerequisite_is_in() -> None:
    # the follower is worth more and so is tried first, before what it needs
    program = program_of([9, 1], ("needs", [1, -1], "<=", 0), high=1.0, whole=True)
    assert lp.filled(program, left_at(program, [0, 0])).values.tolist() == [1, 1]


def test_a_solver_that_dies_is_reported_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*args: object, **kwargs: object) -> None:
        raise pulp.PulpSolverError("no such executable")

    monkeypatch.setattr(pulp.LpProblem, "solve", dies)
    with pytest.raises(SolverError, match="cbc failed: no such executable"):
        lp.solve(program_of([1.0], high=1.0), "cbc")
