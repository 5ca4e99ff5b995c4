"""The front sheet of the workbook: what is asked first, and where the rest is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nelfin.evidence import MEANING, STATUSES
from nelfin.report.text.numbers import plural
from nelfin.report.text.summary import sentences_of
WIDE = 104
from nelfin.report.workbook.cells import LONGEST, Styles, height, put
from nelfin.report.workbook.table_sheets import TableSheet
from nelfin.store.findings import Findings
from nelfin.system.headline import Headline, headline_of


def write_front_sheet(
    book: Any, result: Findings, sheets: Sequence[TableSheet], formats: Styles
) -> None:
    """Write the front sheet: what a finance director asks first, and where the rest is.

    Parameters
    ----------
    book
        The workbook.
    result
        The run.
    sheets
        The sheets of tables that follow.
    formats
        Of the workbook.
    """
    sheet = book.add_worksheet("Front")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, WIDE)
    sheet.set_column(2, 2, 8)
    sheet.set_column(3, 3, 26)
    headline, sentences = headline_of(result), sentences_of(result)
    sheet.write_string(0, 0, result.name[:LONGEST], formats.title)
    sheet.write_string(
        1, 0, f"Plan {headline.years[0]} to {headline.years[-1]}. {_run_words(result)}"
    )
    sheet.write_string(2, 0, "£m unless said; brackets are negative. Cells hold plain numbers.")
    illustrative = _illustrative_words(headline)
    if illustrative:
        sheet.write_string(3, 0, illustrative)
    row = 5
    for title, lines in (
        ("When we balance", sentences["recovery"]),
        ("Prevention", sentences["prevention"]),
        ("What the capital buys", sentences["capital"]),
        ("What rests on assumption", sentences["assumption"]),
        ("Warnings", result.provenance["warnings"] or ["None."]),
    ):
        sheet.write_string(row, 0, title, formats.top)
        for line in lines:
            text = str(line)[:LONGEST]
            sheet.write_string(row, 1, text, formats.wrap)
            sheet.set_row(row, height(text, WIDE))
            row += 1
    row = _statuses(sheet, headline.statuses, row + 1, formats)
    _contents(sheet, sheets, row + 1, illustrative, formats)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _run_words(result: Findings) -> str:
    """Say when and by which version the run was made."""
    about = result.provenance
    draws = about.get("draws", 0)
    words = f"Run {str(about['started'])[:16].replace('T', ' ')} UTC by nelfin "
    words += str(about["versions"]["nelfin"])
    return f"{words}, {plural(draws, 'draw')}." if draws else f"{words}."


def _illustrative_words(headline: Headline) -> str:
    count = headline.illustrative_figures
    return (
        f"{plural(count, 'figure')} behind this run are illustrative: made up to show the method. "
        "Sheets that rest on them say so, and charts carry the word."
        if count
        else ""
    )


def _statuses(sheet: Any, counts: Mapping[str, int], row: int, formats: Styles) -> int:
    for at, words in enumerate(("Status of figures", "What it means (capital schemes apart)")):
        sheet.write_string(row, at, words, formats.head)
    for status in STATUSES:
        if counts.get(status):
            row += 1
            sheet.write_string(row, 0, f"{counts[status]} {status}")
            sheet.write_string(row, 1, MEANING[status].capitalize())
    return row + 1


def _contents(
    sheet: Any, sheets: Sequence[TableSheet], row: int, illustrative: str, formats: Styles
) -> None:
    heads = ("Sheet", "What it holds", "Rows", "Rests on figures that are")
    for at, words in enumerate(heads):
        sheet.write_string(row, at, words, formats.head)
    lines: list[tuple[str, str, int | None, str]] = [
        ("Summary", "Position by year, places, and what the capital buys.", None, illustrative),
        ("Charts", "Charts drawn from the figures above them.", None, illustrative),
        *((of.about.title, of.about.words, len(of.table), of.illustrative) for of in sheets),
    ]
    for title, words, count, illustrative_here in lines:
        row += 1
        sheet.write_url(row, 0, f"internal:'{title}'!A1", string=title)
        sheet.write_string(row, 1, words)
        put(sheet, row, 2, count, formats.whole)
        put(sheet, row, 3, "illustrative" if illustrative_here else "", formats.after)
