"""The standard charts, in Altair: for a notebook, the page, and slides.

Each is a function from a result to a `Card`: the chart, its title, one sentence that says what to
see (it is the alternative text too), and the table behind it. Colour never carries meaning alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.headline import headline
from nelfin.report.words import millions, money, percent
from nelfin.result import Result

BLUE, DARK_BLUE, LIGHT_BLUE = "#005EB8", "#003087", "#41B6E6"
GREEN, ORANGE, GREY, RED, PURPLE = "#007F3B", "#ED8B00", "#768692", "#B00020", "#7C2855"
LINES = [DARK_BLUE, ORANGE, GREEN, PURPLE, LIGHT_BLUE, GREY, "#AE2573", "#00A499", "#8A1538", BLUE]
WIDTH, HEIGHT = 640, 300
MONEY = ",.1f"


@dataclass(frozen=True)
class Card:
    """A chart with the words and the table that go with it."""

    title: str
    words: str
    chart: Any
    """An Altair chart of any kind."""
    table: pd.DataFrame


def _theme(chart: Any) -> Any:
    return (
        chart.configure(font="Arial, sans-serif", background="white")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor="#E8EDEE", labelLimit=260)
        .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=260)
        .configure_header(labelFontSize=13, titleFontSize=12)
    )


def budgets(result: Result) -> Card:
    """Show budget and target by place."""
    found = headline(result)
    frame = found.places.reset_index(names="place")[["place", "budget", "target", "dft"]]
    order = list(frame["place"])
    frame["words"] = [percent(value) for value in frame["dft"]]
    base = alt.Chart(frame).encode(y=alt.Y("place:N", sort=order, title=None))
    tooltip = [
        alt.Tooltip("place:N", title="Place"),
        alt.Tooltip("budget:Q", title="Budget, £m", format=MONEY),
        alt.Tooltip("target:Q", title="Target, £m", format=MONEY),
        alt.Tooltip("words:N", title="From target"),
    ]
    bars = base.mark_bar(color=BLUE, height=18).encode(
        x=alt.X("budget:Q", title=f"£m, {found.budget_year}, all streams of places"),
        tooltip=tooltip,
    )
    ticks = base.mark_tick(color=ORANGE, thickness=4, size=30, opacity=1).encode(
        x="target:Q", tooltip=tooltip
    )
    labels = base.mark_text(align="left", dx=10, fontSize=12).encode(
        x=alt.X("end:Q"), text="words:N"
    )
    layered = bars + ticks + labels.transform_calculate(end="max(datum.budget, datum.target)")
    lowest, highest = frame.iloc[0], frame.iloc[-1]
    words = (
        f"Bars show the budget of {found.budget_year}, orange marks the target. "
        f"{lowest['place']} is furthest below target at {lowest['words']}, "
        f"{highest['place']} furthest above at {highest['words']}."
    )
    table = frame.drop(columns="dft").rename(
        columns={"budget": "budget £m", "target": "target £m", "words": "from target"}
    )
    return Card(
        "Place budgets against target",
        words,
        _theme(layered.properties(width=WIDTH, height=max(30 * len(frame), 90))),
        table,
    )


def distance(result: Result) -> Card:
    """Show distance from target by place and year."""
    data = result.data
    array = data["budget"].sum("stream") / data["target"].sum("stream") - 1
    frame = (100 * array).to_series().rename("dft").reset_index()
    places = [str(place) for place in data["place"].values]
    last = str(data["year"].values[-1])
    base = alt.Chart(frame).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("dft:Q", title="% from target"),
        color=alt.Color(
            "place:N", scale=alt.Scale(domain=places, range=_colours(len(places))), legend=None
        ),
        tooltip=[
            alt.Tooltip("place:N", title="Place"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("dft:Q", title="% from target", format=".2f"),
        ],
    )
    lines = base.mark_line(point=alt.OverlayMarkDef(size=30))
    ends = frame[frame["year"] == last].copy()
    height_of_text = (frame["dft"].max() - frame["dft"].min()) / 17
    ends["label_y"] = _spread(ends["dft"].to_numpy(), height_of_text)
    labels = (
        alt.Chart(ends)
        .mark_text(align="left", dx=8, fontSize=12)
        .encode(
            x="year:O",
            y="label_y:Q",
            text="place:N",
            color=alt.Color("place:N", legend=None),
        )
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color="#425563").encode(y="y:Q")
    span = array.max("place") - array.min("place")
    words = (
        f"The gap between the furthest places is {percent(float(span[0]))} in "
        f"{data['year'].values[0]} and {percent(float(span[-1]))} in {last}."
    )
    table = frame.pivot(index="place", columns="year", values="dft").round(2).reset_index()
    chart = (zero + lines + labels).properties(
        width=WIDTH, height=HEIGHT, padding={"right": 150, "left": 5, "top": 5, "bottom": 5}
    )
    return Card("Distance from target, %", words, _theme(chart), table)


def _colours(count: int) -> list[str]:
    return [LINES[i % len(LINES)] for i in range(count)]


def _spread(values: np.ndarray, gap: float) -> np.ndarray:
    """Move labels apart so that none hides another."""
    order = np.argsort(values)
    placed = values[order].astype(float)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed -= (placed - values[order]).mean()
    result = np.empty_like(placed)
    result[order] = placed
    return result


def budget_change(result: Result) -> Card:
    """Show what moved each place's budget from the year before."""
    data = result.data
    year = str(data.attrs["last_published_year"])
    frame = (
        data["budget_change"].sel(year=year, drop=True).sum("stream")
        .to_series().rename("value").reset_index()
    )  # fmt: skip
    parts = ["envelope", "need", "pace"]
    order = list(headline(result).places.index)
    chart = (
        alt.Chart(frame[frame["change"] != "envelope"])
        .mark_bar(height=12)
        .encode(
            y=alt.Y("place:N", sort=order, title=None),
            yOffset=alt.YOffset("change:N", sort=parts),
            x=alt.X("value:Q", title=f"£m, {year}, beside an even share of the envelope's growth"),
            color=alt.Color(
                "change:N",
                title=None,
                scale=alt.Scale(domain=["need", "pace"], range=[ORANGE, BLUE]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("place:N", title="Place"),
                alt.Tooltip("change:N", title="Part"),
                alt.Tooltip("value:Q", title="£m", format=",.2f"),
            ],
        )
        .properties(width=WIDTH, height=max(42 * len(order), 90))
    )
    whole = frame.pivot(index="place", columns="change", values="value")[parts].loc[order]
    whole["total"] = whole.sum(axis="columns")
    words = (
        "Beyond an even share of growth, budgets move by need (weighted population) and by the "
        f"pace of change towards target. The largest pace move is "
        f"{millions(float(whole['pace'].abs().max()))}."
    )
    return Card(
        f"What moved the budgets in {year}",
        words,
        _theme(chart),
        whole.round(3).reset_index(),
    )


LEDGERS = {
    "prevention_net_cash": "Cash: net of the extra spend, £m",
    "prevention_capacity": "Capacity released, not cash, £m",
    "prevention_society": "Saved outside the NHS, £m",
}


def prevention(result: Result) -> Card:
    """Show the three ledgers of prevention side by side, never added."""
    data = result.data
    frame = pd.concat(
        data[name].to_series().rename("value").reset_index().assign(ledger=title)
        for name, title in LEDGERS.items()
    )
    chart = (
        alt.Chart(frame)
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("year:O", title=None),
            y=alt.Y("value:Q", title="£m"),
            color=alt.condition("datum.value < 0", alt.value(ORANGE), alt.value(BLUE)),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("ledger:N", title="Ledger"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
        .properties(width=190, height=200)
        .facet(column=alt.Column("ledger:N", title=None, sort=list(LEDGERS.values())))
    )
    last = str(data["year"].values[-1])
    net = float(data["prevention_net_cash"].sel(year=last))
    words = (
        f"Three ledgers that are never added. Net cash is {millions(net)} in {last}; the other two "
        "are real but pay no bill."
    )
    table = data[list(LEDGERS)].to_dataframe().round(3).reset_index()
    return Card("Prevention: three ledgers", words, _theme(chart), table.rename(columns=LEDGERS))


def recovery(result: Result) -> Card:
    """Show the underlying and the reported position of the system."""
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
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("position:N", title="Position"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color="#425563").encode(y="y:Q")
    found = headline(result)
    words = (
        f"Reported balance holds from {found.balance_year}."
        if found.balance_year
        else f"The reported position does not hold a balance by {found.years[-1]}."
    )
    table = data[list(names)].to_dataframe().round(3).reset_index().rename(columns=names)
    chart = (zero + lines).properties(width=WIDTH, height=HEIGHT)
    return Card("When the system balances", words, _theme(chart), table)


def bridge(result: Result) -> Card:
    """Draw the waterfall from the first opening underlying to the last reported position."""
    array = result.data["recovery_bridge"].sum("organisation")
    years = [str(year) for year in array["year"].values]
    opening = float(array.sel(year=years[0], step="opening underlying"))
    moves = {step: float(array.sel(step=step).sum()) for step in RECURRENT}
    once = {step: float(array.sel(step=step, year=years[-1])) for step in ONE_OFF}
    closing = opening + sum(moves.values())
    bars: list[tuple[str, float, float, str]] = [
        (f"opening underlying {years[0]}", 0.0, opening, "position")
    ]
    level = opening
    for step, value in moves.items():
        bars.append((step, level, level + value, "better" if value >= 0 else "worse"))
        level += value
    bars.append((f"closing underlying {years[-1]}", 0.0, closing, "position"))
    for step, value in once.items():
        bars.append((step, level, level + value, "better" if value >= 0 else "worse"))
        level += value
    bars.append((f"reported {years[-1]}", 0.0, level, "position"))
    frame = pd.DataFrame(bars, columns=["step", "from", "to", "kind"])
    frame["value"] = frame["to"] - frame["from"]
    frame["words"] = [money(value) for value in frame["value"]]
    frame = frame[(frame["value"].abs() > 0.05) | (frame["kind"] == "position")]
    base = alt.Chart(frame).encode(y=alt.Y("step:N", sort=list(frame["step"]), title=None))
    drawn = base.mark_bar(height=16).encode(
        x=alt.X("from:Q", title=f"£m, all steps of {years[0]} to {years[-1]}"),
        x2="to:Q",
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(
                domain=["position", "better", "worse"], range=[DARK_BLUE, GREEN, ORANGE]
            ),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=[
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("value:Q", title="£m", format=MONEY),
        ],
    )
    labels = (
        base.mark_text(align="left", dx=5, fontSize=12)
        .transform_calculate(end="max(datum.from, datum.to)")
        .encode(x=alt.X("end:Q"), text="words:N")
    )
    largest = max(moves.items(), key=lambda item: abs(item[1]))
    words = (
        f"From {millions(opening)} underlying to {millions(level)} reported. The largest step is "
        f"{largest[0]} at {millions(largest[1])}. The steps add up exactly."
    )
    chart = (drawn + labels).properties(width=WIDTH, height=28 * len(frame))
    table = frame[["step", "value"]].rename(columns={"value": "£m"}).round(3)
    return Card("The bridge to balance", words, _theme(chart), table)


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
                scale=alt.Scale(domain=categories, range=_colours(len(categories))),
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
    return Card("Capital spend against the limit", words, _theme(chart), table)


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
    return Card("The price of capital", words, _theme(chart), table)


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
    return Card("What the capital buys", words, _theme(chart), table)


CHARTS: dict[str, Callable[[Result], Card]] = {
    "recovery": recovery,
    "bridge": bridge,
    "budgets": budgets,
    "distance": distance,
    "budget_change": budget_change,
    "prevention": prevention,
    "capital": capital,
    "capital_categories": capital_categories,
    "capital_price": capital_price,
}
