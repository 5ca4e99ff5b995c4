"""The run folder: complete, readable again, never half-made."""

from __future__ import annotations

import json
import re
import tomllib
from codecs import BOM_UTF8
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
from command import Done, run, run_process
from python_calamine import CalamineWorkbook

import nelfin
from nelfin.data import load_inputs
from nelfin.result import Result
from nelfin.scenario.load import packaged_folder
from nelfin.store.run_folder import _read_table

pytestmark = pytest.mark.e2e

FILES = {
    "inputs", "report.html", "report.xlsx", "results.nc", "run.json", "scenario.resolved.toml",
    "tables",
}  # fmt: skip


@pytest.fixture(scope="module")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """The same run as that of `run_folder`, by the command, in a process of another hash seed."""
    desk = tmp_path_factory.mktemp("desk")
    words = ("run", "--draws", "200", "--seed", "1", "-o", "out")
    return run_process(*words, cwd=desk, PYTHONHASHSEED="1"), desk


def test_run_prints_the_summary_and_writes_the_whole_folder(commanded: tuple[Done, Path]) -> None:
    done, desk = commanded
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Written to \S+: open .* there\.\n", done.stderr)
    assert "\x1b" not in done.stdout
    assert {path.name for path in (desk / "out").iterdir()} == FILES
    for heading in (
        "WHEN WE BALANCE",
        "WHO IS UNDER TARGET",
        "PREVENTION",
        "PLANNED CARE AND BEDS",
        "WHAT THE CAPITAL BUYS",
        "WHAT RESTS ON ASSUMPTION",
    ):
        assert heading in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "illustrative" in done.stdout
    assert [path.name for path in desk.iterdir()] == ["out"], "nothing else is left behind"


def test_a_run_with_draws_keeps_them_and_tells_the_odds(commanded: tuple[Done, Path]) -> None:
    done, desk = commanded
    assert "Odds of balance over 200 draws" in done.stdout.replace("\n  ", " ")
    result = nelfin.open_result(desk / "out")
    assert result.data["drawn_system_reported"].dims == ("draw", "year")
    assert result.data.sizes["draw"] == 200
    assert set(result.table("odds")["measure"]) >= {"odds_of_balance", "reported_p50"}
    assert (result.provenance["draws"], result.provenance["seed"]) == (200, 1)
    assert "Odds of balance" in (desk / "out" / "report.html").read_text(encoding="utf-8")


def test_the_same_run_twice_gives_the_same_bytes(
    commanded: tuple[Done, Path], run_folder: Path
) -> None:
    first, second = commanded[1] / "out", run_folder
    files = [*sorted((first / "tables").iterdir()), first / "scenario.resolved.toml",
             first / "results.nc"]  # fmt: skip
    assert len(files) > 20
    for file in files:
        assert file.read_bytes() == (second / file.relative_to(first)).read_bytes(), file.name


def test_a_scenario_that_was_copied_and_one_that_extends_run(tmp_path: Path) -> None:
    assert run("new", "plan", cwd=tmp_path).returncode == 0
    (tmp_path / "short.toml").write_text(
        'extends = "plan/scenario.toml"\nname = "Short"\n[years]\nlast = "2026/27"\n'
    )
    done = run(
        "run", "short.toml", "--set", "capital.gap_pct=5", "--set", "prevention.end_year=2026/27",
        "--set", "data.projects=few.csv", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2, "few.csv is not there yet"
    assert "few.csv" in done.stderr
    (tmp_path / "few.csv").write_text(
        "project_id,name,organisation,category,benefit,spend_1,spend_2\n"
        "A,<script>alert(1)</script>,Homerton,=1+1,5,1.5,\n"
        "B,Lift,BHRUT,Backlog,3,2,90\n"
    )
    again = run(
        "run", "short.toml", "--set", "data.projects=few.csv",
        "--set", "prevention.end_year=2026/27", "--draws", "0", cwd=tmp_path,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    (folder,) = (tmp_path / "nelfin-runs").iterdir()
    plan = pd.read_csv(folder / "tables" / "plan.csv", keep_default_na=False)
    assert dict(zip(plan["project_id"], plan["status"], strict=True)) == {
        "A": "funded",
        "B": "not funded",
    }
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_run_without_a_report_writes_tables_and_data_alone(tmp_path: Path) -> None:
    words = ("--draws", "0", "--set", "capital.gap_pct=10", "-o", "out")
    done = run("run", "--no-report", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("out, without page and workbook.\n")
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert there == {
        "base.resolved.toml", "inputs", "run.json", "results.nc", "scenario.resolved.toml",
        "tables",
    }  # fmt: skip
    assert nelfin.open_result(tmp_path / "out").summary() + "\n" == done.stdout


def test_force_replaces_a_run_folder_whole(result: Result, tmp_path: Path) -> None:
    folder = result.save(tmp_path / "run", report=False)
    (folder / "tables" / "old.csv").write_text("left from before")
    with pytest.raises(nelfin.InputError, match="already exists"):
        result.save(folder)
    result.save(folder, force=True, report=False)
    assert not (folder / "tables" / "old.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_save_that_dies_leaves_nothing(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nelfin.report.workbook.write_workbook", fail)
    with pytest.raises(nelfin.InputError, match="the disk is full"):
        result.save(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_an_opened_result_equals_the_one_saved(result: Result, run_folder: Path) -> None:
    again = nelfin.open_result(run_folder)
    xr.testing.assert_identical(again.data, result.data)
    assert again.summary() == result.summary()
    assert again.provenance == result.provenance
    assert set(again.tables) == set(result.tables)
    for name in result.tables:
        pd.testing.assert_frame_equal(again.table(name), result.table(name), check_exact=True)


AS_DATE = re.compile(r"\d{4}[/-](?:0?[1-9]|1[0-2])|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?")
"""Texts that Excel takes for a date where it opens a CSV file: 2011/12 is December 2011."""


def test_tables_open_right_in_excel(run_folder: Path) -> None:
    for file in (run_folder / "tables").glob("*.csv"):
        assert file.read_bytes().startswith(BOM_UTF8), file.name
        table = pd.read_csv(file, keep_default_na=False, dtype=str)
        cells = {cell for column in table for cell in table[column]} | set(table.columns)
        assert not [cell for cell in cells if AS_DATE.fullmatch(cell)], file.name


def test_a_table_without_the_mark_of_excel_is_read_as_one_with_it(
    run_folder: Path, result: Result, tmp_path: Path
) -> None:
    """As tables were written before."""
    kinds = json.loads((run_folder / "run.json").read_text(encoding="utf-8"))["columns"]
    for name in ("plan", "savings", "system_position"):
        old = tmp_path / f"{name}.csv"
        old.write_bytes((run_folder / "tables" / old.name).read_bytes().removeprefix(BOM_UTF8))
        read = _read_table(old, kinds[name])
        pd.testing.assert_frame_equal(read, result.table(name), check_exact=True)


def test_tables_are_tidy_and_say_their_unit(run_folder: Path) -> None:
    wide = {"changes", "savings", "plan", "spend", "limits", "prices", "slips",
            "projects", "sources", "activity_clearing", "activity_shorter_stays"}  # fmt: skip
    for file in (run_folder / "tables").glob("*.csv"):
        table = pd.read_csv(file, keep_default_na=False)
        assert len(table) > 0 or file.stem == "changes"
        if file.stem not in wide and not file.stem.startswith("portfolio_"):
            assert list(table.columns[-3:]) == ["measure", "value", "unit"]
            assert (table["unit"] != "").all()


def test_the_run_record_names_versions_inputs_and_solver(run_folder: Path) -> None:
    record = json.loads((run_folder / "run.json").read_text(encoding="utf-8"))
    assert record["versions"]["nelfin"] == nelfin.__version__
    assert all(len(value) == 64 for value in record["inputs"].values())
    assert len(record["inputs"]) == 39
    for plan in ("capital", "portfolio"):
        assert record[plan]["solver"] == "highs"
        assert 0 <= record[plan]["gap"] <= 0.005


def test_the_resolved_scenario_runs_again(run_folder: Path, result: Result) -> None:
    file = run_folder / "scenario.resolved.toml"
    projects = tomllib.loads(file.read_text(encoding="utf-8"))["data"]["projects"]
    assert re.fullmatch(r"inputs/[0-9a-f]{12}-projects\.csv", projects)
    assert (run_folder / projects).read_bytes() == (packaged_folder() / "projects.csv").read_bytes()
    again, embedded = nelfin.load_scenario(run_folder), nelfin.load_scenario()
    assert again.model_dump(exclude={"data"}) == embedded.model_dump(exclude={"data"})
    assert again.evidence.keys() == embedded.evidence.keys()
    assert again.origins == embedded.origins
    assert load_inputs(again).projects.equals(load_inputs(embedded).projects)


def test_the_workbook_holds_every_table_with_plain_numbers(
    run_folder: Path, result: Result
) -> None:
    book = CalamineWorkbook.from_path(str(run_folder / "report.xlsx"))
    assert book.sheet_names[:3] == ["Summary", "System", "Bodies"]
    people = book.sheet_names.index("Charts") + 1
    assert people == 11 + result.data.sizes["organisation"] + result.data.sizes["place"]
    assert len(book.sheet_names) == people + len(result.tables) + 2, "settings and warnings beside"
    cells = book.get_sheet_by_name("Capital limits").to_python()[3:]
    limits = result.table("limits")
    assert cells[0] == list(limits.columns)
    used = cells[0].index("used_gbp_m")
    assert [row[used] for row in cells[1:]] == pytest.approx(list(limits["used_gbp_m"]))
    sources = book.get_sheet_by_name("Sources").to_python()[3:]
    assert len(sources) == len(result.table("sources")) + 1
