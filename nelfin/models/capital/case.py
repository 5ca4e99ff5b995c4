"""A capital case: schemes and limits that have been checked, and the program they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from nelfin import program as lp
from nelfin.data.tables import rows_of
from nelfin.errors import Problems
from nelfin.models.capital.checked import Checked
from nelfin.models.capital.forced import add_forced, with_forced, with_forced_starts
from nelfin.models.capital.groups import add_groups
from nelfin.models.capital.in_force import add_keep
from nelfin.models.capital.limits import LimitKey, key_of
from nelfin.models.capital.resources import add_resources
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
    resources
        Limits of other resources with typed columns, or None.
    own_columns
        Columns of the program that an analyst has added: see `nelfin.models.capital.model`.
    moved
        By how much an analyst has moved the bound of limits, by the name of their row.
    """

    projects: pd.DataFrame
    limits: pd.DataFrame
    years: list[str]
    program: lp.Program
    starts: list[Start]
    settings: Settings
    resources: pd.DataFrame | None = None
    own_columns: frozenset[int] = frozenset()
    moved: Mapping[lp.RowName, float] = field(default_factory=dict)


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
    # in the order of their ids: the plan is the same whatever the order of the rows
    ordered = sorted(checked.schemes, key=lambda scheme: scheme.id)
    schemes = with_starts(with_forced(ordered, settings), years, settings, problems)
    schemes = with_forced_starts(schemes, years, settings, problems)
    problems.raise_if_any()
    program = lp.Program()
    schemes = in_base_prices(schemes, years[0], settings)
    starts = starts_of(program, schemes, years, settings)
    _add_choices(program, starts, schemes)
    _add_limits(program, starts, allowed, years, settings.carry_over_pct / 100, settings.now)
    add_rules(program, starts, checked.rules, years, settings.backlog_deterioration_pct)
    add_resources(program, starts, checked.resources, years)
    add_groups(program, starts, checked.groups)
    add_forced(program, starts)
    add_keep(program, starts, [scheme.id for scheme in schemes], years, settings)
    return Case(checked.projects, allowed, years, program, starts, settings, checked.resources)


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
    # a link names a scheme by its id, or any option of one
    by_name = by_group | by_id
    for scheme in schemes:
        _add_links(program, by_id[scheme.id], scheme, by_name)


def _add_limits(
    program: lp.Program,
    starts: list[Start],
    limits: pd.DataFrame,
    years: list[str],
    carry_over: float,
    now: str,
) -> None:
    """Add a row for each limit; what may be carried over has a column a year, but the last.

    A row `carry` holds what of a limit may be carried over.

    The limit of a year that is closed is past: it only says what may be carried over, and what has
    been spent stands, though it be more.
    """
    carried: dict[LimitKey, int] = {}
    # what one year passes its limit by is carried on: a pound over all years
    give = lp.POUND / len(years) if carry_over > 0 else lp.POUND
    used = uses_of_limits(starts, years)
    by_key = {key_of(limit): limit for limit in rows_of(limits)}
    for key in sorted(by_key, key=lambda key: (key.year, key.organisation, key.money)):
        limit = by_key[key]
        allowed = float(limit.allowed)
        t = years.index(key.year)
        terms = used.get(key, [])
        closed = key.year < now
        if closed:
            allowed = max(allowed, sum(cost for _, cost in terms))
        if carry_over > 0:
            before = carried.get(key._replace(year=years[t - 1])) if t else None
            if before is not None:
                terms = [*terms, (before, -1.0)]
            if t < len(years) - 1:
                carried[key] = program.column(0.0, high=None)
                terms = [*terms, (carried[key], 1.0)]
                # headroom of over-programming is no money, and cannot be carried over
                most = carry_over * float(limit.limit_gbp_m)
                program.row("carry", key, [(carried[key], 1.0)], "<=", most)
        if terms:
            program.row("closed" if closed else "limit", key, terms, "<=", allowed, give)


def uses_of_limits(
    starts: list[Start], years: list[str]
) -> dict[LimitKey, list[tuple[int, float]]]:
    """Return what each start uses of every limit that could hold it, by limit; receipts negative.

    Parameters
    ----------
    starts
        The starts of a program.
    years
        Years of the plan.

    Returns
    -------
    dict
        Number of the column of a start and £m, in the order of the starts.
    """
    by_owner: dict[tuple[str, str], list[list[tuple[int, float]]]] = {}
    for start in starts:
        scheme, column, amounts = start.scheme, start.share_column, start.cdel.tolist()
        for owner in {"", scheme.organisation}:
            whose = by_owner.get((owner, scheme.money))
            if whose is None:
                whose = by_owner[owner, scheme.money] = [[] for _ in years]
            for at, amount in enumerate(amounts):
                if amount:
                    whose[at].append((column, amount))
    return {
        LimitKey(owner, year, money): terms
        for (owner, money), by_year in by_owner.items()
        for year, terms in zip(years, by_year, strict=True)
        if terms
    }


def _add_links(
    program: lp.Program, own: list[Start], scheme: Scheme, by_name: Mapping[str, list[Start]]
) -> None:
    """Add prerequisites (funded as far, started no later) and exclusions (at most one of two)."""
    for name, lag in scheme.requires:
        needed = by_name.get(name, [])
        for start in own:
            terms = [(s.share_column, 1.0) for s in own if s.year <= start.year]
            terms += [(s.share_column, -1.0) for s in needed if s.year <= start.year - lag]
            program.row("requires", (scheme.id, name, start.year), terms, "<=", 0.0)
    for name in dict.fromkeys(scheme.excludes):
        terms = [(start.start_column, 1.0) for start in [*own, *by_name.get(name, [])]]
        program.row("excludes", (scheme.id, name), terms, "<=", 1.0)
