"""The workbook: plain numbers, real tables, native charts, text that stays text."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from workbooks import NASTY, cells, formulas, parts

import nelfin
from nelfin.report.basis import illustrative_words
from nelfin.report.workbook import write_workbook
from nelfin.report.workbook.settings import settings_table
from nelfin.report.workbook.table_sheets import table_sheets
from nelfin.result import Result
from nelfin.scenario import Scenario

pytestmark = pytest.mark.e2e

FUNCTIONS = {"SUM", "SUMIF", "SUMPRODUCT", "ABS", "ROUND", "IF", "N", "MIN", "MAX", "EXACT"}
"""What Excel 2016 and LibreOffice both know."""


def titles(result: Result) -> set[str]:
    """Return the names of the sheets that hold a table of the run."""
    return {of.about.title for of in table_sheets(result)}


@pytest.fixture(scope="module")
def drawn(result: Result, run_folder: Path) -> tuple[Result, Path]:
    return result, run_folder / "report.xlsx"


@pytest.mark.parametrize("book", ["drawn", "nasty"])
def test_formulas_are_only_ours_and_every_part_is_well_formed(
    book: str, request: pytest.FixtureRequest
) -> None:
    found, file = request.getfixturevalue(book)
    for text in parts(file).values():
        ElementTree.fromstring(text)  # noqa: S314
    of_sheet = formulas(file)
    lists = [name for name in of_sheet if name in titles(found)]
    assert len(lists) == len(found.tables) + 2
    assert not any(of_sheet[name] for name in lists)
    quoted = {"'" + name.replace("'", "''") + "'" for name in of_sheet}
    for name, listed in of_sheet.items():
        for cell, escaped in listed.items():
            formula = unescape(escaped)
            named = set(re.findall(r"(?<![A-Z'])'(?:[^']|'')+'(?=!)", formula))
            assert named <= quoted, (name, cell, formula)
            bare = re.sub(r"'(?:[^']|'')+'!|\"[^\"]*\"", "", formula)
            assert set(re.findall(r"[A-Za-z]+(?=\()", bare)) <= FUNCTIONS, (name, cell, formula)
            assert re.fullmatch(r"[A-Z0-9$:,.()+*/=<>-]+", bare), (name, cell, formula)


@pytest.mark.parametrize("book", ["drawn", "nasty"])
def test_names_of_sheets_and_tables_are_valid(book: str, request: pytest.FixtureRequest) -> None:
    found, file = request.getfixturevalue(book)
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    tables = [text for name, text in parts(file).items() if name.startswith("xl/tables/")]
    shown = [re.search(r'displayName="([^"]*)"', text)[1] for text in tables]  # type: ignore[index]
    assert len(set(shown)) == len(shown) == len(found.tables) + 2
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", name) for name in shown)
    assert all("<autoFilter" in text for text in tables)


def test_hostile_names_come_out_as_they_went_in(nasty: tuple[Result, Path]) -> None:
    result, file = nasty
    book = cells(file)
    assert book["Summary"][0][0] == result.name
    heads, *rows = book["Place budgets"][3:]
    places = {row[heads.index("place")] for row in rows}
    assert {name.strip() for name in NASTY.values()} <= {str(place) for place in places}
    heads, *rows = book["Projects"][3:]
    assert [row[heads.index("name")] for row in rows] == [v.strip() for v in NASTY.values()]
    # a legend has no room for thousands of characters, nor a chart for a bell
    shown = [str(cell) for row in book["Charts"] for cell in row]
    assert [len(cell) for cell in shown if cell.startswith("Long ")] == [40, 40]
    assert not any("\x07" in cell for cell in shown)


@pytest.mark.parametrize("book", ["drawn", "nasty"])
def test_numbers_are_plain_and_brackets_come_by_format(
    book: str, request: pytest.FixtureRequest
) -> None:
    found, file = request.getfixturevalue(book)
    sheets = cells(file)
    titles = {
        "limits": "Capital limits",
        "system_position": "System position",
        "plan": "Capital plan",
    }
    for name, title in titles.items():
        table = found.table(name)
        heads, *rows = sheets[title][3:]
        assert heads == list(table.columns)
        assert len(rows) == len(table)
        for column in table.select_dtypes(float).columns:
            read = [row[heads.index(column)] for row in rows]
            assert all(value == "" or isinstance(value, float) for value in read)
            given = [value for value in table[column] if not pd.isna(value)]
            assert [value for value in read if value != ""] == pytest.approx(given, rel=1e-14)
    styles = parts(file)["xl/styles.xml"]
    assert "#,##0.0;(#,##0.0);0.0" in styles


def test_headings_are_frozen_and_filtered(drawn: tuple[Result, Path]) -> None:
    for name, text in parts(drawn[1]).items():
        if name.startswith("xl/worksheets/sheet"):
            # the summary has no headings of its own
            rows = 4 if "<tableParts" in text else 1 if name.endswith("/sheet1.xml") else 6
            assert f'ySplit="{rows}"' in text or "<drawing" in text, name
            assert 'state="frozen"' in text or "<drawing" in text


def test_charts_are_drawn_from_cells_of_the_book(drawn: tuple[Result, Path]) -> None:
    found, file = drawn
    sheet = cells(file)["Charts"]
    charts = [text for name, text in sorted(parts(file).items()) if "charts/chart" in name]
    titles = []
    for text in charts:
        titles.append("".join(re.findall(r"<a:t>([^<]*)</a:t>", text.split("<c:plotArea>")[0])))
        series = re.findall(
            r"<c:tx><c:strRef><c:f>Charts!\$A\$(\d+)</c:f>.*?<c:val><c:numRef>"
            r"<c:f>Charts!\$B\$(\d+):\$([A-Z]+)\$(\d+)</c:f>(.*?)</c:numRef>",
            text, flags=re.S,
        )  # fmt: skip
        assert series
        for name, first, _, last, held in series:
            assert name == first == last, "a series is one row, its name in column A"
            row = sheet[int(name) - 1]
            drawn_values = [float(value) for value in re.findall(r"<c:v>([^<]*)</c:v>", held)]
            numbers = [value for value in row[1:] if isinstance(value, float)]
            assert drawn_values == pytest.approx(numbers)
            assert row[0]
    wanted = ("system balances", "against target", "Distance", "ledgers", "Capital against", "sure",
              "Who waits", "against the pools")  # fmt: skip
    for words in wanted:
        assert sum(words in title for title in titles) == 1
    assert all("illustrative" in title for title in titles)
    reported = next(row for row in sheet if row[0] == "Reported")
    assert reported[1:11] == pytest.approx(list(found.data["system_reported"].values))


def test_without_draws_there_is_no_fan_and_without_programmes_no_portfolio(
    tmp_path: Path,
) -> None:
    none = ("initiatives", "portfolio_pools", "portfolio_staff", "equity_floors")
    changed = {"capital.gap_pct": 5.0} | {f"data.{name}": "" for name in none}
    bare = nelfin.run(nelfin.load_scenario(overrides=changed))
    write_workbook(bare, tmp_path / "report.xlsx")
    names = [name for name in parts(tmp_path / "report.xlsx") if "charts/chart" in name]
    assert len(names) == 6
    assert bare.provenance["portfolio"] is None
    sheets = CalamineWorkbook.from_path(str(tmp_path / "report.xlsx")).sheet_names
    assert "Planned care" in sheets
    assert not {"Portfolio", "Programmes", "Programme staff", "Portfolio plan"} & set(sheets)
    assert "WHICH PROGRAMMES" not in bare.summary()


def test_every_setting_stands_with_value_unit_status_source_and_range(
    drawn: tuple[Result, Path], scenario: Scenario
) -> None:
    found, file = drawn
    heads, *rows = cells(file)["Settings"][3:]
    assert heads == ["setting", "value", "unit", "status", "source", "low", "high"]
    by_name = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    left_out = {key for key in scenario.evidence if key not in by_name}
    # what a scenario leaves out has no value to show
    assert all(scenario.evidence[key].value is None for key in left_out)
    ranged = {key: fig for key, fig in scenario.evidence.items() if fig.low is not None}
    assert ranged
    for key, figure in ranged.items():
        line = by_name[key]
        assert (line["value"], line["low"], line["high"]) == (figure.value, figure.low, figure.high)
        assert (line["unit"], line["status"]) == (figure.unit, figure.status)
        assert line["source"] == figure.source
    assert by_name["prevention.share_of"]["value"] == "core, primary_medical"
    assert by_name["allocation.area_cost"]["value"] == "yes"
    assert by_name["data.projects"]["source"] == f"SHA-256 {found.provenance['inputs']['projects']}"
    assert all(row[3] for row in rows)


def test_every_figure_of_the_sources_is_a_number_where_it_is_one(
    drawn: tuple[Result, Path],
) -> None:
    heads, *rows = cells(drawn[1])["Sources"][3:]
    given = drawn[0].table("sources")
    assert [row[heads.index("source")] for row in rows] == list(given["source"])
    value, unit = heads.index("value"), heads.index("unit")
    pounds = [row[value] for row in rows if row[unit] == "£m" and row[value] != ""]
    assert len(pounds) > 300
    assert all(isinstance(number, float) for number in pounds)
    years = [row[value] for row in rows if row[unit] == "year"]
    assert years
    assert all(isinstance(year, str) for year in years)


def test_settings_are_those_of_the_run_when_it_is_opened_again(
    run_folder: Path, result: Result
) -> None:
    opened = settings_table(nelfin.open_result(run_folder))
    pd.testing.assert_frame_equal(opened, settings_table(result))


def test_what_rests_on_illustrative_figures_says_so(drawn: tuple[Result, Path]) -> None:
    sheets = cells(drawn[1])
    marked = {row[0] for row in sheets["Summary"] if "illustrative" in row[2:]}
    assert {"System", "Newham", "Capital", "Place budgets", "Capital plan"} <= marked
    assert not {"Need", "Envelope"} & marked
    for name in marked - {"Charts"}:
        assert "illustrative" in str(sheets[name][1][0]), name
    sources = drawn[0].table("sources")
    assert illustrative_words(sources, ("projects",)) == "325 of 332 capital schemes"
    assert illustrative_words(sources[sources["status"] != "illustrative"], ("projects",)) == ""


def test_warnings_stand_on_a_sheet_of_their_own(result: Result, tmp_path: Path) -> None:
    extra = pd.DataFrame({"a": [1]})
    warned = Result(
        result.name,
        result.data,
        {name: result.table(name) for name in result.tables} | {"new_one": extra},
        result.scenario_toml,
        result.provenance | {"warnings": ["=not a formula", "Second."]},
    )
    write_workbook(warned, tmp_path / "report.xlsx")
    sheets = cells(tmp_path / "report.xlsx")
    assert [row[0] for row in sheets["Warnings"][4:]] == ["=not a formula", "Second."]
    assert "=not a formula" in {row[1] for row in sheets["Summary"]}
    assert sheets["New one"][4] == [1.0], "a table that has no words of its own is there too"


def test_a_report_that_is_open_elsewhere_is_not_written(result: Result, tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").mkdir()
    with pytest.raises(nelfin.InputError, match="it is a folder"):
        write_workbook(result, tmp_path / "report.xlsx")
