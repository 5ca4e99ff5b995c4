"""The queue of a plan's schemes: in what order they may start, and what each uses if it is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.data.tables import rows_of
from nelfin.models.capital.limits import LimitKey, key_of
from nelfin.models.capital.links import needed_first
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.starts import starts_of

Array = npt.NDArray[np.float64]
Years = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Queue:
    """The schemes of a plan in the order in which they may start, and what they use of what.

    Parameters
    ----------
    ids
        Of the schemes, best benefit a pound of the limits first, what others need before them.
    planned
        Year in which each starts by the plan, as a position; shape (scheme,).
    used
        £m of the limits in each year, if the scheme starts that many years late; shape
        (scheme, years late, year).
    worth
        Benefit, if it starts that many years late; shape (scheme, years late).
    owners
        Of each scheme: positions of the limits that hold it.
    needs
        Of each scheme: those it needs, each with the years by which they start before.
    stays
        Of each scheme: whether it never waits. What must be funded does not, nor what that needs,
        nor what brings receipts.
    allowed
        Limits, £m; shape (owner, year); infinite where there is none.
    carried
        The most that may be carried over from each year, £m; the same shape.
    open
        Whether a year is still to come: what has been spent by now is known; shape (year,).
    """

    ids: list[str]
    planned: Years
    used: Array
    worth: Array
    owners: list[list[int]]
    needs: list[list[tuple[int, int]]]
    stays: list[bool]
    allowed: Array
    carried: Array
    open: npt.NDArray[np.bool_]

    def cost(self, n: int, late: int, factors: Array) -> Array:
        """Return what a scheme uses of the limits where it costs some multiples of its price.

        Parameters
        ----------
        n, late
            Which scheme, and by how many years it is late.
        factors
            Shape (draw,).
        """
        above = (factors[:, None] - 1) * self.open
        return np.asarray((1 + above) * self.used[n, late])


def queue_of(
    plan: CapitalPlan,
    schemes: Sequence[Scheme],
    limits: pd.DataFrame,
    years: list[str],
    settings: Settings,
) -> Queue:
    """Return the queue of a plan's schemes.

    Parameters
    ----------
    plan
        Each scheme of it starts once.
    schemes
        Every scheme of the project table.
    limits
        `year, organisation, limit_gbp_m`, and `money` where a limit names one.
    years
        Of the plan.
    settings
        Prices, discounting, over-programming and carry-over.
    """
    funded = plan.plan[plan.plan["status"] != "not funded"].set_index("project_id")
    chosen = [scheme for scheme in schemes if scheme.id in funded.index]
    begun = funded["start_year"].to_dict()
    # one that started before the plan's years is under way in the first
    planned = {s.id: years.index(max(begun[s.id], years[0])) for s in chosen}
    used, worth = _if_late(plan, chosen, planned, years, settings)
    order = _in_order(chosen, used, worth)
    names = [scheme.id for scheme in order]
    needs = _needs(order)
    held_by = list(dict.fromkeys(_holder(key_of(limit)) for limit in rows_of(limits)))
    count = len(years)
    allowed, carried = _limits(limits, held_by, years, settings)
    queue = Queue(
        names,
        np.array([planned[name] for name in names], dtype=np.int64),
        np.stack([used[name] for name in names]) if names else np.zeros((0, count, count)),
        np.stack([worth[name] for name in names]) if names else np.zeros((0, count)),
        [
            [
                n
                for n, (owner, money) in enumerate(held_by)
                if owner in {"", scheme.organisation} and money == scheme.money
            ]
            for scheme in order
        ],
        needs,
        _staying(order, needs, used),
        allowed,
        carried,
        np.array([year >= settings.now for year in years]),
    )
    return _with_closed(queue)


def _if_late(
    plan: CapitalPlan,
    schemes: Sequence[Scheme],
    planned: Mapping[str, int],
    years: list[str],
    settings: Settings,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return what schemes use and are worth if they start as planned, or later."""
    count = len(years)
    about = plan.plan.set_index("project_id")
    share, benefit = about["funded_share"].to_dict(), about["benefit"].to_dict()
    used = {scheme.id: np.zeros((count, count)) for scheme in schemes}
    worth = {scheme.id: np.zeros(count) for scheme in schemes}
    late = [replace(s, starts=tuple(range(planned[s.id] + 1, count))) for s in schemes]
    for start in starts_of(lp.Program(), late, years, settings):
        name, delay = start.scheme.id, start.year - planned[start.scheme.id]
        used[name][delay] = start.cdel * share[name]
        worth[name][delay] = start.value * share[name]
    at = {year: t for t, year in enumerate(years)}
    for name, year, cdel in lines_of(plan.spend, "project_id", "year", "cdel_gbp_m"):
        if name in used and year in at:
            used[name][0, at[year]] = cdel
    for name, values in worth.items():
        values[0] = benefit[name]
    return used, worth


def _with_closed(queue: Queue) -> Queue:
    """Return the queue with limits of closed years no less than what the plan has used there."""
    allowed = queue.allowed.copy()
    for owner in range(len(allowed)):
        held = [n for n, owners in enumerate(queue.owners) if owner in owners]
        spent = queue.used[held, 0].sum(axis=0)
        allowed[owner] = np.where(queue.open, allowed[owner], np.maximum(allowed[owner], spent))
    return replace(queue, allowed=allowed)


def _holder(key: LimitKey) -> tuple[str, str]:
    """Return whose limit of which money it is, whatever the year."""
    return key.organisation, key.money


def _limits(
    limits: pd.DataFrame,
    held_by: Sequence[tuple[str, str]],
    years: list[str],
    settings: Settings,
) -> tuple[Array, Array]:
    """Return the limits, over-programming included, and what of each may be carried over."""
    allowed = np.full((len(held_by), len(years)), np.inf)
    carried = np.zeros_like(allowed)
    for limit in rows_of(limits):
        key, amount = key_of(limit), float(str(limit.limit_gbp_m))
        if key.year in years:
            at = held_by.index(_holder(key)), years.index(key.year)
            allowed[at] = amount * (1 + settings.over_programming_pct / 100)
            carried[at] = amount * settings.carry_over_pct / 100
    return allowed, carried


def _in_order(
    schemes: Sequence[Scheme], used: Mapping[str, Array], worth: Mapping[str, Array]
) -> list[Scheme]:
    """Return schemes by benefit a pound of the limits, with what others need before them."""

    def per_pound(scheme: Scheme) -> float:
        spent = float(used[scheme.id][0].sum())
        return -worth[scheme.id][0] / spent if spent > 0 else -np.inf

    return needed_first(sorted(schemes, key=lambda scheme: (per_pound(scheme), scheme.id)))


def _by_name(schemes: Sequence[Scheme]) -> dict[str, Scheme]:
    """Return schemes by their id, and by what they are an option of."""
    return {scheme.group: scheme for scheme in schemes} | {scheme.id: scheme for scheme in schemes}


def _needs(order: Sequence[Scheme]) -> list[list[tuple[int, int]]]:
    at = {scheme.id: n for n, scheme in enumerate(order)}
    by_name = _by_name(order)
    return [
        [(at[by_name[name].id], lag) for name, lag in scheme.requires if name in by_name]
        for scheme in order
    ]


def _staying(
    order: Sequence[Scheme],
    needs: Sequence[list[tuple[int, int]]],
    used: Mapping[str, Array],
) -> list[bool]:
    stays = [scheme.must_fund or bool((used[scheme.id] < 0).any()) for scheme in order]
    # what a scheme needs stands before it in the order
    for n in reversed(range(len(order))):
        for other, _ in needs[n] if stays[n] else []:
            stays[other] = True
    return stays
