"""A bridge as rows of a sheet: from the opening underlying to the reported position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.models.recovery import MEASURES, ONE_OFF, RECURRENT, STEPS
from nelfin.report.workbook.people_sheet import TOP, People, rows_sum

Array = npt.NDArray[np.float64]

COMES = tuple(step for step in RECURRENT if step not in MEASURES)
"""Steps that come to a body; `MEASURES` are those it takes."""

OPENING = "Opening underlying position"


@dataclass(frozen=True)
class Rows:
    """The rows of a bridge."""

    head: int

    @property
    def opening(self) -> int:
        """Opening underlying position."""
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
        """Closing underlying position."""
        return self.does + 1

    @property
    def once(self) -> int:
        """Sum of what is not carried on."""
        return self.closing + 1 + len(ONE_OFF)

    @property
    def reported(self) -> int:
        """Reported position."""
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


def write_bridges(of: People, bridge: Array, bodies: Sequence[People], whose: str) -> None:
    """Write the bridge year by year, the reported position from year to year, and the sums.

    Parameters
    ----------
    of
        The sheet.
    bridge
        As the run has it, £m; shape (year, step), by `STEPS`.
    bodies
        The sheets whose steps add up to these; none if the steps are given here.
    whose
        Such as "system" or "body".
    """
    by_step = {name: bridge[:, at] for at, name in enumerate(STEPS)}
    _yearly(of, by_step, bodies, whose)
    _on_reported(of, by_step)
    _cumulative(of, by_step, whose)


def _yearly(of: People, by_step: Mapping[str, Array], bodies: Sequence[People], whose: str) -> None:
    rows, money, part = YEARLY, of.formats.money, of.formats.part
    of.head(rows.head, "Year by year: last year to this, £m")

    def added(row: int) -> str:
        return "=" + "+".join(body.row(row) for body in bodies)

    first = by_step["opening underlying"]
    for name, row in rows.steps.items():
        if bodies:
            of.formulas(row, name.capitalize(), added(row), by_step[name], money, part)
        else:
            of.given(row, name.capitalize(), by_step[name])
    if bodies:
        of.formulas(rows.opening, OPENING, added(rows.opening), first[:1], money)
    else:
        of.given(rows.opening, OPENING, first[:1])
    of.formulas(rows.opening, OPENING, f"={{p}}{rows.closing + 1}", first, money, start=1)
    _totals(of, rows, by_step, whose)
    closing, reported = (by_step[name] for name in ("closing underlying", "reported"))
    last = of.against(rows.reported + 1, "Closing underlying", rows.closing, closing)
    of.against(last + 1, "Reported", rows.reported, reported)


def _totals(of: People, rows: Rows, by_step: Mapping[str, Array], whose: str) -> None:
    """Write the sums of a bridge: formulas over its own rows."""
    comes, does, once = (
        np.sum([by_step[name] for name in names], axis=0) for names in (COMES, MEASURES, ONE_OFF)
    )
    closing = by_step["opening underlying"] + comes + does
    of.total(rows.comes, f"What comes to the {whose}", _steps_sum(rows, COMES), comes)
    of.total(rows.does, f"What the {whose} does", _steps_sum(rows, MEASURES), does)
    underlying = f"={{c}}{rows.opening + 1}+{{c}}{rows.comes + 1}+{{c}}{rows.does + 1}"
    of.total(rows.closing, "Closing underlying position", underlying, closing)
    of.total(rows.once, "One-offs: not carried into next year", _steps_sum(rows, ONE_OFF), once)
    reported = f"={{c}}{rows.closing + 1}+{{c}}{rows.once + 1}"
    of.total(rows.reported, "Reported position", reported, closing + once)


def _steps_sum(rows: Rows, steps: Sequence[str]) -> str:
    return rows_sum(rows.steps[steps[0]], rows.steps[steps[-1]])


def _on_reported(of: People, by_step: Mapping[str, Array]) -> None:
    """Write how this year's reported position comes from last year's."""
    head, rows, money, part = ON_REPORTED, YEARLY, of.formats.money, of.formats.part
    reported = by_step["reported"]
    once = np.sum([by_step[name] for name in ONE_OFF], axis=0)
    moved = np.sum([by_step[name] for name in RECURRENT], axis=0)
    of.head(head, "Reported position, last year to this, £m")
    for row, (words, formula, values, style) in enumerate(
        (
            ("Reported last year", f"={{p}}{rows.reported + 1}", np.roll(reported, 1), None),
            ("Last year's one-offs fall away", f"=-{{p}}{rows.once + 1}", -np.roll(once, 1), part),
            (
                "Change of the underlying position",
                f"={{c}}{rows.comes + 1}+{{c}}{rows.does + 1}",
                moved,
                part,
            ),
            ("One-offs of this year", f"={{c}}{rows.once + 1}", once, part),
        ),
        start=head + 1,
    ):
        of.formulas(row, words, formula, values, money, style, start=1)
    of.total(head + 5, "Reported position", rows_sum(head + 1, head + 4), reported, start=1)
    words = "Difference from the bridge year by year"
    of.difference(head + 6, words, head + 5, rows.reported, start=1)


def _cumulative(of: People, by_step: Mapping[str, Array], whose: str) -> None:
    """Write the bridge from the opening position of the plan to each year."""
    rows, money, start = CUMULATIVE, of.formats.money, of.letter(0)
    of.head(rows.head, f"From the opening of {of.years[0]} to each year, £m")
    opening = np.full(len(of.years), by_step["opening underlying"][0])
    of.formulas(rows.opening, OPENING, f"=${start}{YEARLY.opening + 1}", opening, money)
    sums = {"opening underlying": opening}
    for name, row in rows.steps.items():
        above = YEARLY.steps[name] + 1
        # what recurs adds up from year to year, what is once does not
        recurs = name in RECURRENT
        sums[name] = np.cumsum(by_step[name]) if recurs else by_step[name]
        formula = f"=SUM(${start}{above}:{{c}}{above})" if recurs else f"={{c}}{above}"
        of.formulas(row, name.capitalize(), formula, sums[name], money, of.formats.part)
    _totals(of, rows, sums, whose)
    closing, reported = CUMULATIVE_CHECKS
    words = "difference from year by year"
    of.difference(closing, f"Closing underlying: {words}", rows.closing, YEARLY.closing)
    of.difference(reported, f"Reported: {words}", rows.reported, YEARLY.reported)
