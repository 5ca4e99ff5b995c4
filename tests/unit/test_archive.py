"""A folder of runs as a table: what is there, what cannot be read, what fits, what is opened."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import nelfin
from nelfin.errors import InputError
from nelfin.report.text.runs import runs_text
from nelfin.result import Result, open_result
from nelfin.scenario import Scenario
from nelfin.store.archive import folder_of, list_runs, picked
from nelfin.system.sweep import sweep_to

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def root(result: Result, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, one of them older and in surplus from 2026/27, a sweep, and what is no run."""
    root = tmp_path_factory.mktemp("archive")
    now = result.save(root / "now", report=False)
    old = Path(shutil.copytree(now, root / "team" / "old"))
    record = json.loads((old / "run.json").read_text(encoding="utf-8"))
    record |= {"name": "Old", "started": "2025-01-31T09:00:00+00:00"}
    record["headline"] |= {"balance_from": "2026/27"}
    (old / "run.json").write_text(json.dumps(record), encoding="utf-8")
    sweep_to(root / "swept", scenario, {"recovery.efficiency_pct": [3.0, 4.0]})
    shutil.copytree(now, root / ".part.half")
    (root / "notes").mkdir()
    return root


def test_runs_are_listed_with_their_headline_figures(root: Path, result: Result) -> None:
    runs = list_runs(root).set_index("folder")
    assert set(runs.index) == {"now", "team/old", "swept"}
    now = runs.loc["now"]
    reported = result.data["system_reported"].to_series()
    assert now["reported_gbp_m"] == reported["2032/33"]
    # the first year from which there is no deficit any more, or none
    lasts = (reported >= -0.05)[::-1].cummin()[::-1]
    assert now["balance_from"] == next((year for year in lasts.index if lasts[year]), "")
    assert runs.loc["team/old", "balance_from"] == "2026/27"
    assert now["schemes_funded"] == (result.table("plan")["status"] != "not funded").sum()
    assert now["capital_used_gbp_m"] == pytest.approx(result.table("plan")["cdel_gbp_m"].sum())
    budgets = result.table("place_budgets")
    budgets = budgets[budgets["year"] == "2025/26"]
    wide = budgets.pivot_table(index="place", columns="measure", values="value", aggfunc="sum")
    dft = wide["budget"] / wide["target"] - 1
    assert (now["furthest_under_target"], now["dft"]) == (dft.idxmin(), pytest.approx(dft.min()))
    odds = result.table("odds").set_index(["measure", "year"])["value"]
    assert now["odds_of_balance"] == odds["odds_of_balance", "2032/33"]
    assert runs.loc["swept", ["kind", "cases", "varies", "remark"]].tolist() == [
        "sweep", 2, "recovery.efficiency_pct", "",
    ]  # fmt: skip
    assert list(list_runs(root)["folder"])[-1] == "team/old"


def test_what_cannot_be_read_is_listed_with_a_remark(root: Path, tmp_path: Path) -> None:
    newer = json.loads((root / "now" / "run.json").read_text(encoding="utf-8"))
    newer["versions"]["nelfin"] = "7.0.0"
    for name, text in (
        ("newer", json.dumps(newer)), ("broken", "{"), ("other", "[]"), ("empty", "{}"),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text, encoding="utf-8")
    (tmp_path / "half").mkdir()
    about = json.loads((root / "swept" / "sweep.json").read_text(encoding="utf-8"))
    (tmp_path / "half" / "sweep.json").write_text(json.dumps(about), encoding="utf-8")
    notes = list_runs(tmp_path).set_index("folder")["remark"].to_dict()
    unreadable = dict.fromkeys(("broken", "other", "empty"), "run.json cannot be read")
    assert notes == unreadable | {"newer": "of a newer version", "half": "not done"}
    text = runs_text(list_runs(tmp_path))
    assert "2 cases, not done" in text
    assert "of a newer version" in " ".join(text.split())
    with pytest.raises(InputError, match="does not exist"):
        list_runs(tmp_path / "nowhere")


def test_runs_are_picked_by_name_day_balance_and_kind(root: Path) -> None:
    runs = list_runs(root)

    def names(found: pd.DataFrame) -> set[str]:
        return set(found["folder"])

    assert names(picked(runs, name="OLD")) == {"team/old"}
    assert names(picked(runs, name="north east")) == {"now", "swept"}
    assert names(picked(runs, since=date(2025, 2, 1))) == {"now", "swept"}
    assert names(picked(runs, since=date(2025, 1, 31))) == {"now", "swept", "team/old"}
    assert names(picked(runs, balance_by="2027/28")) == {"team/old"}
    assert names(picked(runs, kind="sweep")) == {"swept"}
    assert runs_text(picked(runs, name="nobody")) == "No run fits."


def test_a_run_is_opened_by_its_name_or_as_the_latest(root: Path) -> None:
    runs = list_runs(root)
    assert folder_of(root, runs, "latest") == root / "now"
    assert folder_of(root, runs, "old") == root / "team" / "old"
    with pytest.raises(InputError, match="fits 2 runs: "):
        folder_of(root, runs, "o")
    with pytest.raises(InputError, match="fits no run"):
        folder_of(root, runs, "swept")
    with pytest.raises(InputError, match="holds no run that fits"):
        folder_of(root, picked(runs, kind="sweep"), "latest")


def test_a_list_fits_80_columns(root: Path) -> None:
    text = runs_text(list_runs(root))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "furthest under" in text
    assert "by, %" in text
    assert re.search(r"Newham +\(4\.2\)$", text, flags=re.M)


def test_a_run_folder_of_a_newer_version_is_refused(result: Result, tmp_path: Path) -> None:
    folder = result.save(tmp_path / "run", report=False)
    file = folder / "run.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    major, minor, _ = nelfin.__version__.split(".")
    for wrote, fits in (
        (f"{major}.{int(minor) + 1}.0", False),
        (f"{int(major) + 1}.0.0", False),
        (f"{major}.{minor}.99", True),
    ):
        record["versions"]["nelfin"] = wrote
        file.write_text(json.dumps(record), encoding="utf-8")
        if fits:
            assert open_result(folder).name == result.name
        else:
            with pytest.raises(InputError, match=rf"was written by nelfin {wrote}, which is newer"):
                open_result(folder)
    file.write_text(json.dumps({"capital": {}, "versions": []}), encoding="utf-8")
    with pytest.raises(InputError, match=r"run\.json is not as nelfin writes it"):
        open_result(folder)
