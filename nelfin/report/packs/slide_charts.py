"""Charts of slides, as PowerPoint has them: whoever gets the deck can edit them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from nelfin.report.charts.style import BLUE, DARK_BLUE, GREEN, LIGHT_BLUE, ORANGE, PURPLE
from nelfin.report.charts.waterfall import LEVEL, steps_of
from nelfin.report.packs.drawings import moves_of
from nelfin.report.packs.parts import Drawing

NUMBERS = "#,##0.0;(#,##0.0)"
"""Brackets for negatives, as everywhere."""

LEAST = 0.05
"""What is less is printed as 0.0."""

COLOURS = [BLUE, ORANGE, DARK_BLUE, PURPLE]
PALE = "#9AB7D6"
DASHES = [MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.DASH_DOT]
SMALL = Pt(11)

Box = Sequence[Any]
"""Left, top, width and height."""


def add_chart(slide: Any, drawing: Drawing, box: Box) -> None:
    """Put a chart on a slide, with its words for who does not see it.

    Parameters
    ----------
    slide
        Of a presentation.
    drawing
        What it shows.
    box
        Where to.
    """
    frame = _KINDS[drawing.kind](slide, drawing, box)
    about = frame._element.nvGraphicFramePr.cNvPr
    about.set("descr", f"{drawing.title}. {drawing.words} {drawing.told}")
    about.set("title", drawing.title)
    chart = frame.chart
    chart.font.size = SMALL
    chart.has_title = True
    chart.chart_title.text_frame.text = drawing.title
    run = chart.chart_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold = Pt(13), True


def _added(slide: Any, kind: Any, data: Any, box: Box, drawing: Drawing) -> Any:
    frame = slide.shapes.add_chart(kind, *box, data)
    axis = frame.chart.value_axis
    axis.tick_labels.number_format = "#,##0;(#,##0)"
    axis.tick_labels.number_format_is_linked = False
    axis.has_title = True
    axis.axis_title.text_frame.text = drawing.axis
    axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = SMALL
    axis.major_gridlines.format.line.color.rgb = _rgb("#E8EDEE")
    # names beside the chart, not in it, where bars are negative
    frame.chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    return frame


def _data(drawing: Drawing) -> Any:
    data = CategoryChartData(number_format=NUMBERS)
    data.categories = list(drawing.labels)
    for name, values in drawing.series.items():
        # what is printed as nothing is nothing: PowerPoint would put it in brackets
        data.add_series(
            name,
            [
                None if math.isnan(value) else value if abs(value) >= LEAST else 0.0
                for value in values
            ],
        )
    return data


def _legend(chart: Any) -> None:
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False


def _from_the_top(chart: Any) -> None:
    """Let names run from the top, each with its figure: the axis below needs none."""
    chart.has_legend = False
    chart.category_axis.reverse_order = True
    chart.category_axis.crosses = XL_AXIS_CROSSES.MAXIMUM
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE


def _lines(slide: Any, drawing: Drawing, box: Box) -> Any:
    frame = _added(slide, XL_CHART_TYPE.LINE_MARKERS, _data(drawing), box, drawing)
    _legend(frame.chart)
    for series, colour, dash in zip(frame.chart.plots[0].series, COLOURS, DASHES, strict=False):
        series.smooth = False
        series.format.line.color.rgb = _rgb(colour)
        series.format.line.dash_style = dash
        series.format.line.width = Pt(2.25)
        _fill(series.marker, colour)
    return frame


def _columns(slide: Any, drawing: Drawing, box: Box) -> Any:
    frame = _added(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, _data(drawing), box, drawing)
    _legend(frame.chart)
    frame.chart.plots[0].gap_width = 60
    if all(value >= 0 for values in drawing.series.values() for value in values):
        frame.chart.value_axis.minimum_scale = 0
    for series, colour in zip(
        frame.chart.plots[0].series, (BLUE, ORANGE, LIGHT_BLUE), strict=False
    ):
        _fill(series, colour)
    return frame


def _bars(slide: Any, drawing: Drawing, box: Box) -> Any:
    frame = _added(slide, XL_CHART_TYPE.BAR_CLUSTERED, _data(drawing), box, drawing)
    chart = frame.chart
    _from_the_top(chart)
    (values,) = drawing.series.values()
    ends = [room * end for room, end in ((1.35, min(*values, 0)), (1.35, max(*values, 0)))]
    if ends[0] < ends[1]:  # room for the figures beside the bars
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = ends
    plot = chart.plots[0]
    plot.gap_width = 50
    plot.has_data_labels = True
    plot.data_labels.number_format = NUMBERS
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.font.size = SMALL
    (series,) = plot.series
    series.invert_if_negative = False
    for at, label in enumerate(drawing.labels):
        own = label in drawing.marked or not drawing.marked
        _fill(series.points[at], DARK_BLUE if own else PALE)
    return frame


def _steps(slide: Any, drawing: Drawing, box: Box) -> Any:
    """Draw steps as bars on bars that are not seen, above nothing and below it apart."""
    rows = steps_of("", moves_of(drawing))
    data = CategoryChartData(number_format=NUMBERS)
    # the figure stands in the label of the step, so that nothing can lie on it
    data.categories = [f"{row['step']}  {row['words']}" for row in rows]
    ends = [sorted((row["from"], row["to"])) for row in rows]
    data.add_series("", [low if low > 0 else high if high < 0 else 0.0 for low, high in ends])
    data.add_series("Above nothing", [max(high, 0.0) - max(low, 0.0) for low, high in ends])
    data.add_series("Below nothing", [min(low, 0.0) - min(high, 0.0) for low, high in ends])
    frame = _added(slide, XL_CHART_TYPE.BAR_STACKED, data, box, drawing)
    chart = frame.chart
    _from_the_top(chart)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    unseen, above, below = plot.series
    unseen.format.fill.background()
    colours = {LEVEL: DARK_BLUE, "up": GREEN, "down": ORANGE}
    for at, row in enumerate(rows):
        for series in (above, below):
            series.invert_if_negative = False
            _fill(series.points[at], colours[row["kind"]])
    return frame


def _fill(part: Any, colour: str) -> None:
    part.format.fill.solid()
    part.format.fill.fore_color.rgb = _rgb(colour)


def _rgb(colour: str) -> Any:
    return RGBColor.from_string(colour.removeprefix("#").upper())


_KINDS: dict[str, Callable[[Any, Drawing, Box], Any]] = {
    "lines": _lines, "columns": _columns, "bars": _bars, "steps": _steps,
}  # fmt: skip
