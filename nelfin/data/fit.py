"""What checks across tables share: the tables, the plan's years, and the problems found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nelfin.data.inputs import Inputs
from nelfin.errors import Problems, nearest
from nelfin.scenario import Scenario


@dataclass(frozen=True)
class Fit:
    """Tables and scenario looked at together, with every way they do not fit."""

    scenario: Scenario
    inputs: Inputs
    years: list[str]
    problems: Problems = field(default_factory=Problems)

    def at(self, table: str, row: object = None, column: str = "") -> str:
        """Name a spot in a table's file."""
        path: Path = getattr(self.scenario.data, table)
        parts = [str(path)]
        if row is not None:
            parts.append(f"row {row}")
        if column:
            parts.append(f"column {column}")
        return ", ".join(parts)

    def unknown(self, table: str, column: str, known: list[str], ignore: set[str]) -> None:
        """Find words of a column that are not known."""
        frame = self.inputs.tables()[table]
        for row, value in frame[column].items():
            if value and value not in known and value not in ignore:
                self.problems.add(
                    self.at(table, row, column), f'is "{value}".', nearest(str(value), known)
                )
