"""A case with something changed: limits, rows, values; and what a solution funds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.models.capital.case import Case
from nelfin.models.capital.starts import Start

Terms = list[tuple[int, float]]
"""Columns with what each adds."""


def funded(case: Case, found: lp.Solution, whole: bool = False) -> list[Start]:
    """Return the starts that a solution funds, in part or, if `whole`, only whole."""
    least = 1 - 1e-6 if whole else 1e-6
    return [start for start in case.starts if found.values[start.share] > least]


def counted(case: Case, count: Mapping[str, int], draws: int, column: str) -> pd.DataFrame:
    """Return in what share of drawn plans each scheme is: all core, none exterior."""
    frame = case.projects[["project_id", "name"]].reset_index(drop=True)
    frame[column] = frame["project_id"].map(count) / draws
    frame["verdict"] = np.select(
        [frame[column] == 1, frame[column] == 0], ["core", "exterior"], "borderline"
    )
    return frame.sort_values(column, ascending=False, kind="stable", ignore_index=True)


def groups(case: Case, names: Iterable[str]) -> list[tuple[str, Terms]]:
    """Return the columns of the schemes named, a group each: they sum to one if funded whole."""
    wanted = set(names)
    found: dict[str, Terms] = {}
    for start in case.starts:
        if start.scheme.id in wanted:
            found.setdefault(start.scheme.id, []).append((start.share, 1.0))
    return list(found.items())


def reach(found: lp.Solution, terms: Terms) -> float:
    """Return what a solution adds up to over terms."""
    return float(sum(amount * found.values[column] for column, amount in terms))


def gap_of(bound: float, found: lp.Solution) -> float:
    """Return how far a plan may be from a bound, as a share of the plan."""
    return max(0.0, (bound - found.objective) / found.objective) if found.objective else 0.0


def copy_of(program: lp.Program) -> lp.Program:
    """Return a copy of a program whose lists may be changed."""
    return lp.Program(
        list(program.value),
        list(program.low),
        list(program.high),
        list(program.whole),
        list(program.rows),
    )


def with_rows(
    case: Case, rows: list[tuple[Hashable, Terms, Literal["<=", ">=", "=="], float]]
) -> Case:
    """Return the case with rows added: name, terms, sense and bound of each."""
    program = copy_of(case.program)
    for name, terms, sense, bound in rows:
        program.row(name, terms, sense, bound)
    return replace(case, program=program)


def with_limits(case: Case, share: float, firm_too: bool = False) -> Case:
    """Return the case with its limits times a share; firm ones stay unless all are firm."""
    status = {
        (str(line.organisation), str(line.year)): str(line.status)
        for line in case.limits.itertuples()
    }
    all_firm = firm_too or set(status.values()) <= {"firm"}
    program = copy_of(case.program)
    program.rows = [
        replace(row, bound=row.bound * share)
        if isinstance(row.name, tuple)
        and row.name[0] == "limit"
        and (all_firm or status[row.name[1], row.name[2]] != "firm")
        else row
        for row in program.rows
    ]
    return replace(case, program=program)
