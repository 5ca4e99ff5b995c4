"""The share of a baseline that pace of change may move, by year: with the allocation, or set."""

from __future__ import annotations

from dataclasses import replace

import pytest
from two_places import Solve, allocator, places, table_of_allocations, table_of_openings

from nelfin.allocations.yearly import restricted_shares
from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.schema import Allocation, Stream, Years

pytestmark = pytest.mark.unit


@pytest.fixture
def solve(scenario: Scenario, inputs: Inputs) -> Solve:
    return allocator(scenario, inputs)


@pytest.mark.parametrize(
    ("told", "by_year"),
    [
        ({}, [0.7, 0.7, 0.7, 0.7]),
        ({"2023/24": 0.4}, [0.4, 0.4, 0.4, 0.4]),
        ({"2025/26": 0.4}, [0.7, 0.7, 0.4, 0.4]),
        ({"2025/26": 0.2, "2023/24": 0.4}, [0.4, 0.4, 0.2, 0.2]),
        ({"2023/24": None, "2024/25": 0.0, "2025/26": None}, [0.7, 0.0, 0.0, 0.0]),
        # before and after the plan
        ({"2021/22": 0.5, "2030/31": 0.1}, [0.5, 0.5, 0.5, 0.5]),
    ],
    ids=str,
)
def test_the_share_of_an_allocation_goes_on_until_the_next(
    scenario: Scenario, inputs: Inputs, told: dict[str, float | None], by_year: list[float]
) -> None:
    streams = {"one": Stream(need="final_core", restricted_share=0.7), "other": Stream()}
    mine = scenario.model_copy(
        update={
            "years": Years(first="2023/24", last="2026/27"),
            "allocation": Allocation(streams=streams),
        }
    )
    rows = [("one", year, 10.0, None, share) for year, share in told.items()]
    tables = replace(inputs, allocations=table_of_allocations(rows))
    assert restricted_shares(mine, tables).tolist() == [by_year, [1.0, 1.0, 1.0, 1.0]]


def test_it_holds_each_place_to_its_part_of_the_way(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="full", restricted_share=0.0)
    data = solve(
        [("core", "2023/24", 100.0, None), ("core", "2024/25", 110.0, None, 0.5)],
        {"core": stream},
        last="2025/26",
        growth_pct=10.0,
        openings=table_of_openings("cash_gbp_m", A=1.0, B=1.0),
    )
    assert places(data, "budget") == pytest.approx([50.0, 50.0])
    # half of the money goes by need, 0.4 and 0.6, the other half as before
    assert places(data, "budget", "2024/25") == pytest.approx([22.0 + 27.5, 33.0 + 27.5])
    assert places(data, "budget", "2025/26") == pytest.approx([24.2 + 27.225, 36.3 + 33.275])


def test_the_embedded_share_stands_with_the_specialised_allocation(
    scenario: Scenario, inputs: Inputs
) -> None:
    shares = dict(
        zip(scenario.allocation.streams, restricted_shares(scenario, inputs).tolist(), strict=True)
    )
    assert shares.pop("specialised") == [0.68] * 2 + [0.743256] * 8
    assert set(map(tuple, shares.values())) == {(1.0,) * 10}
