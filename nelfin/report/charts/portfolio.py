"""Charts of the portfolio of programmes: its money, its staff, and what other pools would buy."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.text.numbers import millions, money, percent
from nelfin.report.text.programmes import span_of
from nelfin.store.findings import Findings


def none_of(what: str) -> str:
    """Say that a chart is not shown, as a run has no portfolio.

    Parameters
    ----------
    what
        What it would show.
    """
    return f"{what}: not shown, as this run has no portfolio of programmes."


def portfolio_pools(result: Findings) -> Card | str:
    """Show what programmes take of the pool of each year.

    Parameters
    ----------
    result
        A run.
    """
    title = "Programmes: money against the pools"
    if "portfolio_pools" not in result.tables:
        return none_of(title)
    pools = result.table("portfolio_pools")
    if pools.empty:
        return f"{title}: not shown, as there are no pools."
    pools = pools.assign(there=pools["cost_gbp_m"] + pools["left_gbp_m"])
    thin = 0.005 * max(float(pools[["there", "cost_gbp_m"]].max().max()), 1.0)
    frame = pools.assign(
        above=pools["there"] + thin, below=pools["there"] - thin, middle=pools["cost_gbp_m"] / 2
    )
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    tooltip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("cost_gbp_m:Q", title="Taken, £m", format=MONEY),
        alt.Tooltip("there:Q", title="There is, £m", format=MONEY),
        alt.Tooltip("left_gbp_m:Q", title="Left, £m", format=MONEY),
        alt.Tooltip("price_per_gbp_m:Q", title="£1m more would add", format=MONEY),
    ]
    base = alt.Chart(frame).encode(x=x, tooltip=tooltip)
    bars = base.mark_bar(color=BLUE, width={"band": 0.6}).encode(
        y=alt.Y("cost_gbp_m:Q", title="£m, cash")
    )
    marks = base.mark_bar(color="black", width={"band": 0.9}).encode(
        y=alt.Y("below:Q"), y2=alt.Y2("above:Q")
    )
    figures = base.mark_text(color="white", fontSize=12).encode(
        y=alt.Y("middle:Q"), text=alt.Text("cost_gbp_m:Q", format=MONEY)
    )
    least = pools.loc[pools["left_gbp_m"].idxmin()]
    most = pools.loc[pools["left_gbp_m"].idxmax()]
    words = (
        f"Bars are what programmes take, net of what stopping frees; black marks what there is. "
        f"Of {millions(float(pools['pool_gbp_m'].sum()))} over {span_of(pools)} they take "
        f"{millions(float(pools['cost_gbp_m'].sum()))}: most is left in {most['year']}, "
        f"{millions(float(most['left_gbp_m']))}, least in {least['year']}, "
        f"{millions(float(least['left_gbp_m']))}."
    )
    unit = result.provenance["portfolio"]["unit"]
    table = pools.drop(columns="there")
    table.columns = [
        "Year", "Pool, £m", "Carried in, £m", "Taken, £m", "Cash back, £m", "Left, £m",
        f"{unit} for £1m more",
    ]  # fmt: skip
    chart = (bars + marks + figures).properties(width=WIDTH - 60, height=240)
    return Card(title, words, themed(chart, upright=True), table)


def portfolio_staff(result: Findings) -> Card | str:
    """Show the share of each skill's staff that programmes use, by year.

    Parameters
    ----------
    result
        A run.
    """
    title = "Programmes: staff by skill"
    if "portfolio_plan" in result.tables and "portfolio_staff" not in result.tables:
        return f"{title}: not shown, as no programme of this portfolio asks for staff."
    if "portfolio_staff" not in result.tables:
        return none_of(title)
    staff = result.table("portfolio_staff")
    there = staff["months"].where(staff["months"] > 0)
    frame = staff.assign(share=staff["used"] / there)
    if frame["share"].isna().all():
        return f"{title}: not shown, as there are no staff."
    fullest = frame.loc[frame["share"].idxmax()]
    words = (
        "The share of the months of each skill that programmes use. The fullest: "
        f"{fullest['skill']} in {fullest['year']}, {percent(float(fullest['share']), 0)} of "
        f"{money(float(fullest['months']), 0)} months."
    )
    unit = result.provenance["portfolio"]["unit"]
    dear = staff[staff["price_per_month"] > 0]
    if len(dear):
        dearest = dear.loc[dear["price_per_month"].idxmax()]
        words += (
            f" A month more would add most of {dearest['skill']} in {dearest['year']}: "
            f"{money(float(dearest['price_per_month']))} {unit}."
        )
    shown = frame[["skill", "year", "months", "used", "left", "share", "price_per_month"]]
    shown = shown.assign(share=100 * shown["share"])
    shown.columns = [
        "Skill", "Year", "Months there are", "Used", "Left", "Used, %",
        f"{unit} for a month more",
    ]  # fmt: skip
    return Card(title, words, themed(_grid(frame), row=34), shown)


def _grid(frame: pd.DataFrame) -> Any:
    """Draw the share of staff in use: a row a skill, a column a year."""
    skills = list(dict.fromkeys(frame["skill"]))
    cells = frame.dropna(subset="share")
    base = alt.Chart(cells).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("skill:N", sort=skills, title=None),
        tooltip=[
            alt.Tooltip("skill:N", title="Skill"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("months:Q", title="Months there are", format=",.0f"),
            alt.Tooltip("used:Q", title="Used", format=",.0f"),
            alt.Tooltip("price_per_month:Q", title="A month more would add", format=MONEY),
        ],
    )
    # the figure stands in each cell, so that colour only helps to find it
    rects = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "share:Q",
            legend=None,
            scale=alt.Scale(domain=[0, 1], range=["#FFFFFF", LIGHT_BLUE], interpolate="rgb"),
        )
    )
    figures = base.mark_text(fontSize=11).encode(text=alt.Text("share:Q", format=".0%"))
    return (rects + figures).properties(width=WIDTH - 140, height=30 * len(skills))


def portfolio_frontier(result: Findings) -> Card | str:
    """Show what the best portfolio of smaller and larger pools is worth.

    Parameters
    ----------
    result
        A run.
    """
    title = "Programmes: what more or less money would buy"
    if "portfolio_plan" not in result.tables:
        return none_of(title)
    unit = result.provenance["portfolio"]["unit"]
    table = result.table("portfolio_frontier") if "portfolio_frontier" in result.tables else None
    found = None if table is None else table.dropna(subset="value")
    if table is None or found is None or len(found) < 2 or found["cost_gbp_m"].nunique() < 2:
        return f"{title}: not shown, as no other pools were tried, or none holds what must be in."
    low, high = found.iloc[0], found.iloc[-1]
    pools = result.table("portfolio_pools")
    own = {
        "cost": float(pools["cost_gbp_m"].sum()),
        "value": float(result.provenance["portfolio"]["objective"]),
    }
    words = (
        f"Each point is the best portfolio, within {percent(float(found['gap'].max()))}, of pools "
        f"from {_of_pools(low)} of these to {_of_pools(high)}. The least takes "
        f"{millions(float(low['cost_gbp_m']))} and is worth "
        f"{money(float(low['value']), 0)} {unit}, the most {millions(float(high['cost_gbp_m']))} "
        f"and {money(float(high['value']), 0)}; this portfolio {millions(own['cost'])} and "
        f"{money(own['value'], 0)}. Where the line is flat, nothing worth doing waits for money."
    )
    short = table[table["value"].isna()]
    if len(short):
        words += f" Pools of {_of_pools(short.iloc[-1])} do not pay for what must be in."
    shown = table.assign(gap=100 * table["gap"])
    shown.columns = [
        "Pools, % of these", "Pools, £m", "Taken, £m", f"Value, {unit}", "Initiatives",
        "From the best at most, %",
    ]  # fmt: skip
    return Card(title, words, themed(_line_and_plan(found, own, unit)), shown)


def _of_pools(line: pd.Series) -> str:
    return percent(float(line["pool_pct"]) / 100, 0)


def _line_and_plan(found: pd.DataFrame, own: dict[str, float], unit: str) -> Any:
    """Draw value by what is taken, £m, and this portfolio as a point."""
    tooltip = [
        alt.Tooltip("pool_pct:Q", title="Pools, % of these", format=",.0f"),
        alt.Tooltip("pool_gbp_m:Q", title="Pools, £m", format=MONEY),
        alt.Tooltip("cost_gbp_m:Q", title="Taken, £m", format=MONEY),
        alt.Tooltip("value:Q", title=f"Value, {unit}", format=",.0f"),
        alt.Tooltip("initiatives:Q", title="Initiatives", format=",.0f"),
    ]
    line = (
        alt.Chart(found)
        .mark_line(point=True, color=BLUE)
        .encode(
            x=alt.X("cost_gbp_m:Q", title="taken of the pools of all years, £m"),
            y=alt.Y("value:Q", title=f"value, {unit}"),
            tooltip=tooltip,
        )
    )
    plan = pd.DataFrame([own | {"words": "this portfolio"}])
    both = {"x": alt.X("cost:Q"), "y": alt.Y("value:Q")}
    point = (
        alt.Chart(plan)
        .mark_point(
            shape="diamond", size=180, filled=True, color=ORANGE, stroke=DARK_BLUE, opacity=1
        )
        .encode(**both)
    )
    label = (
        alt.Chart(plan)
        .mark_text(align="right", dx=-10, dy=-12, fontSize=12)
        .encode(**both, text=alt.Text("words:N"))
    )
    return (line + point + label).properties(width=WIDTH, height=260)
