"""Spend columns are read by their number: whatever order they stand in, everything is the same."""

from __future__ import annotations

import doctest
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import nelfin
from nelfin.data import Inputs, projects, read_table
from nelfin.data.projects import spend_columns, spend_profile
from nelfin.data.register import register
from nelfin.data.specs import TABLES
from nelfin.models.capital import solve
from nelfin.report.page.render import _left_out, page_text
from nelfin.report.text.summary import summary
from nelfin.report.workbook import write_workbook
from nelfin.scenario import Scenario
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of

pytestmark = pytest.mark.unit

EMBEDDED = Path(nelfin.__file__).parent / "data" / "nel" / "projects.csv"


def shuffled(table: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """Put the columns of a table into another order, the last year of spend first of all."""
    columns = np.random.default_rng(seed).permutation(table.columns).tolist()
    last = spend_columns(table)[-1]
    return table[[last, *(name for name in columns if name != last)]]


def test_the_examples_are_true() -> None:
    assert doctest.testmod(projects) == (0, 3)


def test_a_profile_is_by_year_after_the_start_with_blanks_as_nothing() -> None:
    table = pd.DataFrame(
        {
            "spend_10": [10.0, None], "benefit": 7.0, "spend_2": [2.0, 5.0],
            "spend_gbp_m": 99.0, "spend_1": [1.0, np.nan],
        },
        index=[8, 9],
    )  # fmt: skip
    assert spend_columns(table) == ["spend_1", "spend_2", "spend_10"]
    assert spend_profile(table).tolist() == [[1.0, 2.0, 10.0], [0.0, 5.0, 0.0]]
    assert spend_profile(table.iloc[:0]).shape == (0, 3)


def test_a_table_that_is_read_has_its_spend_columns_in_order(tmp_path: Path) -> None:
    text = pd.read_csv(EMBEDDED, dtype=str, keep_default_na=False)
    shuffled(text).to_csv(tmp_path / "projects.csv", index=False)
    plain = read_table(EMBEDDED, TABLES["projects"])
    found = read_table(tmp_path / "projects.csv", TABLES["projects"])
    assert spend_columns(plain) == [f"spend_{n}" for n in range(1, 11)]
    pd.testing.assert_frame_equal(found, plain)


def test_a_capital_plan_is_the_same(inputs: Inputs) -> None:
    few, limits = inputs.projects.head(60).assign(requires="", excludes=""), inputs.capital_limits
    plain = solve(few, limits, relax=True, leave_out=True)
    found = solve(shuffled(few), limits, relax=True, leave_out=True)
    for name in ("plan", "spend", "limits", "prices", "projects"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(plain, name))


def test_every_reader_of_a_table_in_another_order_finds_the_same(
    scenario: Scenario, inputs: Inputs, result: nelfin.Result
) -> None:
    # tables that are read are put in order; a table that someone has made since need not be
    mixed = Findings(
        result.name,
        result.data,
        {name: result.table(name) for name in result.tables}
        | {"projects": shuffled(result.table("projects"))},
        result.scenario_toml,
        result.provenance,
    )
    assert headline_of(mixed).categories.equals(headline_of(result).categories)
    assert headline_of(mixed).asked == headline_of(result).asked
    assert _left_out(mixed).equals(_left_out(result))
    other = replace(inputs, projects=shuffled(inputs.projects))
    assert register(scenario, other).equals(register(scenario, inputs))


def test_a_run_is_the_same_to_the_letter(tmp_path: Path) -> None:
    text = pd.read_csv(EMBEDDED, dtype=str, keep_default_na=False)
    alone = (text["requires"] == "") & (text["must_fund"] == "no")
    text = text[alone].head(40).assign(excludes="", option_of="")  # few are as good as all
    file = tmp_path / "scenario.toml"
    tables = 'projects = "projects.csv"\ncapital_rules = ""'
    file.write_text(f'extends = "nel"\n[data]\n{tables}\n[capital]\nrelax = true\n')
    runs = []
    for table in (text, shuffled(text)):
        table.to_csv(tmp_path / "projects.csv", index=False)
        runs.append(nelfin.run(nelfin.load_scenario(file)))
    plain, found = runs
    assert found.tables == plain.tables
    for name in plain.tables:
        pd.testing.assert_frame_equal(found.table(name), plain.table(name))
    assert found.provenance["headline"] == plain.provenance["headline"]
    found.provenance = plain.provenance  # times and the hash of the file differ
    assert summary(found) == summary(plain)
    assert page_text(found) == page_text(plain)
    sheets = []
    for at, run in enumerate(runs):
        write_workbook(run, tmp_path / f"{at}.xlsx")
        book = CalamineWorkbook.from_path(tmp_path / f"{at}.xlsx")
        sheets.append({name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names})
    assert sheets[0] == sheets[1]
