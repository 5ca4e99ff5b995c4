"""The search for a whole-number plan: among few columns near the relaxation, then everywhere."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from nelfin import program as lp
from nelfin.models.capital.kernel import Array, hopeful, in_haste, near_by, plan_with
from nelfin.models.capital.parts import in_parts, parts_of

FEW = 300
"""Programs with fewer columns are searched whole at once."""


def best_plan(
    program: lp.Program,
    relaxed: lp.Solution,
    gap: float,
    solver: lp.SolverName,
    begin: Array | None = None,
    watch: lp.Watch | None = None,
) -> lp.Solution:
    """Find a whole-number plan proven within a gap of the best.

    The relaxation bounds every plan, and it is close. So the search stops as soon as a plan is
    within the gap of it. Most columns of a good plan are as the relaxation has them: they are kept
    so, and those in doubt are searched, few at first and then more. The best plan of these begins
    the search of the whole. Work is counted in steps of the solver and not in seconds, so that the
    plan is the same however busy the machine is.

    Parameters
    ----------
    program, relaxed
        The program and its relaxation.
    gap
        As a share of the plan's value.
    solver
        CBC takes no beginning and no target, and searches everywhere at once.
    begin
        A plan known to hold, to begin from where nothing better is found near the relaxation.
    watch
        The clock of all of it, which may also stop the search.

    Returns
    -------
    lp.Solution
        Status `optimal` if within the gap, `stopped` if the search was to end before.

    Notes
    -----
    Schemes that share no limit and no rule, such as those of two trusts with limits of their own,
    are searched apart: what is best for each is best for all.
    """
    watch, start = watch or lp.Watch(), time.perf_counter()
    watch.ceiling = relaxed.bound
    best = None if begin is None else plan_with(program, begin)
    if solver != "highs":
        found = lp.solve(program, solver, gap=gap, watch=watch)
        if found.has_plan:
            return lp.filled(program, found)
        hasty = in_haste(program, relaxed) if watch.over else None
        return found if hasty is None else replace(hasty, bound=relaxed.bound)
    if len(program.value) > FEW and len(parts := parts_of(program)) > 1:
        found = in_parts(program, relaxed, parts, gap, begin, watch)
        return replace(found, seconds=time.perf_counter() - start)
    enough = relaxed.bound / (1 + gap) if relaxed.bound > 0 else None
    if enough is not None and len(program.value) > FEW:
        best = near_by(program, relaxed, gap, enough, best, watch)
        if best is not None and best.objective >= enough:
            spent = time.perf_counter() - start
            return replace(best, status="optimal", bound=relaxed.bound, seconds=spent)
    whole = program if best is None else hopeful(program, relaxed, best.objective)
    values = None if best is None else best.values
    found = lp.solve(whole, gap=gap, enough=enough, begin=values, watch=watch)
    if found.has_plan:
        found = lp.filled(program, found)
    if not found.has_plan and best is None and watch.over:
        best = in_haste(program, relaxed)
    if best is not None and not (found.has_plan and found.objective >= best.objective):
        found = replace(best, status="stopped", bound=found.bound)
    status = "optimal" if found.status == "enough" else found.status
    bound = float(np.nanmin([found.bound, relaxed.bound]))
    return replace(found, status=status, bound=bound, seconds=time.perf_counter() - start)
