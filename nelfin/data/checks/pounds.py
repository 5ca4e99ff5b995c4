"""Questions about capital tables whose money looks like pounds or thousands, as a whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.projects import spend_columns
from nelfin.data.specs.columns import MOST_GBP_M
from nelfin.data.usual import IF_RIGHT, is_marked
from nelfin.errors import Problems

MOST_MEDIAN = 250.0
"""£m that the middle scheme of a list is below: half of the schemes are no hospitals."""

FEW = 5
"""Schemes below which a list has no middle that would tell its unit."""

BEYOND_DOUBT = 100.0
"""Times what is usual from which a list is refused; below, it is told: a list may be an exercise in
points, with no money behind it."""


def in_pounds(projects: pd.DataFrame, times: float = 1.0) -> str:
    """Say what of the money of schemes is more than any system has; "" where nothing is.

    Parameters
    ----------
    projects
        The table, its spend as numbers or texts. Rows whose source says that they are unusual are
        passed over.
    times
        How often what is usual has to be passed.
    """
    spend = _numbers(projects, spend_columns(projects))[_to_ask(projects)]
    if not spend.size:
        return ""
    year = float(spend.sum(axis=0).max())
    each = np.abs(spend).sum(axis=1)
    spends = each[each > 0]
    median = float(np.median(spends)) if len(spends) >= FEW else 0.0
    if year <= times * MOST_GBP_M and median <= times * MOST_MEDIAN:
        return ""
    middle = f", and the middle scheme costs £{median:,.0f}m" if median > MOST_MEDIAN else ""
    return (
        f"comes to £{year / 1e3:,.0f}bn in the largest year{middle}: are these pounds or £000? "
        "nelfin capital-solve reads other units with --unit £k or --unit £."
    )


def ask_of_pounds(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    projects_called: str,
    limits_called: str,
    problems: Problems,
) -> None:
    """Refuse limits that come to more a year than any system has, and schemes beyond any doubt.

    Parameters
    ----------
    projects, limits
        The tables with typed columns.
    projects_called, limits_called
        What to call them in errors.
    problems
        Takes each question.
    """
    if {"year", "limit_gbp_m"} <= set(limits.columns):
        by_year: dict[object, float] = {}
        lines = zip(limits["year"], limits["limit_gbp_m"].fillna(0.0), _to_ask(limits), strict=True)
        for year, limit, asked in lines:
            if asked and year:
                by_year[year] = by_year.get(year, 0.0) + limit
        most = max(by_year.values(), default=0.0)
        if most > MOST_GBP_M:
            problems.add(
                limits_called,
                f"comes to £{most / 1e3:,.0f}bn in a year, more than any system has: are these "
                "pounds or £000?",
                "Write them in £m; nelfin capital-solve reads other units with --limit-unit £k or "
                f"--limit-unit £. {IF_RIGHT}",
            )
    if said := in_pounds(projects, BEYOND_DOUBT):
        problems.add(projects_called, said, IF_RIGHT)


def _numbers(table: pd.DataFrame, names: list[str]) -> npt.NDArray[np.float64]:
    """Return columns as numbers, 0 where a cell is none; shape (row, column)."""
    numbers = np.zeros((len(table), len(names)))
    for at, name in enumerate(names):
        cells = pd.to_numeric(table[name].to_numpy(), errors="coerce")
        numbers[:, at] = np.where(np.isnan(cells), 0.0, cells)
    return numbers


def _to_ask(table: pd.DataFrame) -> list[bool]:
    if "source" not in table:
        return [True] * len(table)
    return [not is_marked(source) for source in table["source"]]
