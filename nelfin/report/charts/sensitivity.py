"""The chart of what place budgets rest on."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    EVERY_PLACE,
    LIGHT_BLUE,
    MONEY2,
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
from nelfin.report.text.sensitivity import case_words
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of

TITLES = {
    "need weight": "One point more on a need weight",
    "opening": "Another opening position",
    "rule": "Another rule of pace",
}
"""What changes, and what it is called."""


def sensitivity(result: Findings) -> Card | str:
    """Show how far each place's budget moves when one thing it rests on changes.

    Parameters
    ----------
    result
        A run.
    """
    table = result.table("sensitivity").dropna(subset="value")
    if table.empty:
        return (
            "What the budgets rest on is not shown: this run has no need weight, no other opening "
            "position and no other rule of pace to try."
        )
    keys = ["kind", "case", "place"]
    wide = table.pivot(index=keys, columns="measure", values="value")
    frame = table[["year", *keys]].drop_duplicates().join(wide, on=keys)
    year = str(frame["year"].iloc[0])
    pairs = [
        case_words(kind, case) for kind, case in zip(frame["kind"], frame["case"], strict=True)
    ]
    frame = frame.assign(
        label=[label if of in {"opening", "rule"} else f"{label} ({of.partition(', ')[2]})"
               for of, label in pairs],
    )  # fmt: skip
    places = list(headline_of(result).places.index)
    chart = alt.vconcat(
        *(
            _block(frame[frame["kind"] == kind], places, title)
            for kind, title in TITLES.items()
            if kind in set(frame["kind"])
        )
    )
    chart = chart.resolve_scale(color="independent", x="independent")
    largest = frame.loc[frame["budget_move"].abs().idxmax()]
    chart = chart.add_params(chosen("place", EVERY_PLACE, places))
    text = (
        f"How far the budgets of {year} move, £m, when one thing changes and all else stays. The "
        f"largest move is {short(largest['place'])}'s {millions(float(largest['budget_move']))} "
        f"({TITLES[str(largest['kind'])].lower()}: {largest['label']})."
    )
    without = [title.lower() for kind, title in TITLES.items() if kind not in set(frame["kind"])]
    if without:
        text += f" Not shown, as this run has none: {', '.join(without)}."
    of_place = {place: _words_of(frame[frame["place"] == place], place, year) for place in places}
    shown = frame.pivot(index=["kind", "case"], columns="place", values="budget_move")[places]
    cases = frame.drop_duplicates(["kind", "case"])
    shown = shown.loc[list(zip(cases["kind"], cases["case"], strict=True))]
    shown = shown.rename_axis(columns=None).reset_index(drop=True)
    shown.insert(0, "How", list(cases["label"]))
    shown.insert(0, "What changes", list(cases["kind"].map(TITLES)))
    return Card(
        "What the budgets rest on",
        text,
        themed(chart, row=44, upright=True),
        shown,
        places_across=True,
        words_of=of_place,
    )


def _words_of(moves: pd.DataFrame, place: str, year: str) -> str:
    """Say how far one place's budget moves at the most, £m."""
    most = moves.loc[moves["budget_move"].abs().idxmax()]
    return (
        f"How far the budget of {short(place)} in {year} moves, £m, when one thing changes and all "
        f"else stays. Its largest move is {millions(float(most['budget_move']))} "
        f"({TITLES[str(most['kind'])].lower()}: {most['label']})."
    )


def _block(frame: pd.DataFrame, places: list[str], title: str) -> Any:
    """Draw how far the budgets move, £m: a row a change, a column a place."""
    moves = frame[["place", "label", "budget_move", "target_move"]]
    far = edge(moves["budget_move"])
    base = alt.Chart(moves).encode(
        x=alt.X(
            "place:N", sort=places, title=None, axis=alt.Axis(labelAngle=-40, labelOverlap=False)
        ),
        y=alt.Y("label:N", sort=list(dict.fromkeys(moves["label"])), title=None),
        opacity=faded("place", EVERY_PLACE),
        tooltip=[
            alt.Tooltip("place:N", title="Place"),
            alt.Tooltip("label:N", title="Change"),
            alt.Tooltip("budget_move:Q", title="Budget moves, £m", format=MONEY2),
            alt.Tooltip("target_move:Q", title="Target moves, £m", format=MONEY2),
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
    words = base.mark_text(fontSize=11).encode(text=alt.Text("budget_move:Q", format=MONEY2))
    height, width = 22 * moves["label"].nunique(), max(WIDTH - 120, 44 * len(places))
    return (cells + words).properties(title=title, width=width, height=height)
