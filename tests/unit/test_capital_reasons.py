"""Why each scheme is in or out, on plans worked out by hand."""

from __future__ import annotations

import pytest
from capital_plans import both_solvers, plan_of, reasons, scheme, starts

pytestmark = pytest.mark.unit


def test_reasons_say_what_each_scheme_is_worth_against_its_capital() -> None:
    rows = [scheme("A", 10, 30), scheme("B", 10, 20), scheme("C", 10, 5)]
    assert reasons(plan_of(rows, [15])) == {
        "A": "Worth 30.0 points; its capital is priced at 20.0.",
        "B": "Worth its price, but the whole schemes chosen leave too little room in 2025/26.",
        "C": "Displaced in 2025/26: its capital is priced at 20.0 points against a benefit of 5.0. "
        "Needs 300 % more benefit or £7.5m less cost.",
    }


def test_reason_names_the_year_in_which_only_a_little_room_is_missing() -> None:
    plan = plan_of([scheme("A", [10, 1], 30), scheme("B", [5.4, 1], 16)], [15, 9])
    assert set(starts(plan)) == {"A"}
    assert reasons(plan)["B"] == (
        "Worth its price, but the whole schemes chosen leave too little room in 2025/26."
    )


@pytest.mark.parametrize(
    ("spend", "benefit", "chosen"), [(10, 20.2, True), (10, 19.8, False), (2.48, 5, True)]
)
def test_what_a_displaced_scheme_is_said_to_need_is_what_it_needs(
    spend: float, benefit: float, chosen: bool
) -> None:
    # "300 % more benefit or £7.5m less cost": a hair more than that brings it in
    rows = [scheme("A", 10, 30), scheme("B", 10, 20), scheme("C", spend, benefit)]
    assert ("C" in starts(plan_of(rows, [15], relax=True))) == chosen


def test_reason_of_must_fund() -> None:
    assert reasons(plan_of([scheme("A", 1, 5, must_fund="yes")], [9]))["A"] == "Must be funded."


def test_reason_of_a_scheme_outside_the_limit() -> None:
    plan = plan_of([scheme("A", 9, 5, cdel_share=0)], [1])
    assert reasons(plan)["A"] == "Uses none of the limit."


def test_reason_of_a_part_funded_scheme_says_so() -> None:
    plan = plan_of([scheme("A", 40, 20, divisible="yes")], [10])
    assert reasons(plan)["A"] == (
        "Worth 20.0 points; its capital is priced at 20.0. "
        "In part: the limit left no room for the rest."
    )


def test_reason_of_an_option_names_the_option_chosen() -> None:
    rows = [scheme("A", 1, 5, option_of="Hub"), scheme("B", 1, 6, option_of="Hub")]
    assert reasons(plan_of(rows, [9]))["A"] == "Another option of it is chosen: B."


@pytest.mark.parametrize("side", ["A", "B"])
def test_reason_of_an_excluded_scheme_names_its_rival(side: str) -> None:
    rows = [scheme("A", 1, 5), scheme("B", 1, 6)]
    rows["AB".index(side)]["excludes"] = "B" if side == "A" else "A"
    assert reasons(plan_of(rows, [9]))["A"] == "Excluded by B, which is chosen."


def test_reason_of_a_follower_names_the_prerequisite_that_is_missing() -> None:
    rows = [scheme("A", 1, 5, requires="B"), scheme("B", 20, 6)]
    assert reasons(plan_of(rows, [9]))["A"] == "Needs B, which is not funded."


def test_reason_of_a_worthless_scheme() -> None:
    assert reasons(plan_of([scheme("A", 1, 0)], [9]))["A"] == "Has no benefit."


def test_reason_of_a_follower_whose_prerequisite_comes_too_late_names_it() -> None:
    rows = [
        scheme("Ward", 1, 5, requires="Decant", latest_start="2025/26"),
        scheme("Decant", 1, 5, earliest_start="2026/27"),
    ]
    plan = plan_of(rows, [9, 9])
    assert starts(plan) == {"Decant": "2026/27"}
    assert "Decant" in reasons(plan)["Ward"]
    assert "room" not in reasons(plan)["Ward"]


@both_solvers
def test_reason_of_a_scheme_dearer_than_the_limit_does_not_blame_the_others(solver: str) -> None:
    plan = plan_of([scheme("A", 12, 5)], [10, 9], solver=solver)
    assert starts(plan) == {}
    assert "schemes chosen" not in reasons(plan)["A"]
    assert "2025/26" in reasons(plan)["A"]


def test_reason_of_a_prerequisite_funded_for_its_follower_names_the_follower() -> None:
    rows = [scheme("Ward", 1, 50, requires="Decant"), scheme("Decant", 9, 1), scheme("C", 10, 30)]
    plan = plan_of(rows, [10])
    assert "Decant" in starts(plan)
    assert "Ward" in reasons(plan)["Decant"]


def test_reason_of_a_scheme_that_fills_room_left_is_not_a_contradiction() -> None:
    # the relaxation would take half of B; whole, C is what still fits
    rows = [scheme("A", 10, 30), scheme("B", 10, 20), scheme("C", 5, 5)]
    plan = plan_of(rows, [15])
    assert set(starts(plan)) == {"A", "C"}
    assert reasons(plan)["C"] != "Worth 5.0 points; its capital is priced at 10.0."


@both_solvers
def test_no_reason_asks_for_nothing_more(solver: str) -> None:
    # the solver's own rounding must not make a displaced scheme of one at the margin
    rows = [scheme("A", 10.04, 10), scheme("B", 3, 1)]
    for text in reasons(plan_of(rows, [10], solver=solver)).values():
        assert "Needs 0 %" not in text
        assert "£0.00m" not in text


def test_reasons_name_every_scheme_needed_and_the_limit_itself() -> None:
    rows = [
        scheme("A", 4, 9.0),
        scheme("B", 12, 5.0),
        scheme("C", 13, 4.0),
        scheme("D", 1, 3.0, requires="B;C"),
    ]
    said = plan_of(rows, [10]).plan.set_index("project_id")["reason"]
    # six of the ten are left, but it is the ten that B does not fit into
    assert said["B"] == "Needs £12.0m in 2025/26 by itself, the limit is £10.0m."
    assert said["C"] == "Needs £13.0m in 2025/26 by itself, the limit is £10.0m."
    assert said["D"] == "Needs B, C, which are not funded."
