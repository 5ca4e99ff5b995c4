"""How plans differ in what they rest on: settings, and cells of tables by row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from nelfin.data.inputs import Inputs
from nelfin.data.register import as_shown, main_figure, setting_shown, shown_tables
from nelfin.data.specs import TABLES
from nelfin.data.tables import lines_of, records_of
from nelfin.evidence import Figure
from nelfin.scenario import Scenario
from nelfin.scenario.change import UNCOMPARED
from nelfin.scenario.keys import unit_of_ending


@dataclass(frozen=True)
class RestsOn:
    """What a plan rests on, as results show it.

    Parameters
    ----------
    figures
        Figure by dotted key.
    tables
        Tables by their key in `[data]`; None where they are not known.
    """

    figures: Mapping[str, Figure]
    tables: Mapping[str, pd.DataFrame] | None


def rests_on(scenario: Scenario, inputs: Inputs) -> RestsOn:
    """Return what a plan rests on.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    """
    figures = {
        key: replace(figure, value=setting_shown(scenario, key))
        for key, figure in scenario.evidence.items()
    }
    return RestsOn(figures, shown_tables(scenario, inputs))


NOT_THERE = "–"
"""What stands for a setting or a row that a plan does not have."""

DIFFER = ["where", "row", "figure", "unit"]
"""Columns that say what differs: `scenario` or a table, its row, and the setting or column."""

WHY = "why"

UNSAID = "no new source is given"
"""Why figures differ where all give the same source."""


def what_differs(plans: Mapping[str, RestsOn]) -> pd.DataFrame:
    """Return every setting and every cell of a table that plans do not have alike.

    Tables are compared by what they hold, not by the file it stands in: a sheet and a CSV file of
    the same rows are alike, in whatever order.

    Parameters
    ----------
    plans
        Two or more, by name. Tables are compared if all of them are known.

    Returns
    -------
    pandas.DataFrame
        `where, row, figure, unit`, a column a plan with what it has, as text, and `why`: the source
        that the last plan gives. A row of a table that a plan lacks is one line, by its main
        figure.
    """
    lines = _settings([plan.figures for plan in plans.values()])
    tables = [plan.tables for plan in plans.values() if plan.tables is not None]
    for table in TABLES if len(tables) == len(plans) else ():
        frames = [each[table] for each in tables]
        if not all(_alike(frames[0], frame) for frame in frames[1:]):
            lines += _cells(table, frames)
    return pd.DataFrame(lines, columns=[*DIFFER, *plans, WHY], dtype="str")


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return list(one.columns) == list(other.columns) and one.equals(other)


def _settings(plans: Sequence[Mapping[str, Figure]]) -> list[list[str]]:
    lines = []
    for key in dict.fromkeys(key for figures in plans for key in figures):
        if key in UNCOMPARED or key.startswith("data."):
            continue
        figures = [plan.get(key) for plan in plans]
        shown = [NOT_THERE if figure is None else _with_range(figure) for figure in figures]
        if len(set(shown)) > 1:
            there = [figure for figure in figures if figure is not None]
            why = _why([figure.source for figure in there])
            lines.append(["scenario", "", key, there[-1].unit, *shown, why])
    return lines


def _with_range(figure: Figure) -> str:
    shown = as_shown(figure.value)
    if figure.low is None:
        return shown
    return f"{shown} (range {as_shown(figure.low)} to {as_shown(figure.high)})"


def _why(sources: Sequence[str]) -> str:
    """Return the source of the last figure; a source that stood before the change is none of it."""
    return UNSAID if len(sources) > 1 and len(set(sources)) == 1 else sources[-1]


def _cells(table: str, frames: Sequence[pd.DataFrame]) -> list[list[str]]:
    """Return the cells of a table that some frames of it do not have alike."""
    named = [_row_names(table, frame) for frame in frames]
    rows = dict.fromkeys(row for names in named for row in names)
    every = dict.fromkeys(str(name) for frame in frames for name in frame.columns)
    columns = [name for name in every if name not in TABLES[table].key]
    texts = [_texts(*each, columns) for each in zip(named, frames, strict=True)]
    main = [_main(table, *each) for each in zip(named, frames, strict=True)]
    lines: list[list[str]] = []
    for row in rows:
        there = [row in of_plan for of_plan in texts]
        sources = [texts[at][row].get("source", "") for at in range(len(frames)) if there[at]]
        why = _why(sources)
        if not all(there):
            shown = [main[at][row] if is_there else NOT_THERE for at, is_there in enumerate(there)]
            lines.append([table, row, "", "", *shown, why])
        for column in columns:
            cells = [texts[at][row][column] for at, is_there in enumerate(there) if is_there]
            if len(set(cells)) > 1:
                shown = [
                    texts[at][row][column] if is_there else NOT_THERE
                    for at, is_there in enumerate(there)
                ]
                lines.append([table, row, column, unit_of_ending(column), *shown, why])
    return lines


def _row_names(table: str, frame: pd.DataFrame) -> list[str]:
    """Return the name of each row of a table: the cells of its key."""
    return [
        ", ".join(text for text in map(as_shown, cells) if text)
        for cells in lines_of(frame, *TABLES[table].key)
    ]


def _texts(
    rows: Sequence[str], frame: pd.DataFrame, columns: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Return the cells of a table as texts, by row and column; a column it lacks is blank."""
    return {
        row: {name: as_shown(record.get(name, "")) for name in columns}
        for row, record in zip(rows, records_of(frame), strict=True)
    }


def _main(table: str, rows: Sequence[str], frame: pd.DataFrame) -> dict[str, str]:
    """Return the main figure of each row, with its unit, by the name of the row."""
    if frame.empty:
        return {}
    value, unit = main_figure(table, frame)
    units = [unit] * len(frame) if isinstance(unit, str) else [str(each) for each in unit]
    shown = [f"{as_shown(each)} {of}".strip() for each, of in zip(value, units, strict=True)]
    return dict(zip(rows, shown, strict=True))
