"""Must-fund schemes, prerequisites, exclusions and options, on plans worked out by hand."""

from __future__ import annotations

import pytest
from capital_plans import plan_of, scheme, starts

pytestmark = pytest.mark.unit


# Must-fund, links and options


def test_a_scheme_that_must_be_funded_displaces_one_worth_more() -> None:
    rows = [scheme("A", 10, 1, must_fund="yes"), scheme("B", 10, 100)]
    plan = plan_of(rows, [10])
    assert starts(plan) == {"A": "2025/26"}
    assert plan.solve.objective == pytest.approx(1)


def test_a_worthless_scheme_that_must_be_funded_is_funded() -> None:
    assert starts(plan_of([scheme("A", 3, 0, must_fund="yes")], [0, 5])) == {"A": "2026/27"}


def test_must_fund_holds_for_a_prerequisite_too() -> None:
    rows = [scheme("A", 4, 0, must_fund="yes", requires="B"), scheme("B", 4, 0), scheme("C", 4, 9)]
    plan = plan_of(rows, [8])
    assert set(starts(plan)) == {"A", "B"}


def test_a_follower_is_not_funded_without_its_prerequisite() -> None:
    rows = [scheme("A", 6, 10, requires="B"), scheme("B", 6, 1), scheme("C", 6, 5)]
    plan = plan_of(rows, [10])
    assert starts(plan) == {"C": "2025/26"}


def test_a_prerequisite_worth_little_is_funded_for_its_follower() -> None:
    rows = [scheme("A", 1, 50, requires="B"), scheme("B", 9, 1), scheme("C", 10, 30)]
    plan = plan_of(rows, [10])
    assert set(starts(plan)) == {"A", "B"}
    assert plan.solve.objective == pytest.approx(51)


def test_without_a_lag_both_may_start_in_the_same_year() -> None:
    rows = [scheme("A", 1, 5, requires="B"), scheme("B", 1, 5)]
    plan = plan_of(rows, [9, 9], discount_rate_pct=10.0)
    assert starts(plan) == {"A": "2025/26", "B": "2025/26"}


@pytest.mark.parametrize(("lag", "year"), [(1, "2026/27"), (2, "2027/28"), (3, "2028/29")])
def test_a_lag_keeps_the_follower_that_many_years_behind(lag: int, year: str) -> None:
    rows = [scheme("A", 1, 5, requires=f"B+{lag}"), scheme("B", 1, 5)]
    plan = plan_of(rows, [9, 9, 9, 9], discount_rate_pct=10.0)
    assert starts(plan) == {"A": year, "B": "2025/26"}
    assert plan.solve.objective == pytest.approx(5 + 5 / 1.1**lag)


def test_a_lag_longer_than_the_plan_leaves_the_follower_out() -> None:
    rows = [scheme("A", 1, 5, requires="B+2"), scheme("B", 1, 5)]
    assert starts(plan_of(rows, [9, 9], discount_rate_pct=10.0)) == {"B": "2025/26"}


def test_a_late_prerequisite_holds_back_a_chain_of_followers() -> None:
    rows = [
        scheme("A", 1, 5, requires="B+1"),
        scheme("B", 1, 5, requires="C+1"),
        scheme("C", 1, 5, earliest_start="2026/27"),
    ]
    plan = plan_of(rows, [9, 9, 9, 9], discount_rate_pct=10.0)
    assert starts(plan) == {"A": "2028/29", "B": "2027/28", "C": "2026/27"}


@pytest.mark.parametrize("requires", ["B;B+1", "B+1;B"])
def test_the_longer_of_two_lags_on_one_prerequisite_holds(requires: str) -> None:
    rows = [scheme("A", 1, 5, requires=requires), scheme("B", 1, 5)]
    plan = plan_of(rows, [9, 9], discount_rate_pct=10.0)
    assert starts(plan) == {"A": "2026/27", "B": "2025/26"}


def test_of_two_that_exclude_each_other_the_better_is_funded() -> None:
    rows = [scheme("A", 3, 9), scheme("B", 3, 10, excludes="A"), scheme("C", 3, 8)]
    assert set(starts(plan_of(rows, [9]))) == {"B", "C"}


@pytest.mark.parametrize("excludes", ["A;C", "A; C;", "A;C;A"])
def test_a_scheme_that_excludes_two_gives_way_to_them_when_they_are_worth_more(
    excludes: str,
) -> None:
    rows = [scheme("A", 3, 6), scheme("B", 3, 10, excludes=excludes), scheme("C", 3, 6)]
    plan = plan_of(rows, [9])
    assert set(starts(plan)) == {"A", "C"}
    assert plan.solve.objective == pytest.approx(12)


def test_exclusion_holds_whatever_the_years() -> None:
    rows = [
        scheme("A", 1, 9, latest_start="2025/26"),
        scheme("B", 1, 8, earliest_start="2026/27", excludes="A"),
    ]
    assert starts(plan_of(rows, [5, 5])) == {"A": "2025/26"}


def test_the_option_that_leaves_room_for_the_rest_is_chosen() -> None:
    rows = [
        scheme("small", 4, 6, option_of="Hub"),
        scheme("medium", 8, 10, option_of="Hub"),
        scheme("large", 12, 13, option_of="Hub"),
        scheme("X", 6, 9),
    ]
    plan = plan_of(rows, [14])
    assert set(starts(plan)) == {"medium", "X"}
    assert plan.solve.objective == pytest.approx(19)


def test_no_more_than_one_option_is_chosen_though_all_would_fit() -> None:
    rows = [scheme(name, 1, value, option_of="Hub") for name, value in (("A", 5), ("B", 6))]
    assert set(starts(plan_of(rows, [9, 9]))) == {"B"}


def test_one_of_the_options_that_must_be_funded_is() -> None:
    options = {"option_of": "Hub", "must_fund": "yes"}
    rows = [scheme("A", 5, 1, **options), scheme("B", 9, 5, **options), scheme("C", 5, 50)]
    assert set(starts(plan_of(rows, [5]))) == {"A"}
