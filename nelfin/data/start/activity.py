"""Beds of a system from published figures, and what of its activity is left out."""

from __future__ import annotations

import pandas as pd

from nelfin.data import national
from nelfin.data.footprints import System

COLUMNS = [
    "organisation", "year", "beds_available", "beds_occupied", "beds_fit_to_leave", "status",
    "source",
]  # fmt: skip


def beds_of(system: System, bodies: pd.DataFrame) -> pd.DataFrame:
    """Return the published general and acute beds of each trust.

    Parameters
    ----------
    system
        The system.
    bodies
        From `nelfin.data.start.bodies.bodies_of`.

    Returns
    -------
    pandas.DataFrame
        The table `beds`.
    """
    named = bodies[["code", "organisation"]]
    return national.beds_of(system).merge(named, on="code", validate="one_to_one")[COLUMNS]


def without_beds(bodies: pd.DataFrame, beds: pd.DataFrame) -> list[str]:
    """Say what of a system's activity is left out, since nobody publishes it by system.

    Parameters
    ----------
    bodies
        From `nelfin.data.start.bodies.bodies_of`.
    beds
        From `beds_of`.

    Returns
    -------
    list of str
        Sentences.
    """
    notes = [
        "No waiting list is published by system, nor the planned care a week that holds it still: "
        "planned care is left out until activity.waiting_list and activity.break_even_per_week are "
        "given."
    ]
    acute = bodies.loc[bodies["sector"] == "acute", "organisation"]
    lacking = [name for name in acute if name not in set(beds["organisation"])]
    if lacking:
        notes.append(f"No general and acute beds are published for {', '.join(lacking)}.")
    return notes
