"""What all charts share: the card they come on, colours and house style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

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


def themed(chart: Any) -> Any:
    """Return a chart with the house style."""
    return (
        chart.configure(font="Arial, sans-serif", background="white")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor="#E8EDEE", labelLimit=260)
        .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=260)
        .configure_header(labelFontSize=13, titleFontSize=12)
    )


def colours(count: int) -> list[str]:
    """Return as many line colours as asked; they repeat when there are many."""
    return [LINES[i % len(LINES)] for i in range(count)]
