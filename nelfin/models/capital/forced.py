"""Schemes asked to be in a plan, out of it, or to start in a year, whatever they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nelfin import program as lp
from nelfin.errors import Problems, nearest
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.starts import Start

By = Mapping[str, list[Scheme]]
"""Schemes by their id, and the options of one by what they are options of."""


def with_forced(schemes: Iterable[Scheme], settings: Settings) -> list[Scheme]:
    """Return schemes of which those asked to be in must be funded, and those asked out are marked.

    Parameters
    ----------
    schemes
        All schemes.
    settings
        `must_in`, `must_out` and `must_start`: ids of schemes, or what options are options of.
    """
    inside = {*settings.must_in, *settings.must_start}
    outside = set(settings.must_out)
    return [_marked(scheme, inside, outside, settings) for scheme in schemes]


def _marked(scheme: Scheme, inside: set[str], outside: set[str], settings: Settings) -> Scheme:
    names = {scheme.id, scheme.group}
    if outside & names:
        return replace(scheme, asked="out", must_fund=scheme.must_fund or bool(inside & names))
    if scheme.id in settings.must_start:
        return replace(scheme, asked="start", must_fund=True, divisible=False)
    if inside & names:
        return replace(scheme, asked="in", must_fund=True, divisible=False)
    return scheme


def with_forced_starts(
    schemes: list[Scheme], years: list[str], settings: Settings, problems: Problems
) -> list[Scheme]:
    """Return schemes of which those asked to start in a year have that start alone.

    Parameters
    ----------
    schemes
        Marked by `with_forced`, with their starts.
    years
        Years of the plan.
    settings
        `must_start`, and what the settings are called in errors.
    problems
        A start that cannot be is added to it, with why.
    """
    found = []
    for scheme in schemes:
        starts = scheme.starts
        wanted = settings.must_start.get(scheme.id)
        if wanted is not None:
            position = years.index(wanted) if wanted in years else -1
            starts = (position,) if position in scheme.starts else ()
            if not starts:
                where = f"{settings.called.must_start} {scheme.id}={wanted}"
                problems.add(where, *_why_not(scheme, wanted, years))
        elif scheme.asked == "in" and not scheme.starts and _alone(scheme, schemes):
            problems.add(
                f"{settings.called.must_in} {scheme.id}",
                f"cannot be: its window and build do not fit {years[0]} to {years[-1]}.",
                "Widen its window, give more years of limits, or let spend run past the last year.",
            )
        found.append(replace(scheme, starts=starts))
    return found


def _alone(scheme: Scheme, schemes: list[Scheme]) -> bool:
    """Say whether no other option of a scheme has a start."""
    return not any(other.starts for other in schemes if other.group == scheme.group)


def _why_not(scheme: Scheme, wanted: str, years: list[str]) -> tuple[str, str]:
    """Return why a scheme cannot start in a year, and what to do."""
    if wanted not in years:
        return f"is outside the plan's years {years[0]} to {years[-1]}.", "Give one of these years."
    if scheme.earliest_start and wanted < scheme.earliest_start:
        return f"is before its earliest start, {scheme.earliest_start}.", "Change one of the two."
    if scheme.latest_start and wanted > scheme.latest_start:
        return f"is after its latest start, {scheme.latest_start}.", "Change one of the two."
    if years.index(wanted) + scheme.build_years > len(years):
        return (
            f"leaves no room for its {scheme.build_years} years of spend by {years[-1]}.",
            "Start it earlier, or let spend run past the last year (column truncate).",
        )
    return "is a year in which it may not start.", "Change its window, or the year."


def check_forced(schemes: list[Scheme], settings: Settings, problems: Problems) -> None:
    """Find what is asked for and cannot be: unknown schemes, contradictions, links against it.

    Parameters
    ----------
    schemes
        All schemes with their links, as the table has them.
    settings
        `must_in`, `must_out` and `must_start`, and what they are called in errors.
    problems
        Every problem is added to it.
    """
    called = settings.called
    by: dict[str, list[Scheme]] = {}
    for scheme in schemes:
        by.setdefault(scheme.group, []).append(scheme)
    by |= {scheme.id: [scheme] for scheme in schemes}
    ids = [scheme.id for scheme in schemes]
    for words, names, known in (
        (called.must_in, settings.must_in, by),
        (called.must_out, settings.must_out, by),
        (called.must_start, settings.must_start, ids),
    ):
        for name in dict.fromkeys(names):
            if name not in known:
                problems.add(f"{words} {name}", "is no scheme of the table.", nearest(name, known))
    inside = [name for name in (*settings.must_in, *settings.must_start) if name in by]
    outside = {scheme.id for name in settings.must_out for scheme in by.get(name, [])}
    for name in dict.fromkeys(inside):
        if all(scheme.id in outside for scheme in by[name]):
            problems.add(
                f"{called.must_out} {name}", "is also asked to be in.", "Ask for one of the two."
            )
    for scheme in schemes:
        others = [other for other in by[scheme.group] if other.must_fund]
        if scheme.must_fund and all(other.id in outside for other in others):
            problems.add(
                f"{called.must_out} {scheme.id}",
                "must be funded, as the table says.",
                "Set must_fund to no, or leave it in.",
            )
    wanted = [by[name][0] for name in dict.fromkeys(inside) if len(by[name]) == 1]
    _check_against_links(wanted, outside, by, settings, problems)


def _check_against_links(
    wanted: list[Scheme], outside: set[str], by: By, settings: Settings, problems: Problems
) -> None:
    """Find schemes asked to be in that need, or bar, what is asked otherwise."""
    called = settings.called
    for at, scheme in enumerate(wanted):
        words = called.must_start if scheme.id in settings.must_start else called.must_in
        where = f"{words} {scheme.id}"
        for name in _needed(scheme, by):
            if all(other.id in outside for other in by[name]):
                problems.add(where, f"needs {name}, which is asked to be out.", "Drop one of them.")
        for name, lag in scheme.requires:
            own, first = (settings.must_start.get(each) for each in (scheme.id, name))
            if own and first and _years(first, own) < lag:
                gap = f"{lag} years before it" if lag else "no later than it"
                problems.add(
                    where,
                    f"starts in {own} and needs {name} {gap}, which is asked to start in {first}.",
                    "Change one of the two years.",
                )
        for other in wanted[:at]:
            if scheme.group == other.group:
                what = f"is an option of {scheme.group}, as {other.id} is; only one is ever chosen."
                problems.add(where, what, "Ask for one of them.")
            elif _exclude(scheme, other) or _exclude(other, scheme):
                problems.add(where, f"and {other.id} exclude each other.", "Ask for one of them.")


def _needed(scheme: Scheme, by: By) -> Iterator[str]:
    """Yield everything that a scheme needs, and what that needs."""
    seen: set[str] = set()
    waiting = [name for name, _ in scheme.requires]
    while waiting:
        name = waiting.pop()
        if name not in seen and name in by:
            seen.add(name)
            yield name
            if len(by[name]) == 1:
                waiting += [other for other, _ in by[name][0].requires]


def _exclude(scheme: Scheme, other: Scheme) -> bool:
    return bool({other.id, other.group} & set(scheme.excludes))


def _years(first: str, second: str) -> int:
    """Return the years from one to another; years that are none are told elsewhere."""
    try:
        return int(second[:4]) - int(first[:4])
    except ValueError:
        return 0


def add_forced(program: lp.Program, starts: list[Start]) -> None:
    """Add a row of the kind `forced` for each scheme that is asked to be out.

    Its dual and reduced cost still say what it would be worth.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    """
    terms: dict[str, list[tuple[int, float]]] = {}
    for start in starts:
        if start.scheme.asked == "out":
            terms.setdefault(start.scheme.id, []).append((start.start_column, 1.0))
    for name, each in terms.items():
        program.row("forced", name, each, "<=", 0.0)
