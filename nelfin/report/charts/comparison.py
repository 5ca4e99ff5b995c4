"""The chart of two runs side by side. It needs both, so it is none of the standard charts."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import BLUE, HEIGHT, INK, MONEY, ORANGE, WIDTH, Card, themed
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings
from nelfin.system.compare import Comparison

POSITIONS = {"system_reported": "reported", "system_underlying": "underlying"}


def positions(first: Findings, last: Findings, comparison: Comparison) -> Card:
    """Show the positions of two runs.

    Parameters
    ----------
    first, last
        The runs, as compared.
    comparison
        Of them, for their names.
    """
    pairs = list(zip(comparison.names, (first, last), strict=True))
    table = pd.DataFrame(
        {
            f"{name}, {title}, £m": run.data[variable].to_series()
            for variable, title in POSITIONS.items()
            for name, run in pairs
        }
    ).rename_axis("Year")
    frame = pd.concat(
        run.data[variable]
        .to_series()
        .rename("value")
        .reset_index()
        .assign(run=short(name, 40), position=title)
        for variable, title in POSITIONS.items()
        for name, run in pairs
    )
    runs = [short(name, 40) for name in comparison.names]
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=ORANGE).encode(y=alt.Y("y:Q"))
    chart = (zero + _lines(frame, runs)).properties(width=WIDTH, height=HEIGHT)
    year = str(last.data["year"].values[-1])
    ends = [float(run.data["system_reported"].to_series().iloc[-1]) for run in (first, last)]
    words = (
        f"The last reported position is {millions(ends[0])} in {runs[0]} and {millions(ends[1])} "
        f"in {runs[1]} ({year})."
    )
    return Card("Positions of both runs", words, themed(chart), table.reset_index())


def _lines(frame: pd.DataFrame, runs: list[str]) -> Any:
    """Draw a line for each run and position, £m by year."""
    titles = list(POSITIONS.values())
    return (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title="£m, surplus positive"),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=runs, range=[INK, BLUE]),
                legend=alt.Legend(orient="top"),
            ),
            strokeDash=alt.StrokeDash(
                "position:N",
                title=None,
                scale=alt.Scale(domain=titles, range=[[1, 0], [6, 4]]),
                legend=alt.Legend(
                    orient="top",
                    symbolType="stroke",
                    symbolStrokeColor="black",
                    symbolSize=300,
                    symbolFillColor="black",
                ),
            ),
            shape=alt.Shape("run:N", title=None, scale=alt.Scale(domain=runs)),
            tooltip=[
                alt.Tooltip("run:N", title="Run"),
                alt.Tooltip("position:N", title="Position"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    )
