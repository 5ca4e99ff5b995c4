"""How a plan was found, and how close it is to the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nelfin import program as lp
from nelfin.models.capital.settings import Settings


@dataclass(frozen=True)
class SolverAccount:
    """How a plan was found, and how close it is to the best.

    Parameters
    ----------
    status
        `optimal`: within the gap asked. `stopped`: the search ended before.
    objective
        Worth of the plan: points, or £m of net present social value.
    bound
        No plan is worth more; as the objective.
    gap
        How far the plan may be from the best, as a share of the plan (0.005 is 0.5 %); None for a
        plan worth nothing that need not be the best.
    relaxation
        Worth of the relaxation, in which schemes may be cut into shares; as the objective.
    seconds
        Time the solver took for relaxation and plan.
    solver
        `highs` or `cbc`.
    variables, constraints
        Numbers of columns and rows of the program.
    stopped_by
        What ended a search before the gap asked: `time`, `you`, or the `solver`; else "".
    prices_confirmed
        Whether every price was confirmed that is to be: not if the time ran out before.
    changed
        Starts that are not those of the plan in force; None where there is none.
    changed_at_least
        No plan as good as asked is known to change fewer starts of the plan in force; None where
        that was not the question.
    """

    status: lp.Status
    objective: float
    bound: float
    gap: float | None
    relaxation: float
    seconds: float
    solver: lp.SolverName
    variables: int
    constraints: int
    stopped_by: Literal["", "time", "you", "solver"] = ""
    prices_confirmed: bool = True
    changed: int | None = None
    changed_at_least: int | None = None


def account_of(
    settings: Settings,
    program: lp.Program,
    relaxed: lp.Solution,
    solution: lp.Solution,
    watch: lp.Watch,
) -> SolverAccount:
    """Return the account of a plan.

    Parameters
    ----------
    settings
        The gap asked, and the solver.
    program
        The program.
    relaxed, solution
        Its relaxation, and the plan found.
    watch
        The clock that it was found by.
    """
    objective = solution.objective
    bound = max(float(np.nanmin([solution.bound, relaxed.bound])), objective)
    status, gap = solution.status, gap_of(bound, objective)
    stopped_by: Literal["", "time", "you", "solver"] = ""
    if gap is not None and gap <= settings.gap_pct / 100 + 1e-12:
        status = "optimal"  # by the gap that is told, whatever ended the search
    elif status == "stopped":
        stopped_by = "you" if watch.stopped else "time" if watch.over else "solver"
    return SolverAccount(
        status=status,
        objective=objective,
        bound=bound,
        gap=gap,
        # what a pound more of each limit is worth may lie between the two
        relaxation=max(relaxed.objective, bound),
        seconds=relaxed.seconds + (0.0 if solution is relaxed else solution.seconds),
        solver=settings.solver,
        variables=len(program.value),
        constraints=len(program.rows),
        stopped_by=stopped_by,
    )


def gap_of(bound: float, objective: float) -> float | None:
    """Return how far a plan may be from the best, as a share of the plan; None of nothing.

    Parameters
    ----------
    bound, objective
        What no plan is worth more than, and what the plan is worth.
    """
    if bound <= objective:
        return 0.0
    return (bound - objective) / abs(objective) if objective else None
