"""`nelfin capital-solve` with lists: nothing is dropped in silence, and questions come at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from nelfin.cli import cli
from nelfin.errors import InputError
from nelfin.models.capital import solve

pytestmark = pytest.mark.unit

PLAIN = """project_id,name,organisation,category,benefit,spend_1,Ward
A,Ward,Trust A,c,10,1,north
B,Lab,Trust B,c,8,2,south
"""
LIMITS = "year,limit_gbp_m\n2026/27,3\n2027/28,3\n"

Solve = Callable[..., Result]


@pytest.fixture
def solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Solve:
    """Write two tables and maybe a map, and run the command on them."""
    monkeypatch.chdir(tmp_path)

    def run(projects: str, limits: str = LIMITS, columns: str = "", *words: str) -> Result:
        Path("projects.csv").write_text(projects, encoding="utf-8")
        Path("limits.csv").write_text(limits, encoding="utf-8")
        if columns:
            Path("map.toml").write_text(columns, encoding="utf-8")
            words = ("--columns", "map.toml", *words)
        given = ["capital-solve", "projects.csv", "--limits", "limits.csv", "-o", "out", *words]
        return CliRunner().invoke(cli, given)

    return run


def told(result: Result) -> str:
    assert isinstance(result.exception, InputError), result.output
    assert not Path("out").exists()
    return str(result.exception)


def test_what_is_not_read_stands_on_the_terminal_and_in_the_account(solved: Solve) -> None:
    result = solved(PLAIN, "year,limit_gbp_m,remark\n2026/27,3,x\n")
    assert result.exit_code == 0, result.exception
    assert 'projects.csv: column not read: "Ward"' in result.stderr
    account = json.loads(Path("out/solve.json").read_text())
    assert account["not_read"] == {"projects": ["Ward"], "limits": ["remark"]}


def test_what_is_not_read_of_further_tables_is_told_as_of_the_first(solved: Solve) -> None:
    further = {
        "backlog": "Organisation,band,backlog_gbp_m,year,colour\nTrust A,high,9,2024/25,red\n",
        "futures": "future,weight,limits_pct,costs_pct,colour\npoor,1,90,100,red\n",
        "groups": "group,at_least,at_most,colour\nX,0,2,red\n",
        "asset-types": "asset_type,life_years,optimism_bias_pct,colour\nKit,10,0,red\n",
    }
    words = []
    for name, text in further.items():
        Path(f"{name}.csv").write_text(text)
        words += [f"--{name}", f"{name}.csv"]
    listed = PLAIN.replace("Ward\n", "group\n").replace("north", "X").replace("south", "X")
    result = solved(listed, LIMITS.replace(",3\n", ",13\n"), "", *words)
    assert result.exit_code == 0, result.exception
    assert 'backlog.csv: heading "Organisation" read as organisation.' in result.stderr
    for name in further:
        assert f'{name}.csv: column not read: "colour"' in result.stderr
    account = json.loads(Path("out/solve.json").read_text())["not_read"]
    assert account == {name.replace("-", "_"): ["colour"] for name in further}


def test_an_account_of_tables_that_are_read_whole_says_so(solved: Solve) -> None:
    assert (
        solved(PLAIN.replace(",Ward", "").replace(",north", "").replace(",south", "")).exit_code
        == 0
    )
    assert json.loads(Path("out/solve.json").read_text())["not_read"] == {}


@pytest.mark.parametrize(
    ("heading", "cells", "meant"),
    [
        ("year_2", "9,0", "spend_2"),
        ("Y2", "9,0", "spend_2"),
        ("cost_2027", "9,0", "spend"),
        ("FY26", "£9m,", "spend"),
        ("2026/27", "9,", "spend"),
        ("Prior years", "9,", "spend"),
        ("Mandatory", "yes,no", "must_fund"),
        ("must do", "1,0", "must_fund"),
        ("Committed", "x,", "must_fund"),
        ("depends_on", "B,", "requires"),
        ("Predecessors", ",A", "requires"),
        ("start_year", "2027/28,", "earliest_start"),
        ("Not before", "2027,", "earliest_start"),
        ("mutually exclusive with", "B,", "excludes"),
    ],
)
def test_columns_that_look_like_others_are_asked_about_unless_nothing_is_in_them(
    solved: Solve, heading: str, cells: str, meant: str
) -> None:
    first, second = cells.split(",")
    head, a, b = PLAIN.splitlines()
    said = told(solved(f"{head},{heading}\n{a},{first}\n{b},{second}\n"))
    assert f"row 1, column {heading}: looks like" in said
    assert meant in said
    assert f'name it "note on {heading}"' in said
    assert solved(f"{head},{heading}\n{a},\n{b},\n").exit_code == 0


def test_a_map_says_what_such_a_column_is(solved: Solve) -> None:
    head, a, b = PLAIN.splitlines()
    text = f"{head},Must do,start_year\n{a},no,2027\n{b},yes,2026/27\n"
    columns = "[columns]\nmust_fund = 'Must do'\nearliest_start = 'start_year'\n"
    result = solved(text, LIMITS, columns)
    assert result.exit_code == 0, result.exception
    plan = pd.read_csv("out/plan.csv").set_index("project_id")
    assert plan["start_year"].to_dict() == {"A": "2027/28", "B": "2026/27"}
    assert plan["reason"]["B"] == "Must be funded."


@pytest.mark.parametrize("heading", ["Trust", "Provider", "org", "Department"])
def test_limits_whose_owner_stands_under_another_name_are_refused(
    solved: Solve, heading: str
) -> None:
    said = told(solved(PLAIN, f"year,limit_gbp_m,{heading}\n2026/27,1,Trust A\n"))
    assert f'limits.csv, row 1, column {heading}: looks like "organisation"' in said


def test_pounds_are_asked_about_and_read_where_they_are_said(solved: Solve) -> None:
    rows = "".join(f"{n},s,T,c,{n},{400_000 + n}\n" for n in range(1, 7))
    text = f"project_id,name,organisation,category,benefit,spend_1\n{rows}"
    limits = "year,limit_gbp_m\n2026/27,900000\n"
    said = told(solved(text, limits))
    assert "projects.csv: comes to £2,400bn in the largest year" in said
    assert "limits.csv: comes to £900bn in a year" in said
    assert "--unit £k" in said
    assert "--limit-unit £k" in said
    result = solved(text, limits, "", "--unit", "£", "--limit-unit", "£")
    assert result.exit_code == 0, result.exception
    limit = pd.read_csv("out/limits.csv")
    assert limit["limit_gbp_m"].tolist() == [0.9]
    assert limit["used_gbp_m"].tolist() == pytest.approx([0.800011])


def test_thousands_are_asked_about_and_an_answer_is_taken(solved: Solve) -> None:
    """A list in points may look like thousands: it is solved, and the question is told."""
    rows = "".join(f"{n},s,T,c,{n},{400 + n}\n" for n in range(1, 7))
    text = f"project_id,name,organisation,category,benefit,spend_1\n{rows}"
    limits = "year,limit_gbp_m\n2026/27,900\n"
    question = "the middle scheme costs £404m: are these pounds or £000?"
    result = solved(text, limits)
    assert result.exit_code == 0, result.exception
    assert question in result.stderr
    answered = solved(text, limits, "", "--unit", "£m")
    assert question not in str(answered.stderr)


def test_schemes_beyond_any_doubt_are_refused_unless_their_source_says_so() -> None:
    rows = pd.DataFrame({
        "project_id": list("ABCDE"), "name": "s", "organisation": "T", "category": "c",
        "benefit": 1.0, "spend_1": [30e3, 50e3, 28e3, 26e3, 1.0], "source": "",
    })  # fmt: skip
    limits = pd.DataFrame({"year": ["2026/27"], "limit_gbp_m": [30e3]})
    with pytest.raises(InputError, match=r"the middle scheme costs £28,000m: are these pounds"):
        solve(rows, limits)
    marked = rows.assign(source="unusual: hospitals only")
    assert solve(marked, limits).solve.status == "optimal"


def test_a_list_of_calendar_years_is_solved_as_it_stands(solved: Solve) -> None:
    text = """City plan 2026 to 2027,,,,,
Ref,Project,Department,Type,2026,2027,Total
1,Roof,Works,Repair,"1,500",-,"1,500"
2,Depot,Works,New,-,"2,000","2,000"
Total,,,,"1,500","2,000","3,500"
"""
    result = solved(text, LIMITS, "", "--unit", "£k", "--rank-by", "Total", "--phasing", "fixed")
    assert result.exit_code == 0, result.exception
    plan = pd.read_csv("out/plan.csv").set_index("project_id")
    assert plan["start_year"].to_dict() == {1: "2026/27", 2: "2027/28"}
    assert result.stderr.count("is taken as the financial year 2026/27") == 1
    assert "1 row of totals left out" in result.stderr


def test_a_workbook_whose_title_names_the_unit_and_whose_list_is_on_another_sheet(
    solved: Solve, tmp_path: Path
) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "plan.xlsx")) as book:
        book.add_worksheet("Read me").write(0, 0, "About this plan")
        sheet = book.add_worksheet("Plan")
        sheet.write(0, 0, "Our capital, all figures in £k")
        rows: list[list[object]] = [
            ["Ref", "Scheme", "Trust", "Type", "Score", 2026, 2027],
            ["A", "Roof", "T", "c", 4, 900, 0],
            ["B", "Lift", "T", "c", 3, 0, 250.5],
        ]
        for at, row in enumerate(rows):
            sheet.write_row(at + 2, 0, row)
    given = ["capital-solve", "plan.xlsx", "--limits", "limits.csv", "-o", "out"]
    (tmp_path / "limits.csv").write_text(LIMITS)
    result = CliRunner().invoke(cli, given)
    assert result.exit_code == 0, result.exception
    assert 'read in £k, as the title "Our capital, all figures in £k" says' in result.stderr
    assert pd.read_csv("out/plan.csv")["spend_gbp_m"].tolist() == pytest.approx([0.9, 0.2505])


def test_a_list_with_decimal_commas(solved: Solve) -> None:
    text = "Ref;Scheme;Trust;Type;Score;2026/27\nA;a;T;c;4;1.250,5\nB;b;T;c;3,5;12,25\n"
    result = solved(text, LIMITS, "", "--unit", "£k")
    assert result.exit_code == 0, result.exception
    plan = pd.read_csv("out/plan.csv")
    assert plan["spend_gbp_m"].tolist() == pytest.approx([1.2505, 0.01225])


def test_problems_of_every_table_come_at_once(solved: Solve) -> None:
    text = "Ref,Title,Trust,Type,Score,2026/27\n1,a,T,c,4,TBC\n"
    said = told(solved(text, "year,limit_gbp_m\n2026,x\n"))
    for problem in (
        'column 2026/27: is "TBC", not an amount',
        "limits.csv, row 2, column year",
        "limits.csv, row 2, column limit_gbp_m",
    ):
        assert problem in said


def test_a_column_to_rank_by_that_is_not_there_is_told_by_the_option(solved: Solve) -> None:
    said = told(solved(PLAIN.replace("benefit", "rating"), LIMITS, "", "--rank-by", "Wards"))
    assert '--rank-by: names the column "Wards"' in said
    assert 'Did you mean "Ward"?' in said
    said = told(solved(PLAIN.replace("benefit", "rating"), LIMITS, 'rank_by = "Wards"'))
    assert 'map.toml, rank_by: names the column "Wards"' in said
