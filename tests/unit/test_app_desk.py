"""The desk of the app: figures to the bit those of a run, plans drawn up once, nothing stale."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr
from app_case import CAPITAL, QUICK, seen_by, small_scenario

from nelfin.app import desk as desk_file
from nelfin.app.desk import IN_FORCE, Desk, Pending
from nelfin.app.moves import read_moves
from nelfin.app.worker import MOST_WAITING, BusyError, Worker
from nelfin.errors import NoAnswerError
from nelfin.program import Watch
from nelfin.system.draws import draw_positions
from nelfin.system.odds import odds_of_balance
from nelfin.system.recompute import Outcome, outcome_of

pytestmark = pytest.mark.unit


def same(one: Outcome, other: Outcome) -> None:
    for part in ("budgets", "prevention", "recovery", "charges"):
        xr.testing.assert_identical(getattr(one.joint, part), getattr(other.joint, part))
    pd.testing.assert_frame_equal(one.joint.plan.plan, other.joint.plan.plan)


@pytest.fixture
def own(tmp_path: Path, desk: Desk) -> Iterator[Desk]:
    """A desk of the test's own, which has not seen anything yet."""
    made = Desk(desk.scenario, desk.base.outcome)
    yield made
    made.close()


@pytest.mark.parametrize(
    "moves",
    [{}, QUICK, CAPITAL, {"prevention.share_end_pct": "6"}, {"capital.feedback": "yes"},
     {**QUICK, **CAPITAL}, {"allocation.streams.core.rule": "full"}],
    ids=lambda moves: ", ".join(moves) or "nothing",
)  # fmt: skip
def test_figures_are_to_the_bit_those_worked_out_anew(desk: Desk, moves: dict[str, str]) -> None:
    seen = seen_by(desk, moves)
    same(seen.outcome, outcome_of(seen.scenario))


def test_the_order_of_moves_changes_no_figure(own: Desk) -> None:
    for moves in (QUICK, {**QUICK, **CAPITAL}, CAPITAL, {"recovery.support_gbp_m": "20"}):
        seen = seen_by(own, moves)
        same(seen.outcome, outcome_of(seen.scenario))


def test_what_leaves_the_plan_alone_keeps_it_and_what_does_not_draws_it_up(own: Desk) -> None:
    quick = own.look(read_moves(own.scenario, QUICK.items()))
    assert not isinstance(quick, Pending)
    assert quick.outcome.joint.plan is own.base.outcome.joint.plan
    assert quick.same_plan
    assert not seen_by(own, CAPITAL).same_plan


def test_a_plan_drawn_up_anew_keeps_to_the_one_before(desk: Desk) -> None:
    seen = seen_by(desk, CAPITAL)
    assert seen.scenario.data.plan_in_force == desk.plan_file()
    base = desk.base.outcome.joint.plan.plan
    funded = base.loc[base["status"] != "not funded", "project_id"]
    assert seen.outcome.inputs.plan_in_force["project_id"].tolist() == funded.tolist()
    assert seen.outcome.joint.plan.solve.changed is not None
    assert seen_by(desk, QUICK).scenario.data.plan_in_force == desk.scenario.data.plan_in_force


def test_a_plan_in_part_has_no_starts_to_keep(desk: Desk) -> None:
    made = desk.moved(read_moves(desk.scenario, [("capital.relax", "yes")]))
    assert IN_FORCE not in {key for key, origin in made.origins.items() if origin == ""}
    assert seen_by(desk, {"capital.relax": "yes"}).outcome.joint.plan.solve.changed is None


def test_while_a_plan_is_drawn_up_none_is_shown(own: Desk, monkeypatch: Any) -> None:
    go_on = threading.Event()
    recompute = desk_file.recompute

    def slow(before: Outcome, scenario: Any, watch: Watch | None = None) -> Outcome:
        assert watch is None or go_on.wait(10)
        return recompute(before, scenario, watch)

    monkeypatch.setattr(desk_file, "recompute", slow)
    moves = read_moves(own.scenario, CAPITAL.items())
    assert isinstance(own.look(moves, wait_s=0.0), Pending)
    # what leaves the plan alone is worked out meanwhile
    assert not isinstance(own.look(read_moves(own.scenario, QUICK.items())), Pending)
    assert isinstance(own.look(moves, wait_s=0.0), Pending)
    go_on.set()
    assert not isinstance(own.look(moves, wait_s=10.0), Pending)


def test_a_plan_that_nobody_waits_for_any_more_is_stopped(own: Desk, monkeypatch: Any) -> None:
    started, stopped = threading.Event(), threading.Event()
    recompute = desk_file.recompute

    def endless(before: Outcome, scenario: Any, watch: Watch | None = None) -> Outcome:
        if watch is None or scenario.capital.price_growth_pct != 6:
            return recompute(before, scenario, watch)
        started.set()
        while not watch.stopped:
            time.sleep(0.002)
        stopped.set()
        raise NoAnswerError("stopped")

    monkeypatch.setattr(desk_file, "recompute", endless)
    first, then = (
        read_moves(own.scenario, [("capital.price_growth_pct", text)]) for text in ("6", "5")
    )
    own.look(first, page="one", wait_s=0.0)
    assert started.wait(10)
    look = own.look(then, page="one", wait_s=10.0)
    assert stopped.is_set()
    assert not isinstance(look, Pending)
    # it is no answer to whoever asks for it later
    assert isinstance(own.look(first, page="two", wait_s=0.0), Pending)


def test_a_plan_that_another_page_waits_for_goes_on(own: Desk, monkeypatch: Any) -> None:
    go_on = threading.Event()
    recompute = desk_file.recompute

    def slow(before: Outcome, scenario: Any, watch: Watch | None = None) -> Outcome:
        assert go_on.wait(10)
        return recompute(before, scenario, watch)

    monkeypatch.setattr(desk_file, "recompute", slow)
    first, then = (
        read_moves(own.scenario, [("capital.price_growth_pct", text)]) for text in ("6", "5")
    )
    for page in ("one", "two"):
        own.look(first, page=page, wait_s=0.0)
    own.look(then, page="one", wait_s=0.0)
    go_on.set()
    assert not isinstance(own.look(first, page="two", wait_s=10.0), Pending)
    assert not isinstance(own.look(then, page="one", wait_s=10.0), Pending)


def test_no_plan_is_said_at_once_when_it_is_asked_for_again(own: Desk) -> None:
    moves = {"capital.must_in": "; ".join(own.base.outcome.inputs.projects["project_id"]),
             "capital.price_growth_pct": "100"}  # fmt: skip
    with pytest.raises(NoAnswerError) as first:
        seen_by(own, moves)
    with pytest.raises(NoAnswerError) as again:
        own.look(read_moves(own.scenario, moves.items()), wait_s=0.0)
    assert str(first.value) == str(again.value)
    assert "limit" in str(first.value)


def test_a_search_that_runs_out_of_the_apps_time_is_no_answer(own: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_file, "PLAN_S", 1e-9)
    with pytest.raises(NoAnswerError, match="in the time that the app gives it"):
        seen_by(own, CAPITAL)


def test_a_fault_of_ours_is_told_and_the_worker_goes_on(own: Desk, monkeypatch: Any) -> None:
    recompute = desk_file.recompute

    def broken(before: Outcome, scenario: Any, watch: Watch | None = None) -> Outcome:
        if watch is not None and scenario.capital.price_growth_pct == 6:
            raise ZeroDivisionError
        return recompute(before, scenario, watch)

    monkeypatch.setattr(desk_file, "recompute", broken)
    with pytest.raises(NoAnswerError, match=r"A fault of ours.*ZeroDivisionError"):
        seen_by(own, CAPITAL)
    assert seen_by(own, {"capital.price_growth_pct": "5"}).scenario.capital.price_growth_pct == 5


def test_odds_are_those_of_a_run(desk: Desk) -> None:
    seen = seen_by(desk, QUICK)
    for _ in range(500):
        if desk.odds(seen):
            break
        time.sleep(0.02)
    case = seen.outcome
    positions = draw_positions(case.scenario, case.inputs, case.joint, 1_000, 0)
    assert seen.odds == odds_of_balance(positions).to_series().to_dict()


def test_only_so_much_is_kept_and_the_plan_as_it_stands_always(own: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_file, "KEPT", 5)
    for number in range(12):
        own.look(read_moves(own.scenario, [("recovery.support_gbp_m", str(number + 1))]))
    assert len(own._found) == 5
    assert () in own._found


def test_many_threads_find_the_same(own: Desk) -> None:
    cases = [{"recovery.support_gbp_m": str(n % 4)} | (CAPITAL if n % 5 == 0 else {})
             for n in range(20)]  # fmt: skip
    cases = [{**case, "recovery.support_gbp_m": str(n % 4)} for n, case in enumerate(cases)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda case: seen_by(own, case), cases))
    for case, seen in zip(cases, found, strict=True):
        assert seen.scenario.recovery.support_gbp_m == float(case["recovery.support_gbp_m"])
        assert seen.reported.equals(seen_by(own, case).reported)
    for seen in {seen.key: seen for seen in found}.values():
        same(seen.outcome, outcome_of(seen.scenario))


def test_only_so_many_jobs_wait() -> None:
    worker, go_on = Worker(), threading.Event()

    def wait(_watch: Watch) -> None:
        go_on.wait(10)

    jobs = [worker.ask("plan", n, wait, 10.0) for n in range(MOST_WAITING)]
    with pytest.raises(BusyError, match="Wait a little"):
        worker.ask("plan", "one more", wait, 10.0)
    assert worker.ask("plan", 0, wait, 10.0) is jobs[0]
    go_on.set()
    assert all(job.ended.wait(10) for job in jobs)
    worker.close()


def test_plans_come_before_odds() -> None:
    worker, go_on, done = Worker(), threading.Event(), []
    first = worker.ask("plan", 0, lambda _: go_on.wait(10), 10.0)
    jobs = [worker.ask(kind, 1, lambda _, kind=kind: done.append(kind), 10.0)
            for kind in ("odds", "plan")]  # fmt: skip
    go_on.set()
    assert first.ended.wait(10)
    assert all(job.ended.wait(10) for job in jobs)
    assert done == ["plan", "odds"]
    worker.close()


def test_a_scenario_with_a_plan_in_force_keeps_to_that(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path)
    first = outcome_of(scenario).joint.plan.plan
    file = tmp_path / "mine.csv"
    first[["project_id", "start_year"]].to_csv(file, index=False)
    from nelfin.scenario.change import changed

    own = Desk(changed(scenario, {IN_FORCE: str(file)}))
    assert own.moved({"capital.price_growth_pct": 6.0}).data.plan_in_force == file
    own.close()
