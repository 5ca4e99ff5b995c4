"""A scenario as a file that people edit: every setting on a line, with what it is above it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from nelfin.errors import printable
from nelfin.evidence import SHAPES
from nelfin.scenario.draft import DEFAULT
from nelfin.scenario.keys import Parts, SchemaKey, dotted, schema_at, split_key, walk
from nelfin.scenario.resolved import figure_table
from nelfin.scenario.schema import Scenario

WIDTH = 100
"""Columns of a comment."""

USUAL_SHAPE = SHAPES[0]
"""Shape of a range that needs no saying."""

HEAD = """\
A figure is written with its unit, its status and its source. Statuses: published, derived, \
assumption (our judgement), illustrative (made up to show the method: put in your own). A range, \
low to high, is what draws come from."""


def editable_toml(scenario: Scenario, tables: Mapping[str, str], head: str) -> str:
    """Return a scenario as one TOML file to edit, with a comment above every setting.

    It needs no other scenario file and loads to the same scenario with the same evidence.

    Parameters
    ----------
    scenario
        The scenario.
    tables
        Path of each table as the file should name it, by its key in `[data]`; "" for none.
    head
        What the file says of itself at its top.

    Returns
    -------
    str
        TOML.
    """
    data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["data"] = dict(tables)
    sections: dict[Parts, list[str]] = {(): []}
    told: set[str] = set()  # of what every stream has, the first one tells

    def comment(here: SchemaKey, words: str) -> list[str]:
        words = "" if here.pattern in told else words
        told.add(here.pattern)
        return _comment(words)

    for parts, here, value in walk(data):
        # a section stands before those below it
        for depth in range(1, len(parts)):
            sections.setdefault(parts[:depth], [])
        if here is not None and here.is_setting and not _goes_without_saying(parts, scenario):
            lines = comment(here, _about(parts, here, value))
            sections[parts[:-1]] += [*lines, _line(parts, value, scenario)]
    text = [*_comment(head), *_comment(HEAD), *sections.pop(())]
    for section, lines in sections.items():
        here = schema_at(section)
        if here is not None and lines:
            heading = f"[{'.'.join(_name(part) for part in section)}]"
            text += ["", *comment(here, here.description or here.type.__doc__), heading, *lines]
    return "\n".join([*text, ""])


def changes_toml(extends: str, name: str, figures: Mapping[str, Any], head: str) -> str:
    """Return a scenario that extends another as one TOML file.

    Parameters
    ----------
    extends, name
        What it extends, and what it is called.
    figures
        By dotted key: a value, or the table of a figure, as `figure_table` makes it.
    head
        What the file says of itself at its top.

    Returns
    -------
    str
        TOML.
    """
    sections: dict[Parts, list[str]] = {}
    for key, figure in figures.items():
        *section, last = split_key(key)
        inner = (
            f"{_name(last)} = {{ {', '.join(_pair(*each) for each in figure.items())} }}"
            if isinstance(figure, Mapping)
            else _pair(last, figure)
        )
        sections.setdefault(tuple(section), []).append(inner)
    text = [*_comment(head), _pair("extends", extends), _pair("name", name)]
    for parts, lines in sections.items():
        text += ["", f"[{'.'.join(_name(part) for part in parts)}]", *lines]
    return "\n".join([*text, ""])


def _about(parts: Parts, here: SchemaKey, value: Any) -> str:
    """Return what stands above a setting; "" where its section or its name says it."""
    if parts[0] == "data":
        return "" if value else f"Left out: {here.description[0].lower()}{here.description[1:]}"
    return "" if _named(parts) else here.description


def _goes_without_saying(parts: Parts, scenario: Scenario) -> bool:
    """Say whether a setting of a stream is the default that every stream has."""
    return len(parts) > 3 and scenario.evidence[dotted(parts)].source == DEFAULT


def _named(parts: Parts) -> bool:
    """Say whether a setting stands in a mapping, whose heading says what all of it is."""
    above = schema_at(parts[:-1])
    return above is not None and above.named is not None


def _comment(text: str) -> list[str]:
    return textwrap.wrap(printable(text), WIDTH, initial_indent="# ", subsequent_indent="# ")


def _line(parts: Parts, value: Any, scenario: Scenario) -> str:
    if len(parts) > 1 and parts[0] != "data":
        fields = figure_table(value, scenario.evidence[dotted(parts)])
        if fields.get("shape") == USUAL_SHAPE:
            del fields["shape"]
        inner = ", ".join(_pair(name, each) for name, each in fields.items())
        return f"{_name(parts[-1])} = {{ {inner} }}"
    return _pair(parts[-1], value)


def _pair(name: str, value: Any) -> str:
    import tomli_w

    return re.sub(r"\s*\n\s*", " ", tomli_w.dumps({name: value}).strip())


def _name(name: str) -> str:
    return _pair(name, 0).removesuffix(" = 0")
