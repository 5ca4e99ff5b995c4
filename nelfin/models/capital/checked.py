"""The tables of a capital plan, checked together once: what every case is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from nelfin.data.checks.pounds import ask_of_pounds
from nelfin.data.projects import spend_columns, use_columns
from nelfin.data.specs import (
    CAPITAL_GROUPS,
    CAPITAL_RESOURCES,
    CAPITAL_RULES,
    PLAN_IN_FORCE,
    TABLES,
    projects_spec,
)
from nelfin.data.specs.columns import Table
from nelfin.data.tables import inspect_frame
from nelfin.errors import Problems
from nelfin.models.capital.cash import check_prices, in_cash
from nelfin.models.capital.closed import check_now, check_rules_open
from nelfin.models.capital.forced import check_forced, with_forced, with_forced_starts
from nelfin.models.capital.groups import check_groups
from nelfin.models.capital.in_force import check_in_force
from nelfin.models.capital.limits import check_owners, check_years
from nelfin.models.capital.resources import check_resources
from nelfin.models.capital.rules import check_rules
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.schemes import schemes_of
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.windows import with_starts
from nelfin.models.capital.worth import check_worth

ANY_YEAR = "2000/01"
"""Stands in for the plan's years where the limits give none, to check the rest of the schemes."""


@dataclass(frozen=True)
class Checked:
    """The tables of a capital plan, checked together.

    Parameters
    ----------
    projects
        The project table with typed columns and defaults filled in.
    schemes
        Its rows as schemes, in the order of the table; their starts are those of a case.
    limits
        The limits with typed columns, £m in cash.
    rules
        Floors, caps and targets with typed columns, or None.
    resources, groups
        Limits of other resources, and groups of schemes, with typed columns, or None.
    settings
        As given.
    """

    projects: pd.DataFrame
    schemes: list[Scheme]
    limits: pd.DataFrame
    rules: pd.DataFrame | None
    resources: pd.DataFrame | None
    groups: pd.DataFrame | None
    settings: Settings


def check_capital(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    settings: Settings | None = None,
    years: list[str] | None = None,
    typed: bool = False,
) -> Checked:
    """Check the tables of a capital plan together.

    Parameters
    ----------
    projects, limits
        The tables; `settings` has the rules.
    settings
        How the plan is drawn up, and what to call the tables in errors.
    years
        Years of the plan, where they are fewer than those of the limits: rules are checked over
        them, the windows of schemes over all that have limits.
    typed
        The tables come from `nelfin.data.load_inputs`, which has typed and checked their cells:
        they are not read again.

    Raises
    ------
    InputError
        With every problem of all tables.
    """
    settings = settings or Settings()
    called, problems = settings.called, Problems()
    if settings.begin_from is not None and not typed:
        plan, wrong = inspect_frame(settings.begin_from, PLAN_IN_FORCE, called.begin_from)
        problems.found.extend(wrong.found)
        problems.raise_if_any()
        settings = replace(settings, begin_from=plan)

    def table(frame: pd.DataFrame, spec: Table, name: str) -> pd.DataFrame:
        if typed:
            return frame
        inspected, wrong = inspect_frame(frame, spec, name)
        problems.found.extend(wrong.found)
        return inspected

    limit_table = table(limits, TABLES["capital_limits"], called.limits)
    limit_years = sorted({str(year) for year in limit_table.get("year", []) if year})
    settings = check_now(limit_years, settings, problems)
    if {"year", "limit_gbp_m"} <= set(limit_table.columns):
        check_years(limit_table, called.limits, problems, settings.now)
        if "price_year" in limit_table:
            check_prices(limit_table, settings, problems)
    spec = projects_spec(settings.benefit)
    project_table = table(projects, spec, called.projects)
    schemes: list[Scheme] = []
    resources, groups = (
        None if given is None or given.empty else table(given, spec, name)
        for given, spec, name in (
            (settings.resources, CAPITAL_RESOURCES, called.resources),
            (settings.groups, CAPITAL_GROUPS, called.groups),
        )
    )
    settings = replace(settings, resources=resources, groups=groups)
    if _has_schemes(project_table, spec):
        schemes = schemes_of(project_table, settings, problems)
        if settings.benefit == "npsv":
            first = (years or limit_years or [""])[0]
            check_worth(project_table, first, settings, problems)
        _check_starts(schemes, limit_years, settings, problems)
        ask_of_pounds(project_table, limit_table, called.projects, called.limits, problems)
        if "organisation" in limit_table:
            # a limit of a closed year holds nothing any more
            still = limit_table[limit_table["year"].fillna("") >= settings.now]
            check_owners(still, project_table, called, problems)
        names = use_columns(project_table.columns)
        _check_more(schemes, limit_years, names, settings, problems)
    rules = settings.rules
    if rules is not None and not rules.empty:
        before = len(problems.found)
        rules = table(rules, CAPITAL_RULES, called.rules)
        if schemes and len(problems.found) == before:
            given = bool(settings.deprived_share)
            check_rules_open(rules, settings, problems)
            check_rules(rules, project_table, years or limit_years, given, called.rules, problems)
    problems.raise_if_any()
    cash = in_cash(limit_table, settings.deflator_pct or 0.0)
    return Checked(project_table, schemes, cash, rules, resources, groups, settings)


def _check_starts(
    schemes: list[Scheme], years: list[str], settings: Settings, problems: Problems
) -> None:
    """Check windows, what is asked of single schemes, and the plan in force."""
    # without years the rest of a window is still looked at
    loose = settings if years else replace(settings, truncate=True)
    before = len(problems.found)
    found = with_starts(with_forced(schemes, settings), years or [ANY_YEAR], loose, problems)
    check_forced(schemes, settings, problems)
    if years and len(problems.found) == before:
        with_forced_starts(found, years, settings, problems)
    check_in_force(settings, [scheme.id for scheme in schemes], problems)


def _check_more(
    schemes: list[Scheme],
    years: list[str],
    uses: Iterable[str],
    settings: Settings,
    problems: Problems,
) -> None:
    """Check other resources and groups against the schemes."""
    called, resources, groups = settings.called, settings.resources, settings.groups
    if _whole(resources, CAPITAL_RESOURCES):
        check_resources(resources, schemes, uses, years, called, problems)
    if groups is not None and _whole(groups, CAPITAL_GROUPS):
        check_groups(groups, schemes, called, problems)


def _whole(table: pd.DataFrame | None, spec: Table) -> bool:
    """Say whether a table has every column of its specification, or is not given at all."""
    return table is None or {column.name for column in spec.columns} <= set(table.columns)


def _has_schemes(projects: pd.DataFrame, spec: Table) -> bool:
    """Say whether a table has every column of its specification, and rows."""
    columns = {column.name for column in spec.columns if not column.pattern}
    return bool(len(projects) and spend_columns(projects) and columns <= set(projects.columns))
