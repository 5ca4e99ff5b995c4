"""Published figures of North East London, to compare with."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from nelfin.data import Inputs

Reference = dict[tuple[str, str, str], float]
"""Figures by stream, year and item; money in £ thousand."""


def published(row: tuple[str, str], inputs: Inputs) -> pd.Series:
    frame = inputs.allocations.set_index(["stream", "year"])
    return frame.loc[row]


def read_reference(shared_data: Path) -> Reference:
    """Return the published figures of North East London that are kept beside the project."""
    with (shared_data / "nel_published_allocations.csv").open(encoding="utf-8") as file:
        return {
            (row["stream"], row["year"], row["item"]): float(row["value"])
            for row in csv.DictReader(file)
        }
