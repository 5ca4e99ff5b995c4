"""Instances that benchmarks share: the embedded pipeline, and copies of it side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

import nelfin
from nelfin.data import Inputs, load_inputs
from nelfin.models.capital import Settings
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.scenario import Scenario


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--smoke", action="store_true", help="Run each benchmark once, on little.")


@pytest.fixture(scope="session")
def smoke(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--smoke"))


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return nelfin.load_scenario()


@pytest.fixture(scope="session")
def inputs(scenario: Scenario) -> Inputs:
    return load_inputs(scenario)


def renamed(links: str, copy: int) -> str:
    """Rename the ids of a cell, the lag kept: P1+2 becomes P1-7+2."""
    found = []
    for link in (part for part in links.split(";") if part):
        name, plus, lag = link.partition("+")
        found.append(f"{name}-{copy}{plus}{lag}")
    return ";".join(found)


def copies(inputs: Inputs, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set copies of the pipeline side by side, each a system of its own."""
    base = inputs.projects
    projects = pd.concat(
        [
            base.assign(
                system=f"S{copy}",
                project_id=base["project_id"] + f"-{copy}",
                organisation=base["organisation"] + f"-{copy}",
                option_of=[renamed(text, copy) for text in base["option_of"]],
                requires=[renamed(text, copy) for text in base["requires"]],
                excludes=[renamed(text, copy) for text in base["excludes"]],
            )
            for copy in range(count)
        ],
        ignore_index=True,
    )
    limits = pd.concat(
        [inputs.capital_limits.assign(system=f"S{copy}") for copy in range(count)],
        ignore_index=True,
    )
    return projects, limits


SETTINGS: dict[str, Any] = {"price_growth_pct": 2.5, "leave_out": True, "check_prices": False}


@dataclass(frozen=True)
class Size:
    """A capital case and how large it is."""

    schemes: int
    case: Case


@pytest.fixture(scope="session", params=[1, 10], ids=["332 schemes", "3,320 schemes"])
def size(request: pytest.FixtureRequest, inputs: Inputs, smoke: bool) -> Size:
    count = 1 if smoke else request.param
    projects, _ = copies(inputs, count)
    limits = inputs.capital_limits.assign(limit_gbp_m=inputs.capital_limits["limit_gbp_m"] * count)
    return Size(len(projects), case_of(check_capital(projects, limits, Settings(**SETTINGS))))
