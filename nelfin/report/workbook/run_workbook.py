"""The workbook: front sheet, summary, charts, the tables as real Excel tables, and the sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.report.basis import illustrative, settings_table
from nelfin.report.workbook.cells import Styles, open_book, put, styles
from nelfin.report.workbook.front import write_front, write_summary
from nelfin.report.workbook.native_charts import write_charts
from nelfin.store.findings import Findings
from nelfin.system.rests_on import CAPITAL, ENVELOPE, NEED, PLACES, PREVENTION, RECOVERY


@dataclass(frozen=True)
class Page:
    """A sheet that holds a table."""

    title: str
    words: str
    rests: tuple[str, ...] = ()
    """Sections and tables whose illustrative figures it rests on."""


PAGES = {
    "place_budgets": Page("Place budgets", "Budget, target and distance of each place.", PLACES),
    "budget_change": Page("Budget change", "Why each budget moves, cause by cause.", PLACES),
    "envelope": Page("Envelope", "What the system has to spend, by stream.", ENVELOPE),
    "need": Page("Need", "Weighted populations and need beside the average.", NEED),
    "sensitivity": Page("Sensitivity", "How far budgets move with what they rest on.", PLACES),
    "prevention": Page("Prevention", "The three ledgers of the shift, never added.", PREVENTION),
    "prevention_programmes": Page("Prevention programmes", "The shift by programme.", PREVENTION),
    "prevention_places": Page("Prevention by place", "The shift by place.", PREVENTION),
    "recovery_bridge": Page("Recovery bridge", "From opening to reported position.", RECOVERY),
    "system_position": Page("System position", "Position of the system by year.", RECOVERY),
    "odds": Page("Odds", "Odds and spread over draws of the settings.", RECOVERY),
    "tornado": Page("What moves it most", "Each assumption alone, at either end.", RECOVERY),
    "plan": Page("Capital plan", "Each scheme: in or out, when, and why.", CAPITAL),
    "spend": Page("Capital spend", "Spend of the schemes in the plan by year.", CAPITAL),
    "limits": Page("Capital limits", "Use of each limit, and its price.", CAPITAL),
    "prices": Page("Price of capital", "What £1m more or less would change.", CAPITAL),
    "budget_curve": Page("Worth of capital", "What more or less capital would buy.", CAPITAL),
    "capital_frontier": Page(
        "Two aims of capital", "The most benefit left as more is asked of a second aim.", CAPITAL
    ),
    "capital_by_organisation": Page(
        "Capital by organisation", "Use of capital and what it costs in revenue.", CAPITAL
    ),
    "projects": Page("Projects", "The schemes as given.", ("projects",)),
}
SETTINGS = Page("Settings", "Every setting of the scenario, with its source and range.")
SOURCES = Page("Sources", "Every figure the run rests on, with unit, status and source.")
WARNINGS = Page("Warnings", "What to know of this run before it is relied on.")

TOP = 3
"""Row of the headings of a table: title, words and a blank row stand above."""


def write_workbook(result: Findings, file: Path) -> None:
    """Write the workbook of a run. Text that starts with = stays text.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    pages = _pages(result)
    sources = result.table("sources")
    rests = {name: illustrative(sources, page.rests) for name, (page, _) in pages.items()}
    contents = [
        (page.title, page.words, len(frame), rests[name]) for name, (page, frame) in pages.items()
    ]
    with open_book(file) as book:
        formats = styles(book)
        write_front(book, result, contents, formats)
        write_summary(book, result, formats)
        write_charts(book, result, formats)
        for name, (page, frame) in pages.items():
            _table(book, name, page, frame, rests[name], formats)


def _pages(result: Findings) -> dict[str, tuple[Page, pd.DataFrame]]:
    """Return every table of a result with its page, in the order of the sheets."""
    there = [name for name in PAGES if name in result.tables]
    others = [name for name in result.tables if name not in PAGES and name != "sources"]
    pages = {name: (PAGES[name], result.table(name)) for name in there}
    pages |= {name: (_unknown(name), result.table(name)) for name in others}
    warnings = result.provenance["warnings"]
    sources = result.table("sources")
    sources["value"] = sources["value"].map(_number_or_text)
    return pages | {
        "settings": (SETTINGS, settings_table(result)),
        "sources": (SOURCES, sources),
        "warnings": (WARNINGS, pd.DataFrame({"warning": warnings}, dtype=object)),
    }


def _number_or_text(value: object) -> object:
    """Return a figure of the register as the number it is; it holds them as texts."""
    text = str(value)
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) else value


def _unknown(name: str) -> Page:
    """Return the page of a table without words of its own."""
    return Page(name.replace("_", " ").capitalize()[:31], "", RECOVERY + PLACES)


def _table(
    book: Any, name: str, page: Page, frame: pd.DataFrame, rests: str, formats: Styles
) -> None:
    sheet = book.add_worksheet(page.title)
    sheet.write_string(0, 0, page.title, formats.title)
    mark = f"Rests on illustrative figures: {rests}." if rests else ""
    sheet.write_string(1, 0, f"{page.words} {mark}".strip())
    columns = [str(column) for column in frame.columns]
    units = [str(unit) for unit in frame["unit"]] if "unit" in frame else []
    before = False
    for at, column in enumerate(columns):
        values = list(frame.iloc[:, at])
        numeric = pd.api.types.is_numeric_dtype(frame.iloc[:, at])
        if numeric:
            style = formats.money if column.endswith("_gbp_m") else formats.plain
        else:
            # text would stand close to the number before it
            style = formats.after if before else None
        before = numeric
        sheet.set_column(at, at, _width(column, values, numeric), style)
        by_unit = numeric and column == "value" and bool(units)
        for row, value in enumerate(values, start=TOP + 1):
            own = formats.of_unit(units[row - TOP - 1]) if by_unit else None
            put(sheet, row, at, value, own)
    sheet.add_table(
        TOP,
        0,
        TOP + max(len(frame), 1),
        len(columns) - 1,
        {
            "name": f"t_{name}",
            "style": "Table Style Light 9",
            "columns": [{"header": column, "header_format": formats.table} for column in columns],
        },
    )
    sheet.freeze_panes(TOP + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(TOP)


def _width(column: str, values: list[object], numeric: bool) -> int:
    longest = 10 if numeric else max((len(str(value)) for value in values[:200]), default=0)
    return int(min(max(len(column) + 4, longest + 1), 60))
