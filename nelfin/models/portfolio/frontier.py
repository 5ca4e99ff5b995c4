"""The frontier of value and cost: the best portfolio of smaller and larger pools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital.case import Case as CapitalCase
from nelfin.models.capital.solving import solve_program
from nelfin.models.capital.stress.variants import funded, gap_of, with_limits
from nelfin.models.portfolio.case import Case, spend_of

COLUMNS = ["pool_pct", "pool_gbp_m", "cost_gbp_m", "value", "initiatives", "gap"]


def frontier_of(
    case: Case, relaxed: lp.Solution, solution: lp.Solution, watch: lp.Watch
) -> pd.DataFrame:
    """Return what the best portfolio is worth and costs as every pool moves together.

    Parameters
    ----------
    case
        The case; its settings say for which pools.
    relaxed, solution
        Its relaxation and its best portfolio, with the pools as they are.
    watch
        The clock: sizes are left out for which there is no time.

    Returns
    -------
    pandas.DataFrame
        A row a size, the smallest first: `COLUMNS`. Without value where the pools are too small
        for what must be in. The gap is how far the value may be from the best, a share.
    """
    whole = sum(case.checked.pools.values())
    rows: list[list[float]] = []
    smaller: lp.Solution | None = None
    for percent in sorted(case.checked.settings.frontier_pct):
        moved = _as_close(with_limits(case.capital, percent / 100), case)
        bound, found = relaxed, solution
        if percent != 100:
            try:
                begin = None if smaller is None else smaller.values
                bound, found = solve_program(moved, begin, watch)
            except NoAnswerError:
                if watch.over or watch.stopped:
                    break
                rows.append([percent, whole * percent / 100, *[np.nan] * 4])
                continue
            # what fits a pool fits a larger one, though time may be too short to come to it again
            if smaller is not None and smaller.objective > found.objective:
                found = replace(found, values=smaller.values, objective=smaller.objective)
        chosen = [(case.initiatives[each.scheme.id], each.year) for each in funded(moved, found)]
        cost = sum(float(spend_of(each.cost, at, case.checked).sum()) for each, at in chosen)
        gap = gap_of(float(np.nanmin([bound.bound, found.bound])), found)
        rows.append([percent, whole * percent / 100, cost, found.objective, len(chosen), gap])
        smaller = found
    return pd.DataFrame(rows, columns=COLUMNS)


def _as_close(moved: CapitalCase, case: Case) -> CapitalCase:
    """Return a size of the pools whose best portfolio is proven as close as sizes need be."""
    gap = max(moved.settings.gap_pct, case.checked.settings.frontier_gap_pct)
    return replace(moved, settings=replace(moved.settings, gap_pct=gap))
