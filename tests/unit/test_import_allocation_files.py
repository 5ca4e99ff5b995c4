"""The command that reads allocations, and the files it reads: workbooks, sheets of them, CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from allocation_sheets import CORE, columns, names, table
from click.testing import CliRunner
from table_files import problems_of, workbook_writer

from nelfin.cli import cli
from nelfin.data.imports.allocation_figures import import_allocations
from nelfin.data.specs import TABLES
from nelfin.data.tables import read_table
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

Laid = Callable[[list[list[Any]]], Path]


@pytest.fixture
def laid(tmp_path: Path) -> Laid:
    """Write a sheet of core allocations, as Excel would."""
    write = workbook_writer(tmp_path)
    return lambda rows: write({"ICB Core": rows, "Notes": [["Read me"]]})


def test_a_file_is_read_to_a_table_that_a_scenario_takes(laid: Laid, tmp_path: Path) -> None:
    file = laid(table([*names(), *columns("2026/27")]))
    done = CliRunner().invoke(
        cli, ["import-allocations", str(file), "--icb", "qaa", "-o", str(tmp_path / "out.csv")]
    )
    assert done.exit_code == 0, done.exception
    assert "qaa: 1 stream, 2026/27 to 2026/27, £1,040.3m in 2026/27." in done.stderr
    assert "primary_medical: left out" in done.stderr
    table_read = read_table(tmp_path / "out.csv", TABLES["allocations"])
    assert table_read["allocation_gbp_m"].iloc[0] == CORE["QAA", "2026/27"][0] * 1.03 * 1.01 / 1e3


def test_failed_formulas_and_merged_headings_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        page = book.add_worksheet("Core")
        page.merge_range("A1:A2", "ICB code")
        page.merge_range("B1:C1", "2026/27")
        page.write_row("B2", ["Recurrent allocation (£k)", "Base growth (%)"])
        page.write_row("A3", ["QAA", 900_000, 0.05])
        page.write_row("A4", ["QBB"])
        page.write_formula("B4", "=1/0", None, "#DIV/0!")
        book.add_chartsheet("Chart")
    found, _ = import_allocations([file], ["QAA"])
    assert list(found[["allocation_gbp_m", "growth"]].iloc[0]) == [900, 0.05]
    (problem,) = problems_of(lambda: import_allocations([file], ["QBB"]))
    assert 'is "#DIV/0!", what a failed formula leaves' in problem
    assert "cell B4" in problem


def test_a_sheet_of_a_workbook_is_read_alone(tmp_path: Path) -> None:
    rows = table([*names(), *columns("2026/27")])
    renamed = [[str(cell).replace("Recurrent", "Final") for cell in row] for row in rows]
    file = workbook_writer(tmp_path)({"Core": rows, "PMC": renamed})
    (problem,) = problems_of(lambda: import_allocations([file], ["QAA"]))
    assert "table.xlsx#SHEET" in problem
    found, _ = import_allocations([f"{file}#Core"], ["QAA"])
    assert list(found["stream"]) == ["core"]
    (problem,) = problems_of(lambda: import_allocations([f"{file}#Cor"], ["QAA"]))
    assert 'has no sheet "Cor". Did you mean "Core"?' in problem


def test_a_sheet_saved_as_csv_is_read_and_a_row_too_long_refused(tmp_path: Path) -> None:
    file = tmp_path / "core.csv"
    file.write_text("ICB,2026/27 Recurrent allocation (£k)\nQAA,900000\n", encoding="utf-8")
    assert import_allocations([file], ["QAA"])[0]["allocation_gbp_m"][0] == 900
    file.write_text("ICB,2026/27 Recurrent allocation (£k)\nQAA,900,000\n", encoding="utf-8")
    (problem,) = problems_of(lambda: import_allocations([file], ["QAA"]))
    assert "row 2: has 3 cells, but there are 2 headings" in problem


@pytest.mark.parametrize("name", ["out.xlsx", "out", "there.csv", "none/out.csv"])
def test_a_file_that_cannot_be_written_is_refused_first(
    laid: Laid, tmp_path: Path, name: str
) -> None:
    file = laid([["nothing"]])
    (tmp_path / "there.csv").write_text("mine")
    kept = sorted(tmp_path.iterdir())
    done = CliRunner().invoke(
        cli, ["import-allocations", str(file), "--icb", "QAA", "-o", str(tmp_path / name)]
    )
    assert isinstance(done.exception, InputError)
    assert name.rpartition("/")[2] in str(done.exception)
    assert sorted(tmp_path.iterdir()) == kept
    assert (tmp_path / "there.csv").read_text() == "mine"
