"""Doubt on the command line: options of `capital-solve` and `capital`, and what they write."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from nelfin.cli.capital import capital
from nelfin.cli.capital_doubt import cost_range
from nelfin.cli.capital_solve import capital_solve
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

PROJECTS = """project_id,name,organisation,category,benefit,spend_1,spend_2
A,Alpha,Barts,Backlog,12,4,
B,Beta,Barts,Backlog,8,4,
C,Gamma,Homerton,Backlog,5,3,2
"""
LIMITS = "year,limit_gbp_m\n2025/26,9\n2026/27,7\n"
FUTURES = "future,weight,limits_pct,costs_pct\npoor,1,50,100\nas it is,2,100,100\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("projects", PROJECTS), ("limits", LIMITS), ("futures", FUTURES)):
        (tmp_path / f"{name}.csv").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solve(*words: str) -> Result:
    return CliRunner().invoke(
        capital_solve, ["projects.csv", "--limits", "limits.csv", "-o", "out", *words]
    )


def test_futures_add_one_list_and_what_each_future_gives(folder: Path) -> None:
    done = solve("--futures", "futures.csv", "--gap", "0", "--discount-rate", "0")
    assert done.exit_code == 0, done.output
    ends = pd.read_csv(folder / "out" / "priority_list.csv")
    assert ends["project_id"].tolist() == ["A", "B", "C"]
    assert ends["tier"].tolist() == ["poor", "as it is", "as it is"]
    came = pd.read_csv(folder / "out" / "futures.csv")
    assert came["weight"].tolist() == pytest.approx([1 / 3, 2 / 3])
    # 4.5 and 3.5 hold A alone
    assert came["benefit"].tolist() == pytest.approx([12.0, 25.0])
    account = json.loads((folder / "out" / "solve.json").read_text())["futures"]
    assert account["expected"] == pytest.approx((12 + 2 * 25) / 3)
    assert "One priority list over 2 futures: expected benefit 20.7." in done.stderr


def test_the_worst_futures_and_the_worst_weights_are_told(folder: Path) -> None:
    words = ("--futures", "futures.csv", "--one-plan", "--cvar", "70%", "--risk-weight", "100%")
    done = solve(*words)
    assert done.exit_code == 0, done.output
    assert "The worst 30 % of futures by weight give 12.0." in done.stderr
    assert "One plan over 2 futures" in done.stderr
    plan = pd.read_csv(folder / "out" / "plan.csv").set_index("project_id")
    assert plan.index[plan["status"] == "funded"].tolist() == ["A"]
    done = CliRunner().invoke(
        capital_solve,
        ["projects.csv", "--limits", "limits.csv", "-o", "more", "--futures", "futures.csv",
         "--ambiguity", "10", "--gap", "0", "--discount-rate", "0"],
    )  # fmt: skip
    # a fifth of all weight moves the 50 points to the poor future
    worst = 12 * (1 / 3 + 0.2) + 25 * (2 / 3 - 0.2)
    assert f"With weights wrong by up to 10 it is at least {worst:.1f}." in done.stderr


def test_a_safe_plan_says_what_it_takes_and_costs_say_what_slips(folder: Path) -> None:
    words = ("--safe", "95%", "--cost-range", "0:20:60", "--draws", "100", "--gap", "0")
    done = solve(*words)
    assert done.exit_code == 0, done.output
    safety = pd.read_csv(folder / "out" / "safety.csv")
    assert (safety["share_held"] >= 0.95).all()
    assert (safety["used_gbp_m"] + safety["reserve_gbp_m"] <= safety["limit_gbp_m"] + 1e-6).all()
    account = json.loads((folder / "out" / "solve.json").read_text())
    assert account["safety"]["given_up"] >= 0
    assert account["objective"] == pytest.approx(
        account["safety"]["as_priced"] - account["safety"]["given_up"]
    )
    assert "Each limit holds in at least 95 % of 100 draws of costs" in done.stderr
    assert "schemes wait for room" in done.stderr
    slips = pd.read_csv(folder / "out" / "slips.csv")
    assert ((slips["waits"] > 0) & (slips["waits"] <= 1)).all()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--one-plan",), "--one-plan: has no futures"),
        (("--cvar", "80%"), "--cvar: has no futures"),
        (("--ambiguity", "3"), "--ambiguity: has no futures"),
        (("--futures", "futures.csv", "--cvar", "80%", "--ambiguity", "3"), "beside --cvar"),
        (("--futures", "futures.csv", "--ambiguity", "-3"), "--ambiguity: is -3"),
        (("--futures", "futures.csv", "--cvar", "100%"), "leaves no futures"),
        (("--futures", "futures.csv", "--relax"), "--relax: funds schemes in part"),
        (("--futures", "projects.csv"), "projects.csv"),
        (("--safe", "90%"), "--safe: needs what schemes may cost"),
        (("--safe", "90%", "--cost-range", "1:2"), "is not LOW:LIKELY:HIGH"),
        (("--safe", "90%", "--cost-range", "10:2:30"), "is not in order"),
    ],
)
def test_options_that_cannot_be_are_refused(
    folder: Path, words: tuple[str, ...], says: str
) -> None:
    done = solve(*words)
    assert isinstance(done.exception, InputError)
    assert says in str(done.exception)
    assert not (folder / "out").exists()


def test_a_range_of_costs_is_a_triangle() -> None:
    spread = cost_range("-10:0:30")
    assert spread is not None
    assert (spread.low, spread.middle, spread.high) == (-10.0, 0.0, 30.0)
    assert cost_range(None) is None


def test_a_scenario_without_futures_is_told_where_to_name_them() -> None:
    done = CliRunner().invoke(capital, ["--futures"])
    assert isinstance(done.exception, InputError)
    assert "data.capital_futures" in str(done.exception)
