"""A workbook of one table: its headings in row 1, for what other tools read on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nelfin.report.workbook.cells import open_book, put


def write_plain_workbook(table: pd.DataFrame, file: Path) -> None:
    """Write a table as a workbook of one sheet.

    Parameters
    ----------
    table
        The table; its index is left out.
    file
        Place of the workbook.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with open_book(file) as book:
        sheet = book.add_worksheet("table")
        head = book.add_format({"bold": True})
        for at, column in enumerate(table.columns):
            put(sheet, 0, at, str(column), head)
            longest = max([len(str(column)), *(len(str(v)) for v in table[column].iloc[:50])])
            sheet.set_column(at, at, min(longest + 1, 40))
            for row, value in enumerate(table[column].tolist(), start=1):
                put(sheet, row, at, value)
        sheet.freeze_panes(1, 0)
