"""Charts of the recovery."""

from __future__ import annotations

import altair as alt
import pandas as pd
import xarray as xr

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.charts.style import (
    BLUE,
    EVERY_ORGANISATION,
    HEIGHT,
    INK,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.charts.waterfall import steps_of, waterfall
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
    plans = (
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
    )
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
    chart = (zero + lines + plans).properties(width=WIDTH, height=HEIGHT)
    return Card("When the system balances", words, themed(chart), table)


def bridge(result: Findings) -> Card:
    """Draw the waterfall from the first opening underlying to the last reported position.

    Parameters
    ----------
    result
        A run.
    """
    array = result.data["recovery_bridge"]
    first, last = (str(year) for year in array["year"].values[[0, -1]])
    every = _bridge(array.sum("organisation"), first, last)
    names = [str(name) for name in array["organisation"].values]
    whose = {EVERY_ORGANISATION: every} | {
        name: _bridge(array.sel(organisation=name), first, last) for name in names
    }
    rows = [row for who, steps in whose.items() for row in steps_of(who, steps)]
    title = f"£m, all steps of {first} to {last}"
    order = [label for label, _, _ in every]
    chart = waterfall(rows, order, "organisation", EVERY_ORGANISATION, title)
    largest = max((s for s in every if s[0] in RECURRENT), key=lambda step: abs(step[1]))
    words = (
        f"From {millions(every[0][1])} underlying to {millions(every[-1][1])} reported, all "
        f"organisations together. The largest step is {largest[0]} at {millions(largest[1])}. "
        "The steps add up exactly."
    )
    table = pd.DataFrame({who: {label: v for label, v, _ in steps} for who, steps in whose.items()})
    table = table.loc[order, [*names, EVERY_ORGANISATION]].T
    return Card(
        "The bridge to balance",
        words,
        themed(chart),
        table.rename_axis("Organisation").reset_index(),
    )


def _bridge(array: xr.DataArray, first: str, last: str) -> list[tuple[str, float, bool]]:
    """Return the steps of one bridge: what recurs over all years, what does not in the last."""
    opening = float(array.sel(year=first, step="opening underlying"))
    moves = {step: float(array.sel(step=step).sum()) for step in RECURRENT}
    once = {step: float(array.sel(step=step, year=last)) for step in ONE_OFF}
    return [
        (f"opening underlying {first}", opening, True),
        *((step, value, False) for step, value in moves.items()),
        (f"closing underlying {last}", opening + sum(moves.values()), True),
        *((step, value, False) for step, value in once.items()),
        (f"reported {last}", opening + sum(moves.values()) + sum(once.values()), True),
    ]
