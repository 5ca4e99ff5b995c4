"""Costs that rise: all of them, some of them, or one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from nelfin import program as lp
from nelfin.errors import InputError, nearest
from nelfin.models.capital.case import Case
from nelfin.models.capital.solving import require_answer, solve_program
from nelfin.models.capital.starts import Start
from nelfin.models.capital.stress.variants import (
    Terms,
    funded,
    gap_of,
    shares_of,
    with_limit_rows,
    with_limits,
    with_rows,
)


def inflation(
    case: Case,
    percents: Sequence[float] = (10.0, 20.0, 30.0),
    gammas: Sequence[float] = (1.0, 3.0, 10.0),
) -> pd.DataFrame:
    """Return what the plan becomes when schemes cost more than they say.

    Every scheme's cost rises by a share; or, in a plan that is safe beforehand, up to Γ schemes in
    any year cost the largest share more.

    Parameters
    ----------
    case
        The capital case.
    percents
        Rises of every scheme's cost.
    gammas
        Numbers of schemes a year that may cost the last of `percents` more.

    Returns
    -------
    pandas.DataFrame
        A row a case: `case, benefit, benefit_lost_pct, schemes, dropped` (of those in today's
        plan), `gap` (how far the benefit may be from the best of the case, a share).

    Notes
    -----
    Method: budgeted uncertainty (Bertsimas and Sim 2004).
    """
    relaxed, today = solve_program(case)
    before = {start.scheme.id for start in funded(case, today)}
    rows: list[list[object]] = []

    def add(name: str, solution: lp.Solution, bound: float) -> None:
        now = {start.scheme.id for start in funded(case, solution)}
        lost = 100 * (1 - solution.objective / today.objective) if today.objective else 0.0
        gap = gap_of(bound, solution)
        rows.append([name, solution.objective, lost, len(now), len(before - now), gap])

    add("as priced", today, min(today.bound, relaxed.bound))
    for percent in percents:
        # all costs a share higher is the limits that share lower
        dearer = with_limits(case, 1 / (1 + percent / 100), firm_too=True)
        relaxed, solution = solve_program(dearer)
        add(f"all costs +{percent:g} %", solution, min(solution.bound, relaxed.bound))
    for gamma in gammas:
        many = f"{gamma:g} scheme{'s' if gamma != 1 else ''} a year"
        solution, bound = robust(case, percents[-1] / 100, gamma)
        add(f"safe against {many} at +{percents[-1]:g} %", solution, bound)
    columns = ["case", "benefit", "benefit_lost_pct", "schemes", "dropped", "gap"]
    return pd.DataFrame(rows, columns=columns)


def robust(case: Case, rise: float, gamma: float) -> tuple[lp.Solution, float]:
    """Return a plan whose limits hold though any Γ schemes a year cost a share more, and a bound.

    Each limit also holds Γ z + the sum of p, where z + p covers a scheme's rise. Once z is known
    the problem is an ordinary one, in which a scheme costs its price and what its rise has above
    z, and the limit is Γ z lower (Bertsimas and Sim 2003). The relaxation gives z and the bound.

    Parameters
    ----------
    case
        The capital case.
    rise
        How much more a scheme may cost, a share.
    gamma
        Number of schemes a year that may.

    Returns
    -------
    solution : lp.Solution
        The plan.
    bound : float
        No such plan is worth more.

    Raises
    ------
    NoAnswerError
        If no plan is safe against so much.
    """
    program, levels = _with_rises(case, rise, gamma)
    relaxed = lp.solve(program, relax=True)
    require_answer(relaxed, replace(case, program=program))
    columns = {start.share_column for start in case.starts}

    def safe(row: lp.Row) -> lp.Row:
        level = float(relaxed.values[levels[row.name]])
        terms = tuple(
            (column, cost + max(0.0, rise * cost - level) if column in columns else cost)
            for column, cost in row.terms
        )
        return replace(row, terms=terms, bound=row.bound - gamma * level)

    _, solution = solve_program(with_limit_rows(case, safe))
    return solution, relaxed.bound


def _with_rises(case: Case, rise: float, gamma: float) -> tuple[lp.Program, dict[lp.RowName, int]]:
    """Return the program whose limits hold whichever schemes rise, and each limit's column z."""
    program = replace(case.program.copy(), rows=[])
    levels: dict[lp.RowName, int] = {}
    for row in case.program.rows:
        if row.kind != "limit":
            program.rows.append(row)
            continue
        by_scheme: dict[str, Terms] = {}
        cost = dict(row.terms)
        for start in case.starts:
            if start.share_column in cost:
                term = (start.share_column, cost[start.share_column])
                by_scheme.setdefault(start.scheme.id, []).append(term)
        level = levels[row.name] = program.column(0.0, high=None)
        extra = [(level, gamma)]
        for name, terms in by_scheme.items():
            above = program.column(0.0, high=None)
            extra.append((above, 1.0))
            risen = [(column, -rise * amount) for column, amount in terms]
            key = (row.key, name)
            program.row("rise", key, [(level, 1.0), (above, 1.0), *risen], ">=", 0.0)
        program.rows.append(replace(row, terms=(*row.terms, *extra)))
    return program, levels


def overrun(case: Case, project: str, percent: float) -> pd.DataFrame:
    """Return what slips when one scheme costs more.

    The scheme is funded whole, at its higher cost. Of plans as good as each other the one nearest
    to today's is taken: keeping a scheme's start is worth a hundredth of its benefit.

    Parameters
    ----------
    case
        The capital case.
    project
        Scheme whose cost rises.
    percent
        By how much.

    Returns
    -------
    pandas.DataFrame
        A row a scheme that moves: `project_id, name, before, after` (start years; blank: not
        funded), `change` (drops out, slips, comes forward, comes in), `benefit_change`.

    Raises
    ------
    InputError
        If there is no such scheme.
    NoAnswerError
        If the limits cannot bear it.
    """
    ids = [str(name) for name in case.projects["project_id"]]
    if project not in ids:
        raise InputError.one("overrun", f'"{project}" is not known.', nearest(project, ids))
    _, today = solve_program(case)
    before = {start.scheme.id: start for start in funded(case, today)}
    _, solution = solve_program(_with_overrun(case, project, percent, before))
    after = {start.scheme.id: start for start in funded(case, solution)}
    names = case.projects.set_index("project_id")["name"]
    rows = []
    for name in ids:
        old, new = before.get(name), after.get(name)
        change = _change(old, new)
        if change:
            gained = (new.value if new else 0.0) - (old.value if old else 0.0)
            years = [case.years[start.year] if start else "" for start in (old, new)]
            rows.append([name, names[name], *years, change, gained])
    columns = ["project_id", "name", "before", "after", "change", "benefit_change"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["change", "benefit_change"], kind="stable", ignore_index=True
    )


def _with_overrun(case: Case, project: str, percent: float, before: Mapping[str, Start]) -> Case:
    """Return the case in which a scheme costs more and is funded, and today's starts are better."""
    value = list(case.program.value)
    for start in case.starts:
        today = before.get(start.scheme.id)
        if today is not None and today.year == start.year:
            value[start.share_column] *= 1.01
    terms = shares_of(case, [project]).get(project, [])
    columns = {column for column, _ in terms}

    def dearer(row: lp.Row) -> lp.Row:
        return replace(
            row,
            terms=tuple(
                (column, cost * (1 + percent / 100) if column in columns else cost)
                for column, cost in row.terms
            ),
        )

    moved = with_limit_rows(replace(case, program=replace(case.program, value=value)), dearer)
    return with_rows(moved, [lp.Row("overrun", project, tuple(terms), "==", 1.0)])


def _change(old: Start | None, new: Start | None) -> str:
    if old is None or new is None:
        return "drops out" if old else "comes in" if new else ""
    return "slips" if new.year > old.year else "comes forward" if new.year < old.year else ""
