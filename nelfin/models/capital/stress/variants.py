"""A case with something changed: limits, costs, rows, values; and what a solution funds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.data.tables import rows_of
from nelfin.models.capital.case import Case
from nelfin.models.capital.limits import LimitKey, key_of
from nelfin.models.capital.starts import Start

Terms = list[tuple[int, float]]
"""Columns with what each adds."""


def funded(case: Case, solution: lp.Solution, whole: bool = False) -> list[Start]:
    """Return the starts that a solution funds.

    Parameters
    ----------
    case
        The capital case.
    solution
        A plan of its program, or of one with the same starts.
    whole
        Leave out those funded in part.
    """
    least = 1 - 1e-6 if whole else 1e-6
    return [start for start in case.starts if solution.values[start.share_column] > least]


def counted(case: Case, count: Mapping[str, int], draws: int, column: str) -> pd.DataFrame:
    """Return in what share of drawn plans each scheme is.

    Parameters
    ----------
    case
        The capital case.
    count
        Number of plans that fund a scheme, by its id.
    draws
        Number of plans.
    column
        What to call the share.

    Returns
    -------
    pandas.DataFrame
        A row a scheme, the most certain first: `project_id, name`, the share (0 to 1), and
        `verdict`: core (in all), borderline, or exterior (in none).
    """
    frame = case.projects[["project_id", "name"]].reset_index(drop=True)
    frame[column] = frame["project_id"].map(count) / draws
    frame["verdict"] = np.select(
        [frame[column] == 1, frame[column] == 0], ["core", "exterior"], "borderline"
    )
    return frame.sort_values(column, ascending=False, kind="stable", ignore_index=True)


def shares_of(case: Case, ids: Iterable[str]) -> dict[str, Terms]:
    """Return the columns of some schemes: those of one add up to 1 if it is funded whole.

    Parameters
    ----------
    case
        The capital case.
    ids
        Of the schemes.
    """
    wanted = set(ids)
    terms: dict[str, Terms] = {}
    for start in case.starts:
        if start.scheme.id in wanted:
            terms.setdefault(start.scheme.id, []).append((start.share_column, 1.0))
    return terms


def reach(solution: lp.Solution, terms: Terms) -> float:
    """Return what a solution adds up to over columns.

    Parameters
    ----------
    solution
        A plan.
    terms
        Columns with what a unit of each adds.
    """
    return float(sum(amount * solution.values[column] for column, amount in terms))


def gap_of(bound: float, solution: lp.Solution) -> float:
    """Return how far a plan may be from a bound, as a share of the plan.

    Parameters
    ----------
    bound
        What no plan is worth more than.
    solution
        The plan.
    """
    objective = solution.objective
    return max(0.0, (bound - objective) / abs(objective)) if objective else 0.0


def with_rows(case: Case, rows: Iterable[lp.Row]) -> Case:
    """Return the case with rows added.

    Parameters
    ----------
    case
        The capital case; it stays as it is.
    rows
        Of its columns.
    """
    return replace(case, program=replace(case.program, rows=[*case.program.rows, *rows]))


def with_limit_rows(case: Case, change: Callable[[lp.Row], lp.Row]) -> Case:
    """Return the case with the row of each limit changed.

    Parameters
    ----------
    case
        The capital case; it stays as it is.
    change
        Returns the changed row of a limit.
    """
    rows = [change(row) if row.kind == "limit" else row for row in case.program.rows]
    return replace(case, program=replace(case.program, rows=rows))


def with_limits(case: Case, share: float, firm_too: bool = False) -> Case:
    """Return the case with its limits times a share; firm ones stay unless all are firm.

    Parameters
    ----------
    case
        The capital case.
    share
        1 is the limits as they are.
    firm_too
        Move firm limits as well.
    """
    status = {key_of(limit): str(limit.status) for limit in rows_of(case.limits)}
    all_firm = firm_too or set(status.values()) <= {"firm"}

    def scaled(row: lp.Row) -> lp.Row:
        moves = all_firm or status[cast(LimitKey, row.key)] != "firm"
        return replace(row, bound=row.bound * share) if moves else row

    # what may be carried over is a share of the limit, and moves with it
    kinds = {"limit", "carry"}
    rows = [scaled(row) if row.kind in kinds else row for row in case.program.rows]
    return replace(case, program=replace(case.program, rows=rows))
