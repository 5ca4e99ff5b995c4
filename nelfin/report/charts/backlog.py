"""The chart of the backlog of maintenance: what is left by risk, year by year."""

from __future__ import annotations

import altair as alt

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
from nelfin.report.text.backlog import backlog_sentences, backlog_table
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
    frame["label"] = frame["band"].str.capitalize()
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
                scale=alt.Scale(
                    domain=[name.capitalize() for name in BANDS], range=list(BANDS.values())
                ),
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
    chart = (bars + above).properties(width=WIDTH - 60, height=260)
    words = f"The dashed line is what it would be if nothing were cleared. {_what(result)}"
    shown = table.rename_axis("Organisation").reset_index()
    shown.columns = [
        "Organisation", "At the start, £m", "Cleared, £m", "Left at the end, £m",
        "Left at first-year prices, £m", "If nothing is cleared, £m",
    ]  # fmt: skip
    return Card("Backlog of maintenance left at the end of each year", words, themed(chart), shown)


def _what(result: Findings) -> str:
    return " ".join(backlog_sentences(result.data))
