"""What the page tells the lead of each place: the budget, and what moved it, to the pound."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nelfin.report.text.places import moves_of
from nelfin.store.findings import Findings
from nelfin.system.place_figures import place_figures


@dataclass(frozen=True)
class PlaceLead:
    """The figures of one place."""

    place: str
    budget: float
    """£m, as the target and the moves."""
    target: float
    dft: float
    """Budget over target, less one."""
    share: float
    """Of the budgets of all places, a fraction."""
    per_head: float
    """£, as that of all places."""
    per_head_rank: int
    """1 for the place with most a head."""
    per_head_all: float
    moves: list[tuple[str, float, float]]
    """From the budget of the year before to this year's, both included; and as printed."""


def place_leads(result: Findings) -> list[PlaceLead]:
    """Return what each place lead asks first, the furthest below target first.

    Parameters
    ----------
    result
        A run.
    """
    figures = place_figures(result)
    every = figures.compared.loc["All places"]
    places = figures.compared.drop(index="All places").sort_values("dft", kind="stable")
    return [
        _lead(str(place), line, every, places, moves_of(figures.moved[place], figures.year))
        for place, line in places.iterrows()
    ]


def _lead(
    place: str,
    line: pd.Series,
    every: pd.Series,
    places: pd.DataFrame,
    moves: list[tuple[str, float, float]],
) -> PlaceLead:
    return PlaceLead(
        place=place,
        budget=float(line["budget_gbp_m"]),
        target=float(line["target_gbp_m"]),
        dft=float(line["dft"]),
        share=float(line["share"]),
        per_head=float(line["gbp_per_head"]),
        per_head_rank=int((places["gbp_per_head"] > line["gbp_per_head"]).sum()) + 1,
        per_head_all=float(every["gbp_per_head"]),
        moves=moves,
    )
