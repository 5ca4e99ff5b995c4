"""The lists of the programmes in a portfolio: cost by year, and months of staff by skill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from nelfin.report.workbook.cells import Styles, height, label, put
from nelfin.report.workbook.people_sheet import CHANGE, CONTENTS, TOP, across, set_paper
from nelfin.report.workbook.sheet_names import quoted
from nelfin.store.findings import Findings

NAME, STANDS, START, COUNTS, COST = range(5)
"""Columns of the list of programmes, to the cost of the first year."""

PROGRAMME, SKILL, OF_COUNTS, MONTHS = range(4)
"""Columns of the list of staff, to the months of the first year."""


@dataclass(frozen=True)
class Listed:
    """A list on a sheet, as formulas name its columns."""

    name: str
    first: int
    last: int
    """Rows, as formulas count them."""
    counts: int
    """Column that says whether a row counts."""
    begin: int
    """Column of the first year."""
    years: int
    rows: dict[str, int]
    """Row of each initiative, from 0."""

    def column(self, at: int) -> str:
        """Return a column of the list."""
        letter = xl_col_to_name(at)
        return f"{quoted(self.name)}!${letter}${self.first}:${letter}${self.last}"

    def cost(self, year: int) -> str:
        """Return the column of a year: cost, or months of staff."""
        return self.column(self.begin + year)

    def cash(self, year: int) -> str:
        """Return the column of a year's expected cash, which stands after all costs."""
        return self.column(self.begin + self.years + 1 + year)

    def sum_of(self, column: str, skill: str = "") -> str:
        """Return the formula of the sum of the rows that count, or of those of a skill."""
        of_skill = f",--EXACT({self.column(SKILL)},{skill})" if skill else ""
        return f"SUMPRODUCT({column},{self.column(self.counts)}{of_skill})"


def write_programmes(
    result: Findings, each: tuple[Any, str], years: Sequence[str], mark: str, formats: Styles
) -> Listed:
    """Write the initiatives in the portfolio, each with its start, cost, expected cash and reason.

    Parameters
    ----------
    result
        The run.
    each
        The sheet with its name.
    years
        Of the pools.
    mark
        What of it is illustrative.
    formats
        Of the workbook.
    """
    sheet, name = each
    plan = result.table("portfolio_plan")
    table = plan[plan["status"] != "not chosen"].sort_values("start_year", kind="stable")
    spend = result.table("portfolio_spend").set_index(["initiative_id", "year"])
    wide = {
        column: spend[column].unstack("year").reindex(
            index=table["initiative_id"], columns=list(years)
        ).fillna(0.0).to_numpy()
        for column in ("cost_gbp_m", "cash_gbp_m")
    }  # fmt: skip
    statuses = _statuses(result)
    count = len(years)
    whole, after = COST + count, COST + 2 * count + 1
    heads = ["Initiative", "Stands", "Starts", "Counts", *years, "All years",
             *(f"Cash {year}" for year in years), "Why", "Figures", "Number"]  # fmt: skip
    widths = [58, 10, 8.5, 8, *[7.5] * count, 8.5, *[9.5] * count, 46, 11, 9]
    out = len(plan) - len(table)
    lines = (
        f"{len(table)} initiatives are in, or run and stop; {out} are not chosen, see Portfolio "
        f"plan. {mark}".strip(),
        "Cost and expected cash, £m in cash; what frees money has a negative cost. Counts: 1 for "
        f"in, 0 takes an initiative out. {CHANGE}",
    )
    _begin(sheet, "Programmes in the portfolio", lines, heads, widths, (START, after), formats)
    row, rows = TOP, {}
    for cells, cost, cash in zip(
        table.to_dict("records"), wide["cost_gbp_m"], wide["cash_gbp_m"], strict=True
    ):
        row += 1
        rows[str(cells["initiative_id"])] = row
        sheet.write_string(row, NAME, label(cells["name"], 60))
        put(sheet, row, STANDS, cells["status"])
        put(sheet, row, START, cells["start_year"], formats.right)
        sheet.write_number(row, COUNTS, 1, formats.given_whole)
        for column, value in enumerate(cost, COST):
            sheet.write_number(row, column, float(value), formats.given_dash)
        _sum_across(sheet, row, whole, COST, float(cost.sum()), formats)
        for column, value in enumerate(cash, whole + 1):
            sheet.write_number(row, column, float(value), formats.given_dash)
        put(sheet, row, after, cells["reason"], formats.after_wrap)
        sheet.set_row(row, height(str(cells["reason"]), 50))
        put(sheet, row, after + 1, statuses.get(str(cells["initiative_id"]), ""), formats.after)
        put(sheet, row, after + 2, cells["initiative_id"], formats.after)
    listed = Listed(name, TOP + 2, max(row + 1, TOP + 2), COUNTS, COST, count, rows)
    _total(sheet, listed, "All that count", wide["cost_gbp_m"].sum(axis=0), STANDS, formats)
    sheet.autofilter(TOP, 0, listed.last - 1, len(heads) - 1)
    set_paper(sheet, result, TOP, portrait=False, one_page=False)
    return listed


def write_staff(
    result: Findings,
    each: tuple[Any, str],
    programmes: Listed,
    years: Sequence[str],
    mark: str,
    formats: Styles,
) -> Listed:
    """Write the months of staff that initiatives in the portfolio use, by skill.

    Parameters
    ----------
    result
        The run.
    each
        The sheet with its name.
    programmes
        The list of the initiatives: what does not count there does not here.
    years
        Of the pools.
    mark
        What of it is illustrative.
    formats
        Of the workbook.
    """
    sheet, name = each
    wide = _staff_use(result, years)
    names = result.table("portfolio_plan").set_index("initiative_id")["name"]
    heads = ["Initiative", "Skill", "Counts", *years, "All years"]
    whole = MONTHS + len(years)
    lines = (
        f"Months of staff by skill; what stops frees some. {mark}".strip(),
        f"Counts is as on the sheet {programmes.name}. {CHANGE}",
    )
    widths = [58, 16, 8, *[8.5] * len(years), 9.5]
    _begin(sheet, "Staff of the programmes", lines, heads, widths, (OF_COUNTS, whole + 1), formats)
    row = TOP
    for (initiative, skill), months in zip(wide.index, wide.to_numpy(), strict=True):
        row += 1
        sheet.write_string(row, PROGRAMME, label(names[initiative], 60))
        put(sheet, row, SKILL, skill)
        counts = f"{quoted(programmes.name)}!{xl_col_to_name(COUNTS)}"
        link = f"={counts}{programmes.rows[str(initiative)] + 1}"
        sheet.write_formula(row, OF_COUNTS, link, formats.whole, 1)
        for column, value in enumerate(months, MONTHS):
            sheet.write_number(row, column, float(value), formats.given_dash)
        _sum_across(sheet, row, whole, MONTHS, float(months.sum()), formats)
    listed = Listed(name, TOP + 2, max(row + 1, TOP + 2), OF_COUNTS, MONTHS, len(years), {})
    _total(sheet, listed, "All that count", wide.to_numpy().sum(axis=0), SKILL, formats)
    sheet.autofilter(TOP, 0, listed.last - 1, len(heads) - 1)
    set_paper(sheet, result, TOP, portrait=False, one_page=False)
    return listed


def _statuses(result: Findings) -> dict[str, str]:
    """Return the status of the figures of each initiative."""
    sources = result.table("sources")
    mine = sources[sources["where"] == "initiatives"]
    return dict(zip(mine["figure"].astype(str), mine["status"].astype(str), strict=True))


def _staff_use(result: Findings, years: Sequence[str]) -> pd.DataFrame:
    """Return months by initiative and skill, a column a year."""
    if "portfolio_staff_use" not in result.tables:
        return pd.DataFrame(columns=list(years), index=pd.MultiIndex.from_arrays([[], []]))
    use = result.table("portfolio_staff_use").set_index(["initiative_id", "skill", "year"])
    wide = use["months"].unstack("year").reindex(columns=list(years)).fillna(0.0)
    return wide.loc[list(dict.fromkeys((name, skill) for name, skill, _ in use.index))]


def _begin(
    sheet: Any,
    title: str,
    lines: Sequence[str],
    heads: Sequence[str],
    widths: Sequence[float],
    numbers: tuple[int, int],
    formats: Styles,
) -> None:
    """Write the title, words and headings of a list; those of numbers stand to the right."""
    sheet.hide_gridlines(2)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, title, formats.title)
    sheet.write_url(0, 1, CONTENTS, formats.link, "Contents")
    first, last = numbers
    for row, line in enumerate(lines, start=1):
        across(sheet, row, 0, last - 1, line, formats.note)
        sheet.set_row(row, height(line, round(0.9 * sum(widths[:last]))))
    for column, head in enumerate(heads):
        style = formats.across if first <= column < last else formats.section
        sheet.write_string(TOP, column, head, formats.section_after if column >= last else style)
    sheet.freeze_panes(TOP + 1, 1)


def _sum_across(sheet: Any, row: int, at: int, begin: int, value: float, formats: Styles) -> None:
    """Write the sum of the years of a row."""
    first, last = xl_col_to_name(begin), xl_col_to_name(at - 1)
    sheet.write_formula(row, at, f"=SUM({first}{row + 1}:{last}{row + 1})", formats.money, value)


def _total(
    sheet: Any, listed: Listed, words: str, values: Sequence[float], blank: int, formats: Styles
) -> None:
    """Write the sums of the rows that count under a list."""
    row = listed.last
    sheet.write_string(row, 0, words, formats.total_words)
    for column in range(blank, listed.begin):
        sheet.write_blank(row, column, None, formats.total)
    counts = xl_col_to_name(listed.counts)
    for column, value in enumerate(values, listed.begin):
        letter = xl_col_to_name(column)
        parts = ",".join(f"{one}{listed.first}:{one}{listed.last}" for one in (letter, counts))
        sheet.write_formula(row, column, f"=SUMPRODUCT({parts})", formats.total, float(value))
