"""What slips when costs are drawn: schemes of a full plan wait, year by year, in priority order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.models.capital.stress.queues import Queue, Years

Array = npt.NDArray[np.float64]

NEVER = -1
"""Stands for the year of a scheme that does not start within the plan."""

PASSED = 2 * lp.POUND
"""£m that a limit may be passed by: a plan may pass it by a pound, and its rounding."""

COLUMNS = [
    "project_id", "name", "start_year", "waits", "mean_years", "not_started", "benefit_lost",
]  # fmt: skip


@dataclass(frozen=True)
class Slips:
    """What slipped in each draw.

    Parameters
    ----------
    started
        Year in which each scheme starts, as a position; `NEVER` if not within the plan; shape
        (draw, scheme).
    waiting
        Schemes that have not started though the plan has them started; shape (draw, year).
    benefit_lost
        Benefit of the plan that is not there; shape (draw,).
    still_over
        £m by which limits are passed all the same, since what has started is paid; (draw, year).
    """

    started: Years
    waiting: Array
    benefit_lost: Array
    still_over: Array


def slips(queue: Queue, factors: Array) -> Slips:
    """Work out what waits when schemes cost other than their price, all draws at once.

    Year by year, the schemes whose time has come start in the order of the queue, each if every
    year's limit can bear it beside what has started. One that cannot start waits for the next
    year, and what needs it waits too. Nothing starts before its time.

    Parameters
    ----------
    queue
        Of the plan.
    factors
        Cost as a multiple of the price; (draw, scheme in the order of the queue).
    """
    draws, count = len(factors), len(queue.ids)
    years = queue.used.shape[-1]
    started = np.full((draws, count), NEVER, dtype=np.int64)
    spent = np.zeros((draws, *queue.allowed.shape))
    every = np.arange(draws)
    for n in (n for n in range(count) if queue.stays[n]):
        started[:, n] = queue.planned[n]
        _pay(queue, spent, every, n, 0, factors)
    waiting = np.zeros((draws, years))
    moving = [n for n in range(count) if not queue.stays[n]]
    for t in range(years):
        for n in moving:
            if queue.planned[n] > t:
                continue
            could = started[:, n] == NEVER
            for other, lag in queue.needs[n]:
                could &= (started[:, other] != NEVER) & (started[:, other] <= t - lag)
            rows = np.flatnonzero(could)
            if len(rows):
                late = t - int(queue.planned[n])
                rows = rows[_fits(queue, spent, rows, n, late, factors)]
                started[rows, n] = t
                _pay(queue, spent, rows, n, late, factors)
        waiting[:, t] = ((started == NEVER) & (queue.planned <= t)).sum(axis=1)
    late_by = np.where(started == NEVER, 0, started - queue.planned)
    got = np.take_along_axis(queue.worth, late_by.T, axis=1).T if count else np.zeros((draws, 0))
    got = np.where(started == NEVER, 0.0, got)
    lost = queue.worth[:, 0].sum() - got.sum(axis=1)
    over = np.maximum(-_left(queue, spent), 0.0)
    over[over <= PASSED] = 0.0
    return Slips(started.astype(np.int8), waiting, lost, over.max(axis=1, initial=0.0))


def slips_of(queue: Queue, ids: Sequence[str], factors: Array) -> Slips:
    """Work out what waits, where the costs of some schemes are drawn and the others are at price.

    Parameters
    ----------
    queue
        Of the plan.
    ids
        Schemes whose costs are drawn.
    factors
        Cost as a multiple of the price; (draw, scheme in the order of `ids`).
    """
    at = {name: n for n, name in enumerate(ids)}
    own = np.ones((len(factors), len(queue.ids)))
    for n, name in enumerate(queue.ids):
        if name in at:
            own[:, n] = factors[:, at[name]]
    return slips(queue, own)


def _pay(queue: Queue, spent: Array, rows: Years, n: int, late: int, factors: Array) -> None:
    cost = queue.cost(n, late, factors[rows, n])
    for owner in queue.owners[n]:
        spent[rows, owner] += cost


def _fits(
    queue: Queue, spent: Array, rows: Years, n: int, late: int, factors: Array
) -> npt.NDArray[np.bool_]:
    """Say in which draws the limits can bear a scheme beside what has started."""
    on = np.flatnonzero(queue.used[n, late])
    if not len(on) or not queue.owners[n]:
        return np.ones(len(rows), dtype=bool)
    fits = np.ones(len(rows), dtype=bool)
    cost = queue.cost(n, late, factors[rows, n])
    for owner in queue.owners[n]:
        if queue.carried.any():
            before = _left_of(queue, spent[rows, owner], owner)
            after = _left_of(queue, spent[rows, owner] + cost, owner)
            # a year that fails without the scheme is not its doing
            fits &= ((after >= -PASSED) | (after >= before)).all(axis=1)
        else:
            room = queue.allowed[owner, on] - spent[rows[:, None], owner, on]
            fits &= (cost[:, on] <= room + PASSED).all(axis=1)
    return fits


def _left(queue: Queue, spent: Array) -> Array:
    """Return what is left of each limit, £m; (draw, owner, year)."""
    owners = range(len(queue.allowed))
    return np.stack([_left_of(queue, spent[:, owner], owner) for owner in owners], axis=1)


def _left_of(queue: Queue, spent: Array, owner: int) -> Array:
    left = queue.allowed[owner] - spent
    if queue.carried.any():
        carried = np.zeros(len(spent))
        for t, most in enumerate(queue.carried[owner]):
            left[:, t] += carried
            carried = np.clip(left[:, t], 0.0, most)
    return np.asarray(left)


def together(parts: Sequence[Slips]) -> Slips:
    """Return what slipped in several lots of draws as one.

    Parameters
    ----------
    parts
        Of one queue.
    """
    return Slips(
        np.concatenate([part.started for part in parts]),
        np.concatenate([part.waiting for part in parts]),
        np.concatenate([part.benefit_lost for part in parts]),
        np.concatenate([part.still_over for part in parts]),
    )


def slips_table(
    queue: Queue, found: Slips, years: list[str], names: Mapping[str, str]
) -> pd.DataFrame:
    """Return which schemes wait, how often and how long.

    Parameters
    ----------
    queue, found
        The plan's queue, and what slipped.
    years
        Of the plan.
    names
        Of the schemes by id.

    Returns
    -------
    pandas.DataFrame
        A row a scheme that may wait, what loses most first: `project_id, name, start_year` (by
        the plan), `waits` (share of draws), `mean_years` (that it waits when it does, to the end
        of the plan if it does not start), `not_started` (share of draws), `benefit_lost` (mean).
    """
    rows: list[list[object]] = []
    for n, name in enumerate(queue.ids):
        planned, started = int(queue.planned[n]), found.started[:, n].astype(int)
        late = np.where(started == NEVER, len(years), started) - planned
        waits = late > 0
        if not waits.any():
            continue
        got = np.where(started == NEVER, 0.0, queue.worth[n][np.minimum(late, len(years) - 1)])
        rows.append([
            name, names.get(name, name), years[planned], waits.mean(), late[waits].mean(),
            (started == NEVER).mean(), queue.worth[n, 0] - got.mean(),
        ])  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values("benefit_lost", ascending=False, kind="stable", ignore_index=True)
