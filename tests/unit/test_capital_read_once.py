"""A run types and checks the tables of its capital plan once, for all the cases it makes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import pytest

import nelfin
from nelfin.data import Inputs, load, tables
from nelfin.models.capital import checked
from nelfin.models.capital.case import case_of
from nelfin.scenario import Scenario
from nelfin.system.capital import check_schemes
from nelfin.system.capital_limits import limits_of

pytestmark = pytest.mark.unit


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each table is typed, and how often its rows are made into schemes."""
    count: Counter[str] = Counter()
    inspect, schemes_of = tables.inspect, checked.schemes_of

    def inspected(raw: Any, spec: tables.Table) -> Any:
        count[spec.title] += 1
        return inspect(raw, spec)

    def made(*given: Any) -> Any:
        count["made into schemes"] += 1
        return schemes_of(*given)

    load._read.cache_clear()  # what earlier tests have read is not read again
    monkeypatch.setattr(tables, "inspect", inspected)
    monkeypatch.setattr(checked, "schemes_of", made)
    return count


@pytest.mark.parametrize("feedback", [False, True])
def test_a_run_reads_its_schemes_once(readings: Counter[str], feedback: bool) -> None:
    settings = {
        "capital.relax": True,
        "capital.feedback": feedback,
    }
    result = nelfin.run(nelfin.load_scenario(overrides=settings))
    assert (result.provenance["capital_passes"] > 1) == feedback
    assert readings["capital schemes"] == 1
    assert readings["capital limits"] == 1
    assert readings["floors, caps and targets of the capital plan"] == 1
    assert readings["made into schemes"] == 1


def test_a_table_of_anyones_is_read_once_too(readings: Counter[str], inputs: Inputs) -> None:
    readings.clear()
    nelfin.models.capital.solve(
        inputs.projects, inputs.capital_limits, relax=True, leave_out=True, check_prices=False
    )
    assert readings["capital schemes"] == readings["made into schemes"] == 1


def test_tables_that_are_typed_make_the_same_case_as_tables_that_are_not(
    scenario: Scenario, inputs: Inputs
) -> None:
    typed = check_schemes(scenario, inputs)
    again = checked.check_capital(
        inputs.projects.astype(object), inputs.capital_limits, typed.settings
    )
    pd.testing.assert_frame_equal(again.projects, typed.projects)
    limits = limits_of(scenario, inputs)
    assert case_of(again, limits).program == case_of(typed, limits).program
