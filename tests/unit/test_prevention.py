"""The shift into prevention on a few years and one or two programmes, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numpy as np
import pandas as pd
import pytest
from prevention_cases import FAST as FAST_ROW
from prevention_cases import base, section
from prevention_cases import plain_shift as shift

from nelfin.models.ledgers import avoided_cost, lag_weights, released
from nelfin.models.prevention import share_path
from nelfin.models.programmes import programme_table

pytestmark = pytest.mark.unit

PARAMETERS = tuple(FAST_ROW)


def programmes(**rows: Sequence[float]) -> pd.DataFrame:
    """Return a programme table from the five parameters of each."""
    records = [
        (name, parameter, value)
        for name, values in rows.items()
        for parameter, value in zip(PARAMETERS, values, strict=True)
    ]
    return pd.DataFrame(records, columns=["programme", "parameter", "value"])


FAST = tuple(FAST_ROW.values())


def test_the_share_is_flat_then_rises_evenly_then_is_flat() -> None:
    path = share_path(2.0, 4.0, 2024, 2028, range(2022, 2031))
    assert path == pytest.approx([2, 2, 2, 2.5, 3, 3.5, 4, 4, 4])


def test_the_share_may_fall() -> None:
    assert share_path(4.0, 3.0, 2024, 2025, [2023, 2024, 2025]) == pytest.approx([4, 4, 3])


def test_lag_weights_of_a_mean_lag_of_two_years() -> None:
    # rate 1: F(1) = 1 - 2/e, F(2) = 1 - 3/e^2, F(3) = 1 - 4/e^3
    weights = lag_weights(2.0, 3)
    expected = [1 - 2 / exp(1), 2 / exp(1) - 3 / exp(2), 3 / exp(2) - 4 / exp(3)]
    assert weights == pytest.approx(expected, rel=1e-14)


def test_each_programme_has_its_own_lag() -> None:
    weights = lag_weights([1.0, 4.0], 2)
    assert weights.shape == (2, 2)
    assert weights[0, 0] == pytest.approx(1 - 3 / exp(2))
    assert weights[1, 0] == pytest.approx(1 - 1.5 / exp(0.5))


def test_avoided_cost_adds_up_what_all_spend_so_far_brings_this_year() -> None:
    w = [1 - 2 / exp(1), 2 / exp(1) - 3 / exp(2), 3 / exp(2) - 4 / exp(3)]
    found = avoided_cost(np.array([10.0, 20.0, 0.0]), 1.5, 2.0)
    expected = [15 * w[0], 15 * w[1] + 30 * w[0], 15 * w[2] + 30 * w[1]]
    assert found == pytest.approx(expected, rel=1e-14)


def test_avoided_cost_of_programmes_is_that_of_each_alone() -> None:
    spend = np.array([[10.0, 20.0, 5.0], [1.0, 0.0, 7.0]])
    together = avoided_cost(spend, [1.5, 4.0], [2.0, 8.0])
    for row, (returns, lag) in enumerate([(1.5, 2.0), (4.0, 8.0)]):
        assert together[row] == pytest.approx(avoided_cost(spend[row], returns, lag), rel=1e-14)


def test_nothing_comes_back_before_it_is_spent() -> None:
    found = avoided_cost(np.array([0.0, 0.0, 10.0]), 3.0, 1.0)
    assert list(found[:2]) == [0.0, 0.0]
    assert found[2] > 0


@pytest.mark.parametrize(
    ("cash", "step", "expected"),
    [
        (7.4, 2.5, 5.0),
        (7.5, 2.5, 7.5),
        (2.49, 2.5, 0.0),
        (0.3, 0.1, 0.3),  # 0.3 / 0.1 is a hair below 3 in floating point
        (7.9, 0.0, 7.9),
        (0.0, 2.5, 0.0),
    ],
)
def test_cash_is_released_in_whole_steps(cash: float, step: float, expected: float) -> None:
    assert float(released(np.array([cash]), step)[0]) == pytest.approx(expected, abs=1e-12)


def test_the_programme_table_keeps_the_order_of_the_file() -> None:
    table = programme_table(programmes(zebra=FAST, apple=FAST))
    assert list(table.index) == ["zebra", "apple"]
    assert float(table.at["apple", "return_gbp_per_gbp"]) == 2.0


def test_extra_spend_is_the_rise_of_the_share_times_the_spend_of_the_year() -> None:
    data = shift(
        base(1000.0, 1100.0, 1200.0),
        section(share_start_pct=2.0, share_end_pct=4.0, end_year="2025/26"),
        programmes(one=FAST),
    )
    assert data["prevention_share"].values == pytest.approx([2.0, 3.0, 4.0])
    assert data["prevention_extra_spend"].values == pytest.approx([0.0, 11.0, 24.0])
    assert data["prevention_cash"].values == pytest.approx([0.0, 22.0, 48.0])


def test_spend_is_shared_over_programmes_and_each_has_its_own_ledger() -> None:
    # extra spend of 10 a year from 2024/25, 80 % in one programme and 20 % in the other
    data = shift(
        base(1000.0, 1000.0),
        section(),
        programmes(one=(80.0, 2.0, 0.02, 75.0, 50.0), two=(20.0, 5.0, 0.02, 10.0, 100.0)),
    )
    last = data.sel(year="2024/25")
    assert last["prevention_programme_spend"].values == pytest.approx([8.0, 2.0])
    assert last["prevention_programme_avoided"].values == pytest.approx([16.0, 10.0])
    # NHS part: 12 and 1. Cash: half of 12 and all of 1. Capacity: the rest of 13. Society: 4 and 9.
    assert last["prevention_programme_cash"].values == pytest.approx([6.0, 1.0])
    assert float(last["prevention_cash"]) == pytest.approx(7.0)
    assert float(last["prevention_capacity"]) == pytest.approx(6.0)
    assert float(last["prevention_society"]) == pytest.approx(13.0)


def test_each_rise_of_spend_is_paid_twice_while_capacity_opens() -> None:
    # extra spend of 0, 10, 20 and 20, then the base halves: 10
    data = shift(
        base(1000.0, 1000.0, 1000.0, 1000.0, 500.0),
        section(share_end_pct=2.0, end_year="2025/26", double_running_months=6.0),
        programmes(one=FAST),
    )
    assert data["prevention_extra_spend"].values == pytest.approx([0, 10, 20, 20, 10])
    assert data["prevention_double_running"].values == pytest.approx([0, 5, 5, 0, 0])
    # cash of twice the spend, less the spend, less double running
    assert data["prevention_net_cash"].values == pytest.approx([0, 5, 15, 20, 10])


def test_what_a_whole_step_does_not_release_stays_capacity() -> None:
    # cash of 20 a year is released in wards of 15; the other 5 is a part of a ward
    data = shift(base(1000.0, 1000.0), section(release_step_gbp_m=15.0), programmes(one=FAST))
    last = data.sel(year="2024/25")
    assert float(last["prevention_cash"]) == pytest.approx(15.0)
    assert float(last["prevention_capacity"]) == pytest.approx(5.0)
    assert float(last["prevention_net_cash"]) == pytest.approx(5.0)


def test_break_even_payback_and_present_value_by_hand() -> None:
    # extra spend of 0, 10, 20, 20, 20; cash of 1.2 times; double running of a quarter:
    # net 0, 2 - 2.5 = -0.5, 4 - 2.5 = 1.5, 4, 4
    data = shift(
        base(*[1000.0] * 5),
        section(
            share_end_pct=2.0,
            end_year="2025/26",
            double_running_months=3.0,
            discount_money_pct=10.0,
        ),
        programmes(one=(100.0, 1.2, 0.02, 100.0, 100.0)),
    )
    assert data["prevention_net_cash"].values == pytest.approx([0, -0.5, 1.5, 4, 4])
    assert data.attrs["break_even_year"] == "2025/26"
    assert data.attrs["payback_year"] == "2025/26"
    expected = -0.5 / 1.1 + 1.5 / 1.21 + 4 / 1.331 + 4 / 1.4641
    assert data.attrs["npv_gbp_m"] == pytest.approx(expected)


def test_payback_comes_after_break_even_when_there_is_a_loss_to_win_back() -> None:
    # extra spend of 0, 10, 10, 10, 10, all cash, double running of ten months in the first year:
    # net 0, 3 - 8.333, 3, 3, 3
    data = shift(
        base(*[1000.0] * 5),
        section(double_running_months=10.0),
        programmes(one=(100.0, 1.3, 0.02, 100.0, 100.0)),
    )
    assert data.attrs["break_even_year"] == "2025/26"
    assert data.attrs["payback_year"] == "2026/27"


def test_coming_out_at_exactly_nothing_is_break_even_and_payback() -> None:
    even = shift(base(*[1000.0] * 3), section(), programmes(one=(100.0, 1.0, 0.02, 100.0, 100.0)))
    assert (even["prevention_net_cash"] == 0.0).all()
    assert even.attrs["break_even_year"] == even.attrs["payback_year"] == "2024/25"
    # cash of 15 on spend of 10, paid twice in its first year: net 0, -5, 5
    won_back = shift(
        base(*[1000.0] * 3),
        section(double_running_months=12.0),
        programmes(one=(100.0, 1.5, 0.02, 100.0, 100.0)),
    )
    assert list(won_back["prevention_net_cash"].values) == [0.0, -5.0, 5.0]
    assert won_back.attrs["payback_year"] == "2025/26"


def test_a_shift_that_never_pays_has_no_break_even_year() -> None:
    data = shift(base(*[1000.0] * 4), section(), programmes(one=(100.0, 0.9, 0.02, 100.0, 100.0)))
    assert data.attrs["break_even_year"] == ""
    assert data.attrs["payback_year"] == ""
    assert data.attrs["npv_gbp_m"] == pytest.approx(-3.0)


def test_a_later_start_moves_everything_back_and_counts_no_idle_year_as_break_even() -> None:
    data = shift(
        base(*[1000.0] * 4),
        section(start_year="2024/25", end_year="2025/26"),
        programmes(one=FAST),
    )
    assert data["prevention_extra_spend"].values == pytest.approx([0, 0, 10, 10])
    assert data.attrs["break_even_year"] == "2025/26"


def test_a_shift_that_ends_after_the_plan_is_still_under_way_in_its_last_year() -> None:
    data = shift(base(*[1000.0] * 3), section(end_year="2027/28"), programmes(one=FAST))
    assert data["prevention_share"].values == pytest.approx([0.0, 0.25, 0.5])


def test_every_variable_says_its_unit_and_name() -> None:
    data = shift(base(1000.0, 1000.0), section(), programmes(one=FAST))
    for name, variable in data.data_vars.items():
        assert str(name).startswith("prevention_")
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name
