"""What the page tells the lead of one place: the budget, and what moved it, to the pound."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nelfin.allocations.comparisons import compare_places, what_moved
from nelfin.report.text.place import WORDS
from nelfin.store.findings import Findings


@dataclass(frozen=True)
class Lead:
    """One place."""

    place: str
    budget: float
    """£m, as the target and the moves."""
    target: float
    dft: float
    share: float
    per_head: float
    per_head_rank: int
    per_head_all: float
    moves: list[tuple[str, float]]
    """From the budget of the year before to this year's, both included."""


def leads(result: Findings) -> list[Lead]:
    """Return what each place lead asks first, the furthest below target first."""
    data = result.data
    year = str(data.attrs["last_published_year"])
    frame = compare_places(data, year)
    every = frame.loc["All places"]
    frame = frame.drop(index="All places").sort_values("dft", kind="stable")
    return [_lead(str(place), line, every, frame, what_moved(data, str(place), year), year)
            for place, line in frame.iterrows()]  # fmt: skip


def _lead(
    place: str, line: pd.Series, every: pd.Series, frame: pd.DataFrame, moved: pd.Series, year: str
) -> Lead:
    moves = [("Budget of the year before", float(moved["last year"]))] if moved["last year"] else []
    moves += [(words, float(moved[part])) for part, words in WORDS.items()
              if abs(moved[part]) >= 5e-7]  # fmt: skip
    return Lead(
        place=place,
        budget=float(line["budget_gbp_m"]),
        target=float(line["target_gbp_m"]),
        dft=float(line["dft"]),
        share=float(line["share"]),
        per_head=float(line["gbp_per_head"]),
        per_head_rank=int((frame["gbp_per_head"] > line["gbp_per_head"]).sum()) + 1,
        per_head_all=float(every["gbp_per_head"]),
        moves=[*moves, (f"Budget of {year}", float(moved["this year"]))],
    )
