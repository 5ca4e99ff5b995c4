"""The chart of runs side by side. It needs several, so it is none of the standard charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import HEIGHT, INK, MONEY, WIDTH, Card, colours, themed
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings
from nelfin.system.compare import Comparison

POSITIONS = {"system_reported": "reported", "system_underlying": "underlying"}


def positions(found: Sequence[Findings], comparison: Comparison) -> Card:
    """Show the positions of runs.

    Parameters
    ----------
    found
        The runs, as compared.
    comparison
        Of them, for their names.
    """
    names = [short(name, 40) for name in comparison.names]
    pairs = list(zip(names, found, strict=True))
    series = {
        (name, title): run.data[variable].to_series()
        for variable, title in POSITIONS.items()
        for name, run in pairs
    }
    table = pd.DataFrame(
        {f"{name}, {title}, £m": values for (name, title), values in series.items()}
    ).rename_axis("Year")
    frame = pd.concat(
        values.rename("value").reset_index().assign(run=name, position=title)
        for (name, title), values in series.items()
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    chart = (zero + _lines(frame, names)).properties(width=WIDTH, height=HEIGHT)
    year = str(found[-1].data["year"].values[-1])
    ends = [f"{millions(float(run.data['system_reported'][-1]))} in {name}" for name, run in pairs]
    words = f"The last reported position, {year}: {', '.join(ends)}."
    return Card("Positions of the runs", words, themed(chart), table.reset_index())


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
                scale=alt.Scale(domain=runs, range=colours(len(runs))),
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
            shape=alt.Shape("run:N", title=None, sort=runs, scale=alt.Scale(domain=runs)),
            tooltip=[
                alt.Tooltip("run:N", title="Run"),
                alt.Tooltip("position:N", title="Position"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    )
