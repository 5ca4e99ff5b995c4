"""Options of `nelfin capital-solve` on years that are over, limits in real terms and backlog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.grouped import options
from nelfin.cli.shares import GROWTH

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.cli.capital_lists import Lists
    from nelfin.models.capital import CapitalPlan, Settings


money_options = options(
    click.option(
        "--now", default="", metavar="Y",
        help="Year that it now is: nothing starts before it, and what has started (column "
        "started) stands.",
    ),
    click.option(
        "--deflator", type=GROWTH, metavar="P",
        help="General inflation a year, for limits in prices of another year (price_year).",
    ),
    click.option(
        "--backlog", type=click.Path(path_type=Path), metavar="TABLE",
        help="Backlog of maintenance: columns organisation, band, backlog_gbp_m, year. Adds "
        "backlog.csv: what the plan clears, and what is left.",
    ),
    click.option(
        "--deterioration", type=GROWTH, default="0%", metavar="P",
        help="What backlog grows by a year as buildings age, beside prices.",
    ),
)  # fmt: skip
"""Options of this file."""


def money_settings(now: str, deflator: float | None, deterioration: float) -> dict[str, Any]:
    """Return the fields of `Settings` that the options set.

    Parameters
    ----------
    now, deflator, deterioration
        The options.
    """
    return {"now": now, "deflator_pct": deflator, "backlog_deterioration_pct": deterioration}


def read_backlog(file: Path | None, lists: Lists) -> pd.DataFrame | None:
    """Return the table of backlog with typed columns; None where none is given.

    Parameters
    ----------
    file
        CSV or Excel.
    lists
        Takes what was read as something else than it is spelt, and what was not read.

    Raises
    ------
    InputError
        With every problem of the table.
    """
    from nelfin.data.specs import BACKLOG_TABLE

    return None if file is None else lists.read_typed("backlog", file, BACKLOG_TABLE)


def backlog_tables(
    plan: CapitalPlan, backlog: pd.DataFrame | None, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Return the table of what a plan clears and leaves of a backlog; none where none is given.

    Parameters
    ----------
    plan
        The plan.
    backlog
        From `read_backlog`.
    settings
        How the plan was drawn up.
    """
    from nelfin.models.backlog import backlog_by_year, claims_of
    from nelfin.store.tidy import tidy_tables

    if backlog is None or backlog.empty:
        return {}
    years = sorted(set(plan.limits["year"]))
    names = [
        str(name) for name in dict.fromkeys([*backlog["organisation"], *plan.plan["organisation"]])
    ]
    claims = claims_of(plan, settings, names, years)
    rates = (settings.backlog_deterioration_pct, settings.price_growth_pct)
    return tidy_tables(backlog_by_year(backlog, claims, names, years, *rates))
