"""Wrong input at the command line: said in plain words, nothing written, exit status 2."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest
from command import run

from nelfin.data.start.folder import write_scenario_folder
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.e2e


def run_nelfin(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(*words, cwd=cwd, COLUMNS="200")


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return every path below a folder, with the bytes of each file."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def refused(*words: str, cwd: Path, status: int = 2) -> str:
    """Run a command that must fail, check what always holds, and return what it said."""
    before = contents(cwd)
    done = run_nelfin(*words, cwd=cwd)
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert "fault of ours" not in done.stderr
    assert contents(cwd) == before, "something was written"
    return done.stderr


def rewrite(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(rows)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a folder as an analyst has it: the embedded scenario with six schemes, and a file."""
    plan = tmp_path / "plan"
    plan.mkdir()
    write_scenario_folder(load_scenario(), plan)
    with (plan / "projects.csv").open(encoding="utf-8-sig", newline="") as handle:
        rewrite(plan / "projects.csv", list(csv.reader(handle))[:7])
    (tmp_path / "file.txt").write_text("notes of the finance committee")
    return tmp_path


def change(desk: Path, table: str, row: int, column: str, text: str) -> None:
    """Write a text into a cell of a table; rows count as a spreadsheet shows them."""
    file = desk / "plan" / f"{table}.csv"
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    rows[row - 1][rows[0].index(column)] = text
    rewrite(file, rows)


def test_a_wrong_key_of_a_scenario_is_named_with_the_nearest_one(desk: Path) -> None:
    (desk / "mine.toml").write_text('extends = "plan/scenario.toml"\n[capital]\ngap = 1\n')
    said = refused("run", "mine.toml", "-o", "out", cwd=desk)
    assert "mine.toml, capital.gap: is not a known key" in said
    assert '"capital.gap_pct"' in said
    assert "Nothing was written" in said


def test_every_fault_of_a_table_is_named_by_row_and_column_in_one_go(desk: Path) -> None:
    change(desk, "projects", 2, "benefit", "high")
    change(desk, "projects", 4, "project_id", "P002")
    change(desk, "projects", 5, "earliest_start", "2026")
    change(desk, "capital_limits", 3, "limit_gbp_m", "£86k")
    said = refused("run", "plan/scenario.toml", "-o", "out", cwd=desk)
    assert "4 problems" in said
    assert 'projects.csv, row 2, column benefit: is "high"' in said
    assert "projects.csv, row 4, column project_id: repeats row 3 (project_id P002)" in said
    assert 'projects.csv, row 5, column earliest_start: is "2026"' in said
    assert 'capital_limits.csv, row 3, column limit_gbp_m: is "£86k"' in said


def test_a_missing_column_is_named(desk: Path) -> None:
    change(desk, "projects", 1, "organisation", "trust name")
    said = refused("check", "plan/scenario.toml", cwd=desk)
    assert 'projects.csv, row 1: the column "organisation" is missing. Add it.' in said


def test_a_misspelt_spend_column_does_not_drop_its_money(desk: Path) -> None:
    change(desk, "projects", 1, "spend_10", "Spnd_10")
    said = refused("check", "plan/scenario.toml", cwd=desk)
    assert '"Spnd_10"' in said


def test_a_start_outside_the_plan_is_refused_by_check_as_by_run(desk: Path) -> None:
    change(desk, "projects", 5, "earliest_start", "2045/46")
    change(desk, "projects", 5, "latest_start", "")
    said = refused("check", "plan/scenario.toml", cwd=desk)
    assert "projects.csv, row 5, column earliest_start: is 2045/46" in said
    assert "2023/24 to 2032/33" in said


def test_years_past_the_limits_are_refused(desk: Path) -> None:
    said = refused("run", "plan/scenario.toml", "--set", "years.last=2034/35", cwd=desk)
    assert "capital_limits.csv: has no limit for the system in 2033/34, 2034/35" in said


def test_a_table_that_is_not_there_is_named(desk: Path) -> None:
    (desk / "plan" / "openings.csv").unlink()
    said = refused("run", "plan/scenario.toml", cwd=desk)
    assert "openings.csv: does not exist" in said


def test_an_unknown_organisation_of_a_limit_is_refused(desk: Path) -> None:
    with (desk / "plan" / "capital_limits.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(f"{y}/{y - 1999},1,Barts Helth,firm,given,\n" for y in range(2023, 2033))
    said = refused("check", "plan/scenario.toml", cwd=desk)
    assert '"Barts Helth"' in said
    assert '"Barts Health"' in said


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ("gone.toml", "gone.toml: does not exist"),
        ("plan", "plan: is a folder"),
    ],
)
def test_what_is_no_scenario_is_refused(desk: Path, scenario: str, says: str) -> None:
    assert says in refused("run", scenario, "-o", "out", cwd=desk)


def test_a_slip_in_a_scenario_file_is_named_by_its_line(desk: Path) -> None:
    (desk / "mine.toml").write_text('extends = "nel"\nname = North East London\n')
    said = refused("run", "mine.toml", "-o", "out", cwd=desk)
    assert "mine.toml: is not valid TOML" in said
    assert "line 2" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "file.txt/out"], "file.txt/out: cannot be made"),
        (["-o", "plan"], "plan: already exists"),
        (["-o", "plan", "--force"], "plan: is not a run folder"),
        (["-o", "x" * 300], "x: cannot be"),
        (["-o", "/proc/nope"], "/proc/nope: cannot be"),
    ],
    ids=["below a file", "there", "no run folder", "too long", "no place to write"],
)
def test_a_folder_that_cannot_become_a_run_folder_is_refused(
    desk: Path, words: list[str], says: str
) -> None:
    said = refused("run", "plan/scenario.toml", *words, cwd=desk)
    assert says in said
    assert "Choose another folder" in said


def test_force_in_the_empty_folder_one_stands_in_writes_the_run_or_says_why_not(desk: Path) -> None:
    empty = desk / "empty"
    empty.mkdir()
    done = run_nelfin(
        "run", "../plan/scenario.toml", "--no-report", "-o", ".", "--force", cwd=empty
    )
    assert done.returncode in {0, 2}, done.stderr
    assert "fault of ours" not in done.stderr
    assert (empty / "run.json").is_file() == (done.returncode == 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rnu"], '"rnu" is not a command. Did you mean "run"?'),
        (["run", "--ouput", "x"], "has no option --ouput. Did you mean --output?"),
        (["run", "--set", "capital.gap_pct"], "--set capital.gap_pct: is not KEY=VALUE"),
    ],
    ids=["command", "option", "setting"],
)
def test_a_command_line_that_is_not_understood_is_refused(
    desk: Path, words: list[str], says: str
) -> None:
    said = refused(*words, cwd=desk)
    assert says in said
    assert "--help" in said or "Write, say" in said


def test_limits_too_small_for_what_must_be_funded_have_no_answer(desk: Path) -> None:
    limits = desk / "plan" / "capital_limits.csv"
    years = [f"{year}/{year - 1999}" for year in range(2023, 2033)]
    rewrite(limits, [["year", "limit_gbp_m"], *([year, "1.5"] for year in years)])
    said = refused("run", "plan/scenario.toml", "-o", "out", cwd=desk, status=1)
    assert "the limit is £1.5m" in said
    assert "£26.3m in 2025/26" in said
    assert "P002" in said
