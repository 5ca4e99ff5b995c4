"""`nelfin compare`: two runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run
from systems import write_system

import nelfin
from nelfin.result import Result
from nelfin.scenario.load import packaged_folder

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with more efficiency and a table of its own."""
    folder = tmp_path_factory.mktemp("other")
    source = packaged_folder() / "positions.csv"
    (folder / "positions.csv").write_text(source.read_text(encoding="utf-8").replace("-35", "-40"))
    scenario = nelfin.load_scenario(
        overrides={
            "name": "Harder",
            "recovery.efficiency_pct": 5.0,
            "data.positions": str(folder / "positions.csv"),
        }
    )
    return nelfin.run(scenario, draws=200, seed=1).save(folder / "run", report=False)


def test_settings_come_first_then_results_by_size(
    run_folder: Path, other: Path, result: Result
) -> None:
    found = nelfin.compare(result, nelfin.open_result(other))
    settings = found.settings.set_index("setting")
    assert list(settings.index) == ["recovery.efficiency_pct"]
    shown = settings.loc["recovery.efficiency_pct", found.names].tolist()
    assert shown == ["4 (range 3 to 5)", "5 (range 4 to 6)"]
    cells = found.cells[["table", "row", "column", *found.names]]
    assert cells.values.tolist() == [
        ["positions", "system, 2024/25, 0, plan", "value_gbp_m", "-35", "-40"],
        ["positions", "trusts, 2024/25, 0, plan", "value_gbp_m", "-35.6", "-40.6"],
    ]
    changes = found.results["change"].abs()
    assert changes.is_monotonic_decreasing
    line = found.results.set_index(["measure", "of", "year"]).loc[
        ("reported position", "system", "2024/25")
    ]
    assert line[found.names].tolist() == pytest.approx([-35.0, -40.0])
    assert not any("cells are not compared" in flag for flag in found.flags)


def test_what_a_run_does_not_have_is_left_out_with_a_word(result: Result, tmp_path: Path) -> None:
    """A year, a place or an organisation that one of them lacks is not nothing there."""
    file = write_system(tmp_path / "system", places=3, schemes=20)
    other = nelfin.run(nelfin.load_scenario(file, {"years.last": "2030/31"}))
    found = nelfin.compare(result, other)
    assert not found.results.isna().to_numpy().any()
    assert found.results["year"].max() == "2030/31"
    common = set(map(str, result.data["place"].values)) & set(map(str, other.data["place"].values))
    assert set(found.results.loc[found.results["measure"] == "budget", "of"]) <= common
    assert "Reported position, 2030/31" in set(found.headline["figure"])
    flags = " ".join(found.flags)
    assert "Plans of other years, compared in those that all have" in flags
    assert "Places that not every run has are left out" in flags


def test_a_run_is_like_itself(result: Result) -> None:
    found = nelfin.compare(result, result)
    assert found.settings.empty
    assert found.results.empty
    assert found.flags == []
    assert len(set(found.names)) == 2


def test_the_command_prints_what_differs_and_why(
    run_folder: Path, other: Path, tmp_path: Path
) -> None:
    done = run("compare", str(run_folder), str(other), "--causes", "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for text in ("Efficiency asked", "positions,", "HEADLINE FIGURES", "LARGEST CHANGES, £m",
                 "REPORTED POSITION OF THE SYSTEM BY CAUSE, £m"):  # fmt: skip
        assert text in done.stdout
    causes = pd.read_csv(tmp_path / "tables" / "causes.csv")
    wide = causes.pivot(index="cause", columns="year", values="value")
    assert wide.drop(index="scenario").sum().to_dict() == pytest.approx(
        wide.loc["scenario"].to_dict(), abs=1e-9
    )
    as_json = json.loads(run("compare", str(run_folder), str(other), "--json", cwd=tmp_path).stdout)
    assert len(as_json["runs"]) == 2
    assert {row["table"] for row in as_json["cells"]} == {"positions"}


def test_what_is_not_a_run_is_refused(run_folder: Path, tmp_path: Path) -> None:
    one = run("compare", str(run_folder), cwd=tmp_path)
    assert one.returncode == 2
    assert "is given 1 run. Name two or more." in one.stderr
    wrong = run("compare", str(run_folder), "nowhere", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "nowhere: does not exist. Check the path and the name." in wrong.stderr
