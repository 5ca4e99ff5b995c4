"""Charts of place budgets."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    GREEN,
    HEIGHT,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    colours,
    themed,
)
from nelfin.report.headline import headline
from nelfin.report.place import case_words
from nelfin.report.words import millions, percent
from nelfin.result import Result


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
        themed(layered.properties(width=WIDTH, height=max(30 * len(frame), 90))),
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
            "place:N", scale=alt.Scale(domain=places, range=colours(len(places))), legend=None
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
    return Card("Distance from target, %", words, themed(chart), table)


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
    fenced = frame.loc[frame["change"] == "ring-fence", "value"].abs().max() > 1e-9
    parts = ["envelope", "need", "pace", *(["ring-fence"] if fenced else [])]
    order = list(headline(result).places.index)
    chart = (
        alt.Chart(frame[frame["change"].isin(parts[1:])])
        .mark_bar(height=12)
        .encode(
            y=alt.Y("place:N", sort=order, title=None),
            yOffset=alt.YOffset("change:N", sort=parts),
            x=alt.X("value:Q", title=f"£m, {year}, beside an even share of the envelope's growth"),
            color=alt.Color(
                "change:N",
                title=None,
                scale=alt.Scale(domain=parts[1:], range=[ORANGE, BLUE, GREEN][: len(parts) - 1]),
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
        "Beyond an even share of growth, budgets move by need (weighted population), by the pace "
        f"of change towards target{' and by ring-fences' if fenced else ''}. The largest pace move "
        f"is {millions(float(whole['pace'].abs().max()))}."
    )
    return Card(
        f"What moved the budgets in {year}",
        words,
        themed(chart),
        whole.round(3).reset_index(),
    )


def _label(kind: str, case: str) -> str:
    """Return the name of a case, with its final where it moves a need weight."""
    heading, label = case_words(kind, case)
    final = heading.partition(", ")[2]
    return f"{label} ({final})" if final else label


def sensitivity(result: Result) -> Card:
    """Show how far each place's budget moves when one thing it rests on changes."""
    table = result.table("sensitivity").dropna(subset="value")
    keys = ["kind", "case", "place"]
    wide = table.pivot(index=keys, columns="measure", values="value")
    frame = table[["year", *keys]].drop_duplicates().join(wide, on=keys)
    year = str(frame["year"].iloc[0])
    pairs = [
        case_words(kind, case) for kind, case in zip(frame["kind"], frame["case"], strict=True)
    ]
    frame = frame.assign(
        label=[label if of in {"opening", "rule"} else f"{label} ({of.split(', ')[1]})"
               for of, label in pairs],
    )  # fmt: skip
    places = list(headline(result).places.index)
    titles = {
        "need weight": "One point more on a need weight",
        "opening": "Another opening position",
        "rule": "Another rule of pace",
    }
    parts = []
    for kind, title in titles.items():
        mine = frame[frame["kind"] == kind]
        far = float(mine["budget_move"].abs().max())
        base = alt.Chart(mine).encode(
            x=alt.X("place:N", sort=places, title=None, axis=alt.Axis(labelAngle=-20)),
            y=alt.Y("label:N", sort=list(dict.fromkeys(mine["label"])), title=None),
            tooltip=[
                alt.Tooltip("place:N", title="Place"),
                alt.Tooltip("case:N", title="Change"),
                alt.Tooltip("budget_move:Q", title="Budget moves, £m", format=",.2f"),
                alt.Tooltip("target_move:Q", title="Target moves, £m", format=",.2f"),
            ],
        )
        cells = base.mark_rect().encode(
            color=alt.Color(
                "budget_move:Q",
                legend=None,
                scale=alt.Scale(
                    domain=[-far, 0, far], range=[ORANGE, "#FFFFFF", LIGHT_BLUE], interpolate="rgb"
                ),
            )
        )
        # the figure stands in each cell, so that colour only helps to find it
        words = base.mark_text(fontSize=11).encode(text=alt.Text("budget_move:Q", format="+,.2f"))
        height = 22 * mine["label"].nunique()
        parts.append((cells + words).properties(title=title, width=WIDTH - 120, height=height))
    largest = frame.loc[frame["budget_move"].abs().idxmax()]
    chart = alt.vconcat(*parts).resolve_scale(color="independent", x="independent")
    text = (
        f"How far the budgets of {year} move, £m, when one thing changes and all else stays. The "
        f"largest move is {largest['place']}'s {millions(float(largest['budget_move']))} "
        f"({largest['kind']}: {largest['case']})."
    )
    shown = frame.pivot(index=["kind", "case"], columns="place", values="budget_move")
    return Card(
        "What the budgets rest on", text, themed(chart), shown[places].round(3).reset_index()
    )
