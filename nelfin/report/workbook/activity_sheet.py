"""Planned care, beds and primary care, years across: the list, what it earns, what beds cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.models.activity.waiting import STANDARD_WEEKS
from nelfin.report.workbook.cells import LONGEST, Styles
from nelfin.report.workbook.people_sheet import (
    CHANGE,
    TOP,
    People,
    begin,
    illustrative_of,
    rows_sum,
    set_paper,
)
from nelfin.store.findings import Findings
from nelfin.system.activity import STEPS
from nelfin.system.headline import headline_of
from nelfin.system.rests_on import ACTIVITY

Array = npt.NDArray[np.float64]

FLOWS = {
    "additions": ("Join the list", 1.0),
    "treated": ("Treated", -1.0),
    "removals": ("Leave untreated", -1.0),
}
"""What moves the list: words and sign."""

USES = {"closed": "Closed", "filled": "Filled", "stranded": "Left as they are"}

COVERS = {
    "cash": "Cash of closing",
    "cash_counted": "Cash counted with prevention",
    "margin": "Margin of filling",
    "not_covered": "Not covered",
}
"""What covers the cost of freed beds, and what does not."""


@dataclass(frozen=True)
class Care:
    """The sheet of planned care, with the rows that charts take."""

    of: People
    end: int | None
    """Row of the people who wait at the end of the year; None without a list."""
    over: int | None
    """Row of those of them who wait over 18 weeks."""


def has_activity(result: Findings) -> bool:
    """Say whether a run tells of activity; one of an earlier version does not.

    Parameters
    ----------
    result
        A run.
    """
    return "activity_margin" in result.data


def write_activity_sheet(result: Findings, sheet: tuple[Any, str], formats: Styles) -> Care:
    """Write planned care, beds and primary care.

    Parameters
    ----------
    result
        The run.
    sheet
        The sheet with its name.
    formats
        Of the workbook.
    """
    years = headline_of(result).years
    mark = illustrative_of(result, ACTIVITY)
    left_out = str(result.data.attrs["activity_left_out"])
    words = (
        f"Who waits, what care beside the funded level leaves, and what freed beds cost. {mark}",
        f"{CHANGE} {left_out}",
    )
    of = begin(sheet, "Planned care and beds", [one.strip() for one in words], years, formats)
    row, end, over, checks = _waiting(of, TOP, result)
    row, margin, mine = _margin(of, row, result)
    checks += mine
    row, cash, mine = _beds(of, row, result)
    checks += mine
    row, cost = _primary(of, row, result)
    checks += _added(of, row, result, (margin, cash, cost))
    of.check(checks, "Differences from the run")
    set_paper(of.sheet, result, None, portrait=len(years) <= 12)
    return Care(of, end, over)


def _by_year(result: Findings, name: str) -> Array:
    """Return a variable by year, of all bodies together."""
    data = result.data[name]
    others = [dim for dim in data.dims if dim != "year"]
    return np.asarray(data.sum(others, skipna=False), dtype=float)


def _waiting(
    of: People, head: int, result: Findings
) -> tuple[int, int | None, int | None, list[int]]:
    """Write the list of each year; return the next row, those of its end, and the checks."""
    end = _by_year(result, "activity_list")
    if np.isnan(end).any():
        return head, None, None, []
    whole, part = of.formats.given_whole, of.formats.part
    of.head(head, "Waiting list, people")
    start = _by_year(result, "activity_list_start")
    words, last = "Waiting at the start of the year", head + len(FLOWS) + 2
    of.figures(head + 1, words, start[:1], whole)
    of.formulas(head + 1, words, f"={{p}}{last + 1}", start, of.formats.whole, start=1)
    for row, (name, (said, sign)) in enumerate(FLOWS.items(), start=head + 2):
        of.figures(row, said, sign * _by_year(result, f"activity_{name}"), whole, part)
    total = of.formats.total_whole
    of.formulas(
        last, "Waiting at the end of the year", rows_sum(head + 1, last - 1), end, total,
        of.formats.total_words,
    )  # fmt: skip
    check = of.against(last + 1, "Waiting at the end", last, end)
    week, over = check + 1, check + 2
    still = _by_year(result, "activity_break_even_week")
    of.figures(week, "A week holds the list still", still, whole)
    of.formulas(
        over,
        f"Over {STANDARD_WEEKS} weeks, at the least",
        f"=MAX({{c}}{last + 1}-{STANDARD_WEEKS}*{{c}}{week + 1},0)",
        _by_year(result, "activity_over_18_weeks"),
        of.formats.whole,
    )
    return over + 2, last, over, [check]


def _margin(of: People, head: int, result: Findings) -> tuple[int, int, list[int]]:
    """Write what planned and urgent care leave each body; return the next row, total, checks."""
    data, part = result.data, of.formats.part
    of.head(head, "What planned and urgent care leave, £m")
    row = head
    margin = data["activity_margin"].transpose("organisation", "year").to_pandas()
    moving = margin[(margin.abs() > 0).any(axis="columns")]
    for name, values in moving.iterrows():
        row += 1
        of.given(row, str(name)[:LONGEST], values)
    if row == head:
        row += 1
        of.given(row, "All bodies", margin.sum())
    total = row + 1
    of.total(total, "All bodies together", rows_sum(head + 1, row), margin.sum().to_numpy())
    check = of.against(total + 1, "All bodies together", total, margin.sum().to_numpy())
    row = check
    money = {
        "income": "Paid to trusts for planned care",
        "cost": "What that care costs them",
        "unpaid": "Worth of care past the payment limit, not paid",
        "urgent_cost": "What urgent care beside the funded level costs",
    }
    for name, words in money.items():
        values = _by_year(result, f"activity_{name}")
        if values.any():
            row += 1
            of.figures(row, words, values, of.formats.money, part)
    return row + 2, total, [check]


def _beds(of: People, head: int, result: Findings) -> tuple[int, int, list[int]]:
    """Write freed beds and their cost; return the next row, that of the cash, and the checks."""
    data = result.data
    of.head(head, "Freed beds, all bodies")
    uses = data["beds_use"].sum(["lever", "organisation"]).transpose("use", "year").to_pandas()
    for row, (use, words) in enumerate(USES.items(), start=head + 1):
        of.given(row, words, uses.loc[use])
    total = head + len(USES) + 1
    freed = _by_year(result, "beds_freed")
    of.total(total, "Freed", rows_sum(head + 1, total - 1), freed)
    first = of.against(total + 1, "Freed", total, freed)
    head = first + 2
    of.head(head, "What freed beds cost, and what covers it, £m")
    for row, (name, words) in enumerate(COVERS.items(), start=head + 1):
        of.given(row, words, _by_year(result, f"beds_{name}"))
    total = head + len(COVERS) + 1
    cost = _by_year(result, "beds_cost")
    of.total(total, "Cost of freed beds", rows_sum(head + 1, total - 1), cost)
    second = of.against(total + 1, "Cost of freed beds", total, cost)
    return second + 2, head + 1, [first, second]


def _primary(of: People, head: int, result: Findings) -> tuple[int, int]:
    """Write gaps of primary care; return the next row, and that of what is spent on them."""
    data, row = result.data, head
    of.head(head, "Gaps of primary care, £m")
    gaps = pd.DataFrame(data["primary_care_gap_cost"].transpose("place", "year").to_pandas())
    gaps.loc["Other places together"] = data["primary_care_gap_cost_others"].to_series()
    known = gaps.dropna(how="all")
    for place, values in known.iterrows():
        row += 1
        of.given(row, str(place)[:LONGEST], values)
    if len(known):
        row += 1
        words = "To close every gap would cost"
        of.total(row, words, rows_sum(head + 1, row - 1), known.sum().to_numpy())
    row += 1
    of.given(row, "Spent on closing them", _by_year(result, "primary_care_cost"))
    return row + 2, row


def _added(of: People, head: int, result: Findings, rows: Sequence[int]) -> list[int]:
    """Write what is added to the position of each year; return the rows of the checks."""
    of.head(head, "Added to the position of the year, £m")
    values = [sign * _by_year(result, name) for name, sign in STEPS.values()]
    steps = zip(STEPS.items(), rows, values, strict=True)
    for row, ((step, (_, sign)), source, own) in enumerate(steps, start=head + 1):
        of.formulas(
            row,
            step.capitalize(),
            f"={'-' if sign < 0 else ''}{{c}}{source + 1}",
            own,
            of.formats.money,
            of.formats.part,
        )
    total = head + len(STEPS) + 1
    of.total(total, "Added", rows_sum(head + 1, total - 1), np.sum(values, axis=0))
    return [of.against(total + 1, "Added", total, np.sum(values, axis=0))]
