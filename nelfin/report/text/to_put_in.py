"""What a system should put in: tables that hold a stand-in, or nothing, where its own belongs."""

from __future__ import annotations

import pandas as pd

from nelfin.store.findings import Findings, once

PLAIN = {"published", "derived", "given"}
"""Statuses of figures that are a system's own."""

WANTED = {
    "recovery": {
        "positions": "outturns, forecasts and plans of the organisations",
        "organisation_income": "income of the organisations by where it comes from",
        "efficiency_schemes": "efficiency schemes and asks by year",
    },
    "capital": {
        "projects": "capital schemes",
        "capital_limits": "capital limits by year",
    },
}
"""By section of the page: tables without which it says little of the system itself, in words."""


@once
def to_put_in(result: Findings) -> dict[str, list[str]]:
    """Say by section which tables to put in, since no row of theirs is the system's own.

    Parameters
    ----------
    result
        A run.

    Returns
    -------
    dict
        A sentence by section, in a list; none for a section that lacks nothing.
    """
    sources = result.table("sources")
    return {section: _sentence(sources, tables) for section, tables in WANTED.items()}


def _sentence(sources: pd.DataFrame, tables: dict[str, str]) -> list[str]:
    own = sources.loc[sources["status"].isin(PLAIN), "where"]
    wanted = [f"{words} ({table}.csv)" for table, words in tables.items() if table not in set(own)]
    if not wanted:
        return []
    return [
        f"To put in: your own {'; '.join(wanted)}. What stands there is assumed or illustrative."
    ]
