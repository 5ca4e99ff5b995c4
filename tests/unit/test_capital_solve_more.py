"""`nelfin capital-solve` with all that a scenario's capital section can say, and a scenario too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from nelfin.cli.capital_solve import capital_solve
from nelfin.data import Inputs
from nelfin.data.specs import CAPITAL_GROUPS, CAPITAL_RESOURCES, TABLES
from nelfin.data.tables import check_frame
from nelfin.errors import InputError
from nelfin.report.text.capital import capital_text
from nelfin.scenario import Scenario
from nelfin.system.capital import capital_data, solve_capital

pytestmark = pytest.mark.unit

PROJECTS = """project_id,name,organisation,category,score_need,score_risk,spend_1,spend_2,\
use_staff_1,asset_type,place,money,group,requires
"A;1",Ward,Barts,Acute,5,3,10,,2,Building,Newham,,X,
B+2,Scanner,Barts,Equipment,4,9,6,-2,1,Kit,Havering,,X,"A;1"
C,Hub,BHRUT,Community,9,1,5,5,1,Building,Newham,PDC,,
"""
LIMITS = "year,limit_gbp_m,money\n" + "".join(
    f"{year},{limit},{money}\n"
    for money, limit in (("", 11), ("PDC", 6))
    for year in ("2026/27", "2027/28", "2028/29")
)
MORE = {
    "resources": "resource,unit,year,limit\nstaff,wte,2026/27,3\nstaff,wte,2027/28,2\n",
    "groups": "group,at_least,at_most\nX,2,\n",
    "asset-types": "asset_type,life_years,optimism_bias_pct\nBuilding,60,10\nKit,10,0\n",
    "deprivation": "place,most_deprived_share\nNewham,0.5\nHavering,0.1\n",
    "rules": "rule,name,year,amount_gbp_m\ndeprived_floor,,,4\n",
}
CRITERIA = ["--benefit", "criteria", "--weight", "need=1", "--weight", "risk=0.5"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {"projects": PROJECTS, "limits": LIMITS, **MORE}
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solve(*words: str) -> Result:
    arguments = ["projects.csv", "--limits", "limits.csv", "-o", "out", *words]
    return CliRunner().invoke(
        capital_solve, arguments, catch_exceptions=False, standalone_mode=False
    )


def test_every_part_of_a_capital_section_has_an_option(folder: Path) -> None:
    tables = [word for name in MORE for word in (f"--{name}", f"{name}.csv")]
    more = ["--later-rate", "3%", "--discount-from", "start", "--carry-over", "10%"]
    done = solve(*tables, *CRITERIA, *more, "--place-weight", "Newham=2", "--discount-rate", "10%")
    plan = pd.read_csv(folder / "out" / "plan.csv").set_index("project_id")
    assert plan["start_year"].to_dict() == {"A;1": "2026/27", "B+2": "2027/28", "C": "2026/27"}
    # criteria, twice for Newham, from the start
    assert plan["benefit"].tolist() == pytest.approx([2 * 6.5, 8.5 / 1.1, 2 * 9.5])
    assert plan["spend_gbp_m"].tolist() == pytest.approx([11, 4, 11])
    limits = pd.read_csv(folder / "out" / "limits.csv", keep_default_na=False)
    assert limits["used_gbp_m"].tolist() == pytest.approx([11, 6, -2, 5.5, 5.5, 0])
    assert limits["slack_gbp_m"].tolist() == pytest.approx([0, 5, 11 + 1.1 + 2, 0.5, 1, 6.6])
    resources = pd.read_csv(folder / "out" / "resources.csv")
    assert resources["used"].tolist() == [3, 1]
    assert "1 scheme with negative spend (B+2): receipts of £2.0m in all" in done.stderr


def test_net_present_value_needs_lives_and_takes_them_from_the_table(folder: Path) -> None:
    projects = PROJECTS.replace("score_need,score_risk", "benefit,score_risk")
    (folder / "projects.csv").write_text(projects)
    solve("--benefit", "npsv", "--asset-types", "asset-types.csv", "--resources", "resources.csv")
    plan = pd.read_csv(folder / "out" / "plan.csv").set_index("project_id")
    yearly = sum(5 / 1.035 ** (1 + n) for n in range(60))
    assert plan.loc["A;1", "benefit"] == pytest.approx(yearly - 11)


def test_net_present_value_takes_lives_from_a_column_too(folder: Path) -> None:
    rows = PROJECTS.replace("score_need,score_risk", "benefit,life_years").replace("5,3,", "5,60,")
    rows = rows.replace(",4,9,", ",4,10,").replace(",9,1,", ",9,20,")
    (folder / "projects.csv").write_text(rows)
    solve("--benefit", "npsv", "--resources", "resources.csv")
    worth = pd.read_csv(folder / "out" / "worth.csv").set_index("project_id")
    assert worth["life_years"].tolist() == [60, 10, 20]
    (folder / "projects.csv").write_text(rows.replace("5,60,", "5,,"))
    with pytest.raises(InputError, match=r"row 2, column asset_type.* no life in years"):
        CliRunner().invoke(
            capital_solve,
            ["projects.csv", "--limits", "limits.csv", "-o", "new", "--benefit", "npsv",
             "--resources", "resources.csv"],
            catch_exceptions=False, standalone_mode=False,
        )  # fmt: skip


def test_criteria_are_weighed_to_be_compared(folder: Path) -> None:
    rows = PROJECTS.replace("category,score", "category,benefit,score")
    for name in ("Acute", "Equipment", "Community"):
        rows = rows.replace(f"{name},", f"{name},7,")
    (folder / "projects.csv").write_text(rows)
    weights = CRITERIA[2:]
    solve(*weights, "--compare-benefits", "--resources", "resources.csv")
    assert list(pd.read_csv(folder / "out" / "benefit_plans.csv")["best_by"]) == [
        "score", "criteria",
    ]  # fmt: skip


def test_settings_are_called_by_their_option_or_by_their_key(
    folder: Path, scenario: Scenario, inputs: Inputs
) -> None:
    rows = PROJECTS.replace("score_need,score_risk", "qalys,cash_releasing_gbp_m")
    (folder / "projects.csv").write_text(rows)
    listed = pd.read_csv(folder / "projects.csv").assign(life_years=9, revenue_gbp_m=1)
    listed.to_csv(folder / "projects.csv", index=False)
    with pytest.raises(InputError) as caught:
        solve("--benefit", "npsv", "--resources", "resources.csv")
    assert "--qaly-value: is in prices of 2024/25" in str(caught.value)
    assert "Give general inflation, % a year (--deflator)." in str(caught.value)
    assert "different money (--revenue-beside-cash)" in str(caught.value)
    changed = {"place_weights": {"Nowhere": 2.0}}
    with pytest.raises(InputError, match=r"capital\.place_weights Nowhere: is no scheme's place"):
        solve_capital(replace_section(scenario, **changed), inputs)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--weight", "need=1"], "--weight: has no criteria to weigh"),
        (["--benefit", "npsv"], "--benefit npsv: needs the lives of assets"),
        ([*CRITERIA, "--weight", "need"], "--weight need: is not NAME=NUMBER"),
        ([*CRITERIA, "--weight", "need=2"], "--weight need=2: weighs need again"),
        ([*CRITERIA, "--place-weight", "Newham=-1"], "--place-weight Newham=-1: is not"),
        ([*CRITERIA, "--place-weight", "Newam=1"], "--place-weight Newam: is no scheme's place"),
        ([*CRITERIA, "--weight", "safety=1"], "--weight safety: has no column"),
        (["--benefit", "criteria", "--weight", "need=1"], "Give it one (--weight); 0 leaves"),
        ([*CRITERIA, "--now", "2031/32"], "--now: is 2031/32, after the last year"),
        ([*CRITERIA, "--now", "soon"], "--now: "),
        ([*CRITERIA], "use_staff_1: is use of staff, of which --resources has no limit"),
        ([*CRITERIA, "--groups", "none.csv"], "none.csv: does not exist"),
        ([*CRITERIA, "--asset-types", "deprivation.csv"], 'the column "asset_type" is missing'),
    ],
)
def test_what_options_cannot_mean_is_refused(folder: Path, words: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        solve(*words)
    assert said in str(caught.value)
    assert not (folder / "out").exists()


def test_a_scheme_of_an_unknown_asset_type_or_place_is_refused(folder: Path) -> None:
    (folder / "asset-types.csv").write_text(MORE["asset-types"].replace("Kit", "Kits"))
    with pytest.raises(InputError, match=r'row 3, column asset_type: is "Kit", which asset-types'):
        solve(*CRITERIA, "--asset-types", "asset-types.csv", "--resources", "resources.csv")


def test_later_years_of_resources_go_with_those_of_limits(folder: Path) -> None:
    solve(*CRITERIA, "--resources", "resources.csv", "--first-year", "2027/28")
    assert pd.read_csv(folder / "out" / "resources.csv")["year"].tolist() == ["2027/28"]


def test_help_lists_options_under_headings_and_each_once() -> None:
    text = CliRunner().invoke(capital_solve, ["--help"]).output
    heads = ["Tables:", "Benefit:", "Limits and years:", "Search:", "Options:"]
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)
    listed = [line.split()[0].strip(",") for line in text.splitlines() if line.startswith("  -")]
    # the help itself is an option, and the table of schemes is none
    assert len(listed) == len(set(listed)) == len(capital_solve.params)


def test_a_scenario_takes_the_same_tables(scenario: Scenario, inputs: Inputs) -> None:
    years = scenario.years.labels()
    staff = pd.DataFrame({"resource": "staff", "unit": "wte", "year": years, "limit": 0.5})
    projects = inputs.projects.head(60).assign(requires="", excludes="", must_fund=False)
    projects["use_staff_1"] = projects["spend_1"] / 10
    projects.loc[projects.index[:9], "money"] = "Digital"
    projects.loc[projects.index[20:30], "group"] = "Pilots"
    own = inputs.capital_limits
    other = own.assign(limit_gbp_m=30.0, money="Digital")
    given = replace(
        inputs,
        projects=projects,
        capital_limits=pd.concat([own, other], ignore_index=True),
        capital_resources=check_frame(staff, CAPITAL_RESOURCES, "staff"),
        capital_groups=check_frame(
            pd.DataFrame({"group": ["Pilots"], "at_least": [1], "at_most": [2]}),
            CAPITAL_GROUPS,
            "groups",
        ),
        capital_rules=check_frame(
            pd.DataFrame(columns=["rule", "amount_gbp_m"]), TABLES["capital_rules"], "rules"
        ),
    )
    relaxed = replace_section(scenario, relax=False, gap_pct=5.0)
    plan = solve_capital(relaxed, given)
    members = set(projects["project_id"].iloc[20:30])
    chosen = set(plan.plan.loc[plan.plan["status"] == "funded", "project_id"])
    assert 1 <= len(chosen & members) <= 2
    assert (plan.resources["slack"] > -1e-6).all()
    data = capital_data(plan, given, relaxed)
    ordinary = plan.limits[(plan.limits["money"] == "") & (plan.limits["organisation"] == "")]
    assert data["capital_used"].sum("organisation").values == pytest.approx(
        ordinary["used_gbp_m"].to_numpy()
    )
    text = capital_text(plan, {}, "More")
    assert "BY RESOURCE" in text
    assert "Digital" in text


def replace_section(scenario: Scenario, **changes: object) -> Scenario:
    """Return the scenario with settings of its capital section changed."""
    return scenario.model_copy(update={"capital": scenario.capital.model_copy(update=changes)})
