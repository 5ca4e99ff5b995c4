"""The portfolio of programmes: what it is worth, pays for, stops and says, on small tables."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
from programme_tables import drawn_up, initiative, months, reason, staff_of, starts, status

from nelfin.errors import NoAnswerError
from nelfin.models import portfolio
from nelfin.models.portfolio import Portfolio

pytestmark = pytest.mark.unit


def of(found: Portfolio, name: str, column: str) -> float:
    return float(found.plan.set_index("initiative_id").at[name, column])


# Worth


def test_value_is_health_and_cash_expected_less_cost_at_what_a_qaly_costs_elsewhere() -> None:
    row = initiative("A", (2.0, 1.0), (100.0, 200.0, 300.0), cash_3=4.0, success_pct=60)
    rates = {"discount_money_pct": 10.0, "discount_qaly_pct": 5.0}
    found = drawn_up([row | {"latest_start": "2026/27"}], 9, 9, 9, **rates)
    health = 0.6 * (100 + 200 / 1.05 + 300 / 1.05**2)
    money = 0.6 * 4 / 1.1**2 - 2 - 1 / 1.1
    assert of(found, "A", "value") == pytest.approx(health + 100 * money)
    assert of(found, "A", "benefit") == pytest.approx(health + 100 * 0.6 * 4 / 1.1**2)
    assert of(found, "A", "qalys") == pytest.approx(0.6 * 600)
    assert of(found, "A", "cost_gbp_m") == pytest.approx(3)
    assert of(found, "A", "cash_gbp_m") == pytest.approx(2.4)


def test_a_score_counts_by_the_chance_of_success_and_money_only_by_the_pools() -> None:
    rows = [
        initiative("A", 2.0, None, value_points=10, success_pct=50),
        initiative("B", 2.0, None, value_points=6),
    ]
    found = drawn_up(rows, 2, value="score")
    assert status(found) == {"A": "not chosen", "B": "chosen"}
    assert found.solve.objective == pytest.approx(6)
    assert found.unit == "points"


def test_what_recurs_goes_on_with_its_last_figure_and_counts_to_the_last_year() -> None:
    row = initiative("A", (2.0, 1.0), (100.0, 250.0), recurrent="yes", latest_start="2026/27")
    found = drawn_up([row], 5, 5, 5)
    assert found.spend["cost_gbp_m"].tolist() == [2, 1, 1]
    assert of(found, "A", "value") == pytest.approx(100 + 250 + 250 - 100 * 4)
    longer = drawn_up([row], 5, 5, 5, value_to="2030/31")
    assert of(longer, "A", "value") == pytest.approx(100 + 4 * 250 - 100 * 6)
    assert longer.spend.equals(found.spend)


def test_cost_grows_into_the_cash_of_the_pools() -> None:
    row = initiative("A", (2.0, 2.0), 900.0)
    assert status(drawn_up([row], 2, 2)) == {"A": "chosen"}
    assert status(drawn_up([row], 2, 2, price_growth_pct=2.0)) == {"A": "not chosen"}
    found = drawn_up([row], 2, 2.04, price_growth_pct=2.0)
    assert found.spend["cost_gbp_m"].tolist() == pytest.approx([2, 2.04])


def test_an_initiative_is_done_by_the_last_pool_unless_it_goes_on() -> None:
    rows = [initiative("A", (1.0, 1.0), 300.0), initiative("B", 1.0, 300.0, recurrent="yes")]
    found = drawn_up(rows, 0, 0, 2)
    assert starts(found) == {"B": "2028/29"}


# The pool


def test_cash_does_not_come_back_to_the_pool_unless_it_is_said_so() -> None:
    rows = [
        initiative("A", (1.0, 0.0), 300.0, cash_2=2.0, success_pct=50, latest_start="2026/27"),
        initiative("B", 1.0, 300.0, earliest_start="2027/28"),
    ]
    assert status(drawn_up(rows, 1, 0))["B"] == "not chosen"
    found = drawn_up(rows, 1, 0, cash_refills_pct=100)
    assert status(found)["B"] == "chosen"
    assert found.pools["cash_back_gbp_m"].tolist() == [0, 1]
    assert found.pools["left_gbp_m"].tolist() == pytest.approx([0, 0])
    half = drawn_up(rows, 1, 0, cash_refills_pct=50)
    assert status(half)["B"] == "not chosen"


def test_what_is_left_goes_to_the_next_year_as_far_as_it_may() -> None:
    rows = [initiative("A", 3.0, 900.0)]
    assert not starts(drawn_up(rows, 2, 2))
    assert not starts(drawn_up(rows, 2, 2, carry_over_pct=40))
    found = drawn_up(rows, 2, 2, carry_over_pct=50)
    assert starts(found) == {"A": "2027/28"}
    assert found.pools["carried_in_gbp_m"].tolist() == [0, 1]


def test_staff_hold_a_portfolio_back_that_has_money_to_spare() -> None:
    rows = [initiative(name, 1.0, 200.0, **months("nurse", 4.0)) for name in "AB"]
    found = drawn_up(rows, 9, staff=staff_of(nurse=6)[:1])
    assert sorted(status(found).values()) == ["chosen", "not chosen"]
    line = found.staff.iloc[0]
    assert (line["months"], line["used"], line["left"]) == (6, 4, 2)
    # a month more is a quarter of an initiative that is worth 200 less the 100 of its money
    assert line["price_per_month"] == pytest.approx(25)
    assert found.pools["price_per_gbp_m"].tolist() == [0]


def test_the_price_of_a_pound_is_what_a_pound_more_adds_with_its_own_cost_counted() -> None:
    rows = [initiative("A", 1.0, 400.0), initiative("B", 2.0, 500.0)]
    found = drawn_up(rows, 2, check_prices=True)
    assert found.pools["price_per_gbp_m"].tolist() == pytest.approx([150])
    line = found.prices.iloc[0]
    assert line["gain_of_1m_more"] == pytest.approx(150)
    assert line["loss_of_1m_less"] == pytest.approx(150)


# Stopping


RUNNING = initiative("R", 2.0, 250.0, recurrent="yes", running="yes", **months("nurse", 3.0))
STOP = initiative("S", -2.0, -150.0, recurrent="yes", requires="R", **months("nurse", -3.0))


def test_what_runs_is_stopped_where_its_money_does_more_good_elsewhere() -> None:
    found = drawn_up([RUNNING, STOP], 2, 2, staff=staff_of(nurse=3)[:2])
    assert status(found) == {"R": "stopped", "S": "chosen"}
    assert found.pools["cost_gbp_m"].tolist() == [0, 0]
    assert found.staff["used"].tolist() == [0, 0]
    # R is worth 50 a year over its money, and the stop gives back 200 for the 150 that it loses
    assert found.solve.objective == pytest.approx(2 * 50 + 2 * 50)
    assert reason(found, "R") == "Runs already; S, which is chosen, stops or cuts it."


def test_what_runs_goes_on_where_the_stop_loses_more_than_it_frees() -> None:
    dear = STOP | {"qalys_1": -240.0}
    found = drawn_up([RUNNING, dear], 2, 2, staff=staff_of(nurse=3)[:2])
    assert status(found) == {"R": "runs on", "S": "not chosen"}
    assert reason(found, "R") == "Runs already; S, which would stop or cut it, is not chosen."
    assert reason(found, "S") == "Loses more than the money it frees would buy elsewhere."


def test_it_is_stopped_all_the_same_for_something_better_that_needs_its_room() -> None:
    rows = [RUNNING, STOP | {"qalys_1": -240.0}, initiative("A", 2.0, 900.0)]
    found = drawn_up(rows, 2, staff=staff_of(nurse=3)[:1])
    assert status(found) == {"R": "stopped", "S": "chosen", "A": "chosen"}
    assert reason(found, "S").startswith("Chosen for the room it brings, which others use.")


def test_half_of_it_is_a_cut() -> None:
    half = STOP | {"cost_1": -1.0, "qalys_1": -50.0, "staff_nurse_1": -1.0}
    assert status(drawn_up([RUNNING, half], 2, staff=staff_of(nurse=3)[:1]))["R"] == "cut"


def test_two_stops_free_no_more_than_the_programme_costs() -> None:
    rows = [RUNNING, STOP, STOP | {"initiative_id": "T", "qalys_1": -100.0}]
    found = drawn_up(rows, 2, staff=staff_of(nurse=3)[:1])
    assert status(found) == {"R": "stopped", "S": "not chosen", "T": "chosen"}
    assert "no more freed of R than it costs in 2026/27" in reason(found, "S")
    assert found.pools["cost_gbp_m"].tolist() == [0]


def test_a_stop_without_its_programme_brings_its_money_to_the_pool() -> None:
    rows = [initiative("S", -2.0, -100.0), initiative("A", 3.0, 900.0)]
    found = drawn_up(rows, 1)
    assert status(found) == {"S": "chosen", "A": "chosen"}
    assert found.pools[["cost_gbp_m", "left_gbp_m"]].iloc[0].tolist() == [1, 0]


# Years that are over


def test_pools_of_years_that_are_over_are_left_out_and_what_runs_is_further_on() -> None:
    rows = [
        initiative("R", (5.0, 2.0, 1.0), (0.0, 0.0, 400.0), running="yes"),
        initiative("A", 1.0, 300.0, latest_start="2026/27"),
        initiative("B", 1.0, 300.0),
    ]
    found = drawn_up(rows, 9, 3, 3, now="2027/28")
    assert found.pools["year"].tolist() == ["2027/28", "2028/29"]
    assert found.spend.loc[found.spend["initiative_id"] == "R", "cost_gbp_m"].tolist() == [2, 1]
    assert of(found, "R", "qalys") == 400
    assert status(found) == {"R": "runs on", "A": "not chosen", "B": "chosen"}
    assert reason(found, "A") == ("Its window and its years of cost do not fit 2027/28 to 2028/29.")


# Places


PLACED = [
    initiative("A", 1.0, 500.0, places="Newham"),
    initiative("B", 1.0, 900.0, places="Havering"),
    initiative("C", 1.0, 800.0),
]


def test_a_floor_brings_in_what_serves_the_place() -> None:
    assert status(drawn_up(PLACED, 2))["A"] == "not chosen"
    floors = pd.DataFrame({"place": ["Newham"], "share_pct": [40.0]})
    found = drawn_up(PLACED, 2, floors=floors)
    assert status(found) == {"A": "chosen", "B": "chosen", "C": "not chosen"}
    line = found.floors.iloc[0]
    assert (line["floor_gbp_m"], line["spend_gbp_m"]) == pytest.approx((0.8, 1.0))
    assert line["price_per_gbp_m"] > 0
    assert "Chosen to keep at least 40 % of spend on Newham." in reason(found, "A")
    assert reason(found, "C") == "Would break at least 40 % of spend on Newham."


def test_spend_counts_for_places_by_their_people_and_for_the_most_deprived_by_their_share() -> None:
    people = {"Newham": 3.0, "Havering": 1.0}
    floors = pd.DataFrame({"place": ["Newham", "most deprived"], "amount_gbp_m": [0.7, 0.35]})
    rows = [initiative("C", 1.0, 800.0)]
    more = {"place_people": people, "deprived_share": {"Newham": 0.5}}
    found = drawn_up(rows, 2, floors=floors, **more)
    assert found.floors["spend_gbp_m"].tolist() == pytest.approx([0.75, 0.375])
    both = drawn_up([rows[0] | {"places": "Havering; Newham"}], 2, floors=floors, **more)
    assert both.floors["spend_gbp_m"].tolist() == pytest.approx([0.75, 0.375])


# No portfolio


def said(rows: list[dict[str, object]], *pools: float, **more: object) -> str:
    with pytest.raises(NoAnswerError) as error:
        drawn_up(rows, *pools, **more)
    return str(error.value)


def test_what_must_be_in_and_does_not_fit_is_said_with_year_and_pounds() -> None:
    rows = [initiative("A", 6.0, must="yes"), initiative("R", 2.0, running="yes")]
    text = said(rows, 5)
    assert "initiatives that must be in or run already need £8.0m in 2026/27" in text
    assert "the limit is £5.0m (A £6.0m, R £2.0m)" in text
    assert "Raise the pools, widen the windows, or take must or running off one of A, R." in text


def test_staff_that_do_not_suffice_are_said_in_months() -> None:
    row = initiative("A", 1.0, must="yes", **months("nurse", 9.0))
    text = said([row], 5, staff=staff_of(nurse=4)[:1])
    assert "need 9.0 months of nurse in 2026/27, the limit is 4.0 months" in text


def test_a_floor_that_cannot_be_kept_is_said() -> None:
    floors = pd.DataFrame({"place": ["Newham"], "amount_gbp_m": [3.0]})
    text = said([initiative("A", 1.0, places="Newham")], 5, floors=floors)
    assert "at least £3.0m of spend on Newham: £2.0m short" in text
    assert "Ease the floors of equity_floors, or raise the pools." in text


# Reasons


REASONS = {
    "dear": (
        [initiative(name, 1.0, worth) for name, worth in (("A", 500), ("B", 400), ("C", 450))],
        "B",
        "Displaced in 2026/27: its money is priced at 350.0 QALYs against a value of 300.0. "
        "Needs 17 % more value or £0.11m less cost.",
    ),
    "worth less than elsewhere": (
        [initiative("B", 1.0, 90.0)],
        "B",
        "Brings less than its money would buy elsewhere.",
    ),
    "larger than the pool": (
        [initiative("B", 1.6, 900.0)],
        "B",
        "Needs £1.6m in 2026/27 by itself, the limit is £1.5m.",
    ),
    "needs another": (
        [initiative("A", 1.0, 0.0), initiative("B", 0.0, 90.0, requires="A")],
        "B",
        "Needs A, which is not chosen.",
    ),
    "excluded": (
        [initiative("A", 0.5, 500.0), initiative("B", 0.5, 90.0, excludes="A")],
        "A",
        "Worth 450.0 QALYs; its money is priced at 0.0.",
    ),
    "another option": (
        [
            initiative("A", 0.5, 500.0, option_of="Either"),
            initiative("B", 0.5, 400.0, option_of="Either"),
        ],
        "B",
        "Another option of it is chosen: A.",
    ),
    "must": ([initiative("A", 1.0, 0.0, must="yes")], "A", "Must be in the portfolio."),
    "for another": (
        [initiative("A", 0.5, 0.0), initiative("B", 0.5, 900.0, requires="A")],
        "A",
        "Chosen for B, which needs it.",
    ),
}


@pytest.mark.parametrize("kind", REASONS)
def test_every_initiative_has_its_reason(kind: str) -> None:
    rows, name, words = REASONS[kind]
    assert reason(drawn_up(rows, 1.5), name).startswith(words)


def test_too_few_staff_left_are_a_reason() -> None:
    rows = [
        initiative(name, 1.0, worth, **months("nurse", 4.0))
        for name, worth in (("A", 900.0), ("B", 300.0), ("C", 500.0))
    ]
    found = drawn_up(rows, 9, staff=staff_of(nurse=6)[:1])
    assert reason(found, "B").startswith(
        "Displaced in 2026/27: needs 4.0 months of nurse in 2026/27, priced at 400.0 QALYs, "
        "against a value of 200.0."
    )
    assert reason(found, "C") == (
        "Worth its price, but only 2.0 months of nurse are left in 2026/27, and it needs 4.0."
    )


# Frontier and triangles


def test_the_frontier_rises_with_the_pools_and_ends_at_everything_worth_having() -> None:
    rows = [initiative(name, 1.0, 100.0 + 50 * n) for n, name in enumerate("ABCD")]
    found = drawn_up(rows, 2, frontier_pct=(200, 50, 100, 150)).frontier
    assert found["pool_pct"].tolist() == [50, 100, 150, 200]
    assert found["pool_gbp_m"].tolist() == [1, 2, 3, 4]
    assert found["cost_gbp_m"].tolist()[:3] == [1, 2, 3]
    assert found["value"].tolist() == pytest.approx([150, 250, 300, 300])


def test_pools_too_small_for_what_must_be_in_have_no_value() -> None:
    found = drawn_up([initiative("A", 1.0, must="yes")], 1, frontier_pct=(50, 100)).frontier
    assert np.isnan(found["value"].iloc[0])
    assert found["value"].iloc[1] == pytest.approx(200)


def test_a_triangle_is_as_wide_as_its_cost_and_as_high_as_its_benefit() -> None:
    rows = [
        initiative("A", 2.0, 500.0, cash_1=1.0, success_pct=50),
        initiative("B", 9.0, 900.0),
    ]
    found = drawn_up(rows, 2).triangles.set_index("initiative_id")
    assert found.loc["A", ["cost_gbp_m", "benefit", "benefit_per_gbp_m", "value"]].tolist() == [
        2, 300, 150, 100,
    ]  # fmt: skip
    assert found.at["B", "status"] == "not chosen"
    assert found.at["B", "benefit"] == 900


def test_the_example_is_true() -> None:
    assert doctest.testmod(portfolio) == (0, 3)


def test_tables_without_rows_are_not_written() -> None:
    found = drawn_up([initiative("A", 9.0)], 1)
    assert set(found.tables()) == {"plan", "pools", "prices", "triangles"}
