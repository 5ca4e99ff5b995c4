"""The frontier of benefit against a second objective."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.errors import InputError
from nelfin.models.capital.case import Case
from nelfin.models.capital.doubt.variants import funded, gap_of, reach, with_rows
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.solving import require_answer, solve_program
from nelfin.models.capital.starts import Start

Array = npt.NDArray[np.float64]

Second = Literal["deprived", "backlog"]

HIGH_RISK = ("high", "significant")


def second_measure(case: Case, second: Second) -> Array:
    """Return what each start adds to the second objective, £m.

    `deprived`: use of the limit that reaches people in the most deprived areas (use times the
    place's share of them). `backlog`: high- and significant-risk backlog cleared.
    """

    def of(start: Start) -> float:
        if second == "deprived":
            return float(start.scheme.deprived_share * start.cdel.sum())
        return start.cleared(HIGH_RISK)

    return np.array([of(start) for start in case.starts])


def frontier(case: Case, second: Second, points: int = 7) -> pd.DataFrame:
    """Return the Pareto frontier of benefit against a second objective.

    The most of one objective and then the most of the other give the two ends. Between them the
    second must reach a level (epsilon constraint), and benefit is made as large as it can be.

    Parameters
    ----------
    case
        The capital case.
    second
        `deprived` or `backlog`.
    points
        Points, the two ends included.

    Returns
    -------
    pandas.DataFrame
        A row a point: `point, benefit, second_gbp_m, benefit_given_up, schemes, gap`. The gap is
        how far the benefit of the point may be from the best, a share.

    Raises
    ------
    InputError
        If no scheme adds to the second objective.

    Notes
    -----
    Method: epsilon constraint (Haimes, Lasdon and Wismer 1971).
    """
    measure = second_measure(case, second)
    if not measure.any():
        raise InputError.one(
            "frontier",
            f"no scheme adds to {second}.",
            "Give the table deprivation and the schemes' places, or the backlog they clear.",
        )
    terms = [(s.share, float(m)) for s, m in zip(case.starts, measure, strict=True) if m]
    _, best = solve_program(case)
    most = _most_of(case, terms)
    rows: list[list[object]] = []
    plan = most
    # from the far end down, so that each plan holds at the next level and can begin its search
    for level in np.linspace(reach(most, terms), reach(best, terms), points):
        # a hair below the level reached, so that rounding does not rule the plan out
        asked = with_rows(case, [("second", terms, ">=", float(level) - 1e-6)])
        relaxed, plan = solve_program(asked, begin=plan.values)
        bound = min(relaxed.objective, plan.bound)
        count = len({start.scheme.id for start in funded(case, plan)})
        rows.append([plan.objective, reach(plan, terms), count, gap_of(bound, plan)])
    frame = pd.DataFrame(rows[::-1], columns=["benefit", "second_gbp_m", "schemes", "gap"])
    frame.insert(0, "point", np.arange(1, points + 1))
    frame.insert(2, "benefit_given_up", frame["benefit"].max() - frame["benefit"])
    return frame


def _most_of(case: Case, terms: list[tuple[int, float]]) -> lp.Solution:
    """Return the plan with the most of a measure."""
    value = np.zeros(len(case.program.value))
    for column, amount in terms:
        value[column] = amount
    program = replace(case.program, value=value.tolist())
    relaxed = lp.solve(program, relax=True)
    gap = case.settings.gap_pct / 100
    found = best_plan(program, relaxed, gap, case.settings.time_limit_s, "highs")
    require_answer(found, case)
    return lp.filled(program, found)
