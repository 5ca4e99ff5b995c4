"""Starts, parts and benefit of capital plans small enough to be worked out by hand."""

from __future__ import annotations

import pytest
from capital_plans import both_solvers, line, plan_of, scheme, starts

pytestmark = pytest.mark.unit


# When schemes start


@both_solvers
def test_the_scheme_worth_more_goes_first_when_a_year_holds_one(solver: str) -> None:
    rows = [scheme("A", 10, 8), scheme("B", 10, 10)]
    plan = plan_of(rows, [10, 10], discount_rate_pct=10.0, solver=solver)
    assert starts(plan) == {"A": "2026/27", "B": "2025/26"}
    assert plan.solve.objective == pytest.approx(10 + 8 / 1.1)


@both_solvers
def test_builds_of_two_years_are_staggered_to_fit_uneven_limits(solver: str) -> None:
    rows = [scheme("A", [6, 4], 5), scheme("B", [6, 4], 4)]
    plan = plan_of(rows, [6, 10, 4], discount_rate_pct=10.0, solver=solver)
    assert starts(plan) == {"A": "2025/26", "B": "2026/27"}
    assert plan.limits["used_gbp_m"].tolist() == pytest.approx([6, 10, 4])


def test_what_a_year_leaves_unused_is_not_carried_into_the_next() -> None:
    assert starts(plan_of([scheme("A", 8, 5)], [5, 5])) == {}


def test_two_small_schemes_beat_one_large_one_with_the_better_rate() -> None:
    # the large one gives 2.0 a pound, the two small ones 1.8 together, but fill the limit
    rows = [scheme("large", 6, 12), scheme("s", 5, 9), scheme("t", 5, 9)]
    plan = plan_of(rows, [10])
    assert set(starts(plan)) == {"s", "t"}
    assert plan.solve.objective == pytest.approx(18)


def test_a_window_forces_the_start_into_its_years() -> None:
    rows = [
        scheme("A", 1, 5, earliest_start="2026/27", latest_start="2026/27"),
        scheme("B", 1, 5, earliest_start="2027/28"),
        scheme("C", 1, 5, latest_start="2025/26"),
    ]
    plan = plan_of(rows, [9, 9, 9], discount_rate_pct=3.5)
    assert starts(plan) == {"A": "2026/27", "B": "2027/28", "C": "2025/26"}


def test_a_window_that_falls_in_a_year_without_room_leaves_the_scheme_out() -> None:
    rows = [scheme("A", 5, 50, earliest_start="2026/27", latest_start="2026/27")]
    assert starts(plan_of(rows, [9, 4, 9])) == {}


# Divisible schemes


def test_a_divisible_scheme_takes_the_share_that_fits() -> None:
    plan = plan_of([scheme("A", 40, 20, divisible="yes")], [10])
    found = line(plan, "A")
    assert found["status"] == "part-funded"
    assert found["funded_share"] == pytest.approx(0.25)
    assert found["benefit"] == pytest.approx(5)
    assert found["spend_gbp_m"] == pytest.approx(10)
    assert plan.solve.objective == pytest.approx(5)


def test_a_divisible_scheme_fills_what_whole_schemes_leave() -> None:
    rows = [scheme("A", 40, 20, divisible="yes"), scheme("B", 6, 9)]
    plan = plan_of(rows, [10])
    assert line(plan, "A")["funded_share"] == pytest.approx(0.1)
    assert plan.solve.objective == pytest.approx(9 + 2)


def test_a_part_of_a_scheme_is_worth_its_share_and_no_more_for_being_begun() -> None:
    # a quarter of A is worth 4.5, B is worth 5; there is money for either
    rows = [scheme("A", 40, 18, divisible="yes"), scheme("B", 10, 5)]
    plan = plan_of(rows, [10])
    assert list(starts(plan)) == ["B"]
    assert plan.solve.bound == pytest.approx(5)


def test_the_parts_of_a_scheme_that_starts_in_two_years_of_a_relaxation_are_one_whole() -> None:
    plan = plan_of([scheme("A", 40, 20, divisible="yes")], [30, 30], relax=True)
    assert plan.solve.objective == pytest.approx(20)
    assert line(plan, "A")["funded_share"] == pytest.approx(1.0)


def test_the_share_of_a_divisible_scheme_is_set_by_its_tightest_year() -> None:
    plan = plan_of([scheme("A", [10, 20], 20, divisible="yes")], [10, 5, 5])
    assert line(plan, "A")["funded_share"] == pytest.approx(0.25)
    assert plan.spend["spend_gbp_m"].tolist() == pytest.approx([2.5, 5])


def test_a_divisible_scheme_starts_once_and_is_not_spread_over_several_starts() -> None:
    plan = plan_of([scheme("A", 40, 20, divisible="yes")], [10, 12, 10])
    assert starts(plan) == {"A": "2026/27"}
    assert plan.solve.objective == pytest.approx(20 * 12 / 40)
    assert len(plan.spend) == 1


def test_a_divisible_scheme_that_fits_whole_is_funded_not_part_funded() -> None:
    plan = plan_of([scheme("A", 10, 20, divisible="yes")], [10])
    assert line(plan, "A")["status"] == "funded"
    assert line(plan, "A")["funded_share"] == 1.0


def test_a_divisible_scheme_that_must_be_funded_is_funded_whole() -> None:
    rows = [scheme("A", 10, 1, divisible="yes", must_fund="yes"), scheme("B", 9, 50)]
    plan = plan_of(rows, [12])
    assert starts(plan) == {"A": "2025/26"}
    assert line(plan, "A")["funded_share"] == 1.0


def test_no_follower_is_funded_while_its_divisible_prerequisite_is_not() -> None:
    rows = [scheme("A", 5, 10, requires="B"), scheme("B", 100, 1, divisible="yes")]
    plan = plan_of(rows, [5])
    if line(plan, "A")["status"] != "not funded":
        assert line(plan, "B")["status"] != "not funded"


def test_a_divisible_follower_waits_for_its_whole_prerequisite() -> None:
    rows = [scheme("A", 40, 20, divisible="yes", requires="B+1"), scheme("B", 4, 1)]
    plan = plan_of(rows, [10, 10], discount_rate_pct=10.0)
    assert starts(plan) == {"A": "2026/27", "B": "2025/26"}
    assert line(plan, "A")["funded_share"] == pytest.approx(0.25)


# What benefit counts


@pytest.mark.parametrize(("counted", "value"), [("start", 12.1), ("completion", 11.0)])
def test_benefit_is_discounted_from_the_start_or_from_completion(
    counted: str, value: float
) -> None:
    plan = plan_of([scheme("A", [5, 5], 12.1)], [5, 5], discount_rate_pct=10, discount_from=counted)
    assert line(plan, "A")["benefit"] == pytest.approx(value)
    assert plan.solve.objective == pytest.approx(value)


def test_discounting_from_completion_prefers_the_quicker_build() -> None:
    rows = [scheme("slow", [5, 5], 10), scheme("quick", [10], 9.5, excludes="slow")]
    assert set(starts(plan_of(rows, [10, 10], discount_rate_pct=10.0))) == {"quick"}
    start = plan_of(rows, [10, 10], discount_rate_pct=10.0, discount_from="start")
    assert set(starts(start)) == {"slow"}


def test_spend_past_the_last_year_falls_outside_with_its_share_of_benefit() -> None:
    rows = [scheme("A", [5, 5, 10], 20, truncate="yes")]
    plan = plan_of(rows, [10, 10])
    assert starts(plan) == {"A": "2025/26"}
    assert line(plan, "A")["benefit"] == pytest.approx(20 * 10 / 20)
    assert line(plan, "A")["spend_gbp_m"] == pytest.approx(10)
    late = plan_of(rows, [0, 10], discount_rate_pct=10.0, truncate=True)
    # 5 of 20 inside, complete two years after a start in the second year
    assert line(late, "A")["benefit"] == pytest.approx(20 * 5 / 20 / 1.1**3)
