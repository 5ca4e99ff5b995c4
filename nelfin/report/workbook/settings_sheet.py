"""The sheet of settings of an input workbook: one row a setting, with its range and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from nelfin.evidence import MEANING, STATUSES
from nelfin.report.workbook.cells import BLUE, PALE, Exact, height
from nelfin.report.workbook.settings_lines import Line, lines_of, may_be
from nelfin.scenario import Scenario
from nelfin.scenario.keys import SchemaKey
from nelfin.scenario.settings_sheet import (
    HEADINGS,
    HIGH,
    HOLDS,
    KEY,
    LOW,
    MADE,
    MAY_BE,
    RANGES,
    SHEET,
    SOURCE,
    STATUS,
    UNIT,
    VALUE,
    WORDS,
)
from nelfin.scenario.typed import as_names
from nelfin.store.sheets.spots import letters

TEXT = 49
"""Excel's own number format of text: it makes no dates and numbers of years and codes."""

WIDTHS = {
    WORDS: 50, KEY: 40, VALUE: 20, UNIT: 21, LOW: 8, HIGH: 8, HOLDS: 12, MAY_BE: 27, STATUS: 12,
    SOURCE: 62,
}  # fmt: skip
"""Widths of the columns, in characters; those of what the workbook was made with are hidden."""

ABOUT = {
    WORDS: "What the setting is.",
    KEY: "Its name, by which --set and the rest of nelfin call it. Leave it as it is; where it "
    "holds a name in <brackets>, write your own in their place.",
    VALUE: "Change it here. A changed value turns green: give its status and source too. Where "
    "both are left as they stood, it counts as given by you.",
    UNIT: "What the value is in. A cell that Excel shows as 3% counts as 3 where the unit is %.",
    LOW: "The range that draws come from, low end. Blank for none.",
    HIGH: "The range that draws come from, high end. Blank for none.",
    HOLDS: "Whether the range holds all cases, or 8 in 10 of them with a tenth on either side.",
    MAY_BE: "What the value may be.",
    STATUS: " ".join(f"{name}: {words}." for name, words in MEANING.items()),
    SOURCE: "Where the value comes from.",
}
"""Notes on the headings."""


@dataclass(frozen=True)
class Lists:
    """Names to choose from: those there are, and the cells of the sheet of lists that hold them."""

    names: Mapping[str, list[str]] = field(default_factory=dict)
    choices: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def write_settings(book: Any, scenario: Scenario, lists: Lists, head: str = "") -> None:
    """Write the sheet of settings.

    Parameters
    ----------
    book
        The workbook.
    scenario
        Its settings.
    lists
        Names of streams and places, and drop-downs by the unit of a setting.
    head
        What the scenario says of itself.
    """
    sheet = book.add_worksheet(SHEET)
    sheet.hide_gridlines(2)
    styles = _styles(book)
    for at, name in enumerate(HEADINGS):
        sheet.set_column(at, at, WIDTHS.get(name, 10), None, {"hidden": name in MADE})
    sheet.write_string(0, 0, f"Settings of {scenario.name}", styles["title"])
    sheet.set_row(0, 24)
    words = (
        f"{head} Change the yellow cells. A changed value turns green: give its status and source "
        "too. Point at a heading for its note; drop-downs and limits are in the cells."
    )
    sheet.merge_range(1, 0, 1, len(WIDTHS) - 1, words.strip(), styles["hint"])
    sheet.set_row(1, height(words, sum(WIDTHS.values())))
    top = 2
    for at, name in enumerate(HEADINGS):
        sheet.write_string(top, at, name, styles["head"])
        if name in ABOUT:
            size = {"x_scale": 2, "y_scale": max(1, len(ABOUT[name]) / 110)}
            sheet.write_comment(top, at, ABOUT[name], size)
    row = top
    for line in lines_of(scenario, lists.names):
        row += 1
        if line.here is None:
            _write_heading(sheet, row, line, styles)
        else:
            _write_setting(sheet, row, line, styles, lists)
    _look(sheet, top, row, styles)


def _styles(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "border": 1, "border_color": "#D9D9D9"}
    wrap = {**plain, "text_wrap": True}
    entry = {**plain, "bg_color": "#FFF8DC"}
    text = {"num_format": TEXT}
    return {
        name: book.add_format(look)
        for name, look in {
            "title": {"bold": True, "font_size": 16, "font_color": BLUE},
            "hint": {"italic": True, "text_wrap": True, "valign": "top"},
            "head": {"bold": True, "font_color": "white", "bg_color": BLUE, "valign": "top"},
            "section": {"bold": True, "font_size": 12, "font_color": BLUE, "bg_color": PALE},
            "part": {"bold": True, "bg_color": "#EEF4F9"},
            "words": wrap,
            "indented": {**wrap, "align": "left", "indent": 2},
            "key": {**wrap, "font_color": "#595959", "font_size": 9},
            "note": {**wrap, "font_color": "#595959", "align": "left", "indent": 1},
            "number": {**entry, "align": "right"},
            "text": {**entry, **text, "text_wrap": True, "align": "right"},
            "range": {**plain, "align": "right", "bg_color": "#FFFDF3"},
            "said": {**wrap, **text, "bg_color": "#FFFDF3", "align": "left", "indent": 1},
            "made": {**text, "font_color": "#7F7F7F"},
            "changed": {"bg_color": "#C6EFCE", "bold": True},
            "illustrative": {"font_color": "#9C5700", "bold": True},
        }.items()
    }  # fmt: skip


def _write_heading(sheet: Any, row: int, line: Line, styles: Mapping[str, Any]) -> None:
    style = styles["section" if line.level == 0 else "part"]
    sheet.write_string(row, 0, line.words, style)
    for at in range(1, len(WIDTHS)):
        sheet.write_blank(row, at, None, style)
    if line.level == 0:
        sheet.set_row(row, 20)


def _write_setting(
    sheet: Any, row: int, line: Line, styles: Mapping[str, Any], lists: Lists
) -> None:
    here, figure = line.here, line.figure
    if here is None:
        return
    at = {name: position for position, name in enumerate(HEADINGS)}
    sheet.write_string(row, at[WORDS], line.words, styles["indented" if line.level else "words"])
    sheet.write_string(row, at[KEY], line.key, styles["key"])
    is_number = here.type in {int, float} or get_args(here.type) == (1,)
    _write(sheet, row, at[VALUE], line.value, styles["number" if is_number else "text"])
    bare = "." not in line.key  # the name, the code: no figures
    unit = (figure.unit if figure else "") or here.unit
    sheet.write_string(row, at[UNIT], unit, styles["note"])
    low, high = (figure.low, figure.high) if figure else (None, None)
    _write(sheet, row, at[LOW], low, styles["range"])
    _write(sheet, row, at[HIGH], high, styles["range"])
    said = {shape: words for words, shape in RANGES.items()}
    holds = said[figure.shape] if figure and low is not None else ""
    sheet.write_string(row, at[HOLDS], holds, styles["said"])
    sheet.write_string(row, at[MAY_BE], may_be(here), styles["note"])
    known = figure is not None and not bare and not (line.value is None and here.may_be_none)
    status, source = (figure.status, figure.source) if figure and known else ("", "")
    sheet.write_string(row, at[STATUS], status, styles["said"])
    sheet.write_string(row, at[SOURCE], source, styles["said"])
    for name, made in zip(MADE, (line.value, low, high, status, source), strict=True):
        if known:
            _write(sheet, row, at[name], made, styles["made"])
    texts = (
        (line.words, WORDS),
        (str(line.value or ""), VALUE),
        (unit, UNIT),
        (may_be(here), MAY_BE),
        (source, SOURCE),
    )
    sheet.set_row(row, max(height(text, WIDTHS[name]) for text, name in texts))
    _limit(sheet, row, at, here, is_number, lists)


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Write a value as a person would type it; a blank cell for none."""
    if isinstance(value, bool):
        sheet.write_string(row, column, "yes" if value else "no", style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, Exact(value), style)
    elif isinstance(value, list | tuple):
        sheet.write_string(row, column, as_names(value), style)
    elif value:
        sheet.write_string(row, column, str(value), style)
    else:
        sheet.write_blank(row, column, None, style)


def _limit(
    sheet: Any, row: int, at: Mapping[str, int], here: SchemaKey, is_number: bool, lists: Lists
) -> None:
    """Put drop-downs and limits on the cells of a setting."""
    kind = here.type
    if kind is bool:
        sheet.data_validation(row, at[VALUE], row, at[VALUE], one_of(("yes", "no")))
    elif get_origin(kind) is Literal and not is_number:
        sheet.data_validation(row, at[VALUE], row, at[VALUE], one_of(get_args(kind)))
    elif kind in {int, float}:
        limits = {
            "validate": "integer" if kind is int else "decimal",
            "criteria": "between",
            "minimum": max(here.least, -1e15),
            "maximum": min(here.most, 1e15),
            "error_title": "Not a number that fits",
            "error_message": f"Write {may_be(here)}.",
        }
        for name in (VALUE, LOW, HIGH):
            sheet.data_validation(row, at[name], row, at[name], limits)
        sheet.data_validation(row, at[HOLDS], row, at[HOLDS], one_of(tuple(RANGES)))
    elif here.unit in lists.choices:
        sheet.data_validation(row, at[VALUE], row, at[VALUE], lists.choices[here.unit])
    sheet.data_validation(row, at[STATUS], row, at[STATUS], one_of(STATUSES))


def one_of(choices: tuple[str, ...]) -> dict[str, Any]:
    """Return the data validation of a cell that holds one of some words.

    Parameters
    ----------
    choices
        The words.
    """
    return {
        "validate": "list",
        "source": list(choices),
        "error_title": "Not one of the list",
        "error_message": f"Choose one of: {', '.join(choices)}"[:255],
    }


def _look(sheet: Any, top: int, last: int, styles: Mapping[str, Any]) -> None:
    """Mark what was changed and what is illustrative, and set the page up."""
    value, made, status = (letters(HEADINGS.index(name)) for name in (VALUE, MADE[0], STATUS))
    first = top + 2  # as Excel counts
    known = f"{made}{first}&${letters(HEADINGS.index(MADE[3]))}{first}"
    for heading, style, criteria in (
        (
            VALUE,
            "changed",
            f'AND(${known}<>"",${value}{first}<>${made}{first})',
        ),
        (STATUS, "illustrative", f'${status}{first}="illustrative"'),
    ):
        look = {"type": "formula", "criteria": f"={criteria}", "format": styles[style]}
        column = HEADINGS.index(heading)
        sheet.conditional_format(top + 1, column, last, column, look)
    sheet.freeze_panes(top + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: ten columns of words
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, last, len(WIDTHS) - 1)
