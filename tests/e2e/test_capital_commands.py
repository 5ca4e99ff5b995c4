"""`nelfin capital-solve` and `nelfin capital`, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run

pytestmark = pytest.mark.e2e

FILES = {"plan.csv", "spend.csv", "limits.csv", "prices.csv", "solve.json"}

# Petersen's first problem (Management Science 13(9), 1967): each resource a year
PETERSEN_1 = """project_id,name,organisation,category,benefit,earliest_start,latest_start,\
spend_1,spend_2,spend_3,spend_4,spend_5,spend_6,spend_7,spend_8,spend_9,spend_10
1,One,O,C,100,2025/26,2025/26,8,8,3,5,5,5,0,3,3,3
2,Two,O,C,600,2025/26,2025/26,12,12,6,10,13,13,0,0,2,2
3,Three,O,C,1200,2025/26,2025/26,13,13,4,8,8,8,0,4,4,4
4,Four,O,C,2400,2025/26,2025/26,64,75,18,32,42,48,0,0,0,8
5,Five,O,C,500,2025/26,2025/26,22,22,6,6,6,6,8,8,8,8
6,Six,O,C,2000,2025/26,2025/26,41,41,4,12,20,20,0,0,4,4
"""
LIMITS_1 = "year,limit_gbp_m\n" + "".join(
    f"{2025 + t}/{26 + t},{limit}\n"
    for t, limit in enumerate((80, 96, 20, 36, 44, 48, 10, 18, 22, 24))
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "projects.csv").write_text(PETERSEN_1)
    (tmp_path / "limits.csv").write_text(LIMITS_1)
    return tmp_path


SOLVE = ("capital-solve", "projects.csv", "--limits", "limits.csv")


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_petersens_first_problem_has_its_optimum(folder: Path, solver: str) -> None:
    words = ("--gap", "0", "--discount-rate", "0", "--solver", solver)
    done = run(*SOLVE, "-o", "out", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    account = json.loads((folder / "out" / "solve.json").read_text())
    assert account["objective"] == pytest.approx(3800)
    assert account["gap"] == 0 if solver == "highs" else account["gap"] >= 0
    plan = pd.read_csv(folder / "out" / "plan.csv")
    assert plan.loc[plan["status"] == "funded", "benefit"].sum() == pytest.approx(3800)
    assert "benefit 3,800.0" in done.stderr
    limits = pd.read_csv(folder / "out" / "limits.csv", keep_default_na=False)
    spend = pd.read_csv(folder / "out" / "spend.csv")
    used = spend.groupby("year")["cdel_gbp_m"].sum()
    assert limits["used_gbp_m"].tolist() == pytest.approx(
        [used.get(year, 0.0) for year in limits["year"]]
    )
    assert (limits["used_gbp_m"] <= limits["limit_gbp_m"] + 1e-6).all()


def test_the_same_table_in_a_workbook_gives_the_same_bytes(folder: Path) -> None:
    for name, text in (("projects", PETERSEN_1), ("limits", LIMITS_1)):
        lines = [line.split(",") for line in text.splitlines()]
        frame = pd.DataFrame(lines[1:], columns=lines[0])
        frame.to_excel(folder / f"{name}.xlsx", index=False, engine="xlsxwriter")
    first = run(*SOLVE, "-o", "csv", cwd=folder)
    words = ("capital-solve", "projects.xlsx", "--limits", "limits.xlsx")
    second = run(*words, "-o", "xlsx", cwd=folder)
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    for name in FILES - {"solve.json"}:
        assert (folder / "csv" / name).read_bytes() == (folder / "xlsx" / name).read_bytes()


def test_rules_first_year_and_relaxation(folder: Path) -> None:
    (folder / "rules.csv").write_text("rule,name,year,amount_gbp_m\ncategory_cap,C,,150\n")
    done = run(*SOLVE, "-o", "capped", "--rules", "rules.csv", "--relax", cwd=folder)
    assert done.returncode == 0, done.stderr
    plan = pd.read_csv(folder / "capped" / "plan.csv")
    assert plan["cdel_gbp_m"].sum() == pytest.approx(150)
    later = run(*SOLVE, "-o", "later", "--first-year", "2026/27", cwd=folder)
    assert later.returncode == 2
    assert "is 2025/26, outside the plan's years 2026/27 to 2034/35" in later.stderr
    wrong = run(*SOLVE, "-o", "later", "--first-year", "2050/51", cwd=folder)
    assert "--first-year 2050/51: has no limit in limits.csv" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--gap", "0.5"), "could be 0.5 % or 50 %"),
        (("--gap", "tiny"), '"tiny" is not a number'),
        (("--discount-rate", "-1%"), "must lie between 0 and 100 %"),
        (("--time-limit", "0"), "--time-limit: is 0"),
        (("--solver", "gurobi"), "gurobi"),
        (("--rules", "none.csv"), "none.csv: does not exist"),
    ],
)
def test_options_that_cannot_be_are_refused(
    folder: Path, words: tuple[str, ...], says: str
) -> None:
    done = run(*SOLVE, "-o", "out", *words, cwd=folder)
    assert done.returncode == 2
    assert says in done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize("gap", ["0.005", "0.5%", "1"])
def test_a_gap_is_a_fraction_or_a_percentage(folder: Path, gap: str) -> None:
    done = run(*SOLVE, "-o", "out", "--gap", gap, "--discount-rate", "3.5", cwd=folder)
    assert done.returncode == 0, done.stderr


def test_a_bad_table_is_told_in_one_go_with_its_rows(folder: Path) -> None:
    text = PETERSEN_1.replace("benefit,earliest", "benefit,requires,must_fund,excludes,earliest")
    lines = text.splitlines()
    more = {1: "2,no,", 2: "3,no,", 3: "1,no,", 4: "9,no,", 5: "6,no,6", 6: ",maybe,"}
    for row, words in more.items():
        cells = lines[row].split(",")
        lines[row] = ",".join([*cells[:5], words, *cells[5:]])
    lines[6] = lines[6].replace("2025/26,2025/26", "2025/26,2024/25").replace(",41,41", ",4l,41")
    (folder / "projects.csv").write_text("\n".join(lines) + "\n")
    done = run(*SOLVE, "-o", "out", cwd=folder)
    assert done.returncode == 2
    for says in (
        "row 2, column requires: makes a loop: 1 needs 2 needs 3 needs 1",
        'row 5, column requires: names "9", which no row has',
        "row 6, column requires: names 6, but the two exclude each other",
        'row 7, column must_fund: is "maybe"',
        "row 7, column latest_start: is 2024/25, before the earliest start",
        'row 7, column spend_1: is "4l", not a number',
    ):
        assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_ten_thousand_problems_of_two_kinds_are_two_lines(folder: Path) -> None:
    head, *rows = PETERSEN_1.splitlines()
    many = [f"{n},x,O,C,oops,{rows[0].split(',', 5)[5]}-" for n in range(10_000)]
    (folder / "projects.csv").write_text("\n".join([head, *many]) + "\n")
    done = run(*SOLVE, "-o", "out", cwd=folder)
    assert done.returncode == 2
    assert "2 problems with the input" in done.stderr
    assert 'column benefit: is "oops", not a number in 10,000 rows (2 to 10001).' in done.stderr
    assert 'column spend_10: is "3-", not a number in 10,000 rows (2 to 10001).' in done.stderr


def test_must_fund_beyond_the_limit_names_schemes_years_and_pounds(folder: Path) -> None:
    text = PETERSEN_1.replace("benefit,earliest", "benefit,must_fund,earliest")
    for value in ("100", "600", "1200", "2400", "500", "2000"):
        text = text.replace(f",C,{value},", f",C,{value},yes,")
    (folder / "projects.csv").write_text(text)
    done = run(*SOLVE, "-o", "out", cwd=folder)
    assert done.returncode == 1
    assert (
        "must-fund schemes need £160.0m in 2025/26, the limit is £80.0m (4 £64.0m, 6 £41.0m, "
        "5 £22.0m, 3 £13.0m and 2 more)"
    ) in done.stderr
    assert not (folder / "out").exists()


def test_capital_puts_the_embedded_plan_to_the_test(tmp_path: Path) -> None:
    words = ("capital", "--set", "capital.gap_pct=10", "--overrun", "P002=20", "--inflation")
    done = run(*words, "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for heading in ("CATEGORY", "LIMIT", "BACKLOG", "COSTS RISE", "WHAT AN OVERRUN MOVES"):
        assert heading in done.stdout
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert names == FILES | {"backlog.csv", "inflation.csv", "overrun.csv"}
    wrong = run("capital", "--overrun", "P002", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "--overrun P002: is not ID=PCT" in wrong.stderr
