"""The sheet of charts: small tables, years across, each with a native chart of its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    GREEN,
    LIGHT_BLUE,
    LINES,
    ORANGE,
    RED,
)
from nelfin.report.workbook.bridge import YEARLY
from nelfin.report.workbook.capital_sheets import SYSTEM_LIMIT, USED, allowed, has_system_limit
from nelfin.report.workbook.cells import MONEY, PERCENT, WHOLE, Styles, height, label, put
from nelfin.report.workbook.people_sheet import People, illustrative_of, set_paper
from nelfin.report.workbook.place_sheets import rows_of
from nelfin.report.workbook.portfolio_sheets import POOLS, TAKEN, THERE
from nelfin.report.workbook.position_sheets import DOING_NOTHING
from nelfin.report.workbook.summary_sheet import Live
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.place_figures import place_figures
from nelfin.system.rests_on import ACTIVITY, CAPITAL, PLACES, PORTFOLIO, PREVENTION, RECOVERY

SHEET = "Charts"
HEIGHT = 22
"""Rows a chart covers."""

ACROSS = 10
"""Columns beside the first that the words of a block cover."""

MARK = " (rests on illustrative figures)"


@dataclass(frozen=True)
class Block:
    """A small table, and how its rows are drawn."""

    title: str
    words: str
    table: pd.DataFrame
    """A row a series, a column a year."""
    rests_on: tuple[str, ...]
    """Sections of settings and tables that it rests on."""
    kinds: dict[str, str] = field(default_factory=dict)
    """How a row is drawn, where not as a line: column, area, or not at all."""
    colours: dict[str, str] = field(default_factory=dict)
    number: str = MONEY
    axis: str = "£m"
    least: float | None = None
    """Where the axis starts; left to Excel by default."""
    links: dict[str, Callable[[int], str]] = field(default_factory=dict)
    """The cell of another sheet that a row takes its value of a column from, by its number."""


def write_charts_sheet(
    book: Any, sheet: Any, result: Findings, live: Live, formats: Styles
) -> None:
    """Write the sheet of charts. Each is drawn by Excel from the cells above it.

    Parameters
    ----------
    book, sheet
        The workbook, and the sheet in it.
    result
        The run.
    live
        The sheets that the charts of positions, places and capital follow.
    formats
        Of the workbook.
    """
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 60, 10)
    styles = {MONEY: formats.money, PERCENT: formats.percent, WHOLE: formats.whole}
    row = 0
    breaks = []
    for block in _blocks(result, live):
        illustrative = illustrative_of(result, block.rests_on)
        mark = f" {illustrative}" if illustrative else ""
        sheet.write_string(row, 0, block.title + (MARK if illustrative else ""), formats.title)
        sheet.merge_range(row + 1, 0, row + 1, ACROSS, block.words + mark, formats.note)
        sheet.set_row(row + 1, height(block.words + mark, 42 + 10 * ACROSS))
        first = row + 2
        sheet.write_string(first, 0, block.axis, formats.head)
        for column, name in enumerate(block.table.columns, start=1):
            sheet.write_string(first, column, label(name), formats.year)
        sheet.set_row(first, max(height(label(name), 8) for name in block.table.columns))
        for at, (name, line) in enumerate(block.table.iterrows(), start=first + 1):
            sheet.write_string(at, 0, label(name))
            link = block.links.get(str(name))
            for column, value in enumerate(line, start=1):
                style = styles[block.number]
                if link is None:
                    put(sheet, at, column, float(value), style)
                else:
                    sheet.write_formula(at, column, "=" + link(column - 1), style, float(value))
        chart = _chart(book, block, first, bool(illustrative))
        row = first + len(block.table) + 2
        sheet.insert_chart(row, 0, chart, {"description": block.title + ". " + block.words})
        row += HEIGHT + 1
        breaks.append(row)
    sheet.set_h_pagebreaks(breaks[1::2])
    set_paper(sheet, result, None, one_page=False)


def _blocks(result: Findings, live: Live) -> Iterator[Block]:
    for make in (_position, _budgets, _distance):
        yield make(result, live)
    yield _prevention(result)
    if live.care is not None and live.care.end is not None and live.care.over is not None:
        yield _waiting(result, live.care.of, live.care.end, live.care.over)
    yield _capital(result, live)
    if live.portfolio is not None:
        yield _pools(result, live.portfolio)
    if "odds" in result.tables:
        yield _fan(result)


def _position(result: Findings, live: Live) -> Block:
    data = result.data
    of = live.whole
    rows = {
        "Reported": "system_reported",
        "Underlying": "system_underlying",
        "Underlying, doing nothing": "system_do_nothing",
    }
    return Block(
        "When the system balances",
        "Position of the system by year; a surplus is above the line.",
        pd.DataFrame({name: data[key].to_series() for name, key in rows.items()}).T,
        RECOVERY,
        {"Reported": "column", "Underlying, doing nothing": "none"},
        {"Reported": BLUE, "Underlying": ORANGE},
        links={
            "Reported": partial(of.cell, YEARLY.reported),
            "Underlying": partial(of.cell, YEARLY.closing),
            "Underlying, doing nothing": partial(of.cell, DOING_NOTHING),
        },
    )


def _budgets(result: Findings, live: Live) -> Block:
    headline = headline_of(result)
    year, rows = headline.budget_year, rows_of(result)
    at = headline.years.index(year)
    sheets = [live.places[str(place)] for place in headline.places.index]
    return Block(
        f"Budget against target in {year}",
        "What each place is planned to have, beside what its need would give it.",
        headline.places[["budget", "target"]]
        .rename(columns={"budget": "Budget", "target": "Target"})
        .T,
        PLACES,
        {"Budget": "column", "Target": "column"},
        {"Budget": BLUE, "Target": LIGHT_BLUE},
        least=0,
        links={
            "Budget": lambda place: sheets[place].cell(rows["budget"], at),
            "Target": lambda place: sheets[place].cell(rows["target"], at),
        },
    )


def _distance(result: Findings, live: Live) -> Block:
    row = rows_of(result)["dft"]
    return Block(
        "Distance from target",
        "Above 0 a place has more than its target.",
        place_figures(result).totals["dft"].transpose("place", "year").to_pandas(),
        PLACES,
        number=PERCENT,
        axis="% of target",
        links={place: partial(of.cell, row) for place, of in live.places.items()},
    )


def _prevention(result: Findings) -> Block:
    rows = {
        "Net cash": "prevention_net_cash",
        "Capacity released, not cash": "prevention_capacity",
        "Saved outside the NHS": "prevention_society",
    }
    return Block(
        "Prevention: three ledgers",
        "The ledgers are never added: only the first pays bills.",
        pd.DataFrame({name: result.data[key].to_series() for name, key in rows.items()}).T,
        PREVENTION,
        dict.fromkeys(rows, "column"),
        dict(zip(rows, (BLUE, LIGHT_BLUE, GREEN), strict=True)),
    )


def _capital(result: Findings, live: Live) -> Block:
    data, of = result.data, live.capital
    rows = {
        "Use of the limit": data["capital_used"].sum("organisation").to_series(),
        "Limit of the system": data["capital_limit"].to_series(),
    }
    return Block(
        "Capital against the limit",
        "What the plan uses of the system's limit by year, in cash.",
        pd.DataFrame(rows).T,
        CAPITAL,
        {"Use of the limit": "column"},
        {"Use of the limit": BLUE, "Limit of the system": RED},
        least=0,
        links={
            "Use of the limit": partial(of.cell, SYSTEM_LIMIT + USED),
            "Limit of the system": lambda year: allowed(of, year),
        }
        if has_system_limit(result)
        else {},
    )


def _waiting(result: Findings, of: People, end: int, over: int) -> Block:
    data = result.data
    rows = {
        "Waiting at the end of the year": data["activity_list"].to_series(),
        "Over 18 weeks, at the least": data["activity_over_18_weeks"].to_series(),
    }
    return Block(
        "Who waits for planned care",
        "People on the list; over 18 weeks as if the first to come were the first treated.",
        pd.DataFrame(rows).T,
        ACTIVITY,
        {"Waiting at the end of the year": "column"},
        {"Waiting at the end of the year": LIGHT_BLUE, "Over 18 weeks, at the least": DARK_BLUE},
        WHOLE,
        "people",
        0,
        links=dict(zip(rows, (partial(of.cell, end), partial(of.cell, over)), strict=True)),
    )


def _pools(result: Findings, of: People) -> Block:
    pools = result.table("portfolio_pools").set_index("year")
    rows = {
        "Taken by programmes": pools["cost_gbp_m"],
        "May be taken": pools["cost_gbp_m"] + pools["left_gbp_m"],
    }
    return Block(
        "Programmes: money against the pools",
        "What the portfolio takes of its pools by year, in cash; it is not in the bridge.",
        pd.DataFrame(rows).T,
        PORTFOLIO,
        {"Taken by programmes": "column"},
        {"Taken by programmes": BLUE, "May be taken": RED},
        least=0,
        links={
            "Taken by programmes": partial(of.cell, POOLS + TAKEN),
            "May be taken": partial(of.cell, POOLS + THERE),
        },
    )


def _fan(result: Findings) -> Block:
    wide = result.table("odds").pivot(index="measure", columns="year", values="value")
    low, middle, high = (wide.loc[f"reported_p{p}"] for p in (10, 50, 90))
    rows = {
        "One in ten is worse than": low,
        "Width of the band: eight in ten draws": high - low,
        "The middle one": middle,
        "One in ten is better than": high,
    }
    return Block(
        "How sure the reported position is",
        f"Of {result.provenance['draws']:,} draws of the settings that have a range, eight in ten "
        "lie in the band.",
        pd.DataFrame(rows).T,
        RECOVERY,
        {
            "One in ten is worse than": "area",
            "Width of the band: eight in ten draws": "area",
            "One in ten is better than": "none",
        },
        {
            "One in ten is worse than": "none",
            "Width of the band: eight in ten draws": LIGHT_BLUE,
            "The middle one": DARK_BLUE,
        },
    )


def _chart(book: Any, block: Block, first: int, marked: bool) -> Any:
    """Return a chart of the rows of a block, whose headings stand in row `first`."""
    drawn: dict[str, Any] = {}
    hidden = []
    count = len(block.table.columns)
    for at, name in enumerate(block.table.index):
        kind = block.kinds.get(str(name), "line")
        if kind == "none":
            continue
        options = {"type": kind} | ({"subtype": "stacked"} if kind == "area" else {})
        chart = drawn.setdefault(kind, book.add_chart(options))
        colour = block.colours.get(str(name), LINES[at % len(LINES)])
        if colour == "none":
            hidden.append(len(chart.series))
        chart.add_series(
            {
                "name": [SHEET, first + 1 + at, 0],
                "categories": [SHEET, first, 1, first, count],
                "values": [SHEET, first + 1 + at, 1, first + 1 + at, count],
            }
            | _look(kind, colour)
        )
    # areas and columns lie below lines
    main, *others = [drawn[kind] for kind in ("area", "column", "line") if kind in drawn]
    for other in others:
        main.combine(other)
    main.set_title(
        {
            "name": block.title + (MARK if marked else ""),
            "name_font": {"size": 13, "bold": True},
            "overlay": False,
        }
    )
    main.set_x_axis({"label_position": "low", "num_font": {"size": 9}})
    main.set_y_axis(
        {
            "name": block.axis,
            "min": block.least,
            "num_format": PERCENT if block.number == PERCENT else WHOLE,
            "major_gridlines": {"visible": True, "line": {"color": "#E8EDEE"}},
        }
    )
    main.set_legend({"position": "bottom"} | ({"delete_series": hidden} if hidden else {}))
    main.set_size({"width": 1040, "height": 20 * HEIGHT - 10})
    return main


def _look(kind: str, colour: str) -> dict[str, Any]:
    if kind == "line":
        return {"line": {"color": colour, "width": 2.25}, "marker": {"type": "none"}}
    if colour == "none":
        return {"fill": {"none": True}, "border": {"none": True}}
    return {"fill": {"color": colour}, "border": {"none": True}, "gap": 80}
