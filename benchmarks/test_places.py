"""Places: reading practices, budgets of many systems, and rules on many rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nelfin.allocations import allocate, converge
from nelfin.data import Inputs
from nelfin.data.practices import place_practices, read_practices, sum_to_places
from nelfin.data.practices.systems import choose
from nelfin.scenario import Scenario

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def test_practices_of_england(benchmark: Any, smoke: bool) -> None:
    """Read NHS England's file and place every practice, system by system."""
    file = SHARED / "nhse_practice_weighted_populations_2025_26.csv"
    if not file.is_file():
        pytest.skip("the practice file is not beside the project")
    benchmark.group = "practices of England"

    def read_and_place() -> tuple[int, int]:
        practices = read_practices(file)
        systems = [choose(practices, [str(code)]) for code in practices.table["icb"].unique()]
        placed = [place_practices(system, None) for system in systems]
        for system, practice_places in zip(systems, placed, strict=True):
            sum_to_places(system.table, practice_places["place"])
        return sum(len(each) for each in placed), len(systems)

    count, systems = benchmark.pedantic(read_and_place, rounds=1 if smoke else 3)
    benchmark.extra_info["practices"] = count
    benchmark.extra_info["systems"] = systems


@pytest.mark.parametrize("systems", [1, 42])
def test_budgets(
    benchmark: Any, scenario: Scenario, inputs: Inputs, systems: int, smoke: bool
) -> None:
    """Need and budgets of seven places over ten years, once read; one system after the other."""
    systems = min(systems, 2) if smoke else systems
    benchmark.group = "need and budgets over ten years"

    def all_systems() -> None:
        for _ in range(systems):
            allocate(scenario, inputs)

    benchmark.pedantic(all_systems, rounds=1 if smoke else 5, warmup_rounds=1)
    benchmark.extra_info["size"] = systems


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
def test_converge(benchmark: Any, count: int, smoke: bool) -> None:
    benchmark.group = "converge rows under nhse-core-2025-26"
    count = 100 if smoke else count
    rng = np.random.default_rng(0)
    baseline = rng.uniform(10.0, 5000.0, count)
    target = baseline * rng.uniform(0.9, 1.1, count)
    found = benchmark.pedantic(
        converge, (baseline, 0.04, target, "nhse-core-2025-26"), rounds=1 if smoke else 9,
        warmup_rounds=1,
    )  # fmt: skip
    assert np.isfinite(pd.Series(found.allocation)).all()
    benchmark.extra_info["size"] = count
