"""What the Joint Forward Plan says of planned care comes out of the embedded scenario."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from activity_case import embedded, settings_of, work_out

from nelfin.models.activity.waiting import over_standard
from nelfin.system.activity_answers import at_the_plans_rate

pytestmark = pytest.mark.golden

QUARTER = 92
"""Days."""


def test_break_even_is_that_of_the_plan_and_grows_by_a_fifth_in_five_years() -> None:
    weeks = work_out().planned.break_even / 52
    assert weeks[0] / (1 + 0.0366) == pytest.approx(4281.0, rel=1e-12)  # 2022/23
    assert weeks[4] / 4281 == pytest.approx(1.197, abs=5e-4)  # 2027/28


def test_at_break_even_the_list_of_174_000_stands_still() -> None:
    found = work_out().planned.waiting
    assert found is not None
    assert (found.end == 174_000).all()
    assert not found.unmet.any()


def test_nobody_waits_over_18_weeks_by_september_2027_as_the_plan_counts() -> None:
    scenario, _ = embedded()
    plan, full = at_the_plans_rate(scenario)
    assert plan.weeks == pytest.approx((174_000 - 18 * 4_281) / 391, rel=1e-12)
    assert plan.on is not None
    assert abs((plan.on - date(2027, 9, 30)).days) < QUARTER
    # as many as join in 18 weeks may wait, and that grows with demand: it is reached sooner
    assert full.on is not None
    assert date(2027, 1, 1) < full.on < plan.on


def test_391_a_week_above_break_even_comes_off_the_list_and_leaves_fewer_over_18_weeks() -> None:
    section = embedded()[0].activity
    week = section.break_even_per_week
    assert week is not None
    still = work_out().planned.break_even / 52
    # 391 a week above break-even of 2023, with the same share of it in every year
    found = settings_of(extra_pct=100 * 391 / week, waiting_list=174_000.0)
    assert found.planned.waiting is not None
    ends = found.planned.waiting.end[:, -1]
    per_week = (found.planned.waiting.activity.sum(axis=-1) - found.planned.break_even) / 52
    np.testing.assert_allclose(per_week[3:5], 391 * still[3:5] / week, rtol=1e-9)
    over = over_standard(ends, found.planned.break_even)
    by_hand = 174_000 - 52 * np.cumsum(per_week) - 18 * still
    np.testing.assert_allclose(over, np.maximum(by_hand, 0.0), atol=1e-3)


def test_primary_care_has_the_figures_of_the_plan() -> None:
    primary = work_out().primary
    rates = dict(zip(primary.places, primary.rates, strict=True))
    assert (rates["Tower Hamlets"], rates["Havering"]) == (93.56, 68.01)
    assert primary.aim == pytest.approx(77.78 * 1.08)
    assert set(primary.without) == {
        "Barking and Dagenham", "City and Hackney", "Newham", "Redbridge", "Waltham Forest",
    }  # fmt: skip


def test_shorter_stays_are_the_plans_and_people_fit_to_leave_are_10_79_per_cent() -> None:
    scenario, inputs = embedded()
    assert scenario.activity.stay_medians_pct == {"London": 13.0, "England": 31.0}
    found = settings_of(fit_to_leave_freed_pct=100.0, by_year="")
    acute = inputs.beds[inputs.beds["organisation"].isin(["Barts Health", "BHRUT", "Homerton"])]
    days = found.freed.days.fit.sum(axis=0)[-1]
    assert days / 365 == pytest.approx(0.1079 * acute["beds_available"].sum())
