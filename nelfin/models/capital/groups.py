"""Groups of schemes of which a plan holds at least, or at most, so many."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from nelfin import program as lp
from nelfin.errors import Problems, nearest
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import TableNames
from nelfin.models.capital.starts import Start
from nelfin.store.sheets.spots import spot


class GroupKey(NamedTuple):
    """A bound of a group: the key of its row in the program."""

    group: str
    bound: str
    """`at least` or `at most`."""


def check_groups(
    groups: pd.DataFrame, schemes: list[Scheme], called: TableNames, problems: Problems
) -> None:
    """Check the table of groups against the schemes that name them.

    Parameters
    ----------
    groups
        The typed table: `group, at_least, at_most`.
    schemes
        With their groups.
    called
        What to call the tables in errors.
    problems
        Every problem is added to it.
    """
    members: dict[str, set[str]] = {str(name): set() for name in groups["group"]}
    for scheme in schemes:
        for name in scheme.in_groups:
            if name in members:
                members[name].add(scheme.group)
            else:
                where = spot(called.projects, scheme.row, "group")
                remedy = f"{nearest(name, members)} A group without bounds may stand there too."
                problems.add(where, f'names "{name}", which {called.groups} does not have.', remedy)
    for row, name, least, most in zip(
        groups.index, groups["group"], groups["at_least"], groups["at_most"], strict=True
    ):
        held = len(members[str(name)])
        if not held:
            what = f'is "{name}", which no scheme names.'
            problems.add(
                spot(called.groups, row, "group"),
                what,
                "Give its schemes the column group, or drop it.",
            )
        elif least > held:
            what = f"is {least:g}, and {name} has {held} schemes to choose."
            problems.add(spot(called.groups, row, "at_least"), what, f"Ask for {held} at most.")
        if least > most:
            what = f"is {most:g}, below the {least:g} of at_least."
            problems.add(spot(called.groups, row, "at_most"), what, "Swap or correct them.")


def add_groups(program: lp.Program, starts: list[Start], groups: pd.DataFrame | None) -> None:
    """Add a row of the kind `group` for each bound of a group.

    At least: what is funded counts, a scheme in part as its share. At most: what starts counts,
    however small its share.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    groups
        The typed table, checked; None for none.
    """
    if groups is None or groups.empty:
        return
    members: dict[str, list[Start]] = {}
    for start in starts:
        for name in start.scheme.in_groups:
            members.setdefault(name, []).append(start)
    for name, least, most in zip(
        map(str, groups["group"]), groups["at_least"], groups["at_most"], strict=True
    ):
        inside = members.get(name, [])
        if least > 0:
            terms = [(start.share_column, 1.0) for start in inside]
            program.row("group", GroupKey(name, "at least"), terms, ">=", float(least))
        if not math.isnan(most):
            terms = [(start.start_column, 1.0) for start in inside]
            program.row("group", GroupKey(name, "at most"), terms, "<=", float(most))
