"""The first sheets of the workbook: front and summary."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.evidence import MEANING, STATUSES
from nelfin.report.basis import illustrative
from nelfin.report.text.summary import words_of
from nelfin.report.text.words import plural
from nelfin.report.workbook.cells import LONGEST, WIDE, Styles, height, put
from nelfin.store.findings import Findings
from nelfin.system.headline import headline
from nelfin.system.rests_on import RECOVERY

Contents = list[tuple[str, str, int, str]]
"""Title of a sheet, what it holds, its rows, and what of it is illustrative."""


def write_front(book: Any, result: Findings, contents: Contents, formats: Styles) -> None:
    """Write the front sheet: what a finance director asks first, and where the rest is."""
    sheet = book.add_worksheet("Front")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, WIDE)
    sheet.set_column(2, 2, 8)
    sheet.set_column(3, 3, 26)
    found, said = headline(result), words_of(result)
    sheet.write_string(0, 0, result.name[:LONGEST], formats.title)
    sheet.write_string(1, 0, f"Plan {found.years[0]} to {found.years[-1]}. {_run_words(result)}")
    sheet.write_string(2, 0, "£m unless said; brackets are negative. Cells hold plain numbers.")
    made_up = _made_up(result)
    if made_up:
        sheet.write_string(3, 0, made_up)
    row = 5
    for title, sentences in (
        ("When we balance", said["recovery"]),
        ("Prevention", said["prevention"]),
        ("What the capital buys", said["capital"]),
        ("What rests on assumption", said["assumption"]),
        ("Warnings", result.provenance["warnings"] or ["None."]),
    ):
        sheet.write_string(row, 0, title, formats.top)
        for sentence in sentences:
            text = str(sentence)[:LONGEST]
            sheet.write_string(row, 1, text, formats.wrap)
            sheet.set_row(row, height(text, WIDE))
            row += 1
    row = _statuses(sheet, found.statuses, row + 1, formats)
    _contents(sheet, contents, row + 1, made_up, formats)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _run_words(result: Findings) -> str:
    """Say when and by which version the run was made."""
    about = result.provenance
    draws = about.get("draws", 0)
    words = f"Run {str(about['started'])[:16].replace('T', ' ')} UTC by nelfin "
    words += str(about["versions"]["nelfin"])
    return f"{words}, {plural(draws, 'draw')}." if draws else f"{words}."


def _made_up(result: Findings) -> str:
    count = int((result.table("sources")["status"] == "illustrative").sum())
    return (
        f"{plural(count, 'figure')} behind this run are illustrative: made up to show the method. "
        "Sheets that rest on them say so, and charts carry the word."
        if count
        else ""
    )


def _statuses(sheet: Any, counts: pd.Series, row: int, formats: Styles) -> int:
    for at, words in enumerate(("Status of figures", "What it means (capital schemes apart)")):
        sheet.write_string(row, at, words, formats.head)
    for status in STATUSES:
        if counts.get(status):
            row += 1
            sheet.write_string(row, 0, f"{counts[status]} {status}")
            sheet.write_string(row, 1, MEANING[status].capitalize())
    return row + 1


def _contents(sheet: Any, contents: Contents, row: int, made_up: str, formats: Styles) -> None:
    heads = ("Sheet", "What it holds", "Rows", "Rests on figures that are")
    for at, words in enumerate(heads):
        sheet.write_string(row, at, words, formats.head)
    lines: list[tuple[str, str, int | None, str]] = [
        ("Summary", "Position by year, places, and what the capital buys.", None, made_up),
        ("Charts", "Charts drawn from the figures above them.", None, made_up),
        *contents,
    ]
    for title, words, count, rests in lines:
        row += 1
        sheet.write_url(row, 0, f"internal:'{title}'!A1", string=title)
        sheet.write_string(row, 1, words)
        put(sheet, row, 2, count, formats.whole)
        put(sheet, row, 3, "illustrative" if rests else "", formats.after)


def write_summary(book: Any, result: Findings, formats: Styles) -> None:
    """Write the summary in figures: position by year, places, and what the capital buys."""
    sheet = book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 40, 13)
    found = headline(result)
    rests = illustrative(result.table("sources"), RECOVERY)
    sheet.write_string(0, 0, result.name[:LONGEST], formats.title)
    sheet.write_string(1, 0, f"Plan {found.years[0]} to {found.years[-1]}. £m unless said.")
    row = _figures(
        sheet,
        3,
        f"The position rests on illustrative figures: {rests}." if rests else "",
        pd.DataFrame({"Underlying": found.underlying, "Reported": found.reported}).T,
        ("Position of the system", [formats.money] * len(found.years)),
        formats,
    )
    opening = found.marks.get("places")
    columns = ["base", "budget", "target", "per_head", "dft", "dft_last"]
    heads = [
        f"Budget {found.years[0]}",
        f"Budget {found.budget_year}",
        f"Target {found.budget_year}",
        "A head, £",
        f"From target {found.budget_year}",
        f"From target {found.years[-1]}",
    ]
    kinds = [*[formats.money] * 3, formats.whole, formats.percent, formats.percent]
    row = _figures(
        sheet,
        row,
        f"Opening position {opening}." if opening else "",
        found.places[columns].set_axis(heads, axis="columns"),
        ("Place", kinds),
        formats,
    )
    made_up = found.illustrative_schemes
    _figures(
        sheet,
        row,
        f"{made_up} of {found.schemes} capital schemes are illustrative." if made_up else "",
        found.categories.rename(columns=str.capitalize),
        ("Capital asked, base-year prices", [formats.money] * 3),
        formats,
    )
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _figures(
    sheet: Any,
    row: int,
    words: str,
    frame: pd.DataFrame,
    look: tuple[str, list[Any]],
    formats: Styles,
) -> int:
    """Write a small table under a line of words, and return the row of the next one.

    `look` is the heading of its first column and the formats of the others.
    """
    if words:
        sheet.write_string(row, 0, words)
        row += 1
    sheet.write_string(row, 0, look[0], formats.head)
    for column, head in enumerate(frame.columns, start=1):
        sheet.write_string(row, column, str(head), formats.year)
    for name, line in frame.iterrows():
        row += 1
        put(sheet, row, 0, name)
        for column, value in enumerate(line, start=1):
            put(sheet, row, column, float(value), look[1][column - 1])
    return row + 2
