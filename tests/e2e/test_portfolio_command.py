"""`nelfin portfolio`, as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run

pytestmark = pytest.mark.e2e

INITIATIVES = """initiative_id,name,places,running,recurrent,requires,cost_1,cost_2,\
staff_analyst_1,qalys_1
A,Stop smoking,Newham,no,no,,2,1,3,400
B,Falls,Havering,no,no,,3,,2,500
R,Old clinic,,yes,yes,,1,,2,40
S,Stop the old clinic,,no,yes,R,-1,,-2,-40
"""
POOLS = "year,pool_gbp_m\n2026/27,4\n2027/28,3\n"
STAFF = "skill,year,months\nanalyst,2026/27,4\nanalyst,2027/28,4\n"
FLOORS = "place,share_pct\nNewham,30\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("mine.csv", INITIATIVES),
        ("pools.csv", POOLS),
        ("staff.csv", STAFF),
        ("floors.csv", FLOORS),
    ):
        (tmp_path / name).write_text(text)
    return tmp_path


OWN = ("--initiatives", "mine.csv", "--pools", "pools.csv", "--staff", "staff.csv")


def test_the_embedded_portfolio_is_drawn_up_and_said_to_stand_beside_the_plan(
    tmp_path: Path,
) -> None:
    done = run("portfolio", "--set", "portfolio.gap_pct=5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())
    assert "North East London, portfolio of programmes 2026/27 to 2030/31" in words
    assert "Illustrative: rests on" in words
    assert "The portfolio stands beside the plan" in words
    assert "at the £18,375 that a QALY costs elsewhere" in words
    for head in ("MONEY BY YEAR", "STAFF", "IN THE PORTFOLIO", "LEFT OUT, and why", "FRONTIER"):
        assert head in words
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_tables_of_ones_own_stand_in_place_of_all_of_them(folder: Path) -> None:
    done = run("portfolio", *OWN, "--floors", "floors.csv", "-o", "out", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {line["initiative_id"]: line["status"] for line in told["plan"]} == {
        "A": "chosen", "B": "not chosen", "R": "stopped", "S": "chosen",
    }  # fmt: skip
    files = {path.name for path in (folder / "out").iterdir()}
    names = ("plan", "spend", "pools", "staff", "staff_use", "floors", "prices", "frontier",
             "triangles")  # fmt: skip
    assert files == {*(f"{name}.csv" for name in names), "solve.json"}
    assert json.loads((folder / "out" / "solve.json").read_text())["unit"] == "QALYs"
    plan = pd.read_csv(folder / "out" / "plan.csv")
    assert plan["reason"].tolist() == [line["reason"] for line in told["plan"]]
    again = run("portfolio", *OWN, "-o", "out", "--force", cwd=folder)
    assert again.returncode == 0, again.stderr


def test_settings_of_the_scenario_hold_for_tables_of_ones_own(folder: Path) -> None:
    told = {}
    for cost in (1_000, 1_000_000):
        setting = f"portfolio.cost_per_qaly_gbp={cost}"
        done = run("portfolio", *OWN, "--set", setting, "--json", cwd=folder)
        assert done.returncode == 0, done.stderr
        told[cost] = {
            line["initiative_id"]: line["status"] for line in json.loads(done.stdout)["plan"]
        }
    assert told[1_000] == {"A": "not chosen", "B": "not chosen", "R": "stopped", "S": "chosen"}
    assert told[1_000_000]["R"] == "runs on"


def test_every_problem_of_every_file_is_told_at_once(folder: Path) -> None:
    (folder / "mine.csv").write_text(INITIATIVES.replace("400", "many"))
    (folder / "pools.csv").write_text(POOLS.replace("2027/28,3", "2027,3"))
    done = run("portfolio", *OWN, cwd=folder)
    assert done.returncode == 2
    assert "2 problems with the input" in done.stderr
    assert "mine.csv, row 2, column qalys_1" in done.stderr
    assert "pools.csv, row 3, column year" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_file_without_the_other_is_refused(folder: Path) -> None:
    done = run("portfolio", "--pools", "pools.csv", cwd=folder)
    assert done.returncode == 2
    assert "--initiatives and --pools: go together" in done.stderr


def test_what_cannot_be_is_said_in_sentences(folder: Path) -> None:
    (folder / "pools.csv").write_text(POOLS.replace("2026/27,4", "2026/27,0.5"))
    done = run("portfolio", *OWN[:4], "--staff", "staff.csv", cwd=folder)
    assert done.returncode == 0, done.stderr  # it is stopped at once
    (folder / "mine.csv").write_text(INITIATIVES.rpartition("S,")[0])
    done = run("portfolio", *OWN, cwd=folder)
    assert done.returncode == 1
    assert "initiatives that must be in or run already need £1.0m in 2026/27" in done.stderr


def test_a_scenario_without_the_tables_has_no_portfolio_and_says_so(tmp_path: Path) -> None:
    tables = ("initiatives", "portfolio_pools", "portfolio_staff", "equity_floors")
    empty = "".join(f'{name} = ""\n' for name in tables)
    (tmp_path / "plan.toml").write_text(f'extends = "nel"\n[data]\n{empty}')
    done = run("portfolio", "plan.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "has no portfolio of programmes: its tables are empty." in " ".join(done.stdout.split())
    assert run("portfolio", "plan.toml", "--json", cwd=tmp_path).stdout.strip() == "null"


def test_pools_without_initiatives_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('extends = "nel"\n[data]\ninitiatives = ""\n')
    for command in ("portfolio", "check"):
        done = run(command, "plan.toml", cwd=tmp_path)
        assert done.returncode == 2
        assert "holds no rows. Give at least one initiative." in done.stderr
