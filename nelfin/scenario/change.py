"""Scenarios with some of their settings changed, and how two scenarios differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nelfin.errors import InputError, Problems, nearest
from nelfin.scenario.draft import Draft, finish, override
from nelfin.scenario.keys import SchemaKey, dotted, split_key, walk
from nelfin.scenario.schema import ABOUT, Scenario

SOURCE = "changed in Python"
"""Source of a value that `changed` puts in."""

UNCOMPARED = ABOUT - {"icb"}
"""Keys by which two scenarios do not differ."""


@dataclass(frozen=True)
class Setting:
    """One setting of a scenario, with what the schema says of it.

    Parameters
    ----------
    key
        Dotted key.
    value
        As the scenario has it.
    description
        What it is, in words.
    unit
        Unit; "" if it has none.
    limits
        Limits of a number, as `annotated_types` has them: `Ge`, `Gt`, `Le`, `Lt`.
    least, most
        The ends of those limits; infinite where there is none.
    default
        What it is where a scenario is silent; None where a scenario must give it.
    """

    key: str
    value: Any
    description: str
    unit: str
    limits: tuple[Any, ...]
    least: float
    most: float
    default: Any


def leaves(scenario: Scenario) -> dict[str, Any]:
    """Return every setting of a scenario.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    dict
        Value by dotted key. A mapping without names, such as weights of criteria where there are
        none, is an empty dict.
    """
    return {dotted(parts): value for parts, _, value in walk(scenario)}


def field_of(scenario: Scenario, key: str, option: str = "--by") -> Setting:
    """Return a setting by its dotted key.

    Parameters
    ----------
    scenario
        The scenario.
    key
        Dotted key; a name that holds a dot stands in double quotes.
    option
        What asked for it, named in errors.

    Returns
    -------
    Setting
        Its value, and what the schema says of it.

    Raises
    ------
    InputError
        If there is no such setting; says the nearest.
    """
    wanted = split_key(key)
    settings = list(walk(scenario))
    for parts, here, value in settings:
        if parts == wanted and here is not None:
            return _setting(parts, here, value)
    known = [dotted(parts) for parts, _, _ in settings]
    raise InputError.one(f"{option} {key}", "is not a setting.", nearest(key, known))


def _setting(parts: tuple[str, ...], here: SchemaKey, value: Any) -> Setting:
    return Setting(
        dotted(parts),
        value,
        here.description,
        here.unit,
        here.limits,
        here.least,
        here.most,
        here.default,
    )


def changed(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some settings changed, checked like any other.

    The figure of a changed setting is new: its status is `given`, its unit is kept, and its range
    moves along with the value, by the same amount, within what the setting may be. A value equal
    to the one before changes nothing.

    Parameters
    ----------
    scenario
        The scenario; it stays as it is.
    settings
        Values by dotted key. A value may be a table `{value, unit, status, source, low, high}`; a
        range in it replaces the one before. A new name may be added to a mapping, such as
        `capital.criteria_weights.quality`; a dict at a mapping replaces all of it.

    Returns
    -------
    Scenario
        With the evidence of what was changed.

    Raises
    ------
    InputError
        If a key is not known or names a section, or a value is not allowed; with every problem.
    """
    draft = Draft(
        scenario.model_dump(by_alias=True),
        dict(scenario.evidence),
        dict(scenario.origins),
        readings=list(scenario.readings),
    )
    problems = Problems()
    for key, value in settings.items():
        override(draft, key, value, "", SOURCE, problems)
    made = finish(draft, scenario.files, problems)
    made._parent, made._allowed = scenario.parent, scenario.allowed
    made._originals = scenario.originals
    return made


def differences(scenario: Scenario, baseline: Scenario) -> dict[str, Any]:
    """Return the settings of a scenario that a baseline has otherwise.

    Parameters
    ----------
    scenario, baseline
        Two scenarios.

    Returns
    -------
    dict
        Value in the scenario by dotted key. The name is not a difference. A table differs if its
        file has another path.
    """
    ours, theirs = leaves(scenario), leaves(baseline)
    keys = [key for key in ours if key not in UNCOMPARED]
    return {key: ours[key] for key in keys if key not in theirs or ours[key] != theirs[key]}


def differing(scenario: Scenario, baseline: Scenario) -> list[str]:
    """Return the dotted keys that two scenarios do not have alike.

    Parameters
    ----------
    scenario, baseline
        Two scenarios.

    Returns
    -------
    list of str
        Keys of either; one that only one of them has is told too. The name is not a difference.
    """
    return unlike(leaves(scenario), leaves(baseline))


def unlike(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Return the dotted keys that the settings of two scenarios do not have alike.

    Parameters
    ----------
    first, second
        From `leaves`.

    Returns
    -------
    list of str
        As from `differing`.
    """
    keys = dict.fromkeys([*first, *second])
    return [
        key
        for key in keys
        if key not in UNCOMPARED
        and (key not in first or key not in second or first[key] != second[key])
    ]
