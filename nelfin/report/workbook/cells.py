"""Cells of a workbook: plain numbers, text that stays text, and the formats they share."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from nelfin.errors import OutputError

MONEY = "#,##0.0;(#,##0.0);0.0"
"""Brackets for negatives by format; the cell keeps the plain number."""

DASHED = '#,##0.0;(#,##0.0);"–"'
"""A dash for what is nothing, in lists where most is."""

PERCENT = "0.0%;(0.0%);0.0%"
PLAIN = "#,##0.0###;(#,##0.0###);0"
WHOLE = "#,##0;(#,##0);0"
PENNIES = "#,##0.00;(#,##0.00);0.00"
RATIO = "0.000"

BY_UNIT = {"£m": MONEY, "£": WHOLE, "people": WHOLE, "QALYs": MONEY, "%": MONEY}
"""Formats of tidy values by their unit; the others are plain."""

LONGEST = 32767
"""Characters an Excel cell can hold."""

BLUE, PALE = "#003087", "#D8E6F3"
GIVEN, SHADE, GREY = "#0000FF", "#FFF8E1", "#5F6B73"


class Exact(float):
    """A number written with all its digits: XlsxWriter writes 16, and some need 17."""

    def __format__(self, spec: str) -> str:
        """Return the shortest text that reads as the same number."""
        return repr(float(self))


@dataclass(frozen=True)
class Styles:
    """Formats of one workbook."""

    title: Any
    head: Any
    year: Any
    wrap: Any
    top: Any
    money: Any
    percent: Any
    plain: Any
    whole: Any
    note: Any
    table: Any
    after: Any
    after_wrap: Any
    right: Any
    given: Any
    """Money that may be changed: shaded, in blue."""
    given_whole: Any
    given_dash: Any
    given_percent: Any
    """A share that may be changed."""
    total: Any
    """A sum, under a line."""
    total_whole: Any
    percent_total: Any
    total_words: Any
    section: Any
    """Heading of a block; the years beside it are `across`."""
    section_after: Any
    across: Any
    part: Any
    """Words of a row within a sum."""
    own: Any
    """Money as the run has it, to check against."""
    check: Any
    """A difference, to two places."""
    check_words: Any
    ratio: Any
    flag_line: Any
    bold: Any
    bold_money: Any
    across_wrap: Any
    link: Any

    def of_unit(self, unit: str) -> Any:
        """Return the format of a tidy value.

        Parameters
        ----------
        unit
            Of the value, such as £m.
        """
        formats = {MONEY: self.money, WHOLE: self.whole}
        return formats.get(BY_UNIT.get(unit, PLAIN), self.plain)


def styles(book: Any) -> Styles:
    """Return the formats of a workbook.

    Parameters
    ----------
    book
        The workbook.
    """
    return Styles(
        title=book.add_format({"bold": True, "font_size": 16, "font_color": BLUE}),
        head=book.add_format({"bold": True, "bottom": 1}),
        year=book.add_format({"bold": True, "bottom": 1, "align": "right", "text_wrap": True}),
        wrap=book.add_format({"text_wrap": True, "valign": "top"}),
        top=book.add_format({"bold": True, "valign": "top"}),
        money=book.add_format({"num_format": MONEY}),
        percent=book.add_format({"num_format": PERCENT}),
        plain=book.add_format({"num_format": PLAIN}),
        whole=book.add_format({"num_format": WHOLE}),
        note=book.add_format({"italic": True, "text_wrap": True, "valign": "top"}),
        table=book.add_format({"bold": True, "font_color": "white", "bg_color": BLUE}),
        after=book.add_format({"indent": 1}),
        after_wrap=book.add_format({"indent": 1, "text_wrap": True}),
        right=book.add_format({"align": "right"}),
        given=book.add_format({"num_format": MONEY, "font_color": GIVEN, "bg_color": SHADE}),
        given_whole=book.add_format({"num_format": WHOLE, "font_color": GIVEN, "bg_color": SHADE}),
        given_dash=book.add_format(
            {"num_format": DASHED, "font_color": GIVEN, "bg_color": SHADE, "align": "right"}
        ),
        given_percent=book.add_format(
            {"num_format": PERCENT, "font_color": GIVEN, "bg_color": SHADE}
        ),
        total=book.add_format({"num_format": MONEY, "bold": True, "top": 1}),
        total_whole=book.add_format({"num_format": WHOLE, "bold": True, "top": 1}),
        percent_total=book.add_format({"num_format": PERCENT, "bold": True, "top": 1}),
        total_words=book.add_format({"bold": True, "top": 1}),
        section=book.add_format({"bold": True, "font_color": "white", "bg_color": BLUE}),
        section_after=book.add_format(
            {"bold": True, "font_color": "white", "bg_color": BLUE, "indent": 1}
        ),
        across=book.add_format(
            {"bold": True, "font_color": "white", "bg_color": BLUE, "align": "right"}
        ),
        part=book.add_format({"indent": 1}),
        own=book.add_format({"num_format": MONEY, "italic": True, "font_color": GREY}),
        check=book.add_format({"num_format": PENNIES, "italic": True, "font_color": GREY}),
        check_words=book.add_format({"italic": True, "font_color": GREY}),
        ratio=book.add_format({"num_format": RATIO}),
        flag_line=book.add_format({"bold": True, "font_color": BLUE}),
        bold=book.add_format({"bold": True}),
        bold_money=book.add_format({"bold": True, "num_format": MONEY}),
        across_wrap=book.add_format(
            {"bold": True, "font_color": "white", "bg_color": BLUE, "align": "right"}
            | {"text_wrap": True}
        ),
        link=book.add_format({"font_color": GIVEN, "underline": 1}),
    )


class PlainSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas are written as they are.

    XlsxWriter looks in each formula for functions that are newer than Excel 2010, which takes
    longer than all the rest; formulas of nelfin have none.
    """

    def _prepare_formula(self, formula: str, *_: object) -> str:
        return formula.removeprefix("=")


@contextmanager
def open_book(file: Path) -> Iterator[Any]:
    """Make a workbook in which text that starts with = stays text; it is written at the end.

    Parameters
    ----------
    file
        Where to.

    Raises
    ------
    OutputError
        If it cannot be written, as when it is open in Excel.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,  # a file for each sheet takes longer
    }
    try:
        with xlsxwriter.Workbook(str(file), options) as book:
            yield book
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        # xlsxwriter wraps what the system answers
        answered = error.args[0] if error.args and isinstance(error.args[0], OSError) else error
        raise OutputError.at(file, answered, "Choose another file.") from None


def put(sheet: Any, row: int, column: int, value: object, style: Any = None) -> None:
    """Write a value: a number as it is, yes or no, text as text; nothing for what is not there.

    Parameters
    ----------
    sheet
        The sheet.
    row, column
        Of the cell, from 0.
    value
        Number, truth, text, or what is missing.
    style
        Format of the cell; that of its column by default.
    """
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value[:LONGEST], style)
    elif isinstance(value, bool | np.bool_):
        sheet.write_string(row, column, "yes" if value else "no", style)
    elif isinstance(value, (int, float)) or pd.api.types.is_number(value):
        if math.isfinite(value):  # type: ignore[arg-type]
            sheet.write_number(row, column, value, style)
    elif value is not None and not pd.isna(value):
        sheet.write_string(row, column, str(value)[:LONGEST], style)


def label(text: object, most: int = 40) -> str:
    """Return a name short enough for the legend of a chart, without control characters.

    Parameters
    ----------
    text
        The name.
    most
        Characters at the most.

    Examples
    --------
    >>> label("Barking and Dagenham"), label("a" * 50, most=5)
    ('Barking and Dagenham', 'aaaa…')
    """
    shown = "".join(" " if unicodedata.category(c) == "Cc" else c for c in str(text))
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def height(text: str, width: int) -> float:
    """Return the height of a row whose text wraps, which not every program works out by itself.

    Parameters
    ----------
    text
        What stands in the row.
    width
        Of its column, in characters.

    Returns
    -------
    float
        In points.
    """
    return 15.0 * max(math.ceil(len(text) / (1.1 * width)), 1)
