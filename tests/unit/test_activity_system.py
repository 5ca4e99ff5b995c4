"""Activity in its system: what is labelled, what is left out, and questions answered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from activity_case import (
    ACUTE,
    OPEN_FROM,
    embedded,
    nothing_avoided,
    people,
    settings_of,
    with_settings,
    work_out,
)

from nelfin.data.footprints import find_system
from nelfin.data.start.activity import beds_of, without_beds
from nelfin.data.start.bodies import bodies_of
from nelfin.errors import InputError
from nelfin.scenario import Scenario
from nelfin.system.activity import STEPS, activity_of, left_out
from nelfin.system.activity_answers import (
    at_the_plans_rate,
    to_clear_by,
    worth_of,
    worth_of_a_percent,
    worth_of_stays,
)

pytestmark = pytest.mark.unit


def budgets() -> xr.Dataset:
    return xr.Dataset({"weighted_population": people()})


def prevention() -> xr.Dataset:
    years = embedded()[0].years.labels()
    return xr.Dataset(
        {f"prevention_{name}": ("year", values) for name, values in nothing_avoided().items()},
        {"year": years},
    )


def labelled(scenario: Scenario | None = None) -> xr.Dataset:
    own, inputs = embedded()
    return activity_of(scenario or own, inputs, budgets(), prevention())


def test_every_figure_is_labelled_with_words_and_a_unit() -> None:
    found = labelled()
    assert {str(name).split("_")[0] for name in found.data_vars} == {"activity", "beds", "primary"}
    for name, array in found.data_vars.items():
        assert array.attrs["long_name"], name
        assert array.attrs["units"] in {
            "people", "people a week", "£m", "beds", "appointments", "fraction", "ratio",
        }, name  # fmt: skip
    assert found.attrs["activity_from"] == "2026/27"


def test_steps_of_the_bridge_are_levels_of_every_body_and_year() -> None:
    case = with_settings(
        {
            "extra_pct": 3.0, "stay_saved_pct": 31.0, "beds_closed_pct": 100.0,
            "primary_care_gap_closed_pct": 50.0,
        }
    )  # fmt: skip
    found, of = labelled(case), work_out(case).levels()
    assert list(STEPS) == list(of)
    for step, (name, sign) in STEPS.items():
        assert found[name].dims == ("organisation", "year")
        np.testing.assert_array_equal(sign * found[name].to_numpy(), of[step])
        assert np.abs(found[name].isel(year=-1)).sum() > 0
    # the cost of primary care is the ICB's, and closing beds saves cash
    assert (found["primary_care_cost"].isel(year=-1) >= 0).all()
    assert float(found["primary_care_cost"].isel(year=-1).sel(organisation="NEL ICB")) > 10
    assert (found["beds_cash"].isel(year=-1) >= 0).all()


def test_a_place_without_a_figure_has_none_and_the_others_stand_together() -> None:
    found = labelled()
    own = found["primary_care_gap"].to_series().dropna()
    assert set(own.index) == {"Tower Hamlets", "Havering"}
    assert own["Tower Hamlets"] == 0
    assert float(found["primary_care_gap_others"]) > 0
    assert "Newham" in found.attrs["activity_left_out"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"break_even_per_week": None}, "Planned care and its waiting list are left out"),
        ({"waiting_list": None}, "The waiting list is left out"),
        ({"price_gbp": None}, "Money of planned care is left out"),
        ({"bed_day_gbp": None}, "Money of beds is left out"),
        ({"appointments_above_pct": None}, "Gaps of primary care are left out"),
    ],
)
def test_what_has_no_figure_is_left_out_and_told(
    changes: dict[str, float | None], says: str
) -> None:
    found = settings_of(**changes)
    assert says in " ".join(left_out(found))
    for level in found.levels().values():
        assert np.isfinite(level).all()
    labelled(with_settings(changes))


def test_beds_that_are_not_given_are_told_and_free_nothing() -> None:
    _, inputs = embedded()
    found = work_out(
        with_settings({"stay_saved_pct": 13.0}),
        beds=inputs.beds[inputs.beds["organisation"] != "BHRUT"],
    )
    assert "Beds of BHRUT are left out" in " ".join(left_out(found))
    at = found.basis.names.index("BHRUT")
    assert not found.freed.cost[at].any()
    assert found.freed.cost.sum() > 0


def test_people_fit_to_leave_that_are_not_published_are_told() -> None:
    _, inputs = embedded()
    beds = inputs.beds.copy()
    beds.loc[beds["organisation"] == "Homerton", "beds_fit_to_leave"] = np.nan
    case = with_settings({"fit_to_leave_pct": None, "fit_to_leave_freed_pct": 50.0})
    found = work_out(case, beds=beds)
    assert "not published for Homerton" in " ".join(left_out(found))
    assert not found.freed.cost[found.basis.names.index("Homerton")].any()


def test_a_plan_of_a_trust_stands_in_place_of_the_setting_and_not_in_a_known_year() -> None:
    rows = [("BHRUT", "2024/25", 50.0), ("BHRUT", "2028/29", -4.0)]
    plans = pd.DataFrame(rows, columns=["organisation", "year", "extra_pct"])
    found = work_out(with_settings({"extra_pct": 2.0}), activity_plans=plans)
    share = found.planned.extra / np.where(found.planned.funded > 0, found.planned.funded, 1)
    at = found.basis.names.index("BHRUT")
    wanted = np.array([0.0] * OPEN_FROM + [2.0] * 7)
    wanted[5] = -4.0
    np.testing.assert_allclose(100 * share[at], wanted, atol=1e-12)
    np.testing.assert_allclose(100 * share[0], [0.0] * OPEN_FROM + [2.0] * 7, atol=1e-12)
    assert "Plans of planned care for 2024/25 stand for nothing" in " ".join(left_out(found))


def test_what_prevention_passes_on_is_part_of_the_variable_payment() -> None:
    avoided = {
        "cash": np.full(10, 10.0), "capacity": np.full(10, 30.0), "paid_by_cash": np.zeros(10)
    }  # fmt: skip
    found = work_out(None, avoided)
    icb = found.basis.names.index("NEL ICB")
    # 20 % of 40 is 8; half of the cash, 5, is passed on already
    assert found.urgent_paid[icb] == pytest.approx([0.0] * OPEN_FROM + [3.0] * 7)
    assert found.urgent_paid.sum(axis=0) == pytest.approx(np.zeros(10), abs=1e-12)


def test_filled_beds_cost_no_bed_twice_and_come_off_the_list() -> None:
    case = {"stay_saved_pct": 20.0, "beds_filled_pct": 100.0, "by_year": ""}
    found = settings_of(**case, payment_limit_pct=1000.0)
    _, inputs = embedded()
    beds = inputs.beds.set_index("organisation").loc[list(ACUTE), "beds_occupied"]
    days = beds.to_numpy() * 365 * 0.15 * 0.2
    filled = found.planned.filled[[found.basis.names.index(name) for name in ACUTE], OPEN_FROM]
    assert filled == pytest.approx(days / (3.5 * 0.8))
    without_bed = (4800 - 3.5 * 410) * 1.09 * filled / 1e6 * found.basis.prices[OPEN_FROM]
    cost = found.filled_cost[[found.basis.names.index(name) for name in ACUTE], OPEN_FROM]
    assert cost == pytest.approx(0.5 * without_bed)
    assert found.planned.waiting is not None
    left = found.planned.waiting.end[OPEN_FROM, -1]
    assert left == pytest.approx(174_000 - filled.sum(), abs=1e-3)


def test_what_it_takes_to_clear_the_list_by_a_year_clears_it() -> None:
    extra = to_clear_by(labelled(), "2029/30")
    found = labelled(with_settings({"extra_pct": extra}))["activity_over_18_weeks"].to_series()
    assert found["2028/29"] > 1000
    assert found["2029/30"] == pytest.approx(0.0, abs=0.01)
    # whatever is done already
    assert to_clear_by(labelled(with_settings({"extra_pct": 2.0})), "2029/30") == pytest.approx(
        extra
    )


@pytest.mark.parametrize(
    ("changes", "year", "says"),
    [
        ({}, "2025/26", "activity changes in the years 2026/27 to 2032/33"),
        ({}, "2040/41", "activity changes in the years 2026/27 to 2032/33"),
        ({"waiting_list": None}, "2029/30", "the system's waiting list is not given"),
    ],
)
def test_a_list_that_cannot_be_cleared_is_told(
    changes: dict[str, None], year: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        to_clear_by(labelled(with_settings(changes)), year)


def test_the_plans_rate_is_told_only_where_the_plan_tells_it() -> None:
    assert at_the_plans_rate(with_settings({"cleared_per_week": None})) == []
    (plan, full) = at_the_plans_rate(with_settings({"waiting_list_on": ""}))
    assert plan.on is None
    assert plan.weeks > full.weeks > 0


def test_worth_of_a_percent_is_the_margin_of_a_percent_and_of_stays_their_cash() -> None:
    scenario, inputs = embedded()
    worth = worth_of_a_percent(scenario, inputs, budgets(), prevention())
    assert worth["total"].sum() == pytest.approx(settings_of(extra_pct=1.0).margin.sum())
    stays = worth_of_stays(scenario, inputs, budgets(), prevention())
    assert set(stays["area"]) == {"London", "England"}
    assert set(stays["use"]) == {"closed", "filled"}
    end = stays[stays["year"] == "2032/33"].set_index(["area", "use"])
    closed = end.loc[("London", "closed")]
    _, moved = worth_of(
        scenario, inputs, budgets(), prevention(),
        {"stay_saved_pct": 13.0, "beds_closed_pct": 100.0},
    )  # fmt: skip
    assert closed["system_gbp_m"] == pytest.approx(moved[moved["year"] == "2032/33"]["total"].sum())
    assert closed["beds_used"] == 28  # a ward of Barts Health; nobody else frees a whole one
    assert end.loc[("London", "filled"), "unpaid_gbp_m"] > 0


@pytest.mark.parametrize("code", ["QWE", "QOX"])
def test_a_new_system_has_its_own_beds_and_is_told_what_it_has_not(code: str) -> None:
    system = find_system(code)
    bodies = bodies_of(system)
    beds = beds_of(system, bodies)
    assert len(beds) > 0
    assert set(beds["organisation"]) <= set(bodies["organisation"])
    assert (beds["beds_occupied"] <= beds["beds_available"]).all()
    acute = bodies[bodies["sector"] == "acute"]["organisation"]
    told = " ".join(without_beds(bodies, beds.iloc[1:]))
    assert "activity.waiting_list" in told
    missing = beds["organisation"].iloc[0]
    assert (missing in set(acute)) == (missing in told)
