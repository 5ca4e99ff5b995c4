"""The relaxation, the price of capital and reduced cost, on plans worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from capital_plans import both_solvers, line, plan_of, scheme

pytestmark = pytest.mark.unit


# The relaxation and the price of capital


@both_solvers
def test_relax_cuts_the_scheme_at_the_margin(solver: str) -> None:
    rows = [scheme("A", 10, 30), scheme("B", 10, 20), scheme("C", 10, 5)]
    plan = plan_of(rows, [15], relax=True, solver=solver)
    assert plan.plan["status"].tolist() == ["funded", "part-funded", "not funded"]
    assert plan.plan["funded_share"].tolist() == pytest.approx([1, 0.5, 0])
    assert plan.solve.objective == pytest.approx(40)
    assert plan.solve.bound == pytest.approx(40)
    assert plan.solve.gap == 0
    assert plan.limits["price_per_gbp_m"].tolist() == pytest.approx([2])


@both_solvers
def test_relax_cuts_a_scheme_that_is_dearer_than_the_limit_by_itself(solver: str) -> None:
    plan = plan_of([scheme("A", 12, 6)], [10], relax=True, solver=solver)
    assert plan.plan["funded_share"].tolist() == pytest.approx([10 / 12])
    assert plan.solve.objective == pytest.approx(5)
    assert plan.limits["price_per_gbp_m"].tolist() == pytest.approx([0.5])


@both_solvers
def test_the_price_of_capital_is_what_a_little_more_would_buy(solver: str) -> None:
    rows = [scheme("A", [6, 4], 30), scheme("B", [2, 8], 22), scheme("C", [5, 5], 10)]
    base = plan_of(rows, [9, 11, 3], solver=solver)
    for t, price in enumerate(base.limits["price_per_gbp_m"]):
        more = [9 + 0.25 * (t == 0), 11 + 0.25 * (t == 1), 3 + 0.25 * (t == 2)]
        gain = plan_of(rows, more, solver=solver).solve.relaxation - base.solve.relaxation
        assert gain == pytest.approx(0.25 * price, abs=1e-6)
    assert base.limits["price_per_gbp_m"].max() > 1


@both_solvers
def test_the_price_of_an_organisations_limit_is_found_under_a_name_of_two_words(
    solver: str,
) -> None:
    rows = [
        scheme("A", 10, 20, organisation="Barts Health"),
        scheme("B", 10, 30, organisation="Barts Health"),
    ]
    plan = plan_of(rows, {"": [100], "Barts Health": [15]}, solver=solver)
    prices = plan.limits.set_index("organisation")["price_per_gbp_m"]
    assert prices.to_dict() == pytest.approx({"": 0, "Barts Health": 2})
    assert line(plan, "B")["reason"] == "Worth 30.0 points; its capital is priced at 20.0."
    assert line(plan, "B")["reduced_cost"] == pytest.approx(10)


def test_a_limit_with_room_left_has_the_price_zero_without_a_sign() -> None:
    plan = plan_of([scheme("A", 3, 5)], {"": [9, 9], "Barts": [9, 9]})
    prices = plan.limits["price_per_gbp_m"].to_numpy()
    assert prices.tolist() == [0, 0, 0, 0]
    assert not np.signbit(prices).any()


def test_reduced_cost_is_value_less_the_price_of_what_is_used() -> None:
    rows = [scheme("A", 10, 30), scheme("B", 10, 20), scheme("C", 10, 5)]
    plan = plan_of(rows, [15])
    assert plan.plan["reduced_cost"].tolist() == pytest.approx([10, 0, -15])


def test_more_or_less_of_a_limit_that_no_scheme_uses_is_worth_nothing() -> None:
    prices = plan_of([scheme("A", 4, 9.0)], [5, 5, 5], discount_rate_pct=3.5).prices
    assert prices["gain_of_1m_more"].tolist() == pytest.approx([0.0] * 3, abs=1e-9)
    early = plan_of([scheme("A", 4, 9.0, latest_start="2025/26")], [5, 5]).prices
    # of the first year's £5m one is spare; in the second no scheme may start
    assert early["loss_of_1m_less"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert early["gain_of_1m_more"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
