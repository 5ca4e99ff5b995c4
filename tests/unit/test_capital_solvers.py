"""Both solvers, and plans of few, no, free, short and long schemes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from capital_plans import both_solvers, line, plan_of, scheme, starts

from nelfin.years import label_of

pytestmark = pytest.mark.unit


# Both solvers


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_both_solvers_find_the_same_optimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(14):
        build = int(rng.integers(1, 4))
        more: dict[str, Any] = {"organisation": ["Barts", "BHRUT"][n % 2]}
        if n in {3, 7}:
            more["requires"] = f"P{n - 2}+1"
        if n in {5, 9}:
            more["excludes"] = f"P{n - 1}"
        if n == 11:
            more["divisible"] = "yes"
        rows.append(scheme(f"P{n}", rng.uniform(1, 9, build).tolist(), rng.uniform(5, 50), **more))
    limits = {"": [14.0, 12.0, 11.0, 9.0], "BHRUT": [6.0, 7.0, 5.0, 4.0]}
    found = {
        name: plan_of(rows, limits, solver=name, discount_rate_pct=3.5, price_growth_pct=2.0)
        for name in ("highs", "cbc")
    }
    objective = {name: plan.solve.objective for name, plan in found.items()}
    assert objective["cbc"] == pytest.approx(objective["highs"], rel=1e-6)
    assert found["cbc"].solve.solver == "cbc"
    prices = [plan.limits["price_per_gbp_m"].tolist() for plan in found.values()]
    assert prices[0] == pytest.approx(prices[1], abs=1e-4)


@both_solvers
def test_a_scheme_fifty_pounds_too_dear_is_left_out_and_breaks_nothing(solver: str) -> None:
    assert starts(plan_of([scheme("A", 100.00005, 10)], [100], solver=solver)) == {}


@both_solvers
@pytest.mark.parametrize("relax", [False, True])
def test_limits_of_billions_are_kept_to_the_rounding_of_the_solver(
    solver: str, relax: bool
) -> None:
    # a national programme: about £4,000m a year, 60 schemes of up to £900m a year
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        rows = [
            scheme(
                f"P{n}",
                rng.uniform(10, 900, 3).tolist(),
                float(rng.uniform(1, 100)),
                divisible="no" if n % 5 else "yes",
            )
            for n in range(60)
        ]
        limits = rng.uniform(2_000, 6_000, 6).tolist()
        plan = plan_of(rows, limits, solver=solver, relax=relax, gap_pct=10.0, price_growth_pct=2.5)
        assert plan.plan["status"].isin(["funded", "part-funded"]).sum() > 5
        assert (plan.limits["slack_gbp_m"] > -1e-7 * plan.limits["limit_gbp_m"]).all()


# Few, none, free, short and long


@both_solvers
def test_when_nothing_is_affordable_the_plan_is_empty_and_true(solver: str) -> None:
    plan = plan_of([scheme("A", 12, 5), scheme("B", 11, 4)], [10, 10], solver=solver)
    assert starts(plan) == {}
    assert plan.spend.empty
    assert plan.spend.columns.tolist() == ["project_id", "year", "spend_gbp_m", "cdel_gbp_m"]
    assert plan.solve.objective == 0
    assert plan.limits["used_gbp_m"].tolist() == [0, 0]
    assert plan.plan["reason"].str.len().min() > 0


@both_solvers
def test_a_gap_of_zero_is_only_stated_where_the_bound_is_met(solver: str) -> None:
    # the must-fund scheme is worth nothing and leaves no room for the other, though each fits alone
    rows = [scheme("A", 5, 0, must_fund="yes"), scheme("B", 6, 5)]
    account = plan_of(rows, [10], solver=solver).solve
    assert account.objective == 0
    met = account.bound == pytest.approx(0)
    assert met == (account.gap == 0)


@both_solvers
def test_the_account_can_be_written_as_json_even_when_nothing_is_worth_anything(
    solver: str,
) -> None:
    rows = [scheme("A", 5, 0, must_fund="yes"), scheme("B", 6, 5)]
    account = asdict(plan_of(rows, [10], solver=solver).solve)
    assert json.loads(json.dumps(account, allow_nan=False)) == account


def test_when_everything_is_free_everything_is_funded() -> None:
    rows = [scheme("A", 0, 5), scheme("B", 0, 4, requires="A"), scheme("C", 9, 3, cdel_share=0)]
    plan = plan_of(rows, [0, 0], discount_rate_pct=3.5)
    assert starts(plan) == dict.fromkeys("ABC", "2025/26")
    assert plan.solve.objective == pytest.approx(12)


def test_limits_of_zero_fund_nothing_that_costs() -> None:
    assert starts(plan_of([scheme("A", 0.01, 5), scheme("B", 0, 5)], [0, 0])) == {"B": "2025/26"}


def test_a_plan_of_one_scheme_and_one_year() -> None:
    plan = plan_of([scheme("A", 5, 3)], [5])
    assert starts(plan) == {"A": "2025/26"}
    assert plan.solve.objective == pytest.approx(3)
    assert plan.solve.gap == 0


def test_a_plan_of_forty_years_fills_each_of_them() -> None:
    rows = [scheme(f"P{n}", 10, 5) for n in range(40)]
    plan = plan_of(rows, [10] * 40, discount_rate_pct=3.5)
    assert sorted(starts(plan).values()) == [label_of(2025 + t) for t in range(40)]
    assert plan.solve.objective == pytest.approx(sum(5 / 1.035**t for t in range(40)))


def test_a_plan_in_which_nothing_has_benefit_funds_only_what_it_must() -> None:
    rows = [scheme("A", 5, 0), scheme("B", 5, 0, must_fund="yes")]
    plan = plan_of(rows, [50])
    assert plan.solve.objective == 0
    assert plan.solve.gap == 0
    assert line(plan, "B")["status"] == "funded"
