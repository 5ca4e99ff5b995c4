"""Ten tasks of a finance team, each done as one would, with no more commands than it should take.

A command is what a person types; an edit of a file or of a cell is none.
"""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from command import Done, run
from markup import Markup
from python_calamine import CalamineWorkbook
from workbooks import cells, with_cells

import nelfin
from nelfin.scenario.load import packaged_folder

pytestmark = pytest.mark.e2e

QUICK = ("--draws", "0", "--no-report", "--set", "capital.gap_pct=10")
"""A plan found sooner; what a task shows does not rest on how good it is."""

FORCED = "P060"
"""A scheme that the embedded plan leaves out."""


class Desk:
    """A folder in which a person works, and the commands that are typed there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.typed = 0

    def types(self, *words: str) -> Done:
        """Type a command, which has to work."""
        self.typed += 1
        done = run(*words, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three runs: the base, one with less efficiency, one with a scheme forced in."""
    folder = tmp_path_factory.mktemp("team")
    desk = Desk(folder)
    desk.types("run", *QUICK, "-o", "base")
    desk.types("run", *QUICK, "--set", "recovery.efficiency_pct=3", "-o", "eff3")
    schemes = pd.read_csv(packaged_folder() / "projects.csv", dtype=str, keep_default_na=False)
    schemes.loc[schemes["project_id"] == FORCED, "must_fund"] = "yes"
    schemes.to_csv(folder / "schemes.csv", index=False)
    (folder / "forced.toml").write_text('extends = "nel"\n[data]\nprojects = "schemes.csv"\n')
    desk.types("run", "forced.toml", *QUICK, "--name", "Forced", "-o", "forced")
    return folder


def test_1_split_the_deficit_by_organisation(desk: Desk) -> None:
    said = json.loads(desk.types("recovery", "--set", "capital.gap_pct=10", "--json").stdout)
    bridge = pd.DataFrame(said["recovery_bridge"])
    reported = bridge[bridge["step"] == "reported"].groupby("organisation")["value"].sum()
    assert len(reported) == 6
    assert desk.typed == 1


def test_2_set_three_scenarios_side_by_side_on_a_page(desk: Desk, runs: Path) -> None:
    others = [word for name in ("base", "eff3") for word in ("--compare", str(runs / name))]
    desk.types("report", str(runs / "forced"), *others, "--html", "three.html")
    tables = {table.holds: table for table in Markup(desk.folder / "three.html").tables}
    assert tables["headline"].headings[1:] == ["base", "eff3", "Forced"]
    assert desk.typed == 1


def test_3_set_three_scenarios_side_by_side_in_a_workbook(desk: Desk, runs: Path) -> None:
    folders = [str(runs / name) for name in ("base", "eff3", "forced")]
    desk.types("compare", *folders, "--xlsx", "three.xlsx")
    rows = CalamineWorkbook.from_path(str(desk.folder / "three.xlsx")).get_sheet_by_index(0)
    assert any(row[2:5] == ["base", "eff3", "Forced"] for row in rows.to_python())
    assert desk.typed == 1


def test_4_send_a_place_its_own_page(desk: Desk, runs: Path) -> None:
    desk.types("report", str(runs / "base"), "--place", "Havering", "--html", "havering.html")
    text = (desk.folder / "havering.html").read_text(encoding="utf-8")
    assert "<h1" in text
    assert "Havering" in text
    assert len(text.encode()) < 400_000, "small enough to e-mail"
    assert desk.typed == 1


def test_5_see_the_year_month_by_month(desk: Desk) -> None:
    said = desk.types("recovery", "--months", "--set", "capital.gap_pct=10").stdout
    assert "month" in said.lower()
    assert "plan" in said.lower()
    assert desk.typed == 1


def test_6_tell_runs_apart_by_name(desk: Desk, runs: Path) -> None:
    listed = json.loads(desk.types("runs", str(runs), "--json").stdout)
    assert {row["called"] for row in listed} == {"base", "eff3", "Forced"}
    changed = {row["called"]: [change["figure"] for change in row["changes"]] for row in listed}
    assert "recovery.efficiency_pct" in changed["eff3"]
    assert desk.typed == 1


def test_7_find_what_moved_the_position_although_the_file_was_edited_since(
    desk: Desk, runs: Path
) -> None:
    (runs / "schemes.csv").unlink(missing_ok=True)
    folders = [str(runs / name) for name in ("base", "forced")]
    causes = pd.DataFrame(
        json.loads(desk.types("compare", *folders, "--causes", "--json").stdout)["causes"]
    )
    end = causes[causes["cause"] == "scenario"].set_index("year")["value"]
    ran = nelfin.open_result(runs / "forced").data["system_reported"].to_series()
    assert end.to_dict() == pytest.approx(ran.to_dict(), abs=1e-9)
    assert desk.typed == 1


def test_8_find_what_a_forced_scheme_pushed_out(desk: Desk, runs: Path) -> None:
    folders = [str(runs / name) for name in ("base", "forced")]
    said = json.loads(desk.types("compare", *folders, "--json").stdout)
    cells = [(row["table"], row["row"], row["column"]) for row in said["cells"]]
    assert ("projects", FORCED, "must_fund") in cells
    moved = {row["project_id"]: row for row in said["schemes"]}
    assert moved[FORCED]["moved"] == "in"
    assert "must be funded" in moved[FORCED]["reason"].lower()
    out = [row for row in said["schemes"] if row["moved"] in {"out", "less of it", "later"}]
    assert out
    assert all(row["reason"] for row in out)
    assert desk.typed == 1


def test_9_open_a_workbook_with_totals_that_are_formulas(desk: Desk, runs: Path) -> None:
    desk.types("report", str(runs / "base"), "--xlsx", "plan.xlsx")
    with ZipFile(desk.folder / "plan.xlsx") as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets/sheet" in name]
    assert sum(sheet.count(b"<f>") for sheet in sheets) > 500
    assert any(b"SUM(" in sheet for sheet in sheets)
    assert desk.typed == 1


def test_10_change_a_setting_in_excel_and_run_it(desk: Desk) -> None:
    desk.types("new", "plan", "--excel")
    assert [path.name for path in (desk.folder / "plan").iterdir()] == ["plan.xlsx"]
    file = desk.folder / "plan" / "plan.xlsx"
    rows = cells(file)["Settings"]
    at = next(at for at, row in enumerate(rows, 1) if "recovery.efficiency_pct" in row)
    column = next(row.index("Value") for row in rows if "Value" in row)
    with_cells(file, file, {("Settings", f"{chr(65 + column)}{at}"): 3.0})
    desk.types("run", "plan/plan.xlsx", *QUICK, "-o", "mine")
    changes = nelfin.open_result(desk.folder / "mine").table("changes").set_index("figure")
    assert changes.loc["recovery.efficiency_pct", "to"].startswith("3 ")
    assert desk.typed == 2
