"""Costs that rise: all of them, some of them, or one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from nelfin import program as lp
from nelfin.errors import InputError, nearest
from nelfin.models.capital.case import Case
from nelfin.models.capital.solving import require_answer, solve_program
from nelfin.models.capital.starts import Start
from nelfin.models.capital.stress.variants import copy_of, funded, gap_of, with_limits


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
    held = {start.scheme.id for start in funded(case, today)}
    rows: list[list[object]] = []

    def add(name: str, found: lp.Solution, bound: float) -> None:
        now = {start.scheme.id for start in funded(case, found)}
        lost = 100 * (1 - found.objective / today.objective) if today.objective else 0.0
        gap = gap_of(bound, found)
        rows.append([name, found.objective, lost, len(now), len(held - now), gap])

    add("as priced", today, min(today.bound, relaxed.objective))
    for percent in percents:
        # all costs a share higher is the limits that share lower
        bounded, found = solve_program(with_limits(case, 1 / (1 + percent / 100), firm_too=True))
        add(f"all costs +{percent:g} %", found, min(found.bound, bounded.objective))
    for gamma in gammas:
        many = f"{gamma:g} scheme{'s' if gamma != 1 else ''} a year"
        found, bound = robust(case, percents[-1] / 100, gamma)
        add(f"safe against {many} at +{percents[-1]:g} %", found, bound)
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
    """
    program = copy_of(case.program)
    program.rows = []
    levels: dict[object, int] = {}
    for row in case.program.rows:
        if not (isinstance(row.name, tuple) and row.name[0] == "limit"):
            program.rows.append(row)
            continue
        by_scheme: dict[str, list[tuple[int, float]]] = {}
        cost = dict(row.terms)
        for start in case.starts:
            if start.share in cost:
                by_scheme.setdefault(start.scheme.id, []).append((start.share, cost[start.share]))
        level = levels[row.name] = program.column(0.0, high=None)
        extra = [(level, gamma)]
        for name, terms in by_scheme.items():
            above = program.column(0.0, high=None)
            extra.append((above, 1.0))
            risen = [(column, -rise * amount) for column, amount in terms]
            program.row(("rise", row.name, name), [(level, 1.0), (above, 1.0), *risen], ">=", 0.0)
        program.rows.append(replace(row, terms=(*row.terms, *extra)))
    relaxed = lp.solve(program, relax=True)
    require_answer(relaxed, replace(case, program=program))
    ordinary = copy_of(case.program)
    shares = {start.share for start in case.starts}
    for at, row in enumerate(ordinary.rows):
        if row.name in levels:
            z = float(relaxed.values[levels[row.name]])
            dearer = tuple(
                (c, v + max(0.0, rise * v - z)) if c in shares else (c, v) for c, v in row.terms
            )
            ordinary.rows[at] = replace(row, terms=dearer, bound=row.bound - gamma * z)
    _, found = solve_program(replace(case, program=ordinary))
    return found, relaxed.objective


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
    known = [str(name) for name in case.projects["project_id"]]
    if project not in known:
        raise InputError.one("overrun", f'"{project}" is not known.', nearest(project, known))
    _, today = solve_program(case)
    before = {start.scheme.id: start for start in funded(case, today)}
    mine = {start.share for start in case.starts if start.scheme.id == project}
    program = copy_of(case.program)
    for start in case.starts:
        kept = before.get(start.scheme.id)
        if kept is not None and kept.year == start.year:
            program.value[start.share] *= 1.01
    program.rows = [
        replace(row, terms=tuple((c, v * (1 + percent / 100) if c in mine else v)
                                 for c, v in row.terms))
        if isinstance(row.name, tuple) and row.name[0] == "limit" else row
        for row in program.rows
    ]  # fmt: skip
    program.row(
        ("overrun", project),
        [(start.share, 1.0) for start in case.starts if start.scheme.id == project],
        "==",
        1.0,
    )
    _, found = solve_program(replace(case, program=program))
    after = {start.scheme.id: start for start in funded(case, found)}
    names = case.projects.set_index("project_id")["name"]
    rows = []
    for name in known:
        old, new = before.get(name), after.get(name)
        change = _change(old, new)
        if change:
            gained = (new.value if new else 0.0) - (old.value if old else 0.0)
            years = [case.years[s.year] if s else "" for s in (old, new)]
            rows.append([name, names[name], *years, change, gained])
    columns = ["project_id", "name", "before", "after", "change", "benefit_change"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["change", "benefit_change"], kind="stable", ignore_index=True
    )


def _change(old: Start | None, new: Start | None) -> str:
    if old is None or new is None:
        return "drops out" if old else "comes in" if new else ""
    return "slips" if new.year > old.year else "comes forward" if new.year < old.year else ""
