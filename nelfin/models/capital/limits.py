"""The limits table: years without a gap, and organisations that have schemes."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from nelfin import program as lp
from nelfin.data.projects import spend_profile
from nelfin.data.tables import lines_of
from nelfin.errors import MANY, Problems, closest
from nelfin.models.capital.settings import TableNames
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

SHOWN = 12
"""Organisations that an error names."""


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
    years_of: dict[tuple[str, str], set[str]] = {}
    for year, *whose in lines_of(limits, "year", "organisation", "money"):
        years_of.setdefault((str(whose[0]), str(whose[1])), set()).add(str(year))
    for (organisation, money), own in sorted(years_of.items()):
        missing = [year for year in years[:MOST_YEARS] if year >= now and year not in own]
        if missing and max(own) >= now:
            of = f" of {money}" if money else ""
            problems.add(
                called,
                f"has no limit{of} for {organisation or 'the system'} in {', '.join(missing)}.",
                "Give every organisation the same years, without a gap.",
            )


def check_owners(
    limits: pd.DataFrame, projects: pd.DataFrame, called: TableNames, problems: Problems
) -> None:
    """Find limits that bind nobody, and schemes that no limit holds: neither is passed in silence.

    Parameters
    ----------
    limits
        The typed table: `organisation` and, where money has sources, `money`.
    projects
        The typed table of schemes.
    called
        What to call the tables in errors.
    problems
        Every problem is added to it.
    """
    owners, money = _words(projects, "organisation"), _words(projects, "money")
    if limits.empty or not any(owners):
        return
    known = sorted(set(owners) - {""})
    bound, kind = _words(limits, "organisation"), _words(limits, "money")
    for name in dict.fromkeys(name for name in bound if name and name not in set(owners)):
        problems.add(
            spot(called.limits, limits.index[bound.index(name)], "organisation"),
            f'is "{name}", which has no scheme: its limit would bind nobody.',
            f"{_nearest_owner(name, known)} A blank is the whole system.",
        )
    for name in sorted(set(kind) - set(money)):
        row = limits.index[kind.index(name)]
        problems.add(
            spot(called.limits, row, "money"),
            f'is "{name}", which no scheme has: its limit would bind nobody.' if name else
            "is blank, the ordinary capital, and every scheme names another money.",
            f"Schemes have: {', '.join(sorted(set(money) - {''})) or 'only blanks'}.",
        )  # fmt: skip
    held = set(zip(bound, kind, strict=True))
    has = set(zip(owners, money, strict=True))
    for name, of in sorted(held - has):
        if of and name in known and of in set(money):
            row = limits.index[list(zip(bound, kind, strict=True)).index((name, of))]
            problems.add(
                spot(called.limits, row, "money"),
                f'is "{of}", which no scheme of {name} has: its limit would bind nobody.',
                "Take it out, or correct the schemes.",
            )
    counts = spend_profile(projects).any(axis=1) & (projects["cdel_share"].to_numpy() != 0)
    loose: dict[tuple[str, str], list[object]] = {}
    for row, owner, of, counted in zip(projects.index, owners, money, counts.tolist(), strict=True):
        if counted and owner and not {(owner, of), ("", of)} & held:
            loose.setdefault((owner, of), []).append(row)
    for (owner, of), rows in loose.items():
        beside = f' of the money "{of}"' if of else ""
        others = f" and {len(rows) - 1:,} more of its schemes" if len(rows) > 1 else ""
        problems.add(
            spot(called.projects, rows[0], "organisation"),
            f'is "{owner}", which has no limit{beside}, and neither has the system: nothing would '
            f"hold the scheme{others}.",
            f"Give limits of {owner}, or of the system (organisation left blank); a scheme outside "
            "every limit has cdel_share 0.",
        )


def rounding(limit: float) -> float:
    """Return by how much use may pass a limit, £m: a pound, and what the solver rounds.

    Parameters
    ----------
    limit
        £m.
    """
    return lp.POUND + 1e-9 * max(abs(limit), 1.0)


def _words(table: pd.DataFrame, name: str) -> list[str]:
    """Return the words of a column, "" where it is blank or not there."""
    if name not in table:
        return [""] * len(table)
    cells = table[name]
    return [str(cell) if there else "" for cell, there in zip(cells, cells.notna(), strict=True)]


def _nearest_owner(name: str, known: list[str]) -> str:
    """Return the organisation that has schemes and may be meant, and all there are."""
    listed = ", ".join(known[:SHOWN])
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    close = closest(name, known) if len(known) <= MANY else []
    meant = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{meant}Organisations with schemes: {listed}{more}."
