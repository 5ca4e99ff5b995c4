"""The chart of the backlog of maintenance: what is left by risk, year by year."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    DARK_BLUE,
    GREY,
    LIGHT_BLUE,
    MONEY,
    PURPLE,
    RED,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.text.backlog import backlog_table
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings

BANDS = {"high": PURPLE, "significant": DARK_BLUE, "moderate": LIGHT_BLUE, "low": GREY}
"""Risk bands, the worst first, and their colours."""


def backlog(result: Findings) -> Card | str:
    """Show the backlog left at the end of each year by risk, beside what it would be undone.

    Parameters
    ----------
    result
        A run.
    """
    table = backlog_table(result.data)
    if len(table) < 2:
        return "Backlog of maintenance: not shown, as none is given."
    left = result.data["backlog_left"].sum("organisation", min_count=1).to_series().dropna()
    frame = left.rename("left").reset_index()
    frame["at"] = frame["band"].map(list(BANDS).index)
    # each risk has a number too, in the bars and in the legend, for who sees no colours
    named = {name: f"{at} {name.capitalize()}" for at, name in enumerate(BANDS, start=1)}
    frame["label"] = frame["band"].map(named)
    undone = result.data["backlog_left_without"].sum(["organisation", "band"], min_count=1)
    line = undone.to_series().dropna().rename("without").reset_index()
    axis = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    bars = (
        alt.Chart(frame)
        .mark_bar(stroke="white")
        .encode(
            x=axis,
            y=alt.Y("left:Q", title="£m, cash", stack="zero"),
            color=alt.Color(
                "label:N",
                title="Risk",
                scale=alt.Scale(domain=list(named.values()), range=list(BANDS.values())),
            ),
            order=alt.Order("at:Q"),
            tooltip=[
                alt.Tooltip("label:N", title="Risk"),
                alt.Tooltip("year:O", title="End of"),
                alt.Tooltip("left:Q", title="Left, £m", format=MONEY),
            ],
        )
    )
    above = (
        alt.Chart(line)
        .mark_line(color=RED, strokeDash=[6, 3], point=alt.OverlayMarkDef(color=RED))
        .encode(
            x=axis,
            y=alt.Y("without:Q"),
            tooltip=[
                alt.Tooltip("year:O", title="End of"),
                alt.Tooltip("without:Q", title="If nothing is cleared, £m", format=MONEY),
            ],
        )
    )
    figures = _figures(frame, axis)
    chart = (bars + figures + above).properties(width=WIDTH - 60, height=260)
    last = frame[frame["year"] == frame["year"].max()].set_index("band")["left"]
    worst = float(last["high"] + last["significant"])
    every = table.loc["All"]
    words = (
        f"{millions(float(every['left']))} is left at the end of {frame['year'].max()}, "
        f"{millions(worst)} of it of high or significant risk. The dashed line is what it would be "
        f"if nothing were cleared, {millions(float(every['left_without']))} in the end."
    )
    shown = table.rename_axis("Organisation").reset_index()
    shown.columns = [
        "Organisation", "At the start, £m", "Cleared, £m", "Left at the end, £m",
        "Left at prices of the start, £m", "If nothing is cleared, £m",
    ]  # fmt: skip
    return Card("Backlog of maintenance left at the end of each year", words, themed(chart), shown)


def _figures(frame: pd.DataFrame, axis: Any) -> Any:
    """Write the number of its risk into each part of a bar that is high enough."""
    highest = float(frame.groupby("year")["left"].sum().max())
    text = frame.assign(
        words=[
            label[0] if left > 0.06 * highest else ""
            for label, left in zip(frame["label"], frame["left"], strict=True)
        ],
    )
    return (
        alt.Chart(text)
        .mark_text(fontSize=11)
        .encode(
            x=axis,
            y=alt.Y("left:Q", stack="zero", bandPosition=0.5),
            order=alt.Order("at:Q"),
            text=alt.Text("words:N"),
            color=alt.condition(
                "datum.band === 'moderate' || datum.band === 'low'",
                alt.value("black"),
                alt.value("white"),
            ),
        )
    )
