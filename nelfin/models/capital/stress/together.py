"""Plans for several futures at once, solved: a priority list, one plan for all, or each its own.

The greedy list, from the poorest future up, begins the search; the gap told is the true one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.solving import solve_program
from nelfin.models.capital.starts import Start
from nelfin.models.capital.stress.aims import Aim, add_aim, filled_in, mean_of_worst, worst_mean
from nelfin.models.capital.stress.futures import Future, distances_between, shares_of_weight
from nelfin.models.capital.stress.joined import (
    Joined,
    nested,
    one_plan,
    order_of,
    richer_last,
    side_by_side,
)
from nelfin.models.capital.stress.variants import funded, with_rows

Array = npt.NDArray[np.float64]

Together = Literal["nested", "one plan", "each"]
"""`nested`: what is funded in one future is funded in every richer one, its start may move.
`one plan`: the same plan, within the limits of every future. `each`: a plan in each future."""

FUTURE_COLUMNS = ["future", "weight", "limits_pct", "costs_pct", "benefit_pct"]
PLAN_COLUMNS = [
    "future", "project_id", "start_year", "funded_share", "cdel_gbp_m", "benefit",
]  # fmt: skip


@dataclass(frozen=True)
class FuturesAccount:
    """How plans for several futures were found, and how close they are to the best.

    Parameters
    ----------
    status
        `optimal`: within the gap asked. `stopped`: the time ran out.
    objective, bound
        What was aimed at, and what no such plans reach more than.
    gap
        How far they may be from the best, a share; None of nothing.
    expected
        Expected benefit over the futures.
    worst
        Mean benefit of the worst futures at the level of the aim.
    seconds
        All the time it took.
    """

    status: lp.Status
    objective: float
    bound: float
    gap: float | None
    expected: float
    worst: float
    seconds: float


@dataclass(frozen=True)
class FuturesPlan:
    """Plans for several futures.

    Parameters
    ----------
    futures
        A row a future, as given: `future, weight` (a share), `limits_pct, costs_pct, benefit_pct`,
        then `benefit` of its plan, `best` (of a plan for it alone), `regret_pct`, and `gap` (how
        far `best` may be from the best, a share).
    plans
        A row a future and scheme funded in it: `future, project_id, start_year, funded_share,
        cdel_gbp_m, benefit`.
    account
        How they were found.
    program
        The program over all futures.
    relaxed, solution
        Its relaxation, and what was found.
    starts
        Of each future, from the poorest list to the richest: its name and the starts funded whole.
    """

    futures: pd.DataFrame
    plans: pd.DataFrame
    account: FuturesAccount
    program: lp.Program
    relaxed: lp.Solution
    solution: lp.Solution
    starts: list[tuple[str, list[Start]]]


class _Clock:
    """The time that is left for several searches, shared out evenly."""

    def __init__(self, limit: float | None, searches: int) -> None:
        self.begun, self.limit, self.searches = time.perf_counter(), limit, searches

    def share(self) -> float | None:
        """Return the seconds of the next search."""
        if self.limit is None:
            return None
        left = max(self.limit - (time.perf_counter() - self.begun), 0.01)
        self.searches -= 1
        return left / max(self.searches + 1, 1)

    def spent(self) -> float:
        """Return the seconds gone by."""
        return time.perf_counter() - self.begun


def plans_for(
    futures: Sequence[Future],
    together: Together = "nested",
    aim: Aim | None = None,
    given_order: bool = True,
    base: Case | None = None,
    more: Callable[[Joined], None] | None = None,
) -> FuturesPlan:
    """Draw up plans for several futures at once.

    Parameters
    ----------
    futures
        At least one; the settings of the first hold gap, time and solver.
    together
        How the plans of the futures hang together.
    aim
        Expected benefit by default.
    given_order
        See `nested`: whether limits and costs say which future is the richer.
    base
        Limits that `one plan` keeps within beside those of the futures.
    more
        Adds rows and columns of one's own to the program over all futures, worth nothing.

    Raises
    ------
    NoAnswerError
        If a future has no plan of its own, or no plans keep together.
    """
    aim = aim or Aim()
    aim.check()
    if aim.radius is not None and aim.distances is None:
        aim = replace(aim, distances=distances_between(futures))
    weights, settings = shares_of_weight(futures), futures[0].case.settings
    # the joint search gets as long as all the others
    clock = _Clock(settings.time_limit_s, 2 * (2 * len(futures)))
    alone = [_alone(future, clock) for future in futures]
    alone_values = [solution.values for _, solution in alone]
    if together == "one plan":
        joined, begin = one_plan(futures, base), None
    else:
        joined, begin = _joined(futures, together, given_order, clock, alone_values)
    program = joined.program
    if more is not None:
        more(joined)
        begin = None  # it need not keep rows of one's own
    columns = len(program.value)
    add_aim(program, joined.worth, weights, aim)
    if begin is not None:
        begin = filled_in(program, begin[:columns], joined.worth, aim)
    relaxed, solution = _solve_joined(program, settings.gap_pct / 100, clock, futures, begin)
    solution = _filled(program, solution, joined, weights)
    benefits = np.array([_worth(joined, solution, at) for at in range(len(futures))])
    objective = _aimed(benefits, weights, aim)
    bound = max(float(np.nanmin([solution.bound, relaxed.bound])), objective)
    account = FuturesAccount(
        solution.status, objective, bound, _gap(bound, objective), float(weights @ benefits),
        mean_of_worst(benefits, weights, aim.level), clock.spent(),
    )  # fmt: skip
    return FuturesPlan(
        _futures_table(futures, weights, benefits, alone),
        _plans_table(futures, joined, solution),
        account,
        program,
        relaxed,
        solution,
        _by_tier(futures, joined, solution),
    )


def _alone(future: Future, clock: _Clock) -> tuple[lp.Solution, lp.Solution]:
    try:
        return _solve(future.case, clock)
    except NoAnswerError as error:
        raise NoAnswerError(f"In the future {future.name}: {error}") from error


def _solve(case: Case, clock: _Clock) -> tuple[lp.Solution, lp.Solution]:
    limited = replace(case, settings=replace(case.settings, time_limit_s=clock.share()))
    return solve_program(limited)


def _joined(
    futures: Sequence[Future],
    together: Together,
    given_order: bool,
    clock: _Clock,
    alone: Sequence[Array],
) -> tuple[Joined, Array | None]:
    """Return the program over all futures, and a plan of it to begin from, where there is one."""
    in_order = richer_last(futures)
    ordered = all(order_of(futures[one], futures[two]) is True for one, two in pairwise(in_order))
    if together == "each":
        return side_by_side(futures), np.concatenate(alone)
    joined = nested(futures, given_order)
    if not (ordered and given_order):
        return joined, None
    return joined, _greedy(futures, in_order, clock)


def _greedy(futures: Sequence[Future], in_order: Sequence[int], clock: _Clock) -> Array | None:
    """Return a nested list from the poorest future up, each keeping what was promised before."""
    found: dict[int, Array] = {}
    promised: dict[str, float] = {}
    for position in in_order:
        case = futures[position].case
        by_group: dict[str, list[tuple[int, float]]] = {}
        for start in case.starts:
            by_group.setdefault(start.scheme.group, []).append((start.share_column, 1.0))
        rows = [
            lp.Row("promised", group, tuple(by_group.get(group, [])), ">=", share)
            for group, share in promised.items()
        ]
        try:
            _, solution = _solve(with_rows(case, rows), clock)
        except NoAnswerError:
            return None  # such as no plan in time: the search begins without one
        found[position] = solution.values
        for group, terms in by_group.items():
            share = sum(solution.values[column] for column, _ in terms)
            if share > 1e-6:
                promised[group] = float(share)
    return np.concatenate([found[position] for position in range(len(futures))])


def _solve_joined(
    program: lp.Program, gap: float, clock: _Clock, futures: Sequence[Future], begin: Array | None
) -> tuple[lp.Solution, lp.Solution]:
    settings = futures[0].case.settings
    relaxed = lp.solve(program, settings.solver, relax=True)
    solution = relaxed
    known = None if begin is None else _known(program, begin)
    if known is not None and relaxed.bound <= known.objective + gap * abs(known.objective):
        return relaxed, replace(known, bound=relaxed.bound)  # near enough as it stands
    if relaxed.has_plan:
        left = None if clock.limit is None else max(clock.limit - clock.spent(), 0.01)
        solution = best_plan(program, relaxed, gap, settings.solver, begin, lp.Watch(left))
    if solution.status == "infeasible":
        raise NoAnswerError(
            "Each future has a plan, but no plans keep together over all of them. Take out the "
            "future that differs most, or ask for a plan in each."
        )
    if not solution.has_plan:
        raise NoAnswerError(
            f"The solver found no plans in {clock.spent():.0f} seconds ({solution.status}). Give "
            f"it longer ({settings.called.time_limit_s}), or fewer futures."
        )
    if known is not None and known.objective > solution.objective:
        # the search may stop at another plan within the gap
        known = replace(known, status=solution.status, bound=solution.bound)
        return relaxed, known
    return relaxed, solution


def _known(program: lp.Program, begin: Array) -> lp.Solution:
    """Return a plan that is known to hold as a solution."""
    return lp.Solution("optimal", float(np.dot(program.value, begin)), np.nan, begin, {}, 0.0)


def _filled(
    program: lp.Program, solution: lp.Solution, joined: Joined, weights: Array
) -> lp.Solution:
    """Raise what may be raised in any future: an aim at the worst leaves the others unfilled."""
    value = np.zeros(len(program.value))
    for terms, weight in zip(joined.worth, weights, strict=True):
        for column, worth in terms:
            value[column] += weight * worth
    filled = lp.filled(replace(program, value=value.tolist()), solution)
    return replace(solution, values=filled.values)


def _worth(joined: Joined, solution: lp.Solution, future: int) -> float:
    return float(sum(value * solution.values[column] for column, value in joined.worth[future]))


def _aimed(benefits: Array, weights: Array, aim: Aim) -> float:
    """Return what plans reach of an aim, from the benefit in each future alone."""
    if aim.radius is not None and aim.distances is not None:
        return worst_mean(benefits, weights, aim.radius, aim.distances)
    expected = float(weights @ benefits)
    if not aim.risk_weight:
        return expected
    worst = mean_of_worst(benefits, weights, aim.level)
    return (1 - aim.risk_weight) * expected + aim.risk_weight * worst


def _gap(bound: float, objective: float) -> float | None:
    if bound <= objective + 1e-9 * abs(objective):
        return 0.0
    return (bound - objective) / abs(objective) if objective else None


def _futures_table(
    futures: Sequence[Future],
    weights: Array,
    benefits: Array,
    alone: Sequence[tuple[lp.Solution, lp.Solution]],
) -> pd.DataFrame:
    rows: list[list[object]] = []
    for future, weight, benefit, (relaxed, plan) in zip(
        futures, weights, benefits, alone, strict=True
    ):
        best = max(plan.objective, benefit)
        bound = max(float(np.nanmin([relaxed.bound, plan.bound])), best)
        regret = 100 * (best - benefit) / abs(best) if best else 0.0
        moved = future.moved or (np.nan, np.nan, np.nan)
        rows.append([future.name, weight, *moved, benefit, best, regret, _gap(bound, best)])
    columns = [*FUTURE_COLUMNS, "benefit", "best", "regret_pct", "gap"]
    return pd.DataFrame(rows, columns=columns)


def _plans_table(futures: Sequence[Future], joined: Joined, solution: lp.Solution) -> pd.DataFrame:
    rows = []
    for position, future in enumerate(futures):
        values = joined.own(solution.values, position)
        for start in future.case.starts:
            share = float(values[start.share_column])
            if share > 1e-6:
                year = future.case.years[start.year]
                used, benefit = float(start.cdel.sum() * share), start.value * share
                rows.append([future.name, start.scheme.id, year, share, used, benefit])
    return pd.DataFrame(rows, columns=PLAN_COLUMNS)


def _by_tier(
    futures: Sequence[Future], joined: Joined, solution: lp.Solution
) -> list[tuple[str, list[Start]]]:
    """Return what each future funds whole, the shortest list first."""
    found = []
    for position in richer_last(futures):
        own = replace(solution, values=joined.own(solution.values, position))
        starts = funded(futures[position].case, own, whole=True)
        found.append((futures[position].name, starts))
    return sorted(found, key=lambda pair: len(pair[1]))
