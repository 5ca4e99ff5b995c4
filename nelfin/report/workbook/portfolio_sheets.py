"""The portfolio of programmes against its money and staff, by formulas over its lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.report.text.portfolio import BESIDE
from nelfin.report.workbook.cells import LONGEST, Styles
from nelfin.report.workbook.people_sheet import (
    CHANGE,
    FIRST,
    TOP,
    People,
    begin,
    illustrative_of,
    rows_sum,
    set_paper,
)
from nelfin.report.workbook.programme_lists import Listed, write_programmes, write_staff
from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings
from nelfin.system.rests_on import PORTFOLIO

Array = npt.NDArray[np.float64]

RULES = {
    "carry": ("May be carried into next year, of the pool", "portfolio.carry_over_pct"),
    "back": ("Of expected cash goes back to the pool", "portfolio.cash_refills_pct"),
}
"""Settings of the pools: words, and the key of the scenario."""

POOL, CARRIED, BACK, THERE, TAKEN, LEFT = 1, 2, 3, 4, 5, 6
"""Rows of the block of pools, from its heading."""

POOLS = TOP + len(RULES) + 2
"""Heading of the block of pools."""


@dataclass(frozen=True)
class Sheets:
    """The sheets of a portfolio, each with its name."""

    portfolio: tuple[Any, str]
    programmes: tuple[Any, str]
    staff: tuple[Any, str]


def write_portfolio_sheets(result: Findings, sheets: Sheets, formats: Styles) -> People:
    """Write the portfolio against its pools, staff and floors, and the lists of its programmes.

    Parameters
    ----------
    result
        The run, which has a portfolio.
    sheets
        The sheets.
    formats
        Of the workbook.

    Returns
    -------
    People
        The sheet of the pools.
    """
    mark = illustrative_of(result, PORTFOLIO)
    years = [str(year) for year in result.table("portfolio_pools")["year"]]
    listed = write_programmes(result, sheets.programmes, years, mark, formats)
    staff = write_staff(result, sheets.staff, listed, years, mark, formats)
    words = (
        f"{BESIDE} {mark}".strip(),
        f"{CHANGE} An initiative's cost is changed, and taken out, on the sheet "
        f"{sheets.programmes[1]}; its staff on {sheets.staff[1]}.",
    )
    of = begin(sheets.portfolio, "Portfolio: money and staff", words, years, formats)
    row, checks = _pools(of, result, listed)
    there = result.table("portfolio_staff") if "portfolio_staff" in result.tables else None
    for skill, lines in () if there is None else there.groupby("skill", sort=False):
        checks.append(_skill(of, row, str(skill), lines.set_index("year").reindex(years), staff))
        row = checks[-1] + 3
    _floors(of, row, result)
    of.check(checks, "Differences from the run")
    set_paper(of.sheet, result, None)
    return of


def _settings(result: Findings) -> dict[str, float]:
    figures = resolved_figures(result.scenario_toml)
    found = {name: figures.get(key) for name, (_, key) in RULES.items()}
    return {
        name: 0.0 if figure is None else float(figure.value) / 100 for name, figure in found.items()
    }


def _pools(of: People, result: Findings, listed: Listed) -> tuple[int, list[int]]:
    """Write what is taken of each pool and what is left; return the next row, and the checks."""
    settings, table = _settings(result), result.table("portfolio_pools")
    of.head(TOP, "Rules")
    for row, (name, (words, _)) in enumerate(RULES.items(), start=TOP + 1):
        of.sheet.write_string(row, 0, words)
        of.sheet.write_number(row, FIRST, settings[name], of.formats.given_percent)
    carry, back = f"$B${TOP + 2}", f"$B${TOP + 3}"
    money, part = of.formats.money, of.formats.part
    pool, carried, cash, taken, left = (
        table[name].to_numpy(dtype=float)
        for name in (
            "pool_gbp_m", "carried_in_gbp_m", "cash_back_gbp_m", "cost_gbp_m", "left_gbp_m",
        )
    )  # fmt: skip
    of.head(POOLS, "Pools of money, £m")
    of.given(POOLS + POOL, "Pool", pool)
    carries = f"=MIN(MAX({{p}}{POOLS + LEFT + 1},0),{carry}*{{p}}{POOLS + POOL + 1})"
    of.formulas(POOLS + CARRIED, "Carried over from last year", carries, carried, money, part, 1)
    of.formulas(
        POOLS + BACK,
        "Cash that comes back",
        lambda year: f"={back}*{listed.sum_of(listed.cash(year))}",
        cash,
        money,
        part,
    )
    there = rows_sum(POOLS + POOL, POOLS + BACK)
    of.total(POOLS + THERE, "May be taken", there, pool + carried + cash)
    of.formulas(
        POOLS + TAKEN,
        "Taken by programmes",
        lambda year: f"={listed.sum_of(listed.cost(year))}",
        taken,
        money,
    )
    rest = f"={{c}}{POOLS + THERE + 1}-{{c}}{POOLS + TAKEN + 1}"
    of.total(POOLS + LEFT, "Left", rest, left)
    first = of.against(POOLS + LEFT + 1, "Taken", POOLS + TAKEN, taken)
    second = of.against(first + 1, "Left", POOLS + LEFT, left)
    unit = result.provenance["portfolio"]["unit"]
    price = table["price_per_gbp_m"].to_numpy(dtype=float)
    words = f"Value of £1m more, {unit}"
    of.figures(second + 1, words, price, of.formats.own, of.formats.check_words)
    return second + 3, [first, second]


def _skill(of: People, head: int, skill: str, lines: pd.DataFrame, staff: Listed) -> int:
    """Write the months of a skill that there are, are used and are left; return the check's row."""
    there, used, left = (lines[name].to_numpy(dtype=float) for name in ("months", "used", "left"))
    # the formulas find the rows of a skill by its name
    of.head(head, skill[:LONGEST])
    of.given(head + 1, "Months of staff there are", there)
    of.formulas(
        head + 2,
        "Used by programmes",
        lambda year: f"={staff.sum_of(staff.cost(year), f'$A${head + 1}')}",
        used,
        of.formats.money,
        of.formats.part,
    )
    of.total(head + 3, "Left", f"={{c}}{head + 2}-{{c}}{head + 3}", left)
    check = of.against(head + 4, "Left", head + 3, left)
    price = lines["price_per_month"].to_numpy(dtype=float)
    of.figures(check + 1, "Value of a month more", price, of.formats.own, of.formats.check_words)
    return check


def _floors(of: People, head: int, result: Findings) -> None:
    """Write the least that is spent on places, beside what is spent, of all years together."""
    if "portfolio_floors" not in result.tables:
        return
    of.sheet.write_string(head, 0, "Spend asked for on places, £m", of.formats.section)
    for column, words in enumerate(("at least", "is spent", "year"), FIRST):
        of.sheet.write_string(head, column, words, of.formats.across)
    floors = result.table("portfolio_floors")
    for row, line in enumerate(floors.to_dict("records"), start=head + 1):
        of.sheet.write_string(row, 0, str(line["place"])[:LONGEST], of.formats.part)
        for column, name in enumerate(("floor_gbp_m", "spend_gbp_m"), FIRST):
            of.sheet.write_number(row, column, float(line[name]), of.formats.money)
        of.sheet.write_string(row, FIRST + 2, str(line["year"]) or "all", of.formats.right)
