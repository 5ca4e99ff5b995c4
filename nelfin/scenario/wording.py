"""What the schema finds wrong with a scenario, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ValidationError

from nelfin.errors import Problems, closest, nearest
from nelfin.evidence import Figure
from nelfin.scenario.keys import NAME, Parts, dotted, schema_at, schema_settings, split_key
from nelfin.scenario.paths import SCENARIOS, packaged_scenario

PLAIN = {
    "float_type": "should be a number",
    "int_type": "should be a whole number",
    "string_type": "should be a text",
    "tuple_type": "should be a list",
    "dict_type": "should be a section with keys of its own",
    "model_type": "should be a section with keys of its own",
    "path_type": "should be a path, written as a text",
    "too_short": "must not be empty",
    "finite_number": "should be a finite number",
}
"""Findings of pydantic in words that name no type of a programming language."""


def spot_of(origin: str, key: str) -> str:
    """Return where something is wrong.

    Parameters
    ----------
    origin
        What a setting came from: a file, `--set`, or "" for nothing to name.
    key
        Dotted key.
    """
    origin = _own_names().get(origin, origin)
    return f"{origin}, {key}" if origin else key


@cache
def _own_names() -> dict[str, str]:
    """Return the scenarios that come with nelfin by their files, which nobody should edit."""
    return {str(packaged_scenario(name).resolve()): name for name in SCENARIOS}


def put_into_words(
    error: ValidationError,
    figures: Mapping[str, Figure],
    origins: Mapping[str, str],
    remedies: Mapping[str, str],
    otherwise: str,
    problems: Problems,
) -> None:
    """Note each of pydantic's findings in plain words.

    Parameters
    ----------
    error
        The findings.
    figures
        What was given for each setting, by dotted key.
    origins
        What each setting came from, by dotted key; the most particular last.
    remedies
        What to do about some of them, by dotted key.
    otherwise
        What to name where no origin is known.
    problems
        Takes the findings.
    """
    for item in error.errors():
        parts = tuple(str(part) for part in item["loc"])
        key = dotted(parts)
        where = spot_of(_origin(parts, origins, otherwise), key or "scenario")
        words = PLAIN.get(item["type"], _message(item))
        if item["type"] == "extra_forbidden":
            problems.add(where, "is not a known key.", _nearest_key(parts))
        elif item["type"] == "missing":
            remedy = 'Add it. "nelfin new DIR --icb CODE" writes the whole scenario of a system.'
            problems.add(where, "is missing.", remedy)
        elif item["type"] == "path_type" and item["input"] is None:
            problems.add(
                where, 'is "", but this table cannot be left out.',
                "Name a file; or leave the line out, where the scenario extends another.",
            )  # fmt: skip
        elif key in origins:
            problems.add(where, *_refused(parts, figures[key].value, words, remedies.get(key, "")))
        else:
            problems.add(where, f"is wrong: {words}.", "Correct it.")


def _refused(parts: tuple[str, ...], value: Any, words: str, remedy: str) -> tuple[str, str]:
    """Return what is wrong with a value, and what to do."""
    here = schema_at(parts)
    if value is None and parts[0] == "data" and here is not None:
        about = here.description.rstrip(".")
        remedy = f"Name its file, such as {parts[-1]}.csv, or a sheet of a workbook."
        return f'is "", but this table cannot be left out: {about[0].lower()}{about[1:]}.', remedy
    if value == "":
        return "is empty.", remedy or "Fill it in."
    return f'is "{value}": {words}.', remedy or "Correct the value."


def _nearest_key(parts: Parts) -> str:
    """Name the key that one which is not known was meant to be, with its section."""
    section = schema_at(parts[:-1])
    beside = section.below if section is not None else ()
    if closest(parts[-1], beside):
        return nearest(dotted(parts), [dotted((*parts[:-1], name)) for name in beside])
    # perhaps the section was left out, or is another
    keys = [key.pattern for key in schema_settings() if not key.pattern.endswith(NAME)]
    if beside and parts[:-1]:  # in a section that there is, only a name that is all but the same
        keys = [key for key in keys if get_close_matches(parts[-1], [split_key(key)[-1]], 1, 0.8)]
    elsewhere = closest(parts[-1], keys)
    return nearest(dotted(parts), elsewhere) if elsewhere else nearest(parts[-1], beside)


def _origin(parts: tuple[str, ...], origins: Mapping[str, str], otherwise: str) -> str:
    """Return what a finding comes from: a setting, the list that holds it, or a section's keys."""
    for key in (dotted(parts), dotted(parts[:-1])):
        if key in origins:
            return origins[key]
    section = f"{dotted(parts)}." if parts else ""
    below = [origin for key, origin in origins.items() if key.startswith(section)]
    return below[-1] if below else otherwise


def _message(item: Any) -> str:
    return str(item["msg"]).removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
