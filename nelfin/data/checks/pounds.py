"""Questions about capital tables whose money looks like pounds or thousands, as a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nelfin.data.projects import spend_profile
from nelfin.data.specs.columns import MOST_GBP_M
from nelfin.data.usual import IF_RIGHT, is_marked
from nelfin.errors import Problems

MOST_MEDIAN = 250.0
"""£m that the middle scheme of a list is below: half of the schemes are no hospitals."""

FEW = 5
"""Schemes below which a list has no middle that would tell its unit."""


def ask_of_pounds(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    projects_called: str,
    limits_called: str,
    problems: Problems,
) -> None:
    """Ask about limits and schemes that come to more a year than any system has, or are too large.

    Parameters
    ----------
    projects, limits
        The tables with typed columns. Rows whose source says that they are unusual are passed over.
    projects_called, limits_called
        What to call them in errors.
    problems
        Takes each question.
    """
    if {"year", "limit_gbp_m"} <= set(limits.columns):
        rows = limits[_to_ask(limits)]
        most = float(rows.groupby("year")["limit_gbp_m"].sum().max()) if len(rows) else 0.0
        if most > MOST_GBP_M:
            problems.add(
                limits_called,
                f"comes to £{most / 1e3:,.0f}bn in a year, more than any system has: are these "
                "pounds or £000?",
                _remedy("--limit-unit"),
            )
    spend = spend_profile(projects[_to_ask(projects)])
    if not spend.size:
        return
    year = float(spend.sum(axis=0).max())
    each = np.abs(spend).sum(axis=1)
    spends = each[each > 0]
    median = float(np.median(spends)) if len(spends) >= FEW else 0.0
    if year <= MOST_GBP_M and median <= MOST_MEDIAN:
        return
    middle = f", and the middle scheme costs £{median:,.0f}m" if median > MOST_MEDIAN else ""
    problems.add(
        projects_called,
        f"comes to £{year / 1e3:,.0f}bn in a year{middle}: are these pounds or £000?",
        _remedy("--unit"),
    )


def _to_ask(table: pd.DataFrame) -> list[bool]:
    if "source" not in table:
        return [True] * len(table)
    return [not is_marked(source) for source in table["source"]]


def _remedy(option: str) -> str:
    return (
        f"Write them in £m; nelfin capital-solve reads other units with {option} £k or {option} £. "
        f"{IF_RIGHT}"
    )
