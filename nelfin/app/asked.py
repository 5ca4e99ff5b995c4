"""What a request asks for: what is moved, and what is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Request

from nelfin.app.desk import Desk
from nelfin.app.keeping import SLUG
from nelfin.app.moves import Moves, pairs_of, read_moves
from nelfin.errors import Problems

MOST_COMPARED = 3
"""Kept scenarios that are compared at once."""

VIEW = ("place", "year", "find", "with")
"""What an address may say beside what is moved: how it is looked at."""


@dataclass(frozen=True)
class Asked:
    """What a request asks for.

    Parameters
    ----------
    moves
        What is moved.
    place, year
        What the screen of places shows.
    find
        What is looked for in a list.
    compared
        Files of kept scenarios to compare with, without their ending.
    as_given
        Whether the address says it as the app would: nothing that is not moved.
    """

    moves: Moves
    place: str = ""
    year: str = ""
    find: str = ""
    compared: Sequence[str] = field(default=())
    as_given: bool = True

    def pairs(self, **other: str) -> dict[str, Any]:
        """Return the query of an address.

        Parameters
        ----------
        **other
            What is to be otherwise: `place`, `year`, `find`.
        """
        view = {"place": self.place, "year": self.year, "find": self.find} | other
        found: dict[str, Any] = dict(pairs_of(self.moves))
        found |= {name: value for name, value in view.items() if value}
        if self.compared:
            found["with"] = list(self.compared)
        return found

    def without(self, key: str) -> dict[str, Any]:
        """Return the query of an address in which one setting is as the scenario has it.

        Parameters
        ----------
        key
            Dotted key of the setting.
        """
        return {name: value for name, value in self.pairs().items() if name != key}


def read_request(request: Request, desk: Desk) -> Asked:
    """Return what a request asks for.

    Parameters
    ----------
    request
        Its address holds what is moved and how it is looked at; a form may hold what is moved.
    desk
        The desk.

    Raises
    ------
    InputError
        With every problem of what is moved, and of names that the app does not know.
    """
    given = list(request.args.items(multi=True))
    given += [pair for pair in request.form.items(multi=True)
              if "." in pair[0] and not pair[0].startswith("why:")]  # fmt: skip
    problems = Problems()
    view: dict[str, list[str]] = {name: [] for name in VIEW}
    for name, value in given:
        if "." in name:
            continue
        if name not in view:
            problems.add(f'"{name[:60]}"', "is nothing that the app knows.", "Take it out.")
        elif value and (len(value) > 200 or not value.isprintable()):
            problems.add(f'"{name}"', "has a text that cannot be.", "Shorten it.")
        else:
            view[name].append(value)
    compared = list(dict.fromkeys(value for value in view["with"] if value))
    if len(compared) > MOST_COMPARED:
        problems.add("The address", f"compares {len(compared)} kept scenarios.",
                     f"Compare at most {MOST_COMPARED}.")  # fmt: skip
    for slug in compared[:MOST_COMPARED]:
        if not SLUG.fullmatch(slug):
            problems.add("The kept scenario", f'"{slug}" is not there.', "Choose one of the list.")
    place, year, find = ((view[name] or [""])[-1].strip() for name in ("place", "year", "find"))
    known = {"place": desk.base.places, "year": desk.base.years}
    for what, value in (("place", place), ("year", year)):
        if value and value not in known[what]:
            problems.add(
                f"The {what}", f'"{value}" is none of the plan.', "Choose one of the list."
            )
    problems.raise_if_any()
    pairs = [(name, value) for name, value in given if "." in name]
    moves = read_moves(desk.scenario, pairs)
    return Asked(
        moves, place, year, find, compared, sorted(pairs) == sorted(pairs_of(moves).items())
    )
