"""Many systems at once, each with limits of its own, on this machine or on many."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from nelfin.errors import InputError, NoAnswerError, Problems
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.keep import plan_case
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.settings import Settings

SYSTEM = "system"
"""Column of both tables that says whose a row is."""


@dataclass(frozen=True)
class SystemPlans:
    """Plans of many systems.

    Parameters
    ----------
    plan, spend, limits, prices
        The tables of all plans, with the column `system` first.
    solve
        A row a system: `system, status, objective, bound, gap, seconds, variables, constraints`,
        and `error`: why it has no plan, or "".
    """

    plan: pd.DataFrame
    spend: pd.DataFrame
    limits: pd.DataFrame
    prices: pd.DataFrame
    solve: pd.DataFrame


def solve_systems(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    executor: Executor | None = None,
    **settings: Any,
) -> SystemPlans:
    """Solve the capital plans of many systems, each by itself.

    No limit is shared, so the plans of all systems together are the best there is, within the gap.

    Parameters
    ----------
    projects, limits
        As for `solve`, with the column `system` in both.
    executor
        Where to solve: any executor of `concurrent.futures`, or that of a Dask client
        (`client.get_executor()`). None solves one system after another.
    **settings
        The fields of `Settings`, the same for every system.

    Returns
    -------
    SystemPlans
        The tables together. A system without an answer is a row with its error, not a failure of
        the rest.

    Raises
    ------
    InputError
        If a table lacks the column, or a system lacks limits, or schemes.
    """
    problems = Problems()
    for name, table in (("projects", projects), ("limits", limits)):
        if SYSTEM not in table:
            problems.add(name, f'the column "{SYSTEM}" is missing.', "Say whose each row is.")
    problems.raise_if_any()
    schemes = dict(list(projects.groupby(SYSTEM, sort=False)))
    bounds = dict(list(limits.groupby(SYSTEM, sort=False)))
    for what, here, there in (("limits", schemes, bounds), ("schemes", bounds, schemes)):
        for name in [name for name in here if name not in there]:
            problems.add(f"system {name}", f"has no {what}.", "Add them, or take the system out.")
    problems.raise_if_any()
    given = Settings(**settings)  # a misspelt setting is found before any work is handed out
    jobs = [
        Job(str(name), schemes[name], bounds[name], _called_by_system(given, str(name)))
        for name in schemes
    ]
    answers = list(executor.map(_solve_one, jobs) if executor else map(_solve_one, jobs))
    wrong = [answer for answer in answers if isinstance(answer, InputError)]
    if wrong:
        raise InputError([problem for error in wrong for problem in error.problems])
    solved = {job.name: answer for job, answer in zip(jobs, answers, strict=True)}
    plans = {name: plan for name, plan in solved.items() if isinstance(plan, CapitalPlan)}
    accounts = [_account(name, answer) for name, answer in solved.items()]
    return SystemPlans(
        _together(plans, "plan"),
        _together(plans, "spend"),
        _together(plans, "limits"),
        _together(plans, "prices"),
        pd.DataFrame(accounts),
    )


@dataclass(frozen=True)
class Job:
    """One system to be solved: its name, its rows of both tables, and the settings."""

    name: str
    projects: pd.DataFrame
    limits: pd.DataFrame
    settings: Settings


Answer = CapitalPlan | NoAnswerError | InputError


def _called_by_system(settings: Settings, system: str) -> Settings:
    """Return settings by which errors name the system beside the table."""
    called = settings.called
    names = {"projects": f"{called.projects} of {system}", "limits": f"{called.limits} of {system}"}
    return replace(settings, called=replace(called, **names))


def _solve_one(job: Job) -> Answer:
    """Solve one system; errors come back as values, which every executor can carry."""
    try:
        return plan_case(case_of(check_capital(job.projects, job.limits, job.settings)))
    except (NoAnswerError, InputError) as error:
        return error


def _together(plans: Mapping[str, CapitalPlan], table: str) -> pd.DataFrame:
    """Return a table of all plans, with the column `system` first."""
    parts = [getattr(plan, table).assign(**{SYSTEM: name}) for name, plan in plans.items()]
    frame = pd.concat(parts or [pd.DataFrame({SYSTEM: []})], ignore_index=True)
    return frame[[SYSTEM, *frame.columns.drop(SYSTEM)]]


ACCOUNT = ("status", "objective", "bound", "gap", "seconds", "variables", "constraints")
"""What a row of an account repeats of the solver's."""


def _account(system: str, answer: Answer) -> dict[str, Any]:
    if isinstance(answer, CapitalPlan):
        account = asdict(answer.solve)
        return {SYSTEM: system, **{key: account[key] for key in ACCOUNT}, "error": ""}
    none = dict.fromkeys(ACCOUNT, np.nan) | {"status": "none"}
    return {SYSTEM: system, **none, "error": str(answer)}
