"""Chance constraints: a plan whose every limit holds in most draws of what schemes cost."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.in_force import require_none_in_force
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.settings import TableNames
from nelfin.models.capital.solving import solve_program
from nelfin.models.capital.stress.held import LimitUses, key_of, limit_uses
from nelfin.models.capital.stress.overruns import cost_factors
from nelfin.models.capital.stress.reserves import bound_of, with_reserves
from nelfin.models.ranges import Spread

Array = npt.NDArray[np.float64]

SMALL = 20_000
"""Draws times costs of starts up to which the sampled problem is solved as it is."""

FRESH = 10_000
"""Draws of another seed in which the plan is tried."""

SAFE_PLAN = "a plan whose limits hold in most draws of costs"
"""What `safe_plan` draws up, in errors."""

LIMIT_COLUMNS = [
    "year", "organisation", "money", "limit_gbp_m", "used_gbp_m", "reserve_gbp_m", "share_held",
    "share_held_fresh",
]  # fmt: skip


@dataclass(frozen=True)
class Chance:
    """How safe a plan is to be, and over which draws of costs.

    Parameters
    ----------
    safe
        Share of draws in which each limit holds, at least.
    spread
        What a scheme may cost above its price, %.
    common_pct
        Share of the departure that all schemes have in common.
    draws, seed
        Of the costs.
    exact
        Whether to solve the sampled problem itself or to find reserves; None: by its size.
    """

    safe: float
    spread: Spread
    common_pct: float = 50.0
    draws: int = 100
    seed: int = 0
    exact: bool | None = None


@dataclass(frozen=True)
class ChancePlan:
    """A plan whose limits hold in most draws, and what that costs.

    Parameters
    ----------
    plan
        The plan; its account tells how close it is to the best plan that is as safe.
    limits
        A row a limit: `year, organisation, money, limit_gbp_m` (over-programming included),
        `used_gbp_m` (as priced), `reserve_gbp_m` (what costs above the price come to at most in
        the asked share of draws), `share_held` of the draws, and `share_held_fresh`, of others.
    as_priced
        Worth of the plan that looks at prices alone.
    given_up
        How much less the safe plan is worth.
    exact
        Whether the sampled problem itself was solved.
    """

    plan: CapitalPlan
    limits: pd.DataFrame
    as_priced: float
    given_up: float
    exact: bool


def safe_plan(case: Case, chance: Chance) -> ChancePlan:
    """Draw up the plan with most benefit whose every limit holds in most draws of costs.

    The limits also hold as priced. Each limit of each organisation and year is looked at by
    itself.

    Parameters
    ----------
    case
        The capital case.
    chance
        How safe, and over which draws.

    Raises
    ------
    InputError
        If the share or the number of draws is not one that can be had, or there is a plan in
        force, which this plan does not keep to.
    NoAnswerError
        If no plan is so safe, or none was found.

    Notes
    -----
    Method: sample average approximation of chance constraints (Luedtke and Ahmed 2008).
    """
    require_none_in_force(case.settings, SAFE_PLAN)
    if not 0 <= chance.safe <= 1:
        raise InputError.one("safe", f"is {chance.safe:g}.", "Give 0 to 1.")
    if chance.draws < 1:
        raise InputError.one("draws", f"is {chance.draws}.", "Give 1 or more.")
    # one clock: a third of it for the plan as priced
    clock = lp.Watch(case.settings.time_limit_s)
    priced_relaxed, priced = solve_program(case, watch=clock.part(1 / 3))
    factors = cost_factors(case, chance.spread, chance.common_pct, chance.draws, chance.seed)
    uses = limit_uses(case)
    may_fail = allowed_to_fail(chance.safe, chance.draws)
    exact = chance.exact
    if exact is None:
        exact = chance.draws * sum(map(len, uses.amounts)) <= SMALL
    if exact:
        program, relaxed, solution = _sampled(case, uses, factors, may_fail, clock)
        used = replace(case, program=program)
        if solution.status == "stopped":
            bound = bound_of(case, uses, factors, may_fail, solution.values)
            solution = replace(solution, bound=min(bound, relaxed.bound, solution.bound))
    else:
        used, relaxed, solution = with_reserves(case, uses, factors, may_fail, priced, clock)
        bound = bound_of(case, uses, factors, may_fail, solution.values)
        solution = replace(solution, bound=min(bound, priced_relaxed.bound))
    plan = _plan(used, relaxed, solution, exact)
    table = _limits(uses, solution.values, factors, may_fail, _fresh(case, chance))
    worth = plan.solve.objective
    best = max(priced.objective, worth)
    return ChancePlan(plan, table, best, best - worth, exact)


def allowed_to_fail(safe: float, draws: int) -> int:
    """Return in how many draws a limit may be passed.

    Parameters
    ----------
    safe
        Share of draws in which it holds, at least.
    draws
        How many there are.
    """
    return int(np.floor((1 - safe) * draws + 1e-9))


def _fresh(case: Case, chance: Chance) -> Array:
    return cost_factors(case, chance.spread, chance.common_pct, FRESH, chance.seed + 1)


def _sampled(
    case: Case, uses: LimitUses, factors: Array, may_fail: int, clock: lp.Watch
) -> tuple[lp.Program, lp.Solution, lp.Solution]:
    """Solve the sampled problem: which draws may fail is chosen with the plan."""
    program = sampled_program(case, uses, factors, may_fail)
    settings = case.settings
    relaxed = lp.solve(program, settings.solver, relax=True)
    solution = relaxed
    if relaxed.has_plan:
        gap = settings.gap_pct / 100
        solution = best_plan(program, relaxed, gap, settings.solver, None, clock)
    require_safe(solution, settings.called)
    return program, relaxed, lp.filled(program, solution)


def require_safe(solution: lp.Solution, called: TableNames) -> None:
    """Refuse a solution without a plan.

    Parameters
    ----------
    solution
        What the solver found of a program with chance constraints.
    called
        What the time limit is called.

    Raises
    ------
    NoAnswerError
        If there is none.
    """
    if solution.status == "infeasible":
        raise NoAnswerError(
            "No plan keeps its limits in so many draws of costs: what must be funded takes too "
            "much. Ask for less safety, or raise the limits."
        )
    if not solution.has_plan:
        raise NoAnswerError(
            f"The solver found no safe plan in {solution.seconds:.0f} seconds "
            f"({solution.status}). Give it longer ({called.time_limit_s}), or fewer draws."
        )


def sampled_program(case: Case, uses: LimitUses, factors: Array, may_fail: int) -> lp.Program:
    """Return the program of a case in which each limit is passed in at most some of the draws.

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
    """
    program = case.program.copy()
    carried: dict[tuple[int, int], int] = {}  # what a limit leaves to the next year, by draw
    failing: dict[int, list[tuple[int, float]]] = {}
    after = {before: n for n, before in enumerate(uses.before) if before >= 0}
    for n, row in enumerate(uses.rows):
        most = most_passed(uses, n, factors, may_fail)
        for draw, factor in enumerate(factors):
            costs = factor[uses.schemes[n]] * uses.amounts[n]
            terms = [(int(c), float(cost)) for c, cost in zip(uses.columns[n], costs, strict=True)]
            key: Hashable = (row.key, draw)
            fails = None
            if most[draw] > 0 and may_fail:
                fails = program.column(0.0, whole=True)
                failing.setdefault(n, []).append((fails, 1.0))
                terms.append((fails, -float(most[draw])))
            if (uses.before[n], draw) in carried:
                terms.append((carried[uses.before[n], draw], -1.0))
            terms += uses.closed[n]
            if uses.carried[n] > 0 and n in after:
                high = float(uses.carried[n])
                left = carried[n, draw] = program.column(0.0, high=high)
                terms.append((left, 1.0))
                if fails is not None:  # what has passed its limit leaves nothing
                    program.row("left", key, [(left, 1.0), (fails, high)], "<=", high)
            program.row("chance", key, terms, "<=", row.bound, row.give)
    for n, terms in failing.items():
        program.row("failing", uses.rows[n].key, terms, "<=", float(may_fail))
    return program


def most_passed(uses: LimitUses, row: int, factors: Array, may_fail: int) -> Array:
    """Return a bound on what a limit can be passed by in each draw, £m; shape (draw,).

    A plan that holds in a draw m uses at most the dearest ratio of costs of draws n and m times
    the limit in draw n; and of any draws one more than may fail, one holds.

    Parameters
    ----------
    uses, row
        Of the limits, and which.
    factors
        Cost as a multiple of the price; (draw, scheme).
    may_fail
        Draws in which a limit may be passed.
    """
    amounts, schemes = uses.amounts[row], uses.schemes[row]
    limit = uses.rows[row].bound
    paid = np.unique(schemes[amounts > 0])
    most = np.zeros(len(factors))
    # each scheme once, at its dearest start
    for scheme in paid:
        most += factors[:, scheme] * amounts[schemes == scheme].max()
    most -= limit
    if (amounts >= 0).all() and may_fail < len(factors) and (factors > 0).all():
        own = factors[:, paid]
        ratios = np.stack([(own / held).max(axis=1) for held in own], axis=1)
        nearest = np.sort(ratios, axis=1)[:, may_fail]
        most = np.minimum(most, nearest * (limit + uses.carried_most(row)) - limit)
    return np.maximum(most, 0.0)


def _plan(case: Case, relaxed: lp.Solution, solution: lp.Solution, exact: bool) -> CapitalPlan:
    plan = plan_of(case, relaxed, solution)
    if exact:
        return plan
    account = plan.solve
    bound = max(solution.bound, account.objective)
    gap = (bound - account.objective) / abs(account.objective) if account.objective else None
    return replace(plan, solve=replace(account, bound=bound, gap=gap))


def _limits(
    uses: LimitUses, values: Array, factors: Array, may_fail: int, fresh: Array
) -> pd.DataFrame:
    priced = uses.priced(values)
    used, _ = uses.over_draws(values, factors)
    held, held_fresh = uses.held(values, factors), uses.held(values, fresh)
    asked = np.sort(used, axis=0)[max(len(factors) - 1 - may_fail, 0)]
    rows = []
    for n, row in enumerate(uses.rows):
        key, reserve = key_of(row), max(asked[n] - priced[n], 0.0)
        shares = held[:, n].mean(), held_fresh[:, n].mean()
        rows.append([key.year, key.organisation, key.money, row.bound, priced[n], reserve, *shares])
    return pd.DataFrame(rows, columns=LIMIT_COLUMNS)
