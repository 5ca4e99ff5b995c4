"""What the schema finds wrong with a scenario, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from nelfin.errors import Problems, nearest
from nelfin.evidence import Figure
from nelfin.scenario.keys import NAME, dotted, schema_at, schema_settings

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
    return f"{origin}, {key}" if origin else key


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
            problems.add(where, "is not a known key.", _meant(parts))
        elif item["type"] == "missing":
            remedy = 'Add it. "nelfin new DIR --icb CODE" writes the whole scenario of a system.'
            problems.add(where, "is missing.", remedy)
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


def _meant(parts: tuple[str, ...]) -> str:
    """Return what a key that is not known may be meant as: one of that name in another section."""
    elsewhere = [
        setting.pattern
        for setting in schema_settings()
        if setting.pattern.removesuffix(f".{NAME}").rpartition(".")[2] == parts[-1]
    ]
    if elsewhere:
        return f"Did you mean {' or '.join(elsewhere)}?"
    section = schema_at(parts[:-1])
    return nearest(parts[-1], section.below if section is not None else ())


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
