"""What checks across tables share: the tables, the plan's years, and the problems found."""

from __future__ import annotations

from dataclasses import dataclass, field

from nelfin.data.inputs import Inputs
from nelfin.errors import Problems, nearest
from nelfin.scenario import Scenario
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
        for row, value in frame[column].items():
            if value and value not in words:
                self.problems.add(
                    self.at(table, row, column), f'is "{value}".', nearest(str(value), words)
                )
