"""A bridge as rows of a sheet: from the opening underlying to the reported position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.models.recovery import MEASURES, ONE_OFF, RECURRENT, STEPS
from nelfin.report.workbook.people_sheet import TOP, People

Array = npt.NDArray[np.float64]

COMES = tuple(step for step in RECURRENT if step not in MEASURES)
"""Steps that come to a body; `MEASURES` are those it takes."""


@dataclass(frozen=True)
class Rows:
    """The rows of a bridge."""

    head: int

    @property
    def opening(self) -> int:
        return self.head + 1

    @property
    def steps(self) -> dict[str, int]:
        """Row of each step."""
        comes = {step: self.opening + 1 + at for at, step in enumerate(COMES)}
        does = {step: self.comes + 1 + at for at, step in enumerate(MEASURES)}
        return comes | does | {step: self.closing + 1 + at for at, step in enumerate(ONE_OFF)}

    @property
    def comes(self) -> int:
        """Sum of what comes to the body."""
        return self.opening + 1 + len(COMES)

    @property
    def does(self) -> int:
        """Sum of what it does."""
        return self.comes + 1 + len(MEASURES)

    @property
    def closing(self) -> int:
        return self.does + 1

    @property
    def once(self) -> int:
        """Sum of what is not carried on."""
        return self.closing + 1 + len(ONE_OFF)

    @property
    def reported(self) -> int:
        return self.once + 1


YEARLY = Rows(TOP)
"""From last year's underlying position to this year's, and to what it reports."""

CLOSING_CHECK, REPORTED_CHECK = YEARLY.reported + 2, YEARLY.reported + 4

ON_REPORTED = REPORTED_CHECK + 2
"""Heading of the block from last year's reported position to this year's."""

CUMULATIVE = Rows(ON_REPORTED + 8)
"""From the opening position of the plan to each year."""

CUMULATIVE_CHECKS = (CUMULATIVE.reported + 1, CUMULATIVE.reported + 2)
CHECKS = (CLOSING_CHECK, REPORTED_CHECK, ON_REPORTED + 6, *CUMULATIVE_CHECKS)
AFTER = CUMULATIVE.reported + 4
"""First row below the bridges."""

Formula = Callable[[int, str, int], str]
"""Formula of a cell by its row, the letter of its column, and the number of its year."""


def write_bridges(
    of: People, bridge: Array, opening: str, step: Formula | None, whose: str
) -> None:
    """Write the bridge year by year, the reported position from year to year, and the sums.

    Parameters
    ----------
    of
        The sheet.
    bridge
        As the run has it, £m; shape (year, step), by `STEPS`.
    opening
        Formula of the first opening position; "" if it is given.
    step
        Formula of a step; None if the steps are given.
    whose
        Such as "system" or "body".
    """
    by_step = {name: bridge[:, at] for at, name in enumerate(STEPS)}
    _yearly(of, by_step, opening, step, whose)
    _on_reported(of, by_step)
    _cumulative(of, by_step, whose)


def _yearly(
    of: People,
    by_step: Mapping[str, Array],
    opening: str,
    step: Formula | None,
    whose: str,
) -> None:
    rows, formats = YEARLY, of.formats
    of.head(rows.head, "Year by year: last year to this, £m")
    first = by_step["opening underlying"]

    def opens(letter: str, year: int) -> str:
        return f"={of.letter(year - 1)}{rows.closing + 1}" if year else opening

    of.formulas(rows.opening, "Opening underlying position", opens, list(first), formats.money)
    if not opening:
        of.given(rows.opening, "Opening underlying position", first[:1])
        of.sheet.write_string(rows.opening, 0, "Opening underlying position")
    for name, row in rows.steps.items():
        if step is None:
            of.given(row, name.capitalize(), by_step[name])
        else:
            of.formulas(
                row,
                name.capitalize(),
                lambda letter, year, row=row: step(row, letter, year),  # type: ignore[misc]
                list(by_step[name]),
                formats.money,
                formats.part,
            )
    _totals(of, rows, by_step, whose)
    closing = of.against(
        rows.reported + 1, "Closing underlying", rows.closing, by_step["closing underlying"]
    )
    of.against(closing + 1, "Reported", rows.reported, by_step["reported"])


def _totals(of: People, rows: Rows, by_step: Mapping[str, Array], whose: str) -> None:
    """Write the sums of a bridge: formulas over its own rows."""

    def between(first: int, last: int) -> Callable[[str, int], str]:
        return lambda letter, _: f"=SUM({letter}{first + 1}:{letter}{last + 1})"

    def plus(*parts: int) -> Callable[[str, int], str]:
        return lambda letter, _: "=" + "+".join(f"{letter}{part + 1}" for part in parts)

    steps = rows.steps
    comes, does, once = (
        np.sum([by_step[name] for name in names], axis=0) for names in (COMES, MEASURES, ONE_OFF)
    )
    closing = by_step["opening underlying"] + comes + does
    of.total(
        rows.comes,
        f"What comes to the {whose}",
        between(steps[COMES[0]], steps[COMES[-1]]),
        list(comes),
    )
    of.total(
        rows.does,
        f"What the {whose} does",
        between(steps[MEASURES[0]], steps[MEASURES[-1]]),
        list(does),
    )
    of.total(
        rows.closing,
        "Closing underlying position",
        plus(rows.opening, rows.comes, rows.does),
        list(closing),
    )
    of.total(
        rows.once,
        "One-offs: not carried into next year",
        between(steps[ONE_OFF[0]], steps[ONE_OFF[-1]]),
        list(once),
    )
    of.total(
        rows.reported, "Reported position", plus(rows.closing, rows.once), list(closing + once)
    )


def _on_reported(of: People, by_step: Mapping[str, Array]) -> None:
    """Write how this year's reported position comes from last year's."""
    head, formats, rows = ON_REPORTED, of.formats, YEARLY
    reported = by_step["reported"]
    once = np.sum([by_step[name] for name in ONE_OFF], axis=0)
    moved = np.sum([by_step[name] for name in RECURRENT], axis=0)
    of.head(head, "Reported position, last year to this, £m")

    def before(row: int, sign: str = "") -> Callable[[str, int], str]:
        return lambda _, year: f"={sign}{of.letter(year - 1)}{row + 1}" if year else ""

    def now(*parts: int) -> Callable[[str, int], str]:
        return lambda letter, year: (
            "=" + "+".join(f"{letter}{part + 1}" for part in parts) if year else ""
        )

    def late(values: Array) -> list[float]:
        return [0.0, *values]

    of.formulas(
        head + 1, "Reported last year", before(rows.reported), late(reported[:-1]), formats.money
    )
    of.formulas(
        head + 2,
        "Last year's one-offs fall away",
        before(rows.once, "-"),
        late(-once[:-1]),
        formats.money,
        formats.part,
    )
    of.formulas(
        head + 3,
        "Change of the underlying position",
        now(rows.comes, rows.does),
        list(moved),
        formats.money,
        formats.part,
    )
    of.formulas(
        head + 4, "One-offs of this year", now(rows.once), list(once), formats.money, formats.part
    )
    of.total(
        head + 5,
        "Reported position",
        lambda letter, year: f"=SUM({letter}{head + 2}:{letter}{head + 5})" if year else "",
        list(reported),
    )
    of.difference(
        head + 6, "Difference from the bridge year by year", head + 5, rows.reported, start=1
    )


def _cumulative(of: People, by_step: Mapping[str, Array], whose: str) -> None:
    """Write the bridge from the opening position of the plan to each year."""
    rows, formats, start = CUMULATIVE, of.formats, of.letter(0)
    of.head(rows.head, f"From the opening of {of.years[0]} to each year, £m")
    opening = np.full(len(of.years), by_step["opening underlying"][0])
    sums = {"opening underlying": opening}
    sums |= {name: np.cumsum(by_step[name]) for name in RECURRENT}
    sums |= {name: by_step[name] for name in ONE_OFF}
    of.formulas(
        rows.opening,
        "Opening underlying position",
        lambda _, __: f"=${start}{YEARLY.opening + 1}",
        list(opening),
        formats.money,
    )
    for name, row in rows.steps.items():
        of.formulas(
            row,
            name.capitalize(),
            _added(start, YEARLY.steps[name] + 1, name in RECURRENT),
            list(sums[name]),
            formats.money,
            formats.part,
        )
    _totals(of, rows, sums, whose)
    for row, figure in zip(CUMULATIVE_CHECKS, ("closing", "reported"), strict=True):
        words = {"closing": "Closing underlying", "reported": "Reported"}[figure]
        of.difference(
            row,
            f"{words}: difference from year by year",
            getattr(rows, figure),
            getattr(YEARLY, figure),
        )


def _added(start: str, row: int, recurs: bool) -> Callable[[str, int], str]:
    """Return the formula of a step up to a year: what recurs adds up, what is once does not."""
    return lambda letter, _: f"=SUM(${start}{row}:{letter}{row})" if recurs else f"={letter}{row}"


def sum_of(cells: Sequence[str]) -> str:
    """Return the formula that adds up cells of several sheets.

    Parameters
    ----------
    cells
        As formulas name them.
    """
    return "=" + "+".join(cells)
