"""A run folder is whole: the run is done again from it, whatever became of what it has read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from command import run

import nelfin
from nelfin.cli.run import _default_folders, _save
from nelfin.data import load
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.scenario.load import packaged_folder
from nelfin.store.archive import list_runs
from nelfin.store.kept import changed_originals, read_record
from nelfin.store.writing import whole_folder
from nelfin.system.explain import explain

pytestmark = pytest.mark.e2e

OWN = """\
schema = 1
extends = "nel"
name = "Ours"

[data]
capital_limits = "limits.csv"

[allocation.streams.core]
opening = "where we stand.csv"

[capital]
relax = true
"""


def write_plan(folder: Path, limit: str) -> Path:
    """Write a plan with a limit of 2026/27 and openings of its own."""
    text = (packaged_folder() / "capital_limits.csv").read_text(encoding="utf-8")
    assert "2026/27,86," in text
    (folder / "limits.csv").write_text(text.replace("2026/27,86,", f"2026/27,{limit},"))
    openings = pd.read_csv(packaged_folder() / "openings.csv", dtype=str, keep_default_na=False)
    ours = openings[openings["opening"] == "cash-share-2018-19"].drop(columns="opening")
    ours.to_csv(folder / "where we stand.csv", index=False)
    file = folder / "ours.toml"
    file.write_text(OWN, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of a plan whose limits were edited since, and then deleted."""
    desk = tmp_path_factory.mktemp("desk")
    file = write_plan(desk, "70")
    ran = nelfin.run(nelfin.load_scenario(file), name="cut", note="Half the limit")
    ran.save(desk / "run", report=False)
    write_plan(desk, "50")
    return desk


def files(folder: Path) -> dict[str, bytes]:
    """Return what a run folder holds by path, without the times of its account."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


def test_a_run_is_the_same_to_the_byte_when_what_it_read_is_edited_and_gone(desk: Path) -> None:
    record = read_record(desk / "run")
    (told,) = changed_originals(record)
    assert told == f"{desk / 'limits.csv'} has changed since the run; the copy it keeps is read."
    moved = desk.parent / "moved"
    shutil.copytree(desk / "run", moved)
    (desk / "limits.csv").unlink()
    (desk / "where we stand.csv").unlink()
    assert [note.rpartition(" is ")[0].partition(" is ")[0] for note in changed_originals(record)]
    again = nelfin.run(nelfin.load_scenario(moved)).save(desk.parent / "again", report=False)
    assert files(again) == files(desk / "run")
    sources = pd.read_csv(again / "tables" / "sources.csv", keep_default_na=False)
    shown = sources.loc[sources["figure"] == "allocation.streams.core.opening", "value"]
    assert shown.tolist() == ["where we stand.csv"], "no folder of a machine in a result"
    write_plan(desk, "50")


def test_a_run_says_what_it_changes_from_the_plan_it_extends(desk: Path) -> None:
    ran = nelfin.open_result(desk / "run")
    changes = ran.table("changes").set_index(["where", "row", "figure"])
    assert changes.loc[("capital_limits", "2026/27", "limit_gbp_m"), ["from", "to"]].tolist() == [
        "86", "70",
    ]  # fmt: skip
    assert changes.loc[("scenario", "", "capital.relax"), ["from", "to"]].tolist() == [
        "False", "True",
    ]  # fmt: skip
    assert changes.loc[("scenario", "", "allocation.streams.core.opening"), "to"] == (
        "where we stand.csv"
    )
    text = ran.summary()
    for words in ("Run: cut.", "Note: Half the limit", "CHANGED FROM THE BASE, North East London",
                  "Capital limits, 2026/27: limit, £m: from 86 to 70"):  # fmt: skip
        assert words in text
    row, base = list_runs(desk).iloc[0], nelfin.load_scenario().name
    assert (row["called"], row["note"], row["base"]) == ("cut", "Half the limit", base)
    assert row["changed"] == len(changes) > len(row["changes"]) > 0


def test_causes_rest_on_what_ran_and_not_on_what_the_file_says_now(desk: Path) -> None:
    ran = nelfin.open_result(desk / "run")
    causes = explain(nelfin.load_scenario(desk / "run"), nelfin.load_scenario())
    last = causes[causes["cause"] == "scenario"].set_index("year")["value"]
    pd.testing.assert_series_equal(
        last, ran.data["system_reported"].to_series(), check_names=False, rtol=0, atol=1e-9
    )
    assert set(causes["cause"]) == {
        "baseline", "capital.relax", "data.capital_limits", "interaction", "scenario",
    }, "openings of the same figures under another name change nothing"  # fmt: skip


def test_a_table_that_is_changed_while_it_is_read_is_not_kept_as_what_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = nelfin.load_scenario(write_plan(tmp_path, "70"))
    read = load.load_inputs

    def edited(mine: Scenario) -> load.Inputs:
        inputs = read(mine)
        write_plan(tmp_path, "50")
        return inputs

    monkeypatch.setattr(load, "load_inputs", edited)
    with pytest.raises(nelfin.InputError, match=r"limits\.csv: was changed while it was read"):
        nelfin.run(scenario)


def test_kept_files_that_are_not_what_ran_are_refused(desk: Path, tmp_path: Path) -> None:
    shutil.copytree(desk / "run", tmp_path / "run")
    kept = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["kept"]
    limits, people = (
        tmp_path / "run" / kept[n] for n in ("capital_limits", "weighted_populations")
    )
    limits.write_text(limits.read_text(encoding="utf-8").replace("70", "90"), encoding="utf-8")
    people.unlink()
    with pytest.raises(nelfin.InputError) as error:
        nelfin.load_scenario(tmp_path / "run")
    said = str(error.value)
    assert f"{limits}: is not what the run has read." in said
    assert f"{people}: is missing." in said


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("kept", {"positions": "../../secret"}, "which is no file of inputs"),
        ("kept", {"positions": "inputs/0123456789ab-../../secret"}, "which is no file of inputs"),
        ("kept", {"positions": "/etc/hostname"}, "which is no file of inputs"),
        ("kept", {"positions": 7}, "something that is no text"),
        ("kept", [], "does not say what the run keeps"),
        ("originals", {}, "does not say of every input"),
        ("origins", None, "does not say where its settings come from"),
        ("draws", "many", "does not say how many draws"),
        ("run", {"name": 7}, "does not say what the run is called"),
    ],
)
def test_a_folder_of_a_stranger_names_no_file_elsewhere(
    desk: Path, tmp_path: Path, part: str, value: object, why: str
) -> None:
    shutil.copytree(desk / "run", tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    record[part] = record[part] | value if part == "kept" and value else value
    file.write_text(json.dumps(record), encoding="utf-8")
    for read in (nelfin.load_scenario, nelfin.open_result):
        with pytest.raises(nelfin.InputError, match=why):
            read(tmp_path / "run")


def test_two_runs_in_one_second_both_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    class Saved:
        def save(self, folder: Path, force: bool, report: bool) -> Path:
            with whole_folder(folder) as part:
                (part / "run.json").write_text("{}")
            return folder

    first, second = _default_folders("Ours"), _default_folders("Ours")
    folders = [next(first), next(second)]
    for folder, others in zip(folders, (first, second), strict=True):
        _save(Saved(), folder, others, False, False)  # type: ignore[arg-type]
    assert len(list((tmp_path / "nelfin-runs").iterdir())) == 2


def test_a_name_and_a_note_fit_a_list(tmp_path: Path) -> None:
    done = run("run", "--name", "x" * 61, "--note", "two\nlines", "-o", "run", cwd=tmp_path)
    assert done.returncode == 2
    assert "--name: has 61 letters. Use at most 60." in done.stderr
    assert "--note: has letters that cannot be shown." in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_plan_that_is_a_change_of_nothing_known_is_refused() -> None:
    for named in ("nowhere", "QZZ", "36:QZZ"):
        with pytest.raises(nelfin.InputError, match="the code or name of no ICB"):
            nelfin.run(nelfin.load_scenario(overrides={"base": named}))


def test_a_result_that_was_never_saved_can_be_compared(result: Result) -> None:
    rough = nelfin.load_scenario(overrides={"capital.gap_pct": 10.0})
    assert nelfin.compare(nelfin.run(rough), result).settings["setting"].tolist() == [
        "capital.gap_pct"
    ]
