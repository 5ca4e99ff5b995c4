"""Read every table a scenario names, and check that they fit each other and the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from nelfin.data.files import read_raw
from nelfin.data.specs import OPENING_FILE, PROJECTS_BY_CRITERIA, TABLES, WHOLE_SYSTEM
from nelfin.data.tables import Table, check, empty_table
from nelfin.errors import InputError, Problems
from nelfin.scenario import Scenario
from nelfin.scenario.paths import is_opening_file

ANY_TRUST = "trusts"
"""In the efficiency table: every trust, by turnover."""

SYSTEM = "system"
"""In the efficiency table: every organisation, by turnover."""


@dataclass(frozen=True)
class Inputs:
    """The tables of one scenario, checked. Each has one row a figure or a thing."""

    allocations: pd.DataFrame
    weighted_populations: pd.DataFrame
    need_weights: pd.DataFrame
    area_costs: pd.DataFrame
    openings: pd.DataFrame
    pace_rules: pd.DataFrame
    growth_bounds: pd.DataFrame
    ring_fences: pd.DataFrame
    public_health_grants: pd.DataFrame
    spend_by_setting: pd.DataFrame
    population_growth: pd.DataFrame
    population_shares: pd.DataFrame
    prevention_programmes: pd.DataFrame
    organisations: pd.DataFrame
    positions: pd.DataFrame
    efficiency_schemes: pd.DataFrame
    organisation_places: pd.DataFrame
    uplift_factors: pd.DataFrame
    projects: pd.DataFrame
    capital_limits: pd.DataFrame
    capital_rules: pd.DataFrame
    deprivation: pd.DataFrame
    asset_types: pd.DataFrame
    called: Mapping[str, str] = field(default_factory=dict)
    """What each table that was read is called in errors; files of openings by their path."""

    def places(self) -> list[str]:
        """Return the places in the order of the weighted populations."""
        names = dict.fromkeys(self.weighted_populations["place"].tolist())
        return [name for name in names if name != WHOLE_SYSTEM]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        return {name: getattr(self, name) for name in TABLES}


def opening_files(scenario: Scenario) -> list[str]:
    """Return the files that streams name as their opening position, each once."""
    named = [stream.opening for stream in scenario.allocation.streams.values()]
    return list(dict.fromkeys(name for name in named if is_opening_file(name)))


def load_inputs(scenario: Scenario, models: bool = True) -> Inputs:
    """Read and check every table of a scenario.

    Parameters
    ----------
    scenario
        Names the tables.
    models
        Check also how the tables of prevention, recovery and capital fit; place budgets do
        without.

    Raises
    ------
    InputError
        With every problem of every table, and of how they fit together.
    """
    problems = Problems()
    tables: dict[str, pd.DataFrame] = {}
    called: dict[str, str] = {}

    def read(name: str, path: str | Path, spec: Table) -> pd.DataFrame:
        raw = read_raw(path)
        called[name] = raw.place
        return check(raw, spec)

    for name, spec in TABLES.items():
        path = getattr(scenario.data, name)
        criteria = name == "projects" and scenario.capital.benefit == "criteria"
        fits = PROJECTS_BY_CRITERIA if criteria else spec
        try:
            tables[name] = empty_table(fits) if path is None else read(name, path, fits)
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
    from nelfin.data.checks import check_together

    check_together(scenario, inputs, models)
    return inputs
