"""Figures that no system has are asked about by column, and pass where their source says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from table_files import problems_of

from nelfin.data import CONVERGE, TABLES, read_table
from nelfin.data.checks.units import converge_rows
from nelfin.data.specs.columns import Table

pytestmark = pytest.mark.unit

UPLIFTS, SCHEMES = TABLES["uplift_factors"], TABLES["efficiency_schemes"]
ASKED = 'If it is right as it is, give its row a source that begins with "unusual:".'


def asked(tmp_path: Path, spec: Table, text: str) -> tuple[str, ...]:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    problems = problems_of(lambda: read_table(file, spec))
    return tuple(problem.removeprefix(f"{file}, ") for problem in problems)


def passes(tmp_path: Path, spec: Table, text: str) -> bool:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return not read_table(file, spec).empty


@pytest.mark.parametrize("column", ["growth", "population_growth", "min_growth", "max_growth"])
@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("1.5", "is 1.5, which is 150 %. If 1.5 % is meant, write 0.015."),
        ("0.25", "is 0.25, which is 25 %. If 0.25 % is meant, write 0.0025."),
        ("-0.5", "is -0.5, which is -50 %. If -0.5 % is meant, write -0.005."),
    ],
)
def test_growth_to_converge_is_a_fraction_of_life(
    tmp_path: Path, column: str, value: str, what: str
) -> None:
    columns = {"id": "A", "baseline": "100", "growth": "0.02", "target": "110"} | {column: value}
    text = f"{','.join(columns)}\n{','.join(columns.values())}\n"
    assert asked(tmp_path, CONVERGE, text) == (f"row 2, column {column}: {what} {ASKED}",)
    columns = {name: cell if name != column else "0.2" for name, cell in columns.items()}
    assert passes(tmp_path, CONVERGE, f"{','.join(columns)}\n{','.join(columns.values())}\n")


def test_growth_past_any_growth_is_refused_with_what_may_be_meant(tmp_path: Path) -> None:
    (problem,) = asked(tmp_path, CONVERGE, "id,baseline,growth,target\nA,100,4.37,110\n")
    assert problem.endswith("It must lie between -1 and 2. If 4.37 % is meant, write 0.0437.")


@pytest.mark.parametrize(
    ("spec", "text", "remedy"),
    [
        (CONVERGE, 'id,baseline,growth,target\nA,100,"1,5%",110\n', "Write 1.5% if the comma is"),
        (CONVERGE, "id,baseline,growth,target\nA,£1k,0.015,110\n", "Write digits only"),
        (UPLIFTS, 'year,cost_uplift_pct\n2026/27,"2,9"\n', "Write 2.9 if the comma is one of"),
        (TABLES["capital_limits"], "year,limit_gbp_m\n2026/27,5%\n", "in digits, in £m."),
        (UPLIFTS, "year,cost_uplift_pct\n2026/27,£2.9m\n", "Write digits only"),
        (UPLIFTS, "year,cost_uplift_pct\n2026,2.9\n", "Write a financial year such as 2026/27."),
        (TABLES["deprivation"], "place,most_deprived_share\nLeeds,24\n", "write 0.24."),
    ],
)
def test_what_is_written_another_way_is_told_how_to_write_it(
    tmp_path: Path, spec: Table, text: str, remedy: str
) -> None:
    (problem,) = asked(tmp_path, spec, text)
    assert remedy in problem


def test_a_figure_that_is_right_says_so_in_its_source(tmp_path: Path) -> None:
    text = "id,baseline,growth,target,source\nA,100,{},110,{}\n"
    assert asked(tmp_path, CONVERGE, text.format("0.5", "Board: nothing unusual: page 3"))
    assert passes(tmp_path, CONVERGE, text.format("0.5", "Unusual: two boards merge"))
    limits = "year,limit_gbp_m,source\n2026/27,250000,{}\n"
    assert asked(tmp_path, TABLES["capital_limits"], limits.format("board"))
    assert passes(tmp_path, TABLES["capital_limits"], limits.format("unusual: all of England"))


@pytest.mark.parametrize(
    ("table", "text", "column"),
    [
        ("allocations", "stream,year,allocation_gbp_m\ncore,2024/25,987654\n", "allocation_gbp_m"),
        ("projects", "project_id,name,organisation,category,benefit,spend_1,spend_2\n"
         "P,x,T,c,1,2,1234567\n", "spend_2"),
        ("organisation_income", "organisation,stream,year,income_gbp_m\nT,core,2024/25,932000\n",
         "income_gbp_m"),
        ("public_health_grants", "place,year,grant_gbp_m\nLeeds,2024/25,48700\n", "grant_gbp_m"),
        ("capital_rules", "rule,name,year,amount_gbp_m\ncategory_floor,IT,,2500000\n",
         "amount_gbp_m"),
    ],
)  # fmt: skip
def test_money_in_pounds_or_thousands_is_asked_about(
    tmp_path: Path, table: str, text: str, column: str
) -> None:
    (problem,) = asked(tmp_path, TABLES[table], text)
    assert problem.startswith(f"row 2, column {column}: is £")
    assert "If it is in £k, write " in problem
    assert "; if in pounds, " in problem
    assert problem.endswith(ASKED)


def test_shares_that_are_all_fractions_are_asked_about_once(tmp_path: Path) -> None:
    head = "scheme,year,organisation,full_year_gbp_m,delivery_pct,recurrent_pct\n"
    rows = "a,2026/27,system,5,{},50\nb,2026/27,system,5,{},50\n"
    (problem,) = asked(tmp_path, SCHEMES, head + rows.format("0.6", "0.95"))
    assert problem.startswith(
        "row 3, column delivery_pct: is 0.95 %, and no figure of the column is larger. "
        "If 95 % is meant, write 95."
    )
    assert passes(tmp_path, SCHEMES, head + rows.format("0.6", "95"))
    assert passes(tmp_path, SCHEMES, head + rows.format("0", "0"))


def test_per_cents_written_as_fractions_are_asked_about(tmp_path: Path) -> None:
    (problem,) = asked(tmp_path, UPLIFTS, "year,cost_uplift_pct\n2025/26,4.15\n2026/27,0.029\n")
    assert problem.startswith("row 3, column cost_uplift_pct: is 0.029 %. If 2.9 % is meant, ")
    assert passes(tmp_path, UPLIFTS, "year,cost_uplift_pct\n2025/26,0\n2026/27,-0.4\n")


def test_rows_to_converge_have_one_unit(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("id,baseline,growth,target\nA,100,0.02,110\nB,100,0.02,110000\n")
    (problem,) = problems_of(lambda: converge_rows(read_table(file, CONVERGE), "t.csv"))
    assert problem.startswith("t.csv, row 3, column target: is 110000, and the baseline is 100.")
