"""The workbook: plain numbers, real tables, native charts, text that stays text."""

from __future__ import annotations

import csv
import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import nelfin
from nelfin.data import load_inputs
from nelfin.data.start.folder import write_scenario_folder
from nelfin.report.basis import illustrative_words
from nelfin.report.workbook import write_input_workbook, write_workbook
from nelfin.report.workbook.settings import settings_table
from nelfin.result import Result
from nelfin.scenario import Scenario

pytestmark = pytest.mark.e2e

Cells = dict[str, list[list[object]]]

NASTY = {
    "Newham": "<script>alert(1)</script>",
    "Havering": "=cmd|' /C calc'!A0",
    "Redbridge": "Long " * 800,
    "Tower Hamlets": "\u202eלונדון \u0644\u0646\u062f\u0646",
    "City and Hackney": "🏥 'Hackney' & \"City\" [1]: */?\\ _x0041_",
    "Waltham Forest": "@SUM(1+1)*A1 \u200f",
}
"""Names of places as no one should give them."""


def cells(file: Path) -> Cells:
    book = CalamineWorkbook.from_path(str(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(file: Path) -> dict[str, str]:
    with ZipFile(file) as book:
        return {name: book.read(name).decode("utf-8") for name in book.namelist()}


@pytest.fixture(scope="module")
def drawn(result: Result, run_folder: Path) -> tuple[Result, Path]:
    return result, run_folder / "report.xlsx"


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """Run a plan whose places, schemes and name are hostile, and write its workbook."""
    folder = tmp_path_factory.mktemp("nasty")
    scenario = write_scenario_folder(nelfin.load_scenario(), folder)
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle))
        if file.stem == "projects":
            rows = rows[:7]
            for row, name in zip(rows[1:], NASTY.values(), strict=True):
                row[1] = name
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([NASTY.get(cell, cell) for cell in row] for row in rows)
    text = scenario.read_text(encoding="utf-8")
    name = "=HYPERLINK(1)<script>🏥 \u202e'"
    scenario.write_text(
        text.replace('name = "North East London"', f'name = "{name}"'), encoding="utf-8"
    )
    found = nelfin.run(nelfin.load_scenario(scenario, {"capital.gap_pct": 5.0}))
    assert found.name == name
    write_workbook(found, folder / "report.xlsx")
    return found, folder / "report.xlsx"


@pytest.fixture(scope="session")
def resaved(libreoffice: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Open a workbook in LibreOffice and save it again."""
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def save(file: Path) -> Path:
        folder = tmp_path_factory.mktemp("resaved")
        done = subprocess.run(
            [
                libreoffice, "--headless", "--norestore", f"-env:UserInstallation={profile}",
                "--convert-to", "xlsx", "--outdir", str(folder), str(file),
            ],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return folder / file.name

    return save


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other


def assert_same_cells(before: Cells, after: Cells) -> None:
    assert list(after) == list(before)
    for name, rows in before.items():
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                there = at < len(after[name]) and column < len(after[name][at])
                found = after[name][at][column] if there else ""
                assert same(value, found), (name, at, column, value, found)


def test_libreoffice_opens_the_report_and_keeps_every_value(
    drawn: tuple[Result, Path], resaved: Callable[[Path], Path]
) -> None:
    again = resaved(drawn[1])
    assert_same_cells(cells(drawn[1]), cells(again))
    charts = [name for name in parts(again) if name.startswith("xl/charts/chart")]
    assert len(charts) == 6
    tables = [name for name in parts(again) if name.startswith("xl/tables/")]
    assert len(tables) == len(drawn[0].tables) + 2


def test_libreoffice_opens_the_report_of_hostile_names_and_keeps_every_value(
    nasty: tuple[Result, Path], resaved: Callable[[Path], Path]
) -> None:
    # the bell cannot be seen, and LibreOffice drops it
    before, after = (silent(cells(file)) for file in (nasty[1], resaved(nasty[1])))
    assert_same_cells(before, after)


def silent(sheets: Cells) -> Cells:
    def without_bell(value: object) -> object:
        return value.replace("\x07", "") if isinstance(value, str) else value

    return {name: [[without_bell(v) for v in row] for row in rows] for name, rows in sheets.items()}


def test_a_workbook_of_inputs_that_libreoffice_saved_passes_the_check(
    scenario: Scenario, tmp_path: Path, resaved: Callable[[Path], Path]
) -> None:
    write_input_workbook(scenario, tmp_path / "tables.xlsx")
    again = resaved(tmp_path / "tables.xlsx")
    assert_same_cells(cells(tmp_path / "tables.xlsx"), cells(again))
    names = nelfin.load_scenario().data.model_dump()
    mine = nelfin.load_scenario(None, {f"data.{name}": f"{again}#{name}" for name in names})
    assert len(load_inputs(mine).projects) == 332


@pytest.mark.parametrize("book", ["drawn", "nasty"])
def test_no_cell_is_a_formula_and_every_part_is_well_formed(
    book: str, request: pytest.FixtureRequest
) -> None:
    _, file = request.getfixturevalue(book)
    for name, text in parts(file).items():
        ElementTree.fromstring(text)  # noqa: S314
        if name.startswith("xl/worksheets/sheet"):
            assert "<f>" not in text, name
            assert "<f " not in text, name


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
    assert book["Front"][0][0] == result.name
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
        if name.startswith("xl/worksheets/sheet") and "<tableParts" in text:
            assert 'ySplit="4"' in text
            assert 'state="frozen"' in text


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
    wanted = ("system balances", "against target", "Distance", "ledgers", "Capital against", "sure")
    for words in wanted:
        assert sum(words in title for title in titles) == 1
    assert all("illustrative" in title for title in titles)
    reported = next(row for row in sheet if row[0] == "Reported")
    assert reported[1:11] == pytest.approx(list(found.data["system_reported"].values))


def test_without_draws_there_is_no_fan(tmp_path: Path) -> None:
    bare = nelfin.run(nelfin.load_scenario(overrides={"capital.gap_pct": 5.0}))
    write_workbook(bare, tmp_path / "report.xlsx")
    names = [name for name in parts(tmp_path / "report.xlsx") if "charts/chart" in name]
    assert len(names) == 5


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
    marked = {row[0] for row in sheets["Front"] if len(row) > 3 and row[3] == "illustrative"}
    assert {"Summary", "Charts", "Place budgets", "Capital plan", "Recovery bridge"} <= marked
    assert not {"Need", "Envelope"} & marked
    for name in marked - {"Summary", "Charts"}:
        assert "illustrative" in str(sheets[name][1][0])
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
    assert "=not a formula" in {row[1] for row in sheets["Front"]}
    assert sheets["New one"][4] == [1.0], "a table that has no words of its own is there too"


def test_a_report_that_is_open_elsewhere_is_not_written(result: Result, tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").mkdir()
    with pytest.raises(nelfin.InputError, match="Close it or choose another file"):
        write_workbook(result, tmp_path / "report.xlsx")
