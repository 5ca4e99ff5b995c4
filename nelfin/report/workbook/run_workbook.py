"""The workbook of a run: sheets that people read and change, then the tables as Excel tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nelfin.report.workbook.activity_sheet import has_activity, write_activity_sheet
from nelfin.report.workbook.capital_sheets import write_capital_sheets
from nelfin.report.workbook.cells import PlainSheet, open_book, styles
from nelfin.report.workbook.charts_sheet import SHEET as CHARTS
from nelfin.report.workbook.charts_sheet import write_charts_sheet
from nelfin.report.workbook.comparison_workbook import (
    BY_YEAR,
    COMPARED,
    write_comparison_sheets,
)
from nelfin.report.workbook.contents import Entry, check_of, write_contents
from nelfin.report.workbook.people_sheet import illustrative_of, set_paper
from nelfin.report.workbook.place_sheets import write_place_sheets
from nelfin.report.workbook.portfolio_sheets import Sheets, write_portfolio_sheets
from nelfin.report.workbook.position_sheets import write_position_sheets
from nelfin.report.workbook.sheet_names import named_sheets, quoted
from nelfin.report.workbook.summary_sheet import Live, write_checked, write_summary_sheet
from nelfin.report.workbook.table_sheets import TOP, table_sheets, write_table_sheet
from nelfin.store.findings import Findings
from nelfin.system.compare import compare
from nelfin.system.rests_on import ACTIVITY, CAPITAL, PLACES, PORTFOLIO, RECOVERY

SUMMARY, SYSTEM, BODIES, MOVED = "Summary", "System", "Bodies", "What moved"
CARE, LIMITS, SCHEMES = "Planned care", "Capital", "Capital schemes"
POOLS, PROGRAMMES, STAFF = "Portfolio", "Programmes", "Programme staff"

TABS = {
    "summary": "#003087",
    "positions": "#005EB8",
    "places": "#00703C",
    "care": "#007C83",
    "capital": "#7C2855",
    "portfolio": "#8A1538",
}
"""Colours of the tabs; the long lists have grey ones."""

BESIDE = {
    COMPARED: "Runs side by side: why they may not be alike, and headline figures.",
    BY_YEAR: "Each result that differs, with the change by formulas.",
}
"""Sheets of a comparison, with what each holds; its lists stand behind them."""

LIST_TAB = "#AEB7BD"


def write_workbook(result: Findings, file: Path, others: Sequence[Findings] = ()) -> None:
    """Write the workbook of a run. Text that starts with = stays text.

    Parameters
    ----------
    result
        The run.
    file
        Where to.
    others
        Runs to set beside it on sheets of their own, in their order; it is the last of them.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    lists = table_sheets(result)
    taken = {of.about.title.lower() for of in lists}
    taken |= {each.lower() for each in (
        SUMMARY, SYSTEM, BODIES, MOVED, CARE, LIMITS, SCHEMES, POOLS, PROGRAMMES, STAFF, CHARTS,
    )}  # fmt: skip
    bodies = named_sheets(map(str, result.data["organisation"].values), taken, "Body")
    places = named_sheets(map(str, result.data["place"].values), taken, "Place")
    with open_book(file) as book:
        formats = styles(book)

        def made(name: str, part: str) -> tuple[Any, str]:
            sheet = book.add_worksheet(name, PlainSheet)
            sheet.set_tab_color(TABS[part])
            return sheet, name

        # in the order of the tabs; each is written when what it takes is there
        summary, _ = made(SUMMARY, "summary")
        system, together = made(SYSTEM, "positions"), made(BODIES, "positions")
        of_body = {name: made(sheet, "positions") for name, sheet in bodies.items()}
        moved = made(MOVED, "places")
        of_place = {name: made(sheet, "places") for name, sheet in places.items()}
        care = made(CARE, "care") if has_activity(result) else None
        limits, schemes = made(LIMITS, "capital"), made(SCHEMES, "capital")
        programmes = (
            Sheets(*(made(name, "portfolio") for name in (POOLS, PROGRAMMES, STAFF)))
            if "portfolio_plan" in result.tables
            else None
        )
        charts, _ = made(CHARTS, "summary")

        whole, _, body_sheets = write_position_sheets(result, system, together, of_body, formats)
        _, place_sheets = write_place_sheets(result, moved, of_place, formats)
        capital = write_capital_sheets(result, limits, schemes, formats)
        live = Live(
            whole,
            body_sheets,
            place_sheets,
            capital,
            None if care is None else write_activity_sheet(result, care, formats),
            None if programmes is None else write_portfolio_sheets(result, programmes, formats),
        )
        row = write_summary_sheet(summary, result, live, formats)
        write_charts_sheet(book, charts, result, live, formats)
        people = _people(result, bodies, places)
        if others:
            people += [Entry(name, words, False, False) for name, words in BESIDE.items()]
        write_checked(summary, [check_of(of.name) for of in people if of.checked], formats)
        book.define_name("contents", f"={quoted(SUMMARY)}!$A${row + 1}")
        write_contents(summary, row, people, lists, formats)
        for of in lists:
            sheet = write_table_sheet(book, of, formats)
            sheet.set_tab_color(LIST_TAB)
            set_paper(sheet, result, TOP, portrait=False, one_page=False)
        if others:
            write_comparison_sheets(book, compare(*others, result), formats)
        summary.activate()


def _people(result: Findings, bodies: dict[str, str], places: dict[str, str]) -> list[Entry]:
    """Return the sheets for people, in order, with what each holds."""
    recovery, budgets, activity, capital, portfolio = (
        bool(illustrative_of(result, parts))
        for parts in (RECOVERY, PLACES, ACTIVITY, CAPITAL, PORTFOLIO)
    )
    body = "Its bridge year by year and from the opening: steps to change."
    place = "For its lead: budget by stream, distance from target, what moved, need."
    return [
        Entry(SYSTEM, "Bridge of all bodies: year by year, and from the opening.", recovery),
        Entry(BODIES, "Who reports what, beside the system.", recovery),
        *(Entry(name, body, recovery) for name in bodies.values()),
        Entry(MOVED, "From one budget to the next by cause, each place: parts to change.", budgets),
        *(Entry(name, place, budgets) for name in places.values()),
        *([Entry(CARE, "Who waits, what more care leaves, freed beds and their cost.", activity)]
          if has_activity(result) else []),
        Entry(LIMITS, "Limit, used and left by year.", capital),
        Entry(SCHEMES, "Schemes that are in: start, spend to change, reason.", capital, False),
        *([
            Entry(POOLS, "Pools of money and staff: there, taken and left.", portfolio),
            Entry(PROGRAMMES, "Programmes that are in: start, cost to change, reason.", portfolio,
                  False),
            Entry(STAFF, "Months of staff of each programme, to change.", portfolio, False),
        ] if "portfolio_plan" in result.tables else []),
        Entry(CHARTS, "Charts of the figures on the sheets before.", recovery, False),
    ]  # fmt: skip
