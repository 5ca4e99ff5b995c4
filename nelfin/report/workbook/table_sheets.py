"""The sheets of the workbook that hold a table each, as a real Excel table with its filters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nelfin.report.workbook.cells import Styles, put
from nelfin.report.workbook.people_sheet import illustrative_of
from nelfin.report.workbook.settings import settings_table
from nelfin.store.findings import Findings
from nelfin.system.rests_on import (
    ACTIVITY,
    CAPITAL,
    ENVELOPE,
    NEED,
    PLACES,
    PORTFOLIO,
    PREVENTION,
    RECOVERY,
)


@dataclass(frozen=True)
class About:
    """What is told of a sheet that holds a table."""

    title: str
    words: str
    rests_on: tuple[str, ...] = ()
    """Sections and tables whose illustrative figures it rests on."""


@dataclass(frozen=True)
class TableSheet:
    """A sheet that holds a table."""

    name: str
    """Of the table in the result."""
    about: About
    table: pd.DataFrame
    illustrative: str
    """A sentence on the illustrative figures that it rests on; "" for none."""


ABOUT = {
    "place_budgets": About("Place budgets", "Budget, target and distance of each place.", PLACES),
    "budget_change": About("Budget change", "Why each budget moves, cause by cause.", PLACES),
    "envelope": About("Envelope", "What the system has to spend, by stream.", ENVELOPE),
    "need": About("Need", "Weighted populations and need beside the average.", NEED),
    "sensitivity": About("Sensitivity", "How far budgets move with what they rest on.", PLACES),
    "prevention": About("Prevention", "The three ledgers of the shift, never added.", PREVENTION),
    "prevention_programmes": About("Prevention programmes", "The shift by programme.", PREVENTION),
    "prevention_places": About("Prevention by place", "The shift by place.", PREVENTION),
    "activity": About("Waiting list", "Who joins, is treated and waits, by year.", ACTIVITY),
    "activity_by_month": About("Waiting list by month", "The same by month.", ACTIVITY),
    "activity_by_organisation": About(
        "Activity by organisation", "Planned and urgent care, what it earns and costs.", ACTIVITY
    ),
    "activity_clearing": About(
        "Waiting list cleared", "When nobody waits over 18 weeks at the plan's rate.", ACTIVITY
    ),
    "activity_one_percent": About(
        "1 % more planned care", "What it would add to each position.", ACTIVITY
    ),
    "activity_shorter_stays": About(
        "Shorter stays", "What they are worth: their beds closed, or filled.", ACTIVITY
    ),
    "beds_by_use": About(
        "Beds", "Beds that are freed, by what frees them and what becomes of them.", ACTIVITY
    ),
    "beds_by_organisation": About(
        "Money of beds", "What freed beds cost, and what covers it.", ACTIVITY
    ),
    "primary_care": About(
        "Primary care", "Appointments by place, the gap, and what closing it costs.", ACTIVITY
    ),
    "recovery_bridge": About("Recovery bridge", "From opening to reported position.", RECOVERY),
    "system_position": About("System position", "Position of the system by year.", RECOVERY),
    "odds": About("Odds", "What draws of the settings say: odds and percentiles.", RECOVERY),
    "odds_by_organisation": About(
        "Odds by organisation", "Odds and percentiles of each organisation.", RECOVERY
    ),
    "savings": About("Savings", "Each efficiency scheme: asked, expected, lasting.", RECOVERY),
    "months": About("Months", "Plan and actual by month, and where the year heads.", RECOVERY),
    "back_test": About("Back-test", "What the model would have said, beside what came.", RECOVERY),
    "tornado": About("What moves it most", "Each assumption alone, at either end.", RECOVERY),
    "plan": About("Capital plan", "Each scheme: in or out, when, and why.", CAPITAL),
    "spend": About("Capital spend", "Spend of the schemes in the plan by year.", CAPITAL),
    "plan_changes": About(
        "Capital plan, changes", "What moved from the capital plan in force, and why.", CAPITAL
    ),
    "limits": About("Capital limits", "Use of each limit, and its price.", CAPITAL),
    "limits_of_money": About(
        "Limits of other money", "Use of limits of other money than the ordinary.", CAPITAL
    ),
    "resources": About("Other resources", "Use of staff and the like, and its price.", CAPITAL),
    "prices": About("Price of capital", "What £1m more or less would change.", CAPITAL),
    "budget_curve": About("Worth of capital", "What more or less capital would buy.", CAPITAL),
    "capital_frontier": About(
        "Two aims of capital", "The most benefit left as more is asked of a second aim.", CAPITAL
    ),
    "capital_by_organisation": About(
        "Capital by organisation", "Use of capital and what it costs in revenue.", CAPITAL
    ),
    "backlog": About(
        "Backlog", "What is cleared and left of it by organisation, risk and year.", CAPITAL
    ),
    "slips": About(
        "Schemes that wait", "Which schemes wait when costs are drawn, and how long.", CAPITAL
    ),
    "portfolio_plan": About(
        "Portfolio plan", "Each initiative: in or out, when, and why.", PORTFOLIO
    ),
    "portfolio_spend": About(
        "Portfolio spend", "Cost and expected cash of each initiative by year.", PORTFOLIO
    ),
    "portfolio_pools": About(
        "Pools of money", "What initiatives take of each pool, and its price.", PORTFOLIO
    ),
    "portfolio_staff": About(
        "Staff by skill", "What initiatives use of each skill, and its price.", PORTFOLIO
    ),
    "portfolio_staff_use": About(
        "Staff by initiative", "Months of staff of each initiative.", PORTFOLIO
    ),
    "portfolio_floors": About(
        "Floors of spend", "Least spend on places, and what is spent.", PORTFOLIO
    ),
    "portfolio_prices": About(
        "Price of pools", "What £1m more or less in a pool would change.", PORTFOLIO
    ),
    "portfolio_frontier": About(
        "Worth of pools", "The best portfolio of smaller and larger pools.", PORTFOLIO
    ),
    "portfolio_triangles": About(
        "Triangles", "Cost, benefit and value of each initiative.", PORTFOLIO
    ),
    "projects": About("Projects", "The schemes as given.", ("projects",)),
}
SETTINGS = About("Settings", "Every setting of the scenario, with its source and range.")
SOURCES = About("Sources", "Every figure the run rests on, with unit, status and source.")
WARNINGS = About("Warnings", "What to know of this run before it is relied on.")

TOP = 3
"""Row of the headings of a table: title, words and a blank row stand above."""


def table_sheets(result: Findings) -> list[TableSheet]:
    """Return every table of a run with its sheet, in the order of the sheets.

    Parameters
    ----------
    result
        The run.
    """
    sources = result.table("sources")
    listed = [name for name in ABOUT if name in result.tables]
    others = [name for name in result.tables if name not in ABOUT and name != "sources"]
    tables = {name: (ABOUT[name], result.table(name)) for name in listed}
    tables |= {name: (_about_another(name), result.table(name)) for name in others}
    tables |= {
        "settings": (SETTINGS, settings_table(result)),
        "sources": (SOURCES, sources.assign(value=sources["value"].map(_number_or_text))),
        "warnings": (
            WARNINGS, pd.DataFrame({"warning": result.provenance["warnings"]}, dtype=object)
        ),
    }  # fmt: skip
    parts = {about.rests_on for about, _ in tables.values()}
    words = {each: illustrative_of(result, each) for each in parts}
    return [
        TableSheet(name, about, table, words[about.rests_on])
        for name, (about, table) in tables.items()
    ]


def _number_or_text(value: object) -> object:
    """Return a figure of the register as the number it is; it holds them as texts."""
    text = str(value)
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) else value


def _about_another(name: str) -> About:
    """Return what is told of a table that is not in the list."""
    return About(name.replace("_", " ").capitalize()[:31], "", RECOVERY + PLACES)


def write_table_sheet(book: Any, of: TableSheet, formats: Styles) -> Any:
    """Write a sheet that holds a table.

    Parameters
    ----------
    book
        The workbook.
    of
        The sheet with its table.
    formats
        Of the workbook.

    Returns
    -------
    Any
        The sheet.
    """
    about, frame = of.about, of.table
    sheet = book.add_worksheet(about.title)
    sheet.write_string(0, 0, about.title, formats.title)
    sheet.write_string(1, 0, f"{about.words} {of.illustrative}".strip())
    columns = [str(column) for column in frame.columns]
    units = [str(unit) for unit in frame["unit"]] if "unit" in frame else []
    before = False
    for at, column in enumerate(columns):
        values = frame.iloc[:, at].tolist()
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
            unit_format = formats.of_unit(units[row - TOP - 1]) if by_unit else None
            put(sheet, row, at, value, unit_format)
    sheet.add_table(
        TOP,
        0,
        TOP + max(len(frame), 1),
        len(columns) - 1,
        {
            "name": f"t_{of.name}",
            "style": "Table Style Light 9",
            "columns": [{"header": column, "header_format": formats.table} for column in columns],
        },
    )
    sheet.freeze_panes(TOP + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(TOP)
    return sheet


def _width(column: str, values: list[object], numeric: bool) -> int:
    longest = 10 if numeric else max((len(str(value)) for value in values[:200]), default=0)
    return int(min(max(len(column) + 4, longest + 1), 60))
