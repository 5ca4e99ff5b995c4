"""Read scenario files: those they extend, what is set over them, and where their tables are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nelfin.errors import InputError, Problems
from nelfin.scenario.draft import Draft, finish, override, put, section
from nelfin.scenario.keys import Parts, dotted, schema_at, split_key, walk
from nelfin.scenario.layers import layers
from nelfin.scenario.paths import (
    PACKAGED,
    SCENARIOS,
    is_within,
    names_file,
    packaged_folder,
    packaged_scenario,
    refuse_outside,
)
from nelfin.scenario.schema import Data, Scenario
from nelfin.scenario.settings_sheet import Settings

__all__ = ["load_scenario", "packaged_folder"]


def load_scenario(
    path: str | Path | None = None,
    overrides: Mapping[str, Any] | Sequence[str] | None = None,
    allow: Sequence[str | Path] = (),
) -> Scenario:
    """Load a scenario and check it.

    The tables that a scenario file names must stand in its folder or below, in that of a file it
    extends, or come with nelfin. Paths in `overrides` are the caller's own and may lead anywhere.

    Parameters
    ----------
    path
        TOML file, workbook with a sheet of settings, or the name of a scenario that comes with
        nelfin: `nel`, the embedded plan of North East London and the default, or `nel-2026`, the
        same from what is known in 2026.
    overrides
        Values that win over the file: a mapping from dotted key to value, or texts "KEY=VALUE". A
        name that holds a dot stands in double quotes. A value may be a table
        `{value, unit, status, source, low, high}`.
    allow
        Other folders in which the tables of a scenario file may stand.

    Returns
    -------
    Scenario
        Frozen; `scenario.evidence` holds unit, status, source and range by dotted key.

    Raises
    ------
    InputError
        With every problem found: unreadable file, unknown key, value out of range, a path that
        leaves the folder.

    Notes
    -----
    A bare value that replaces another has the status `given` and keeps its unit. A range moves
    along with the value, by the same amount, within what the setting may be.
    """
    named = PACKAGED if path is None else str(path)
    start = packaged_scenario(named) if named in SCENARIOS else Path(named)
    draft = Draft()
    read: list[Path] = []
    packaged = (packaged_scenario(name).parent for name in SCENARIOS)
    folders = [*packaged, *(Path(folder).expanduser() for folder in allow)]
    problems = Problems()
    for file, content in reversed(list(layers(start))):
        folders.append(file.parent)
        if isinstance(content, Settings):
            _put_workbook(draft, content, folders, problems)
        else:
            _put_layer(draft, content, file, folders)
        read.append(file)
    for key, value in _pairs(overrides or {}):
        override(draft, key, value, SET, SET, problems)
    return finish(draft, tuple(read), problems, str(read[-1]))


SET = "--set"
"""Origin and source of what is set over a file."""


def _put_layer(draft: Draft, content: dict[str, Any], file: Path, folders: list[Path]) -> None:
    """Put what a file holds over what the files that it extends hold.

    The tables it names must stand in one of the folders.
    """
    problems = Problems()
    outside: dict[str, Path] = {}
    for parts, here, given in walk(content):
        if given == {} and here is not None and not here.is_setting:
            section(draft.tree, parts)
            continue
        value = put(draft, parts, here, given, str(file), str(file), file.parent, problems)
        key = dotted(parts)
        if names_file(value, key) and not is_within(Path(value), folders):
            outside[key] = Path(value)
    refuse_outside(file, outside, problems)
    problems.raise_if_any()


HOW = 'Add it; "nelfin new DIR --excel" makes a workbook with every sheet.'
"""How to come by a sheet that is missing."""


def _put_workbook(draft: Draft, book: Settings, folders: list[Path], problems: Problems) -> None:
    """Put what a workbook holds over what the scenario that it extends holds."""
    file = str(book.file)
    problems.found.extend(book.problems)
    outside: dict[str, Path] = {}
    for row in book.rows:
        here, key = schema_at(row.parts), dotted(row.parts)
        if here is None or not here.is_setting:
            override(draft, key, row.given, row.where, file, problems)
            continue
        if row.made is not None:
            draft.figures[key] = row.made
        value = put(draft, row.parts, here, row.given, row.where, file, book.file.parent, problems)
        if row.remedy:
            draft.remedies[key] = row.remedy
        if names_file(value, key) and not is_within(Path(value), folders):
            outside[key] = Path(value)
    for name, field in Data.model_fields.items():
        parts = ("data", name)
        sheet = book.tables.get(name, name)
        if name in book.tables:
            place = f"{file}, sheet {sheet}"
            put(draft, parts, schema_at(parts), f"{file}#{sheet}", place, file, Path(), problems)
        elif field.is_required() and book.extends is None:
            what = f'has no sheet "{name}": {field.description}'
            problems.add(file, what, HOW)
            section(draft.tree, ("data",))[name] = f"{file}#{name}"  # one problem is enough
    refuse_outside(book.file, outside, problems)
    draft.readings.extend(book.readings)


def _pairs(overrides: Mapping[str, Any] | Sequence[str]) -> list[tuple[str, Any]]:
    if isinstance(overrides, Mapping):
        return [(str(key), value) for key, value in overrides.items()]
    pairs = [_parse_pair(text) for text in overrides]
    seen: set[Parts] = set()
    for key, _ in pairs:
        if split_key(key) in seen:
            raise InputError.one(f"{SET} {key}", "is given twice.", "Keep one of them.")
        seen.add(split_key(key))
    return pairs


_PAIR = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^"=])+)=(.*)', re.DOTALL)
"""A key, whose names in double quotes may hold an equals sign, and a value."""


def _parse_pair(text: str) -> tuple[str, Any]:
    match = _PAIR.fullmatch(text)
    if match is None or not match[1].strip():
        raise InputError.one(
            f"{SET} {text}", "is not KEY=VALUE.", "Write, say, --set capital.gap_pct=1."
        )
    key, value = (part.strip() for part in match.groups())
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return key, value  # a bare word is a text
