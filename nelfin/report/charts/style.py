"""What all charts share: the card they come on, colours and lettering."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd

BLUE, DARK_BLUE, LIGHT_BLUE = "#005EB8", "#003087", "#41B6E6"
GREEN, ORANGE, GREY, RED, PURPLE = "#007F3B", "#ED8B00", "#768692", "#B00020", "#7C2855"
INK = "#425563"
# NHS colours that stand out from white by 4.5 to 1, as names stand in them, and numbers on them;
# aqua green is darkened to that
LINES = [DARK_BLUE, "#AE2573", GREEN, "#DA291C", BLUE, INK, PURPLE, "#007C83", "#8A1538", "#006747"]
WIDTH, HEIGHT = 640, 300
MONEY, MONEY2 = "(,.1f", "(,.2f"
"""Brackets for negatives, as everywhere."""

EVERY_PLACE, EVERY_ORGANISATION = "All places", "All organisations"


@dataclass(frozen=True)
class Card:
    """A chart with the words and the table that go with it."""

    title: str
    words: str
    chart: Any
    """An Altair chart of any kind."""
    table: pd.DataFrame
    """Exact values, under headings people read."""
    places_across: bool = False
    """Each column of numbers in the table is of a place."""
    words_of: Mapping[str, str] = field(default_factory=dict)
    """What to see when one place or organisation is chosen, by its name; empty for a chart that
    shows the same whoever is chosen."""


def themed(chart: Any, **narrow: Any) -> Any:
    """Return a chart with the lettering and lines of all charts.

    Parameters
    ----------
    chart
        An Altair chart of any kind.
    **narrow
        What the page does with it on a phone: `row`, the height of a row; `upright`, whether
        figures stand upright in the cells of a grid; `turn`, the height of the chart when across
        and up change places.
    """
    # all at once: each `configure_...` of Altair would copy the whole chart again
    done = chart.configure(
        font="Arial, sans-serif",
        background="white",
        view=alt.ViewConfig(stroke=None),
        axisQuantitative=alt.AxisConfig(format="(,f"),
        # of many years every other is named
        axisX=alt.AxisConfig(labelOverlap="parity"),
        axis=alt.AxisConfig(
            labelFontSize=12,
            titleFontSize=12,
            gridColor="#E8EDEE",
            labelLimit=260,
            labelSeparation=8,
        ),
        legend=alt.LegendConfig(labelFontSize=12, titleFontSize=12, labelLimit=260),
        header=alt.HeaderConfig(labelFontSize=13, titleFontSize=12),
    )
    if narrow:
        done.usermeta = {"narrow": narrow}
    return done


def chosen(name: str, everything: str, others: Iterable[str]) -> Any:
    """Return a parameter that chooses one of a few names, or all of them.

    In a notebook it is a list under the chart; on the page the list of the section moves it.

    Parameters
    ----------
    name
        Of the parameter, such as `place`.
    everything
        What stands for all of them.
    others
        The names.
    """
    options = [everything, *others]
    bind = alt.binding_select(options=options, name=f"{name.capitalize()} ")
    return alt.param(name=name, value=everything, bind=bind)


def faded(name: str, everything: str) -> Any:
    """Return an opacity that dims what is not chosen.

    Parameters
    ----------
    name
        Of the parameter, and of the field it chooses by.
    everything
        What stands for all names.
    """
    test = f"{name} === {json.dumps(everything)} || datum.{name} === {name}"
    return alt.condition(test, alt.value(1), alt.value(0.18))


def edge(values: pd.Series) -> float:
    """Return the largest of some numbers without their signs, to draw up to; 1 where all are 0.

    Parameters
    ----------
    values
        Numbers; what is missing counts as nothing.
    """
    far = float(values.abs().max())
    return far if far > 0 else 1.0


def colours(count: int) -> list[str]:
    """Return as many line colours as asked; they repeat when there are many.

    Parameters
    ----------
    count
        How many.
    """
    return [LINES[i % len(LINES)] for i in range(count)]
