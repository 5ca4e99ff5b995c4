"""What is moved: settings in the address of a page, read strictly by the schema.

The address says only what differs from the scenario, so that it can be kept, sent and opened again.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from nelfin.errors import InputError, Problems, nearest
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.scenario.keys import SchemaKey, dotted, schema_at, split_key, walk
from nelfin.scenario.names import setting_name
from nelfin.scenario.paths import is_opening_file
from nelfin.scenario.schema import ABOUT
from nelfin.scenario.typed import as_names, typed

MOST = 60
"""Settings that may be moved at once."""

LONGEST = 300
"""Letters that a value may have."""

STILL = {"data", "years", "portfolio"} | ABOUT
"""Sections that the app leaves as they are: which tables there are, which years, and the portfolio,
which no screen shows."""

Moves = Mapping[str, Any]
"""What is moved: value by dotted key, in the order of the schema."""


def movable(scenario: Scenario) -> dict[str, SchemaKey]:
    """Return the settings that may be moved, with what the schema says of each.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    dict
        By dotted key, in the order of the schema.
    """
    return {
        dotted(parts): here
        for parts, here, _ in walk(scenario)
        if here is not None and here.is_setting and parts[0] not in STILL
    }


def read_moves(base: Scenario, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Read what an address or a form moves.

    Parameters
    ----------
    base
        The scenario that is moved.
    pairs
        Dotted keys and values as texts; a blank value moves nothing.

    Returns
    -------
    dict
        Value by dotted key, without what is as the scenario has it.

    Raises
    ------
    InputError
        If a key is no setting, or a value is none that it may have; with every problem.
    """
    known = movable(base)
    problems = Problems()
    given: dict[str, Any] = {}
    for number, (key, text) in enumerate(pairs):
        if number >= MOST + len(known):  # a whole form may come, and it holds each setting once
            problems.add("The address", "moves too much.", f"Move at most {MOST} settings.")
            break
        if key not in known:
            remedy = nearest(key[:LONGEST], known)
            problems.add(f'"{key[:LONGEST]}"', "is no setting that can be moved here.", remedy)
        elif text.strip():
            _put(given, key, _value(key, text, known[key], problems), problems)
    problems.raise_if_any()
    now = {key: base.evidence[key].value for key in given}
    moves = {key: given[key] for key in known if key in given and not _same(given[key], now[key])}
    if len(moves) > MOST:
        problems.add("The address", f"moves {len(moves)} settings.", f"Move at most {MOST}.")
        problems.raise_if_any()
    return moves


def _put(given: dict[str, Any], key: str, value: Any, problems: Problems) -> None:
    if key in given and not _same(given[key], value):
        problems.add(setting_name(key), "is given two values.", "Give one.")
    given[key] = value


def _value(key: str, text: str, here: SchemaKey, problems: Problems) -> Any:
    """Return a text as the value of a setting; what cannot be one is a problem."""
    name = setting_name(key)
    if len(text) > LONGEST or not text.isprintable():
        problems.add(name, "is given a text that is too long or cannot be shown.", "Shorten it.")
        return None
    found = typed(text.strip(), here)
    is_number = isinstance(found.value, int | float) and not isinstance(found.value, bool)
    if here.type in {int, float} and not is_number:
        problems.add(name, f'is "{text}", which is no number.', found.remedy or "Give a number.")
    elif is_number and not math.isfinite(found.value):
        problems.add(name, f'is "{text}".', "Give a number that is one.")
    elif found.remedy:
        problems.add(name, f'is "{text}".', found.remedy)
    elif isinstance(found.value, str) and key.endswith(".opening") and is_opening_file(found.value):
        problems.add(name, "is a file.", "Name an opening position of the tables.")
    return found.value


def _same(one: Any, other: Any) -> bool:
    return hashable(one) == hashable(other) and isinstance(one, bool) == isinstance(other, bool)


def hashable(value: Any) -> Hashable:
    """Return a value as something that a dict takes for a key.

    Parameters
    ----------
    value
        Of a setting; lists become tuples.
    """
    return tuple(value) if isinstance(value, list | tuple) else value


def moved(base: Scenario, moves: Moves) -> Scenario:
    """Return the scenario with what is moved.

    Parameters
    ----------
    base
        The scenario.
    moves
        From `read_moves`.

    Raises
    ------
    InputError
        If a value is none that the setting may have; names settings in words.
    """
    try:
        return changed(base, moves)
    except InputError as error:
        raise in_words(error) from None


def in_words(error: InputError) -> InputError:
    """Return an error that names settings in words instead of by their keys.

    Parameters
    ----------
    error
        Its problems stand at dotted keys.
    """

    def named(where: str) -> str:
        here = schema_at(split_key(where)) if "." in where and " " not in where else None
        return setting_name(where) if here is not None and here.is_setting else where

    return InputError(replace(each, where=named(each.where)) for each in error.problems)


def as_text(value: Any) -> str:
    """Return a value as it stands in an address; `read_moves` reads the same value again.

    Parameters
    ----------
    value
        Of a setting.

    Examples
    --------
    >>> as_text(4.0), as_text(0.1), as_text(True), as_text(("core", "other"))
    ('4', '0.1', 'yes', 'core; other')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value + 0.0).removesuffix(".0")
    if isinstance(value, list | tuple):
        return as_names(value)
    return "" if value is None else str(value)


def pairs_of(moves: Moves) -> dict[str, str]:
    """Return what is moved as an address has it.

    Parameters
    ----------
    moves
        From `read_moves`.
    """
    return {key: as_text(value) for key, value in moves.items()}
