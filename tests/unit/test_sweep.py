"""Sweeps: every combination, the same on any executor, kept and gone on with."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nelfin
from nelfin.data import load_inputs
from nelfin.errors import InputError, WorkerError
from nelfin.report.text.sweeps import case_table, sweep_text
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.store.sweeps import open_sweep
from nelfin.system.capital import solve_capital
from nelfin.system.joint import join
from nelfin.system.sweep import _most_waiting, cases_of, run_batch, sweep, sweep_to

pytestmark = pytest.mark.unit

VARY: dict[str, list[Any]] = {
    "recovery.efficiency_pct": [3.0, 4.0, 5.0],
    "envelope.growth_pct.core": [2.0, 3.0, 4.0],
}


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_exact=True)


@pytest.fixture(scope="module")
def table(rough: Scenario) -> pd.DataFrame:
    return sweep(rough, VARY)


def test_every_combination_is_the_joint_run_of_it(rough: Scenario, table: pd.DataFrame) -> None:
    assert table["case"].nunique() == 9
    inputs = load_inputs(rough)
    plan = solve_capital(rough, inputs)
    for efficiency, growth in ((3.0, 2.0), (5.0, 3.0)):
        settings = {"recovery.efficiency_pct": efficiency, "envelope.growth_pct.core": growth}
        alone = join(changed(rough, settings), inputs, plan)
        mine = table[
            (table["recovery.efficiency_pct"] == efficiency)
            & (table["envelope.growth_pct.core"] == growth)
        ]
        reported = mine[mine["measure"] == "system_reported"].set_index("year")["value"]
        assert reported.to_dict() == alone.recovery["system_reported"].to_series().to_dict()
        budget = mine[mine["measure"] == "budget"].set_index(["of", "year"])["value"]
        expected = alone.budgets["budget"].sum("stream").sel(place="Newham", year="2030/31")
        assert budget["Newham", "2030/31"] == float(expected)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_gives_the_same_table(
    rough: Scenario, table: pd.DataFrame, kind: type
) -> None:
    with kind(2) as executor:
        assert sweep(rough, VARY, executor).equals(table)


def test_a_case_without_an_answer_is_a_row_with_its_error(rough: Scenario) -> None:
    mine = changed(rough, {"allocation.streams.core.rule": "ccg-2018-19"})
    found = sweep(mine, {"envelope.growth_pct.core": [-10.0, 6.0]})
    wrong = found[found["error"] != ""]
    assert wrong["envelope.growth_pct.core"].tolist() == [-10.0]
    assert "the least growth of the places needs" in wrong["error"].iloc[0]
    assert (found.loc[found["error"] == "", "envelope.growth_pct.core"] == 6.0).all()


def test_settings_of_capital_are_solved_again(rough: Scenario) -> None:
    found = sweep(rough, {"capital.price_growth_pct": [0.0, 6.0]})
    reported = found[(found["measure"] == "system_reported") & (found["year"] == "2032/33")]
    assert reported["value"].nunique() == 2


def test_what_is_kept_is_not_run_again(
    rough: Scenario, table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("nelfin.system.sweep.BATCH", 2)

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep_to(tmp_path / "s", rough, VARY, progress=stop)
    assert told == [(0, 9), (2, 9), (4, 9)]
    kept = sorted(path.name for path in (tmp_path / "s" / "batches").iterdir())
    assert kept == ["000000.parquet", "000001.parquet"]
    told.clear()
    with pytest.raises(InputError, match="holds a sweep that is not done"):
        open_sweep(tmp_path / "s")
    again = sweep_to(
        tmp_path / "s", rough, VARY, resume=True,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told[0] == (4, 9)
    assert told[-1] == (9, 9)
    same(again.table(), table)
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == [
        "cases.parquet", "sweep.json", "sweep.parquet",
    ]  # fmt: skip
    # one that is done is not run again, nor lost
    told.clear()
    done = sweep_to(
        tmp_path / "s", rough, VARY, resume=True,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(9, 9)]
    same(done.table(), table)


def test_a_folder_of_another_sweep_is_refused(
    rough: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"recovery.efficiency_pct": [4.0]}
    sweep_to(tmp_path / "s", rough, one)
    with pytest.raises(InputError, match=r"holds a sweep\. Add --resume"):
        sweep_to(tmp_path / "s", rough, one)
    other = {"recovery.efficiency_pct": [5.0]}
    with pytest.raises(InputError, match="holds another sweep"):
        sweep_to(tmp_path / "s", rough, other, resume=True)
    # a table that was edited since makes it another sweep
    monkeypatch.setattr("nelfin.system.sweep.input_hashes", lambda _: {"projects": "edited"})
    with pytest.raises(InputError, match="one of other tables"):
        sweep_to(tmp_path / "s", rough, one, resume=True)
    monkeypatch.undo()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        sweep_to(tmp_path / "full", rough, one)
    with pytest.raises(InputError, match="cannot be written"):
        sweep_to("/proc/nowhere/s", rough, one)
    with pytest.raises(InputError, match="is not the folder of a sweep"):
        open_sweep(tmp_path / "full")


def test_a_sweep_of_a_newer_version_is_refused(rough: Scenario, tmp_path: Path) -> None:
    one = {"recovery.efficiency_pct": [4.0]}
    sweep_to(tmp_path / "s", rough, one)
    file = tmp_path / "s" / "sweep.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": "9.1.0"}))
    for act in (open_sweep, lambda folder: sweep_to(folder, rough, one, resume=True)):
        with pytest.raises(InputError, match=r"was written by nelfin 9\.1\.0, which is newer"):
            act(tmp_path / "s")


def test_what_is_asked_for_is_read_and_no_more(
    rough: Scenario, table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nelfin.system.sweep.BATCH", 4)
    kept = sweep_to(tmp_path / "s", rough, VARY)
    assert len(kept) == 9
    assert len(kept.cases) == 9
    part = open_sweep(tmp_path / "s").table(measure="budget", of="Newham", year="2030/31")
    mine = table["measure"].eq("budget") & table["of"].eq("Newham") & table["year"].eq("2030/31")
    same(part, table[mine].reset_index(drop=True))
    same(kept.table(cases=[2, 7]), table[table["case"].isin([2, 7])].reset_index(drop=True))
    assert kept.errors().empty
    assert repr(kept) == "<nelfin.Sweep s, 9 cases>"


def test_each_case_is_told_with_its_balance(
    rough: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = changed(rough, {"allocation.streams.core.rule": "ccg-2018-19"})
    kept = sweep_to(tmp_path / "s", mine, {"envelope.growth_pct.core": [-10.0, 6.0]})
    found = case_table(kept).set_index("envelope.growth_pct.core")
    reported = kept.table(measure="system_reported").set_index("year")["value"]
    assert found.loc[6.0, "reported_gbp_m"] == reported["2032/33"]
    first = found.loc[6.0, "balance_from"]
    assert (reported[reported.index >= first] >= -0.05).all()
    assert reported[reported.index < first].iloc[-1] < -0.05
    assert pd.isna(found.loc[-10.0, "reported_gbp_m"])
    text = sweep_text(kept)
    assert "no answer" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert len(kept.errors()) == 1
    monkeypatch.setattr("nelfin.report.text.sweeps.SHOWN", 1)
    assert "and 1 more cases: read sweep.parquet." in sweep_text(kept)


def test_a_fault_in_one_case_does_not_cost_the_others(
    rough: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nelfin.system.recompute as module

    real = module.join

    def fragile(mine: Scenario, *rest: Any, **more: Any) -> Any:
        if mine.recovery.efficiency_pct == 4.0:
            raise ZeroDivisionError("no such luck")
        return real(mine, *rest, **more)

    monkeypatch.setattr(module, "join", fragile)
    found = sweep(rough, {"recovery.efficiency_pct": [3.0, 4.0, 5.0]})
    wrong = found[found["error"] != ""]
    assert wrong["case"].tolist() == [1]
    assert "fault of ours: ZeroDivisionError('no such luck')" in wrong["error"].iloc[0]
    assert found["case"].nunique() == 3


def die(_: Any) -> None:
    os._exit(9)


def test_a_worker_that_dies_is_said_to_have(
    rough: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nelfin.system.sweep.run_batch", die)
    with ProcessPoolExecutor(1) as executor, pytest.raises(WorkerError, match="A worker died"):
        sweep_to(tmp_path / "s", rough, VARY, executor)
    monkeypatch.setattr("nelfin.system.sweep.run_batch", run_batch)
    assert len(sweep_to(tmp_path / "s", rough, VARY, resume=True)) == 9


def test_no_batch_waits_half_written_for_a_process_that_may_die() -> None:
    with ProcessPoolExecutor(2) as processes, ThreadPoolExecutor(2) as threads:
        assert _most_waiting(processes) == 2
        assert _most_waiting(threads) > 100


def test_no_more_batches_are_handed_out_than_may_wait(
    rough: Scenario, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nelfin.system.sweep.BATCH", 1)
    monkeypatch.setattr("nelfin.system.sweep.AHEAD", 2)
    running: list[int] = []

    class Counting(ThreadPoolExecutor):
        def submit(self, *args: Any, **named: Any) -> Any:
            future = super().submit(*args, **named)
            running.append(0)
            future.add_done_callback(lambda _: running.pop())
            assert len(running) <= 2
            return future

    with Counting(1) as executor:
        same(sweep(rough, VARY, executor), table)


def test_keys_and_values_that_cannot_be_are_told_in_one_go(rough: Scenario) -> None:
    with pytest.raises(InputError) as caught:
        cases_of(
            rough,
            {
                "recovery.eficiency_pct": [3.0],
                "recovery.pressures_pct": [],
                "capital.gap_pct": [900.0],
                "capital.solver": ["gurobi"],
            },
        )
    text = str(caught.value)
    assert '--vary recovery.eficiency_pct: is not a setting. Did you mean "recovery.' in text
    assert "--vary recovery.pressures_pct: has no values" in text
    assert 'capital.gap_pct: is "900.0": should be less than or equal to 100' in text
    assert 'capital.solver: is "gurobi"' in text
    with pytest.raises(InputError, match="varies nothing"):
        cases_of(rough, {})
    with pytest.raises(InputError, match="1,210,000 cases"):
        cases_of(
            rough,
            {
                "recovery.efficiency_pct": list(range(1, 12)) * 100,
                "recovery.pressures_pct": [float(n % 50) for n in range(1100)],
            },
        )


def test_the_public_name_is_the_function() -> None:
    assert nelfin.sweep is sweep
    assert nelfin.sweep_to is sweep_to
    assert nelfin.open_sweep is open_sweep
