"""The workbook of a run: front sheet, summary, charts, and the tables as real Excel tables."""

from __future__ import annotations

from pathlib import Path

from nelfin.report.workbook.cells import open_book, styles
from nelfin.report.workbook.charts_sheet import write_charts_sheet
from nelfin.report.workbook.front_sheet import write_front_sheet
from nelfin.report.workbook.summary_sheet import write_summary_sheet
from nelfin.report.workbook.table_sheets import table_sheets, write_table_sheet
from nelfin.store.findings import Findings


def write_workbook(result: Findings, file: Path) -> None:
    """Write the workbook of a run. Text that starts with = stays text.

    Parameters
    ----------
    result
        The run.
    file
        Where to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    sheets = table_sheets(result)
    with open_book(file) as book:
        formats = styles(book)
        write_front_sheet(book, result, sheets, formats)
        write_summary_sheet(book, result, formats)
        write_charts_sheet(book, result, formats)
        for sheet in sheets:
            write_table_sheet(book, sheet, formats)
