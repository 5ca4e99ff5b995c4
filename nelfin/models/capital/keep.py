"""Plans that keep still: of those within the gap, the one that changes fewest starts."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.in_force import changes, keeping, starts_in_force
from nelfin.models.capital.kernel import near_by, plan_with, reduced_costs
from nelfin.models.capital.parts import parts_of
from nelfin.models.capital.plan import CapitalPlan, plan_of
from nelfin.models.capital.solving import (
    require_answer,
    solve_case,
    solve_program,
    without_too_dear,
)

Array = npt.NDArray[np.float64]

SMALL = 400
"""Programs with fewer columns are searched whole, until the fewest changes are proven."""
NEAR = 450
"""Columns searched of a larger program: those next to the relaxation. Measured on the pipeline."""
NODES = 1
"""Nodes of a search of a larger program: a count, so that the plan is the same on any machine."""
PRICES = (8, 16, 32, 64, 128)
"""What a change costs while a first plan is looked for: the worth that the gap leaves, over these.
A plan that changes little is found where it is dear, one within the gap where it is cheap."""
CHEAP = 16
"""Of these the first at which all columns next to the relaxation are searched, not only a few."""
STEPS = 20
"""Steps of the solver for a plan of so many changes: it is soon found, or not."""
WHOLE = 0.9
"""Share of the columns in one part from which a program is searched by few columns first: schemes
that share no limit are settled each by its own."""
TRIES = 2
"""Searches for still fewer changes that may fail."""
ROUNDING = 1e-9
"""Share of a plan's worth that is rounding."""


@dataclass
class _Aim:
    """A program, what keeps the plan in force, and the worth that a plan must reach."""

    program: lp.Program
    terms: list[tuple[int, float]]
    """Columns that keep the plan in force, with 1, and that change it, with -1."""
    funded: int
    """Schemes that the plan in force funds."""
    ends: float
    """Clock time by which to stop."""
    watch: lp.Watch
    """The clock of the command, which may also stop the search."""
    gap: float
    """As a share of the worth."""
    out_of_time: bool = False
    weighed: bool = False
    """Whether the plan was found by weighing changes against worth: then no worth is left over."""

    def left(self) -> float | None:
        """Return the seconds left; None for no limit."""
        left = self.ends - time.perf_counter()
        self.out_of_time = self.out_of_time or left <= 0 or self.watch.over
        return None if math.isinf(left) else max(left, 0.01)

    def changed(self, values: Array) -> int:
        """Return how many starts a plan changes."""
        kept = sum(factor * float(values[column]) for column, factor in self.terms)
        return round(self.funded - kept)

    def worth(self, values: Array) -> float:
        """Return what a plan is worth."""
        return float(np.dot(self.program.value, values))

    @cached_property
    def hangs_together(self) -> bool:
        """Whether nearly all schemes share limits."""
        most = max(len(part) for part in parts_of(self.program))
        return most >= WHOLE * len(self.program.value)

    def at_most(self, count: int) -> lp.Program:
        """Return the program in which at most so many starts are changed."""
        row = lp.Row("keep", "changes", tuple(self.terms), ">=", float(self.funded - count))
        return replace(self.program, rows=[*self.program.rows, row])

    def kept(self) -> Array:
        """Return what each column keeps of the plan in force; shape (column,)."""
        kept = np.zeros(len(self.program.value))
        for column, factor in self.terms:
            kept[column] += factor
        return kept


def plan_case(case: Case, watch: lp.Watch | None = None) -> CapitalPlan:
    """Draw up the plan of a case, near to the plan in force where the settings name one.

    Parameters
    ----------
    case
        The capital case.
    watch
        As for `solve_case`.

    Returns
    -------
    CapitalPlan
        Within the gap asked, unless time ran out. Without `begin_from` as `solve_case` has it;
        with `max_changes` of most benefit among those that change so few starts; else of fewest
        changes among those within the gap.

    Raises
    ------
    NoAnswerError
        If no plan meets every limit and rule, or none was found in time.
    """
    watch = watch or lp.Watch(case.settings.time_limit_s)
    if case.settings.begin_from is None:
        return solve_case(case, watch)
    in_force = starts_in_force(case.settings.begin_from)
    if case.settings.max_changes is not None:
        try:
            plan, least = solve_case(case, watch), None
        except NoAnswerError:
            _refuse_if_too_few(case, in_force, watch)
            raise
    else:
        plan, least = _fewest(case, in_force, watch)
    changed = changes(plan.plan, in_force)
    table = plan.plan.copy()
    kept = ~table["project_id"].isin(changed)
    for before, after in KEPT_WORDS.items():
        table.loc[kept, "reason"] = table.loc[kept, "reason"].str.replace(
            before, after, regex=False
        )
    account = replace(plan.solve, changed=len(changed), changed_at_least=least)
    return replace(plan, plan=table, solve=account)


KEPT_WORDS = {
    "Fits the room that better value leaves.": "Kept as the plan in force has it.",
    "Would fit; the solver stopped within its gap before adding it.": (
        "Would fit; left out as in the plan in force, so that fewer starts change."
    ),
}
"""Reasons of schemes that a plan in force decides, and how they are said then."""


def least_within(bound: float, gap: float) -> float:
    """Return the least worth of a plan that is within a gap of a bound, the gap a share of it.

    Parameters
    ----------
    bound
        What no plan is worth more than.
    gap
        As a share of the plan's own worth.

    Examples
    --------
    >>> least_within(101.0, 0.01), least_within(-99.0, 0.01)
    (100.0, -100.0)
    """
    if bound >= 0:
        return bound / (1 + gap)
    return bound / (1 - gap) if gap < 1 else -math.inf


def _fewest(case: Case, in_force: Mapping[str, str], watch: lp.Watch) -> tuple[CapitalPlan, int]:
    """Return the plan within the gap that changes fewest starts, and how few none can change."""
    settings, start = case.settings, time.perf_counter()
    relaxed = lp.solve(case.program, settings.solver, relax=True, watch=watch)
    require_answer(relaxed, case, watch)
    gap, until = settings.gap_pct / 100, time.perf_counter() + watch.left()
    aim = _Aim(
        without_too_dear(case),
        keeping(case.starts, in_force, case.years),
        sum(name in in_force for name in case.projects["project_id"]),
        # the other half is for the best plan, should no near one be found
        time.perf_counter() + watch.left() / 2,
        watch,
        gap,
    )
    enough, bound = least_within(relaxed.bound, gap), relaxed.bound
    with watch.aside():
        values, least = _nearest(aim, enough, bound) if gap > 0 else (None, 0)
    # a plan that hung on the clock is told as such
    status: lp.Status = "stopped" if aim.out_of_time else "optimal"
    aim.ends, aim.out_of_time = until, False
    if values is None:
        best = solve_program(case, watch=watch)[1]
        status = best.status if status == "optimal" else status
        if np.isfinite(best.bound):
            bound = min(bound, best.bound)
        if best.objective < enough:  # then the best plan found is the measure
            enough = least_within(best.objective, gap) - ROUNDING * abs(best.objective)
        with watch.aside():
            found, least = _nearest(aim, enough, bound, best.values)
        values = best.values if found is None else found
    if not aim.weighed:
        with watch.aside():
            values = _better(aim, aim.changed(values), values)
    status = "stopped" if aim.out_of_time else status
    seconds = time.perf_counter() - start - relaxed.seconds
    solution = lp.Solution(status, aim.worth(values), bound, values, {}, seconds)
    return plan_of(case, relaxed, lp.trimmed(case.program, solution), watch), least


def _nearest(
    aim: _Aim, enough: float, most: float, begin: Array | None = None
) -> tuple[Array | None, int]:
    """Return a plan worth enough that changes few starts, and how few none worth that changes.

    Parameters
    ----------
    aim
        The program and what keeps the plan in force.
    enough
        What the plan must be worth.
    most
        What no plan is worth more than.
    begin
        A plan worth enough, if one is known.
    """
    benefit = tuple((column, value) for column, value in enumerate(aim.program.value) if value)
    kept = aim.kept()
    rows = [*aim.program.rows, lp.Row("keep", "benefit", benefit, ">=", enough)]
    nearest = replace(aim.program, value=kept.tolist(), rows=rows)
    if len(kept) <= SMALL:
        exact = lp.solve(nearest, time_limit=aim.left(), watch=aim.watch, begin=begin)
        aim.left()
        if not exact.has_plan:
            return begin, 0
        bound = exact.bound if np.isfinite(exact.bound) else float(aim.funded)
        return exact.values, max(math.ceil(aim.funded - bound - 1e-6), 0)
    relaxed = lp.solve(nearest, relax=True, time_limit=aim.left(), watch=aim.watch)
    if not relaxed.has_plan:
        return begin, 0
    least = max(math.ceil(aim.funded - relaxed.objective - 1e-6), 0)
    found = _search(aim, least, enough)
    if found is not None:
        return found, least
    if begin is None:
        priced = _by_price(aim, enough, most) if aim.hangs_together else None
        aim.weighed = priced is not None
        begin = _within_reach(aim, enough, most) if priced is None else None
        if begin is None:
            return priced, least
    low, high, best, tries = least, aim.changed(begin), begin, TRIES
    while high - low > 1 and tries and not aim.out_of_time:
        middle = (low + high) // 2
        found = _search(aim, middle, enough)
        if found is None:
            low, tries = middle, tries - 1
        else:
            best, high = found, aim.changed(found)
    return best, least


def _priced(aim: _Aim, enough: float, most: float, parts: int) -> lp.Program:
    """Return the program in which a change costs a part of the worth that the gap leaves."""
    price = (most - enough) / parts
    value = np.asarray(aim.program.value) + price * aim.kept()
    return replace(aim.program, value=value.tolist())


def _by_price(aim: _Aim, enough: float, most: float) -> Array | None:
    """Return a plan worth enough in which a change is as dear as can be; few columns are searched.

    What a step of the search takes is counted and not timed, so that it ends soon.
    """
    for parts in PRICES:
        program = _priced(aim, enough, most, parts)
        relaxed = lp.solve(program, relax=True, time_limit=aim.left(), watch=aim.watch)
        if aim.out_of_time or not relaxed.has_plan:
            return None
        target = least_within(relaxed.bound, aim.gap)
        found = near_by(program, relaxed, aim.gap, target, None, aim.watch)
        aim.left()
        if found is not None and aim.worth(found.values) >= enough:
            return found.values
    return None


def _within_reach(aim: _Aim, enough: float, most: float) -> Array | None:
    """Return a plan worth enough that few changes lead to: a change costs less and less worth."""
    for parts in (parts for parts in PRICES if parts >= CHEAP):
        program = _priced(aim, enough, most, parts)
        relaxed = lp.solve(program, relax=True, time_limit=aim.left(), watch=aim.watch)
        if aim.out_of_time or not relaxed.has_plan:
            return None
        close = _next_to(program, relaxed)
        found = lp.solve(close, time_limit=aim.left(), watch=aim.watch, nodes=NODES)
        if found.has_plan and aim.worth(found.values) >= enough:
            return found.values
    return None


def _search(aim: _Aim, count: int, enough: float) -> Array | None:
    """Return a plan worth enough that changes at most so many starts; None if none is found."""
    program = aim.at_most(count)
    relaxed = lp.solve(program, relax=True, time_limit=aim.left(), watch=aim.watch)
    if not relaxed.has_plan or relaxed.objective < enough - ROUNDING * abs(enough):
        return None
    if aim.hangs_together:
        few = near_by(program, relaxed, aim.gap, enough, None, aim.watch)
        if few is not None and few.objective >= enough:
            return few.values
        aim.left()
    close = _next_to(program, relaxed)
    found = lp.solve(
        close, time_limit=aim.left(), watch=aim.watch, enough=enough, nodes=NODES, steps=STEPS
    )
    aim.left()
    if found.has_plan and aim.worth(found.values) >= enough:
        return found.values
    return None


def _better(aim: _Aim, count: int, values: Array) -> Array:
    """Return a plan of at least as much worth that changes no more starts."""
    program, limit = aim.at_most(count), aim.left()
    if aim.out_of_time:
        return values
    found: lp.Solution | None
    if len(program.value) <= SMALL:
        found = lp.solve(program, time_limit=limit, watch=aim.watch, begin=values)
    else:
        relaxed = lp.solve(program, relax=True, time_limit=limit, watch=aim.watch)
        if not relaxed.has_plan:
            return values
        if aim.hangs_together:
            begin = plan_with(program, values)
            found = near_by(program, relaxed, aim.gap, relaxed.bound, begin, aim.watch)
        else:
            near = _next_to(program, relaxed, values)
            left = aim.left()
            found = lp.solve(near, time_limit=left, watch=aim.watch, begin=values, nodes=NODES)
    better = found is not None and found.has_plan and aim.worth(found.values) > aim.worth(values)
    best = found.values if found is not None and better else values
    plan = lp.Solution("optimal", aim.worth(best), math.nan, best, {}, 0.0)
    return lp.filled(program, plan).values


def _next_to(program: lp.Program, relaxed: lp.Solution, values: Array | None = None) -> lp.Program:
    """Return the program with only the columns next to its relaxation, and those of a plan."""
    used = relaxed.values > ROUNDING
    cost = np.where(used, 0.0, reduced_costs(program, relaxed))
    order = np.argsort(cost, kind="stable")
    searched = np.zeros(len(cost), dtype=bool)
    searched[order[: max(NEAR, int(used.sum()) * 2)]] = True
    if values is not None:
        searched |= values > ROUNDING
    high = [most if keep else 0.0 for most, keep in zip(program.high, searched, strict=True)]
    low = [
        least if most is None else min(least, most)
        for least, most in zip(program.low, high, strict=True)
    ]
    return replace(program, low=low, high=high)


def _refuse_if_too_few(case: Case, in_force: Mapping[str, str], watch: lp.Watch) -> None:
    """Say how many starts must change at least, where fewer were allowed and no plan was found."""
    rows = [row for row in case.program.rows if row.name != ("keep", "changes")]
    value = np.zeros(len(case.program.value))
    for column, factor in keeping(case.starts, in_force, case.years):
        value[column] += factor
    if watch.over:
        return
    found = lp.solve(replace(case.program, value=value.tolist(), rows=rows), watch=watch)
    if not found.has_plan:
        return
    funded = sum(name in in_force for name in case.projects["project_id"])
    bound = found.bound if np.isfinite(found.bound) else found.objective
    least = math.ceil(funded - bound - 1e-6)
    allowed = case.settings.max_changes or 0
    if least > allowed:
        raise NoAnswerError(
            f"No plan changes at most {allowed} starts of the plan in force: within the limits and "
            f"rules as they are at least {least} must change. Allow {least} or more "
            f"({case.settings.called.max_changes})."
        )
