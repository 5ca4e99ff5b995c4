"""A capital case: schemes and limits that have been checked, and the program they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from nelfin import program as lp
from nelfin.errors import Problems
from nelfin.models.capital.checked import Checked
from nelfin.models.capital.forced import add_forced, with_forced, with_forced_starts
from nelfin.models.capital.in_force import add_keep
from nelfin.models.capital.limits import LimitKey
from nelfin.models.capital.rules import add_rules
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.starts import Start, starts_of
from nelfin.models.capital.windows import with_starts
from nelfin.models.capital.worth import in_base_prices


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


def case_of(checked: Checked, limits: pd.DataFrame | None = None) -> Case:
    """Build the program of tables that have been checked.

    Parameters
    ----------
    checked
        From `check_capital`.
    limits
        Limits to plan within in place of those checked: of some of the years, or other amounts,
        £m. Their years are the plan's.

    Raises
    ------
    InputError
        If no start in these years can hold a scheme, unless the settings say to leave it out.
    """
    settings = checked.settings
    limits = checked.limits if limits is None else limits
    factor = 1 + settings.over_programming_pct / 100
    allowed = limits.assign(allowed=limits["limit_gbp_m"] * factor)
    years = sorted(set(allowed["year"]))
    problems = Problems()
    forced = with_forced(checked.schemes, settings)
    schemes = with_starts(forced, years, settings, problems)
    schemes = with_forced_starts(schemes, years, settings, problems)
    problems.raise_if_any()
    program = lp.Program()
    schemes = in_base_prices(schemes, years[0], settings)
    starts = starts_of(program, schemes, len(years), settings)
    _add_choices(program, starts, schemes)
    _add_limits(program, starts, allowed, years, settings.carry_over_pct / 100)
    add_rules(program, starts, checked.rules, years)
    add_forced(program, starts)
    add_keep(program, starts, [scheme.id for scheme in schemes], years, settings)
    return Case(checked.projects, allowed, years, program, starts, settings)


def _add_choices(program: lp.Program, starts: list[Start], schemes: list[Scheme]) -> None:
    """Add the rows of options and links to the columns of the starts."""
    by_id: dict[str, list[Start]] = {scheme.id: [] for scheme in schemes}
    by_group: dict[str, list[Start]] = {}
    for start in starts:
        by_id[start.scheme.id].append(start)
        by_group.setdefault(start.scheme.group, []).append(start)
        if start.share_column != start.start_column:
            program.row(
                "share",
                (start.scheme.id, start.year),
                [(start.share_column, 1.0), (start.start_column, -1.0)],
                "<=",
                0.0,
            )
    for group, members in by_group.items():
        program.row("once", group, [(start.start_column, 1.0) for start in members], "<=", 1.0)
        must = [(start.start_column, 1.0) for start in members if start.scheme.must_fund]
        if must:
            program.row("must", group, must, "==", 1.0)
    for scheme in schemes:
        _add_links(program, scheme, by_id)


def _add_limits(
    program: lp.Program,
    starts: list[Start],
    limits: pd.DataFrame,
    years: list[str],
    carry_over: float,
) -> None:
    """Add a row for each limit; what may be carried over has a column a year, but the last."""
    carried: dict[LimitKey, int] = {}
    for limit in limits.sort_values("year", kind="stable").itertuples():
        key, allowed = LimitKey(str(limit.organisation), str(limit.year)), float(str(limit.allowed))
        t = years.index(key.year)
        terms = [
            (start.share_column, float(start.cdel[t]))
            for start in starts
            if start.cdel[t] > 0 and key.organisation in {"", start.scheme.organisation}
        ]
        if carry_over > 0:
            if t:
                terms.append((carried[key._replace(year=years[t - 1])], -1.0))
            if t < len(years) - 1:
                carried[key] = program.column(0.0, high=carry_over * allowed)
                terms.append((carried[key], 1.0))
        if terms:
            program.row("limit", key, terms, "<=", allowed)


def _add_links(program: lp.Program, scheme: Scheme, by_id: Mapping[str, list[Start]]) -> None:
    """Add prerequisites (funded as far, started no later) and exclusions (at most one of two)."""
    own = by_id[scheme.id]
    for name, lag in scheme.requires:
        needed = by_id[name]
        for start in own:
            terms = [(s.share_column, 1.0) for s in own if s.year <= start.year]
            terms += [(s.share_column, -1.0) for s in needed if s.year <= start.year - lag]
            program.row("requires", (scheme.id, name, start.year), terms, "<=", 0.0)
    for name in dict.fromkeys(scheme.excludes):
        terms = [(start.start_column, 1.0) for start in [*own, *by_id[name]]]
        program.row("excludes", (scheme.id, name), terms, "<=", 1.0)
