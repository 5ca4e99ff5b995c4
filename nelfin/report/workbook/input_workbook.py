"""The workbook of input tables: a sheet a table, with notes and drop-downs, to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nelfin.data.inputs import ANY_TRUST, OTHERS, SYSTEM
from nelfin.data.notes import TABLE_NOTES, about, allowed, spec_column, unit_of
from nelfin.data.register import status_column
from nelfin.data.specs import COMPONENTS, TABLES, WHOLE_SYSTEM
from nelfin.data.specs.columns import Column
from nelfin.evidence import MEANING, count_by_status
from nelfin.report.text.numbers import plural
from nelfin.report.workbook.cells import BLUE, PALE, Exact, height, open_book
from nelfin.report.workbook.settings_sheet import TEXT, Lists, one_of, write_settings
from nelfin.scenario import Scenario
from nelfin.scenario.settings_sheet import SHEET
from nelfin.store.sheets.files import Raw, read_raw
from nelfin.store.sheets.spots import letters
from nelfin.years import start_of, years_between

ROWS = 2000
"""Rows of a sheet that have drop-downs."""

NUMBERS = {"number", "integer"}

COLUMNS, LISTS = "Columns", "Lists"

FROM_LISTS = {
    "place": "place",
    "stream": "stream",
    "year": "year",
    "from_year": "year",
    "to_year": "year",
    "earliest_start": "year",
    "planned_start": "year",
    "latest_start": "year",
    "started": "year",
    "price_year": "year",
    "benefit_price_year": "year",
    "start_year": "year",
    "efficiency_schemes.organisation": "body",
    "organisation_income.stream": "income_from",
    "positions.organisation": "body",
    "pressures.organisation": "body",
    "prevention_programmes.kind": "programme_kind",
    "projects.category": "category",
    "weighted_populations.place": "",  # the places are named here
}
"""Drop-downs by column, or by table and column: a list of the sheet of lists."""

FROM_SHEETS = {"organisation": "organisations", "asset_type": "asset_types"}
"""Drop-downs by column: the first column of another sheet."""


def write_input_workbook(scenario: Scenario, file: Path, head: str = "") -> None:
    """Write a scenario as one workbook: its settings, and a sheet for each of its tables.

    The workbook is a scenario by itself. Each sheet of a table is named as the table.

    Parameters
    ----------
    scenario
        Names the tables; one it leaves out gets its headings.
    file
        Place of the workbook.
    head
        What the scenario says of itself.

    Raises
    ------
    InputError
        If a table cannot be read, or the workbook cannot be written.
    """
    raws = {name: _raw(scenario, name) for name in TABLES}
    with open_book(file) as book:
        _read_me(book, raws)
        names = _list_words(scenario, raws)
        write_settings(book, scenario, _choices_of(names), head)
        for name, raw in raws.items():
            _table(book, name, raw)
        _columns(book, raws)
        _lists(book, names)


def _raw(scenario: Scenario, name: str) -> Raw:
    """Return a table as texts, with the columns that it leaves out before status and source."""
    path = getattr(scenario.data, name)
    raw = read_raw(path) if path is not None else Raw(name, [], [], [])
    named = [column for column in TABLES[name].columns if not column.pattern]
    missing = [column.name for column in named if column.name not in raw.headings]
    at = raw.headings.index("status") if "status" in raw.headings else len(raw.headings)
    headings = [*raw.headings[:at], *missing, *raw.headings[at:]]
    rows = [[*row[:at], *[""] * len(missing), *row[at:]] for row in raw.rows]
    return Raw(raw.place, headings, rows, raw.numbers)


def _table(book: Any, name: str, raw: Raw) -> None:
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": TEXT})
    after_number = book.add_format({"num_format": TEXT, "indent": 1})
    heads = {
        True: book.add_format(
            {"bold": True, "font_color": "white", "bg_color": BLUE, "num_format": TEXT}
        ),
        False: book.add_format({"bold": True, "bg_color": PALE, "num_format": TEXT}),
    }
    columns = [spec_column(name, heading) for heading in raw.headings]
    for at, (heading, column) in enumerate(zip(raw.headings, columns, strict=True)):
        number = column.kind in NUMBERS
        cells = [row[at] for row in raw.rows]
        longest = max((len(cell) for cell in cells), default=0)
        # text would stand close to the number before it
        words = after_number if at and columns[at - 1].kind in NUMBERS else text
        width = min(max(len(heading) + 3, longest + 1, 9), 50)
        sheet.set_column(at, at, width, None if number else words)
        for row, cell in enumerate(cells, start=1):
            if cell and number:
                sheet.write_number(row, at, Exact(cell))
            elif cell:
                sheet.write_string(row, at, cell)
        note = f"{about(name, column)} {_unit(column)}{allowed(column)}"
        sheet.write_comment(0, at, note, {"x_scale": 2, "y_scale": 1 + len(note) / 150})
        if choices := _choices(name, column):
            sheet.data_validation(1, at, ROWS, at, choices)
    sheet.add_table(
        0,
        0,
        max(len(raw.rows), 1),
        len(columns) - 1,
        {
            "name": f"in_{name}",
            "style": "Table Style Light 1",
            "columns": [
                {"header": heading, "header_format": heads[column.required and not column.blank]}
                for heading, column in zip(raw.headings, columns, strict=True)
            ],
        },
    )
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)


def _unit(column: Column) -> str:
    return f"In {unit}. " if (unit := unit_of(column.name)) else ""


def _choices(table: str, column: Column) -> dict[str, Any] | None:
    """Return the data validation of a column, or None if anything may stand there."""
    choices = ("yes", "no") if column.kind == "yes_no" else column.choices
    if choices:
        return one_of(choices)
    source = FROM_LISTS.get(f"{table}.{column.name}", FROM_LISTS.get(column.name, ""))
    if source:
        return _follows(LISTS, LIST_COLUMNS.index(source))
    other = FROM_SHEETS.get(column.name, table)
    if other != table:
        return _follows(other, 0)
    if column.kind in NUMBERS:
        return _bounds(column)
    return None


def _follows(sheet: str, at: int) -> dict[str, Any]:
    """Return a drop-down that follows a column of another sheet as it is filled in."""
    column = letters(at)
    cells = f"{sheet}!${column}$2:${column}${ROWS}"
    return {
        "validate": "list",
        "source": f"=OFFSET({sheet}!${column}$2,0,0,MAX(1,COUNTA({cells})),1)",
        "error_type": "warning",
        "error_title": "Not in the list yet",
        "error_message": f'Add it to the sheet "{sheet}" too, or choose one of the list.',
    }


def _bounds(column: Column) -> dict[str, Any]:
    low, high = max(column.low, -1e300), min(column.high, 1e300)
    return {
        "validate": "integer" if column.kind == "integer" else "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_title": "Not a number that fits",
        "error_message": allowed(column)[:255],
    }


LIST_COLUMNS = (
    "place", "stream", "year", "body", "programme_kind", "category", "income_from", "component",
    "opening", "rule",
)  # fmt: skip
"""Columns of the sheet of lists."""


def _choices_of(names: dict[str, list[str]]) -> Lists:
    """Return what the sheet of settings offers to choose from, by the unit of a setting."""
    units = ("year", "component", "opening", "rule")
    return Lists(names, {unit: _follows(LISTS, LIST_COLUMNS.index(unit)) for unit in units})


def _list_words(scenario: Scenario, raws: dict[str, Raw]) -> dict[str, list[str]]:
    """Return the words that drop-downs offer."""
    seen = {
        row[at]
        for name, raw in raws.items()
        for at, heading in enumerate(raw.headings)
        if spec_column(name, heading).kind == "year"
        for row in raw.rows
        if row[at]
    } | set(scenario.years.labels())
    people = raws["weighted_populations"]
    return {
        "place": [name for name in _words(people, "place") if name != WHOLE_SYSTEM],
        "stream": list(scenario.allocation.streams),
        "year": years_between(min(seen, key=start_of), max(seen, key=start_of)),
        "body": [SYSTEM, ANY_TRUST, *_words(raws["organisations"], "organisation")],
        "programme_kind": _words(raws["prevention_programmes"], "kind"),
        "category": _words(raws["projects"], "category"),
        "income_from": [*scenario.allocation.streams, *OTHERS],
        "component": list(COMPONENTS),
        "opening": ["on-target", *_words(raws["openings"], "opening")],
        "rule": ["national", *_words(raws["pace_rules"], "rule")],
    }


def _lists(book: Any, lists: dict[str, list[str]]) -> None:
    """Write the words that drop-downs offer; a word written below the others joins them."""
    sheet = book.add_worksheet(LISTS)
    text = book.add_format({"num_format": TEXT})
    head = book.add_format({"bold": True, "bottom": 1, "num_format": TEXT})
    sheet.set_column(0, len(LIST_COLUMNS) - 1, 30, text)
    for at, name in enumerate(LIST_COLUMNS):
        sheet.write_string(0, at, name, head)
        for row, word in enumerate(lists[name], start=1):
            sheet.write_string(row, at, word)
    sheet.freeze_panes(1, 0)


def _words(raw: Raw, heading: str) -> list[str]:
    """Return the words of a column, each once."""
    at = raw.headings.index(heading)
    return [word for word in dict.fromkeys(row[at] for row in raw.rows) if word]


def _columns(book: Any, raws: dict[str, Raw]) -> None:
    sheet = book.add_worksheet(COLUMNS)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    top = book.add_format({"valign": "top"})
    bold = book.add_format({"bold": True, "bg_color": PALE})
    rows = []
    for name, raw in raws.items():
        for heading in raw.headings:
            column = spec_column(name, heading)
            needed = "yes" if column.required and not column.blank else "no"
            cells = [about(name, column), unit_of(column.name), needed, allowed(column)]
            rows.append([name, heading, *cells])
    for at, (width, style) in enumerate(
        ((24, top), (26, top), (60, wrap), (10, top), (15, top), (70, wrap))
    ):
        sheet.set_column(at, at, width, style)
    heads = ("Sheet", "Column", "What it is", "Unit", "Must be filled", "What may stand there")
    sheet.add_table(
        0,
        0,
        len(rows),
        len(heads) - 1,
        {
            "name": "about_columns",
            "style": "Table Style Light 9",
            "columns": [{"header": head, "header_format": bold} for head in heads],
            "data": rows,
        },
    )
    for at, cells in enumerate(rows, start=1):
        sheet.set_row(at, max(height(cells[2], 60), height(cells[5], 70)))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(1, 2)


STEPS = (
    f'The sheet "{SHEET}" holds every setting of the scenario: change the yellow cells.',
    "Each further sheet holds one table. Replace its rows by your own; add rows right below the "
    "last. A table that the plan can do without is left out if you delete its rows or its sheet.",
    "Dark headings must be filled; light ones may stay blank. Point at a heading for its note.",
    f'The sheet "{COLUMNS}" says of each column what it is, its unit and what may stand there.',
    f'Drop-downs of places, streams and years come from the sheet "{LISTS}": add your own words '
    "there first. Those of organisations and asset types come from the sheets of that name.",
    "Keep the names of the sheets and the headings. The order of sheets, columns and rows is free.",
    "Write 5 or 5% where a heading ends in _pct, and 86 or £86m where it ends in _gbp_m. What is "
    "not certain, such as £86k there, is asked about.",
    "Write financial years as 2026/27. Their cells are set to text, so that Excel makes no date "
    "of them.",
    'Give each figure its status and source. Figures of the status "illustrative" are made up: '
    "replace them.",
    "Save the workbook, then check it: nelfin check plan.xlsx. Each error names its sheet and "
    "cell, and what was read as something else than it is spelt is told.",
    "Run it: nelfin run plan.xlsx. The workbook alone is the scenario; its name and its place are "
    "free.",
)


def _read_me(book: Any, raws: dict[str, Raw]) -> None:
    sheet = book.add_worksheet("Read me")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 27)
    sheet.set_column(1, 1, 100)
    sheet.set_column(2, 3, 14)
    title = book.add_format({"bold": True, "font_size": 16, "font_color": BLUE})
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    top = book.add_format({"valign": "top", "align": "left"})
    sheet.write_string(0, 0, "A nelfin scenario", title)
    sheet.write_string(2, 0, "How to use it", head)
    sheet.write_blank(2, 1, None, head)
    row = 3
    for number, step in enumerate(STEPS, start=1):
        sheet.write_number(row, 0, number, top)
        sheet.write_string(row, 1, step, wrap)
        sheet.set_row(row, height(step, 100))
        row += 1
    row += 1
    for at, words in enumerate(("Statuses", "What they mean")):
        sheet.write_string(row, at, words, head)
    for status, words in MEANING.items():
        row += 1
        sheet.write_string(row, 0, status)
        sheet.write_string(row, 1, words[:1].upper() + words[1:])
    row += 2
    for at, words in enumerate(("Sheet", "What it holds", "Rows", "Illustrative")):
        sheet.write_string(row, at, words, head)
    row += 1
    sheet.write_url(row, 0, f"internal:'{SHEET}'!A1", string=SHEET)
    sheet.write_string(row, 1, "Every setting of the scenario.", wrap)
    for name, raw in raws.items():
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, TABLE_NOTES[name], wrap)
        sheet.set_row(row, height(TABLE_NOTES[name], 100))
        sheet.write_number(row, 2, len(raw.rows), top)
        if count := _illustrative_rows(raw):
            sheet.write_string(row, 3, plural(count, "row"))
    sheet.fit_to_pages(1, 0)


def _illustrative_rows(raw: Raw) -> int:
    heading = status_column(raw.headings)
    at = raw.headings.index(heading) if heading in raw.headings else None
    return 0 if at is None else count_by_status(row[at] for row in raw.rows)["illustrative"]
