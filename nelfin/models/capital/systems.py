"""Many systems at once, each with limits of its own, on this machine or on many."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nelfin.errors import InputError, NoAnswerError, Problems
from nelfin.models.capital.case import case_of
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.solving import solve_case

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
    Settings(**settings)  # a misspelt setting is found before any work is handed out
    jobs = [(str(name), schemes[name], bounds[name], settings) for name in schemes]
    solved = list(executor.map(_solve_one, jobs) if executor else map(_solve_one, jobs))
    wrong = [problem for _, answer in solved if isinstance(answer, InputError)
             for problem in answer.problems]  # fmt: skip
    if wrong:
        raise InputError(wrong)
    plans = [(name, answer) for name, answer in solved if isinstance(answer, CapitalPlan)]
    accounts = [_account(name, answer) for name, answer in solved]
    plan, spend, found, prices = (
        pd.concat(
            [getattr(plan, table).assign(**{SYSTEM: name}) for name, plan in plans]
            or [pd.DataFrame({SYSTEM: []})],
            ignore_index=True,
        ).pipe(lambda frame: frame[[SYSTEM, *frame.columns.drop(SYSTEM)]])
        for table in ("plan", "spend", "limits", "prices")
    )
    return SystemPlans(plan, spend, found, prices, pd.DataFrame(accounts))


Job = tuple[str, pd.DataFrame, pd.DataFrame, dict[str, Any]]


def _solve_one(job: Job) -> tuple[str, CapitalPlan | NoAnswerError | InputError]:
    """Solve one system; errors come back as values, which every executor can carry."""
    name, projects, limits, settings = job
    given = Settings(**settings)
    called = (f"{given.place[0]} of {name}", f"{given.place[1]} of {name}")
    try:
        case = case_of(projects, limits, Settings(**{**settings, "place": called}))
        return name, solve_case(case)
    except (NoAnswerError, InputError) as error:
        return name, error


ACCOUNT = ("status", "objective", "bound", "gap", "seconds", "variables", "constraints")


def _account(name: str, answer: CapitalPlan | NoAnswerError | InputError) -> dict[str, Any]:
    if isinstance(answer, CapitalPlan):
        return {SYSTEM: name, **{key: answer.solve[key] for key in ACCOUNT}, "error": ""}
    return {SYSTEM: name, **dict.fromkeys(ACCOUNT, np.nan), "status": "none", "error": str(answer)}
