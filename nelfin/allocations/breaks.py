"""Breaks of level: places whose people or need jump between two published years."""

from __future__ import annotations

import pandas as pd

from nelfin.data import Inputs
from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.scenario import main_stream
from nelfin.scenario.schema import Scenario
from nelfin.years import start_of

MOST = 0.08
"""Change in a year past which people have not come or gone by themselves: a practice has moved."""

REGISTERED = "registered_population"


def level_breaks(scenario: Scenario, inputs: Inputs) -> list[str]:
    """Tell which places gain or lose people, or need, faster than people move.

    Parameters
    ----------
    scenario
        Its years, and the need and the rule of its main stream.
    inputs
        Weighted populations.

    Returns
    -------
    list of str
        A sentence a place and a pair of published years of the plan.

    Notes
    -----
    Method: registered people, and the share of the need of all places, change by more than 8 % in
    a year between one published year and the next; over several years the change of each is meant.
    """
    stream = scenario.allocation.streams[main_stream(scenario)]
    stays = "" if stream.rule == "full" else " Its budget stays."
    people = _by_year(scenario, inputs, REGISTERED)
    need = _by_year(scenario, inputs, stream.need or REGISTERED)
    share = need / need.sum()
    found = []
    for before, year in zip(people.columns[:-1], people.columns[1:], strict=True):
        years = start_of(year) - start_of(before)
        for place in people.index:
            moved, of_need = (
                (table.at[place, year] / table.at[place, before]) ** (1 / years) - 1
                for table in (people, share)
            )
            words = f"from {before} to {year}: has a practice moved?{stays}"
            if abs(moved) > MOST:
                found.append(f"Registered people of {place} {_by(moved, years)} {words}")
            elif abs(of_need) > MOST:
                found.append(f"The share of need of {place} {_by(of_need, years, 's')} {words}")
    return found


def _by_year(scenario: Scenario, inputs: Inputs, component: str) -> pd.DataFrame:
    """Return people of a component; rows are places, columns the published years of the plan."""
    frame = inputs.weighted_populations
    wanted = frame["component"].eq(component) & frame["place"].ne(WHOLE_SYSTEM)
    wanted &= frame["year"].isin(scenario.years.labels())
    table = frame[wanted].pivot_table("weighted_population", "place", "year", sort=False)
    return table[sorted(table.columns)]


def _by(change: float, years: int, ending: str = "") -> str:
    """Say by how much something falls or rises; of one thing, or of people."""
    verb = f"{'fall' if change < 0 else 'rise'}{ending}"
    return f"{verb} by {100 * abs(change):.0f} %{' a year' if years > 1 else ''}"
