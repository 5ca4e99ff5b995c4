"""Whether limits hold when costs are drawn, limit by limit, and what reserve that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.models.capital.case import Case
from nelfin.models.capital.limits import LimitKey, rounding
from nelfin.models.capital.stress.overruns import schemes_drawn

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LimitUses:
    """What the starts of a case use of each limit, in the order of its rows.

    Parameters
    ----------
    rows
        Rows of the program, a limit each.
    columns, schemes, amounts
        Of each row: columns of the starts, the schemes they are of, and £m that each uses.
    before
        Of each row: the row of the year before, whose unspent money it may have; -1 for none.
    carried
        Of each row: the most that may be carried over from it, £m.
    closed
        Of each row: columns of what closed years have carried over, with their factors. What has
        been spent in them is known.
    """

    rows: list[lp.Row]
    columns: list[npt.NDArray[np.int64]]
    schemes: list[npt.NDArray[np.int64]]
    amounts: list[Array]
    before: list[int]
    carried: Array
    closed: list[list[tuple[int, float]]]

    def carried_most(self, row: int) -> float:
        """Return the most that may be carried into the year of a row, £m.

        Parameters
        ----------
        row
            Its position.
        """
        before = self.before[row]
        return float(self.carried[before]) if before >= 0 else 0.0

    def priced(self, values: Array) -> Array:
        """Return the use of each limit as priced, £m; shape (limit,).

        Parameters
        ----------
        values
            Of the columns of the program.
        """
        pairs = zip(self.columns, self.amounts, strict=True)
        return np.array([values[columns] @ amounts for columns, amounts in pairs])

    def over_draws(self, values: Array, factors: Array) -> tuple[Array, Array]:
        """Return what each limit is used by and what it has, carry-over included; (draw, limit).

        Parameters
        ----------
        values
            Of the columns of the program.
        factors
            Cost as a multiple of the price; (draw, scheme).
        """
        used = np.zeros((len(factors), len(self.rows)))
        allowed = np.zeros_like(used)
        for n, row in enumerate(self.rows):
            paid = values[self.columns[n]] * self.amounts[n]
            on = paid != 0
            used[:, n] = factors[:, self.schemes[n][on]] @ paid[on]
            allowed[:, n] = row.bound - sum(f * values[c] for c, f in self.closed[n])
            before = self.before[n]
            if before >= 0 and self.carried[before] > 0:
                left = allowed[:, before] - used[:, before]
                allowed[:, n] += np.clip(left, 0.0, self.carried[before])
        return used, allowed

    def held(self, values: Array, factors: Array) -> Flags:
        """Say whether each limit holds in each draw; (draw, limit).

        Parameters
        ----------
        values, factors
            As for `over_draws`.
        """
        used, allowed = self.over_draws(values, factors)
        return np.asarray(used <= allowed + np.array([rounding(row.bound) for row in self.rows]))


def limit_uses(case: Case) -> LimitUses:
    """Return what the starts of a case use of each limit.

    Parameters
    ----------
    case
        The capital case.
    """
    number = {name: n for n, name in enumerate(schemes_drawn(case))}
    scheme_of = {start.share_column: number[start.scheme.id] for start in case.starts}
    rows = sorted(case.program.rows_of("limit"), key=lambda row: key_of(row).year)
    terms = [[(c, used) for c, used in row.terms if c in scheme_of] for row in rows]
    most = {row.key: row.bound for row in case.program.rows_of("carry")}
    from_closed = {
        column
        for row in case.program.rows_of("closed")
        for column, factor in row.terms
        if column not in scheme_of and factor > 0
    }
    return LimitUses(
        rows,
        [np.array([c for c, _ in own], dtype=np.int64) for own in terms],
        [np.array([scheme_of[c] for c, _ in own], dtype=np.int64) for own in terms],
        [np.array([used for _, used in own]) for own in terms],
        _rows_before(rows, case.years),
        np.array([most.get(row.key, 0.0) for row in rows]),
        [[(c, f) for c, f in row.terms if c in from_closed] for row in rows],
    )


def _rows_before(rows: Sequence[lp.Row], years: list[str]) -> list[int]:
    at = {row.key: n for n, row in enumerate(rows)}
    found = []
    for row in rows:
        year = years.index(key_of(row).year)
        before = key_of(row)._replace(year=years[year - 1]) if year else None
        found.append(at.get(before, -1))
    return found


def key_of(row: lp.Row) -> LimitKey:
    """Return whose limit of which year a row is.

    Parameters
    ----------
    row
        Of a limit.
    """
    return cast(LimitKey, row.key)
