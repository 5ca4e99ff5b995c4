"""What the reasons of a plan look things up in: its prices, limits, links and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.models.capital.limits import LimitKey
from nelfin.models.capital.resources import ResourceKey
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.starts import Start
from nelfin.models.capital.vocabulary import CAPITAL, Vocabulary

SMALL = lp.POUND
"""A pound, in £m, or a millionth of a point: differences below it are rounding."""

EXPLAINED = {
    "carry",
    "forced",
    "limit",
    "resource",
    "once",
    "must",
    "share",
    "requires",
    "excludes",
}
"""Kinds of rows that have sentences of their own."""

Chosen = list[tuple[Start, float]]
"""Starts of a plan, each with its funded share."""


class Room(NamedTuple):
    """A limit of capital or of a resource, and what the plan leaves of it."""

    limit: float
    slack: float
    unit: str = ""
    """Of a resource; capital is in £m."""


class PricedStart(NamedTuple):
    """A start, and its value less the price of what it uses (see `margins`)."""

    margin: float
    start: Start


class Need(NamedTuple):
    """What a start uses of a limit; below 0 it brings room."""

    name: lp.RowName
    amount: float
    room: Room


@dataclass(frozen=True)
class PlanFacts:
    """What the reasons look things up in.

    Parameters
    ----------
    options
        The starts of each scheme by its id.
    chosen
        Starts of the plan with their funded share.
    prices
        Duals of the relaxation by the name of the row.
    rooms
        Limits of capital and of resources, by the name of their row.
    years
        Years of the plan.
    program, values
        The program, and the value of each of its columns in the plan.
    now
        Year that it now is; "" closes none.
    words
        What sentences call things.
    """

    options: Mapping[str, list[PricedStart]]
    chosen: Chosen
    prices: Mapping[lp.RowName, float]
    rooms: Mapping[lp.RowName, Room]
    years: list[str]
    program: lp.Program
    values: npt.NDArray[np.float64]
    now: str = ""
    words: Vocabulary = CAPITAL
    _found: dict[int, list[Need]] = field(default_factory=dict, repr=False)

    @cached_property
    def funded(self) -> dict[str, tuple[Start, float]]:
        """Start and share of each scheme in the plan."""
        return {start.scheme.id: (start, share) for start, share in self.chosen}

    @cached_property
    def tiny(self) -> float:
        """Points: differences below it are rounding."""
        return 1e-8 * max(map(abs, self.program.value), default=0.0)

    @cached_property
    def chosen_option(self) -> dict[str, str]:
        """Scheme in the plan of each group of options."""
        found: dict[str, str] = {}
        for name, (start, _) in self.funded.items():
            found.setdefault(start.scheme.group, name)
        return found

    @cached_property
    def schemes(self) -> dict[str, Scheme]:
        """The schemes that have a start."""
        return {name: starts[0].start.scheme for name, starts in self.options.items() if starts}

    @cached_property
    def options_of(self) -> dict[str, list[str]]:
        """Ids that a name in a link may mean: its own, or those of all options."""
        found: dict[str, list[str]] = {}
        for name, scheme in self.schemes.items():
            found.setdefault(scheme.group, []).append(name)
        return found | {name: [name] for name in self.options}

    @cached_property
    def rivals(self) -> dict[str, list[str]]:
        """Schemes that each scheme cannot stand beside, by either one's own row."""
        found: dict[str, list[str]] = {}
        for name, scheme in self.schemes.items():
            for other in scheme.excludes:
                for option in self.options_of.get(other, []):
                    found.setdefault(name, []).append(option)
                    found.setdefault(option, []).append(name)
        return found

    @cached_property
    def followers(self) -> dict[str, list[str]]:
        """Schemes that require each scheme, or an option that it is."""
        found: dict[str, list[str]] = {}
        for name, scheme in self.schemes.items():
            for other, _ in scheme.requires:
                for option in self.options_of.get(other, []):
                    found.setdefault(option, []).append(name)
        return found

    @cached_property
    def _others(self) -> dict[int, list[tuple[lp.Row, float, float]]]:
        """Rows without sentences of their own by column: the row, its sum, and the factor."""
        found: dict[int, list[tuple[lp.Row, float, float]]] = {}
        for row in self.program.rows:
            if row.kind not in EXPLAINED:
                total = sum(factor * float(self.values[column]) for column, factor in row.terms)
                for column, factor in row.terms:
                    found.setdefault(column, []).append((row, total, factor))
        return found

    @cached_property
    def _given(self) -> dict[lp.RowName, float]:
        """What other columns can add to each limit at the most: receipts, carry-over."""
        starts = {o.start.share_column: o.start for all_ in self.options.values() for o in all_}
        # what may be carried over has a row of its own
        most = {row.terms[0][0]: row.bound for row in self.program.rows_of("carry")}
        found: dict[lp.RowName, float] = {}
        for row in self.program.rows:
            if row.name in self.rooms:
                brought: dict[str, float] = {}
                for column, factor in row.terms:
                    if factor < 0:
                        high = self.program.high[column]
                        start = starts.get(column)
                        # of one scheme only one start
                        whose = f"scheme {start.scheme.group}" if start else f"column {column}"
                        room = -factor * min(
                            np.inf if high is None else high, most.get(column, np.inf)
                        )
                        brought[whose] = max(brought.get(whose, 0.0), room)
                found[row.name] = sum(brought.values())
        return found

    def most(self, name: lp.RowName) -> float:
        """Return what there can be of a limit, whatever is chosen.

        Parameters
        ----------
        name
            Kind and key of its row.
        """
        return self.rooms[name].limit + self._given.get(name, 0.0)

    def met(self, name: str) -> tuple[Start, float] | None:
        """Return the start and share of what a link names, if it is in the plan.

        Parameters
        ----------
        name
            An id, or what its options share.
        """
        return next(
            (self.funded[o] for o in self.options_of.get(name, []) if o in self.funded), None
        )

    def needs(self, start: Start) -> list[Need]:
        """Return what a start uses of each limit there is.

        Parameters
        ----------
        start
            A start of a scheme.
        """
        if id(start) not in self._found:
            self._found[id(start)] = list(self._needs(start))
        return self._found[id(start)]

    def _needs(self, start: Start) -> Iterator[Need]:
        owners = dict.fromkeys(("", start.scheme.organisation))
        for year, amount in zip(self.years, start.cdel.tolist(), strict=True):
            for owner in owners if amount else ():
                name: lp.RowName = ("limit", LimitKey(owner, year, start.scheme.money))
                if room := self.rooms.get(name):
                    yield Need(name, amount, room)
        for resource in start.scheme.uses:
            for year, amount in zip(self.years, start.use(resource).tolist(), strict=True):
                for owner in owners if amount else ():
                    name = ("resource", ResourceKey(resource, owner, year))
                    if room := self.rooms.get(name):
                        yield Need(name, amount, room)

    def price(self, start: Start, kind: str) -> float:
        """Return the price of what a start uses, in points of benefit.

        Parameters
        ----------
        start
            A start of a scheme.
        kind
            Of what: `limit` for capital, or `resource`.
        """
        return float(
            sum(
                need.amount * self.prices.get(need.name, 0.0)
                for need in self.needs(start)
                if need.name[0] == kind
            )
        )

    def broken(self, start: Start, change: float) -> list[lp.Row]:
        """Return the rows without sentences of their own that a change of a start would break.

        Parameters
        ----------
        start
            A start of a scheme.
        change
            1 to add it whole; the negative of its share to take it out.
        """
        moved: dict[lp.RowName, tuple[lp.Row, float]] = {}
        for column in {start.start_column, start.share_column}:
            step = change if change > 0 else -float(self.values[column])
            for row, total, factor in self._others.get(column, []):
                _, before = moved.get(row.name, (row, total))
                moved[row.name] = (row, before + factor * step)
        return [
            row
            for row, total in moved.values()
            if (row.sense != ">=" and total > row.bound + SMALL)
            or (row.sense != "<=" and total < row.bound - SMALL)
        ]
