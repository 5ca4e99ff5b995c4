"""The backlog of maintenance on the sheet of capital: from the start of each year to its end."""

from __future__ import annotations

import pandas as pd

from nelfin.report.workbook.cells import LONGEST
from nelfin.report.workbook.people_sheet import People
from nelfin.store.findings import Findings

START, CLEARED, AGED, DEARER, LEFT = range(1, 6)
"""Rows of the block, from its heading."""


def write_backlog(of: People, head: int, result: Findings) -> list[int]:
    """Write what is cleared of the backlog and what is left; return the rows of the checks.

    Parameters
    ----------
    of
        The sheet.
    head
        Row of the heading.
    result
        The run; without a backlog nothing is written.
    """
    data = result.data
    if "backlog_left" not in data:
        return []
    of.head(head, "Backlog of maintenance, all bodies, £m")

    def every(name: str) -> pd.Series:
        whole = data[f"backlog_{name}"].sum(["organisation", "band"], min_count=1)
        return whole.to_series()

    money, part = of.formats.money, of.formats.part
    rows = {
        START: ("At the start of the year", every("opening")),
        CLEARED: ("Cleared by the plan", -every("cleared")),
        AGED: ("Added as buildings age", every("deterioration")),
        DEARER: ("Added as prices grow", every("prices")),
    }
    for row, (words, values) in rows.items():
        of.figures(head + row, words, values, money, part)
    added = f"=SUM({{c}}{head + START + 1}:{{c}}{head + DEARER + 1})"
    left = every("left").to_numpy()
    of.total(head + LEFT, "Left at the end of the year", added, left)
    check = of.against(head + LEFT + 1, "Left", head + LEFT, left)
    row = check + 1
    of.figures(row, "Left if nothing were cleared", every("left_without"), money, part)
    own = data["backlog_left"].sum("band", min_count=1)
    for name in own["organisation"].values:
        values = own.sel(organisation=name).to_series()
        if values.notna().any():
            row += 1
            of.figures(row, f"Left, {name}"[:LONGEST], values, money, part)
    return [check]
