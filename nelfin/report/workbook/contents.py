"""The list of the sheets of a workbook, with links: those for people, then the long lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from nelfin.report.workbook.cells import Styles, put
from nelfin.report.workbook.people_sheet import CHECK, FIRST
from nelfin.report.workbook.sheet_names import quoted
from nelfin.report.workbook.table_sheets import TableSheet

WHERE, ILLUSTRATIVE = 8, 9
"""Columns of the list: rows or difference, and whether a sheet rests on illustrative figures."""


@dataclass(frozen=True)
class Entry:
    """A sheet for people."""

    name: str
    words: str
    illustrative: bool
    checked: bool = True
    """Whether the sheet says how far it is from the run."""


def write_contents(
    sheet: Any, row: int, people: Sequence[Entry], lists: Sequence[TableSheet], formats: Styles
) -> None:
    """Write the list of sheets below the summary; it is not printed.

    Parameters
    ----------
    sheet
        The sheet.
    row
        Where to.
    people
        The sheets for people.
    lists
        The sheets that hold a table.
    formats
        Of the workbook.
    """
    _head(sheet, row, "Sheets to read and to change", "Difference", formats)
    for entry in people:
        row += 1
        _line(sheet, row, entry.name, entry.words, entry.illustrative, formats)
        if entry.checked:
            sheet.write_formula(row, WHERE, "=" + check_of(entry.name), formats.check, 0.0)
    row += 2
    _head(sheet, row, "Long lists: grey tabs, at the end", "Rows", formats)
    for of in lists:
        row += 1
        _line(sheet, row, of.about.title, of.about.words, bool(of.illustrative), formats)
        put(sheet, row, WHERE, len(of.table), formats.whole)


def check_of(name: str) -> str:
    """Return the cell of a sheet that says how far it is from the run, as formulas name it.

    Parameters
    ----------
    name
        Of the sheet.
    """
    return f"{quoted(name)}!{xl_col_to_name(FIRST)}{CHECK + 1}"


def _head(sheet: Any, row: int, title: str, where: str, formats: Styles) -> None:
    for column in range(ILLUSTRATIVE + 2):
        sheet.write_blank(row, column, None, formats.section)
    sheet.write_string(row, 0, title, formats.section)
    sheet.write_string(row, 1, "What it holds", formats.section)
    sheet.write_string(row, WHERE, where, formats.across)
    sheet.write_string(row, ILLUSTRATIVE, "Rests on figures that are", formats.section_after)


def _line(sheet: Any, row: int, name: str, words: str, illustrative: bool, formats: Styles) -> None:
    sheet.write_url(row, 0, f"internal:{quoted(name)}!A1", formats.link, name)
    sheet.write_string(row, 1, words)
    put(sheet, row, ILLUSTRATIVE, "illustrative" if illustrative else "", formats.after)
