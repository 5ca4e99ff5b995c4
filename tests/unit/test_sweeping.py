"""Sweeps: every combination, the same on any executor, kept and gone on with."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nelfin
from nelfin.data import load_inputs
from nelfin.errors import InputError
from nelfin.joint import join, solve_capital
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.sweeping import cases_of, sweep

pytestmark = pytest.mark.unit

VARY: dict[str, list[Any]] = {
    "recovery.efficiency_pct": [3.0, 4.0, 5.0],
    "envelope.growth_pct.core": [2.0, 3.0, 4.0],
}


@pytest.fixture(scope="module")
def table(scenario: Scenario) -> pd.DataFrame:
    return sweep(scenario, VARY)


def test_every_combination_is_the_joint_run_of_it(scenario: Scenario, table: pd.DataFrame) -> None:
    assert table["case"].nunique() == 9
    inputs = load_inputs(scenario)
    plan = solve_capital(scenario, inputs)
    for efficiency, growth in ((3.0, 2.0), (5.0, 3.0)):
        settings = {"recovery.efficiency_pct": efficiency, "envelope.growth_pct.core": growth}
        alone = join(changed(scenario, settings), inputs, plan)
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
    scenario: Scenario, table: pd.DataFrame, kind: type
) -> None:
    with kind(2) as executor:
        assert sweep(scenario, VARY, executor).equals(table)


def test_a_case_without_an_answer_is_a_row_with_its_error(scenario: Scenario) -> None:
    mine = changed(scenario, {"allocation.streams.core.rule": "ccg-2018-19"})
    found = sweep(mine, {"envelope.growth_pct.core": [-10.0, 6.0]})
    wrong = found[found["error"] != ""]
    assert wrong["envelope.growth_pct.core"].tolist() == [-10.0]
    assert "the least growth of the places needs" in wrong["error"].iloc[0]
    assert (found.loc[found["error"] == "", "envelope.growth_pct.core"] == 6.0).all()


def test_settings_of_capital_are_solved_again(scenario: Scenario) -> None:
    found = sweep(scenario, {"capital.price_growth_pct": [0.0, 6.0]})
    reported = found[(found["measure"] == "system_reported") & (found["year"] == "2032/33")]
    assert reported["value"].nunique() == 2


def test_what_is_kept_is_not_run_again(
    scenario: Scenario, table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("nelfin.sweeping.BATCH", 2)

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(scenario, VARY, folder=tmp_path / "s", progress=stop)
    assert told == [(0, 9), (2, 9), (4, 9)]
    kept = sorted(path.name for path in (tmp_path / "s" / "batches").iterdir())
    assert kept == ["000000.parquet", "000001.parquet"]
    told.clear()
    again = sweep(
        scenario, VARY, folder=tmp_path / "s", resume=True,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told[0] == (4, 9)
    assert told[-1] == (9, 9)
    pd.testing.assert_frame_equal(again, table)


def test_a_folder_of_another_sweep_is_refused(scenario: Scenario, tmp_path: Path) -> None:
    one = {"recovery.efficiency_pct": [4.0]}
    sweep(scenario, one, folder=tmp_path / "s")
    with pytest.raises(InputError, match=r"holds a sweep\. Add --resume"):
        sweep(scenario, one, folder=tmp_path / "s")
    with pytest.raises(InputError, match="holds another sweep"):
        sweep(scenario, {"recovery.efficiency_pct": [5.0]}, folder=tmp_path / "s", resume=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        sweep(scenario, one, folder=tmp_path / "full")
    with pytest.raises(InputError, match="cannot be written"):
        sweep(scenario, one, folder="/proc/nowhere/s")


def test_keys_and_values_that_cannot_be_are_told_in_one_go(scenario: Scenario) -> None:
    with pytest.raises(InputError) as caught:
        cases_of(
            scenario,
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
        cases_of(scenario, {})
    with pytest.raises(InputError, match="1,210,000 cases"):
        cases_of(
            scenario,
            {
                "recovery.efficiency_pct": list(range(1, 12)) * 100,
                "recovery.pressures_pct": [float(n % 50) for n in range(1100)],
            },
        )


def test_the_public_name_is_the_function() -> None:
    assert nelfin.sweep is sweep
