"""A search that is stopped keeps its best plan; the clock is one over all of it."""

from __future__ import annotations

import signal

import numpy as np
import pandas as pd
import pytest
from capital_plans import plan_of, scheme

from nelfin import program as lp
from nelfin.cli.watching import ended, watched, words_of
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.solving import require_answer
from nelfin.program.cbc import _proven

pytestmark = pytest.mark.unit

CASE = Case(pd.DataFrame(), pd.DataFrame(), [], lp.Program(), [], Settings())

both_solvers = pytest.mark.parametrize("solver", ["highs", "cbc"])


def hard(columns: int = 90, seed: int = 5) -> lp.Program:
    """Make a program that no solver proves best in a minute."""
    rng = np.random.default_rng(seed)
    program = lp.Program()
    for value in rng.uniform(50.0, 60.0, columns):
        program.column(float(value), whole=True)
    for year in range(8):
        costs = rng.uniform(40.0, 60.0, columns)
        program.row("year", year, list(enumerate(costs.tolist())), "<=", float(costs.sum() / 3))
    return program


def holds(program: lp.Program, found: lp.Solution) -> bool:
    used = [sum(cost * found.values[i] for i, cost in row.terms) for row in program.rows]
    return all(use <= row.bound + 1e-6 for use, row in zip(used, program.rows, strict=True))


def test_a_search_that_is_stopped_keeps_its_best_plan_with_a_true_bound() -> None:
    program, seen = hard(), []

    def show(progress: lp.Progress) -> None:
        seen.append(progress)
        if progress.best > 0 and np.isfinite(progress.bound):
            watch.stop()

    watch = lp.Watch(60.0, show)
    found = lp.solve(program, watch=watch)
    assert found.status == "stopped"
    assert holds(program, found)
    assert found.objective == pytest.approx(np.dot(program.value, found.values))
    assert found.bound >= found.objective >= seen[-1].best - 1e-9
    assert lp.solve(program, relax=True).bound >= found.bound - 1e-6
    assert watch.over


def test_cbc_that_does_not_hear_it_leaves_a_plan_made_in_haste(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nelfin.program.watch.GRACE", 0.0)
    program = hard()
    watch = lp.Watch(2.0, lambda _: watch.stop())
    relaxed = lp.solve(program, relax=True)
    found = best_plan(program, relaxed, 0.0, "cbc", watch=watch)
    assert found.status == "stopped"
    assert holds(program, found)
    assert found.bound >= relaxed.objective >= found.objective > 0


def test_the_log_of_cbc_proves_what_its_last_search_says() -> None:
    cut = "Cbc0010I After 9 nodes, 1 on tree, -7 best solution, best possible -9 (0.1 seconds)\n"
    done = "Cbc0001I Search completed - best objective -8, took 9 iterations and 2 nodes\n"
    part = "Cbc0005I Partial search - best objective -8 (best possible -8.5), took 9 iterations\n"
    gap = "Cbc0011I Exiting as integer gap of 0.25 less than 1e-09 or 5%\n"
    assert np.isnan(_proven(cut))
    assert _proven(cut + done) == 8
    assert _proven(part + done) == 8
    assert _proven(done + part) == pytest.approx(8.5)
    assert _proven(gap + done) == pytest.approx(8.25)
    assert _proven(gap + done) > 8.25


def test_a_solver_that_does_not_end_is_left_with_the_plan_it_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nelfin.program.watch.GRACE", 0.0)
    watch = lp.Watch(3.0)
    watch.show = lambda progress: watch.stop() if progress.best > 0 else None
    program = hard()
    found = lp.solve(program, watch=watch)
    assert found.status == "stopped"
    assert holds(program, found)
    assert not found.bound < found.objective


@both_solvers
def test_ctrl_c_ends_a_search_that_nobody_watches(solver: lp.SolverName) -> None:
    watch = lp.Watch(3.0)

    def show(_: lp.Progress) -> None:
        raise KeyboardInterrupt

    watch.show = show
    with pytest.raises(KeyboardInterrupt):
        lp.solve(hard(), solver, watch=watch)
    assert watch.stopped


def test_a_plan_stopped_by_a_person_says_so_and_leaves_prices_unconfirmed() -> None:
    rng = np.random.default_rng(2)
    rows = [scheme(f"P{n}", rng.uniform(4, 6, 3).tolist(), rng.uniform(5, 6)) for n in range(60)]
    watch = lp.Watch(60.0)
    watch.show = lambda progress: watch.stop() if progress.best > 0 else None
    plan = plan_of(rows, [60] * 6, watch=watch, discount_rate_pct=3.5)
    account = plan.solve
    assert (account.status, account.stopped_by) == ("stopped", "you")
    assert 0 < account.gap < 0.2
    assert account.bound >= account.objective > 0
    assert plan.prices["gain_of_1m_more"].isna().all()
    assert ended(account) == (
        " Stopped by you. There was no time to confirm the prices of capital: prices.csv leaves "
        "them blank."
    )


def test_a_plan_without_time_for_the_relaxation_has_no_prices_and_says_so() -> None:
    rows = [scheme(f"P{n}", 3.0, n + 1.0) for n in range(9)]
    plan = plan_of([*rows, scheme("M", 2.0, 0.0, must_fund="yes")], [6, 6], time_limit_s=1e-9)
    assert plan.solve.status == "stopped"
    assert plan.solve.stopped_by == "time"
    # one of the dear ones fits beside what must be in, two in the other year
    assert plan.solve.objective == pytest.approx(9 + 8 + 7)
    assert plan.solve.bound >= 24
    assert plan.limits["price_per_gbp_m"].isna().all()
    assert plan.plan["reason"].str.contains("time ran out").all()


def test_stopped_before_there_is_a_plan_is_no_answer() -> None:
    none = lp.Solution("no plan found", np.nan, np.nan, np.zeros(0), {}, 1.0)
    with pytest.raises(NoAnswerError, match="Stopped by you"):
        require_answer(none, CASE, lp.Watch(60.0, stopped=True))
    with pytest.raises(NoAnswerError, match="found no plan in 1 seconds"):
        require_answer(none, CASE, lp.Watch(60.0))


def test_the_status_is_that_of_the_gap_told_though_the_time_ran_out() -> None:
    # the relaxation is whole already, so that even a plan made in haste is the best
    rows = [scheme("A", 3, 5), scheme("B", 2, 4)]
    watch = lp.Watch(60.0)
    watch.show = None
    plan = plan_of(rows, [5], watch=watch)
    assert (plan.solve.status, plan.solve.stopped_by) == ("optimal", "")
    assert ended(plan.solve) == ""


# Signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_a_search_and_the_second_ends_the_command(
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)
    with watched(60.0) as watch:
        watch.searching = True
        signal.raise_signal(number)
        assert watch.stopped
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) == before


def test_a_signal_while_nothing_is_searched_ends_the_command() -> None:
    with watched(None) as watch, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert not watch.stopped


def test_progress_is_a_line_that_can_be_read() -> None:
    inf = float("inf")
    assert words_of(lp.Progress(-inf, 12.0, 3.2)) == "No plan yet. 3 s"
    assert words_of(lp.Progress(200.0, inf, 3.2)) == "Best plan 200.0. 3 s. Ctrl-C keeps it."
    assert words_of(lp.Progress(200.0, 201.0, 3.2)) == (
        "Best plan 200.0, no plan above 201.0: within 0.50 %. 3 s. Ctrl-C keeps it."
    )


def test_what_is_searched_aside_moves_the_clock_and_not_what_is_known() -> None:
    seen: list[lp.Progress] = []
    watch = lp.Watch(60.0, seen.append)
    watch.tell(5.0, 8.0)
    with watch.aside():
        watch.tell(100.0, 1.0)
    watch.tell(6.0, 7.0)
    assert [told[:2] for told in seen] == [(5.0, 8.0), (5.0, 8.0), (6.0, 7.0)]
    assert seen[0].seconds <= seen[1].seconds <= seen[2].seconds
