"""The workbook of input tables: the same tables, with notes and drop-downs."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nelfin.data import TABLES, Inputs
from nelfin.data.notes import TABLE_NOTES, about, allowed, unit_of
from nelfin.data.specs.columns import USE
from nelfin.data.tables import read_table
from nelfin.evidence import STATUSES
from nelfin.report.workbook import write_input_workbook
from nelfin.report.workbook.input_workbook import Exact
from nelfin.scenario import Scenario
from nelfin.scenario.keys import NAME, schema_settings
from nelfin.store.sheets.spots import letters

pytestmark = pytest.mark.unit

FIRST, LAST = ["Read me", "Settings"], ["Columns", "Lists"]


@pytest.fixture(scope="module")
def file(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("inputs") / "tables.xlsx"
    write_input_workbook(scenario, made)
    return made


def cells(file: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(file)).get_sheet_by_name(sheet).to_python()


def validations(file: Path, sheet: str) -> dict[str, tuple[str, str]]:
    """Return kind and source of the drop-down of each column, by heading."""
    at = CalamineWorkbook.from_path(str(file)).sheet_names.index(sheet) + 1
    with ZipFile(file) as book:
        text = book.read(f"xl/worksheets/sheet{at}.xml").decode()
    found = re.findall(
        r'<dataValidation type="(\w+)"[^>]*sqref="([A-Z]+)2:[A-Z]+\d+"[^>]*>'
        r"<formula1>(.*?)</formula1>",
        text,
    )
    by_letters = {column: (kind, unescape(source)) for kind, column, source in found}
    headings = [str(heading) for heading in cells(file, sheet)[0]]
    return {
        heading: by_letters[letters(at)]
        for at, heading in enumerate(headings)
        if letters(at) in by_letters
    }


def test_every_table_is_a_sheet_of_its_own_name(file: Path) -> None:
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    assert names == [*FIRST, *TABLES, *LAST]


@pytest.mark.parametrize("name", TABLES)
def test_a_sheet_reads_as_the_table_it_was_made_of_to_the_bit(
    file: Path, inputs: Inputs, name: str
) -> None:
    table = read_table(f"{file}#{name}", TABLES[name])
    own = getattr(inputs, name)
    if name == "openings":
        own = own[own["opening"].isin(table["opening"])]
    pd.testing.assert_frame_equal(table, own, check_exact=True, check_like=True)


@pytest.mark.parametrize("value", [0.010965030950535125, 0.1 + 0.2, 1e-7, 123456789.123, -5.0, 0.0])
def test_a_number_is_written_with_all_its_digits(value: float) -> None:
    assert float(f"{Exact(value):.16G}") == value


def test_numbers_are_numbers_and_years_are_texts(file: Path) -> None:
    heads, *rows = cells(file, "allocations")
    for row in rows:
        line = dict(zip(heads, row, strict=True))
        assert isinstance(line["allocation_gbp_m"], float)
        assert isinstance(line["year"], str)
    with ZipFile(file) as book:
        styles = book.read("xl/styles.xml").decode()
    assert 'numFmtId="49"' in styles, "text cells are set to text, or Excel makes dates of years"


def test_every_setting_has_a_row_and_every_mapping_room_for_a_name(
    file: Path, scenario: Scenario
) -> None:
    rows = cells(file, "Settings")
    top = next(at for at, row in enumerate(rows) if "Key" in row)
    at = rows[top].index("Key")
    keys = [str(row[at]) for row in rows[top + 1 :] if row[at]]
    there = [key for key in scenario.evidence if not key.startswith("data.")]
    assert set(there) <= set(keys)
    named = [key for key in keys if "<" not in key]
    assert len(set(named)) == len(named)
    patterns = {re.sub(r"<\w+>", NAME, key) for key in keys if "<" in key}
    for setting in schema_settings():
        if not setting.pattern.startswith("data."):
            assert setting.pattern in patterns | set(keys), setting.pattern
    said = {str(row[at]): row[at + 6] for row in rows[top + 1 :] if row[at]}
    assert all(said.values())
    assert said["recovery.efficiency_pct"] == "a number from 0 to 100"
    assert said["prevention.gbp_per_qaly_gained"] == "a number above 0"
    assert said["capital.solver"] == "one of: highs, cbc"
    assert said["capital.relax"] == "yes or no"
    assert said["prevention.share_of"] == "streams, with semicolons between"
    assert said["years.planned_to"] == "a financial year such as 2026/27 or blank"


def test_settings_have_drop_downs_and_limits(file: Path) -> None:
    rows = cells(file, "Settings")
    numbers = {str(row[1]): at for at, row in enumerate(rows, start=1) if row[1]}
    with ZipFile(file) as book:
        text = book.read("xl/worksheets/sheet2.xml").decode()
    found = {
        cell: (kind, unescape(first))
        for kind, where, first in re.findall(
            r'<dataValidation type="(\w+)"[^>]*sqref="([^"]+)"[^>]*><formula1>(.*?)</formula1>',
            text,
        )
        for cell in where.split()
    }
    for key, kind, first in (
        ("capital.solver", "list", '"highs,cbc"'),
        ("capital.relax", "list", '"yes,no"'),
        ("recovery.efficiency_pct", "decimal", "0.0"),
        ("uncertainty.outcome_saves", "whole", "0.0"),
        ("envelope.growth_pct.core", "decimal", "-50.0"),
    ):
        assert found[f"C{numbers[key]}"] == (kind, first), key
        assert found[f"I{numbers[key]}"] == ("list", f'"{",".join(STATUSES)}"')
    for key in ("years.last", "allocation.streams.core.rule", "allocation.streams.core.opening"):
        assert "Lists!" in found[f"C{numbers[key]}"][1]


def test_choices_are_drop_downs(file: Path) -> None:
    found = validations(file, "projects")
    assert found["must_fund"] == ("list", '"yes,no"')
    assert found["organisation"] == (
        "list",
        "OFFSET(organisations!$A$2,0,0,MAX(1,COUNTA(organisations!$A$2:$A$2000)),1)",
    )
    assert found["asset_type"][1].startswith("OFFSET(asset_types!$A$2")
    assert found["place"][1].startswith("OFFSET(Lists!$A$2")
    assert found["earliest_start"][1].startswith("OFFSET(Lists!$C$2")
    assert found["benefit"][0] == "decimal"  # below 0 too
    assert found["cdel_share"] == ("decimal", "0")
    assert found["category"][1].startswith("OFFSET(Lists!$F$2")
    assert validations(file, "prevention_programmes")["kind"][1].startswith("OFFSET(Lists!$E$2")
    # what may be of one organisation, of all trusts or of the system
    for name in ("efficiency_schemes", "positions", "pressures"):
        assert validations(file, name)["organisation"][1].startswith("OFFSET(Lists!$D$2")
    incomes = validations(file, "organisation_income")
    assert incomes["organisation"] == found["organisation"]
    assert incomes["stream"][1].startswith("OFFSET(Lists!$G$2")
    statuses = validations(file, "organisations")
    assert statuses["status"] == ("list", f'"{",".join(STATUSES)}"')
    assert statuses["kind"] == ("list", '"trust,icb"')
    assert "organisation" not in statuses


def test_every_choice_of_a_specification_is_offered(file: Path) -> None:
    for name, spec in TABLES.items():
        found = validations(file, name)
        for column in spec.columns:
            if column.choices:
                assert found[column.name][1].strip('"').split(",") == list(column.choices)
            elif column.kind == "yes_no":
                assert found[column.name][1] == '"yes,no"'
            elif column.kind == "year":
                assert "Lists!" in found[column.name][1]


def test_the_lists_hold_the_words_the_tables_use(file: Path, inputs: Inputs) -> None:
    heads, *rows = cells(file, "Lists")
    lists = {
        str(head): [str(row[at]) for row in rows if row[at] != ""] for at, head in enumerate(heads)
    }
    assert lists["place"] == inputs.places()
    assert set(inputs.allocations["stream"]) <= set(lists["stream"])
    bodies = set(inputs.organisations["organisation"])
    assert set(lists["body"]) == {"system", "trusts"} | bodies
    for table in (inputs.efficiency_schemes, inputs.positions, inputs.pressures):
        assert set(table["organisation"]) <= set(lists["body"])
    assert lists["income_from"] == [*lists["stream"], "other commissioners", "other"]
    assert set(inputs.organisation_income["stream"]) <= set(lists["income_from"])
    assert set(lists["programme_kind"]) == set(inputs.prevention_programmes["kind"])
    assert set(lists["category"]) == set(inputs.projects["category"])
    for name, spec in TABLES.items():
        for column in spec.columns:
            if column.kind == "year":
                assert set(getattr(inputs, name)[column.name].dropna()) - {""} <= set(lists["year"])


def test_every_column_is_said_to_be_something(file: Path) -> None:
    assert set(TABLE_NOTES) == set(TABLES)
    for name, spec in TABLES.items():
        for column in spec.columns:
            assert about(name, column).endswith(".")
            assert allowed(column).endswith(".")
            assert not set("`[]") & set(about(name, column))
            own_unit = (name, column.name) in {
                ("openings", "value"),
                ("projects", USE),
                ("capital_resources", "limit"),
                *(("prevention_programmes", end) for end in ("value", "low", "high")),
            }
            if column.kind in {"number", "integer"}:
                assert bool(unit_of(column.name)) != own_unit, (name, column.name)
    listed = {(row[0], row[1]) for row in cells(file, "Columns")[1:]}
    assert listed == {(name, heading) for name in TABLES for heading in cells(file, name)[0]}


def test_a_blank_is_said_to_be_what_could_be_written_in_its_place(file: Path) -> None:
    heads, *rows = cells(file, "Columns")
    said = {(row[0], row[1]): row[heads.index("What may stand there")] for row in rows}
    between = "A whole number between 1 and 12."
    assert said["efficiency_schemes", "months"] == f"{between} Blank is 12."
    # month 0, the whole year, is no month
    assert said["positions", "month"] == f"{between} May be blank."
    assert said["projects", "cdel_share"] == "A number between 0 and 1. Blank is 1."
    assert said["projects", "spend_1"] == "A number. Blank is 0."
    assert said["efficiency_schemes", "whole_ask"] == "yes or no. Blank is no."


def test_the_first_sheet_says_how_and_marks_what_is_illustrative(file: Path) -> None:
    rows = cells(file, FIRST[0])
    text = "\n".join(str(cell) for row in rows for cell in row)
    assert "nelfin check plan.xlsx" in text
    assert "made up" in text
    (projects,) = (row for row in rows if row[0] == "projects")
    assert projects[-2:] == [332.0, "325 rows"]
