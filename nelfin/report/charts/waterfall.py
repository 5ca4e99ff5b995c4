"""A waterfall for each of several names, of which one shows at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import DARK_BLUE, GREEN, INK, ORANGE, WIDTH, chosen
from nelfin.report.text.numbers import money

LEVEL = "level"
"""Kind of a step that is a level, drawn from nothing; the others move it."""


def steps_of(who: str, steps: Iterable[tuple[str, float, bool]]) -> list[dict[str, Any]]:
    """Return the bars of one waterfall from its steps: label, value, and whether it is a level.

    A step of less than half a thousandth of £1m is left out unless it is a level.

    Parameters
    ----------
    who
        Whose waterfall it is.
    steps
        Label, £m, and whether it is a level.

    Returns
    -------
    list of dict
        A bar each: `who, step, from, to, value` in £m, `words` and `kind`.
    """
    rows, at = [], 0.0
    for label, value, level in steps:
        begin, end = (0.0, value) if level else (at, at + value)
        at = end
        if level or abs(value) >= 5e-4:
            kind = LEVEL if level else "up" if value >= 0 else "down"
            rows.append({"who": who, "step": label, "from": begin, "to": end, "value": value,
                         "words": money(value), "kind": kind})  # fmt: skip
    return rows


def waterfall(
    rows: list[dict[str, Any]], order: list[str], name: str, everything: str, title: str
) -> Any:
    """Draw the waterfalls of `steps_of`, with a parameter that chooses whose shows.

    Parameters
    ----------
    rows
        The bars of everybody's waterfall.
    order
        Labels of the steps, from the top.
    name
        Of the parameter, such as `place`.
    everything
        What stands for everybody together.
    title
        Of the axis.
    """
    frame = pd.DataFrame(rows)
    parameter = chosen(name, everything, [w for w in frame["who"].unique() if w != everything])
    base = (
        alt.Chart(frame)
        .transform_filter(f"datum.who === {name}")
        .encode(y=alt.Y("step:N", sort=order, title=None))
    )
    bars = base.mark_bar(height=16).encode(
        # wide enough for the labels, whoever is chosen
        x=alt.X("from:Q", title=title, scale=alt.Scale(padding=45)),
        x2=alt.X2("to:Q"),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=[LEVEL, "up", "down"], range=[DARK_BLUE, GREEN, ORANGE]),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=[
            alt.Tooltip("who:N", title=name.capitalize()),
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("value:Q", title="£m", format="(,.3f"),
        ],
    )
    labels = (
        base.mark_text(align="left", dx=5, fontSize=12)
        .transform_calculate(end="max(datum.from, datum.to)")
        .encode(x=alt.X("end:Q"), text=alt.Text("words:N"))
    )
    zero = (
        alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK, opacity=0.5).encode(x=alt.X("x:Q"))
    )
    longest = int(frame.groupby("who")["step"].count().max())
    return (bars + zero + labels).add_params(parameter).properties(width=WIDTH, height=27 * longest)
