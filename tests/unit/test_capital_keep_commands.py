"""Commands and scenarios that keep a capital plan still, ask for schemes, and compare benefits."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from capital_plans import limit_table, plan_of, scheme, table
from click.testing import CliRunner, Result

import nelfin
from nelfin.cli import capital, cli
from nelfin.cli.capital_keep import tell_kept
from nelfin.data import load_inputs
from nelfin.data.plan_in_force import plan_file
from nelfin.errors import InputError
from nelfin.models.capital.compared import PlanTables
from nelfin.scenario import load_scenario
from nelfin.system.capital import capital_case, check_schemes

pytestmark = pytest.mark.unit

ROWS = [
    scheme("A", 4, 10, score_need=1), scheme("B", 3, 7, score_need=2),
    scheme("C", 2, 6, score_need=3),
]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    table(ROWS).to_csv("schemes.csv", index=False)
    limit_table([9]).to_csv("limits.csv", index=False)
    limit_table([6]).to_csv("less.csv", index=False)
    return tmp_path


def solved(*words: str, limits: str = "limits.csv") -> Result:
    words = ("capital-solve", "schemes.csv", "--limits", limits, *words)
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def test_a_plan_in_force_from_a_folder(desk: Path) -> None:
    solved("-o", "old")
    done = solved("-o", "new", "--from", "old", limits="less.csv")
    assert "Starts changed: 1; the plan in force has 3. No plan as good as asked" in done.stderr
    assert "B Scheme B: 2025/26 before, not funded now. The limit in 2025/26 fell" in done.stderr
    assert "not read" not in done.stderr
    moved = pd.read_csv("new/changes.csv")
    assert list(moved["project_id"]) == ["B"]
    account = json.loads((desk / "new" / "solve.json").read_text())
    assert (account["changed"], account["changed_at_least"]) == (1, 1)
    # the same inputs give the same plan
    solved("-o", "again", "--from", "old/plan.csv", limits="less.csv")
    assert (desk / "again" / "plan.csv").read_bytes() == (desk / "new" / "plan.csv").read_bytes()


def test_a_list_of_starts_and_schemes_asked_for(desk: Path) -> None:
    Path("list.csv").write_text("project_id,start_year\nA,2025/26\nZ,2025/26\n")
    done = solved(
        "-o", "new", "--from", "list.csv", "--max-changes", "1", "--out", "B", limits="less.csv"
    )
    assert "Of the plan in force Z is no longer in the list." in done.stderr
    plan = pd.read_csv("new/plan.csv", encoding="utf-8-sig").set_index("project_id")
    assert plan.at["B", "reason"] == "Asked to be out."
    assert list(plan.index[plan["status"] == "funded"]) == ["A", "C"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "nowhere"), "nowhere"),
        (("--from", "."), "holds no plan.csv."),
        (("--max-changes", "2"), "--max-changes: is given without the plan in force"),
        (("--in", "Q"), "--in Q: is no scheme of the table."),
        (("--in", "A", "--out", "A"), "--out A: is also asked to be in."),
        (("--start", "A"), "--start A: is not ID=YEAR."),
        (("--start", "A=2031/32"), "--start A=2031/32: is outside the plan's years"),
        (("--start", "A=2025/26", "--start", "A=2026/27"), "is given as 2025/26 too."),
        (("--compare-benefits",), "has no npsv. It needs columns cash_releasing_gbp_m"),
        (("--qaly-prices", "soon"), "--qaly-prices soon: is not a financial year."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    desk: Path, words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InputError) as caught:
        solved("-o", "new", *words)
    assert says in str(caught.value)
    assert not (desk / "new").exists()


def test_benefits_are_compared_side_by_side(desk: Path) -> None:
    rows = [row | {"societal_gbp_m": n, "life_years": 9} for n, row in enumerate(ROWS)]
    table(rows).to_csv("schemes.csv", index=False)
    done = solved("-o", "new", "--compare-benefits", limits="less.csv")
    assert "there is no criteria to compare: it needs columns score_<criterion>" in done.stderr
    found = pd.read_csv("new/benefit_kinds.csv")
    assert list(found.columns) == [
        "project_id",
        "name",
        "organisation",
        "score",
        "npsv",
        "plans_in",
    ]
    assert len(pd.read_csv("new/benefit_plans.csv")) == 2


def test_what_is_gone_from_the_list_is_told_by_both_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ids = ["A", *(f"Z{n}" for n in range(7))]
    plan = pd.DataFrame({"project_id": ids, "start_year": "2025/26"})
    tell_kept(plan_of(ROWS, [9], begin_from=plan), PlanTables(plan))
    said = capsys.readouterr().err
    assert "Of the plan in force Z0, Z1, Z2, Z3, Z4 and 2 more are no longer in the list." in said
    # `capital` tells it as `capital-solve` does
    assert capital.tell_kept is tell_kept


# Scenarios


def test_a_scenario_names_a_plan_in_force_that_its_run_keeps(tmp_path: Path) -> None:
    base = load_scenario()
    projects = load_inputs(base).projects
    free = ~projects["must_fund"] & (projects["earliest_start"].fillna("") == "")
    ids = projects.loc[free & (projects["option_of"] == ""), "project_id"].tolist()
    plan = tmp_path / "plan.csv"
    plan.write_text(f"project_id,start_year\n{ids[0]},2024/25\n{ids[1]},\n")
    asked = {"must_in": [ids[1]], "must_out": [ids[2]], "max_changes": 400}
    overrides = {"data.plan_in_force": str(plan), f"capital.must_start.{ids[3]}": "2025/26"}
    scenario = load_scenario(
        None, overrides | {f"capital.{key}": value for key, value in asked.items()}
    )
    inputs = load_inputs(scenario)
    settings = capital_case(scenario, inputs).settings
    assert settings.begin_from is not None
    assert settings.begin_from["project_id"].tolist() == ids[:2]
    assert (settings.must_in, settings.must_out) == ((ids[1],), (ids[2],))
    assert settings.must_start == {ids[3]: "2025/26"}
    assert "plan_in_force" in {each.name for each in nelfin.data.load.read_files(scenario)}


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"capital.must_in": ["Q9"]}, "capital.must_in Q9: is no scheme of the table."),
        ({"capital.max_changes": 3}, "capital.max_changes: is given without the plan in force"),
        ({"capital.must_start.P001": "2050/51"}, "capital.must_start P001=2050/51"),
    ],
)
def test_a_scenario_that_asks_what_cannot_be(overrides: dict, says: str) -> None:
    scenario = load_scenario(None, overrides)
    with pytest.raises(InputError) as caught:
        check_schemes(scenario, load_inputs(scenario))
    assert says in str(caught.value)


def test_the_plan_of_a_run_is_found_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for name in ("run.json", "scenario.resolved.toml", "tables/plan.csv"):
        (tmp_path / name).write_text("")
    assert plan_file(tmp_path) == tmp_path / "tables" / "plan.csv"
