"""The bridge from one position to the next, year by year and over all years, as a pack tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.packs.parts import Cell, Drawing, Section, Table, by_year, gbp_m
from nelfin.report.packs.words import STEPS
from nelfin.report.text.numbers import millions, parts_that_add, rows_that_add

OPENING, CLOSING, REPORTED = "opening underlying", "closing underlying", "reported"
LEVELS = (OPENING, CLOSING, REPORTED)

HOW = (
    "The underlying position is what would remain without items of one year only. From the opening "
    "one the steps lead to the closing one, and with the one-off items to what is reported."
)

NOTHING = 1e-6
"""£m: a step that is less in every year is left out."""


def bridge_rows(bridge: xr.DataArray) -> dict[str, list[Cell]]:
    """Return the lines of a bridge by step, rounded so that they add up from level to level.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.

    Returns
    -------
    dict
        A cell a year for each step that is not nothing in every year, in their order.
    """
    frame = bridge.transpose("year", "step").to_pandas()
    rows = {OPENING: _cells(frame[OPENING])}
    for steps, start, end in ((RECURRENT, OPENING, CLOSING), (ONE_OFF, CLOSING, REPORTED)):
        own = [step for step in steps if step in frame and frame[step].abs().max() >= NOTHING]
        shown = rows_that_add(
            [frame[step].tolist() for step in own], frame[end].tolist(), frame[start].tolist()
        )
        rows |= {step: _cells(frame[step], values) for step, values in zip(own, shown, strict=True)}
        rows[end] = _cells(frame[end])
    return rows


def bridge_section(
    bridge: xr.DataArray, whose: str, statuses: Sequence[tuple[str, int, str]]
) -> Section:
    """Return the section on the bridge: over all years, and of each year.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.
    whose
        Whose it is, for the words.
    statuses
        How many figures it rests on that are not published, by status.
    """
    meaning: list[list[Cell]] = [[_up(s), STEPS[s]] for s in bridge_rows(bridge) if s in STEPS]
    heads = ["Step", "What it is"]
    gloss = Table("What each step is", heads, meaning, wide=False, on_slide=False)
    tables = [gloss, *yearly_bridge(bridge)]
    return Section(
        "bridge", "The bridge", [HOW], (), [whole_bridge(bridge, whose)], tables, statuses
    )


def yearly_bridge(bridge: xr.DataArray, note: str = "") -> list[Table]:
    """Return the steps of each year; each column adds up as printed.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.
    note
        Below the table.
    """
    rows = bridge_rows(bridge)
    years = [str(year) for year in bridge["year"].values]
    strong = [at for at, step in enumerate(rows) if step in LEVELS]
    lines = [(_up(step), cells) for step, cells in rows.items()]
    return by_year("The bridge of each year, £m", "£m", lines, years, strong, note)


def steps_in_words(bridge: xr.DataArray) -> str:
    """Return what each step of a bridge is, in one line.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.
    """
    return _up("; ".join(f"{step}: {STEPS[step]}" for step in bridge_rows(bridge) if step in STEPS))


def _cells(values: pd.Series, shown: Sequence[float] | None = None) -> list[Cell]:
    printed = values.tolist() if shown is None else shown
    return [gbp_m(value, text) for value, text in zip(values.tolist(), printed, strict=True)]


def _up(text: str) -> str:
    return text[:1].upper() + text[1:]


def whole_bridge(bridge: xr.DataArray, whose: str) -> Drawing:
    """Return the bridge over all years as steps: what recurs adds up, what does not is the last's.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.
    whose
        Whose it is, for the words.
    """
    steps, (first, last) = whole_steps(bridge)
    shown = [(label, value) for label, value, _ in steps]
    moves = [step for step in steps if not step[2]]
    largest = max(moves, key=lambda step: abs(step[1]), default=None)
    told = f" The largest step is {largest[0]}, {millions(largest[1])}." if largest else ""
    words = (
        f"{whose}: from {millions(shown[0][1])} underlying at the start of {first} to "
        f"{millions(shown[-1][1])} reported in {last}.{told}"
    )
    return Drawing(
        "steps",
        f"The bridge over all years, {first} to {last}",
        words,
        [_up(label) for label, _ in shown],
        {"£m": [value for _, value in shown]},
        f"£m, all steps of {first} to {last}",
        marked=frozenset(_up(label) for label, _, level in steps if level),
    )


def whole_steps(bridge: xr.DataArray) -> tuple[list[tuple[str, float, bool]], tuple[str, str]]:
    """Return the steps over all years, and the first and the last year.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.

    Returns
    -------
    tuple
        Label, £m and whether it is a level, of each step that is not nothing; and two years. The
        steps lead from the first opening position to the last closing one, and the one-off items
        of the last year to what it reports.
    """
    first, last = (str(year) for year in bridge["year"].values[[0, -1]])
    opening = float(bridge.sel(year=first, step=OPENING))
    moves = {step: float(bridge.sel(step=step).sum()) for step in RECURRENT}
    once = {step: float(bridge.sel(step=step, year=last)) for step in ONE_OFF}
    closing = opening + sum(moves.values())
    reported = closing + sum(once.values())
    steps = [
        (f"opening underlying {first}", opening, True),
        *_adding(moves, opening, closing),
        (f"closing underlying {last}", closing, True),
        *_adding(once, closing, reported),
        (f"reported {last}", reported, True),
    ]
    return steps, (first, last)


def _adding(moves: Mapping[str, float], start: float, end: float) -> list[tuple[str, float, bool]]:
    """Return steps that are not nothing, rounded so that they lead from level to level."""
    own = {step: value for step, value in moves.items() if abs(value) >= NOTHING}
    shown = parts_that_add(list(own.values()), end, start=start)
    return [(step, value, False) for step, value in zip(own, shown, strict=True)]
