"""The analyst's door: a capital plan as a PuLP problem that may be added to before it is solved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from nelfin import program as lp
from nelfin.data.tables import rows_of
from nelfin.errors import InputError, Problems, nearest, reason
from nelfin.models.capital.case import Case
from nelfin.models.capital.keep import plan_case
from nelfin.models.capital.limits import LimitKey, key_of
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.rules import Rule

ONCE = {"once", "share"}
"""Rows without which a start would mean nothing."""


KINDS = {"share": "start_before_share"}
"""Kinds of rows whose names would else be those of variables."""


class CapitalModel:
    """A capital plan as a problem in PuLP, to be added to, changed, written and solved.

    Attributes
    ----------
    problem : pulp.LpProblem
        To be maximised. Add rows (`model.problem += ..., "name"`), variables, or an objective of
        your own (`model.problem.setObjective(...)`).
    start : pandas.DataFrame
        Its variables by `project_id` and year: 1 if the scheme starts in that year. None where it
        may not.
    share : pandas.DataFrame
        The funded share of each start: a variable of its own for a divisible scheme, else that of
        the start.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        columns, rows = _names(case)
        self._built = lp.legible(case.program, "capital_plan", columns, rows)
        self.problem = self._built.problem
        ids = [str(name) for name in case.projects["project_id"]]
        self.start = self._table(ids, [start.start_column for start in case.starts])
        self.share = self._table(ids, [start.share_column for start in case.starts])

    def _table(self, ids: list[str], numbers: list[int]) -> pd.DataFrame:
        cells: dict[str, dict[str, Any]] = {name: {} for name in ids}
        for start, number in zip(self._case.starts, numbers, strict=True):
            cells[start.scheme.id][self._case.years[start.year]] = self._built.columns[number]
        values = [[cells[name].get(year) for year in self._case.years] for name in ids]
        index = pd.Index(ids, name="project_id")
        return pd.DataFrame(values, index=index, columns=self._case.years, dtype=object)

    def row(self, kind: str, *key: str) -> Any:
        """Return a constraint of the plan.

        Parameters
        ----------
        kind
            Such as `limit`, `resource`, `group`, `once`, `requires` or `excludes`.
        *key
            What it is of. A limit: organisation ("" for the system), year, and its source of money
            if it names one. A resource: resource, organisation, year. A group: its name, and `at
            least` or `at most`.

        Returns
        -------
        pulp.LpConstraint
            As it now stands.

        Raises
        ------
        InputError
            If there is no such row.
        """
        if kind == "limit" and len(key) == 2:
            key = (*key, "")
        shown = {_shown(name, self._case.years): name for name in self._built.rows}
        wanted = (kind, *key)
        found = self._built.row(shown[wanted]) if wanted in shown else None
        if found is None:
            there = [", ".join(filter(None, parts)) for parts in shown]
            said = ", ".join(filter(None, wanted))
            raise InputError.one(f"row {said}", "is not in the plan.", nearest(said, there))
        return found

    def solve(self) -> CapitalPlan:
        """Solve the problem as it now stands, and explain the plan as `nelfin` explains its own.

        Rows of one's own have their price in the reduced costs, and a scheme that one of them
        keeps out is told so. The benefit of a scheme is what it adds to the objective.

        Returns
        -------
        CapitalPlan
            As `nelfin.models.capital.solve` gives it, near to a plan in force where there is one;
            the same where nothing was changed.

        Raises
        ------
        InputError
            If the problem is no longer one of schemes and limits.
        NoAnswerError
            If no plan meets every limit and row.
        """
        return plan_case(self._as_it_stands())

    def write(self, path: str | Path) -> None:
        """Write the problem as it now stands to a file that solvers read.

        Parameters
        ----------
        path
            Its ending says which kind: `.mps`, or `.lp` for that of CPLEX.

        Raises
        ------
        InputError
            If it has another ending, or cannot be written.
        """
        file = Path(path)
        if file.suffix.lower() not in {".mps", ".lp"}:
            raise InputError.one(str(file), "ends in neither .mps nor .lp.", "Name it so.")
        try:
            lp.write_problem(self.problem, file)
        except OSError as error:
            what = f"cannot be written: {reason(error)}."
            raise InputError.one(str(file), what, "Name another folder.") from error

    def _as_it_stands(self) -> Case:
        case = self._case
        built = replace(self._built, problem=self.problem)
        if not lp.maximises(self.problem):
            what = "has an objective to be made small."
            raise InputError.one("problem", what, "Maximise its negative: set sense to -1.")
        program = lp.program_of(built)
        if program == case.program:
            return case
        _check(case.program, program, self._built)
        own = frozenset(range(len(case.program.value), len(program.value)))
        starts = [
            replace(
                start,
                value=program.value[start.share_column],
                fixed=_fixed(program, start.start_column, start.share_column),
            )
            for start in case.starts
        ]
        moved = _moved(case.program, program)
        limits = case.limits.assign(
            allowed=[
                float(cast(Any, limit).allowed) + moved.get(("limit", key_of(limit)), 0.0)
                for limit in rows_of(case.limits)
            ]
        )
        return replace(
            case, program=program, starts=starts, limits=limits, own_columns=own, moved=moved
        )


def _fixed(program: lp.Program, start: int, share: int) -> float:
    return program.value[start] if start != share else 0.0


def _check(before: lp.Program, now: lp.Program, built: lp.Legible) -> None:
    """Refuse changes after which the tables of a plan would no longer say what it does."""
    problems = Problems()
    stands = {row.name: row for row in now.rows}
    count = len(before.value)
    for row in before.rows:
        name, other = built.rows[row.name], stands.get(row.name)
        if row.kind in ONCE and other is None:
            problems.add(f"row {name}", "is gone.", "Leave it: a scheme starts once.")
        elif row.kind in {"limit", "resource"} and other is not None:
            kept = tuple(term for term in other.terms if term[0] < count)
            if sorted(kept) != sorted(row.terms):
                what = "counts schemes by other amounts than their tables say."
                remedy = "Change the table of projects; here, its bound and variables of your own."
                problems.add(f"row {name}", what, remedy)
    problems.raise_if_any()


def _moved(before: lp.Program, now: lp.Program) -> dict[lp.RowName, float]:
    """Return by how much the bound of each limit has been moved; without end where it is gone."""
    bounds = {row.name: row.bound for row in now.rows}
    moved = {
        row.name: bounds.get(row.name, float("inf")) - row.bound
        for row in before.rows
        if row.kind in {"limit", "resource"}
    }
    return {name: by for name, by in moved.items() if by}


def _names(case: Case) -> tuple[list[str], list[str]]:
    """Return names of the columns and rows of a case: legible, legal and all different."""
    rows = lp.different("_".join(_words(row.name, case.years)) for row in case.program.rows)
    columns = [f"column_{number}" for number in range(len(case.program.value))]
    for name, row in zip(rows, case.program.rows, strict=True):
        for column, factor in row.terms if row.kind == "limit" else ():
            if factor > 0:
                columns[column] = f"left_of_{name}"
    ids = list(dict.fromkeys(start.scheme.id for start in case.starts))
    words = dict(zip(ids, lp.different(name[:60] for name in ids), strict=True))
    for start in case.starts:
        of = f"{words[start.scheme.id]}_{case.years[start.year]}"
        columns[start.share_column] = f"share_{of}"
        columns[start.start_column] = f"start_{of}"
    return lp.different(columns), rows


def _words(name: lp.RowName, years: list[str]) -> Iterable[str]:
    kind, *parts = _shown(name, years)
    if kind in {"limit", "resource"}:
        parts[0 if kind == "limit" else 1] = parts[0 if kind == "limit" else 1] or "system"
    return [KINDS.get(kind, kind), *(part for part in parts if part)]


def _shown(name: lp.RowName, years: list[str]) -> tuple[str, ...]:
    """Return kind and key of a row as words: a position of a year as the year."""
    kind, key = name
    if isinstance(key, Rule):
        return (kind, key.kind, "; ".join(key.names), key.year)
    if isinstance(key, LimitKey):
        return (kind, *key)
    parts = key if isinstance(key, tuple) else (key,)
    dated = kind in {"requires", "share"}
    return (
        kind,
        *(years[part] if dated and isinstance(part, int) else str(part) for part in parts),
    )
