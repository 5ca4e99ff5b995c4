"""A copy of the embedded tables, and ways to change their rows on disk."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from nelfin.data import Inputs, load_inputs
from nelfin.data.start.folder import write_scenario_folder
from nelfin.errors import InputError
from nelfin.scenario import load_scenario

Row = dict[str, str]

Change = Callable[[list[Row]], list[Row]]

Fault = tuple[str, Change, str, list[str]]
"""A table, a change, where the problem is, and what it must say."""

PLACES = (
    "Barking and Dagenham",
    "City and Hackney",
    "Havering",
    "Newham",
    "Redbridge",
    "Tower Hamlets",
    "Waltham Forest",
)


def embedded_copy(tmp_path: Path) -> Path:
    """Return a copy of the embedded scenario with six of its schemes, which is quicker to read."""
    copy = tmp_path / "mine"
    copy.mkdir()
    write_scenario_folder(load_scenario(), copy)
    edit(copy, "projects", lambda rows: rows[:6])
    return copy


def edit(folder: Path, table: str, change: Change) -> None:
    """Change the rows of a table on disk."""
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = change(list(reader))
        headings = list(rows[0]) if rows else list(reader.fieldnames or ())
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, headings, restval="")
        writer.writeheader()
        writer.writerows(rows)


def load(folder: Path, overrides: list[str] | None = None) -> Inputs:
    return load_inputs(load_scenario(folder / "scenario.toml", overrides))


def problems_of(folder: Path, overrides: list[str] | None = None) -> list[str]:
    """Return what is wrong with a dataset, without the folder it stands in."""
    with pytest.raises(InputError) as caught:
        load(folder, overrides)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def check_named(folder: Path, fault: Fault) -> None:
    """Break a table, and see that the fault is named where it stands."""
    table, change, where, says = fault
    edit(folder, table, change)
    problems = problems_of(folder)
    fitting = [
        problem
        for problem in problems
        if problem.startswith(where) and all(word in problem for word in says)
    ]
    assert fitting, problems


def put(at: int, **cells: str) -> Change:
    """Set cells of the row a spreadsheet shows as number `at`."""

    def change(rows: list[Row]) -> list[Row]:
        rows[at - 2].update(cells)
        return rows

    return change


def put_where(test: Callable[[Row], bool], **cells: str) -> Change:
    return lambda rows: [row | cells if test(row) else row for row in rows]


def drop(test: Callable[[Row], bool]) -> Change:
    return lambda rows: [row for row in rows if not test(row)]


def add(**cells: str) -> Change:
    """Add a copy of the last row with some cells changed."""
    return lambda rows: [*rows, rows[-1] | cells]


def keep(count: int) -> Change:
    return lambda rows: rows[:count]
