"""The scenario of any system of England, from the published figures that come with nelfin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.data import national
from nelfin.data.footprints import System
from nelfin.data.inputs import SYSTEM
from nelfin.data.specs import COMPONENTS, WHOLE_SYSTEM
from nelfin.data.start.activity import beds_of, without_beds
from nelfin.data.start.bodies import (
    bodies_of,
    income_of,
    positions_of,
    published_positions,
    savings_of,
)
from nelfin.data.start.schemes import SETTLEMENT, backlog_of, backlog_schemes, limits_of
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.paths import NATIONAL
from nelfin.years import label_of, start_of, years_between

FIRST, LAST = "2025/26", "2034/35"
"""Years of the plan: from the last with published allocations, ten years."""

TOO_FEW = 1_000
"""People below whom an authority is no place: special schemes, whose people live all over."""

UNPUBLISHED = {
    "openings": "where places stand; each opens on its share by need",
    "deprivation": "people in the most deprived areas by place",
    "public_health_grants": "public health grants by place, to compare",
    "spend_by_setting": "spend by place in and out of hospital, to compare",
    "organisation_places": "which places each organisation serves",
    "pressures": "pressures on cost by driver; a national rate stands for them",
    "appointments": "appointments in primary care by place",
    "activity_plans": "planned care of each trust above the funded level",
}
"""Tables that nobody publishes for every system, in words."""


@dataclass(frozen=True)
class Start:
    """A scenario to start from, and what the reader should know of it.

    Parameters
    ----------
    scenario
        With its tables on disk.
    notes
        What is left out, what stands in, and what to put in, in sentences.
    """

    scenario: Scenario
    notes: list[str]


def start_from_published(system: System, folder: Path) -> Start:
    """Write the tables of a system from published figures, and return the scenario over them.

    Places are the lower-tier local authorities of the practices. What is published for the system
    stands as it is; what is not is a national default that says so, or is left out with a word.

    Parameters
    ----------
    system
        From `nelfin.data.footprints.find_system`.
    folder
        A folder that is there; the tables are written into it.

    Returns
    -------
    Start
        The scenario, and notes on it.
    """
    notes = [f"{system.name} ({system.code}), from published figures to {FIRST}."]
    notes += [system.note] if system.note else []
    allocations = national.allocations_of(system)
    bodies = bodies_of(system)
    income = income_of(system, bodies, allocations)
    limits, without_limit = limits_of(system, bodies, years_between(FIRST, LAST))
    schemes, without_backlog = backlog_schemes(bodies, system, without_limit)
    # a limit that binds no scheme says nothing
    limits = limits[limits["organisation"].isin(schemes["organisation"])]
    people = national.weighted_populations_of(system, [FIRST])
    positions = positions_of(system, bodies, FIRST)
    tables = {
        "allocations": allocations,
        "weighted_populations": _long(people),
        "population_growth": _growth(system),
        "organisations": bodies[["organisation", "kind", "sector", "status", "source"]],
        "organisation_income": income,
        "positions": positions,
        "efficiency_schemes": savings_of(system, positions, FIRST),
        "capital_limits": limits,
        "backlog": backlog_of(system, bodies),
        "beds": beds_of(system, bodies),
        "projects": schemes,
    }
    settings: dict[str, Any] = {"name": system.name, "icb": system.code}
    settings["years.now"] = {
        "value": SETTLEMENT[0],
        "unit": "year",
        "status": "assumption",
        "source": f"{FIRST} is over: no capital scheme can start in it any more",
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
        settings[f"data.{name}"] = str(folder / f"{name}.csv")
    settings |= _figures(system, allocations, bodies)
    scenario = load_scenario(NATIONAL, settings)
    notes += _notes(people, positions, without_limit, without_backlog)
    notes += without_beds(bodies, tables["beds"])
    return Start(scenario, [*notes, *_left_out_positions(system)])


def _left_out_positions(system: System) -> list[str]:
    """Say which published positions are not the whole system's own."""
    _, left_out = published_positions(system, FIRST)
    told = []
    for line in left_out.itertuples():
        money = f"£{abs(line.value_gbp_m):,.1f}m"
        money = f"({money})" if line.value_gbp_m < 0 else money
        measure = line.measure.replace("_", " ")
        told.append(f"{line.icb} {line.body} {measure} {line.year}, {money}")
    if not told:
        return []
    return [
        f"Positions left out, of a part of the system, of another footprint of its code, or of "
        f"support that the plans stand without: {'; '.join(told)}."
    ]


def _long(people: pd.DataFrame) -> pd.DataFrame:
    """Return weighted populations as a scenario has them: a row a component."""
    few = people["registered_population"] < TOO_FEW
    placed = people.assign(place=people["local_authority"].mask(few, WHOLE_SYSTEM))
    how = dict.fromkeys(COMPONENTS, "sum") | {"status": "first", "source": "first"}
    sums = placed.groupby(["year", "place"], sort=False).agg(how).reset_index()
    last = sums["place"] == WHOLE_SYSTEM
    sums = pd.concat([sums[~last], sums[last]], ignore_index=True)
    tidy = sums.melt(
        ["year", "place", "status", "source"],
        list(COMPONENTS),
        var_name="component",
        value_name="weighted_population",
        ignore_index=False,
    )
    tidy = tidy.sort_index(kind="stable")
    return tidy[["year", "place", "component", "weighted_population", "status", "source"]]


def _growth(system: System) -> pd.DataFrame:
    """Return people added over periods of years: of projections at the middle of each year."""
    projected = national.projections_of(system).set_index("year")
    start, end = start_of(FIRST), start_of(LAST) + 1
    middle = (start + end) // 2
    rows = []
    for since, until in ((start, middle), (middle, end)):
        source = str(projected.at[until, "source"])
        rows.append(
            {
                "from_year": label_of(since),
                "to_year": label_of(until),
                "people_added": int(projected.at[until, "people"] - projected.at[since, "people"]),
                "status": "derived",
                "source": f"Residents of {until} less those of {since}: {source}",
            }
        )
    return pd.DataFrame(rows)


def _figures(
    system: System, allocations: pd.DataFrame, bodies: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    """Return the settings of a system that published figures give, with their evidence."""
    total = allocations.loc[allocations["year"] == FIRST, "allocation_gbp_m"].sum()
    acute = bodies[bodies["sector"] == "acute"]
    return {
        "envelope.plan_total_gbp_m": {
            "value": math.ceil(1e6 * float(total)) / 1e6,
            "unit": "£m",
            "status": "derived",
            "source": f"Sum of the allocations of {FIRST} ({system.code}); its own plan was not "
            "seen",
        },
        "prevention.secondary_care_gbp_m": {
            "value": round(float(acute["income_gbp_m"].sum()), 1),
            "unit": "£m a year",
            "status": "derived",
            "source": "Income of the acute and specialist trusts, the latest known of each: the "
            "most that secondary care can save",
        },
    }


def _notes(
    people: pd.DataFrame,
    positions: pd.DataFrame,
    without_limit: list[str],
    without_backlog: list[str],
) -> list[str]:
    """Say what is left out, what stands in, and which places hang on one practice."""
    left_out = "; ".join(f"{table}: {words}" for table, words in UNPUBLISHED.items())
    notes = [f"Left out, since not published for every system. {left_out}."]
    assumed = positions[(positions["measure"] == "plan") & (positions["status"] == "assumption")]
    told = (positions["organisation"] == SYSTEM) & (positions["measure"] == "outturn")
    if not assumed.empty and not told.any():
        notes.append(
            f"No plan was found for {', '.join(assumed['organisation'])}: taken to be in balance."
        )
    notes.append(
        "No list of capital schemes is published: the backlog of each trust stands in, a scheme a "
        "risk band, though limits must pay for equipment, digital and new buildings too."
    )
    if without_limit:
        notes.append(
            "No capital limit is published for "
            f"{', '.join(without_limit)}: their backlog is left out of the schemes. Put in their "
            "limits and schemes."
        )
    if without_backlog:
        notes.append(
            f"No backlog is published for {', '.join(without_backlog)}: they have no scheme, so "
            "their capital limits are left out too. Put in both."
        )
    few = people[people["registered_population"] < TOO_FEW]
    for line in few.itertuples():
        notes.append(
            f"{line.registered_population:,.0f} people of {line.local_authority} are too few for "
            "a place: they count for the whole system."
        )
    single = people[(people["practices"] == 1) & ~people.index.isin(few.index)]
    for line in single.itertuples():
        notes.append(
            f"{line.local_authority} has 1 practice, {line.registered_population:,.0f} people: "
            "a map can join it to another place (nelfin import-practices --places)."
        )
    return notes
