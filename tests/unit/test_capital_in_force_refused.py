"""A plan in force beside a kind of plan that does not keep to one is refused, never passed over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from capital_plans import limit_table, scheme, table
from click.testing import CliRunner

from nelfin.cli import cli
from nelfin.errors import InputError
from nelfin.models.capital import Settings, build
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.stress import Chance, futures_of, plan_for_all, safe_plan
from nelfin.models.ranges import Range
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.unit

ROWS = [scheme("A", 4, 10), scheme("B", 3, 7.001), scheme("C", 3, 7)]
IN_FORCE = pd.DataFrame({"project_id": ["A", "C"], "start_year": ["2025/26", "2025/26"]})
FUTURES = pd.DataFrame({"future": ["poor", "rich"], "weight": 1, "limits_pct": [80, 100],
                        "costs_pct": 100})  # fmt: skip


def case_with(**settings: object) -> Case:
    given = Settings(gap_pct=1.0, begin_from=IN_FORCE, **settings)  # type: ignore[arg-type]
    return case_of(check_capital(table(ROWS), limit_table([7]), given))


@pytest.mark.parametrize("most", [None, 1])
def test_plans_that_keep_to_none_refuse_the_plan_in_force(most: int | None) -> None:
    case = case_with(max_changes=most)
    with pytest.raises(InputError, match="begin_from: is a plan in force, and a plan whose limits"):
        safe_plan(case, Chance(0.9, Range(0.0, 5.0, 10.0)))
    with pytest.raises(InputError, match="one plan for every future does not keep to one"):
        plan_for_all(case, futures_of(case, FUTURES))


def test_a_plan_of_the_analyst_keeps_to_the_plan_in_force() -> None:
    model = build(table(ROWS), limit_table([7]), gap_pct=1.0, begin_from=IN_FORCE)
    plan = model.solve()
    assert plan.plan["status"].tolist() == ["funded", "not funded", "funded"]
    assert plan.solve.changed == 0


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    table(ROWS).to_csv("schemes.csv", index=False)
    limit_table([7]).to_csv("limits.csv", index=False)
    FUTURES.to_csv("futures.csv", index=False)
    IN_FORCE.to_csv("plan.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("--safe", "90%", "--cost-range", "0:5:10"),
        ("--futures", "futures.csv", "--one-plan"),
        ("--safe", "90%", "--cost-range", "0:5:10", "--max-changes", "1"),
    ],
)
def test_the_command_refuses_it_by_its_option(desk: Path, words: tuple[str, ...]) -> None:
    asked = ["capital-solve", "schemes.csv", "--limits", "limits.csv", "-o", "out", *words]
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(cli, [*asked, "--from", "plan.csv"], catch_exceptions=False)
    assert caught.value.exit_status == 2
    assert "--from plan.csv: is a plan in force, and " in str(caught.value)
    assert not (desk / "out").exists()
    # a list over futures is no plan of its own, and the plan beside it keeps still
    listed = [*asked[:6], "--futures", "futures.csv", "--from", "plan.csv", "--gap", "1%"]
    done = CliRunner().invoke(cli, listed, catch_exceptions=False)
    assert "Starts changed: 0" in done.stderr
    assert pd.read_csv("out/plan.csv")["status"].tolist() == ["funded", "not funded", "funded"]


def test_a_scenario_with_a_plan_in_force_refuses_it_by_its_table(tmp_path: Path) -> None:
    ids = pd.read_csv(load_scenario().data.projects or "")["project_id"]
    plan = tmp_path / "old.csv"
    pd.DataFrame({"project_id": ids[:3], "start_year": "2026/27"}).to_csv(plan, index=False)
    words = ["capital", "--set", f"data.plan_in_force={plan}", "--allow", str(tmp_path)]
    with pytest.raises(InputError, match=r"old\.csv: is a plan in force, and a plan whose limits"):
        CliRunner().invoke(cli, [*words, "--safe", "90%"], catch_exceptions=False)
