"""The tables of a capital plan, checked together once: what every case is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from nelfin.data.projects import spend_columns
from nelfin.data.specs import CAPITAL_RULES, PLAN_IN_FORCE, TABLES, projects_spec
from nelfin.data.specs.columns import Table
from nelfin.data.tables import inspect_frame
from nelfin.errors import Problems
from nelfin.models.capital.forced import check_forced, with_forced, with_forced_starts
from nelfin.models.capital.in_force import check_in_force
from nelfin.models.capital.limits import check_owners, check_years
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
        The limits with typed columns.
    rules
        Floors, caps and targets with typed columns, or None.
    settings
        As given.
    """

    projects: pd.DataFrame
    schemes: list[Scheme]
    limits: pd.DataFrame
    rules: pd.DataFrame | None
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
    if {"year", "limit_gbp_m"} <= set(limit_table.columns):
        check_years(limit_table, called.limits, problems)
    limit_years = sorted({str(year) for year in limit_table.get("year", []) if year})
    spec = projects_spec(settings.benefit)
    project_table = table(projects, spec, called.projects)
    schemes: list[Scheme] = []
    if _has_schemes(project_table, spec):
        schemes = schemes_of(project_table, settings, problems)
        if settings.benefit == "npsv":
            first = (years or limit_years or [""])[0]
            check_worth(project_table, first, settings, problems)
        # without years the rest of a window is still looked at
        loose = settings if limit_years else replace(settings, truncate=True)
        before = len(problems.found)
        forced = with_forced(schemes, settings)
        found = with_starts(forced, limit_years or [ANY_YEAR], loose, problems)
        check_forced(schemes, settings, problems)
        if limit_years and len(problems.found) == before:
            with_forced_starts(found, limit_years, settings, problems)
        check_in_force(settings, [scheme.id for scheme in schemes], problems)
        if "organisation" in limit_table:
            owners = [scheme.organisation for scheme in schemes if scheme.organisation]
            check_owners(limit_table, owners, called.limits, problems)
    rules = settings.rules
    if rules is not None and not rules.empty:
        before = len(problems.found)
        rules = table(rules, CAPITAL_RULES, called.rules)
        if schemes and len(problems.found) == before:
            given = bool(settings.deprived_share)
            check_rules(rules, project_table, years or limit_years, given, called.rules, problems)
    problems.raise_if_any()
    return Checked(project_table, schemes, limit_table, rules, settings)


def _has_schemes(projects: pd.DataFrame, spec: Table) -> bool:
    """Say whether a table has every column of its specification, and rows."""
    columns = {column.name for column in spec.columns if not column.pattern}
    return bool(len(projects) and spend_columns(projects) and columns <= set(projects.columns))
