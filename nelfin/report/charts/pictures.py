"""Charts as pictures for slides: PNG and SVG, each with what a reader of it alone must know."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from nelfin.evidence import count_by_status
from nelfin.report.basis import figures_of, illustrative_words
from nelfin.report.charts import CHARTS, RESTS_ON, Card, cards
from nelfin.report.text.origin import run_words
from nelfin.store.findings import Findings
from nelfin.store.writing import whole_folder

PIXELS = 1920
"""Width of a picture, at least: that of a slide."""

LETTERS = 95
"""Letters in a line under the title."""


@dataclass(frozen=True)
class Caption:
    """What a picture says beside its title and what to see in it."""

    run: str
    """Which run it is of, and when that was."""
    note: str
    """What of it is illustrative; "" for nothing."""
    source: str
    """What figures it rests on, and where their sources are."""


def captions(result: Findings) -> dict[str, Caption]:
    """Return what pictures of a run say beside their titles, by section of the page.

    Parameters
    ----------
    result
        A run.
    """
    sources, run = result.table("sources"), run_words(result)
    found = {}
    for section, parts in RESTS_ON.items():
        words = illustrative_words(sources, parts)
        note = f"Rests on illustrative figures: {words}." if words else ""
        found[section] = Caption(f"{run}.", note, _source(sources, parts))
    return found


def _source(sources: pd.DataFrame, parts: tuple[str, ...]) -> str:
    """Say how many figures some parts of a run hold, by status, and where their sources are."""
    figures = pd.concat([figures_of(sources, part) for part in parts])
    counts = count_by_status(figures[~figures.index.duplicated()]["status"])
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    return f"Source: nelfin, from {told} figures; each with its own source in the run's report."


def titled(card: Card, caption: Caption) -> Any:
    """Return a chart with its title and what a reader of it alone must know.

    Parameters
    ----------
    card
        The chart with its words.
    caption
        Its run, what of it is illustrative, and its source.
    """
    shown = " ".join(f"Shown: {name[:1].lower()}{name[1:]}." for name in _shown(card.chart))
    texts = [f"{caption.run} {shown}", card.words, caption.note, caption.source]
    lines = [line for text in texts for line in wrap(text, LETTERS)]
    title = alt.TitleParams(
        card.title, subtitle=lines, anchor="start", fontSize=18, subtitleFontSize=12, offset=14
    )
    return card.chart.properties(title=title, description=" ".join([f"{card.title}.", *lines]))


def _shown(chart: Any) -> list[str]:
    """Return who shows in a chart that can show one of several: all places, all organisations."""
    parameters = chart.params if isinstance(chart.params, list) else []
    values = [getattr(parameter, "value", None) for parameter in parameters]
    return [value for value in values if isinstance(value, str)]


def titled_charts(result: Findings) -> dict[str, Any]:
    """Return the charts that a run has, each with its title, run, what is illustrative and source.

    Parameters
    ----------
    result
        A run.
    """
    told = captions(result)
    return {name: titled(card, told[CHARTS[name].section]) for name, card in cards(result).items()}


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
