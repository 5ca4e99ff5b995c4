"""The summary sheet of the workbook: position by year, places, and what the capital buys."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.report.basis import illustrative_words
from nelfin.report.workbook.cells import LONGEST, Styles, put
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.rests_on import RECOVERY


def write_summary_sheet(book: Any, result: Findings, formats: Styles) -> None:
    """Write the summary in figures: position by year, places, and what the capital buys.

    Parameters
    ----------
    book
        The workbook.
    result
        The run.
    formats
        Of the workbook.
    """
    sheet = book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 40, 13)
    headline = headline_of(result)
    illustrative = illustrative_words(result.table("sources"), RECOVERY)
    sheet.write_string(0, 0, result.name[:LONGEST], formats.title)
    sheet.write_string(1, 0, f"Plan {headline.years[0]} to {headline.years[-1]}. £m unless said.")
    row = _figures(
        sheet,
        3,
        f"The position rests on illustrative figures: {illustrative}." if illustrative else "",
        pd.DataFrame({"Underlying": headline.underlying, "Reported": headline.reported}).T,
        ("Position of the system", [formats.money] * len(headline.years)),
        formats,
    )
    opening = headline.marks.get("places")
    first, year = headline.years[0], headline.budget_year
    columns = {
        "base": (f"Budget {first}", formats.money),
        "budget": (f"Budget {year}", formats.money),
        "target": (f"Target {year}", formats.money),
        "per_head": ("A head, £", formats.whole),
        "dft": (f"From target {year}", formats.percent),
        "dft_last": (f"From target {headline.years[-1]}", formats.percent),
    }
    if first == year:  # the plan begins in the year of the budgets
        del columns["base"]
    heads, kinds = (list(each) for each in zip(*columns.values(), strict=True))
    row = _figures(
        sheet,
        row,
        f"Opening position {opening}." if opening else "",
        headline.places[list(columns)].set_axis(heads, axis="columns"),
        ("Place", kinds),
        formats,
    )
    count = headline.illustrative_schemes
    _figures(
        sheet,
        row,
        f"{count} of {headline.schemes} capital schemes are illustrative." if count else "",
        headline.categories.rename(columns=str.capitalize),
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
