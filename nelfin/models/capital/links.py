"""Links between schemes: prerequisites and exclusions, and loops of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from nelfin.errors import Problems, nearest
from nelfin.models.capital.scheme import Scheme
from nelfin.store.sheets.spots import spot

At = Callable[[str], str]
"""Names a column of a row in errors."""


def required(
    cells: Mapping[str, Any], ids: Collection[str], at: At, problems: Problems
) -> tuple[tuple[str, int], ...]:
    """Return the prerequisites of a row, each with the years by which it must start before.

    Parameters
    ----------
    cells
        Typed cells of the row by column: `project_id` and `requires`.
    ids
        Every `project_id` of the table.
    at
        Names a column of the row in errors.
    problems
        What cannot be read, or names no other scheme, is added to it.
    """
    lags: dict[str, int] = {}
    for text in _split(cells["requires"]):
        name, plus, lag = text.partition("+")
        where = at("requires")
        if plus and not re.fullmatch(r"\d+", lag.strip(), re.ASCII):
            problems.add(where, f'holds "{text}".', 'Write the years as in "P12+2".')
        elif _is_other(name.strip(), cells["project_id"], ids, where, problems):
            # of two lags on one scheme the longer holds
            lags[name.strip()] = max(lags.get(name.strip(), 0), int(lag) if plus else 0)
    return tuple(lags.items())


def excluded(
    cells: Mapping[str, Any], ids: Collection[str], at: At, problems: Problems
) -> tuple[str, ...]:
    """Return the schemes that a row excludes; parameters as for `required`."""
    where = at("excludes")
    return tuple(
        name
        for name in _split(cells["excludes"])
        if _is_other(name, cells["project_id"], ids, where, problems)
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _is_other(name: str, own: str, ids: Collection[str], where: str, problems: Problems) -> bool:
    if name == own:
        problems.add(where, "names the scheme itself.", "Take it out.")
    elif name not in ids:
        problems.add(where, f'names "{name}", which no row has.', nearest(name, ids))
    else:
        return True
    return False


def check_links(schemes: list[Scheme], called: str, problems: Problems) -> None:
    """Find links that cannot hold: exclusions of what is needed, and loops.

    Parameters
    ----------
    schemes
        With their links.
    called
        What to call the project table in errors.
    problems
        Every problem is added to it.
    """
    by_id = {scheme.id: scheme for scheme in schemes}
    for scheme in schemes:
        for name, _ in scheme.requires:
            other = by_id[name]
            if name in scheme.excludes or scheme.id in other.excludes:
                problems.add(
                    spot(called, scheme.row, "requires"),
                    f"names {name}, but the two exclude each other.",
                    "Drop one of the two links.",
                )
            elif scheme.group == other.group:
                problems.add(
                    spot(called, scheme.row, "requires"),
                    f"names {name}, another option of {scheme.group}; only one is ever chosen.",
                    "Drop the link, or take one of them out of the options.",
                )
        for name in scheme.excludes:
            if scheme.must_fund and by_id[name].must_fund:
                problems.add(
                    spot(called, scheme.row, "excludes"),
                    f"names {name}, but both must be funded.",
                    "Set must_fund to no for one of them.",
                )
    for loop in _loops(by_id):
        shown = loop if len(loop) <= 8 else [*loop[:4], f"… ({len(loop) - 5} more) …", loop[-1]]
        problems.add(
            spot(called, by_id[loop[0]].row, "requires"),
            f"makes a loop: {' needs '.join([*shown, loop[0]])}.",
            "Break the loop.",
        )


def _loops(by_id: Mapping[str, Scheme]) -> list[list[str]]:
    """Return the loops of prerequisites, each once."""
    done: set[str] = set()
    loops = []
    for start in by_id:
        path: list[str] = []
        trail = [(start, iter(by_id[start].requires))] if start not in done else []
        if trail:
            path.append(start)
        while trail:
            _, links = trail[-1]
            step = next(links, None)
            if step is None:
                done.add(path.pop())
                trail.pop()
            elif step[0] in path:
                loops.append(path[path.index(step[0]) :])
            elif step[0] not in done:
                path.append(step[0])
                trail.append((step[0], iter(by_id[step[0]].requires)))
    return loops
