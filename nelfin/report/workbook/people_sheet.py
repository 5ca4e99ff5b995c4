"""Sheets that people read and change: rows of figures, years across, that formulas add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from nelfin.report.basis import Group, groups_of
from nelfin.report.workbook.cells import LONGEST, Styles, height, label, put
from nelfin.report.workbook.sheet_names import quoted
from nelfin.store.findings import Findings, once
from nelfin.system.rests_on import ACTIVITY, CAPITAL, PLACES, PORTFOLIO, PREVENTION, RECOVERY

Array = npt.NDArray[np.float64]

FIRST = 1
"""Column of the first year."""

WORDS, YEAR = 41, 9.5
"""Widths of the columns of words and of a year, in characters."""

CHECK = 3
"""Row that says how far the sheet is from the run."""

TOP = 5
"""Row of the first block: title, words, how to change it and the check stand above."""

CONTENTS = "internal:contents"
"""Where the list of sheets is: a name of the workbook."""

CHANGE = (
    "Shaded cells hold the run's figures and may be changed; all other figures are formulas and "
    "follow."
)


@dataclass(frozen=True)
class People:
    """A sheet for people, with what its rows share."""

    sheet: Any
    name: str
    """Of the sheet."""
    years: list[str]
    formats: Styles

    def letter(self, year: int) -> str:
        """Return the column of a year as a formula names it."""
        return str(xl_col_to_name(FIRST + year))

    def cell(self, row: int, year: int) -> str:
        """Return a cell of this sheet as another sheet names it."""
        return f"{quoted(self.name)}!{self.letter(year)}{row + 1}"

    def row(self, row: int) -> str:
        """Return the cells of a row of this sheet as `formulas` of another sheet names them."""
        return f"{quoted(self.name)}!{{c}}{row + 1}"

    @property
    def last(self) -> int:
        """Column of the last year."""
        return FIRST + len(self.years) - 1

    def head(self, row: int, words: str) -> None:
        """Write the heading of a block, the years beside it."""
        self.sheet.write_string(row, 0, words, self.formats.section)
        for column, year in enumerate(self.years, FIRST):
            self.sheet.write_string(row, column, year, self.formats.across)

    def figures(
        self,
        row: int,
        words: str,
        values: Iterable[float],
        style: Any,
        words_style: Any = None,
    ) -> None:
        """Write a row of plain figures; what is not there stays blank."""
        self.sheet.write_string(row, 0, words, words_style)
        for column, value in enumerate(values, FIRST):
            if pd.isna(value):
                self.sheet.write_blank(row, column, None, style)
            else:
                self.sheet.write_number(row, column, float(value), style)

    def given(self, row: int, words: str, values: Iterable[float]) -> None:
        """Write a row of money that may be changed."""
        self.figures(row, words, values, self.formats.given, self.formats.part)

    def formulas(
        self,
        row: int,
        words: str,
        formula: str | Callable[[int], str],
        values: Sequence[float | str] | Array,
        style: Any,
        words_style: Any = None,
        start: int = 0,
    ) -> None:
        """Write a row of formulas with what they come to, from the year of number `start`.

        A year whose value is not there stays blank.
        A formula names its own column {c} and that of the year before {p}; or it is told by the
        number of its year.
        """
        self.sheet.write_string(row, 0, words, words_style)
        for year, value in enumerate(values):
            if year >= start and not pd.isna(value):
                shown = value if isinstance(value, str) else float(value) + 0.0
                before = self.letter(year - 1) if year else ""
                text = (
                    formula.format(c=self.letter(year), p=before)
                    if isinstance(formula, str)
                    else formula(year)
                )
                self.sheet.write_formula(row, FIRST + year, text, style, shown)

    def total(
        self,
        row: int,
        words: str,
        formula: str,
        values: Sequence[float] | Array,
        start: int = 0,
    ) -> None:
        """Write a row of sums under a line."""
        of = self.formats
        self.formulas(row, words, formula, values, of.total, of.total_words, start)

    def against(self, row: int, words: str, figure: int, own: Sequence[float] | Array) -> int:
        """Write the run's own figures and, below, what a row differs from them by.

        Parameters
        ----------
        row
            Of the run's own figures.
        words
            What they are.
        figure
            The row that should come to them.
        own
            The figures.

        Returns
        -------
        int
            The row of the differences.
        """
        of = self.formats
        self.figures(row, f"{words}, as the run has it", own, of.own, of.check_words)
        self.difference(row + 1, "Difference", figure, row)
        return row + 1

    def difference(self, row: int, words: str, figure: int, other: int, start: int = 0) -> None:
        """Write what two rows differ by, to the penny."""
        less = f"=ROUND({{c}}{figure + 1}-{{c}}{other + 1},8)"
        of, nothing = self.formats, [0.0] * len(self.years)
        self.formulas(row, words, less, nothing, of.check, of.check_words, start)

    def check(self, rows: Iterable[int], words: str = "Differences from the run, £m") -> None:
        """Write, at the top, the sum of the differences that stand in some rows."""
        first, last = self.letter(0), self.letter(len(self.years) - 1)
        parts = [f"SUMPRODUCT(ABS({first}{row + 1}:{last}{row + 1}))" for row in rows]
        self.sheet.write_string(CHECK, 0, words, self.formats.check_words)
        self.sheet.write_formula(CHECK, FIRST, "=" + "+".join(parts), self.formats.check, 0.0)


def rows_sum(first: int, last: int) -> str:
    """Return the formula of the sum of some rows of a column.

    Parameters
    ----------
    first, last
        The rows, from 0.

    Examples
    --------
    >>> rows_sum(5, 8)
    '=SUM({c}6:{c}9)'
    """
    return f"=SUM({{c}}{first + 1}:{{c}}{last + 1})"


def begin(
    book_sheet: tuple[Any, str], title: str, words: Sequence[str], years: list[str], formats: Styles
) -> People:
    """Begin a sheet for people: title, words, and the widths of its columns.

    Parameters
    ----------
    book_sheet
        The sheet and its name.
    title
        Of the sheet.
    words
        Two lines: what it shows, and what may be changed.
    years
        Across.
    formats
        Of the workbook.
    """
    sheet, name = book_sheet
    of = People(sheet, name, years, formats)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, WORDS)
    sheet.set_column(FIRST, of.last, YEAR)
    sheet.write_string(0, 0, title[:LONGEST], formats.title)
    sheet.write_url(0, of.last, CONTENTS, formats.link, "Contents")
    for row, line in enumerate(words, start=1):
        across(sheet, row, 0, of.last, line, formats.note)
        sheet.set_row(row, height(line, round(1.15 * (WORDS + YEAR * len(years)))))
    sheet.freeze_panes(TOP + 1, 1)
    return of


def across(sheet: Any, row: int, first: int, last: int, text: str, style: Any) -> None:
    """Write a text over several columns.

    Parameters
    ----------
    sheet
        The sheet.
    row, first, last
        Of the cells.
    text
        The words.
    style
        Of the cells.
    """
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    put(sheet, row, first, text, style)


def illustrative_of(result: Findings, parts: Sequence[str]) -> str:
    """Say, for people, how much of what a sheet rests on is illustrative.

    Parameters
    ----------
    result
        The run.
    parts
        Sections of settings and tables that it rests on.

    Returns
    -------
    str
        A sentence; "" if nothing is.
    """
    groups = _groups(result)
    counts = [
        f"{group.counts['illustrative']} of {group.counts.total()} {group.label}"
        for group in (groups[part] for part in parts if part in groups)
        if group.counts["illustrative"]
    ]
    if not counts:
        return ""
    return f"Rests on illustrative figures, made up to show the method: {', '.join(counts)}."


@once
def _groups(result: Findings) -> dict[str, Group]:
    """Return the figures of each part that any sheet rests on."""
    sources = result.table("sources")
    parts = dict.fromkeys((*PLACES, *RECOVERY, *CAPITAL, *PREVENTION, *ACTIVITY, *PORTFOLIO))
    found = {part: groups_of(sources, [part]) for part in parts}
    return {part: groups[0] for part, groups in found.items() if groups}


def set_paper(
    sheet: Any, result: Findings, heads: int | None, portrait: bool = True, one_page: bool = True
) -> None:
    """Set a sheet up for A4 paper: one page, or as many as it is long.

    Parameters
    ----------
    sheet
        The sheet.
    result
        The run, which the head of the page names.
    heads
        Row to repeat on each page; None for none.
    portrait, one_page
        How it lies, and whether it is to fit one page.
    """
    sheet.set_paper(9)
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 1 if one_page else 0)
    sheet.set_margins(left=0.45, right=0.45, top=0.75, bottom=0.65)
    name = label(result.name, 70).replace("&", "&&")
    made = str(result.provenance["started"])[:10]
    version = str(result.provenance["versions"]["nelfin"])
    sheet.set_header(f"&L&9{' ' if name[:1].isdigit() else ''}{name}&R&9&A")
    sheet.set_footer(
        f"&L&9Run of {made}, nelfin {version}&C&9Illustrative figures are marked in words"
        "&R&9Page &P of &N"
    )
    if heads is not None:
        sheet.repeat_rows(heads)
