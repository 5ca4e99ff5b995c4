"""Programs over several futures: a plan for each that keep together, or one plan for them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.errors import InputError
from nelfin.models.capital.case import Case
from nelfin.models.capital.stress.futures import Future, poorer
from nelfin.models.capital.stress.variants import Terms

Array = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Joined:
    """A program over several futures, worth nothing yet.

    Parameters
    ----------
    program
        With the rows of every future.
    columns
        Of each future: the column of the program that each column of its case is.
    worth
        Of each future: columns with what a unit of each is worth in it.
    """

    program: lp.Program
    columns: list[Columns]
    worth: list[Terms]

    def own(self, values: Array, future: int) -> Array:
        """Return the values of the columns of one future's case.

        Parameters
        ----------
        values
            Of the columns of the program.
        future
            Its position.
        """
        return values[self.columns[future]]


def side_by_side(futures: Sequence[Future]) -> Joined:
    """Return the program in which every future has a plan of its own.

    Parameters
    ----------
    futures
        At least one.
    """
    program = lp.Program()
    columns = []
    for future in futures:
        own = future.case.program
        first = len(program.value)
        columns.append(np.arange(first, first + len(own.value)))
        program.value += [0.0] * len(own.value)
        program.low += own.low
        program.high += own.high
        program.whole += own.whole
        program.rows += [_moved(row, future.name, columns[-1]) for row in own.rows]
    return Joined(program, columns, _worth(futures, columns))


def nested(futures: Sequence[Future], given_order: bool = True) -> Joined:
    """Return the program in which what is funded in one future is funded in every richer one.

    Parameters
    ----------
    futures
        At least one.
    given_order
        Which of two futures is the richer follows from their limits and costs where one can pay
        for all that the other can. Else, and of two neither of which can, the program itself
        says which funds all that the other does: the funded sets make a chain.
    """
    joined = side_by_side(futures)
    program = joined.program
    funded = [_by_group(future, own) for future, own in zip(futures, joined.columns, strict=True)]
    for one, two in _pairs(futures, given_order):
        order = order_of(futures[one], futures[two]) if given_order else None
        choice = program.column(0.0, whole=True) if order is None else None
        for group in dict.fromkeys([*funded[one], *funded[two]]):
            here, there = funded[one].get(group, []), funded[two].get(group, [])
            for low, high, is_poorer in ((here, there, True), (there, here, False)):
                if not low or order not in {None, is_poorer}:
                    continue
                terms = [*low, *((column, -1.0) for column, _ in high)]
                bound = 0.0
                if choice is not None:
                    terms.append((choice, 1.0 if is_poorer else -1.0))
                    bound = 1.0 if is_poorer else 0.0
                key = (futures[one].name, futures[two].name, group, is_poorer)
                program.row("nested", key, terms, "<=", bound)
    return joined


def order_of(one: Future, two: Future) -> bool | None:
    """Say whether the first of two futures is the poorer; None if neither or both are.

    Parameters
    ----------
    one, two
        Futures with the same schemes.
    """
    here, there = poorer(one, two), poorer(two, one)
    return None if here == there else here


def _pairs(futures: Sequence[Future], given_order: bool) -> Iterable[tuple[int, int]]:
    """Return the pairs of futures to keep together: neighbours, where all stand in one order."""
    if given_order:
        rank = richer_last(futures)
        pairs = list(pairwise(rank))
        if all(order_of(futures[one], futures[two]) is True for one, two in pairs):
            return pairs
    return combinations(range(len(futures)), 2)


def richer_last(futures: Sequence[Future]) -> list[int]:
    """Return the positions of futures from the poorest, as far as they can be told apart.

    Parameters
    ----------
    futures
        In any order.
    """
    count = [sum(order_of(other, future) is True for other in futures) for future in futures]
    return sorted(range(len(futures)), key=lambda position: count[position])


def _by_group(future: Future, columns: Columns) -> dict[str, Terms]:
    """Return the shares of each scheme, all its options and starts together."""
    found: dict[str, Terms] = {}
    for start in future.case.starts:
        term = (int(columns[start.share_column]), 1.0)
        found.setdefault(start.scheme.group, []).append(term)
    return found


def one_plan(futures: Sequence[Future], base: Case | None = None) -> Joined:
    """Return the program of one plan that keeps within the limits of every future.

    Parameters
    ----------
    futures
        With the same starts.
    base
        A case that the plan keeps within too, whose columns come first; None: that of the first.

    Raises
    ------
    InputError
        If a scheme may start in other years in one future than in another.
    """
    first = futures[0].case if base is None else base
    program = replace(first.program.copy(), value=[0.0] * len(first.program.value))
    names = {row.name: row for row in first.program.rows}
    columns = []
    for future in futures:
        case = future.case
        if _starts(case) != _starts(first):
            raise InputError.one(
                f"future {future.name}",
                f"lets schemes start in other years than {futures[0].name}.",
                "Give both the same windows and years, or ask for a plan in each future.",
            )
        if case is first:
            columns.append(np.arange(len(first.program.value)))
            continue
        own = np.full(len(case.program.value), -1)
        for start, same in zip(case.starts, first.starts, strict=True):
            own[start.start_column] = same.start_column
            own[start.share_column] = same.share_column
        for column in np.flatnonzero(own < 0):  # such as what is carried over
            own[column] = program.column(
                0.0, case.program.low[column], case.program.high[column], case.program.whole[column]
            )
        for row in case.program.rows:
            here = replace(row, terms=_terms(row, own))
            if here != names.get(row.name):
                program.rows.append(replace(here, kind="future", key=(future.name, row.name)))
        columns.append(own)
    return Joined(program, columns, _worth(futures, columns))


def _starts(case: Case) -> list[tuple[str, int]]:
    return [(start.scheme.id, start.year) for start in case.starts]


def _moved(row: lp.Row, future: str, columns: Columns) -> lp.Row:
    return replace(row, key=(future, row.key), terms=_terms(row, columns))


def _terms(row: lp.Row, columns: Columns) -> tuple[tuple[int, float], ...]:
    return tuple((int(columns[column]), factor) for column, factor in row.terms)


def _worth(futures: Sequence[Future], columns: Sequence[Columns]) -> list[Terms]:
    return [
        [
            (int(own[column]), value)
            for column, value in enumerate(future.case.program.value)
            if value
        ]
        for future, own in zip(futures, columns, strict=True)
    ]
