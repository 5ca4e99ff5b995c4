"""The portfolio beside a run: why there is none, what is said of it, and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.report.charts import CHARTS, Card
from nelfin.report.charts.triangles import MOST
from nelfin.report.page.render import _environment
from nelfin.report.page.tables import programme_table
from nelfin.report.text.portfolio import BESIDE
from nelfin.report.text.programmes import has_portfolio, programme_words
from nelfin.report.workbook.activity_sheet import write_activity_sheet
from nelfin.report.workbook.cells import PlainSheet, open_book, styles
from nelfin.report.workbook.portfolio_sheets import Sheets, write_portfolio_sheets
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.store.findings import Findings
from nelfin.system.checking import check_plans
from nelfin.system.portfolio import TABLES, check_programmes, portfolio_in_run

pytestmark = pytest.mark.unit


def other(result: Result, tables: Mapping[str, pd.DataFrame | None], **account: Any) -> Findings:
    """Return a run with some tables replaced, or gone, and another account of its portfolio."""
    mine = {name: result.table(name) for name in result.tables} | dict(tables)
    about = dict(result.provenance)
    about["portfolio"] = about["portfolio"] | account
    kept = {name: table for name, table in mine.items() if table is not None}
    return Findings(result.name, result.data, kept, result.scenario_toml, about)


def test_a_portfolio_that_nothing_keeps_is_told_and_leaves_the_run(
    scenario: Scenario, inputs: Inputs
) -> None:
    poor = replace(inputs, portfolio_pools=inputs.portfolio_pools.assign(pool_gbp_m=0.1))
    found, account, warnings = portfolio_in_run(scenario, poor, check_programmes(scenario, poor))
    assert found is None
    assert account == {"why": warnings[0]}
    assert warnings[0].startswith("No portfolio of programmes was found. ")
    assert "must be in or run already need" in warnings[0]


def test_a_system_without_programmes_has_no_portfolio_and_no_warning(
    scenario: Scenario, inputs: Inputs
) -> None:
    none = replace(inputs, **{name: getattr(inputs, name).head(0) for name in TABLES})
    assert check_programmes(scenario, none) is None
    assert portfolio_in_run(scenario, none, None) == (None, None, [])


def test_problems_of_schemes_and_of_programmes_are_told_together(
    scenario: Scenario, inputs: Inputs
) -> None:
    wrong = replace(
        inputs,
        initiatives=inputs.initiatives.assign(requires="NONE"),
        projects=inputs.projects.assign(requires="NOTHING"),
    )
    with pytest.raises(InputError) as error:
        check_plans(scenario, wrong)
    assert '"NONE"' in str(error.value)
    assert '"NOTHING"' in str(error.value)


def test_why_there_is_no_portfolio_stands_in_its_section(result: Result) -> None:
    gone = {name: None for name in result.tables if name.startswith("portfolio_")}
    bare = other(result, gone)
    bare.provenance["portfolio"] = {"why": "No portfolio of programmes was found. Too dear."}
    assert has_portfolio(bare)
    assert programme_words(bare) == ["No portfolio of programmes was found. Too dear.", BESIDE]
    told = {"portfolio": programme_words(bare)}
    text = _environment().get_template("portfolio.html.j2").render(
        notes={"portfolio": ""}, titles={"portfolio": "Portfolio"}, sentences=told,
        programme_table=programme_table(bare, bare.table("sources")),
    )  # fmt: skip
    assert "Too dear." in text
    assert "<article" not in text
    assert "programme-table" not in text


def test_words_of_points_of_cuts_and_of_nothing_short(result: Result) -> None:
    plan, pools = result.table("portfolio_plan"), result.table("portfolio_pools")
    running = plan.index[plan["running"]]
    plan.loc[running, "status"] = ["cut", "runs on", *["stopped"] * (len(running) - 2)]
    sources = result.table("sources")
    sources.loc[sources["where"] == "initiatives", "status"] = "given"
    scored = other(
        result,
        {"portfolio_plan": plan, "portfolio_pools": pools.assign(price_per_gbp_m=0.0),
         "portfolio_staff": None, "portfolio_floors": None, "sources": sources},
        unit="points", cost_per_qaly_gbp=None, gap=None, objective=1234.4,
    )  # fmt: skip
    words = programme_words(scored)
    assert words[0].endswith(
        f"Of {len(running)} that run already 1 goes on and 1 is cut and "
        f"{len(running) - 2} are stopped."
    )
    assert "illustrative" not in words[0]
    assert words[1] == (
        "Together they are worth 1,234 points; how close that is to the best is not known."
    )
    assert words[2].startswith("Stopped: ")
    assert "Neither more money nor more staff would add points." in words
    assert not [line for line in words if "Spend asked for" in line]
    card = CHARTS["portfolio_triangles"].draw(scored)
    assert isinstance(card, Card)
    assert "orange" not in card.words
    assert "rule" not in str(card.chart.to_dict())
    assert CHARTS["portfolio_staff"].draw(scored) == (
        "Programmes: staff by skill: not shown, as no programme of this portfolio asks for staff."
    )


def test_triangles_keep_their_slope_and_the_most_are_drawn(result: Result) -> None:
    table = pd.concat([result.table("portfolio_triangles")] * 3, ignore_index=True)
    table["initiative_id"] = [f"I{at}" for at in range(len(table))]
    table["status"] = "chosen"
    # one so dear that its money would gain more elsewhere than the highest triangle is high
    table.loc[0, ["cost_gbp_m", "benefit"]] = [900.0, 10.0]
    table["benefit_per_gbp_m"] = table["benefit"] / table["cost_gbp_m"]
    card = CHARTS["portfolio_triangles"].draw(other(result, {"portfolio_triangles": table}))
    assert isinstance(card, Card)
    assert f"Drawn are the {MOST} of most benefit" in card.words
    data = pd.DataFrame(next(iter(card.chart.to_dict()["datasets"].values())))
    assert len(data) == MOST
    own = (data["top"] - data["floor"]) / (data["right"] - data["left"])
    slope = own / data["benefit_per_gbp_m"]
    big = data["right"] - data["left"] > 0.02  # places are rounded
    assert slope[big].max() == pytest.approx(slope[big].min(), rel=0.02)


def test_staff_that_nobody_asks_for_has_no_block(result: Result, tmp_path: Path) -> None:
    bare = other(
        result, {"portfolio_staff": None, "portfolio_staff_use": None, "portfolio_floors": None}
    )
    file = tmp_path / "book.xlsx"
    names = ("Portfolio", "Programmes", "Programme staff")
    with open_book(file) as book:
        sheets = Sheets(*((book.add_worksheet(name, PlainSheet), name) for name in names))
        write_portfolio_sheets(bare, sheets, styles(book))
    read = CalamineWorkbook.from_path(str(file))
    rows = {str(row[0]): row[1:] for row in read.get_sheet_by_name("Portfolio").to_python()}
    taken = result.table("portfolio_pools")["cost_gbp_m"]
    assert rows["Taken by programmes"] == pytest.approx(list(taken))
    assert "Used by programmes" not in rows
    assert "Spend asked for on places, £m" not in rows
    *_, total = read.get_sheet_by_name("Programme staff").to_python()
    assert total[0] == "All that count"
    assert set(total[3:8]) == {0.0}


def test_a_system_without_a_list_has_no_block_of_it(result: Result, tmp_path: Path) -> None:
    data = result.data.assign(
        {name: result.data[name] * np.nan for name in ("activity_list", "activity_list_start")}
    )
    tables = {name: result.table(name) for name in result.tables}
    bare = Findings(result.name, data, tables, result.scenario_toml, result.provenance)
    file = tmp_path / "book.xlsx"
    with open_book(file) as book:
        sheet = book.add_worksheet("Planned care", PlainSheet), "Planned care"
        care = write_activity_sheet(bare, sheet, styles(book))
    assert (care.end, care.over) == (None, None)
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    heads = {row[0] for row in rows}
    assert "Waiting list, people" not in heads
    assert {"Freed beds, all bodies", "Added to the position of the year, £m"} <= heads
