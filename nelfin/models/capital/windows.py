"""The years in which a scheme may start: its window, and the open years that hold its build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from nelfin.errors import Problems
from nelfin.models.capital.closed import begun, open_from
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of


def with_starts(
    schemes: Iterable[Scheme], years: list[str], settings: Settings, problems: Problems
) -> list[Scheme]:
    """Return schemes with the starts that lie in their window and let their spend fit in the plan.

    Parameters
    ----------
    schemes
        Their starts do not matter.
    years
        Years of the plan.
    settings
        `truncate`, `leave_out`, and what to call the project table in errors.
    problems
        A window that is wrong, or that no start can keep, is added to it, unless `leave_out`.

    Returns
    -------
    list of Scheme
        In the same order; a scheme without starts cannot be in the plan.
    """
    problems = Problems() if settings.leave_out else problems
    return [
        begun(scheme, years, settings, problems)
        if scheme.started
        else replace(scheme, starts=_starts(scheme, years, settings, problems))
        for scheme in schemes
    ]


def _starts(
    scheme: Scheme, years: list[str], settings: Settings, problems: Problems
) -> tuple[int, ...]:
    at, said = partial(spot, settings.called.projects, scheme.row), settings.words
    earliest, latest = scheme.earliest_start, scheme.latest_start
    base = start_of(years[0])
    first = max(0, start_of(earliest) - base) if earliest else 0
    last = start_of(latest) - base if latest else len(years) - 1
    if earliest and latest and earliest > latest:
        problems.add(
            at("latest_start"),
            f"is {latest}, before the earliest start {earliest}.",
            "Swap or correct them.",
        )
        return ()
    for column, label, outside in (
        ("earliest_start", earliest, first >= len(years)),
        ("latest_start", latest, last < 0),
    ):
        if label and outside:
            problems.add(
                at(column),
                f"is {label}, outside the plan's years {years[0]} to {years[-1]}.",
                f"Correct the year, or take the {said.scheme} out.",
            )
            return ()
    now = open_from(years, settings)
    if last < now:
        if scheme.must_fund:
            problems.add(
                at("latest_start"),
                f"is {latest}, and years before {years[now]} are closed.",
                "Give the year in which the scheme started (started), or widen the window.",
            )
        return ()
    first = max(first, now)
    past_the_end = settings.truncate or scheme.truncate or (settings.leave_out and scheme.must_fund)
    final = len(years) - (1 if past_the_end else scheme.build_years)
    window = range(first, min(last, final) + 1)
    starts = tuple(t for t in window if years[t] not in scheme.no_start_in)
    if window and not starts:
        problems.add(
            at("no_start_in"),
            f"leaves no year of {years[window[0]]} to {years[window[-1]]} in which it may start.",
            f"Take a year out, or the {said.scheme}.",
        )
    elif not starts:
        problems.add(
            at("earliest_start") if earliest else at(),
            f"no start from {years[first]} to {years[min(last, len(years) - 1)]} lets the "
            f"{scheme.build_years} years of spend end by {years[-1]}.",
            said.widen,
        )
    return starts
