"""One plan for every future, explained as any other plan is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nelfin.models.capital.case import Case
from nelfin.models.capital.in_force import require_none_in_force
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.stress.aims import Aim
from nelfin.models.capital.stress.futures import Future
from nelfin.models.capital.stress.together import FuturesPlan, plans_for

ONE_PLAN = "one plan for every future"
"""What `plan_for_all` draws up, in errors."""


def plan_for_all(
    case: Case, futures: Sequence[Future], aim: Aim | None = None
) -> tuple[CapitalPlan, FuturesPlan]:
    """Draw up the one plan that keeps within the limits as they stand and in every future.

    Parameters
    ----------
    case
        Schemes and limits as they stand: the plan's spend and benefit are told at its prices.
    futures
        From `futures_of`.
    aim
        Expected benefit by default.

    Returns
    -------
    plan : CapitalPlan
        Its account is of what was aimed at over the futures.
    found : FuturesPlan
        What the plan is worth in each future.

    Raises
    ------
    InputError
        If there is a plan in force, which this plan does not keep to.
    NoAnswerError
        If no plan keeps within all limits.
    """
    require_none_in_force(case.settings, ONE_PLAN)
    found = plans_for(futures, "one plan", aim, base=case)
    joined = replace(case, program=found.program)
    plan = plan_of(joined, found.relaxed, found.solution)
    account = replace(
        plan.solve,
        status=found.account.status,
        objective=found.account.objective,
        bound=found.account.bound,
        gap=found.account.gap,
        relaxation=found.relaxed.objective,
        seconds=found.account.seconds,
    )
    return replace(plan, solve=account), found
