"""Charts as pictures for slides: PNG and SVG, each with its title and what is illustrative."""

from __future__ import annotations

import io
from pathlib import Path
from textwrap import wrap
from typing import Any

import altair as alt

from nelfin.report.basis import illustrative_words
from nelfin.report.charts import CHARTS, RESTS_ON, Card, cards
from nelfin.store.findings import Findings
from nelfin.store.writing import whole_folder

PIXELS = 1920
"""Width of a picture, at least: that of a slide."""

LETTERS = 95
"""Letters in a line under the title."""


def titled(card: Card, note: str) -> Any:
    """Return a chart with its title, what to see in it, and a note.

    Parameters
    ----------
    card
        The chart with its words.
    note
        A sentence below the words; "" for none.
    """
    lines = [*wrap(card.words, LETTERS), *wrap(note, LETTERS)]
    title = alt.TitleParams(
        card.title, subtitle=lines, anchor="start", fontSize=18, subtitleFontSize=12, offset=14
    )
    return card.chart.properties(title=title, description=f"{card.title}. {card.words} {note}")


def titled_charts(result: Findings) -> dict[str, Any]:
    """Return the charts that a run has, each with its title and what is illustrative.

    Parameters
    ----------
    result
        A run.
    """
    sources = result.table("sources")
    notes = {}
    for section, parts in RESTS_ON.items():
        words = illustrative_words(sources, parts)
        notes[section] = f"Rests on illustrative figures: {words}." if words else ""
    return {name: titled(card, notes[CHARTS[name].section]) for name, card in cards(result).items()}


def write_charts(result: Findings, folder: Path) -> list[str]:
    """Write each chart as PNG and SVG to a new folder, named after the chart.

    Parameters
    ----------
    result
        A run.
    folder
        A folder that is not there yet, or an empty one.

    Returns
    -------
    list of str
        Names of the charts.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    import vl_convert

    charts = titled_charts(result)

    with whole_folder(folder) as part:
        for name, chart in charts.items():
            picture = io.StringIO()
            chart.save(picture, format="svg")
            drawing = picture.getvalue()
            (part / f"{name}.svg").write_text(drawing, encoding="utf-8")
            # a pixel over, as the picture's width is rounded down
            scale = max(2.0, (PIXELS + 1) / width_of(drawing))
            (part / f"{name}.png").write_bytes(vl_convert.svg_to_png(drawing, scale=scale))
    return list(charts)


def width_of(svg: str) -> float:
    """Return the width of a picture that Vega drew, in pixels.

    Parameters
    ----------
    svg
        The picture, as SVG.
    """
    return float(svg.partition(' width="')[2].partition('"')[0])
