"""Convergence of an allocation to its fair share, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from two_places import table_of_allocations

from nelfin.allocations.budgets import Money, envelopes
from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.unit


def converging(scenario: Scenario, inputs: Inputs, **settings: Any) -> Money:
    """Return the envelope of 100 in 2023/24 that grows by 10 % a year before it converges."""
    section = Envelope(plan_total_gbp_m=5000.0, growth_pct={"core": 10.0}, **settings)
    streams = {"core": Stream(need="final_core")}
    mine = scenario.model_copy(
        update={
            "years": Years(first="2023/24", last="2027/28"),
            "envelope": section,
            "allocation": Allocation(streams=streams),
        }
    )
    rows = table_of_allocations([("core", "2023/24", 100.0, None)])
    return envelopes(replace(inputs, allocations=rows), mine)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"convergence_rule": "none", "distance_from_target_pct": {"core": 5.0}}, [0, 0, 0, 0]),
        (
            {"convergence_rule": "given", "convergence_pct": {"core": -0.5}},
            [-0.005, -0.005, -0.005, -0.005],
        ),
        # 21 % above target is two steps of 1 / 1.1
        (
            {
                "convergence_rule": "fair-share",
                "distance_from_target_pct": {"core": 21.0},
                "fair_share_year": "2025/26",
            },
            [1 / 1.1 - 1, 1 / 1.1 - 1, 0, 0],
        ),
        # a year that is past closes the distance in the first there is
        (
            {
                "convergence_rule": "fair-share",
                "distance_from_target_pct": {"core": -20.0},
                "fair_share_year": "2022/23",
            },
            [0.25, 0, 0, 0],
        ),
        # a fifth of 2 %, then of 0.98 x 1.004 - 1 and so on, all within 0.5 %
        (
            {"convergence_rule": "clipped", "distance_from_target_pct": {"core": -2.0}},
            [0.004, 0.2 * (1 - 0.98392), 0.2 * (1 - 0.98392 * 1.003216), 0.002073186750781],
        ),
        # a fifth of 10 % is more than the most there may be
        (
            {"convergence_rule": "clipped", "distance_from_target_pct": {"core": 10.0}},
            [-0.005, -0.005, -0.005, -0.005],
        ),
        ({"convergence_rule": "given", "convergence_pct": {"acute": 1.0}}, [0, 0, 0, 0]),
        ({"convergence_rule": "fair-share"}, [0, 0, 0, 0]),
    ],
    ids=["none", "given", "fair share", "fair share at once", "clipped", "clipped at the most",
         "of another stream", "without a distance"],
)  # fmt: skip
def test_convergence_by_hand(
    scenario: Scenario, inputs: Inputs, settings: dict[str, Any], path: list[float]
) -> None:
    money = converging(scenario, inputs, **settings)
    expected = 100.0 * np.cumprod([1.0, *(1.1 * (1 + step) for step in path)])
    assert money.envelope[0] == pytest.approx(expected, rel=1e-12)
    # growth is what the envelope grows by, convergence in it
    assert money.growth[0, 1:] == pytest.approx([1.1 * (1 + s) - 1 for s in path], abs=1e-12)
    assert money.convergence[0] == pytest.approx([0.0, *(1.1 * s for s in path)], abs=1e-12)


def test_a_published_allocation_does_not_converge(scenario: Scenario, inputs: Inputs) -> None:
    mine = changed(
        scenario,
        {"envelope.convergence_rule": "given", "envelope.convergence_pct.core": 2.0,
         "envelope.convergence_pct.specialised": 1.0},
    )  # fmt: skip
    money, plain = envelopes(inputs, mine), envelopes(inputs, scenario)
    names, years = list(scenario.allocation.streams), scenario.years.labels()
    published = years.index("2025/26") + 1
    np.testing.assert_array_equal(money.envelope[:, :published], plain.envelope[:, :published])
    ratio = (money.envelope / np.where(plain.envelope > 0, plain.envelope, 1.0))[:, published]
    for at, name in enumerate(names):
        assert ratio[at] == pytest.approx({"core": 1.02, "specialised": 1.01}.get(name, 1.0))
