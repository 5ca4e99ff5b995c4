"""A workbook of runs side by side: what differs, and by how much, by formulas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from nelfin.report.workbook.cells import (
    LONGEST,
    PlainSheet,
    Styles,
    height,
    label,
    open_book,
    put,
    styles,
)
from nelfin.report.workbook.table_sheets import About, TableSheet, write_table_sheet
from nelfin.system.compare import Comparison

LISTS = {
    "settings": About("Compared settings", "Every setting that differs."),
    "cells": About("Compared cells", "Every cell of a table that differs, by row and column."),
    "schemes": About("Compared schemes", "Capital schemes in, out and moved, with the reason."),
    "results": About("Compared results", "Every result that differs, the largest change first."),
}
"""Tables of a comparison, each on a sheet of its own as far as it is there."""

COMPARED, BY_YEAR = "Compared", "Compared by year"

OF, FIRST = 2, 3
"""Columns of the years' sheet: measure, what it is of, run; then the years."""


def write_comparison_workbook(compared: Comparison, file: Path) -> None:
    """Write a workbook of runs side by side. Text that starts with = stays text.

    Parameters
    ----------
    compared
        From `compare`.
    file
        Where to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with open_book(file) as book:
        write_comparison_sheets(book, compared, styles(book))


def write_comparison_sheets(book: Any, compared: Comparison, formats: Styles) -> None:
    """Write the sheets of runs side by side to a workbook that is open.

    Parameters
    ----------
    book
        The workbook.
    compared
        From `compare`.
    formats
        Its formats.
    """
    lists = [
        TableSheet(f"compared_{name}", about, getattr(compared, name), "")
        for name, about in LISTS.items()
    ]
    _front(book.add_worksheet(COMPARED, PlainSheet), compared, lists, formats)
    _years(book.add_worksheet(BY_YEAR, PlainSheet), compared, formats)
    for of in lists:
        write_table_sheet(book, of, formats)


def _front(sheet: Any, compared: Comparison, lists: Sequence[TableSheet], formats: Styles) -> None:
    """Write which runs are compared, why they may not be alike, and the headline figures."""
    names = compared.names
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, len(names) + 2, 16)
    sheet.write_string(0, 0, "Runs side by side", formats.title)
    words = f"{label(names[-1], 60)} less {label(names[0], 60)} is the change. £m unless said."
    sheet.write_string(1, 0, words)
    row = 2
    for flag in compared.flags:
        sheet.write_string(row, 0, flag[:LONGEST], formats.flag_line)
        row += 1
    row = _headline(sheet, row + 1, compared.headline, names, formats)
    row += 1
    sheet.write_string(row, 0, "Sheets", formats.section)
    sheet.write_string(row, 1, "Rows", formats.across)
    lines: list[tuple[str, int | None]] = [(BY_YEAR, None)]
    for title, count in [*lines, *((of.about.title, len(of.table)) for of in lists)]:
        row += 1
        sheet.write_url(row, 0, f"internal:'{title}'!A1", formats.link, title)
        put(sheet, row, 1, count, formats.whole)
    _paper(sheet, row=None)


def _headline(
    sheet: Any, row: int, headline: pd.DataFrame, names: Sequence[str], formats: Styles
) -> int:
    """Write the headline figures of each run, and the change where they are numbers."""
    sheet.write_string(row, 0, "Headline", formats.section)
    heads = ["Unit", *(label(name, 30) for name in names), "Change"]
    for column, head in enumerate(heads, 1):
        sheet.write_string(row, column, head, formats.across_wrap)
    sheet.set_row(row, max(height(head, 14) for head in heads))
    last = 1 + len(names)
    for line in headline.to_dict("records"):
        row += 1
        put(sheet, row, 0, line["figure"])
        put(sheet, row, 1, line["unit"], formats.right)
        values = [line[name] for name in names]
        whole = all(isinstance(value, int) for value in values)
        style = formats.whole if whole else formats.money
        for column, value in enumerate(values, 2):
            put(sheet, row, column, value, formats.right if isinstance(value, str) else style)
        if all(pd.api.types.is_number(value) for value in (values[0], values[-1])):
            formula = f"={xl_col_to_name(last)}{row + 1}-C{row + 1}"
            change = float(values[-1]) - float(values[0])
            sheet.write_formula(row, last + 1, formula, style, change)
    return row + 1


def _years(sheet: Any, compared: Comparison, formats: Styles) -> None:
    """Write each result that differs, a row a run and years across, and the change below."""
    results, names = compared.results, compared.names
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, "Results that differ, by year, £m", formats.title)
    sheet.write_string(1, 0, "A year in which the runs are alike stays blank.")
    years = sorted(map(str, set(results["year"])))
    heads = ["Result", "Of", "Run", *years]
    for column, head in enumerate(heads):
        style = formats.across if column >= FIRST else formats.section
        sheet.write_string(3, column, head, style)
    for column, width in enumerate([26, 26, 30, *[10.5] * len(years)]):
        sheet.set_column(column, column, width)
    row = 3
    for (measure, of), lines in results.groupby(["measure", "of"], sort=False):
        by_year = lines.set_index("year")
        start = row + 1
        for name in names:
            row += 1
            put(sheet, row, 0, measure)
            put(sheet, row, 1, of)
            put(sheet, row, OF, name)
            for column, year in enumerate(years, FIRST):
                if year in by_year.index:
                    put(sheet, row, column, float(by_year.at[year, name]), formats.money)
        row += 1
        sheet.write_string(row, OF, "Change", formats.total_words)
        for column, year in enumerate(years, FIRST):
            if year in by_year.index:
                letter = xl_col_to_name(column)
                formula = f"={letter}{row}-{letter}{start + 1}"
                change = float(by_year.at[year, "change"])
                sheet.write_formula(row, column, formula, formats.total, change)
            else:
                sheet.write_blank(row, column, None, formats.total)
    if row > 3:
        sheet.autofilter(3, 0, row, OF)
    sheet.freeze_panes(4, FIRST)
    _paper(sheet, row=3)


def _paper(sheet: Any, row: int | None) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&9nelfin&R&9&A, page &P of &N")
    if row is not None:
        sheet.repeat_rows(row)
