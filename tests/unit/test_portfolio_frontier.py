"""The frontier of a portfolio: a larger pool is worth no less, however short the time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nelfin.models import portfolio
from nelfin.models.capital.solving import solve_program

pytestmark = pytest.mark.unit

INITIATIVES = pd.DataFrame(
    {
        "initiative_id": ["A", "B", "C"],
        "name": ["Falls", "Tobacco", "Reading"],
        "cost_1": [2.0, 3.0, 4.0],
        "qalys_1": [400.0, 500.0, 600.0],
    }
)
POOLS = pd.DataFrame({"year": ["2026/27"], "pool_gbp_m": [4.0]})
SIZES = (50.0, 100.0, 150.0, 250.0)


def values() -> list[float]:
    found = portfolio.solve(INITIATIVES, POOLS, frontier_pct=SIZES).frontier
    assert list(found["pool_pct"]) == list(SIZES)
    return [float(value) for value in found["value"]]


def test_each_size_has_its_best_portfolio() -> None:
    elsewhere = 1e6 / 13_500
    assert values() == pytest.approx(
        [
            400 - 2 * elsewhere,
            600 - 4 * elsewhere,
            1000 - 6 * elsewhere,
            1500 - 9 * elsewhere,
        ]
    )


def test_a_size_without_time_keeps_what_fits_a_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def hurried(case: Any, begin: Any, watch: Any) -> Any:
        bound, found = solve_program(case, begin, watch)
        if begin is None:
            return bound, found
        return bound, replace(found, values=np.zeros_like(found.values), objective=0.0)

    monkeypatch.setattr("nelfin.models.portfolio.frontier.solve_program", hurried)
    small, given, *larger = values()
    assert larger == [given, given]
    assert given > small > 0


def test_other_sizes_are_proven_no_closer_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def seen(case: Any, begin: Any, watch: Any) -> Any:
        asked.append(case.settings.gap_pct)
        return solve_program(case, begin, watch)

    monkeypatch.setattr("nelfin.models.portfolio.frontier.solve_program", seen)
    portfolio.solve(INITIATIVES, POOLS, frontier_pct=SIZES, gap_pct=0.5, frontier_gap_pct=2.0)
    portfolio.solve(INITIATIVES, POOLS, frontier_pct=SIZES, gap_pct=3.0, frontier_gap_pct=2.0)
    assert asked == [2.0] * 3 + [3.0] * 3
