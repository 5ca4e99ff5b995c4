"""The limits table: years without a gap, and organisations that have schemes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from nelfin.errors import Problems
from nelfin.store.sheets.spots import spot
from nelfin.years import years_between


class LimitKey(NamedTuple):
    """Whose limit of which year: the key of its row in the program."""

    organisation: str
    """"" is the system."""
    year: str


MOST_YEARS = 40
"""Years that a plan may have."""


def check_years(limits: pd.DataFrame, called: str, problems: Problems, now: str = "") -> None:
    """Find years without a limit: they run without a gap, the same for every organisation.

    Parameters
    ----------
    limits
        The typed table: `year, organisation` and more.
    called
        What to call the table in errors.
    problems
        Every problem is added to it.
    now
        Year that it now is; years before it are closed, and need no limit.
    """
    given = {str(year) for year in limits["year"] if year}
    years = years_between(min(given), max(given)) if given else []
    if len(years) > MOST_YEARS:
        span = f"runs from {years[0]} to {years[-1]}, {len(years)} years."
        problems.add(called, span, f"Give at most {MOST_YEARS} years.")
    if not (given and all(limits["year"])):
        return
    for organisation, rows in limits.groupby("organisation"):
        own = set(rows["year"])
        missing = [year for year in years[:MOST_YEARS] if year >= now and year not in own]
        if missing and max(own) >= now:
            problems.add(
                called,
                f"has no limit for {organisation or 'the system'} in {', '.join(missing)}.",
                "Give every organisation the same years, without a gap.",
            )


def check_owners(
    limits: pd.DataFrame, owners: Iterable[str], called: str, problems: Problems
) -> None:
    """Find a limit of an organisation that looks misspelt: it would bind nobody, unseen.

    Parameters
    ----------
    limits
        The typed table, with `organisation`.
    owners
        Organisations that have schemes.
    called
        What to call the table in errors.
    problems
        Every problem is added to it.
    """
    known = sorted(set(owners))
    for name, rows in limits.groupby("organisation"):
        close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.8)
        if name and name not in known and close:
            problems.add(
                spot(called, rows.index[0], "organisation"),
                f'is "{name}", which has no scheme.',
                f'Did you mean "{close[0]}"?',
            )
