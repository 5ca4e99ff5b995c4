"""The first sheet of the workbook: what is asked first, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from nelfin.evidence import MEANING, STATUSES
from nelfin.report.basis import illustrative_count
from nelfin.report.text.changes import changes_of_run
from nelfin.report.text.numbers import plural
from nelfin.report.text.summary import sentences_of
from nelfin.report.workbook.activity_sheet import Care
from nelfin.report.workbook.bridge import YEARLY
from nelfin.report.workbook.capital_sheets import (
    LEFT,
    SYSTEM_LIMIT,
    TO_SPEND,
    USED,
    has_system_limit,
)
from nelfin.report.workbook.cells import LONGEST, Styles, height
from nelfin.report.workbook.people_sheet import CONTENTS, FIRST, People, across, set_paper
from nelfin.report.workbook.place_sheets import rows_of
from nelfin.store.findings import Findings
from nelfin.system.headline import Headline, headline_of

WORDS, FIGURE, FIGURES = 42, 10.5, 10
"""Widths of the words and of a figure, in characters, and the figures that words run over."""

MOST_CHANGES = 12
"""Changes from the base that the summary tells; the others are on their own sheet."""

TALLEST = 90.0
"""Points of the highest row of a change."""

CHECKED = 3
"""Row that says whether every figure is the run's."""


@dataclass(frozen=True)
class Live:
    """The sheets that the summary takes its figures from."""

    whole: People
    bodies: Mapping[str, People]
    places: Mapping[str, People]
    capital: People
    care: Care | None = None
    """None for a run that tells nothing of activity."""
    portfolio: People | None = None
    """None for a run without a portfolio of programmes."""


def write_summary_sheet(sheet: Any, result: Findings, live: Live, formats: Styles) -> int:
    """Write the summary, its figures formulas over the sheets that follow.

    Parameters
    ----------
    sheet
        The sheet.
    result
        The run.
    live
        The sheets that follow.
    formats
        Of the workbook.

    Returns
    -------
    int
        The first row below it.
    """
    sheet.hide_gridlines(2)
    headline, sentences = headline_of(result), sentences_of(result)
    sheet.set_column(0, 0, WORDS)
    sheet.set_column(1, max(FIGURES, len(headline.years)), FIGURE)
    sheet.write_string(0, 0, result.name[:LONGEST], formats.title)
    sheet.write_string(
        1, 0, f"Plan {headline.years[0]} to {headline.years[-1]}. {_run_words(result)}"
    )
    sheet.write_string(
        2,
        0,
        "£m unless said; brackets are negative. Words tell the run as it was made; the tables "
        "follow what is changed in shaded cells of the sheets below.",
    )
    row = CHECKED + 1
    if made_up := illustrative_count(headline):
        sheet.write_string(
            row,
            0,
            f"Made up to show the method: {made_up}. Sheets that rest on them say so.",
            formats.flag_line,
        )
        row += 1
    row = write_changes(sheet, row + 1, told_changes(result), formats)
    row = _said(sheet, row, "When we balance", sentences["recovery"], formats)
    row = _positions(sheet, row + 1, headline, live, formats)
    row = _places(sheet, row + 1, headline, result, live, formats)
    row = _said(sheet, row + 1, "Prevention", sentences["prevention"], formats)
    row = _said(sheet, row + 1, "Planned care and beds", sentences["activity"], formats)
    row = _said(sheet, row + 1, "What the capital buys", sentences["capital"], formats)
    row = _capital(sheet, row + 1, result, headline, live, formats)
    row = _categories(sheet, row + 1, headline, formats)
    if sentences["portfolio"]:
        row = _said(sheet, row + 1, "Which programmes", sentences["portfolio"], formats)
    row = _said(sheet, row + 1, "What rests on assumption", sentences["assumption"], formats)
    row = _statuses(sheet, headline.statuses, row, formats)
    warnings = [str(line) for line in result.provenance["warnings"]] or ["None."]
    row = _said(sheet, row + 1, "Warnings", warnings, formats)
    sheet.write_url(0, FIGURES, CONTENTS, formats.link, "Contents")
    sheet.freeze_panes(1, 0)
    set_paper(sheet, result, None, portrait=False, one_page=False)
    sheet.print_area(0, 0, row - 1, max(FIGURES, len(headline.years)))
    return row + 1


def told_changes(result: Findings) -> list[tuple[str, str, str, str]]:
    """Return what a run changes from its base: what it is of, from, to, and why.

    Parameters
    ----------
    result
        The run.
    """
    return [
        (f"{change.what[:1].upper()}{change.what[1:]}", change.before, change.after, change.why)
        for change in changes_of_run(result, MOST_CHANGES)
    ]


def write_changes(
    sheet: Any, row: int, changes: Sequence[tuple[str, str, str, str]], formats: Styles
) -> int:
    """Write what was changed from the base, if anything was.

    Parameters
    ----------
    sheet
        The sheet.
    row
        Where to.
    changes
        What each is of, from, to, and why.
    formats
        Of the workbook.

    Returns
    -------
    int
        The row where the next block begins.
    """
    if not changes:
        return row
    columns = ((0, 0), (1, 2), (3, 4), (5, FIGURES))
    heads = ("Changed from the base", "From", "To", "Why")
    for words, (first, last) in zip(heads, columns, strict=True):
        across(sheet, row, first, last, words, formats.section)
    for line in changes:
        row += 1
        most = 15.0
        for words, (first, last) in zip(line, columns, strict=True):
            across(sheet, row, first, last, words, formats.wrap)
            width = FIGURE * (last - first + 1) if first else WORDS
            most = max(most, height(words, round(width)))
        sheet.set_row(row, min(most, TALLEST))
    return row + 2


def write_checked(sheet: Any, cells: Sequence[str], formats: Styles) -> None:
    """Write whether every figure is the run's, over the cells that say it of each sheet.

    Parameters
    ----------
    sheet
        The sheet.
    cells
        As formulas name them.
    formats
        Of the workbook.
    """
    good = "Every figure agrees with the run, to the penny."
    other = (
        "Cells were changed: figures differ from the run's. The list of sheets below says where."
    )
    sheet.write_formula(
        CHECKED, 0, f'=IF({"+".join(cells)}=0,"{good}","{other}")', formats.flag_line, good
    )


def _run_words(result: Findings) -> str:
    """Say when and by which version the run was made."""
    about = result.provenance
    draws = about.get("draws", 0)
    words = f"Run {str(about['started'])[:16].replace('T', ' ')} UTC by nelfin "
    words += str(about["versions"]["nelfin"])
    return f"{words}, {plural(draws, 'draw')}." if draws else f"{words}."


def _said(sheet: Any, row: int, title: str, lines: Sequence[str], formats: Styles) -> int:
    """Write sentences under each other, their title beside the first; return the next row."""
    sheet.write_string(row, 0, title, formats.top)
    for line in lines:
        text = str(line)[:LONGEST]
        across(sheet, row, 1, FIGURES, text, formats.wrap)
        sheet.set_row(row, height(text, round(1.15 * FIGURES * FIGURE)))
        row += 1
    return row


def _head(sheet: Any, row: int, words: str, heads: Sequence[str], formats: Styles) -> None:
    sheet.write_string(row, 0, words, formats.section)
    for column, head in enumerate(heads, FIRST):
        sheet.write_string(row, column, head, formats.across)


def _positions(sheet: Any, row: int, headline: Headline, live: Live, formats: Styles) -> int:
    """Write the positions of the system by year, with what each body reports."""
    title = "Position, £m; by body as reported"
    _head(sheet, row, title, headline.years, formats)
    lines = [
        ("Underlying", live.whole, YEARLY.closing, headline.underlying),
        ("Reported", live.whole, YEARLY.reported, headline.reported),
        *(
            (str(name)[:60], body, YEARLY.reported, headline.bodies.loc[name])
            for name, body in live.bodies.items()
        ),
    ]
    for at, (words, of, source, values) in enumerate(lines):
        row += 1
        sheet.write_string(row, 0, words, formats.part if at > 1 else formats.bold)
        style = formats.money if at > 1 else formats.bold_money
        for year, value in enumerate(values):
            cell = "=" + of.cell(source, year)
            sheet.write_formula(row, FIRST + year, cell, style, float(value))
    return row + 1


def _places(
    sheet: Any,
    row: int,
    headline: Headline,
    result: Findings,
    live: Live,
    formats: Styles,
) -> int:
    """Write the places side by side, the furthest below target first, and their sum."""
    first, year, last = headline.years[0], headline.budget_year, headline.years[-1]
    at = headline.years.index(year)
    rows = rows_of(result)
    columns = {
        "base": (f"Budget {first}", rows["budget"], 0, formats.money),
        "budget": (f"Budget {year}", rows["budget"], at, formats.money),
        "target": (f"Target {year}", rows["target"], at, formats.money),
        "per_head": (f"A head {year}, £", rows["per_head"], at, formats.whole),
        "dft": (f"From target {year}", rows["dft"], at, formats.percent),
        "dft_last": (f"From target {last}", rows["dft"], len(headline.years) - 1, formats.percent),
    }
    if first == year:  # the plan begins in the year of the budgets
        del columns["base"]
    opening = headline.marks.get("places")
    title = "Places, £m" + (" (opening illustrative)" if opening else "")
    sheet.write_string(row, 0, title, formats.section)
    for column, (head, *_) in enumerate(columns.values(), FIRST):
        sheet.write_string(row, column, head, formats.across_wrap)
    sheet.set_row(row, 30)
    start = row + 1
    for place, line in headline.places.iterrows():
        row += 1
        sheet.write_string(row, 0, str(place)[:60])
        for column, (name, (_, source, of_year, style)) in enumerate(columns.items(), FIRST):
            cell = "=" + live.places[str(place)].cell(source, of_year)
            sheet.write_formula(row, column, cell, style, float(line[name]))
    row += 1
    sheet.write_string(row, 0, "All places", formats.total_words)
    for column, name in enumerate(columns, FIRST):
        if name in ("base", "budget", "target"):
            letter = xl_col_to_name(column)
            formula = f"=SUM({letter}{start + 1}:{letter}{row})"
            whole = float(headline.places[name].sum())
            sheet.write_formula(row, column, formula, formats.total, whole)
        else:
            sheet.write_blank(row, column, None, formats.total)
    return row + 1


def _capital(
    sheet: Any, row: int, result: Findings, headline: Headline, live: Live, formats: Styles
) -> int:
    """Write what of the system's limit may be used, is used and is left, by year."""
    if not has_system_limit(result):
        sheet.write_string(row, 0, "The system has no capital limit of its own: see Capital.")
        return row + 1
    limits = result.table("limits").query("organisation == ''").set_index("year")
    lines = limits.reindex(headline.years).fillna(0.0)
    used, left = lines["used_gbp_m"], lines["slack_gbp_m"]
    _head(sheet, row, "Capital of the system, £m", headline.years, formats)
    for words, source, values in (
        ("May be used", TO_SPEND, used + left),
        ("Used", USED, used),
        ("Left", LEFT, left),
    ):
        row += 1
        sheet.write_string(row, 0, words, formats.part)
        for year, value in enumerate(values):
            cell = "=" + live.capital.cell(SYSTEM_LIMIT + source, year)
            sheet.write_formula(row, FIRST + year, cell, formats.money, float(value))
    return row + 1


def _categories(sheet: Any, row: int, headline: Headline, formats: Styles) -> int:
    """Write what each category of schemes asks for, and what becomes of it."""
    frame: pd.DataFrame = headline.categories
    count = headline.illustrative_schemes
    title = "Capital asked, base-year prices, £m"
    heads = [*(str(name).capitalize() for name in frame.columns), "Asked"]
    _head(sheet, row, title, heads, formats)
    for column, head in enumerate(heads, FIRST):
        sheet.write_string(row, column, head, formats.across_wrap)
    sheet.set_row(row, 30)
    start = row + 1
    for category, line in frame.iterrows():
        row += 1
        sheet.write_string(row, 0, str(category)[:60])
        for column, value in enumerate(line, FIRST):
            sheet.write_number(row, column, float(value), formats.money)
        end = xl_col_to_name(len(frame.columns))
        formula = f"=SUM(B{row + 1}:{end}{row + 1})"
        sheet.write_formula(row, len(frame.columns) + 1, formula, formats.money, float(line.sum()))
    row += 1
    sheet.write_string(row, 0, "All categories", formats.total_words)
    for column, value in enumerate([*frame.sum(), frame.to_numpy().sum()], FIRST):
        letter = xl_col_to_name(column)
        formula = f"=SUM({letter}{start + 1}:{letter}{row})"
        sheet.write_formula(row, column, formula, formats.total, float(value))
    if count:
        row += 1
        words = f"{count} of {headline.schemes} capital schemes are illustrative."
        sheet.write_string(row, 0, words, formats.check_words)
    return row + 1


def _statuses(sheet: Any, counts: Mapping[str, int], row: int, formats: Styles) -> int:
    for status in STATUSES:
        if counts.get(status):
            sheet.write_string(row, 0, f"{counts[status]} {status}", formats.part)
            sheet.write_string(row, 1, MEANING[status].capitalize())
            row += 1
    return row
