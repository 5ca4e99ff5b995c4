"""Years that are over: nothing starts in them, and schemes that have started stand."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from nelfin.errors import Problems
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of


def open_from(years: list[str], settings: Settings) -> int:
    """Return the position of the first open year of a plan.

    Parameters
    ----------
    years
        Years of the plan.
    settings
        `now`; "" closes none.
    """
    return max(0, start_of(settings.now) - start_of(years[0])) if settings.now else 0


def begun(scheme: Scheme, years: list[str], settings: Settings, problems: Problems) -> Scheme:
    """Return a scheme that has started as it stands: one start, and what it still spends.

    It is in the plan whatever its window and its prerequisites say. What it spent before the
    plan's years counts for nothing any more, and neither does the backlog which that has cleared.

    Parameters
    ----------
    scheme
        With the year in which it started.
    years
        Years of the plan.
    settings
        `now`, and what to call the project table in errors.
    problems
        A start that lies ahead, or a scheme that had ended before the plan, is added to it.
    """
    at = partial(spot, settings.called.projects, scheme.row)
    now = max(settings.now, years[0])
    if scheme.started > now:
        problems.add(
            at("started"),
            f"is {scheme.started}, and it is {now}.",
            "Leave it blank for a scheme that has not started: earliest_start and must_fund say "
            "when it is to.",
        )
        return replace(scheme, starts=())
    position = start_of(scheme.started) - start_of(years[0])
    spent = max(0, -position)
    if spent >= scheme.build_years:
        problems.add(
            at("started"),
            f"is {scheme.started}: the scheme's {scheme.build_years} years of spend had ended "
            f"before {years[0]}, the first year of the plan.",
            "Take the scheme out.",
        )
        return replace(scheme, starts=())
    left = scheme.spend[spent:]
    whole = scheme.spend.sum()
    share = float(left.sum() / whole) if whole > 0 else 1.0
    return replace(
        scheme,
        spend=left,
        backlog={band: amount * share for band, amount in scheme.backlog.items()},
        starts=(max(position, 0),),
        requires=(),
    )


def check_now(years: list[str], settings: Settings, problems: Problems) -> Settings:
    """Find a year that it now is after all the limits, or that is no year.

    Parameters
    ----------
    years
        Years with limits.
    settings
        `now`.
    problems
        Every problem is added to it.

    Returns
    -------
    Settings
        As given; without `now` where it is wrong, so that the rest can be looked at.
    """
    if not settings.now:
        return settings
    try:
        start_of(settings.now)
    except ValueError as error:
        problems.add(settings.called.now, f"{error}.", "Write it as in 2026/27.")
        return replace(settings, now="")
    if years and settings.now > years[-1]:
        problems.add(
            settings.called.now,
            f"is {settings.now}, after the last year with a limit, {years[-1]}: no year is open.",
            "Give limits of later years.",
        )
        return replace(settings, now="")
    return settings


def check_rules_open(rules: pd.DataFrame, settings: Settings, problems: Problems) -> None:
    """Find rules of a year that is closed: no plan can keep or break them any more.

    Parameters
    ----------
    rules
        The typed table.
    settings
        `now`, and what to call the table in errors.
    problems
        Every problem is added to it.
    """
    for row, year in rules["year"].items():
        if year and year < settings.now:
            problems.add(
                spot(settings.called.rules, row, "year"),
                f"is {year}, which is closed: it is {settings.now}.",
                "Take the rule out, or leave the year blank: over all years.",
            )


def with_status(limits: pd.DataFrame, now: str) -> pd.Series:
    """Return how each limit stands: `firm`, `indicative`, or `closed` where its year is over.

    Parameters
    ----------
    limits
        `year, status`.
    now
        Year that it now is; "" closes none.
    """
    stands = [
        "closed" if year < now else status
        for year, status in zip(limits["year"], limits["status"], strict=True)
    ]
    return pd.Series(stands, index=limits.index, dtype=str)
