"""Charts of the recovery."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    EVERY_ORGANISATION,
    HEIGHT,
    INK,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    chosen,
    edge,
    faded,
    themed,
)
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of


def recovery(result: Findings) -> Card:
    """Show the underlying and the reported position of the system.

    Parameters
    ----------
    result
        A run.
    """
    data = result.data
    names = {"system_reported": "Reported", "system_underlying": "Underlying"}
    frame = pd.concat(
        data[name].to_series().rename("value").reset_index().assign(position=title)
        for name, title in names.items()
    )
    lines = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "value:Q", title="£m, surplus positive", scale=alt.Scale(nice=True, padding=12)
            ),
            color=alt.Color(
                "position:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=[BLUE, ORANGE]),
                legend=alt.Legend(orient="top"),
            ),
            strokeDash=alt.StrokeDash(
                "position:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=[[1, 0], [6, 4]]),
                legend=alt.Legend(orient="top", symbolType="stroke"),
            ),
            tooltip=[
                alt.Tooltip("position:N", title="Position"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    )
    planned = data["system_plan"].to_series().dropna().rename("value").reset_index()
    plans = [
        alt.Chart(planned.assign(position="As planned"))
        .mark_point(shape="diamond", size=70, color=INK)
        .encode(
            x=alt.X("year:O"),
            y=alt.Y("value:Q"),
            tooltip=[
                alt.Tooltip("position:N", title="Position"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    ] * bool(len(planned))
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    headline = headline_of(result)
    words = (
        f"Reported balance holds from {headline.balance_year}."
        if headline.balance_year
        else f"The reported position does not hold a balance by {headline.years[-1]}."
    )
    if len(planned):
        words += " Diamonds show what the system planned to report."
    table = data[[*names, "system_plan"]].to_dataframe().reset_index()
    table.columns = ["Year", *(f"{title}, £m" for title in names.values()), "As planned, £m"]
    chart = alt.layer(zero, lines, *plans).properties(width=WIDTH, height=HEIGHT)
    return Card("When the system balances", words, themed(chart), table)


def bodies(result: Findings) -> Card:
    """Show who carries the deficit: what each organisation reports by year.

    Parameters
    ----------
    result
        A run.
    """
    frame = headline_of(result).bodies
    names, years = ([str(name) for name in labels] for labels in (frame.index, frame.columns))
    last = years[-1]
    whole = frame.sum()
    chart = _grid(frame, years).add_params(chosen("organisation", EVERY_ORGANISATION, names))
    worst = frame[last].idxmin()
    words = (
        f"What each organisation reports by year, £m; brackets are deficits. Together they report "
        f"{millions(float(whole[last]))} in {last}; {short(worst)} is furthest down at "
        f"{millions(float(frame.at[worst, last]))}."
    )
    words_of = {
        name: f"{short(name)} reports {millions(float(frame.at[name, years[0]]))} in {years[0]} "
        f"and {millions(float(frame.at[name, last]))} in {last}; all organisations together report "
        f"{millions(float(whole[last]))} then."
        for name in names
    }
    table = frame.rename_axis(index="Organisation", columns=None)
    table.loc[EVERY_ORGANISATION] = whole
    return Card(
        "Who carries the deficit",
        words,
        themed(chart, row=44, upright=True),
        table.reset_index(),
        words_of=words_of,
    )


def _grid(frame: pd.DataFrame, years: list[Any]) -> Any:
    """Draw a row an organisation and a column a year, £m in each cell."""
    names, far = [str(name) for name in frame.index], edge(frame.stack())  # noqa: PD013
    wide = frame.rename_axis("organisation").reset_index()
    base = (
        alt.Chart(wide)
        .transform_fold(years, as_=["year", "value"])
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
            y=alt.Y("organisation:N", sort=names, title=None),
            opacity=faded("organisation", EVERY_ORGANISATION),
            tooltip=[
                alt.Tooltip("organisation:N", title="Organisation"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="Reported, £m", format=MONEY),
            ],
        )
    )
    scale = alt.Scale(
        domain=[-far, 0, far], range=[ORANGE, "#FFFFFF", LIGHT_BLUE], interpolate="rgb"
    )
    cells = base.mark_rect().encode(color=alt.Color("value:Q", legend=None, scale=scale))
    # the figure stands in each cell, so that colour only helps to find it
    words = base.mark_text(fontSize=11).encode(text=alt.Text("value:Q", format=MONEY))
    width = max(WIDTH - 60, 56 * len(years))
    return (cells + words).properties(width=width, height=24 * len(names))
