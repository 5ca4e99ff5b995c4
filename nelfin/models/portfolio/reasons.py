"""How initiatives stand in a portfolio and why, where the program has no words for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nelfin import program as lp
from nelfin.models.capital.words import are, listed
from nelfin.models.portfolio.case import Case, spend_of
from nelfin.models.portfolio.initiative import Initiative

CHOSEN, NOT_CHOSEN, RUNS, CUT, STOPPED = "chosen", "not chosen", "runs on", "cut", "stopped"
"""How an initiative stands. One that runs already runs on, or is cut or stopped by another."""


def status_of(initiative: Initiative, case: Case, starts: Mapping[str, int]) -> str:
    """Return how an initiative stands.

    Parameters
    ----------
    initiative
        The initiative.
    case
        Its case.
    starts
        Position of the start of each initiative of the portfolio.
    """
    if initiative.id not in starts:
        return NOT_CHOSEN
    if not initiative.running:
        return CHOSEN
    cuts = [name for name in case.stops[initiative.id] if name in starts]
    if not cuts:
        return RUNS
    cost = spend_of(initiative.cost, 0, case.checked)
    freed = sum(spend_of(case.initiatives[name].cost, starts[name], case.checked) for name in cuts)
    last = int(np.max(np.flatnonzero(cost > 0), initial=0))
    return STOPPED if (cost + freed)[last] <= lp.POUND else CUT


def reason_of(initiative: Initiative, reason: str, case: Case, starts: Mapping[str, int]) -> str:
    """Return why an initiative is in the portfolio or not.

    Parameters
    ----------
    initiative
        The initiative.
    reason
        What the program says.
    case
        Its case.
    starts
        Position of the start of each initiative of the portfolio.
    """
    if initiative.running and initiative.id in starts:
        return _of_running(case.stops[initiative.id], starts)
    if initiative.id in starts or reason.startswith("Another option"):
        return reason
    best = max((each.value for each in case.worth[initiative.id].values()), default=0.0)
    brings = initiative.cost.min() < 0 or any(each.min() < 0 for each in initiative.staff.values())
    if best >= 0 or case.checked.settings.value == "score":
        return reason
    if initiative.cost[0] < 0:
        more = "" if reason == case.checked.settings.words.below else f" {reason}"
        return f"Loses more than the money it frees would buy elsewhere.{more}"
    return reason if brings else "Brings less than its money would buy elsewhere."


def _of_running(stops: list[str], starts: Mapping[str, int]) -> str:
    chosen = [name for name in stops if name in starts]
    if chosen:
        verb = "stop or cut" if chosen[1:] else "stops or cuts"
        return f"Runs already; {listed(chosen)}, which {are(chosen)} chosen, {verb} it."
    if stops:
        return (
            f"Runs already; {listed(stops)}, which would stop or cut it, {are(stops)} not chosen."
        )
    return "Runs already, and no initiative stops it."
