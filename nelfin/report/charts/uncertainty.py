"""Charts of uncertainty: the fan of the position, and which assumption moves it most.

A run without draws has neither.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    HEIGHT,
    INK,
    LIGHT_BLUE,
    MONEY,
    MONEY2,
    ORANGE,
    WIDTH,
    Card,
    edge,
    themed,
)
from nelfin.report.text.numbers import millions, money
from nelfin.scenario.names import in_sentence, setting_name
from nelfin.store.findings import Findings
from nelfin.system.odds import open_years

MOVERS = 10
"""Assumptions shown in the tornado."""

SHOWN = 0.05
"""£m: an assumption that moves the position by less is printed as 0, and left out."""

NO_DRAWS = 'not shown, as this run has no draws. Run it with "--draws".'


def fan(result: Findings) -> Card | str:
    """Show the reported position of the plan, and what eight draws in ten lie between.

    Parameters
    ----------
    result
        A run.
    """
    if "odds" not in result.tables:
        return f"How sure the reported position is: {NO_DRAWS}"
    if not open_years(result.data):
        return (
            "How sure the reported position is: not shown, as the position of every year is known."
        )
    odds = result.table("odds")
    wide = odds.pivot(index="year", columns="measure", values="value")
    frame = wide[[f"reported_p{p}" for p in (10, 50, 90)]].set_axis(
        ["low", "middle", "high"], axis=1
    )
    frame["plan"] = result.data["system_reported"].to_series()
    frame["odds"] = 100 * wide["odds_of_balance"]
    frame = frame.reset_index()
    last = frame.iloc[-1]
    words = (
        f"Eight draws in ten lie in the band: from {millions(last['low'])} to "
        f"{millions(last['high'])} in {last['year']}, where the plan says {millions(last['plan'])}."
    )
    table = frame.rename(
        columns={
            "year": "Year",
            "low": "One draw in ten is below, £m",
            "middle": "Middle draw, £m",
            "high": "One draw in ten is above, £m",
            "plan": "The plan, £m",
            "odds": "Odds of balance, %",
        }
    ).rename_axis(columns=None)
    chart = _band_and_lines(frame).properties(width=WIDTH, height=HEIGHT)
    return Card("How sure the reported position is", words, themed(chart), table)


def _band_and_lines(frame: pd.DataFrame) -> Any:
    """Draw the band from low to high, £m by year, and lines for the plan and the middle draw."""
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    scale = alt.Scale(nice=True, padding=12)
    tips = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("plan:Q", title="The plan, £m", format=MONEY),
        alt.Tooltip("low:Q", title="One draw in ten is below, £m", format=MONEY),
        alt.Tooltip("middle:Q", title="Middle draw, £m", format=MONEY),
        alt.Tooltip("high:Q", title="One draw in ten is above, £m", format=MONEY),
        alt.Tooltip("odds:Q", title="Odds of balance, %", format=".0f"),
    ]
    base = alt.Chart(frame)
    band = base.mark_area(opacity=0.35, color=LIGHT_BLUE).encode(
        x=x,
        y=alt.Y("low:Q", title="£m, surplus positive", scale=scale),
        y2=alt.Y2("high:Q"),
        tooltip=tips,
    )
    names = {"plan": "The plan", "middle": "Middle draw"}
    lines = pd.concat(
        frame[["year", key]].set_axis(["year", "value"], axis=1).assign(line=name)
        for key, name in names.items()
    )
    domain, dashes = list(names.values()), [[1, 0], [6, 4]]
    legend = alt.Legend(orient="top")
    drawn = (
        alt.Chart(lines)
        .mark_line(point=True)
        .encode(
            x=x,
            y=alt.Y("value:Q", scale=scale),
            color=alt.Color("line:N", title=None, legend=legend,
                            scale=alt.Scale(domain=domain, range=[BLUE, DARK_BLUE])),
            strokeDash=alt.StrokeDash("line:N", title=None, legend=legend,
                                      scale=alt.Scale(domain=domain, range=dashes)),
            tooltip=[alt.Tooltip("line:N", title="Line"), alt.Tooltip("year:O", title="Year"),
                     alt.Tooltip("value:Q", title="£m", format=MONEY)],
        )
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    return band + zero + drawn


def tornado(result: Findings) -> Card | str:
    """Show the assumptions that move the reported position of the last year most.

    Parameters
    ----------
    result
        A run.
    """
    if "tornado" not in result.tables:
        return f"Which assumption moves the position most: {NO_DRAWS}"
    table = result.table("tornado")
    last = str(result.data["year"].values[-1])
    frame = table[table["year"] == last].drop(columns=["year", "measure", "unit"])
    far = frame.groupby("setting")["value"].transform(lambda ends: ends.abs().max())
    frame = frame[far >= SHOWN]
    if frame.empty:
        return (
            "Which assumption moves the position most: not shown, as no setting has a range or the "
            "position of the last year is known."
        )
    names = list(dict.fromkeys(frame["setting"]))[:MOVERS]
    frame = frame[frame["setting"].isin(names)]
    frame["assumption"] = [setting_name(str(name)) for name in frame["setting"]]
    frame["end"] = frame["end"].map({"p10": "low end", "p90": "high end"})
    frame["brief"] = frame["value"].map(money)
    frame["words"] = [f"{v} at {at:.3g}" for v, at in zip(frame["brief"], frame["at"], strict=True)]
    # of two ends on one side only the farther is told: their words would lie on each other
    far = frame.groupby("setting")["value"].transform(lambda ends: ends.abs().max())
    alone = frame.groupby("setting")["value"].transform(lambda ends: ends.prod() < 0)
    frame.loc[~alone & (frame["value"].abs() < far), ["words", "brief"]] = ""
    ends = frame[frame["setting"] == names[0]]["value"]
    words = (
        f"What moves {last} most: {in_sentence(setting_name(str(names[0])))}, by "
        f"{millions(ends.max())} or {millions(ends.min())}. Each assumption alone, a tenth of its "
        "range in from either end."
    )
    chart = _bars_and_words(frame, last).properties(width=WIDTH - 170, height=30 * len(names))
    shown = frame[["assumption", "end", "at", "value"]].set_axis(
        ["Assumption", "End of its range", "Its value there", "Moves the position by, £m"],
        axis="columns",
    )
    return Card("Which assumption moves it most", words, themed(chart, row=56), shown)


def _bars_and_words(frame: pd.DataFrame, year: str) -> Any:
    """Draw a bar for each end of an assumption's range, £m, with its words beside it."""
    far = 1.8 * edge(frame["value"])
    scale = alt.Scale(domain=[-far, far], nice=False)
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "assumption:N",
            title=None,
            sort=list(dict.fromkeys(frame["assumption"])),
            axis=alt.Axis(labelLimit=350),
        )
    )
    legend = alt.Legend(orient="top")
    domain = ["low end", "high end"]
    title = f"change of the reported position of {year}, £m"
    bars = base.mark_bar(height=16).encode(
        x=alt.X("value:Q", title=title, scale=scale, stack=None),
        color=alt.Color("end:N", title=None, legend=legend,
                        scale=alt.Scale(domain=domain, range=[ORANGE, BLUE])),
        tooltip=[
            alt.Tooltip("assumption:N", title="Assumption"),
            alt.Tooltip("end:N", title="End of its range"),
            alt.Tooltip("at:Q", title="Its value there", format=MONEY2),
            alt.Tooltip("value:Q", title="Moves the position by, £m", format=MONEY),
        ],
    )  # fmt: skip
    told = base.transform_calculate(told="narrow ? datum.brief : datum.words")
    right = told.transform_filter("datum.value >= 0").mark_text(align="left", dx=4)
    left = told.transform_filter("datum.value < 0").mark_text(align="right", dx=-4)
    texts = [
        mark.encode(x=alt.X("value:Q", scale=scale), text=alt.Text("told:N"))
        for mark in (right, left)
    ]
    return alt.layer(bars, *texts).add_params(alt.param(name="narrow", value=False))
