"""Charts of the capital plan: spend against limits, what it buys, and what capital is worth."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    GREY,
    HEIGHT,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    colours,
    edge,
    themed,
)
from nelfin.report.text.numbers import millions, percent
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of


def capital(result: Findings) -> Card | str:
    """Show the use of the capital limit by category and year.

    Parameters
    ----------
    result
        A run.
    """
    limits, spend, plan = (result.table(name) for name in ("limits", "spend", "plan"))
    merged = spend.merge(plan[["project_id", "category"]], on="project_id")
    projects = result.table("projects")
    if "money" in projects:  # the limits drawn are those of the ordinary capital
        other = projects.loc[projects["money"].fillna("") != "", "project_id"]
        merged = merged[~merged["project_id"].isin(other)]
    frame = merged.groupby(["year", "category"], as_index=False)["cdel_gbp_m"].sum()
    frame = frame[frame["cdel_gbp_m"] != 0]
    if frame.empty:
        return "Capital spend against the limit: not shown, as no scheme of the plan uses a limit."
    system = _by_year(limits)
    closed = system.loc[system["status"] == "closed", "year"].tolist()
    still = frame.loc[~frame["year"].isin(closed), "cdel_gbp_m"]
    grey = ", grey ones indicative limits" if (system["status"] == "indicative").any() else ""
    over = f"{len(system) - len(closed)} {'open ' if closed else ''}years"
    words = f"Black marks are the limit{grey}. {millions(float(still.sum()))} is used over {over}."
    if closed:
        words += f" {' and '.join(closed)}: closed, only what has started is in it."
    wide = frame.pivot_table(
        index="category", columns="year", values="cdel_gbp_m", aggfunc="sum", fill_value=0.0
    )
    chart = _bars_and_limits(frame, sorted(plan["category"].unique()), system)
    table = wide.rename_axis(columns=None).rename_axis("Category").reset_index()
    return Card("Capital spend against the limit", words, themed(chart), table)


def _bars_and_limits(frame: pd.DataFrame, categories: list[str], system: pd.DataFrame) -> Any:
    """Draw the use of the limit by category and year, £m, and a mark for each year's limit."""
    peak = frame.groupby("year")["cdel_gbp_m"].sum().max()
    highest = 1.08 * float(np.nanmax([peak, system["limit_gbp_m"].max()]))
    # each category has a number too, in the bars and in the legend, for who sees no colours
    named = {name: f"{at} {name}" for at, name in enumerate(categories, start=1)}
    frame["label"] = frame["category"].map(named)
    frame["at"] = frame["category"].map({name: at for at, name in enumerate(categories, start=1)})
    base = alt.Chart(frame).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelFontSize=11)),
        order=alt.Order("at:Q"),
        tooltip=[
            alt.Tooltip("category:N", title="Category"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("cdel_gbp_m:Q", title="£m", format=MONEY),
        ],
    )
    up = alt.Y("cdel_gbp_m:Q", title="£m, cash", scale=alt.Scale(domainMax=highest), stack="zero")
    bars = base.mark_bar(stroke="white", strokeWidth=1).encode(
        y=up,
        color=alt.Color(
            "label:N",
            title=None,
            scale=alt.Scale(domain=list(named.values()), range=colours(len(categories))),
            legend=alt.Legend(orient="right"),
        ),
    )
    middle = alt.Y("cdel_gbp_m:Q", stack="zero", bandPosition=0.5)
    numbers = (
        base.transform_calculate(shown=f"datum.cdel_gbp_m > {0.045 * highest} ? datum.at : ''")
        .mark_text(color="white", fontSize=11)
        .encode(y=middle, text=alt.Text("shown:N"))
    )
    thin = 0.005 * highest
    marks = system.assign(above=system["limit_gbp_m"] + thin, below=system["limit_gbp_m"] - thin)
    ticks = (
        alt.Chart(marks)
        .mark_bar(width={"band": 0.96}, opacity=1)
        .encode(
            x=alt.X("year:O"),
            y=alt.Y("below:Q"),
            y2=alt.Y2("above:Q"),
            color=alt.condition(
                "datum.status === 'indicative'", alt.value(GREY), alt.value("black")
            ),
            tooltip=[
                alt.Tooltip("limit_gbp_m:Q", title="Limit, £m", format=MONEY),
                alt.Tooltip("status:N", title="Which is"),
            ],
        )
    )
    return (bars + numbers + ticks).properties(width=WIDTH - 120, height=HEIGHT)


def _by_year(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the limit of each year, £m: the system's, or those of its organisations together.

    It is indicative where more than half of it is.
    """
    known = limits.assign(status=limits.get("status", "firm"))
    rows = []
    for year, every in known.groupby("year"):
        own = _of_system(every)
        lines = own if len(own) else every
        whole = float(lines["limit_gbp_m"].sum())
        loose = float(lines.loc[lines["status"] == "indicative", "limit_gbp_m"].sum())
        status = "indicative" if loose > whole / 2 else "firm"
        closed = bool((lines["status"] == "closed").all())
        rows.append([year, whole, "closed" if closed else status])
    return pd.DataFrame(rows, columns=["year", "limit_gbp_m", "status"])


def _of_system(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the limits of the system; an opened run has nothing where a new one has ""."""
    owner = limits["organisation"]
    return limits[owner.isna() | (owner == "")]


def capital_price(result: Findings) -> Card | str:
    """Show the price of capital by year, of the system or of each organisation.

    Parameters
    ----------
    result
        A run.
    """
    limits = result.table("limits")
    limits = limits[limits["price_per_gbp_m"].notna()]  # a year that is closed has no price
    frame = _of_system(limits)
    if limits.empty:
        return "The price of capital: not shown, as there is no limit."
    if limits["price_per_gbp_m"].abs().max() < 0.005:
        return (
            "The price of capital: not shown, as more would buy nothing: no limit holds a scheme "
            "back."
        )
    if frame.empty:
        return _prices_by_body(limits)
    chart = (
        alt.Chart(frame)
        .mark_bar(color=BLUE, width={"band": 0.5})
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
        "What £1m more in a year would buy, if schemes could be cut into shares. Benefit scores of "
        "illustrative schemes are illustrative, and so are these prices."
    )
    table = frame[["year", "limit_gbp_m", "used_gbp_m", "price_per_gbp_m"]]
    table.columns = ["Year", "Limit, £m", "Used, £m", "Points of benefit for £1m more"]
    return Card("The price of capital", words, themed(chart), table)


def _prices_by_body(limits: pd.DataFrame) -> Card:
    """Show the price of capital of each organisation: a row each, a cell a year."""
    frame = limits.rename(columns={"price_per_gbp_m": "price"}).reset_index(drop=True)
    ceiling = edge(frame["price"])
    frame["words"] = [f"{price:,.1f}" for price in frame["price"]]
    order = list(dict.fromkeys(frame["organisation"]))
    base = alt.Chart(frame).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("organisation:N", sort=order, title=None),
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "price:Q",
            legend=None,
            scale=alt.Scale(domain=[0, ceiling], range=["#D6E6F5", DARK_BLUE]),
        ),
        tooltip=[
            alt.Tooltip("organisation:N", title="Organisation"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("limit_gbp_m:Q", title="Limit, £m", format=MONEY),
            alt.Tooltip("status:N", title="Which is"),
            alt.Tooltip("slack_gbp_m:Q", title="Left, £m", format=MONEY),
            alt.Tooltip("price:Q", title="Points per £1m", format=".2f"),
        ],
    )
    figures = base.mark_text(fontSize=11).encode(
        text=alt.Text("words:N"),
        color=alt.condition(
            f"datum.price > {0.55 * ceiling}", alt.value("white"), alt.value("black")
        ),
    )
    chart = (cells + figures).properties(width=WIDTH - 60, height=alt.Step(30))
    loose = frame.loc[frame["status"] == "indicative", "year"]
    words = (
        "Points of benefit that £1m more would buy, by organisation and year, if schemes could be "
        "cut into shares: capital is scarcest where it is highest. Each organisation has its own "
        "limit."
        + (
            f" The table says which limits are indicative, from {min(loose)} on."
            if len(loose)
            else ""
        )
        + " Points of illustrative schemes are illustrative."
    )
    table = frame[
        ["organisation", "year", "status", "limit_gbp_m", "used_gbp_m", "slack_gbp_m", "price"]
    ]
    table.columns = [
        "Organisation", "Year", "Limit is", "Limit, £m", "Used, £m", "Left, £m",
        "Points of benefit for £1m more",
    ]  # fmt: skip
    return Card("The price of capital by organisation", words, themed(chart), table)


def capital_categories(result: Findings) -> Card | str:
    """Split what each category asks for: in the plan, after it, and left out.

    Parameters
    ----------
    result
        A run.
    """
    frame = headline_of(result).categories
    if frame.empty:
        return "What the capital buys, and what it leaves out: not shown, as there are no schemes."
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
    table = frame.loc[order].reset_index()
    table.columns = ["Category", *(f"{kind.capitalize()}, £m" for kind in kinds)]
    return Card("What the capital buys, and what it leaves out", words, themed(chart), table)


def budget_curve(result: Findings) -> Card | str:
    """Show what more or less capital would buy: the frontier of benefit and limits.

    Parameters
    ----------
    result
        A run.
    """
    nothing = "What more or less capital would buy: not shown, as there is no limit to widen."
    if "budget_curve" not in result.tables:
        return nothing
    table = result.table("budget_curve")
    frame = table.pivot(index="share_of_limit", columns="measure", values="value")
    frame = frame.dropna().rename_axis(columns=None).reset_index()
    if frame.empty or not frame["limit"].any():
        return nothing
    limit = float(frame["limit"].iloc[0] / frame["share_of_limit"].iloc[0])
    benefit = float(result.provenance["capital"]["objective"])
    low, high = frame.iloc[0], frame.iloc[-1]
    ends = [percent(float(end["share_of_limit"]), 0) for end in (low, high)]
    words = (
        f"Limits of {ends[0]} of today's, {millions(float(low['limit']))}, "
        f"would buy {low['benefit']:,.0f} points; {ends[1]}, "
        f"{millions(float(high['limit']))}, would buy {high['benefit']:,.0f}. This plan buys "
        f"{benefit:,.0f} with {millions(limit)}. The line lets schemes be cut into "
        "shares; points of illustrative schemes are illustrative."
    )
    shown = frame.assign(share_of_limit=100 * frame["share_of_limit"])
    shown = shown[["share_of_limit", "limit", "benefit", "price"]]
    shown.columns = [
        "Share of today's limits, %", "Limits, £m", "Points of benefit", "Points for £1m more",
    ]  # fmt: skip
    chart = _curve_and_plan(frame, limit, benefit)
    return Card("What more or less capital would buy", words, themed(chart), shown)


def _curve_and_plan(frame: pd.DataFrame, limit: float, benefit: float) -> Any:
    """Draw the benefit by limits, and the plan as a point: its limit, £m, and its benefit."""
    tooltip = [
        alt.Tooltip("share_of_limit:Q", title="Share of today's limits", format=".0%"),
        alt.Tooltip("limit:Q", title="Limits, £m", format=MONEY),
        alt.Tooltip("benefit:Q", title="Points of benefit", format=",.0f"),
        alt.Tooltip("price:Q", title="Points for £1m more", format=",.2f"),
    ]
    line = (
        alt.Chart(frame)
        .mark_line(point=True, color=BLUE)
        .encode(
            x=alt.X("limit:Q", title="Limits of all years, £m", scale=alt.Scale(zero=False)),
            y=alt.Y("benefit:Q", title="points of benefit", scale=alt.Scale(zero=False)),
            tooltip=tooltip,
        )
    )
    plan = pd.DataFrame({"limit": [limit], "benefit": [benefit], "words": ["this plan"]})
    point = (
        alt.Chart(plan)
        .mark_point(shape="diamond", size=180, filled=True, color=ORANGE, stroke=DARK_BLUE)
        .encode(
            x=alt.X("limit:Q"),
            y=alt.Y("benefit:Q"),
            opacity=alt.value(1),
            tooltip=[tooltip[1], tooltip[2]],
        )
    )
    label = (
        alt.Chart(plan)
        .mark_text(align="left", dx=12, dy=12, fontSize=12)
        .encode(x=alt.X("limit:Q"), y=alt.Y("benefit:Q"), text=alt.Text("words:N"))
    )
    return (line + point + label).properties(width=WIDTH, height=260)
