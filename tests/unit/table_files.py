"""Small tables, and files and workbooks written for a test to read as them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from nelfin.data.specs.columns import SPEND, Column, Table
from nelfin.data.tables import read_table
from nelfin.errors import InputError

SCHEMES = Table(
    "schemes",
    (
        Column("code"),
        Column("amount", kind="number", low=0, high=100),
        Column("note", required=False, blank=True, default="none"),
        Column("months", kind="integer", required=False, blank=True, low=1, high=12, default=12),
        Column("year", kind="year", required=False, blank=True),
        Column("must_fund", kind="yes_no", required=False, blank=True, default=False),
        Column("status", required=False, blank=True, default="firm", choices=("firm", "draft")),
        Column("change", kind="number", required=False, blank=True),
    ),
    key=("code",),
)

PROJECTS = Table(
    "projects",
    (Column("code"), Column(SPEND, kind="number", blank=True, low=0, default=0.0, pattern=True)),
    key=("code",),
)


def reader(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Write a text or bytes to a file and read it as a table."""

    def write_and_read(
        content: str | bytes, spec: Table = SCHEMES, name: str = "table.csv"
    ) -> pd.DataFrame:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(file, spec)

    return write_and_read


def workbook_writer(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook of sheets, each a list of rows."""

    def write(sheets: dict[str, list[list[Any]]]) -> Path:
        file = tmp_path / "table.xlsx"
        with xlsxwriter.Workbook(str(file)) as book:
            date = book.add_format({"num_format": "yyyy-mm-dd"})
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for at, row in enumerate(rows):
                    for col, value in enumerate(row):
                        if isinstance(value, str) and value.startswith("#"):
                            sheet.write_formula(at, col, "=NA()", None, value)
                        elif isinstance(value, datetime):
                            sheet.write_datetime(at, col, value, date)
                        else:
                            sheet.write(at, col, value)
        return file

    return write


def problems_of(call: Callable[[], object]) -> tuple[str, ...]:
    """Return the problems a call raises, as texts without the folder they stand in."""
    with pytest.raises(InputError) as caught:
        call()
    return tuple(str(problem) for problem in caught.value.problems)
