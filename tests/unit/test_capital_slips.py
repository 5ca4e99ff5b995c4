"""What slips when costs are drawn, on queues worked out by hand and against a plain simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from capital_plans import limit_table, scheme, table

from nelfin.models.capital import CapitalPlan, Settings
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import Checked, check_capital
from nelfin.models.capital.solving import solve_case
from nelfin.models.capital.stress import Queue, queue_of, slips, slips_table
from nelfin.models.capital.stress.slips import NEVER, together

pytestmark = pytest.mark.unit

YEARS = ["2025/26", "2026/27", "2027/28", "2028/29"]


def queue(rows: list[dict], limits: Any, **settings: Any) -> tuple[Queue, CapitalPlan]:
    given = {"gap_pct": 0.0, "discount_rate_pct": 10.0, "discount_from": "start"} | settings
    checked: Checked = check_capital(table(rows), limit_table(limits), Settings(**given))
    case = case_of(checked)
    plan = solve_case(case)
    return queue_of(plan, checked.schemes, case.limits, case.years, checked.settings), plan


def factors(built: Queue, *draws: dict[str, float]) -> np.ndarray:
    return np.array([[draw.get(name, 1.0) for name in built.ids] for draw in draws])


def by_id(built: Queue, values: np.ndarray) -> dict[str, int]:
    return dict(zip(built.ids, values.tolist(), strict=True))


def test_a_dearer_scheme_sends_the_last_in_order_to_the_next_year() -> None:
    rows = [scheme("A", 4, 12.0), scheme("B", 4, 8.0), scheme("C", 4, 4.0)]
    built, plan = queue(rows, [12, 6, 6, 6])
    found = slips(built, factors(built, {}, {"A": 1.25}, {"A": 2.2, "B": 1.5, "C": 1.6}))
    assert built.ids == ["A", "B", "C"]
    assert by_id(built, found.started[0]) == {"A": 0, "B": 0, "C": 0}
    assert by_id(built, found.started[1]) == {"A": 0, "B": 0, "C": 1}
    # of 12, A takes 8.8: B waits for 6 of the next year and C for 6.4 that never comes
    assert by_id(built, found.started[2]) == {"A": 0, "B": 1, "C": NEVER}
    assert found.waiting.tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [2, 1, 1, 1]]
    # a year costs a tenth
    losses = [0.0, 4 - 4 / 1.1, 8 - 8 / 1.1 + 4]
    assert found.benefit_lost.tolist() == pytest.approx(losses)
    assert not found.still_over.any()
    said = slips_table(built, found, YEARS, {"C": "Scheme C"}).set_index("project_id")
    assert said.loc["C", "waits"] == pytest.approx(2 / 3)
    assert said.loc["C", "mean_years"] == pytest.approx((1 + 4) / 2)
    assert said.loc["C", "not_started"] == pytest.approx(1 / 3)
    assert said["benefit_lost"].sum() == pytest.approx(sum(losses) / 3)
    assert said.loc["C", "name"] == "Scheme C"
    assert "A" not in said.index
    assert plan.plan["benefit"].sum() == pytest.approx(built.worth[:, 0].sum())


def test_what_must_be_funded_or_brings_money_does_not_wait_and_passes_the_limit() -> None:
    rows = [
        scheme("M", 6, 1.0, must_fund="yes", requires="N"),
        scheme("N", 2, 1.0),
        scheme("C", 2, 9.0),
    ]
    built, _ = queue(rows, [10, 10])
    found = slips(built, factors(built, {"M": 2.0}))
    # M and what it needs start in their year at 14 of 10; C waits for the year after
    assert by_id(built, found.started[0]) == {"M": 0, "N": 0, "C": 1}
    assert found.still_over[0].tolist() == pytest.approx([4.0, 0.0])


def test_what_needs_a_scheme_that_waits_waits_too() -> None:
    rows = [
        scheme("A", 6, 30.0),
        scheme("B", 4, 8.0),
        scheme("C", 1, 2.0, requires="B+1", earliest_start="2026/27"),
    ]
    built, _ = queue(rows, [10, 10, 10])
    found = slips(built, factors(built, {"A": 1.1}))
    assert by_id(built, found.started[0]) == {"A": 0, "B": 1, "C": 2}


def test_a_scheme_of_several_years_waits_for_room_in_each_of_them() -> None:
    rows = [scheme("A", 6, 60.0, latest_start="2025/26"), scheme("B", [4, 6], 10.0)]
    built, _ = queue(rows, [12, 6, 7, 10])
    # B fits today and not tomorrow: it waits until both years bear it
    found = slips(built, factors(built, {}, {"B": 1.2}))
    assert by_id(built, found.started[1]) == {"A": 0, "B": 2}
    late = int(built.planned[built.ids.index("B")])
    assert late == 0


def test_prices_grow_while_a_scheme_waits_and_the_end_cuts_what_it_gives() -> None:
    rows = [scheme("A", 5, 60.0), scheme("B", [5, 5], 10.0)]
    built, _ = queue(rows, [10, 10], price_growth_pct=10.0, discount_rate_pct=0.0)
    n = built.ids.index("B")
    assert built.used[n, 0].tolist() == pytest.approx([5.0, 5.5])
    # a year late half of it lies past the end
    assert built.used[n, 1].tolist() == pytest.approx([0.0, 5.5])
    assert built.worth[n].tolist() == pytest.approx([10.0, 5.0])


@pytest.mark.parametrize("settings", [{}, {"carry_over_pct": 30.0}, {"over_programming_pct": 5.0}])
def test_at_its_prices_nothing_of_a_plan_waits(settings: dict) -> None:
    rng = np.random.default_rng(8)
    rows = [
        scheme(
            f"S{n}", rng.integers(1, 6, int(rng.integers(1, 4))).tolist(),
            float(rng.integers(1, 40)), organisation="Barts" if n % 3 else "Homerton",
            requires="S0" if n == 7 else "",
        )
        for n in range(14)
    ]  # fmt: skip
    limits = {"": [12, 10, 11, 14], "Barts": [9, 8, 8, 9], "Homerton": [6, 6, 6, 6]}
    built, _ = queue(rows, limits, **settings)
    found = slips(built, np.ones((2, len(built.ids))))
    assert not found.waiting.any()
    assert found.benefit_lost.tolist() == pytest.approx([0.0, 0.0])
    # dearer by a tenth some wait, and no limit is passed since nothing must be funded
    dear = slips(built, np.full((1, len(built.ids)), 1.1))
    assert dear.waiting.any()
    assert not dear.still_over.any()
    both = together([found, dear])
    assert len(both.benefit_lost) == 3
    assert both.waiting[2].tolist() == dear.waiting[0].tolist()


def plain(built: Queue, factor: np.ndarray) -> list[int]:
    """Simulate one draw with plain loops, carry-over left out."""
    years = built.used.shape[-1]
    left = built.allowed.copy()
    started = [NEVER] * len(built.ids)

    def pay(n: int, late: int) -> None:
        for owner in built.owners[n]:
            left[owner] -= factor[n] * built.used[n, late]

    for n in range(len(built.ids)):
        if built.stays[n]:
            started[n] = int(built.planned[n])
            pay(n, 0)
    for t in range(years):
        for n in range(len(built.ids)):
            late = t - int(built.planned[n])
            if started[n] != NEVER or late < 0:
                continue
            if any(started[m] == NEVER or started[m] > t - lag for m, lag in built.needs[n]):
                continue
            cost = factor[n] * built.used[n, late]
            if all(
                cost[u] <= left[owner, u] + 1e-6
                for owner in built.owners[n] for u in range(years) if cost[u] > 0
            ):  # fmt: skip
                started[n] = t
                pay(n, late)
    return started


def test_all_draws_at_once_are_each_drawn_by_itself() -> None:
    rng = np.random.default_rng(3)
    rows = [
        scheme(
            f"S{n}", rng.integers(1, 6, int(rng.integers(1, 3))).tolist(),
            float(rng.integers(1, 40)), organisation="Barts" if n % 2 else "Homerton",
            must_fund="yes" if n == 3 else "no", requires="S1+1" if n == 6 else "",
        )
        for n in range(12)
    ]  # fmt: skip
    built, _ = queue(rows, {"": [12, 10, 11, 14], "Barts": [9, 8, 8, 9]})
    drawn = rng.uniform(0.9, 1.4, (40, len(built.ids)))
    found = slips(built, drawn)
    for draw in range(40):
        assert found.started[draw].tolist() == plain(built, drawn[draw])
