"""Reserves that make a plan safe: found by trying plans over many draws of costs, with a bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.stress.held import LimitUses

Array = npt.NDArray[np.float64]

TRIES = 12
"""Plans tried at the most."""

LOOSENED = 4
"""Safe plans after which reserves are no longer made smaller."""

CUTS = 8
"""Sets of dear draws by which each limit bounds the best safe plan."""


def with_reserves(
    case: Case,
    uses: LimitUses,
    factors: Array,
    may_fail: int,
    priced: lp.Solution,
    clock: lp.Watch,
) -> tuple[Case, lp.Solution, lp.Solution]:
    """Find a safe plan by keeping a share of each limit back, as much as the draws ask for.

    A plan tells for each limit how far costs rise above the price in the asked share of draws.
    The limits are divided by that, a new plan is drawn up, and so on: a limit that fails keeps
    more back, one that holds with room to spare less.

    Parameters
    ----------
    case
        The capital case.
    uses
        Of its limits.
    factors
        Cost as a multiple of the price; (draw, scheme).
    may_fail
        Draws in which a limit may be passed.
    priced
        The plan as priced.
    clock
        Of all of it.

    Returns
    -------
    case : Case
        With the limits less their reserves.
    relaxed, solution : lp.Solution
        Its relaxation, and the best safe plan found.

    Raises
    ------
    NoAnswerError
        If no safe plan was found.
    """
    rises = _rises(uses, factors, priced.values, may_fail)
    found: tuple[Case, lp.Solution, lp.Solution] | None = None
    safe_plans = 0
    settings = case.settings
    for _ in range(TRIES):
        kept_back = _kept_back(case, uses, rises)
        relaxed = lp.solve(kept_back.program, settings.solver, relax=True)
        if not relaxed.has_plan:
            break
        gap = settings.gap_pct / 100
        watch = clock.part(1 / 3)
        solution = best_plan(kept_back.program, relaxed, gap, settings.solver, None, watch)
        if not solution.has_plan:
            break
        solution = lp.filled(kept_back.program, solution)
        needed = _rises(uses, factors, solution.values, may_fail)
        fails = ~_safe(uses, factors, solution.values, may_fail)
        if not fails.any():
            better = found is None or solution.objective > found[2].objective
            safe_plans += 1
            if better:
                found = kept_back, relaxed, solution
            if safe_plans == LOOSENED or not better or clock.over:
                break
            rises = np.minimum(rises, needed)
        else:
            # a hair more each time, so that it comes to an end
            rises = np.where(fails, np.maximum(rises, needed) * 1.001, rises)
    if found is None:
        raise NoAnswerError(
            "No plan was found that keeps its limits in so many draws of costs. Ask for less "
            "safety, raise the limits, or take fewer draws, whose problem is solved as it is."
        )
    return found


def _safe(uses: LimitUses, factors: Array, values: Array, may_fail: int) -> npt.NDArray[np.bool_]:
    failing = (~uses.held(values, factors)).sum(axis=0)
    return np.asarray(failing <= may_fail)


def _rises(uses: LimitUses, factors: Array, values: Array, may_fail: int) -> Array:
    """Return by what each limit's use as priced is multiplied in the asked share of draws."""
    used, allowed = uses.over_draws(values, factors)
    bounds = np.array([row.bound for row in uses.rows])
    # what is carried in counts as money that a limit has
    taken = used - (allowed - bounds)
    asked = np.sort(taken, axis=0)[max(len(factors) - 1 - may_fail, 0)]
    priced = uses.priced(values)
    usual = np.sort(factors.mean(axis=1))[max(len(factors) - 1 - may_fail, 0)]
    some = priced > lp.POUND
    rises = np.where(some, asked / np.where(some, priced, 1.0), usual)
    return np.asarray(np.maximum(rises, 1.0))


def _kept_back(case: Case, uses: LimitUses, rises: Array) -> Case:
    less = {row.name: row.bound / rise for row, rise in zip(uses.rows, rises, strict=True)}
    rows = [replace(row, bound=less.get(row.name, row.bound)) for row in case.program.rows]
    return replace(case, program=replace(case.program, rows=rows))


def bound_of(case: Case, uses: LimitUses, factors: Array, may_fail: int, values: Array) -> float:
    """Return what no plan is worth more than that keeps each limit in all but some of the draws.

    Of any draws more than may fail, the rest hold: so their use adds up to no more than their
    limits, and a scheme costs in them no less than in as many of its cheapest. Draws that are
    dear for a plan make good sets. The bound is the relaxation with these rows.

    Parameters
    ----------
    case, uses, factors, may_fail
        As for `with_reserves`.
    values
        A safe plan.
    """
    draws = len(factors)
    if may_fail >= draws:
        return np.inf
    used, _ = uses.over_draws(values, factors)
    program = case.program.copy()
    sizes = np.unique(np.geomspace(may_fail + 1, draws, CUTS).round().astype(int))
    for n, row in enumerate(uses.rows):
        dearest = np.argsort(-used[:, n], kind="stable")
        for size in sizes:
            ordered = np.sort(factors[dearest[:size]], axis=0)
            hold = size - may_fail
            least, most = ordered[:hold].mean(axis=0), ordered[-hold:].mean(axis=0)
            own = uses.schemes[n]
            costs = uses.amounts[n] * np.where(uses.amounts[n] >= 0, least[own], most[own])
            terms = [(int(c), float(cost)) for c, cost in zip(uses.columns[n], costs, strict=True)]
            allowed = row.bound + uses.carried_most(n)
            # what closed years have left, at the most
            terms += [(c, f) for c, f in uses.closed[n]]
            program.row("dear", (row.key, int(size)), terms, "<=", allowed, row.give)
    relaxed = lp.solve(program, relax=True)
    return relaxed.bound if relaxed.has_plan else np.inf
