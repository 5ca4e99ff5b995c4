"""The limits table: years without a gap, and organisations that have schemes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from nelfin import program as lp
from nelfin.errors import Problems
from nelfin.store.sheets.spots import spot
from nelfin.years import years_between


class LimitKey(NamedTuple):
    """Whose limit of which year: the key of its row in the program."""

    organisation: str
    """"" is the system."""
    year: str
    money: str = ""
    """Source of money it is of; "" is the ordinary capital."""


def key_of(limit: Any) -> LimitKey:
    """Return the key of a row of the limits table.

    Parameters
    ----------
    limit
        A row as `itertuples` gives it.
    """
    return LimitKey(str(limit.organisation), str(limit.year), str(getattr(limit, "money", "")))


def of_system(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the system's ordinary capital.

    Parameters
    ----------
    limits
        Of a plan or a table: `organisation`, and `money` where a limit names one.
    """
    ordinary = of_ordinary(limits)
    return ordinary[ordinary["organisation"] == ""]


def of_ordinary(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the ordinary capital, without the column that tells them.

    Parameters
    ----------
    limits
        Of a plan: `money` stands there where a limit names one.
    """
    if "money" not in limits:
        return limits
    return limits[limits["money"] == ""].drop(columns="money").reset_index(drop=True)


MOST_YEARS = 40
"""Years that a plan may have."""


def check_years(limits: pd.DataFrame, called: str, problems: Problems) -> None:
    """Find years without a limit: they run without a gap, the same for every organisation.

    Parameters
    ----------
    limits
        The typed table: `year, organisation` and more.
    called
        What to call the table in errors.
    problems
        Every problem is added to it.
    """
    given = {str(year) for year in limits["year"] if year}
    years = years_between(min(given), max(given)) if given else []
    if len(years) > MOST_YEARS:
        span = f"runs from {years[0]} to {years[-1]}, {len(years)} years."
        problems.add(called, span, f"Give at most {MOST_YEARS} years.")
    if not (given and all(limits["year"])):
        return
    for (organisation, money), rows in limits.groupby(["organisation", "money"]):
        missing = [year for year in years[:MOST_YEARS] if year not in set(rows["year"])]
        if missing:
            of = f" of {money}" if money else ""
            problems.add(
                called,
                f"has no limit{of} for {organisation or 'the system'} in {', '.join(missing)}.",
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


def rounding(limit: float) -> float:
    """Return by how much use may pass a limit, £m: a pound, and what the solver rounds.

    Parameters
    ----------
    limit
        £m.
    """
    return lp.POUND + 1e-9 * max(abs(limit), 1.0)
