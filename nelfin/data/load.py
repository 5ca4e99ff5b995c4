"""Read every table a scenario names, and check that they fit each other and the scenario."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from nelfin.data.inputs import Inputs
from nelfin.data.reading import read_meant
from nelfin.data.reading.names import one_spelling
from nelfin.data.specs import OPENING_FILE, TABLES, projects_spec
from nelfin.data.specs.columns import Table
from nelfin.data.tables import check, empty_table
from nelfin.errors import InputError, Problems
from nelfin.scenario import Scenario
from nelfin.scenario.load import SCENARIO_FILE
from nelfin.scenario.paths import opening_files, original_of, require_packaged
from nelfin.scenario.schema import Data
from nelfin.store.kept import Kept
from nelfin.store.sheets.names import split_sheet
from nelfin.store.sheets.texts import MOST_BYTES
from nelfin.store.writing import read_at_most

KEPT = 64
"""Tables that are kept as read: those of two scenarios."""


def load_inputs(scenario: Scenario, models: bool = True) -> Inputs:
    """Read and check every table of a scenario.

    Parameters
    ----------
    scenario
        Names the tables.
    models
        Check also how the tables of prevention, recovery and capital fit; place budgets do
        without.

    Returns
    -------
    Inputs
        Every table, typed; one left out has no rows.

    Raises
    ------
    InputError
        With every problem of every table, and of how they fit together.
    """
    problems = Problems()
    tables: dict[str, pd.DataFrame] = {}
    called: dict[str, str] = {}
    readings = list(scenario.readings)

    def read(name: str, path: str | Path, spec: Table) -> pd.DataFrame:
        key = f"data.{name}" if name in TABLES else "allocation.streams"
        require_packaged(f"scenario, {key}", Path(path))
        called[name], table, notes = _read(str(path), spec, _digest(path))
        readings.extend(notes)
        return table.copy(deep=False)  # what is written to it leaves the one that is kept alone

    for name, spec in TABLES.items():
        path = getattr(scenario.data, name)
        fits = projects_spec(scenario.capital.benefit) if name == "projects" else spec
        try:
            tables[name] = _nothing(fits) if path is None else read(name, path, fits)
        except InputError as error:
            problems.extend(error)
    own = []
    for path in opening_files(scenario):
        try:
            own.append(read(path, path, OPENING_FILE))
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    files = dict(zip(opening_files(scenario), own, strict=True))
    one_spelling(scenario, {**tables, **files}, called, readings, problems)
    problems.raise_if_any()
    given = [table.assign(opening=path) for path, table in files.items()]
    tables["openings"] = pd.concat([tables["openings"], *given])
    inputs = Inputs(**tables, called=called, readings=tuple(readings))
    from nelfin.data.checks.together import check_together

    check_together(scenario, inputs, models)
    return inputs


@lru_cache(maxsize=KEPT)
def _read(path: str, spec: Table, _content: str) -> tuple[str, pd.DataFrame, tuple[str, ...]]:
    """Read and check a table: once for a content, so that a case of many does not do it again."""
    raw, notes = read_meant(path, spec)
    return raw.place, check(raw, spec), notes


@lru_cache(maxsize=KEPT)
def _empty(spec: Table) -> pd.DataFrame:
    return empty_table(spec)


def _nothing(spec: Table) -> pd.DataFrame:
    """Return a table without rows, to be written to."""
    return _empty(spec).copy(deep=False)


def _digest(path: str | Path) -> str:
    """Return the SHA-256 of a file; "" where it cannot be read, which reading the table says."""
    try:
        content = read_at_most(split_sheet(path)[0], MOST_BYTES)
    except (OSError, ValueError):
        content = None
    return "" if content is None else hashlib.sha256(content).hexdigest()


def read_files(scenario: Scenario) -> list[Kept]:
    """Read every file that a run of a scenario rests on, as it is.

    Parameters
    ----------
    scenario
        Names the files.

    Returns
    -------
    list of Kept
        Scenario files, by their number; tables, by their key in `[data]`; files of openings.
    """
    files = {f"{SCENARIO_FILE}{n}": path for n, path in enumerate(scenario.files, start=1)}
    named = {name: getattr(scenario.data, name) for name in Data.model_fields}
    files |= {name: path for name, path in named.items() if path is not None}
    files |= {
        f"opening {original_of(scenario, path)}": Path(path) for path in opening_files(scenario)
    }
    contents: dict[Path, bytes] = {}
    kept = []
    for name, path in files.items():
        file = split_sheet(path)[0]
        if file not in contents:
            contents[file] = file.read_bytes()
        kept.append(Kept(name, original_of(scenario, file), contents[file]))
    return kept


def load_and_keep(scenario: Scenario) -> tuple[Inputs, list[Kept]]:
    """Read and check every table of a scenario, and keep what its files held.

    Parameters
    ----------
    scenario
        Names the files.

    Returns
    -------
    inputs : Inputs
        As from `load_inputs`.
    kept : list of Kept
        As from `read_files`.

    Raises
    ------
    InputError
        As `load_inputs`; or if a table was changed meanwhile, so that what is kept is not what was
        read.
    """
    paths = [*filter(None, dict(scenario.data).values()), *map(Path, opening_files(scenario))]
    before = {original_of(scenario, split_sheet(path)[0]): _digest(path) for path in paths}
    inputs, kept = load_inputs(scenario), read_files(scenario)
    problems = Problems()
    for original, digest in {each.original: each.sha256 for each in kept}.items():
        if before.get(original, digest) != digest:
            problems.add(original, "was changed while it was read.", "Run it again.")
    problems.raise_if_any()
    return inputs, kept


def read_tables(scenario: Scenario) -> list[Kept]:
    """Read the tables of a scenario as they are, without the files of its settings.

    Parameters
    ----------
    scenario
        Names the tables.

    Returns
    -------
    list of Kept
        As from `read_files`.
    """
    return [each for each in read_files(scenario) if not each.name.startswith(SCENARIO_FILE)]


def places_of(scenario: Scenario, kept: Iterable[Kept]) -> dict[str, str]:
    """Return where the files of a scenario are kept in the folder of its run.

    Parameters
    ----------
    scenario
        The scenario.
    kept
        Its files.

    Returns
    -------
    dict
        Path in the folder by the path that the scenario reads, without a sheet.
    """
    by_original = {each.original: each.file for each in kept}
    paths = [*filter(None, dict(scenario.data).values()), *opening_files(scenario)]
    read = {split_sheet(path)[0] for path in paths}
    return {str(file): by_original[original_of(scenario, file)] for file in read}


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """Return the SHA-256 of every file that a run of a scenario rests on, by its name.

    Parameters
    ----------
    scenario
        Names the files.

    Returns
    -------
    dict
        64 hexadecimal digits by name, as `read_files` gives them.
    """
    return {each.name: each.sha256 for each in read_files(scenario)}
