"""Read every table a scenario names, and check that they fit each other and the scenario."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import pandas as pd

from nelfin.data.files import MOST_BYTES, read_raw
from nelfin.data.inputs import Inputs
from nelfin.data.specs import OPENING_FILE, PROJECTS_BY_CRITERIA, TABLES
from nelfin.data.specs.columns import Table
from nelfin.data.tables import check, empty_table
from nelfin.errors import InputError, Problems
from nelfin.scenario import Scenario
from nelfin.scenario.paths import opening_files, require_packaged, split_sheet
from nelfin.scenario.schema import Data
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

    def read(name: str, path: str | Path, spec: Table) -> pd.DataFrame:
        key = f"data.{name}" if name in TABLES else "allocation.streams"
        require_packaged(f"scenario, {key}", Path(path))
        called[name], table = _read(str(path), spec, _digest(path))
        return table.copy(deep=False)  # what is written to it leaves the one that is kept alone

    for name, spec in TABLES.items():
        path = getattr(scenario.data, name)
        criteria = name == "projects" and scenario.capital.benefit == "criteria"
        fits = PROJECTS_BY_CRITERIA if criteria else spec
        try:
            tables[name] = _nothing(fits) if path is None else read(name, path, fits)
        except InputError as error:
            problems.extend(error)
    own = []
    for path in opening_files(scenario):
        try:
            own.append(read(path, path, OPENING_FILE).assign(opening=path))
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    tables["openings"] = pd.concat([tables["openings"], *own])
    inputs = Inputs(**tables, called=called)
    from nelfin.data.checks.together import check_together

    check_together(scenario, inputs, models)
    return inputs


@lru_cache(maxsize=KEPT)
def _read(path: str, spec: Table, _content: str) -> tuple[str, pd.DataFrame]:
    """Read and check a table: once for a content, so that a case of many does not do it again."""
    raw = read_raw(path)
    return raw.place, check(raw, spec)


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


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """Return the SHA-256 of every file a run has read, by its name in the scenario.

    Parameters
    ----------
    scenario
        Names the files.

    Returns
    -------
    dict
        64 hexadecimal digits by name: `scenario 1`, the key in `[data]`, `opening PATH`.
    """
    files = {f"scenario {n}": path for n, path in enumerate(scenario.files, start=1)}
    named = {name: getattr(scenario.data, name) for name in Data.model_fields}
    files |= {name: path for name, path in named.items() if path is not None}
    files |= {f"opening {path}": Path(path) for path in opening_files(scenario)}
    return {
        name: hashlib.sha256(split_sheet(path)[0].read_bytes()).hexdigest()
        for name, path in files.items()
    }
