"""The embedded pipeline keeps still when a figure moves a little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nelfin.data import load_inputs
from nelfin.models.capital.keep import plan_case
from nelfin.models.capital.solving import solve_case
from nelfin.scenario import load_scenario
from nelfin.system.capital import capital_case

pytestmark = pytest.mark.golden


@pytest.mark.parametrize(
    ("key", "value", "most"),
    [("capital.price_growth_pct", 2.6, 2), ("capital.over_programming_pct", 5.0, 12)],
    ids=["a tenth of a point of price growth", "a twentieth more of each limit"],
)
def test_what_moves_capital_moves_few_starts(key: str, value: float, most: int) -> None:
    base = load_scenario()
    before = solve_case(capital_case(base, load_inputs(base)))
    moved = load_scenario(None, {key: value})
    case = capital_case(moved, load_inputs(moved))
    settings = replace(case.settings, begin_from=before.plan, check_prices=False)
    plan = plan_case(replace(case, settings=settings))
    starts = [table.set_index("project_id")["start_year"] for table in (before.plan, plan.plan)]
    assert (starts[0] != starts[1]).sum() == plan.solve.changed
    assert plan.solve.changed is not None
    assert plan.solve.changed <= most
    assert plan.solve.gap is not None
    assert plan.solve.gap <= base.capital.gap_pct / 100
    assert plan.solve.status == "optimal"
