"""What checks across tables share: the tables, the plan's years, and the problems found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from nelfin.data.inputs import Inputs
from nelfin.errors import Problem, Problems, closest, nearest
from nelfin.scenario import Scenario
from nelfin.scenario.paths import SCENARIOS, packaged_scenario
from nelfin.scenario.schema import Data
from nelfin.store.sheets.spots import spot


@dataclass(frozen=True)
class Fit:
    """Tables and scenario looked at together, with every way they do not fit."""

    scenario: Scenario
    inputs: Inputs
    years: list[str]
    problems: Problems = field(default_factory=Problems)

    def at(self, table: str, row: object = None, column: str = "") -> str:
        """Name a spot in a table's file.

        Parameters
        ----------
        table
            Name of the table.
        row
            Row as a spreadsheet shows it.
        column
            Heading of the column.
        """
        return spot(self.inputs.called.get(table, f"scenario, data.{table}"), row, column)

    def comes_with_nelfin(self, table: str) -> bool:
        """Say whether a table is one of those that come with nelfin, which nobody should edit.

        Parameters
        ----------
        table
            Name of the table.
        """
        return is_packaged(self.inputs.called.get(table, ""))

    def of_other_places(self, table: str) -> bool:
        """Say whether a table names none of the scenario's places, and note it as one problem.

        It is then another system's, as when a scenario takes the tables of the embedded one; where
        that is noted already, it is not told again.

        Parameters
        ----------
        table
            Name of a table with a column `place`.
        """
        there = set(self.inputs.tables()[table]["place"]) - {""}
        if not there or there & set(self.inputs.places()):
            return False
        if f"scenario, data.{table}" not in {found.where for found in self.problems.found}:
            self.problems.add(
                self.at(table),
                "names none of the places of weighted_populations, but "
                f"{', '.join(sorted(there)[:3])}{' and others' if len(there) > 3 else ''}.",
                "Give a table of your own."
                if Data.model_fields[table].is_required()
                else f'Give a table of your own, or leave it out: set data.{table} to "".',
            )
        return True

    def unknown(self, table: str, column: str, known: list[str], more: set[str]) -> None:
        """Find words of a column that are not known.

        Parameters
        ----------
        table, column
            The column to look at.
        known
            The words it may hold.
        more
            Words beside them that it may hold too.
        """
        frame = self.inputs.tables()[table]
        words = [*known, *sorted(more)]
        if set(frame[column].tolist()) <= {"", None, *words}:
            return
        if self.comes_with_nelfin(table):
            others = list(dict.fromkeys(v for v in frame[column] if v and v not in words))
            self.problems.add(f"scenario, data.{table}", *_not_yours(others, words))
            return
        for row, value in frame[column].items():
            if value and value not in words:
                self.problems.add(
                    self.at(table, row, column), f'is "{value}".', nearest(str(value), words)
                )


def is_packaged(called: str) -> bool:
    """Say whether a table that errors call by its path is one that comes with nelfin.

    Parameters
    ----------
    called
        What errors call it.
    """
    return any(called.startswith(f"{packaged_scenario(name).parent}{os.sep}") for name in SCENARIOS)


def _not_yours(others: list[str], words: list[str]) -> tuple[str, str]:
    """Say that a table which comes with nelfin has names that the user's tables have not."""
    shown = ", ".join(f'"{name}"' for name in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    yours = next((close[0] for name in others if (close := closest(name, words))), "")
    likely = f'; they name "{yours}"' if yours else ""
    return (
        f"is the table that comes with nelfin. It names {shown}{more}, which your tables do "
        f"not{likely}.",
        "Write the same name in your tables, or give a table of your own.",
    )


def for_the_user(problem: Problem, called: Mapping[str, str]) -> Problem:
    """Return a problem of a table that comes with nelfin as one of the scenario that takes it.

    Parameters
    ----------
    problem
        Of any table.
    called
        What errors call each table, by its name.
    """
    for table, name in called.items():
        if is_packaged(name) and problem.where.startswith(name):
            row = problem.where.removeprefix(name)
            remedy = problem.remedy.replace("Did you mean", "Do your tables name it")
            if "of your own" not in remedy:
                remedy += " Give a table of your own to change it."
            return Problem(
                f"scenario, data.{table}, the table that comes with nelfin{row}",
                problem.what,
                remedy,
            )
    return problem
