"""Prevention and recovery: draws worked out at once, beside a loop of single runs."""

from __future__ import annotations

import resource
import sys
from typing import Any

import numpy as np
import pytest

from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.capital import solve_capital
from nelfin.system.draws import draw_positions
from nelfin.system.joint import Joint, join


@pytest.fixture(scope="module")
def joint(scenario: Scenario, inputs: Inputs) -> Joint:
    return join(scenario, inputs, solve_capital(scenario, inputs))


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
def test_draws_at_once(
    benchmark: Any, scenario: Scenario, inputs: Inputs, joint: Joint, count: int, smoke: bool
) -> None:
    benchmark.group = "draws of the joint run"
    count = 10 if smoke else count
    benchmark.pedantic(draw_positions, (scenario, inputs, joint, count), rounds=1 if smoke else 3)
    benchmark.extra_info["size"] = count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    benchmark.extra_info["peak_mb"] = round(peak / (1e6 if sys.platform == "darwin" else 1e3))


def test_100_single_runs(
    benchmark: Any, scenario: Scenario, inputs: Inputs, joint: Joint, smoke: bool
) -> None:
    """What the draws would be one by one."""
    benchmark.group = "draws one by one"
    count = 2 if smoke else 100
    values = np.linspace(60.0, 100.0, count)

    def loop() -> None:
        for value in values:
            one = changed(scenario, {"recovery.efficiency_delivery_pct": float(value)})
            join(one, inputs, joint.plan)

    benchmark.pedantic(loop, rounds=1)
    benchmark.extra_info["size"] = count
