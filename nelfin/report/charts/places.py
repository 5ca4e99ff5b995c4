"""Charts of place budgets."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    EVERY_PLACE,
    GREEN,
    HEIGHT,
    INK,
    MONEY,
    MONEY2,
    ORANGE,
    WIDTH,
    Card,
    chosen,
    colours,
    edge,
    faded,
    themed,
)
from nelfin.report.charts.waterfall import steps_of, waterfall
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, percent
from nelfin.report.text.places import CHANGES
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.place_figures import place_figures

SHOWN = 0.005
"""£m: a move that is printed as 0 in every place is not worth a chart."""


def budgets(result: Findings) -> Card:
    """Show budget and target by place.

    Parameters
    ----------
    result
        A run.
    """
    headline = headline_of(result)
    frame = headline.places.reset_index(names="place")[["place", "budget", "target", "dft"]]
    order = list(frame["place"])
    frame["words"] = [percent(value) for value in frame["dft"]]
    base = alt.Chart(frame).encode(
        y=alt.Y("place:N", sort=order, title=None), opacity=faded("place", EVERY_PLACE)
    )
    tooltip = [
        alt.Tooltip("place:N", title="Place"),
        alt.Tooltip("budget:Q", title="Budget, £m", format=MONEY),
        alt.Tooltip("target:Q", title="Target, £m", format=MONEY),
        alt.Tooltip("words:N", title="From target"),
    ]
    bars = base.mark_bar(color=BLUE, height=16).encode(
        x=alt.X(
            "budget:Q",
            title=f"£m, {headline.budget_year}, all streams of places",
            # room for the words behind the longest bar
            scale=alt.Scale(domainMax=1.3 * edge(frame[["budget", "target"]].max())),
        ),
        tooltip=tooltip,
    )
    ticks = base.mark_tick(color=ORANGE, thickness=4, size=26).encode(
        x=alt.X("target:Q"), tooltip=tooltip
    )
    labels = base.mark_text(align="left", dx=10, fontSize=12).encode(
        x=alt.X("end:Q"), text=alt.Text("words:N")
    )
    layered = bars + ticks + labels.transform_calculate(end="max(datum.budget, datum.target)")
    lowest, highest = frame.iloc[0], frame.iloc[-1]
    words = (
        f"Bars show the budget of {headline.budget_year}, upright marks the target; the furthest "
        f"below target comes first. {short(lowest['place'])} is at {lowest['words']}, "
        f"{short(highest['place'])} at {highest['words']}."
    )
    of_place = {
        str(line.place): f"{short(line.place)} has {millions(line.budget)} in "
        f"{headline.budget_year} against a target of {millions(line.target)}: {line.words} from "
        f"target, {at} of {len(frame)} from the furthest below."
        for at, line in enumerate(frame.itertuples(), start=1)
    }
    table = frame.drop(columns="words").assign(dft=100 * frame["dft"])
    table.columns = ["Place", "Budget, £m", "Target, £m", "From target, %"]
    chart = layered.add_params(chosen("place", EVERY_PLACE, order))
    return Card(
        "Place budgets against target",
        words,
        themed(chart.properties(width=WIDTH, height=max(27 * len(frame), 90))),
        table,
        words_of=of_place,
    )


def distance(result: Findings) -> Card:
    """Show distance from target by place and year.

    Parameters
    ----------
    result
        A run.
    """
    fractions = place_figures(result).totals["dft"]
    frame = (100 * fractions).to_series().rename("dft").reset_index()
    places = [str(place) for place in fractions["place"].values]
    years = [str(year) for year in fractions["year"].values]
    span = fractions.max("place") - fractions.min("place")
    words = (
        f"The gap between the furthest places is {percent(float(span[0]))} in {years[0]} and "
        f"{percent(float(span[-1]))} in {years[-1]}."
    )
    wide = frame.pivot(index="place", columns="year", values="dft")
    of_place = {
        place: f"{short(place)} is {percent(wide.loc[place, years[0]] / 100)} from target in "
        f"{years[0]} and {percent(wide.loc[place, years[-1]] / 100)} in {years[-1]}."
        for place in places
    }
    table = wide.reset_index()
    table = table.rename_axis(columns=None).rename(columns={"place": "Place"})
    chart = (
        _lines_by_year(frame, places, years[-1])
        .add_params(chosen("place", EVERY_PLACE, places))
        .properties(
            width=WIDTH - 60,
            height=HEIGHT,
            padding={"right": 150, "left": 5, "top": 5, "bottom": 5},
        )
    )
    return Card("Distance from target by year, %", words, themed(chart), table, words_of=of_place)


def _lines_by_year(frame: pd.DataFrame, places: list[str], last: str) -> Any:
    """Draw a line a place, % from target by year, with its name at the last year."""
    base = alt.Chart(frame).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("dft:Q", title="% from target"),
        color=alt.Color(
            "place:N", scale=alt.Scale(domain=places, range=colours(len(places))), legend=None
        ),
        opacity=faded("place", EVERY_PLACE),
        tooltip=[
            alt.Tooltip("place:N", title="Place"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("dft:Q", title="% from target", format=MONEY2),
        ],
    )
    lines = base.mark_line(point=alt.OverlayMarkDef(size=30))
    ends = frame[frame["year"] == last].copy()
    # places that are all on target stand apart too
    height_of_text = max(frame["dft"].max() - frame["dft"].min(), 1.0) / 17
    ends["label_y"] = _apart(ends["dft"].to_numpy(), height_of_text)
    labels = (
        alt.Chart(ends)
        .mark_text(align="left", dx=8, fontSize=12, limit=150)
        .encode(
            x=alt.X("year:O"),
            y=alt.Y("label_y:Q"),
            text=alt.Text("place:N"),
            color=alt.Color("place:N", legend=None),
            opacity=faded("place", EVERY_PLACE),
        )
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    return zero + lines + labels


def _apart(values: np.ndarray, gap: float) -> np.ndarray:
    """Move labels apart so that none hides another."""
    order = np.argsort(values)
    placed = values[order].astype(float)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed -= (placed - values[order]).mean()
    result = np.empty_like(placed)
    result[order] = placed
    return result


def budget_change(result: Findings) -> Card | str:
    """Show what moved each place's budget from the year before.

    Parameters
    ----------
    result
        A run.
    """
    data = result.data
    year = str(data.attrs["last_published_year"])
    frame = (
        data["budget_change"].sel(year=year, drop=True).sum("stream")
        .to_series().rename("value").round(9).reset_index()
    )  # fmt: skip
    fenced = frame.loc[frame["change"] == "ring-fence", "value"].abs().max() > 1e-9
    if frame.loc[frame["change"].isin(["need", "pace", "ring-fence"]), "value"].abs().max() < SHOWN:
        return (
            f"Need and pace by place in {year}: not shown, as every budget moves by an even share "
            "of the envelope's growth alone."
        )
    parts = ["restated", "envelope", "need", "pace", *(["ring-fence"] if fenced else [])]
    order = list(headline_of(result).places.index)
    chart = (
        alt.Chart(frame[frame["change"].isin(parts[2:])])
        .mark_bar(height=12)
        .encode(
            y=alt.Y("place:N", sort=order, title=None),
            opacity=faded("place", EVERY_PLACE),
            yOffset=alt.YOffset("change:N", sort=parts),
            x=alt.X("value:Q", title=f"£m, {year}, beside an even share of the envelope's growth"),
            color=alt.Color(
                "change:N",
                title=None,
                scale=alt.Scale(domain=parts[2:], range=[ORANGE, BLUE, GREEN][: len(parts) - 2]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("place:N", title="Place"),
                alt.Tooltip("change:N", title="Part"),
                alt.Tooltip("value:Q", title="£m", format=MONEY2),
            ],
        )
        .add_params(chosen("place", EVERY_PLACE, order))
        .properties(width=WIDTH, height=max(36 * len(order), 90))
    )
    whole = frame.pivot(index="place", columns="change", values="value")[parts].loc[order]
    words = (
        "Beyond an even share of growth, budgets move by need (weighted population; upper bar) and "
        f"by the pace of change towards target (next bar){'; ring-fences last' if fenced else ''}. "
        f"The largest pace move is {millions(float(whole['pace'].abs().max()))}."
    )
    of_place = {
        place: f"Beyond an even share of growth, the budget of {short(place)} moves by "
        f"{millions(float(whole.at[place, 'need']))} through need (weighted population) and by "
        f"{millions(float(whole.at[place, 'pace']))} through the pace of change towards target."
        for place in order
    }
    table = whole.assign(total=whole.sum(axis="columns")).rename_axis(columns=None).reset_index()
    table.columns = [str(name).capitalize() for name in table.columns]
    title = f"Need and pace by place in {year}"
    return Card(title, words, themed(chart), table, words_of=of_place)


def what_moved(result: Findings) -> Card:
    """Draw what moved a place's budget, or all of them, from the year before.

    Parameters
    ----------
    result
        A run.
    """
    figures = place_figures(result)
    year, places = figures.year, list(headline_of(result).places.index)
    frame = figures.moved[places].copy()
    frame.insert(0, EVERY_PLACE, frame.sum(axis="columns"))
    labels = {part: words.partition(":")[0] for part, words in CHANGES.items()}
    ends = f"Whole change to {year}"
    rows = [
        row
        for place, moves in frame.items()
        for row in steps_of(
            str(place),
            [
                *((label, float(moves[part]), False) for part, label in labels.items()),
                (ends, float(moves["this year"] - moves["last year"]), True),
            ],
        )
    ]
    chart = waterfall(
        rows, [*labels.values(), ends], "place", EVERY_PLACE, "£m beside the year before"
    )
    words_of = {
        str(place): f"From {millions(float(moves['last year']))} the year before to "
        f"{millions(float(moves['this year']))} in {year}, "
        f"{'all places together' if place == EVERY_PLACE else short(place)}. The steps add up "
        "exactly."
        for place, moves in frame.items()
    }
    words = words_of.pop(EVERY_PLACE)
    names = {"last year": "The year before", **labels, "this year": year}
    table = frame.loc[list(names)].rename(index=names).T.rename_axis("Place").reset_index()
    title = f"What moved the budgets in {year}"
    return Card(title, words, themed(chart), table, words_of=words_of)
