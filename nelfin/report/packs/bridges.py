"""The bridge from one position to the next, year by year and over all years, as a pack tells it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.packs.parts import Cell, Drawing, Table, by_year, gbp_m
from nelfin.report.packs.words import STEPS
from nelfin.report.text.numbers import millions, rows_that_add

OPENING, CLOSING, REPORTED = "opening underlying", "closing underlying", "reported"
LEVELS = (OPENING, CLOSING, REPORTED)

LEAST, NOTHING = 0.05, 1e-6
"""£m: a step below it is left out of a drawing, and of a table, whose lines are to add up."""


def yearly_bridge(bridge: xr.DataArray, caption: str) -> list[Table]:
    """Return the steps of each year; each column adds up as printed.

    Parameters
    ----------
    bridge
        Dims `year, step`, £m.
    caption
        Of the table.
    """
    years = [str(year) for year in bridge["year"].values]
    rows = _rounded(bridge.transpose("year", "step").to_pandas())
    strong = [at for at, (step, _) in enumerate(rows) if step in LEVELS]
    told = "; ".join(f"{step}: {STEPS[step]}" for step, _ in rows if step in STEPS)
    note = (
        "Underlying: what would remain without one-off items. From the opening underlying position "
        f"the steps lead to the closing one, and with the one-off items to what is reported. {_up(told)}."
    )
    lines = [(_up(step), cells) for step, cells in rows]
    return by_year(caption, "£m", lines, years, strong, note)


def _rounded(frame: pd.DataFrame) -> list[tuple[str, list[Cell]]]:
    """Return the lines of a bridge, rounded so that they add up from one level to the next.

    Parameters
    ----------
    frame
        A row a year, a column a step.
    """
    rows: list[tuple[str, list[Cell]]] = [(OPENING, _cells(frame[OPENING]))]
    for steps, start, end in ((RECURRENT, OPENING, CLOSING), (ONE_OFF, CLOSING, REPORTED)):
        own = [step for step in steps if step in frame and frame[step].abs().max() >= NOTHING]
        shown = rows_that_add(
            [frame[step].tolist() for step in own], frame[end].tolist(), frame[start].tolist()
        )
        rows += [
            (step, _cells(frame[step], values)) for step, values in zip(own, shown, strict=True)
        ]
        rows.append((end, _cells(frame[end])))
    return rows


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
    moves = [(step, float(bridge.sel(step=step).sum()), False) for step in RECURRENT]
    once = [(step, float(bridge.sel(step=step, year=last)), False) for step in ONE_OFF]
    closing = opening + sum(value for _, value, _ in moves)
    steps = [
        (f"opening underlying {first}", opening, True),
        *moves,
        (f"closing underlying {last}", closing, True),
        *once,
        (f"reported {last}", closing + sum(value for _, value, _ in once), True),
    ]
    return [step for step in steps if step[2] or abs(step[1]) >= LEAST], (first, last)
