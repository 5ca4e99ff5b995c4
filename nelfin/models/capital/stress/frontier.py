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
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.solving import require_answer, solve_program
from nelfin.models.capital.starts import Start
from nelfin.models.capital.stress.variants import Terms, funded, gap_of, reach, with_rows

Array = npt.NDArray[np.float64]

Second = Literal["deprived", "backlog"]

HIGH_RISK = ("high", "significant")


def second_measure(case: Case, second: Second) -> Array:
    """Return what each start adds to the second objective, £m.

    `deprived`: use of the limit that reaches people in the most deprived areas (use times the
    place's share of them). `backlog`: high- and significant-risk backlog cleared.

    Parameters
    ----------
    case
        The capital case.
    second
        `deprived` or `backlog`.

    Returns
    -------
    numpy.ndarray
        £m; shape (start,).
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
    terms = _terms(case, second)
    if not terms:
        raise InputError.one(
            "frontier",
            f"no scheme adds to {second}.",
            "Give the table deprivation and the schemes' places, or the backlog they clear.",
        )
    _, best = solve_program(case)
    most = _most_of(case, terms)
    rows: list[list[object]] = []
    plan = most
    # from the far end down, so that each plan holds at the next level and can begin its search
    for level in np.linspace(reach(most, terms), reach(best, terms), points):
        asked = with_rows(case, [_second_row(terms, float(level))])
        relaxed, plan = solve_program(asked, begin=plan.values)
        bound = min(relaxed.bound, plan.bound)
        count = len({start.scheme.id for start in funded(case, plan)})
        rows.append([plan.objective, reach(plan, terms), count, gap_of(bound, plan)])
    frame = pd.DataFrame(rows[::-1], columns=["benefit", "second_gbp_m", "schemes", "gap"])
    frame.insert(0, "point", np.arange(1, points + 1))
    frame.insert(2, "benefit_given_up", frame["benefit"].max() - frame["benefit"])
    return frame


def upper_frontier(case: Case, second: Second, points: int = 9) -> pd.DataFrame:
    """Return an upper bound of the frontier: that of schemes which may be cut into shares.

    Each point is a linear program, so that this takes a fraction of a second where `frontier`
    takes as long as a search for each point.

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
        A row a point: `point, benefit, second_gbp_m`, from the most benefit to the most of the
        second; no row if no scheme adds to the second objective.
    """
    terms = _terms(case, second)
    if not terms:
        return pd.DataFrame(columns=["point", "benefit", "second_gbp_m"])
    most = lp.solve(_valued_by(case, terms), relax=True)
    require_answer(most, case)
    row = _second_row(terms, 0.0)
    loaded = lp.LoadedProgram(with_rows(case, [row]).program, relax=True)
    levels = np.linspace(reach(loaded.solve(), terms), most.objective, points)
    rows = []
    for point, level in enumerate(levels, start=1):
        loaded.set_bound(row.name, float(level))
        rows.append([point, loaded.solve().objective, float(level)])
    return pd.DataFrame(rows, columns=["point", "benefit", "second_gbp_m"])


def reached(case: Case, plan: pd.DataFrame, second: Second) -> float:
    """Return how much of the second objective a plan reaches, £m.

    Parameters
    ----------
    case
        The capital case.
    plan
        A row a scheme: `project_id, start_year, funded_share`.
    second
        `deprived` or `backlog`.
    """
    shares = plan.set_index(["project_id", "start_year"])["funded_share"].to_dict()
    measure = second_measure(case, second)
    return float(sum(
        amount * shares.get((start.scheme.id, case.years[start.year]), 0.0)
        for start, amount in zip(case.starts, measure, strict=True)
    ))  # fmt: skip


def _terms(case: Case, second: Second) -> Terms:
    measure = second_measure(case, second)
    return [
        (start.share_column, float(amount))
        for start, amount in zip(case.starts, measure, strict=True)
        if amount
    ]


def _second_row(terms: Terms, least: float) -> lp.Row:
    # the level is one that was reached, and known to the solver's rounding
    return lp.Row("second", None, tuple(terms), ">=", least, lp.POUND)


def _valued_by(case: Case, terms: Terms) -> lp.Program:
    """Return the program of a case with a measure for its value."""
    value = np.zeros(len(case.program.value))
    for column, amount in terms:
        value[column] = amount
    return replace(case.program, value=value.tolist())


def _most_of(case: Case, terms: Terms) -> lp.Solution:
    """Return the plan with the most of a measure."""
    program = _valued_by(case, terms)
    relaxed = lp.solve(program, relax=True)
    gap = case.settings.gap_pct / 100
    watch = lp.Watch(case.settings.time_limit_s)
    solution = best_plan(program, relaxed, gap, "highs", watch=watch)
    require_answer(solution, case, watch)
    return solution
