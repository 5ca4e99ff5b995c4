"""The workbook: a front sheet, the tables as real Excel tables, and the sources."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from nelfin.errors import OutputError
from nelfin.report.headline import headline
from nelfin.report.summary import summary
from nelfin.result import Result

SHEETS = {
    "place_budgets": "Place budgets",
    "budget_change": "Budget change",
    "envelope": "Envelope",
    "need": "Need",
    "sensitivity": "Sensitivity",
    "prevention": "Prevention",
    "prevention_programmes": "Prevention programmes",
    "prevention_places": "Prevention by place",
    "recovery_bridge": "Recovery bridge",
    "system_position": "System position",
    "odds": "Odds",
    "tornado": "What moves it most",
    "plan": "Capital plan",
    "spend": "Capital spend",
    "limits": "Capital limits",
    "prices": "Price of capital",
    "capital_by_organisation": "Capital by organisation",
    "projects": "Projects",
    "sources": "Sources",
}
MONEY = "#,##0.0;(#,##0.0);0.0"
"""Brackets for negatives by format; the cell keeps the plain number."""

LONGEST = 32767
"""Characters an Excel cell can hold."""


def write_workbook(result: Result, file: Path) -> None:
    """Write the workbook of a run. Text that starts with = stays text.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    try:
        with xlsxwriter.Workbook(str(file), options) as book:
            _front(book, result)
            there = {name: title for name, title in SHEETS.items() if name in result.tables}
            for name, title in there.items():
                _table(book, title, name, result.table(name))
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise OutputError.one(
            str(file), f"cannot be written: {error}.", "Close it or choose another file."
        ) from None


def _front(book: Any, result: Result) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 12, 12)
    title = book.add_format({"bold": True, "font_size": 16, "font_color": "#003087"})
    head = book.add_format({"bold": True, "bottom": 1, "align": "right", "text_wrap": True})
    left = book.add_format({"bold": True, "bottom": 1})
    money = book.add_format({"num_format": MONEY})
    share = book.add_format({"num_format": "0.0%;(0.0%);0.0%"})
    found = headline(result)

    def number(row: int, column: int, value: float, style: Any) -> None:
        if math.isfinite(value):
            sheet.write_number(row, column, value, style)

    sheet.write_string(0, 0, result.name[:LONGEST], title)
    sheet.write_string(1, 0, f"Plan {found.years[0]} to {found.years[-1]}. £m unless said.")
    row = 3
    sheet.write_string(row, 0, "Position of the system", left)
    for column, year in enumerate(found.years, start=1):
        sheet.write_string(row, column, year, head)
    for words, series in (("Underlying", found.underlying), ("Reported", found.reported)):
        row += 1
        sheet.write_string(row, 0, words)
        for column, value in enumerate(series, start=1):
            number(row, column, value, money)
    row += 2
    heads = [
        f"Budget {found.years[0]}",
        f"Budget {found.budget_year}",
        f"Target {found.budget_year}",
        "A head, £",
        f"From target {found.budget_year}",
        f"From target {found.years[-1]}",
    ]
    sheet.write_string(row, 0, "Place", left)
    for column, words in enumerate(heads, start=1):
        sheet.write_string(row, column, words, head)
    for name, line in found.places.iterrows():
        row += 1
        sheet.write_string(row, 0, str(name)[:LONGEST])
        for column, key in enumerate(("base", "budget", "target", "per_head"), start=1):
            number(row, column, line[key], money)
        number(row, 5, line["dft"], share)
        number(row, 6, line["dft_last"], share)
    row += 2
    for text in summary(result).splitlines():
        if not text.startswith("==="):
            sheet.write_string(row, 0, text[:LONGEST])
            row += 1
    for warning in result.provenance["warnings"]:
        sheet.write_string(row, 0, f"Warning: {warning}"[:LONGEST])
        row += 1
    sheet.fit_to_pages(1, 0)


def _table(book: Any, title: str, name: str, frame: pd.DataFrame) -> None:
    sheet = book.add_worksheet(title)
    money = book.add_format({"num_format": MONEY})
    plain = book.add_format({"num_format": "#,##0.0000;(#,##0.0000);0"})
    columns = [str(column) for column in frame.columns]
    numeric = [pd.api.types.is_numeric_dtype(frame[c]) and frame[c].dtype != bool for c in columns]
    for at, column in enumerate(columns):
        style = (money if column.endswith("_gbp_m") else plain) if numeric[at] else None
        width = 12 if numeric[at] else _width(column, frame[column])
        sheet.set_column(at, at, width, style)
    for row, values in enumerate(frame.itertuples(index=False), start=1):
        for at, value in enumerate(values):
            if isinstance(value, bool):
                sheet.write_string(row, at, "yes" if value else "no")
            elif numeric[at]:
                if pd.notna(value):
                    sheet.write_number(row, at, value)
            elif not pd.isna(value) and value != "":
                sheet.write_string(row, at, str(value)[:LONGEST])
    sheet.add_table(
        0,
        0,
        max(len(frame), 1),
        len(columns) - 1,
        {
            "name": f"t_{name}",
            "style": "Table Style Light 9",
            "columns": [{"header": column} for column in columns],
        },
    )
    sheet.freeze_panes(1, 1)


def _width(column: str, series: pd.Series) -> int:
    longest = max((len(str(value)) for value in series.head(200)), default=0)
    return int(min(max(len(column) + 3, longest + 1), 60))
