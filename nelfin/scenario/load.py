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
    NATIONAL,
    PACKAGED,
    SCENARIOS,
    called,
    is_within,
    located,
    names_file,
    packaged_folder,
    packaged_scenario,
    refuse_outside,
    true_folder,
)
from nelfin.scenario.schema import Data, Scenario
from nelfin.scenario.settings_sheet import Settings
from nelfin.store.kept import SCENARIO, check_kept, is_run_folder, read_record

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
        same from what is known in 2026; or the folder of a run, which is loaded from what it keeps.
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
    if is_run_folder(Path(named)):
        return _load_kept(Path(named).resolve(), overrides, allow)
    start = packaged_scenario(named) if named in SCENARIOS else Path(named)
    made = _load(start, overrides, allow)
    *above, own = made.files
    if named not in SCENARIOS:
        above = [file for file in above if file != packaged_scenario(NATIONAL).resolve()]
        own = above[-1] if above else own
    made._parent = own
    return made


def _load(
    start: Path,
    overrides: Mapping[str, Any] | Sequence[str] | None,
    allow: Sequence[str | Path],
) -> Scenario:
    """Load a scenario file, those it extends, and what is set over them."""
    draft = Draft()
    read: list[Path] = []
    packaged = (packaged_scenario(name).parent for name in SCENARIOS)
    allowed = (Path(folder).expanduser() for folder in allow)
    folders = [true_folder(folder) for folder in (*packaged, *allowed)]
    problems = Problems()
    for file, content in reversed(list(layers(start))):
        folders.append(true_folder(file.parent))
        if isinstance(content, Settings):
            _put_workbook(draft, content, folders, problems)
        else:
            _put_layer(draft, content, file, folders)
        read.append(file)
    for key, value in _pairs(overrides or {}):
        override(draft, key, value, SET, SET, problems)
    made = finish(draft, tuple(read), problems, str(read[-1]))
    made._allowed = tuple(Path(folder).expanduser() for folder in allow)
    return made


def _load_kept(
    folder: Path,
    overrides: Mapping[str, Any] | Sequence[str] | None,
    allow: Sequence[str | Path],
) -> Scenario:
    """Load the scenario of a run from what its folder keeps, as it was when the run was done."""
    record = read_record(folder)
    if not record.get("kept"):
        raise InputError.one(
            str(folder),
            "does not hold the tables it has read: a version before it kept them made it.",
            "Run the scenario itself.",
        )
    check_kept(folder, record)
    file = folder / SCENARIO
    made = _load(file, overrides, allow)
    came_from = {
        key: str(located(name)) for name, keys in record["origins"].items() for key in keys
    }
    # what the file of a run gives is what the run's own files gave, or a default
    made._origins = {
        key: came_from[key] if origin == str(file) else origin
        for key, origin in made.origins.items()
        if origin != str(file) or key in came_from
    }
    kept = record["kept"]
    made._files = tuple(folder / kept[name] for name in kept if name.startswith(SCENARIO_FILE))
    made._originals = {
        str(folder / file): part["originals"][name]
        for part in (record["base"], record)
        for name, file in part.get("kept", {}).items()
    }
    made._parent = made.files[-1]  # what it is a change of, its base says
    return made


def origins_by_file(scenario: Scenario) -> dict[str, list[str]]:
    """Return the settings of a scenario by what gave them, as a run tells it.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    dict
        Dotted keys by file, as in `nel:scenario.toml`, or `--set`.
    """
    found: dict[str, list[str]] = {}
    for key, origin in scenario.origins.items():
        found.setdefault(called(origin), []).append(key)
    return found


SCENARIO_FILE = "scenario "
"""What a run calls the scenario files it has read, with their number."""

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
