"""Whose figures a plan rests on: those of one system do not stand for another's."""

from __future__ import annotations

from functools import cache
from itertools import groupby

from nelfin.data.checks.fit import Fit
from nelfin.data.footprints import find_system, named_in
from nelfin.data.inputs import Inputs
from nelfin.data.national import weighted_populations_of
from nelfin.data.specs import PLACES, TABLES, WHOLE_SYSTEM
from nelfin.data.tables import read_table
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.keys import dotted, split_key
from nelfin.scenario.paths import (
    NATIONAL,
    PACKAGED,
    SCENARIOS,
    original_of,
    packaged_scenario,
)
from nelfin.scenario.schema import ABOUT

FREE = ABOUT | {"years"}
"""Sections that hold no figure of a system."""

OF_PLACES = {"envelope", "allocation"}
"""Sections that place budgets rest on."""


def whose(fit: Fit, models: bool) -> None:
    """Find figures of the embedded system in the plan of another.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    models
        Look also at what prevention, recovery and capital rest on.
    """
    inherited = embedded_keys(fit.scenario)
    if not inherited or not of_another_system(fit.scenario, fit.inputs):
        return
    home, icb = load_scenario(PACKAGED).name, fit.scenario.icb.strip()
    code = "CODE" if icb.upper() in {"", _home_icb()} else icb
    start = f'"nelfin new DIR --icb {code}"'
    stays = f'If the plan is {home}\'s, say so with icb = "{_home_icb()}".'
    for section, parts in groupby(map(split_key, inherited), lambda parts: parts[0]):
        keys = [parts[1:] for parts in parts]
        if section == "data":
            for (table,) in keys:
                if (models or table in PLACES) and not fit.inputs.tables()[table].empty:
                    fit.problems.add(
                        f"scenario, data.{table}",
                        f"is the table of {home}, but the plan is of another system.",
                        f"Give its own {TABLES[table].title}{_or_none(table)}; {start} writes "
                        f"those that are published. {stays}",
                    )
        elif models or section in OF_PLACES:
            named = ", ".join(".".join(key) for key in keys)
            fit.problems.add(
                f"scenario, {section}",
                f"has figures of {home}, but the plan is of another system: {named}.",
                f'Give its own, or stand on the national ones with extends = "{NATIONAL}"; '
                f"{start} writes them. {stays}",
            )


def embedded_keys(scenario: Scenario) -> list[str]:
    """Return the settings that a scenario takes from that of an embedded system.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    list of str
        Dotted keys; national figures, and those it gives itself, are not among them.
    """
    homes = {str(packaged_scenario(name).resolve()) for name in SCENARIOS if name != NATIONAL}
    return [
        key
        for key in scenario.evidence
        if scenario.origins.get(key) in homes and split_key(key)[0] not in FREE
    ]


def of_another_system(scenario: Scenario, inputs: Inputs) -> bool:
    """Say whether a plan is of another system than the embedded one.

    It is where it says so by its `icb`; or, where it says nothing, by its name or by its places:
    most are none of the embedded system's.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    """
    home = str(packaged_scenario(PACKAGED).parent)
    if scenario.icb.strip().upper() != _home_icb():
        return True
    if not str(scenario.origins.get("icb", "")).startswith(home):
        return False  # the plan says that it is the embedded system's
    named = [system.code for system in named_in(scenario.name)]
    if named and _home_icb() not in named:
        return True
    own_places = not original_of(scenario, scenario.data.weighted_populations).startswith(
        f"{PACKAGED}:"
    )
    places = set(inputs.places())
    # neighbours share a few local authorities, where a practice of one stands in the other
    return own_places and 2 * len(places & _home_places()) < len(places)


def national_growth(scenario: Scenario, inputs: Inputs) -> list[str]:
    """Say that a system's allocations grow by national assumptions, where it gives no growth.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    list of str
        A sentence, or none: the system gives its own growth, or is the embedded one.
    """
    england = str(packaged_scenario(NATIONAL).resolve())
    growth = {
        name: value
        for name, value in scenario.envelope.growth_pct.items()
        if scenario.origins.get(dotted(("envelope", "growth_pct", name))) == england
    }
    if not growth or not of_another_system(scenario, inputs):
        return []
    told = ", ".join(f"{name.replace('_', ' ')} {value:g} %" for name, value in growth.items())
    return [
        f"Allocations grow by national assumptions after the last published one: {told} a year. "
        "Give the system's own in envelope.growth_pct."
    ]


def _or_none(table: str) -> str:
    from nelfin.scenario.schema import Data

    required = Data.model_fields[table].is_required()
    return "" if required else f', or leave it out: set data.{table} to ""'


@cache
def _home_icb() -> str:
    return load_scenario(PACKAGED).icb


@cache
def _home_places() -> frozenset[str]:
    """Return the names of the embedded system's places, and of its local authorities."""
    file = load_scenario(PACKAGED).data.weighted_populations
    places = set(read_table(file, TABLES["weighted_populations"])["place"]) - {WHOLE_SYSTEM}
    authorities = weighted_populations_of(find_system(_home_icb()))["local_authority"]
    return frozenset(places | set(authorities))
