"""Futures that may come: budgets, costs and benefits, each with a weight and a case of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.data.specs import TABLES
from nelfin.data.tables import inspect_frame, records_of
from nelfin.errors import Problems
from nelfin.models.capital.case import Case
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.starts import Start, starts_of
from nelfin.models.capital.stress.variants import with_limit_rows, with_limits

Array = npt.NDArray[np.float64]

AS_IT_STANDS = (100.0, 100.0, 100.0)
"""Limits, costs and benefit of a future in which nothing moves, in % of how they stand."""


@dataclass(frozen=True)
class Future:
    """One future: what may be spent, what schemes cost and what they are worth.

    Parameters
    ----------
    name
        A name of its own.
    weight
        How likely it is, beside the others: only the proportions count.
    case
        The schemes and limits as they then are.
    moved
        Limits, costs and benefit as % of how they stand; None where the case was made otherwise.
    """

    name: str
    weight: float
    case: Case
    moved: tuple[float, float, float] | None = None


def futures_of(case: Case, table: pd.DataFrame, called: str = "futures") -> list[Future]:
    """Return the futures of a table.

    Parameters
    ----------
    case
        Schemes and limits as they stand.
    table
        `future, weight, limits_pct, costs_pct`, and `benefit_pct` if need be: 100 is how they
        stand. Limits marked `firm` do not move, unless all are.
    called
        What to call the table in errors.

    Raises
    ------
    InputError
        With every problem of the table.
    """
    frame, problems = inspect_frame(table, TABLES["capital_futures"], called)
    if not problems.found and not frame["weight"].sum() > 0:
        problems.add(
            f"{called}, column weight", "adds up to nothing.", "Give a future a weight above 0."
        )
    problems.raise_if_any()
    return [
        future_at(
            case,
            str(row["future"]),
            float(row["weight"]),
            (float(row["limits_pct"]), float(row["costs_pct"]), float(row["benefit_pct"])),
        )
        for row in records_of(frame)
    ]


def future_at(case: Case, name: str, weight: float, moved: tuple[float, float, float]) -> Future:
    """Return a future in which limits, costs and benefit are some % of how they stand.

    Costs are what schemes use of the limits and, of net present social value, the spend in it.
    Floors and caps on spend are counted as priced.

    Parameters
    ----------
    case
        Schemes and limits as they stand.
    name, weight
        Of the future.
    moved
        Limits, costs and benefit, %.
    """
    limits, costs, benefit = (percent / 100 for percent in moved)
    starts, program = _worth(case, costs, benefit), case.program
    value = list(program.value)
    for start in starts:
        value[start.share_column] = start.value
    moved_case = replace(case, program=replace(program, value=value), starts=starts)
    moved_case = with_limit_rows(moved_case, lambda row: _dearer(row, starts, costs))
    return Future(name, weight, with_limits(moved_case, limits), moved)


def _worth(case: Case, costs: float, benefit: float) -> list[Start]:
    """Return the starts of a case with their value and spend as costs and benefit move."""
    values = np.array([start.value for start in case.starts])
    if case.settings.benefit == "npsv":
        # the value less what it is without spend is the spend in it
        of_benefit = np.array([start.value for start in _without_spend(case)])
        values = benefit * of_benefit + costs * (values - of_benefit)
    else:
        values = benefit * values
    return [
        replace(start, value=float(value), spend=costs * start.spend, cdel=costs * start.cdel)
        for start, value in zip(case.starts, values, strict=True)
    ]


def _without_spend(case: Case) -> list[Start]:
    schemes: dict[str, Scheme] = {start.scheme.id: start.scheme for start in case.starts}
    free = [replace(scheme, spend=0 * scheme.spend) for scheme in schemes.values()]
    return starts_of(lp.Program(), free, case.years, case.settings)


def _dearer(row: lp.Row, starts: Sequence[Start], costs: float) -> lp.Row:
    columns = {start.share_column for start in starts}
    terms = tuple((c, costs * used if c in columns else used) for c, used in row.terms)
    return replace(row, terms=terms)


def futures_from(cases: Mapping[str, Case], weights: Mapping[str, float]) -> list[Future]:
    """Return futures whose cases were made one by one, each from tables of its own.

    Parameters
    ----------
    cases
        By name of the future, with the same schemes.
    weights
        By name of the future.

    Raises
    ------
    InputError
        If a future has no weight or other schemes than the first.
    """
    problems = Problems()
    names = list(cases)
    first = _ids(cases[names[0]])
    for name in names:
        if not weights.get(name, -1.0) >= 0:
            problems.add(f"future {name}", "has no weight.", "Give it one of 0 or more.")
        if _ids(cases[name]) != first:
            problems.add(
                f"future {name}",
                f"has other schemes than {names[0]}.",
                "Give every future the same schemes in the same order.",
            )
    if not sum(weights.get(name, 0.0) for name in names) > 0:
        problems.add("weights", "add up to nothing.", "Give a future a weight above 0.")
    problems.raise_if_any()
    return [Future(name, float(weights[name]), case) for name, case in cases.items()]


def _ids(case: Case) -> list[str]:
    return [str(name) for name in case.projects["project_id"]]


def shares_of_weight(futures: Sequence[Future]) -> Array:
    """Return the weights of futures as shares that add up to 1; shape (future,).

    Parameters
    ----------
    futures
        At least one of a weight above 0.
    """
    weights = np.array([future.weight for future in futures])
    return np.asarray(weights / weights.sum())


def distances_between(futures: Sequence[Future]) -> Array:
    """Return how far apart futures are: points of limits, costs and benefit; (future, future).

    Parameters
    ----------
    futures
        From a table.
    """
    at = np.array([future.moved or AS_IT_STANDS for future in futures])
    return np.asarray(np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=-1)))


def poorer(first: Future, second: Future) -> bool:
    """Say whether every plan that the first future can pay for, the second can too.

    Parameters
    ----------
    first, second
        Futures with the same schemes.
    """
    if first.moved is not None and second.moved is not None:
        return _poorer_by_percent(first, second)
    rows = [future.case.program.rows for future in (first, second)]
    if len(rows[0]) != len(rows[1]):
        return False
    return all(_tighter(one, two) for one, two in zip(*rows, strict=True))


def _poorer_by_percent(first: Future, second: Future) -> bool:
    (limits, costs, _), (limits_then, costs_then, _) = (
        future.moved or AS_IT_STANDS for future in (first, second)
    )
    fixed = set(first.case.limits["status"]) > {"firm"}  # then firm limits do not move
    by_cost = limits * costs_then <= limits_then * costs
    return by_cost and (not fixed or costs >= costs_then)


def _tighter(one: lp.Row, two: lp.Row) -> bool:
    """Say whether what keeps one row keeps the other, as far as that can be seen by each term."""
    if one == two:
        return True
    if one.name != two.name or one.sense != "<=" or two.sense != "<=":
        return False
    used, then = dict(one.terms), dict(two.terms)
    if set(used) != set(then) or min([*used.values(), *then.values()], default=0.0) < 0:
        return False
    return all(used[c] * two.bound >= then[c] * one.bound for c in used) and two.bound >= 0
