"""Capital against its limits, by formulas over the list of the schemes that are in the plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from nelfin.models.appraisal import price_index
from nelfin.report.workbook.backlog_block import write_backlog
from nelfin.report.workbook.cells import LONGEST, Styles, height, label, put
from nelfin.report.workbook.people_sheet import (
    CHANGE,
    CONTENTS,
    FIRST,
    TOP,
    People,
    across,
    begin,
    illustrative_of,
    rows_sum,
    set_paper,
)
from nelfin.report.workbook.sheet_names import quoted
from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.rests_on import CAPITAL

Array = npt.NDArray[np.float64]

PRICES = {
    "growth": ("Growth of prices a year", "capital.price_growth_pct"),
    "over": ("Over-programming allowed, of the limit", "capital.over_programming_pct"),
    "carry": ("May be carried into next year, of the limit", "capital.carry_over_pct"),
}
"""Settings that turn spend into use of a limit: words, and the key of the scenario."""

INDEX = TOP + len(PRICES) + 1
"""Row of the prices of each year."""

SYSTEM_LIMIT = INDEX + 2
"""Heading of the block of the system's limit."""

LIMIT, TO_SPEND, USED, LEFT = 1, 4, 5, 6
"""Rows of the block of a limit, from its heading."""

BLOCK = 14
"""Rows of the block of a limit, the blank one below included."""

SCHEME, BODY, START, COUNTS, SPEND = range(5)
"""Columns of the list of schemes, to the spend of the first year."""


@dataclass(frozen=True)
class Schemes:
    """The list of the schemes that are in the plan, as formulas name its columns."""

    name: str
    first: int
    last: int
    """Rows, as formulas count them."""
    table: pd.DataFrame
    spend: Array
    """£m, prices of the first year; shape (scheme, year)."""

    def column(self, at: int) -> str:
        """Return a column of the list."""
        letter = xl_col_to_name(at)
        return f"{quoted(self.name)}!${letter}${self.first}:${letter}${self.last}"


def write_capital_sheets(
    result: Findings, capital: tuple[Any, str], schemes: tuple[Any, str], formats: Styles
) -> People:
    """Write capital against its limits, and the schemes that are in the plan.

    Parameters
    ----------
    result
        The run.
    capital, schemes
        The sheets, each with its name.
    formats
        Of the workbook.

    Returns
    -------
    People
        The sheet of the limits.
    """
    headline = headline_of(result)
    years, settings = headline.years, _settings(result)
    limits = result.table("limits")
    prices = _prices(years, limits, settings["growth"])
    mark = illustrative_of(result, CAPITAL)
    listed = _schemes(result, schemes, prices, mark, formats)
    words = (
        "Use of a limit: what its schemes spend at prices of the first year, times the share that "
        f"counts against limits, times prices. {mark}".strip(),
        f"{CHANGE} A scheme's spend is changed on the sheet {schemes[1]}.",
    )
    of = begin(capital, "Capital against its limits", words, years, formats)
    _rules(of, settings, prices, years, limits)
    checks, row = [], SYSTEM_LIMIT
    for owner, lines in _by_owner(limits):
        by_year = lines.set_index("year").reindex(years)
        checks += _limit(of, row, owner, by_year, settings, listed)
        row += BLOCK
    row, check = _bodies(of, row, listed, prices)
    _outside(of, row, listed, prices)
    checks += write_backlog(of, row + 3, result)
    of.check([*checks, check])
    set_paper(of.sheet, result, None, portrait=len(years) <= 12)
    return of


def has_system_limit(result: Findings) -> bool:
    """Say whether the system has a limit of its own in a year that is open.

    Parameters
    ----------
    result
        The run.
    """
    return "" in dict(_by_owner(result.table("limits")))


def allowed(of: People, year: int) -> str:
    """Return the system's limit of a year, over-programming included, as formulas name it.

    Parameters
    ----------
    of
        The sheet of the limits.
    year
        Its number.
    """
    return "+".join(of.cell(SYSTEM_LIMIT + row, year) for row in (LIMIT, LIMIT + 1))


def _by_owner(limits: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the limits of the system first, then those of each body: of whoever has open ones."""
    still = limits if "status" not in limits else limits[limits["status"] != "closed"]
    owners = sorted(dict.fromkeys(still["organisation"]), key=lambda name: name != "")
    return [(owner, limits[limits["organisation"] == owner]) for owner in owners]


def _settings(result: Findings) -> dict[str, float]:
    figures = resolved_figures(result.scenario_toml)
    found = {name: figures.get(key) for name, (_, key) in PRICES.items()}
    return {
        name: float(figure.value) / 100 if figure is not None else 0.0
        for name, figure in found.items()
    }


def _prices(years: list[str], limits: pd.DataFrame, growth: float) -> Array:
    """Return prices of each year; 1 in the first that has a limit."""
    first = years.index(min(limits["year"])) if len(limits) else 0
    return price_index(100 * growth, np.maximum(np.arange(len(years)) - first, 0))


def _rules(
    of: People, settings: dict[str, float], prices: Array, years: list[str], limits: pd.DataFrame
) -> None:
    """Write the settings that turn spend into use, and prices by year."""
    of.head(TOP, "Prices and rules")
    for row, (name, (words, _)) in enumerate(PRICES.items(), start=TOP + 1):
        of.sheet.write_string(row, 0, words)
        of.sheet.write_number(row, FIRST, settings[name], of.formats.given_percent)
    growth = f"$B${TOP + 2}"
    first = years.index(min(limits["year"])) if len(limits) else 0
    words, ratio = f"Prices; {years[first]} is 1", of.formats.ratio
    of.figures(INDEX, words, prices[: first + 1], ratio)
    of.formulas(INDEX, words, f"={{p}}{INDEX + 1}*(1+{growth})", prices, ratio, start=first + 1)


def _limit(
    of: People,
    head: int,
    owner: str,
    lines: pd.DataFrame,
    settings: dict[str, float],
    listed: Schemes,
) -> list[int]:
    """Write what a limit is, what is used and what is left; return the rows of the checks."""
    formats = of.formats
    most, used, left = (
        lines[name].to_numpy(dtype=float) for name in ("limit_gbp_m", "used_gbp_m", "slack_gbp_m")
    )
    limit = most / (1 + settings["over"])
    carried = np.zeros(len(most))
    # headroom of over-programming is no money, and cannot be carried over
    carried[1:] = np.nan_to_num(np.minimum(np.maximum(left, 0.0), settings["carry"] * limit))[:-1]
    carried[np.isnan(most)] = np.nan
    over, carry = f"$B${TOP + 3}", f"$B${TOP + 4}"
    # the formulas find the schemes of a body by its name
    of.head(head, owner[:LONGEST] or "The system, £m")
    of.given(head + LIMIT, "Limit", limit)

    of.formulas(
        head + 2,
        "Over-programming",
        f"={over}*{{c}}{head + LIMIT + 1}",
        most - limit,
        formats.money,
        formats.part,
    )
    carries = f"=MIN(MAX({{p}}{head + LEFT + 1},0),{carry}*{{p}}{head + LIMIT + 1})"
    words = "Carried over from last year"
    of.formulas(head + 3, words, carries, carried, formats.money, formats.part, start=1)
    of.total(head + TO_SPEND, "May be used", rows_sum(head + LIMIT, head + 3), most + carried)
    whose = f"$A${head + 1}" if owner else ""
    of.formulas(head + USED, "Used", _used(of, listed, whose), used, formats.money)
    of.total(head + LEFT, "Left", f"={{c}}{head + TO_SPEND + 1}-{{c}}{head + USED + 1}", left)
    first = of.against(head + LEFT + 1, "Used", head + USED, used)
    second = of.against(first + 1, "Left", head + LEFT, left)
    price = lines["price_per_gbp_m"].to_numpy()
    of.figures(second + 1, "Benefit of £1m more, points", price, formats.own, formats.check_words)
    if "status" in lines:
        of.sheet.write_string(second + 2, 0, "Firm, indicative, closed", formats.check_words)
        for year, status in enumerate(lines["status"].fillna("")):
            of.sheet.write_string(second + 2, FIRST + year, str(status), formats.right)
    return [first, second]


def _used(of: People, listed: Schemes, whose: str) -> Callable[[int], str]:
    """Return the formula of what is used of a limit: of every scheme, or of those of a body."""
    of_body = f",--EXACT({listed.column(BODY)},{whose})" if whose else ""

    def used(year: int) -> str:
        parts = f"{listed.column(SPEND + year)},{listed.column(COUNTS)}{of_body}"
        return f"=SUMPRODUCT({parts})*{of.letter(year)}${INDEX + 1}"

    return used


def _bodies(of: People, head: int, listed: Schemes, prices: Array) -> tuple[int, int]:
    """Write the use of each body; return the next row, and that of the check."""
    of.head(head, "Use by body, £m")
    counted = listed.spend * listed.table["cdel_share"].to_numpy()[:, None] * prices
    use = pd.DataFrame(counted, index=listed.table["organisation"]).groupby(level=0, sort=False)
    row = head
    for owner, line in use.sum().iterrows():
        row += 1
        used = _used(of, listed, f"$A{row + 1}")
        of.formulas(row, str(owner)[:LONGEST], used, line, of.formats.money, of.formats.part)
    if row == head:
        row += 1
        of.sheet.write_string(row, 0, "No scheme is in the plan.", of.formats.part)
    total = row + 1
    of.total(total, "All bodies", rows_sum(head + 1, total - 1), counted.sum(axis=0))
    whole = _used(of, listed, "")
    of.formulas(
        total + 1,
        "Difference from all schemes",
        lambda year: f"=ROUND({of.letter(year)}{total + 1}-{whole(year)[1:]},8)",
        [0.0] * len(of.years),
        of.formats.check,
        of.formats.check_words,
    )
    return total + 3, total + 1


def _outside(of: People, row: int, listed: Schemes, prices: Array) -> None:
    """Write what the plan spends that counts against no limit."""
    share = 1 - listed.table["cdel_share"].to_numpy()
    of.head(row, "Outside the limits, £m")
    counts = _used(of, listed, "")
    of.formulas(
        row + 1,
        "Spend that counts against no limit",
        lambda year: (
            f"=SUM({listed.column(SPEND + year)})*{of.letter(year)}${INDEX + 1}-{counts(year)[1:]}"
        ),
        (listed.spend * share[:, None]).sum(axis=0) * prices,
        of.formats.money,
    )


def _schemes(
    result: Findings, each: tuple[Any, str], prices: Array, mark: str, formats: Styles
) -> Schemes:
    """Write the schemes that are in the plan, each with its start, spend and reason."""
    sheet, name = each
    years = headline_of(result).years
    table, spend = _listed(result, prices)
    last = SPEND + len(years)
    sheet.hide_gridlines(2)
    heads = ["Scheme", "Body", "Starts", "Counts", *years, "All years", "Why it is in", "Figures"]
    heads.append("Number")
    widths = [58, 15, 8.5, 8, *[7.5] * len(years), 8.5, 46, 11, 8]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "Capital schemes in the plan", formats.title)
    sheet.write_url(0, BODY, CONTENTS, formats.link, "Contents")
    out = len(result.table("plan")) - len(table)
    for row, line in enumerate(
        (
            f"{len(table)} schemes are in; {out} are not, see Capital plan. {mark}".strip(),
            "£m at prices of the first year, optimism bias included, and the funded share of each. "
            f"Counts: the share that scores against limits. {CHANGE}",
        ),
        start=1,
    ):
        across(sheet, row, 0, last, line, formats.note)
        sheet.set_row(row, height(line, 180))
    for column, head in enumerate(heads):
        style = formats.across if START <= column <= last else formats.section
        style = formats.section_after if column > last else style
        sheet.write_string(TOP, column, head, style)
    row = TOP
    for cells, line in zip(table.itertuples(), spend, strict=True):
        row += 1
        sheet.write_string(row, SCHEME, label(cells.name, 60))
        put(sheet, row, BODY, cells.organisation)
        put(sheet, row, START, cells.start_year, formats.right)
        sheet.write_number(row, COUNTS, cells.cdel_share, formats.given_percent)
        for column, value in enumerate(line, SPEND):
            sheet.write_number(row, column, value, formats.given_dash)
        first, end = xl_col_to_name(SPEND), xl_col_to_name(last - 1)
        total = f"=SUM({first}{row + 1}:{end}{row + 1})"
        sheet.write_formula(row, last, total, formats.money, float(line.sum()))
        put(sheet, row, last + 1, cells.reason, formats.after_wrap)
        sheet.set_row(row, height(str(cells.reason), 50))
        put(sheet, row, last + 2, cells.figures, formats.after)
        put(sheet, row, last + 3, cells.project_id, formats.after)
    rows = (TOP + 2, max(row + 1, TOP + 2))
    total_row = rows[1]
    sheet.write_string(total_row, 0, "All schemes in the plan", formats.total_words)
    for column in range(BODY, SPEND):
        sheet.write_blank(total_row, column, None, formats.total)
    for column, value in enumerate([*spend.sum(axis=0), spend.sum()], SPEND):
        letter = xl_col_to_name(column)
        formula = f"=SUM({letter}{rows[0]}:{letter}{rows[1]})"
        sheet.write_formula(total_row, column, formula, formats.total, float(value))
    sheet.freeze_panes(TOP + 1, 1)
    sheet.autofilter(TOP, 0, rows[1] - 1, last + 3)
    set_paper(sheet, result, TOP, portrait=False, one_page=False)
    return Schemes(name, *rows, table, spend)


def _listed(result: Findings, prices: Array) -> tuple[pd.DataFrame, Array]:
    """Return the schemes of the plan by start, and their spend at prices of the first year."""
    projects = result.table("projects")
    about = projects.set_index("project_id")[["cdel_share", "status"]]
    if "money" in projects:  # what other money pays for counts against none of these limits
        about["cdel_share"] = about["cdel_share"].where(
            (projects["money"].fillna("") == "").to_numpy(), 0.0
        )
    plan = result.table("plan").join(about.rename(columns={"status": "figures"}), "project_id")
    table = plan[plan["funded_share"] > 0].sort_values("start_year", kind="stable")
    spend = result.data["capital_spend"].transpose("project", "year").to_pandas()
    return table, spend.loc[table["project_id"]].to_numpy(dtype=float) / prices
