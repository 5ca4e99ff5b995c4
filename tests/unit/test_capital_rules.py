"""Benefit in its kinds, and floors, caps, targets and carry-over, on plans worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from capital_plans import plan_of as solved
from capital_plans import scheme

from nelfin.errors import InputError, NoAnswerError
from nelfin.models.appraisal import discount_factors
from nelfin.models.capital import CapitalPlan

pytestmark = pytest.mark.unit

RULES = ["rule", "name", "year", "amount_gbp_m", "now_gbp_m"]


def plan_of(
    rows: Sequence[dict],
    limits: Sequence[float],
    rules: Sequence[tuple] = (),
    **settings: Any,
) -> CapitalPlan:
    if rules:
        settings["rules"] = pd.DataFrame(list(rules), columns=RULES)
    return solved(rows, limits, **settings)


def funded(plan: CapitalPlan) -> set[str]:
    return set(plan.plan.loc[plan.plan["status"] != "not funded", "project_id"])


def refused(*args: Any, **settings: Any) -> str:
    with pytest.raises(InputError) as caught:
        plan_of(*args, **settings)
    return str(caught.value)


# Benefit


def test_criteria_are_weighted() -> None:
    rows = [
        scheme("A", 5, score_safety=9.0, score_access=0.0),
        scheme("B", 5, score_safety=1.0, score_access=7.0),
    ]
    for weights, best, worth in (
        ({"safety": 1.0, "access": 0.0}, "A", 9.0),
        ({"safety": 1.0, "access": 1.5}, "B", 11.5),
    ):
        plan = plan_of(rows, [5], benefit="criteria", criteria_weights=weights)
        assert funded(plan) == {best}
        assert plan.solve.objective == pytest.approx(worth)


def test_criteria_need_no_benefit_but_every_weight_and_score() -> None:
    row = scheme("A", 5, score_safety=9.0)
    del row["benefit"]
    plan = plan_of([row], [5], benefit="criteria", criteria_weights={"safety": 2.0})
    assert plan.solve.objective == 18.0
    text = refused([row], [5], benefit="criteria", criteria_weights={"safty": 2.0})
    assert 'criteria_weights safty: has no column. Did you mean "safety"?' in text
    assert "column score_safety: has no weight" in text
    blank = scheme("B", 5, score_safety=None)
    text = refused([row, blank], [5], benefit="criteria", criteria_weights={"safety": 1.0})
    assert "row 3, column score_safety: is empty" in text
    assert "no score_ columns" in refused([scheme("A", 5)], [5], benefit="criteria")


def test_net_present_social_value_by_hand() -> None:
    # 10 spent in each of two years, then 4 a year for 3 years: of benefit 3, of revenue 1
    row = scheme("A", [10, 10], 3.0, revenue_gbp_m=1.0, asset_type="plant")
    must = row | {"must_fund": "yes"}
    plan = plan_of(
        [must], [10, 10], benefit="npsv", life_years={"plant": 3}, discount_rate_pct=10.0
    )
    d = 1 / 1.1
    worth = 4 * (d**2 + d**3 + d**4) - 10 - 10 * d
    assert plan.plan["benefit"].tolist() == pytest.approx([worth])
    # worth less than nothing, so it is only funded if it must be
    assert funded(plan_of([row], [10, 10], benefit="npsv", life_years={"plant": 3})) == set()
    assert "for which there is no life in years" in refused([row], [10, 10], benefit="npsv")


def test_green_book_rates_fall_after_thirty_years() -> None:
    factors = discount_factors(3.5, np.arange(33), 3.0)
    assert factors[:31] == pytest.approx(1.035 ** -np.arange(31))
    assert factors[31:] == pytest.approx(1.035**-30 / 1.03 ** np.arange(1, 3))
    assert discount_factors(3.5, [40.0])[0] == pytest.approx(1.035**-40)


def test_an_equity_weight_lifts_the_benefit_of_its_place() -> None:
    rows = [scheme("A", 5, 10.0, place="Havering"), scheme("B", 5, 8.0, place="Newham")]
    assert funded(plan_of(rows, [5])) == {"A"}
    plan = plan_of(rows, [5], place_weights={"Newham": 1.5})
    assert funded(plan) == {"B"}
    assert plan.solve.objective == 12.0
    text = refused(rows, [5], place_weights={"Newam": 1.5})
    assert 'place_weights Newam: is no scheme\'s place. Did you mean "Newham"?' in text


# Rules

ROWS = [
    scheme("A", 6, 30.0, category="Acute", place="Havering", backlog_high_gbp_m=0.0),
    scheme("B", 6, 20.0, category="Mental health", place="Newham", backlog_high_gbp_m=5.0),
    scheme("C", 6, 10.0, category="Backlog", place="Newham", backlog_high_gbp_m=9.0,
           revenue_gbp_m=-2.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (("category_floor", "Mental health", "", 6.0, None), {"A", "B"}),
        (("category_floor", "Mental health; Backlog", "", 12.0, None), {"B", "C"}),
        (("category_cap", "Acute", "", 5.0, None), {"B", "C"}),
        (("category_cap", "Acute; Mental health", "2025/26", 6.0, None), {"A", "C"}),
        (("place_floor", "Newham", "", 12.0, None), {"B", "C"}),
        (("backlog_target", "high", "", 6.0, 15.0), {"A", "C"}),
        (("backlog_target", "high", "", 1.0, 15.0), {"B", "C"}),
        (("deprived_floor", "", "", 3.0, None), {"B", "C"}),
    ],
    ids=lambda value: "" if isinstance(value, set) else f"{value[0]} {value[3]:g}",
)
def test_a_rule_changes_the_plan(rule: tuple, expected: set[str]) -> None:
    deprived = {"Newham": 0.3, "Havering": 0.05}
    assert funded(plan_of(ROWS, [12], deprived_share=deprived)) == {"A", "B"}
    assert funded(plan_of(ROWS, [12], [rule], deprived_share=deprived)) == expected


def test_what_revenue_can_bear_holds_in_each_year_after_completion() -> None:
    rows = [ROWS[2] | {"benefit": 50.0}, ROWS[1]]
    # C costs 2 a year from the year after it is built
    assert funded(plan_of(rows, [6, 6])) == {"C", "B"}
    bound = plan_of(rows, [6, 6], [("revenue_limit", "", "2026/27", 1.0, None)])
    assert bound.plan.set_index("project_id").at["C", "start_year"] == "2026/27"
    always = plan_of(rows, [6, 6, 0], [("revenue_limit", "", "", 1.0, None)])
    assert funded(always) == {"B"}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (("category_floor", "Mental helth", "", 1.0, None),
         'row 0, column name: is "Mental helth". Did you mean "Mental health"?'),
        (("place_floor", "", "", 1.0, None), "column name: is empty. Name the place"),
        (("backlog_target", "high", "", 1.0, None), "column now_gbp_m: is empty"),
        (("backlog_target", "severe", "", 1.0, 5.0), 'is "severe". Known here: high, low'),
        (("category_cap", "Acute", "2031/32", 1.0, None),
         "row 0, column year: is 2031/32, outside the plan's years 2025/26 to 2025/26"),
        (("category_capp", "Acute", "", 1.0, None), 'Did you mean "category_cap"?'),
        (("deprived_floor", "", "", 1.0, None), "Give the table deprivation"),
        (("category_cap", "Acute", "", -1.0, None), "It must be 0 or more"),
    ],
    ids=lambda value: "" if isinstance(value, str) else f"{value[0]} {value[1]} {value[2]}",
)  # fmt: skip
def test_a_rule_that_is_wrong_is_told_with_its_row(rule: tuple, says: str) -> None:
    assert says in refused(ROWS, [12], [rule])


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (("category_floor", "Acute", "", 8.0, None),
         "at least £8.0m of the limit for Acute: £2.0m short"),
        (("backlog_target", "high", "", 0.5, 15.0),
         "at most £0.5m of high-risk backlog left: £0.5m short"),
        (("place_floor", "Newham", "2025/26", 13.0, None),
         "at least £13.0m of the limit in Newham in 2025/26: £1.0m short"),
    ],
    ids=["floor", "backlog", "place"],
)  # fmt: skip
def test_a_rule_that_cannot_hold_is_told_in_pounds(rule: tuple, says: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        plan_of(ROWS, [12], [rule])
    assert says in str(caught.value)
    assert "capital_rules" in str(caught.value)


# Carry-over and prices


def test_an_underspend_is_carried_only_as_far_as_allowed() -> None:
    rows = [scheme("A", 12, 10.0)]
    assert funded(plan_of(rows, [10, 10])) == set()
    plan = plan_of(rows, [10, 10], carry_over_pct=20.0)
    assert plan.plan["start_year"].tolist() == ["2026/27"]
    assert plan.limits["slack_gbp_m"].tolist() == pytest.approx([10.0, 0.0])
    assert funded(plan_of(rows, [10, 10], carry_over_pct=19.0)) == set()


def test_the_price_of_capital_is_confirmed_by_a_pound_more_and_less() -> None:
    # 10 of benefit for 4, then 6 for 4: the limit of 6 cuts the second in half
    rows = [scheme("A", 4, 10.0), scheme("B", 4, 6.0)]
    prices = plan_of(rows, [6]).prices.iloc[0]
    assert prices["price_per_gbp_m"] == pytest.approx(1.5)
    assert prices["gain_of_1m_more"] == pytest.approx(1.5)
    assert prices["loss_of_1m_less"] == pytest.approx(1.5)
    ends = plan_of(rows, [8]).prices.iloc[0]
    assert ends["gain_of_1m_more"] == pytest.approx(0.0)
    assert ends["loss_of_1m_less"] == pytest.approx(1.5)


def test_a_pound_less_than_must_be_funded_is_no_plan() -> None:
    prices = plan_of([scheme("A", 4, 10.0, must_fund="yes")], [4]).prices.iloc[0]
    assert prices["gain_of_1m_more"] == 0.0
    assert np.isnan(prices["loss_of_1m_less"])


def test_prices_that_are_not_checked_are_left_blank() -> None:
    prices = plan_of([scheme("A", 4, 10.0)], [4], check_prices=False).prices
    assert prices[["gain_of_1m_more", "loss_of_1m_less"]].isna().all(axis=None)


def test_work_past_the_plans_end_has_cleared_no_backlog_yet() -> None:
    # half of A's spend lies in the plan, so half of its 8 is cleared; a target of 4 left is met
    row = scheme("A", [5, 5], 1.0, backlog_high_gbp_m=8.0)
    target = ("backlog_target", "high", "", 4.0, 8.0)
    assert funded(plan_of([row], [5], [target], truncate=True)) == {"A"}
    with pytest.raises(NoAnswerError, match=r"£0\.1m short"):
        plan_of([row], [5], [("backlog_target", "high", "", 3.9, 8.0)], truncate=True)
    # complete by the end it clears all of it
    nothing_left = ("backlog_target", "high", "", 0.0, 8.0)
    assert funded(plan_of([row], [5, 5], [nothing_left], truncate=True)) == {"A"}
