"""Programs that fall into parts without a row in common: what is best for each is best for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nelfin import program as lp
from nelfin.models.capital.kernel import Array, hopeful, in_haste, near_by, plan_with

SMALL = 30
"""Parts with fewer columns are taken together: a search of each would cost more than it saves."""
ROUNDS = (
    (2_000, 1.0),
    (10_000, 0.25),
    *((10_000 * 4**more, 0.0) for more in range(1, 12)),
    (None, 0.0),
)
"""Steps of the solver for each part, in turn, and the share of the gap that is asked of it: no part
waits for one that is never proven, and the easy ones make up for it."""

Columns = npt.NDArray[np.int_]


def parts_of(program: lp.Program) -> list[Columns]:
    """Return the columns of each part: two parts have no row in common.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    list of numpy.ndarray
        Numbers of columns, each in one part; in the order of the first column.
    """
    count = len(program.value)
    ties = [(row.terms[0][0], column) for row in program.rows for column, _ in row.terms]
    first, second = np.array(ties, dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(ties)), (first, second)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    sizes = np.bincount(part, minlength=1)
    part = np.where(sizes[part] < SMALL, -1, part)
    names, at = np.unique(part, return_index=True)
    return [np.flatnonzero(part == names[n]) for n in np.argsort(at)]


@dataclass
class _Part:
    """A part of a program, with the best plan of it so far and what no plan of it is worth more."""

    columns: Columns
    program: lp.Program
    relaxed: lp.Solution
    plan: lp.Solution | None
    bound: float

    @property
    def left(self) -> float:
        """What a better plan may add; infinite without a plan."""
        return np.inf if self.plan is None else max(self.bound - self.plan.objective, 0.0)

    @property
    def size(self) -> float:
        """What its gap is a share of."""
        return np.inf if self.plan is None else max(abs(self.plan.objective), lp.POUND)


def in_parts(
    program: lp.Program,
    relaxed: lp.Solution,
    parts: list[Columns],
    gap: float,
    begin: Array | None,
    watch: lp.Watch,
) -> lp.Solution:
    """Find a whole-number plan part by part, proven within a gap of the best of all.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.
    parts
        From `parts_of`.
    gap
        As a share of the whole plan's value.
    begin
        A plan known to hold, if there is one; shape (column,).
    watch
        The clock of all of it.

    Returns
    -------
    lp.Solution
        Status `optimal` if within the gap, `stopped` if the search was to end before; that of the
        first part without a plan, if one has none.
    """
    # a small part is soon proven, and what it leaves of the gap is there for a hard one
    each = sorted(_apart(program, relaxed, parts, begin), key=lambda part: len(part.columns))
    with watch.aside():  # how far a part is says nothing of the whole
        for part in each:
            enough = part.bound / (1 + gap)
            if enough > 0:
                part.plan = near_by(part.program, part.relaxed, gap, enough, part.plan, watch)
    for steps, share in ROUNDS:
        for part in each:
            others = [other for other in each if other is not part]
            spare = gap * abs(_worth(each)) - sum(other.left for other in others)
            if part.left <= spare:
                return _joined(program, each, gap, watch)
            own = share * gap if part.plan is None else max(share * gap, spare / part.size)
            if part.plan is not None and (watch.over or part.left <= own * part.size):
                continue
            with watch.aside():
                status = _improve(part, own, steps, watch)
            if part.plan is None and (steps is None or watch.over or status == "infeasible"):
                none = lp.without_plan(status, len(program.value), 0.0)
                return replace(none, bound=relaxed.bound)
            if all(part.plan is not None for part in each):
                watch.tell(_worth(each), sum(part.bound for part in each))
    return _joined(program, each, gap, watch)


def _apart(
    program: lp.Program, relaxed: lp.Solution, parts: list[Columns], begin: Array | None
) -> list[_Part]:
    of = np.zeros(len(program.value), dtype=int)
    place = np.zeros(len(program.value), dtype=int)
    for number, columns in enumerate(parts):
        of[columns], place[columns] = number, np.arange(len(columns))
    rows: list[list[lp.Row]] = [[] for _ in parts]
    for row in program.rows:
        if row.terms:
            terms = tuple((int(place[column]), factor) for column, factor in row.terms)
            rows[of[row.terms[0][0]]].append(replace(row, terms=terms))
    each = []
    for columns, held in zip(parts, rows, strict=True):
        chosen = columns.tolist()
        part = lp.Program(
            [program.value[c] for c in chosen],
            [program.low[c] for c in chosen],
            [program.high[c] for c in chosen],
            [program.whole[c] for c in chosen],
            held,
        )
        values = relaxed.values[columns]
        worth = float(np.dot(part.value, values))
        give = sum(abs(relaxed.prices.get(row.name, 0.0)) * row.give for row in held)
        own = replace(relaxed, values=values, objective=worth, bound=worth + give)
        plan = None if begin is None else plan_with(part, begin[columns])
        whole = values[np.asarray(part.whole, dtype=bool)]
        if plan is None and (np.abs(whole - np.round(whole)) <= 1e-9).all():
            plan = plan_with(part, np.where(part.whole, np.round(values), values))
        each.append(_Part(columns, part, own, plan, worth + give))
    return each


def _improve(part: _Part, gap: float, steps: int | None, watch: lp.Watch) -> lp.Status:
    """Search a part everywhere, for so many steps or until it is within a gap of its own."""
    best = part.plan
    whole = part.program if best is None else hopeful(part.program, part.relaxed, best.objective)
    begin = None if best is None else best.values
    found = lp.solve(whole, gap=gap, begin=begin, watch=watch, steps=steps)
    if found.has_plan:
        found = lp.filled(part.program, found)
    elif best is None and watch.over:
        found = in_haste(part.program, part.relaxed) or found
    if found.has_plan and (best is None or found.objective > best.objective):
        part.plan = found
    if part.plan is not None and np.isfinite(found.bound):
        # a plan that is none of those still searched is worth no more than the one at hand
        part.bound = min(part.bound, max(found.bound, part.plan.objective))
    return found.status


def _worth(each: list[_Part]) -> float:
    return sum(part.plan.objective for part in each if part.plan is not None)


def _joined(program: lp.Program, each: list[_Part], gap: float, watch: lp.Watch) -> lp.Solution:
    values = np.zeros(len(program.value))
    for part in each:
        values[part.columns] = cast(lp.Solution, part.plan).values  # each has one by now
    plan, bound = plan_with(program, values), sum(part.bound for part in each)
    within = bound - plan.objective <= gap * abs(plan.objective) + 1e-11 * abs(bound)
    watch.tell(plan.objective, bound)
    return replace(
        plan, status="optimal" if within else "stopped", bound=max(bound, plan.objective)
    )
