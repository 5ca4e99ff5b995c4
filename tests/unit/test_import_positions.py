"""Positions read from a wide table that people fill from a board paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from table_files import problems_of, workbook_writer

from nelfin.cli import cli
from nelfin.data.imports.position_returns import MONEY, import_positions
from nelfin.data.specs import TABLES
from nelfin.data.specs.recovery import MEASURES
from nelfin.data.tables import read_table
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

HEAD = "organisation,year,month,plan_gbp_m,actual_gbp_m,savings_plan_gbp_m,forecast_gbp_m\n"

Read = Callable[[str], tuple[pd.DataFrame, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(text: str) -> tuple[pd.DataFrame, list[str]]:
        file = tmp_path / "board.csv"
        file.write_text(text, encoding="utf-8")
        return import_positions(file)

    return write_and_read


def test_each_figure_becomes_a_row(read: Read) -> None:
    found, notes = read(HEAD + "Trust A,2025/26,,0,(63.8),367,\nTrust A,2025/26,5,-1.5,-4,,\n")
    assert found[["month", "measure", "value_gbp_m"]].values.tolist() == [
        ["", "plan", 0.0],
        ["", "outturn", -63.8],
        ["", "savings_plan", 367.0],
        ["5", "plan", -1.5],
        ["5", "outturn", -4.0],
    ]
    assert set(found["status"]) == {"given"}
    assert set(found["source"]) == {"Read in board.csv"}
    assert notes == ["Deficits are below nought, as 3 of 5 figures are."]


def test_every_measure_of_nelfin_has_a_column(read: Read) -> None:
    assert {of.measure for of in MONEY.values()} == set(MEASURES)
    names = ",".join(f"{name}_gbp_m" for name in MONEY)
    figures = ",".join(str(at) for at in range(1, 1 + len(MONEY)))
    found, _ = read(f"organisation,year,{names}\nsystem,2025/26,{figures}\n")
    assert dict(zip(found["measure"], found["value_gbp_m"], strict=True)) == {
        of.measure: at for at, of in enumerate(MONEY.values(), start=1)
    }


def test_status_source_and_item_are_kept(read: Read) -> None:
    found, _ = read(
        "organisation,year,plan_gbp_m,item,status,source\n"
        "system,2026/27,-5,,published,Board paper 3\nsystem,2026/27,-6,second paper,assumption,\n"
    )
    assert found[["item", "status", "source"]].values.tolist() == [
        ["", "published", "Board paper 3"],
        ["second paper", "assumption", "Read in board.csv"],
    ]


@pytest.mark.parametrize(
    ("unit", "typed"), [("gbp_k", "-63800"), ("gbp", '"(63,800,000)"'), ("gbp_m", "(£63.8)")]
)
def test_other_units_are_named_by_the_column(read: Read, unit: str, typed: str) -> None:
    found, notes = read(f"organisation,year,actual_{unit}\nsystem,2025/26,{typed}\n")
    assert list(found["value_gbp_m"]) == [-63.8]
    assert any("other units" in note for note in notes) == (unit != "gbp_m")


@pytest.mark.parametrize("month", ["5", "M5", "m05", "Month 5"])
def test_months_are_counted_from_april(read: Read, month: str) -> None:
    assert list(read(HEAD + f"A,2025/26,{month},1,,,\n")[0]["month"]) == ["5"]


def test_one_body_is_spelt_one_way(read: Read) -> None:
    found, notes = read(
        HEAD + "Trust A,2025/26,,1,,,\ntrust  a,2025/26,5,1,,,\nSYSTEM,2025/26,,1,,,\n"
    )
    assert list(found["organisation"]) == ["Trust A", "Trust A", "system"]
    assert '"SYSTEM" is read as system.' in notes


@pytest.mark.parametrize("total", ["Total", "England", "System total", "GRAND TOTAL"])
def test_totals_are_left_out_and_told(read: Read, total: str) -> None:
    found, notes = read(HEAD + f"A,2025/26,,1,,,\n{total},2025/26,,1,,,\n")
    assert list(found["organisation"]) == ["A"]
    assert (
        notes[0]
        == f"Left out as totals: {total} (row 3). For the system's own figure write system."
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,2025/26,August,1,,,", 'is "August". Months are counted from April: write 5.'),
        ("A,2025/26,13,1,,,", "column month: is 13"),
        ("A,2025/26,soon,,,,-5", 'column month: is "soon", not a number'),
        ("A,2025,,1,,,", 'column year: is "2025"'),
        (",2025/26,,1,,,", "column organisation: is empty"),
        ("A,2025/26,,x,,,", 'column plan_gbp_m: is "x", not a number'),
        ("A,2025/26,,5%,,,", 'is "5%", not a number'),
        ("A,2025/26,,#REF!,,,", "what a failed formula leaves"),
        ("A,2025/26,,,,,", "row 3: has no figure"),
        ("A,2025/26,,,,-5,", "is -5.0, below nought. Savings and support are 0 or more."),
        ("A,2025/26,5,,,,-5", "stands in the row of month 5, and is of the whole year"),
        ("A,2025/26,,-1200,,,", "comes to -1,200.0 in £m for A, more than any has had"),
        ("system,2025/26,,-63800,,,", "Then name the column plan_gbp_k or plan_gbp"),
        ("trusts,2025/26,,,,9999,", "column savings_plan_gbp_m: comes to 9,999.0"),
        ("b ,2025/26,,1,,,", "repeats row 2 (B, 2025/26)"),
        ("A,2025/26,,1,2,3,4,5", "has 8 cells, but there are 7 headings"),
    ],
)
def test_what_cannot_be_is_refused(read: Read, row: str, said: str) -> None:
    (problem,) = problems_of(lambda: read(f"{HEAD}B,2025/26,,1,,,\n{row}\n"))
    assert said in problem


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("organisation,year", "has no column of money"),
        ("organisation,year,plan_gbp_m,plan_gbp_k", "has plan_gbp_m and plan_gbp_k. Keep one"),
        ("organisation,year,plan_gbp_m,plan_gbp_m", 'has the column "plan_gbp_m" twice'),
        ("organisation,year,plan_gbp_m,acutal_gbp_m", 'Did you mean "actual_gbp_m"?'),
        ("organisation,plan_gbp_m,support", 'the column "year" is missing'),
    ],
)
def test_columns_that_are_not_known_are_refused(read: Read, head: str, said: str) -> None:
    problems = problems_of(lambda: read(f"{head}\nA,2025/26,1,1\n"[: len(head) + 20]))
    assert any(said in problem for problem in problems), problems


def test_other_columns_of_money_are_told(read: Read) -> None:
    text = "organisation,year,plan_gbp_m,variance_gbp_m,lead,\nA,2025/26,1,2,me,5\n"
    assert "Columns left alone: variance_gbp_m, one without a heading." in read(text)[1]


def test_all_problems_are_told_at_once(read: Read) -> None:
    problems = problems_of(lambda: read(HEAD + "A,2025,August,x,,-5,\nA,2025/26,5,,,,7\n"))
    assert len(problems) == 5


def test_a_workbook_is_read_and_written_to_what_a_scenario_takes(tmp_path: Path) -> None:
    file = workbook_writer(tmp_path)(
        {"M5": [["Organisation", "Year", "Month", "Actual_GBP_m"], ["A", "2025/26", 5, -4.25]]}
    )
    out = tmp_path / "positions.csv"
    done = CliRunner().invoke(cli, ["import-positions", str(file), "-o", str(out)])
    assert done.exit_code == 0, done.exception
    assert "1 organisation, 2025/26 to 2025/26, 1 figure." in done.stderr
    row = read_table(out, TABLES["positions"]).iloc[0]
    assert (row["month"], row["measure"], row["value_gbp_m"]) == (5, "outturn", -4.25)


def test_nothing_is_written_where_something_is_wrong(tmp_path: Path) -> None:
    file, out = tmp_path / "board.csv", tmp_path / "positions.csv"
    file.write_text(HEAD + "A,2025/26,,x,,,\n")
    out.write_text("mine")
    done = CliRunner().invoke(cli, ["import-positions", str(file), "-o", str(out), "--force"])
    assert isinstance(done.exception, InputError)
    assert sorted(tmp_path.iterdir()) == [file, out]
    assert out.read_text() == "mine"
