"""Where figures come from: what each chart rests on, with links to the rows of the sources."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nelfin.evidence import STATUSES
from nelfin.report.charts import FIGURES
from nelfin.system.rests_on import CAPITAL, PLACES, PREVENTION, RECOVERY

PARTS = {"places": PLACES, "prevention": PREVENTION, "recovery": RECOVERY, "capital": CAPITAL}
RESTS_ON = {name: PARTS[section] for section, names in FIGURES.items() for name in names}
"""What a chart rests on: tables, and settings by the beginning of their key."""

LABELS = {"projects": "capital schemes"}


@dataclass(frozen=True)
class Ground:
    """A group of figures that something rests on."""

    label: str
    row: int
    """The first of its rows in the sources."""
    counts: dict[str, int]
    """Figures by status."""


def grounds(sources: pd.DataFrame, name: str) -> list[Ground]:
    """Return what a chart rests on, as far as the run has it."""
    found = []
    for group in RESTS_ON.get(name, ()):
        if group.endswith("."):
            rows = (sources["where"] == "scenario") & sources["figure"].str.startswith(group)
            label = f"settings of {group[:-1]}"
        else:
            rows, label = sources["where"] == group, LABELS.get(group, group.replace("_", " "))
        if rows.any():
            mine = sources[rows]
            count = mine["status"].value_counts()
            counts = {word: int(count[word]) for word in STATUSES if word in count}
            found.append(Ground(label, int(mine.index[0]), counts))
    return found


def doubtful(found: list[Ground]) -> dict[str, int]:
    """Return how many figures of some groups are not published or derived, by status."""
    words = ("assumption", "illustrative", "given")
    counts = {word: sum(ground.counts.get(word, 0) for ground in found) for word in words}
    return {word: count for word, count in counts.items() if count}
