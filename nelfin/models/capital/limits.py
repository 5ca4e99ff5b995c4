"""The limits table: years without a gap, and organisations that have schemes."""

from __future__ import annotations

import difflib

import pandas as pd

from nelfin.data.specs import TABLES
from nelfin.data.spots import spot
from nelfin.data.tables import inspect_frame
from nelfin.errors import Problems
from nelfin.years import years_between


def inspect_limits(limits: pd.DataFrame, place: str) -> tuple[pd.DataFrame, Problems]:
    """Inspect a limits table: its years run without a gap, the same for every organisation."""
    table, problems = inspect_frame(limits, TABLES["capital_limits"], place)
    if not {"year", "limit_gbp_m"} <= set(table.columns):
        return table, problems
    have = {str(year) for year in table["year"] if year}
    years = years_between(min(have), max(have)) if have else []
    if len(years) > 40:
        span = f"runs from {years[0]} to {years[-1]}, {len(years)} years."
        problems.add(place, span, "Give at most 40 years.")
    whole = bool(have) and all(table["year"])
    for organisation, rows in table.groupby("organisation") if whole else []:
        missing = [year for year in years[:40] if year not in set(rows["year"])]
        if missing:
            problems.add(
                place,
                f"has no limit for {organisation or 'the system'} in {', '.join(missing)}.",
                "Give every organisation the same years, without a gap.",
            )
    return table, problems


def require_limits(limits: pd.DataFrame, place: str = "limits") -> pd.DataFrame:
    """Return a limits table that is right.

    Raises
    ------
    InputError
        With every problem.
    """
    table, problems = inspect_limits(limits, place)
    problems.raise_if_any()
    return table


def check_owners(limits: pd.DataFrame, owners: set[str], place: str, problems: Problems) -> None:
    """Refuse a limit of an organisation that looks misspelt: it would bind nobody, unseen."""
    if "organisation" not in limits:
        return
    for name, rows in limits.groupby("organisation"):
        close = difflib.get_close_matches(str(name), sorted(owners), n=1, cutoff=0.8)
        if name and name not in owners and close:
            problems.add(
                spot(place, rows.index[0], "organisation"),
                f'is "{name}", which has no scheme.',
                f'Did you mean "{close[0]}"?',
            )
