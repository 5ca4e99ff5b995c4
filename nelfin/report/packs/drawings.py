"""Charts of a pack as still pictures: they need no script, and print as they stand."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    GREEN,
    INK,
    LIGHT_BLUE,
    ORANGE,
    PURPLE,
    themed,
)
from nelfin.report.charts.waterfall import LEVEL, steps_of
from nelfin.report.packs.parts import Drawing
from nelfin.report.text.names import short
from nelfin.report.text.numbers import money, percent

WIDE, HIGH = 330, 145
"""Of the space within the axes: half a page of print, or a phone."""

COLOURS = [BLUE, ORANGE, DARK_BLUE, PURPLE]
DASHES = [[1, 0], [6, 4], [2, 3], [8, 3, 2, 3]]


def svg_of(drawing: Drawing) -> str:
    """Return a chart as SVG.

    Parameters
    ----------
    drawing
        What it shows.
    """
    import vl_convert

    with debug_mode(False):  # tests hold each kind to its schema
        spec = chart_of(drawing).to_dict(validate=False)
    # room is left for the widest letters: where there is no Arial, what stands for it is wider
    spec["config"]["font"] = "Verdana"
    text: str = vl_convert.vegalite_to_svg(spec)
    return text.replace('font-family="Verdana"', 'font-family="Arial, sans-serif"')


def chart_of(drawing: Drawing) -> Any:
    """Return a chart, in Altair.

    Parameters
    ----------
    drawing
        What it shows.
    """
    return themed(_KINDS[drawing.kind](drawing)).configure_axis(
        labelFontSize=12, titleFontSize=12, gridColor="#E8EDEE", labelLimit=290
    )


def _long(drawing: Drawing) -> pd.DataFrame:
    frame = pd.DataFrame(drawing.series, index=pd.Index(drawing.labels, name="label"))
    return frame.reset_index().melt("label", var_name="series", value_name="value")


def _by_series(drawing: Drawing, channel: Any, values: list[Any], **legend: Any) -> Any:
    """Return a channel that tells the series apart."""
    names = list(drawing.series)
    scale = alt.Scale(domain=names, range=values[: len(names)])
    return channel(
        "series:N", title=None, scale=scale, legend=alt.Legend(orient="top", columns=2, **legend)
    )


def _years(drawing: Drawing) -> Any:
    # years stand upright where they would run into each other
    angle = -90 if len(drawing.labels) > 6 else 0
    axis = alt.Axis(labelAngle=angle, labelOverlap=False)
    return alt.X("label:O", title=None, axis=axis, sort=list(drawing.labels))


def _zero() -> Any:
    return alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))


def _zero_across() -> Any:
    return alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK).encode(x=alt.X("x:Q"))


def _lines(drawing: Drawing) -> Any:
    drawn = (
        alt.Chart(_long(drawing).dropna())
        .mark_line(point=True)
        .encode(
            x=_years(drawing),
            y=alt.Y("value:Q", title=drawing.axis, scale=alt.Scale(nice=True, padding=8)),
            color=_by_series(drawing, alt.Color, COLOURS),
            strokeDash=_by_series(drawing, alt.StrokeDash, DASHES, symbolType="stroke"),
        )
    )
    return (_zero() + drawn).properties(width=WIDE, height=HIGH)


def _columns(drawing: Drawing) -> Any:
    """Draw columns by year beside each other, and one series as marks across them."""
    base = alt.Chart(_long(drawing).dropna()).encode(
        x=_years(drawing), y=alt.Y("value:Q", title=drawing.axis)
    )
    colour = _by_series(drawing, alt.Color, [BLUE, ORANGE, LIGHT_BLUE])
    marks = f"datum.series === '{drawing.marks}'"
    bars = base.transform_filter(f"!({marks})").mark_bar(size=18).encode(color=colour)
    ticks = base.transform_filter(marks).mark_tick(thickness=4, size=26).encode(color=colour)
    return (bars + _zero() + ticks).properties(width=WIDE, height=HIGH)


def _bars(drawing: Drawing) -> Any:
    """Draw a bar a name, with its figure beside it and one's own in a darker colour."""
    (values,) = drawing.series.values()
    text = (lambda v: percent(v / 100)) if drawing.axis.startswith("%") else money
    frame = pd.DataFrame(
        {
            "label": [short(name, 34) for name in drawing.labels],
            "value": values,
            "text": [text(value) for value in values],
            "own": [name in drawing.marked for name in drawing.labels],
        }
    )
    base = alt.Chart(frame).encode(y=alt.Y("label:N", sort=list(frame["label"]), title=None))
    bars = base.mark_bar(height=15).encode(
        x=alt.X("value:Q", title=drawing.axis, scale=alt.Scale(padding=58)),
        color=alt.condition("datum.own", alt.value(DARK_BLUE), alt.value("#9AB7D6")),
    )
    right = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=4, fontSize=12)
    left = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-4, fontSize=12)
    beside = [mark.encode(x=alt.X("value:Q"), text=alt.Text("text:N")) for mark in (right, left)]
    return alt.layer(_zero_across(), bars, *beside).properties(
        width=WIDE - 60, height=24 * len(frame)
    )


def _steps(drawing: Drawing) -> Any:
    """Draw steps from one level to another: levels dark, what falls in another colour."""
    frame = pd.DataFrame(steps_of("", moves_of(drawing)))
    frame["end"] = frame[["from", "to"]].max(axis=1)
    base = alt.Chart(frame).encode(y=alt.Y("step:N", sort=list(frame["step"]), title=None))
    colour = alt.Scale(domain=[LEVEL, "up", "down"], range=[DARK_BLUE, GREEN, ORANGE])
    bars = base.mark_bar(height=15).encode(
        x=alt.X("from:Q", title=drawing.axis, axis=alt.Axis(tickCount=4)),
        x2=alt.X2("to:Q"),
        color=alt.Color("kind:N", scale=colour, legend=None),
    )
    text = base.encode(x=alt.X("end:Q"), text=alt.Text("words:N"))
    # a white rim, so that a figure stands out from what it lies on
    rim = text.mark_text(align="left", dx=4, fontSize=12, stroke="white", strokeWidth=3)
    beside = text.mark_text(align="left", dx=4, fontSize=12)
    return (_zero_across() + bars + rim + beside).properties(
        width=WIDE - 110, height=24 * len(frame), padding={"right": 45, "left": 5, "top": 5,
                                                           "bottom": 5},
    )  # fmt: skip


def moves_of(drawing: Drawing) -> list[tuple[str, float, bool]]:
    """Return the steps of a drawing: label, value, and whether it is a level.

    Parameters
    ----------
    drawing
        Of the kind `steps`.
    """
    (values,) = drawing.series.values()
    return [
        (label, float(value), label in drawing.marked)
        for label, value in zip(drawing.labels, values, strict=True)
    ]


_KINDS = {"lines": _lines, "columns": _columns, "bars": _bars, "steps": _steps}
