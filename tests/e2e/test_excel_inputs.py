"""Inputs by Excel: a workbook to fill in, read as the CSV tables are, its errors by cell."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from command import run

import nelfin
from nelfin.allocations import allocate
from nelfin.data import load_inputs
from nelfin.data.specs import TABLES
from nelfin.result import Result
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.e2e

FEW = 7

DRAWN = {"months", "odds", "odds_by_organisation", "tornado"}
"""Tables that tell of draws."""


def rows_of(table: str) -> list[list[str]]:
    packaged = getattr(load_scenario().data, table)
    with packaged.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def write_book(file: Path, sheets: dict[str, list[list[str]]]) -> None:
    with xlsxwriter.Workbook(str(file)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, text in enumerate(row):
                    sheet.write_string(at, column, text)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    done = run("new", "plan", "--excel", cwd=desk)
    assert done.returncode == 0, done.stderr
    assert "Edit the sheets of plan.xlsx" in done.stderr
    assert done.stdout == f"nelfin run {Path('plan', 'plan.xlsx')}\n"
    return desk / "plan"


def test_a_new_folder_holds_one_workbook_that_is_a_scenario(plan: Path) -> None:
    assert {file.name for file in plan.iterdir()} == {"plan.xlsx"}
    done = run("check", "plan.xlsx", cwd=plan)
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("332 capital schemes. No problem found.\n")
    assert "Note:" not in done.stderr


def test_a_folder_that_is_there_is_left_alone(plan: Path) -> None:
    before = (plan / "plan.xlsx").read_bytes()
    done = run("new", "plan", "--excel", cwd=plan.parent)
    assert done.returncode == 2
    assert "already exists" in done.stderr
    assert (plan / "plan.xlsx").read_bytes() == before


def test_the_run_is_that_of_the_scenario_files_to_the_bit(plan: Path, result: Result) -> None:
    # the same figure, typed as people do
    settings = [["Key", "Value"], ["extends", "plan.xlsx"], ["recovery.efficiency_pct", "4%"]]
    write_book(plan / "mine.xlsx", {"Settings": settings})
    found = nelfin.run(nelfin.load_scenario(plan / "mine.xlsx"))
    told = 'mine.xlsx, sheet Settings, B3 (recovery.efficiency_pct): "4%" read as 4.'
    assert found.provenance["warnings"] == [told, *result.provenance["warnings"]]
    for name in ("budget", "target", "system_reported", "prevention_net_cash", "recovery_bridge"):
        assert found.data[name].dims == result.data[name].dims
        assert found.data[name].to_numpy().tobytes() == result.data[name].to_numpy().tobytes(), name
    assert found.tables
    for name in found.tables:
        if name not in DRAWN:
            own = result.table(name)
            pd.testing.assert_frame_equal(found.table(name), own, check_exact=True, obj=name)
    whole = hashlib.sha256((plan / "plan.xlsx").read_bytes()).hexdigest()
    assert found.provenance["inputs"]["scenario 1"] == whole
    tables = {name: value for name, value in found.provenance["inputs"].items() if " " not in name}
    assert set(tables.values()) == {whole}
    assert len(tables) == len(TABLES)


def test_every_wrong_cell_is_named_in_one_go(plan: Path) -> None:
    schemes, limits = rows_of("projects")[:FEW], rows_of("capital_limits")
    heads = schemes[0]
    schemes[1][heads.index("benefit")] = "high"
    schemes[3][heads.index("project_id")] = "P002"
    schemes[4][heads.index("earliest_start")] = "2026"
    limits[2][limits[0].index("limit_gbp_m")] = "£86k"
    write_book(plan / "wrong.xlsx", {"Our schemes": schemes, "limits": limits})
    done = run(
        "check", "plan.xlsx", "--set", "data.projects=wrong.xlsx#Our schemes",
        "--set", "data.capital_limits=wrong.xlsx#limits", cwd=plan, COLUMNS="200",
    )  # fmt: skip
    assert done.returncode == 2
    assert "4 problems" in done.stderr
    assert 'wrong.xlsx, sheet Our schemes, cell H2 (benefit): is "high"' in done.stderr
    assert "wrong.xlsx, sheet Our schemes, cell A4 (project_id): repeats row 3" in done.stderr
    assert 'wrong.xlsx, sheet Our schemes, cell S5 (earliest_start): is "2026"' in done.stderr
    assert 'wrong.xlsx, sheet limits, cell B3 (limit_gbp_m): is "£86k"' in done.stderr


@pytest.mark.parametrize(
    ("table", "row", "column", "text", "says"),
    [
        ("projects", 5, "latest_start", "2015/16", "cell T5 (latest_start): is 2015/16"),
        ("projects", 3, "requires", "P999", 'cell X3 (requires): names "P999"'),
        ("projects", 2, "organisation", "Barts Helth", 'cell C2 (organisation): is "Barts Helth"'),
        ("capital_limits", 3, "organisation", "Barts", "cell C3 (organisation): is"),
        ("population_growth", 2, "to_year", "2020/21", "cell B2 (to_year): is 2020/21"),
        ("organisation_income", 3, "stream", "cor", 'cell B3 (stream): is "cor"'),
        ("positions", 4, "organisation", "NEL", 'cell A4 (organisation): is "NEL"'),
        ("pressures", 3, "organisation", "NEL", 'cell B3 (organisation): is "NEL"'),
    ],
)
def test_what_does_not_fit_together_is_named_by_its_cell_too(
    tmp_path: Path, table: str, row: int, column: str, text: str, says: str
) -> None:
    rows = rows_of(table)
    rows = rows[:FEW] if table == "projects" else rows
    rows[row - 1][rows[0].index(column)] = text
    write_book(tmp_path / "mine.xlsx", {"first": [["note"]], "second": rows})
    done = run("check", "--set", f"data.{table}=mine.xlsx#second", cwd=tmp_path, COLUMNS="200")
    assert done.returncode == 2
    assert f"mine.xlsx, sheet second, {says}" in done.stderr


def test_a_capital_rule_is_named_by_its_cell(tmp_path: Path) -> None:
    rows = [["rule", "name", "amount_gbp_m"], ["category_cap", "Nonsense", "5"]]
    write_book(tmp_path / "mine.xlsx", {"rules": rows})
    done = run(
        "capital", "--set", "data.capital_rules=mine.xlsx#rules", cwd=tmp_path, COLUMNS="200"
    )
    assert done.returncode == 2
    assert 'mine.xlsx, sheet rules, cell B2 (name): is "Nonsense"' in done.stderr


def test_a_sheet_that_is_not_there_is_refused_with_those_there_are(plan: Path) -> None:
    done = run(
        "check", "plan.xlsx", "--set", "data.projects=plan.xlsx#schemes", cwd=plan,
        COLUMNS="200",
    )  # fmt: skip
    assert done.returncode == 2
    assert 'plan.xlsx: has no sheet "schemes"' in done.stderr
    for sheet in ('"Read me"', '"projects"', '"Lists"'):
        assert sheet in done.stderr


MESSY = [
    ["Capital limits, board paper 12", "", ""],
    [],
    ["Year", "Limit £m", "Status", "Notes"],
    ["2023-24", "£86.0m", "Firm", "JS 12/11"],
    *([f"{year}/{year - 1999}", "86.00", "", ""] for year in range(2024, 2033)),
    ["Total", "860", "", ""],
]
"""Limits as a person keeps them, on the second sheet of a workbook."""


def test_a_sheet_kept_in_a_messy_way_is_read_and_told(tmp_path: Path) -> None:
    write_book(tmp_path / "mine.xlsx", {"Cover": [["By JS"]], "Limits": MESSY})
    done = run("check", "--set", "data.capital_limits=mine.xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    *notes, last = done.stderr.splitlines()
    assert [note.removeprefix("Note: mine.xlsx, sheet Limits") for note in notes] == [
        ': headings read from row 3; row 1 above, such as "Capital limits, board paper 12", not '
        "read.",
        ': read, since the first sheet, "Cover", has no such headings.',
        ': headings "Year", "Limit £m", "Status" read as year, limit_gbp_m, status.',
        ': column not read: "Notes".',
        ', row 14: looks like a total ("Total"), and is left out.',
        ', column year, A4: 1 cell read, such as "2023-24" as 2023/24.',
        ", column limit_gbp_m, B4: 1 cell with £ and the unit read as a number in £m, such as "
        '"£86.0m" as 86.',
        ', column status, C4: 1 cell read, such as "Firm" as firm.',
    ]
    assert last.endswith("No problem found.")
    for cell, says in (
        ("12,5", "Write 12.5 if the comma is one of decimals, or 125."),
        ("£92,000,000", "if in pounds, 92."),
        ("n/a", "Put in the figure in digits."),
    ):
        write_book(
            tmp_path / "mine.xlsx", {"Limits": [*MESSY[:3], ["2023-24", cell], *MESSY[4:-1]]}
        )
        asked = run("check", "--set", "data.capital_limits=mine.xlsx", cwd=tmp_path)
        assert asked.returncode == 2
        assert "a problem with the input" in asked.stderr
        assert "mine.xlsx, sheet Limits, cell B4 (limit_gbp_m): is " in asked.stderr
        assert says in asked.stderr


def test_a_workbook_without_settings_leads_to_its_scenario(plan: Path, tmp_path: Path) -> None:
    write_book(tmp_path / "tables.xlsx", {"projects": rows_of("projects")[:FEW]})
    done = run("run", "tables.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert 'tables.xlsx: has no sheet "Settings", so it is no scenario by itself.' in done.stderr


def test_an_opening_may_be_a_sheet(tmp_path: Path) -> None:
    places = load_inputs(nelfin.load_scenario()).places()
    rows = [["place", "value"], *([place, str(100 + at)] for at, place in enumerate(places))]
    (tmp_path / "mine.toml").write_text(
        'extends = "nel"\n[allocation.streams.core]\nopening = "book.xlsx#ours"\n'
    )
    write_book(tmp_path / "book.xlsx", {"ours": rows})
    mine = nelfin.load_scenario(tmp_path / "mine.toml")
    found = allocate(mine, load_inputs(mine))
    opening = found["opening"].sel(stream="core").isel(year=0).to_numpy()
    # cash shares of the first year's envelope
    shares = np.array([100.0 + at for at in range(len(places))])
    np.testing.assert_allclose(opening / opening.sum(), shares / shares.sum(), rtol=1e-12)
    rows[3][1] = "lots"
    write_book(tmp_path / "book.xlsx", {"ours": rows})
    with pytest.raises(nelfin.InputError, match=r"book\.xlsx, sheet ours, cell B4 \(value\)"):
        load_inputs(mine)


def test_the_resolved_scenario_of_a_workbook_runs_again(plan: Path, tmp_path: Path) -> None:
    shown = run("check", "plan.xlsx", "--resolved", cwd=plan)
    assert shown.returncode == 0, shown.stderr
    (tmp_path / "again.toml").write_text(shown.stdout, encoding="utf-8")
    refused = run("allocate", "again.toml", "--json", cwd=tmp_path)
    assert refused.returncode == 2
    assert f"--allow {plan}" in refused.stderr
    done = run("allocate", "again.toml", "--json", "--allow", str(plan), cwd=tmp_path)
    assert json.loads(run("allocate", "again.toml", "--json", cwd=tmp_path,
                          NELFIN_ALLOW=str(plan)).stdout) == json.loads(done.stdout)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_capital_on_its_own_takes_sheets(tmp_path: Path) -> None:
    schemes = [["project_id", "name", "organisation", "category", "benefit", "spend_1"]]
    schemes += [["A", "Lift", "X", "Backlog", "3", "2"], ["B", "Roof", "X", "Backlog", "5", "3"]]
    limits = [["year", "limit_gbp_m"], ["2026/27", "4"]]
    write_book(tmp_path / "mine.xlsx", {"Schemes": schemes, "Limits": limits})
    words = ["capital-solve", "mine.xlsx#Schemes", "--limits", "mine.xlsx#Limits", "-o", "plan"]
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = (tmp_path / "plan" / "plan.csv").read_text()
    assert "B,funded" in plan
