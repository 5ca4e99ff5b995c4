"""Links between schemes: prerequisites and exclusions, and loops of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from nelfin.errors import Problems, nearest
from nelfin.models.capital.naming import names_in
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.vocabulary import CAPITAL, Vocabulary
from nelfin.store.sheets.spots import spot

At = Callable[[str], str]
"""Names a column of a row in errors."""


def required(
    cells: Mapping[str, Any],
    known: Collection[str],
    at: At,
    problems: Problems,
    said: Vocabulary = CAPITAL,
) -> tuple[tuple[str, int], ...]:
    """Return the prerequisites of a row, each with the years by which it must start before.

    Parameters
    ----------
    cells
        Typed cells of the row by column: `project_id`, `option_of` and `requires`.
    known
        Every `project_id` and `option_of` of the table.
    at
        Names a column of the row in errors.
    problems
        What cannot be read, or names no other scheme, is added to it.
    said
        What errors call things.
    """
    if not cells["requires"]:
        return ()
    lags: dict[str, int] = {}
    where = at("requires")
    for name, lag, text in names_in(cells["requires"], known):
        head, plus, _ = name.rpartition("+")
        if name not in known and plus and head.strip() in known:
            problems.add(where, f'holds "{text}".', 'Write the years as in "P12+2".')
        elif _is_other(name, cells, known, where, problems, said):
            # of two lags on one scheme the longer holds
            lags[name] = max(lags.get(name, 0), lag)
    return tuple(lags.items())


def excluded(
    cells: Mapping[str, Any],
    known: Collection[str],
    at: At,
    problems: Problems,
    said: Vocabulary = CAPITAL,
) -> tuple[str, ...]:
    """Return the schemes that a row excludes; parameters as for `required`."""
    if not cells["excludes"]:
        return ()
    where = at("excludes")
    names = [text if lag else name for name, lag, text in names_in(cells["excludes"], known)]
    return tuple(name for name in names if _is_other(name, cells, known, where, problems, said))


def _is_other(
    name: str,
    cells: Mapping[str, Any],
    known: Collection[str],
    where: str,
    problems: Problems,
    said: Vocabulary,
) -> bool:
    if name == cells["project_id"]:
        problems.add(where, f"names the {said.scheme} itself.", "Take it out.")
    elif name == cells["option_of"]:
        problems.add(where, f"names {name}, which it is an option of.", "Take it out.")
    elif name not in known:
        remedy = nearest(name, known)
        if ";" in name or '"' in name:
            remedy += ' An id that holds ";" stands in quotes.'
        problems.add(where, f'names "{name}", which no row has.', remedy)
    else:
        return True
    return False


def check_links(
    schemes: list[Scheme], called: str, problems: Problems, said: Vocabulary = CAPITAL
) -> None:
    """Find links that cannot hold: exclusions of what is needed, and loops.

    Parameters
    ----------
    schemes
        With their links.
    called
        What to call the project table in errors.
    problems
        Every problem is added to it.
    said
        What errors call things.
    """
    by_name = named_by(schemes)
    by_id = {scheme.id: scheme for scheme in schemes}
    for scheme in schemes:
        for name, _ in scheme.requires:
            others = by_name[name]
            if all(_apart(scheme, other, by_name) for other in others):
                problems.add(
                    spot(called, scheme.row, "requires"),
                    f"names {name}, but the two exclude each other.",
                    "Drop one of the two links.",
                )
            elif scheme.group == others[0].group:
                problems.add(
                    spot(called, scheme.row, "requires"),
                    f"names {name}, another option of {scheme.group}; only one is ever chosen.",
                    "Drop the link, or take one of them out of the options.",
                )
        for name in scheme.excludes:
            if scheme.must_fund and any(other.must_fund for other in by_name[name]):
                problems.add(
                    spot(called, scheme.row, "excludes"),
                    f"names {name}, but both {said.must}.",
                    f"Set {said.must_column} to no for one of them.",
                )
    for loop in _loops(by_id, by_name):
        shown = loop if len(loop) <= 8 else [*loop[:4], f"… ({len(loop) - 5} more) …", loop[-1]]
        problems.add(
            spot(called, by_id[loop[0]].row, "requires"),
            f"makes a loop: {' needs '.join([*shown, loop[0]])}.",
            "Break the loop.",
        )


def needed_first(schemes: Iterable[Scheme]) -> list[Scheme]:
    """Return schemes in the order given, but that each comes after those of them that it needs.

    Parameters
    ----------
    schemes
        Such as the best first. Of several options of what one needs the first counts.
    """
    wanted = list(schemes)
    by_name = named_by(wanted)
    ordered: dict[str, Scheme] = {}
    seen: set[str] = set()
    for scheme in wanted:
        waiting = [scheme]
        while waiting:
            last = waiting[-1]
            seen.add(last.id)
            needed = [by_name[name][0] for name, _ in last.requires if name in by_name]
            # what is seen and not in its place is waiting for this one: options may make a loop
            ahead = next((other for other in needed if other.id not in seen), None)
            if ahead is None:
                ordered.setdefault(waiting.pop().id, last)
            else:
                waiting.append(ahead)
    return list(ordered.values())


def named_by(schemes: Iterable[Scheme]) -> dict[str, list[Scheme]]:
    """Return the schemes that a link may mean, by name: one by its id, or all options of one.

    Parameters
    ----------
    schemes
        All of them.
    """
    schemes = list(schemes)
    by_name: dict[str, list[Scheme]] = {}
    for scheme in schemes:
        by_name.setdefault(scheme.group, []).append(scheme)
    # an id means the scheme that has it
    return by_name | {scheme.id: [scheme] for scheme in schemes}


def _apart(one: Scheme, other: Scheme, by_name: Mapping[str, list[Scheme]]) -> bool:
    """Say whether one of two schemes excludes the other."""
    return any(
        named.id == second.id
        for first, second in ((one, other), (other, one))
        for name in first.excludes
        for named in by_name[name]
    )


def _loops(by_id: Mapping[str, Scheme], by_name: Mapping[str, list[Scheme]]) -> list[list[str]]:
    """Return the loops of prerequisites, each once; any option of a scheme is enough."""
    done = _sound(by_id, by_name)
    loops = []
    for start in by_id:
        path: list[str] = []
        trail = [(start, iter(_steps(by_id[start], by_name)))] if start not in done else []
        if trail:
            path.append(start)
        while trail:
            _, links = trail[-1]
            step = next(links, None)
            if step is None:
                done.add(path.pop())
                trail.pop()
            elif step in path:
                loops.append(path[path.index(step) :])
            elif step not in done:
                path.append(step)
                trail.append((step, iter(_steps(by_id[step], by_name))))
    return loops


def _sound(by_id: Mapping[str, Scheme], by_name: Mapping[str, list[Scheme]]) -> set[str]:
    """Return the schemes whose prerequisites can all be met, so that no loop holds them."""
    waits = {name: {other for other, _ in scheme.requires} for name, scheme in by_id.items()}
    wanted: dict[str, list[str]] = {}
    for name, others in waits.items():
        for other in others:
            wanted.setdefault(other, []).append(name)
    sound = [name for name, others in waits.items() if not others]
    for name in sound:  # grows while it is gone through
        for met in {name, by_id[name].group}:
            if by_id[name] not in by_name[met]:
                continue
            for waiting in wanted.pop(met, []):
                waits[waiting].discard(met)
                if not waits[waiting]:
                    sound.append(waiting)
    return set(sound)


def _steps(scheme: Scheme, by_name: Mapping[str, list[Scheme]]) -> list[str]:
    return [other.id for name, _ in scheme.requires for other in by_name[name]]
