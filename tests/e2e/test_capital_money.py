"""`nelfin capital-solve` with years that are over, limits in real terms and a backlog."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from command import Done, run

pytestmark = pytest.mark.e2e

PROJECTS = """project_id,name,organisation,category,benefit,spend_1,spend_2,started,\
backlog_high_gbp_m
A,Roof,Barts,Backlog,5,4,2,2025/26,6
B,Lift,Barts,Backlog,9,8,,,8
"""
LIMITS = """year,limit_gbp_m,organisation,price_year,status
2025/26,3,Barts,,firm
2026/27,10,Barts,,firm
2027/28,8,Barts,2026/27,indicative
"""
BACKLOG = "organisation,band,backlog_gbp_m,year\nBarts,high,50,2024/25\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("p", PROJECTS), ("l", LIMITS), ("b", BACKLOG)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def solved(folder: Path, *words: str) -> Done:
    common = ("capital-solve", "p.csv", "--limits", "l.csv", "-o", "out", "--gap", "0%")
    return run(*common, *words, cwd=folder)


def test_closed_years_real_terms_and_backlog_come_out_in_the_tables(folder: Path) -> None:
    done = solved(
        folder,
        "--now",
        "2026/27",
        "--deflator",
        "5%",
        "--backlog",
        "b.csv",
        "--deterioration",
        "10%",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    plan = pd.read_csv(folder / "out" / "plan.csv").set_index("project_id")
    assert plan["start_year"].to_dict() == {"A": "2025/26", "B": "2026/27"}
    limits = pd.read_csv(folder / "out" / "limits.csv")
    assert limits["status"].tolist() == ["closed", "firm", "indicative"]
    assert limits["limit_gbp_m"].tolist() == pytest.approx([3, 10, 8 * 1.05])
    table = pd.read_csv(folder / "out" / "backlog.csv")
    left = table.loc[table["measure"] == "backlog_left", "value"]
    first = (50 - 4) * 1.1
    second = (first - 2 - 8) * 1.1
    assert left.tolist() == pytest.approx([first, second, second * 1.1])
    # what is told is of the open years
    assert "£10.0m of £18.4m" in done.stderr


def test_what_is_wrong_is_told_with_its_place_and_nothing_is_written(folder: Path) -> None:
    done = solved(folder, "--now", "2026/27")
    assert done.returncode == 2
    assert "price_year" in done.stderr
    (folder / "b.csv").write_text("organisation,band,backlog_gbp_m,year\nBarts,hihg,5,2024/25\n")
    wrong = solved(folder, "--now", "2026/27", "--deflator", "2%", "--backlog", "b.csv")
    assert wrong.returncode == 2
    assert "b.csv" in wrong.stderr
    assert "hihg" in wrong.stderr
    assert not (folder / "out").exists()
