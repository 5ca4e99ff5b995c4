"""A capital case: both tables checked, and the program they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from nelfin import program as lp
from nelfin.models.capital.rules import add_rules
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.schemes import check_capital
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.starts import Start, starts_of


@dataclass(frozen=True)
class Case:
    """Everything a plan is drawn from.

    Parameters
    ----------
    projects
        The project table with typed columns.
    limits
        The limits, with the column `allowed`: over-programming included.
    years
        Years of the plan.
    program, starts
        The program, and the starts behind its columns.
    settings
        As given.
    """

    projects: pd.DataFrame
    limits: pd.DataFrame
    years: list[str]
    program: lp.Program
    starts: list[Start]
    settings: Settings


def case_of(projects: pd.DataFrame, limits: pd.DataFrame, settings: Settings) -> Case:
    """Check both tables and build the program.

    Raises
    ------
    InputError
        With every problem of the tables.
    """
    checked = check_capital(projects, limits, settings)
    factor = 1 + settings.over_programming_pct / 100
    allowed = checked.limits.assign(allowed=checked.limits["limit_gbp_m"] * factor)
    program = lp.Program()
    starts = starts_of(program, checked.schemes, len(checked.years), settings)
    build(program, starts, checked.schemes, allowed, checked.years, settings.carry_over_pct / 100)
    add_rules(program, starts, checked.rules, checked.years)
    return Case(checked.projects, allowed, checked.years, program, starts, settings)


def build(
    program: lp.Program,
    starts: list[Start],
    schemes: list[Scheme],
    limits: pd.DataFrame,
    years: list[str],
    carry_over: float,
) -> None:
    """Add the rows of options, links and limits to the columns of the starts."""
    by_id: dict[str, list[Start]] = {scheme.id: [] for scheme in schemes}
    by_group: dict[str, list[Start]] = {}
    for start in starts:
        by_id[start.scheme.id].append(start)
        by_group.setdefault(start.scheme.group, []).append(start)
        if start.share != start.started:
            program.row(
                ("link", start.scheme.id, start.year),
                [(start.share, 1.0), (start.started, -1.0)],
                "<=",
                0.0,
            )
    for group, members in by_group.items():
        program.row(("once", group), [(start.started, 1.0) for start in members], "<=", 1.0)
        must = [(start.started, 1.0) for start in members if start.scheme.must_fund]
        if must:
            program.row(("must", group), must, "==", 1.0)
    for scheme in schemes:
        _links(program, scheme, by_id)
    _limits(program, starts, limits, years, carry_over)


def _limits(
    program: lp.Program,
    starts: list[Start],
    limits: pd.DataFrame,
    years: list[str],
    carry_over: float,
) -> None:
    """Add a row for each limit; what may be carried over has a column a year, but the last."""
    carried: dict[tuple[str, str], int] = {}
    for limit in limits.sort_values("year", kind="stable").itertuples():
        owner, year, allowed = str(limit.organisation), str(limit.year), float(str(limit.allowed))
        t = years.index(year)
        terms = [
            (start.share, float(start.cdel[t]))
            for start in starts
            if start.cdel[t] > 0 and owner in {"", start.scheme.organisation}
        ]
        if carry_over > 0:
            if t:
                terms.append((carried[owner, years[t - 1]], -1.0))
            if t < len(years) - 1:
                carried[owner, year] = program.column(0.0, high=carry_over * allowed)
                terms.append((carried[owner, year], 1.0))
        if terms:
            program.row(("limit", owner, year), terms, "<=", allowed)


def _links(program: lp.Program, scheme: Scheme, by_id: Mapping[str, list[Start]]) -> None:
    """Add prerequisites (funded as far, started no later) and exclusions (at most one of two)."""
    own = by_id[scheme.id]
    for name, lag in scheme.requires:
        for start in own:
            terms = [(other.share, 1.0) for other in own if other.year <= start.year]
            terms += [(b.share, -1.0) for b in by_id[name] if b.year <= start.year - lag]
            program.row(("requires", scheme.id, name, start.year), terms, "<=", 0.0)
    for name in dict.fromkeys(scheme.excludes):
        terms = [(start.started, 1.0) for start in [*own, *by_id[name]]]
        program.row(("excludes", scheme.id, name), terms, "<=", 1.0)
