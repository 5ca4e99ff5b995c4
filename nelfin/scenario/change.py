"""Scenarios with some of their settings changed, and how two scenarios differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from nelfin.errors import InputError, Problems, nearest
from nelfin.scenario.load import in_words
from nelfin.scenario.schema import Scenario


@dataclass(frozen=True)
class Setting:
    """One setting: its value, and the limits the schema puts on it."""

    value: Any
    limits: tuple[Any, ...]


def leaves(scenario: Scenario) -> dict[str, Any]:
    """Return every setting by its dotted key."""
    return dict(_leaves(scenario.model_dump(by_alias=True)))


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def field_of(scenario: Scenario, key: str, option: str = "--by") -> Setting:
    """Return a setting by its dotted key; `option` is what asked for it, named in errors.

    Raises
    ------
    InputError
        If there is no such setting; says the nearest.
    """
    known = leaves(scenario)
    if key not in known:
        raise InputError.one(f"{option} {key}", "is not a setting.", nearest(key, known))
    model: Any = scenario
    limits: tuple[Any, ...] = ()
    for part in key.split("."):
        if isinstance(model, BaseModel):
            field = type(model).model_fields.get(part)
            limits = tuple(field.metadata) if field is not None else ()
            inner: tuple[Any, ...] = getattr(field.annotation, "__args__", ()) if field else ()
            if len(inner) == 2:  # a mapping: the limits are those of its values
                limits = tuple(getattr(inner[1], "__metadata__", ()))
            model = getattr(model, part)
        else:
            model = model[part]
    return Setting(known[key], _flat(limits))


def _flat(limits: tuple[Any, ...]) -> tuple[Any, ...]:
    """Take limits out of the bundles that pydantic keeps them in."""
    found: list[Any] = []
    for limit in limits:
        found.extend(getattr(limit, "metadata", None) or [limit])
    return tuple(found)


def changed(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some settings changed, by dotted key; checked like any other.

    Raises
    ------
    InputError
        If a value is not allowed.
    """
    tree = scenario.model_dump(by_alias=True)
    for key, value in settings.items():
        branch = tree
        *parents, last = key.split(".")
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[last] = value
    try:
        made = Scenario.model_validate(tree)
    except ValidationError as error:
        problems = Problems()
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"])
            value = settings.get(key, item.get("input"))
            problems.add(key, f'is "{value}": {in_words(item)}.', "Correct the value.")
        raise InputError(problems.found) from None
    made._evidence = scenario.evidence
    made._files = scenario.files
    return made


def differences(scenario: Scenario, baseline: Scenario) -> dict[str, Any]:
    """Return the settings of a scenario that a baseline has otherwise, by dotted key.

    The name is not one. A table counts as changed if its file has another path.
    """
    mine, theirs = leaves(scenario), leaves(baseline)
    keys = [key for key in mine if key not in {"name", "schema"}]
    return {key: mine[key] for key in keys if key not in theirs or mine[key] != theirs[key]}


def differing(scenario: Scenario, baseline: Scenario) -> list[str]:
    """Return the dotted keys that two scenarios do not have alike, of either; the name is not one.

    A key that only one of them has is one of them.
    """
    first, second = leaves(scenario), leaves(baseline)
    keys = dict.fromkeys([*first, *second])
    return [
        key
        for key in keys
        if key not in {"name", "schema"}
        and (key not in first or key not in second or first[key] != second[key])
    ]
