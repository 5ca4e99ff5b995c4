"""The bridges to balance: over all years, and year by year."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd
import xarray as xr

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    EVERY_ORGANISATION,
    GREEN,
    HEIGHT,
    INK,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    PURPLE,
    WIDTH,
    Card,
    chosen,
    themed,
)
from nelfin.report.charts.waterfall import steps_of, waterfall
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings

GROUPS = {
    "Income": ("income growth", "convergence", "place budgets"),
    "Cost and demand": (
        "cost inflation", "demand growth", "pressures by driver", "not explained",
    ),
    "Lasting savings": (
        "recurrent efficiency", "full-year effect of last year's schemes", "agency and bank",
    ),
    "Prevention, care and capital": (
        "prevention net cash", "planned and urgent activity", "beds closed", "primary care gap",
        "capital consequences",
    ),
    "What does not recur": ONE_OFF,
}  # fmt: skip
"""Steps of a year that stand together in its bridge; every step is in one of them."""

OPENING, REPORTED = "Opening, underlying", "Reported"
COLOURS = {
    OPENING: LIGHT_BLUE,
    **dict(zip(GROUPS, (GREEN, ORANGE, BLUE, PURPLE, "#768692"), strict=True)),
    REPORTED: DARK_BLUE,
}
"""Bars of a year in their order, and their colours."""


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
    words_of = {who: _bridge_words(who, steps) for who, steps in whose.items()}
    words = words_of.pop(EVERY_ORGANISATION)
    table = pd.DataFrame({who: {label: v for label, v, _ in steps} for who, steps in whose.items()})
    table = table.loc[order, [*names, EVERY_ORGANISATION]].T
    return Card(
        "The bridge to balance, all years together",
        words,
        themed(chart),
        table.rename_axis("Organisation").reset_index(),
        words_of=words_of,
    )


def _bridge_words(who: str, steps: list[tuple[str, float, bool]]) -> str:
    """Say from where to where a bridge leads, and its largest step."""
    of = "all organisations together" if who == EVERY_ORGANISATION else short(who)
    largest = max((s for s in steps if s[0] in RECURRENT), key=lambda step: abs(step[1]))
    return (
        f"From {millions(steps[0][1])} underlying to {millions(steps[-1][1])} reported, {of}. The "
        f"largest step is {largest[0]} at {millions(largest[1])}. The steps add up exactly."
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


def bridge_by_year(result: Findings) -> Card:
    """Draw a bridge for each year, from its opening underlying to its reported position.

    Parameters
    ----------
    result
        A run.
    """
    array = result.data["recovery_bridge"]
    names = [str(name) for name in array["organisation"].values]
    whose = {EVERY_ORGANISATION: _groups(array.sum("organisation"))}
    whose |= {name: _groups(array.sel(organisation=name)) for name in names}
    bars = pd.concat([_of_year(who, groups) for who, groups in whose.items()], ignore_index=True)
    years = [str(year) for year in array["year"].values]
    words_of = {who: _year_words(who, groups) for who, groups in whose.items()}
    words = words_of.pop(EVERY_ORGANISATION)
    chart = _yearly(bars).add_params(chosen("organisation", EVERY_ORGANISATION, names))
    table = pd.concat(
        [whose[who].reset_index().assign(who=who) for who in [*names, EVERY_ORGANISATION]],
        ignore_index=True,
    )
    table = table[["who", "year", *COLOURS]].set_axis(
        ["Organisation", "Year", *(f"{name}, £m" for name in COLOURS)], axis="columns"
    )
    return Card(
        "The bridge of each year",
        words,
        themed(chart.properties(width=WIDTH, height=HEIGHT), turn=64 * len(years)),
        table,
        words_of=words_of,
    )


def _groups(array: xr.DataArray) -> pd.DataFrame:
    """Return a row a year and a column a bar of it, £m."""
    steps = array.to_pandas()
    frame = pd.DataFrame(
        {
            OPENING: steps["opening underlying"],
            **{name: steps[list(members)].sum(axis="columns") for name, members in GROUPS.items()},
            REPORTED: steps["reported"],
        }
    )
    return frame.rename_axis(index="year", columns=None)


def _of_year(who: str, groups: pd.DataFrame) -> pd.DataFrame:
    """Return a row a year and a column a bar, £m, under names that a chart can take."""
    short_names = [f"bar{at}" for at in range(len(groups.columns))]
    frame = groups.set_axis(short_names, axis="columns").round(3).reset_index()
    return frame.assign(who=who)


def _year_words(who: str, groups: pd.DataFrame) -> str:
    """Say what the bars are, and in which year they lead furthest down."""
    of = "all organisations together" if who == EVERY_ORGANISATION else short(who)
    steps = groups.drop(columns=[OPENING, REPORTED, "What does not recur"]).sum(axis="columns")
    worst = str(steps.idxmin())
    moved = (
        f"{worst} moves the underlying position least, by"
        if steps[worst] >= 0
        else (f"{worst} takes most from the underlying position,")
    )
    return (
        f"Each year begins at its opening underlying position and ends at what is reported, {of}, "
        f"above or below the zero line; bars stand in the order of the list. {moved} "
        f"{millions(float(steps[worst]))}."
    )


def _yearly(bars: pd.DataFrame) -> Any:
    """Draw the bars of each year side by side, £m, about a line at zero."""
    order, last = list(COLOURS), len(COLOURS) - 1
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    drawn = (
        alt.Chart(bars)
        .transform_filter("datum.who === organisation")
        .transform_fold([f"bar{at}" for at in range(len(order))], as_=["key", "value"])
        .transform_calculate(at="toNumber(slice(datum.key, 3))")
        .transform_calculate(bar=f"{json.dumps(order)}[datum.at]")
        .transform_window(
            end="sum(value)", groupby=["year"], sort=[alt.SortField("at")], frame=[None, 0]
        )
        # the first and the last bar are levels, drawn from nothing; the others lead on
        .transform_calculate(
            begin=f"datum.at == 0 || datum.at == {last} ? 0 : datum.end - datum.value",
            finish=f"datum.at == {last} ? datum.value : datum.end",
        )
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("bar:N", sort=order),
            y=alt.Y("begin:Q", title="£m, surplus positive"),
            y2=alt.Y2("finish:Q"),
            color=alt.Color(
                "bar:N",
                title=None,
                scale=alt.Scale(domain=order, range=list(COLOURS.values())),
                legend=alt.Legend(orient="top", columns=4),
            ),
            tooltip=[
                alt.Tooltip("who:N", title="Organisation"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("bar:N", title="Bar"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    )
    return drawn + zero
