"""Charts of the capital plan."""

from __future__ import annotations

import altair as alt
import numpy as np

from nelfin.report.charts.style import BLUE, HEIGHT, LIGHT_BLUE, MONEY, WIDTH, Card, colours, themed
from nelfin.report.headline import headline
from nelfin.report.words import millions
from nelfin.result import Result


def capital(result: Result) -> Card:
    """Show the use of the capital limit by category and year."""
    limits, spend, plan = (result.table(name) for name in ("limits", "spend", "plan"))
    merged = spend.merge(plan[["project_id", "category"]], on="project_id")
    frame = merged.groupby(["year", "category"], as_index=False)["cdel_gbp_m"].sum()
    frame = frame[frame["cdel_gbp_m"] > 0]
    categories = sorted(plan["category"].unique())
    system = limits[limits["organisation"].fillna("") == ""]
    peak = frame.groupby("year")["cdel_gbp_m"].sum().max()
    highest = 1.08 * float(np.nanmax([peak, system["limit_gbp_m"].max()]))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("cdel_gbp_m:Q", title="£m, cash", scale=alt.Scale(domainMax=highest)),
            color=alt.Color(
                "category:N",
                title=None,
                scale=alt.Scale(domain=categories, range=colours(len(categories))),
                legend=alt.Legend(orient="right"),
            ),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("cdel_gbp_m:Q", title="£m", format=MONEY),
            ],
        )
    )
    ticks = (
        alt.Chart(system)
        .mark_tick(color="black", thickness=3, width=46, opacity=1)
        .encode(
            x="year:O",
            y="limit_gbp_m:Q",
            tooltip=[alt.Tooltip("limit_gbp_m:Q", title="Limit, £m", format=MONEY)],
        )
    )
    years = limits["year"].nunique()
    words = (
        f"Black marks are the limit. {millions(float(frame['cdel_gbp_m'].sum()))} is used over "
        f"{years} years."
    )
    wide = frame.pivot_table(
        index="category", columns="year", values="cdel_gbp_m", aggfunc="sum", fill_value=0.0
    )
    chart = (bars + ticks).properties(width=WIDTH - 120, height=HEIGHT)
    table = wide.round(3).reset_index()
    return Card("Capital spend against the limit", words, themed(chart), table)


def capital_price(result: Result) -> Card:
    """Show the price of capital by year."""
    limits = result.table("limits")
    frame = limits[limits["organisation"].fillna("") == ""]
    chart = (
        alt.Chart(frame)
        .mark_bar(color=BLUE, size=30)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("price_per_gbp_m:Q", title="points of benefit per £1m"),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("price_per_gbp_m:Q", title="Points per £1m", format=".2f"),
            ],
        )
        .properties(width=WIDTH, height=220)
    )
    words = (
        "What £1m more in a year would buy, from the relaxation of the program. Benefit scores of "
        "illustrative schemes are illustrative, and so are these prices."
    )
    table = frame[["year", "limit_gbp_m", "used_gbp_m", "price_per_gbp_m"]].round(3)
    return Card("The price of capital", words, themed(chart), table)


def capital_categories(result: Result) -> Card:
    """Split what each category asks for: in the plan, after it, and left out."""
    frame = headline(result).categories
    kinds = list(frame.columns)
    order = list(frame.sum(axis=1).sort_values(ascending=False).index)
    long = frame.reset_index().melt("category", var_name="kind", value_name="value")
    long["order"] = long["kind"].map({kind: i for i, kind in enumerate(kinds)})
    chart = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("category:N", sort=order, title=None),
            x=alt.X("value:Q", title="£m asked, base-year prices"),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=[BLUE, LIGHT_BLUE, "#C8CED3"]),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("kind:N", title="Part"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
        .properties(width=WIDTH, height=max(32 * len(order), 80))
    )
    total = frame.sum()
    words = (
        f"Of {millions(float(total.sum()))} asked, {millions(float(total['in the plan']))} is in "
        f"the plan, {millions(float(total['after the plan']))} of schemes it starts falls after "
        f"its last year, and {millions(float(total['left out']))} is left out."
    )
    table = frame.loc[order].round(3).reset_index()
    return Card("What the capital buys", words, themed(chart), table)
