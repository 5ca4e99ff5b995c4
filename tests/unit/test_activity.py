"""Models of activity on small figures by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nelfin.models.activity.beds import FreedDays, freed_days, uses_of
from nelfin.models.activity.demand import level_since, volume_growth
from nelfin.models.activity.payment import between, marginal_cost, paid
from nelfin.models.activity.primary import gap, gap_cost, others_rate
from nelfin.models.activity.waiting import over_standard, waiting_list, weeks_to_clear

pytestmark = pytest.mark.unit


def test_growth_of_volume_weighs_planned_and_urgent_by_cost() -> None:
    found = volume_growth(np.array([4.0]), np.array([2.0]), np.array([25.0]))
    assert found == pytest.approx([0.025])


@pytest.mark.parametrize(
    ("before", "level"),
    [
        (0, [1.0, 1.2, 1.8]),
        (2, [1.21, 1.452, 2.178]),  # as in the first year before it
        (-1, [1 / 1.2, 1.0, 1.5]),
    ],
)
def test_a_level_is_one_in_its_base_year(before: int, level: list[float]) -> None:
    assert level_since(np.array([0.1, 0.2, 0.5]), before) == pytest.approx(level)


def test_the_list_falls_by_what_is_done_above_break_even() -> None:
    found = waiting_list(
        np.array(1000.0), np.array([1200.0, 1200.0]), np.array([0.2, 0.2]), np.array([1800.0, 0.0])
    )
    assert found.additions[0] == pytest.approx([125.0] * 12)
    assert found.removals[0] == pytest.approx([25.0] * 12)
    assert found.activity[0] == pytest.approx([150.0] * 12)
    assert found.end[0] == pytest.approx(1000 - 50 * np.arange(1, 13))
    assert found.end[1] == pytest.approx(400 + 100 * np.arange(1, 13))
    assert not found.unmet.any()


def test_no_list_is_below_nobody_and_activity_is_cut_to_who_there_is() -> None:
    found = waiting_list(np.array(30.0), np.array([120.0]), np.array([0.5]), np.array([360.0]))
    assert found.end[0] == pytest.approx([10.0] + [0.0] * 11)
    assert found.activity[0] == pytest.approx([30.0, 20.0] + [10.0] * 10)
    assert found.unmet[0] == pytest.approx([0.0, 10.0] + [20.0] * 10)


def test_people_over_18_weeks_are_those_beyond_18_weeks_of_break_even() -> None:
    over = over_standard(np.array([174_000.0, 1000.0]), np.array([52 * 4281.0, 52 * 4281.0]))
    assert over.tolist() == [174_000 - 18 * 4281, 0.0]


@pytest.mark.parametrize(
    ("given", "weeks"),
    [
        ((1800.0, 100.0, 10.0, 0.0), 0.0),
        ((2000.0, 100.0, 10.0, 0.0), 20.0),
        ((2005.0, 100.0, 10.0, 0.0), 20.5),
        ((2000.0, 100.0, 0.0, 0.0), np.inf),
        ((2000.0, 100.0, 0.0, 0.05), np.log(2000 / 1800) / np.log(1.05) * 52),
    ],
)
def test_weeks_until_the_list_is_clear(
    given: tuple[float, float, float, float], weeks: float
) -> None:
    assert weeks_to_clear(*given) == pytest.approx(weeks, rel=1e-4)


def test_what_passes_the_limit_earns_nothing_and_what_is_not_done_is_lost_whole() -> None:
    funded, limit = np.full(4, 200.0), np.full(4, 105.0)
    found = paid(np.array([-30.0, 0.0, 10.0, 25.0]), funded, limit)
    assert found.tolist() == [-30.0, 0.0, 10.0, 10.0]
    assert paid(np.array([25.0]), np.array([np.inf]), np.array([100.0])).tolist() == [25.0]


def test_cost_of_more_activity_follows_the_curve_of_each_change() -> None:
    curve, prices = np.array([0.5, 0.7, 0.9]), np.array([1.0, 1.0, 2.0])
    found = marginal_cost(np.array([10.0, 10.0, 0.0]), curve, prices)
    # after it stops, half of its cost goes at once, and what had moved by then moves on
    assert found == pytest.approx([5.0, 7.0, 2 * (9.0 - 5.0)])


def test_the_board_pays_what_does_not_come_from_outside() -> None:
    trusts = np.array([[6.0], [4.0], [0.0]])
    icb = np.array([0.0, 0.0, 1.0])
    found = between(trusts, icb, np.array([0.3]))
    assert found[:, 0] == pytest.approx([6.0, 4.0, -7.0])
    assert between(trusts, icb, np.array([0.0])).sum() == pytest.approx(0.0, abs=1e-15)


def freed(**changes: float) -> FreedDays:
    share = {"planned": 0.2, "stay_saved": 0.5, "fit_freed": 0.5, "avoided": 90.0, "cash": 60.0}
    share |= changes
    return freed_days(
        np.array([[1000.0]]),
        np.array([[200.0]]),
        np.array([share["planned"]]),
        np.array([share["stay_saved"]]),
        np.array([share["fit_freed"]]),
        np.array([[share["avoided"]]]),
        np.array([[share["cash"]]]),
    )


def test_each_lever_takes_from_what_the_one_before_has_left() -> None:
    found = freed()
    assert (found.stay.item(), found.fit.item()) == pytest.approx((100.0, 90.0))
    assert (found.avoided.item(), found.avoided_as_cash.item()) == pytest.approx((90.0, 60.0))
    assert found.by_lever().shape == (3, 1, 1)


def test_no_more_is_freed_than_there_is() -> None:
    found = freed(planned=1.0, stay_saved=0.9, fit_freed=1.0, avoided=900.0, cash=300.0)
    assert found.by_lever().sum() == pytest.approx(1000.0)
    assert found.avoided_as_cash.item() == pytest.approx(found.avoided.item() / 3)


def use(closed: float, filled: float, ward: float, **changes: float) -> np.ndarray:
    days_a_bed = np.array([[10.0]])
    uses = uses_of(freed(**changes), days_a_bed, np.array([closed]), np.array([filled]), ward)
    return uses[..., 0, 0]


def test_a_freed_bed_has_one_use() -> None:
    uses = use(0.5, 0.3, 0.0)
    assert uses[0] == pytest.approx([5.0, 3.0, 2.0])
    assert uses[1] == pytest.approx([4.5, 2.7, 1.8])
    # closed as far as prevention counts their cost as cash; only the others can be filled
    assert uses[2] == pytest.approx([6.0, 2.7, 0.3])


def test_beds_of_avoided_admissions_whose_cost_is_cash_are_never_filled() -> None:
    assert use(0.0, 1.0, 0.0)[2] == pytest.approx([6.0, 3.0, 0.0])
    assert use(1.0, 0.0, 0.0)[2] == pytest.approx([6.0, 0.0, 3.0])


def test_beds_close_in_whole_wards_and_the_rest_of_a_ward_is_stranded() -> None:
    uses = use(0.5, 0.3, 4.0)  # 9.5 beds to close: two wards of four
    assert uses[:2, 0].sum() == pytest.approx(8.0)
    assert uses[:2, 1].sum() == pytest.approx(5.7)
    assert uses[:2, 2].sum() == pytest.approx(19.0 - 8.0 - 5.7)
    assert use(1.0, 0.0, 28.0)[:2, 0].sum() == 0.0


def test_the_others_make_up_the_average() -> None:
    assert others_rate(80.0, np.array([100.0]), np.array([1000.0]), 3000.0) == pytest.approx(70.0)


def test_a_gap_is_what_is_short_of_the_aim_and_costs_by_the_appointment() -> None:
    short = gap(np.array([70.0, 90.0]), 84.0)
    assert short.tolist() == [14.0, 0.0]
    cost = gap_cost(short, np.array([[100_000.0], [50_000.0]]), np.array([40.0]))
    assert cost[:, 0] == pytest.approx([14 * 100 * 52 * 40 / 1e6, 0.0])
