"""The portfolio of programmes: 400 initiatives over five years with six skills of staff."""

from __future__ import annotations

from typing import Any

import pytest
from programmes import programmes
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from nelfin.models.portfolio import Settings, solve
from nelfin.models.portfolio.case import case_of
from nelfin.models.portfolio.checked import check_portfolio

ROOMS = {"half": 0.5, "a third": 0.3, "a seventh": 0.15}
"""Money and staff there are, of what all initiatives would need: the less, the harder."""


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_portfolio_ours(benchmark: Any, room: str, seed: int, smoke: bool) -> None:
    """From tables to a portfolio with its prices and reasons, to 0.5 %."""
    benchmark.group = f"portfolio of 400, {room} of what all need, to 0.5 %"
    tables = programmes(40 if smoke else 400, seed=seed, share=ROOMS[room])
    found = benchmark.pedantic(
        solve, kwargs={**tables, "frontier_pct": (), "time_limit_s": 120.0}, rounds=1
    )
    benchmark.extra_info["gap_pct"] = round(100 * found.solve.gap, 3)
    benchmark.extra_info["chosen"] = int((found.plan["status"] == "chosen").sum())
    benchmark.extra_info["columns"] = found.solve.variables
    assert found.solve.status == "optimal"


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_portfolio_plain(benchmark: Any, room: str, seed: int, smoke: bool) -> None:
    """The same program handed to SciPy's HiGHS: the search alone, without tables and reasons."""
    benchmark.group = f"portfolio of 400, {room} of what all need, to 0.5 %"
    tables = programmes(40 if smoke else 400, seed=seed, share=ROOMS[room])
    settings = Settings(staff=tables["staff"], floors=tables["floors"])
    program = case_of(
        check_portfolio(tables["initiatives"], tables["pools"], settings)
    ).capital.program
    cells = [(n, column, by) for n, row in enumerate(program.rows) for column, by in row.terms]
    at, columns, factors = zip(*cells, strict=True)
    low, high = zip(*(row.ends(exact=True) for row in program.rows), strict=True)
    rows = LinearConstraint(csr_array((factors, (at, columns))), low, high)
    found = benchmark.pedantic(
        milp,
        ([-value for value in program.value],),
        {
            "integrality": [int(whole) for whole in program.whole],
            "bounds": Bounds(0, 1),
            "constraints": rows,
            "options": {"mip_rel_gap": 0.005, "time_limit": 120.0},
        },
        rounds=1,
    )
    benchmark.extra_info["gap_pct"] = round(100 * found.mip_gap, 3)


def test_portfolio_with_its_frontier(benchmark: Any, smoke: bool) -> None:
    """Eight sizes of the pools, each to 0.5 %."""
    benchmark.group = "portfolio with its frontier"
    tables = programmes(40 if smoke else 100, seed=0, share=0.3)
    found = benchmark.pedantic(solve, kwargs=tables, rounds=1)
    benchmark.extra_info["points"] = len(found.frontier)
