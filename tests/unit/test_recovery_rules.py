"""Agency, ratings, convergence, repayment from a surplus, place budgets, months and draws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from nelfin.models.drivers import Drivers, drivers_of

from nelfin.data import Inputs
from nelfin.models.capital import CapitalPlan
from nelfin.models.efficiency import agency_saving, efficiency
from nelfin.models.recovery import STEPS, monthly_weights, roll_forward
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.capital import solve_capital
from nelfin.system.joint import Joint, income_by_place, join

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def plan(scenario: Scenario, inputs: Inputs) -> CapitalPlan:
    return solve_capital(scenario, inputs)


def joined(scenario: Scenario, inputs: Inputs, plan: CapitalPlan, **settings: Any) -> Joint:
    keys = {f"recovery.{name}": value for name, value in settings.items()}
    return join(changed(scenario, keys), inputs, plan)


def step(found: Joint, name: str) -> xr.DataArray:
    return found.recovery["recovery_bridge"].sel(step=name)


def test_agency_saves_the_premium_on_the_shifts_it_gives_up(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    settings = {
        "agency_share_pct": 5.0,
        "agency_target_pct": 3.0,
        "agency_year": "2025/26",
        "pay_share_pct": 60.0,
        "agency_premium_pct": 25.0,
    }
    mine = changed(scenario, {f"recovery.{name}": value for name, value in settings.items()})
    saving = agency_saving(mine.recovery, ["2023/24", "2024/25", "2025/26", "2026/27"])
    # 2 points of a pay bill of 60 %, a fifth of which is premium, in two steps
    assert saving == pytest.approx([0.0, 0.0012, 0.0024, 0.0024])
    found = step(joined(scenario, inputs, plan, **settings), "agency").sel(organisation="BHRUT")
    assert found.values[:4] == pytest.approx([0.0, 930 * 0.0012, 930 * 0.0012, 0.0])


def test_convergence_moves_income_only_after_the_published_years(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    found = joined(scenario, inputs, plan, convergence_pct=-0.5)
    moved = step(found, "convergence").sum("organisation")
    assert (moved.sel(year=["2023/24", "2024/25", "2025/26"]) == 0.0).all()
    income = step(found, "income growth").sum("organisation").sel(year="2026/27") / 0.03
    assert float(moved.sel(year="2026/27")) == pytest.approx(-0.005 * float(income))
    # what is lost in a year grows no more after it
    later = step(found, "income growth").sum("organisation").sel(year="2027/28")
    assert float(later) == pytest.approx(float(income) * 1.025 * 0.03)


def test_a_scheme_without_a_delivery_has_that_of_its_rating(
    scenario: Scenario, inputs: Inputs
) -> None:
    asks = pd.DataFrame(
        {
            "scheme": ["a", "b", "c", "d"],
            "year": "2026/27",
            "organisation": "BHRUT",
            "full_year_gbp_m": 10.0,
            "delivery_pct": [np.nan, np.nan, np.nan, 50.0],
            "rating": ["green", "amber", "red", "red"],
            "recurrent_pct": 100.0,
            "months": 12,
            "whole_ask": False,
        }
    )
    section = changed(
        scenario,
        {
            "recovery.delivery_green_pct": 90.0,
            "recovery.delivery_amber_pct": 60.0,
            "recovery.delivery_red_pct": 20.0,
        },
    ).recovery
    tables = replace(inputs, efficiency_schemes=asks)
    recurrent, *_ = efficiency(tables, section, ["2026/27"], np.full(6, 1 / 6))
    assert recurrent.sum() == pytest.approx(9.0 + 6.0 + 2.0 + 5.0)


def plain(**changes: Any) -> Drivers:
    """Two organisations over three years in which nothing moves."""
    two, years = np.zeros((2, 3)), np.zeros(3)
    drivers = Drivers(
        turnover=np.array([300.0, 100.0]),
        opening=np.zeros(2),
        income_growth=years,
        convergence=years,
        inflation=years,
        demand=np.array(0.0),
        pressures=np.array(0.0),
        ask=np.array(0.0),
        delivery=np.array(1.0),
        lasting=np.array(1.0),
        recurrent=two,
        full_year=two,
        one_off=two,
        named=two,
        whole_ask=np.zeros(3, dtype=bool),
        steps={},
        support=np.array(0.0),
        repayment=np.array(0.0),
        repay_cap=np.nan,
        reported=np.full(3, np.nan),
    )
    return replace(drivers, **changes)


def of(bridge: np.ndarray, name: str) -> np.ndarray:
    return bridge[..., STEPS.index(name)].sum(axis=-2)


def test_a_surplus_repays_what_the_plan_has_lost_and_no_more_than_it_may() -> None:
    once = np.array([[-6.0, 9.0, 9.0], [-2.0, 3.0, 3.0]])
    bridge, _ = roll_forward(plain(one_off=once, repay_cap=0.015))
    # a deficit of 8, then surpluses of 12 against a cap of 1.5 % of 400 a year: 6, then the rest
    assert of(bridge, "repayment") == pytest.approx([0.0, -6.0, -2.0])
    assert of(bridge, "reported") == pytest.approx([-8.0, 6.0, 10.0])
    bridge, _ = roll_forward(plain(one_off=np.abs(once), repay_cap=0.015))
    assert (of(bridge, "repayment") == 0.0).all()


def test_every_step_adds_up_with_every_driver_at_work() -> None:
    rng = np.random.default_rng(4)
    moved = {name: rng.normal(0, 3, (2, 3)) for name in ("agency", "place budgets")}
    bridge, _ = roll_forward(
        plain(
            opening=np.array([-30.0, -10.0]),
            income_growth=np.array([0.04, 0.03, 0.02]),
            convergence=np.array([0.0, -0.005, -0.005]),
            inflation=np.array([0.03, 0.02, 0.02]),
            demand=np.array(0.01),
            pressures=np.array(0.004),
            ask=np.array(0.05),
            steps=moved,
            support=np.array(3.0),
            repay_cap=0.01,
            reported=np.array([-12.0, np.nan, np.nan]),
        )
    )
    closing, reported = STEPS.index("closing underlying"), STEPS.index("reported")
    np.testing.assert_allclose(bridge[..., :closing].sum(axis=-1), bridge[..., closing])
    np.testing.assert_allclose(bridge[..., closing:reported].sum(axis=-1), bridge[..., reported])
    np.testing.assert_allclose(bridge[:, 1:, 0], bridge[:, :-1, closing])
    assert of(bridge, "reported")[0] == pytest.approx(-12.0)


def test_draws_in_front_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(2)
    many = plain(
        opening=np.array([-30.0, -10.0]),
        income_growth=rng.normal(0.03, 0.01, (50, 3)),
        inflation=rng.normal(0.02, 0.01, (50, 3)),
        pressures=rng.normal(0.01, 0.005, 50),
        ask=np.array(0.04),
        delivery=rng.uniform(0.5, 1.0, 50),
        lasting=rng.uniform(0.3, 0.7, 50),
        repay_cap=0.005,
        reported=np.array([-12.0, np.nan, np.nan]),
        steps={"prevention net cash": rng.normal(0, 2, (50, 2, 3))},
    )
    bridge, pressures = roll_forward(many)
    assert bridge.shape == (50, 2, 3, len(STEPS))
    for draw in (0, 17, 49):
        one = replace(
            many,
            income_growth=many.income_growth[draw],
            inflation=many.inflation[draw],
            pressures=many.pressures[draw],
            delivery=many.delivery[draw],
            lasting=many.lasting[draw],
            steps={name: values[draw] for name, values in many.steps.items()},
        )
        alone, rate = roll_forward(one)
        np.testing.assert_allclose(bridge[draw], alone, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(pressures[draw], rate, rtol=1e-12)


def test_halves_of_an_organisation_make_the_same_system() -> None:
    whole = plain(
        opening=np.array([-30.0, -10.0]), income_growth=np.array([0.03] * 3),
        pressures=np.array(0.01), ask=np.array(0.03), repay_cap=0.005,
    )  # fmt: skip
    three = np.zeros((3, 3))
    cut = replace(
        whole,
        turnover=np.array([150.0, 150.0, 100.0]),
        opening=np.array([-15.0, -15.0, -10.0]),
        recurrent=three, full_year=three, one_off=three, named=three,
    )  # fmt: skip
    first, second = (roll_forward(drivers)[0] for drivers in (whole, cut))
    np.testing.assert_allclose(first.sum(axis=0), second.sum(axis=0), rtol=1e-12)


def test_place_budgets_move_income_between_organisations_and_nothing_overall(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    serves = pd.DataFrame(
        {
            "organisation": ["BHRUT", "BHRUT", "Homerton"],
            "place": ["Havering", "Barking and Dagenham", "City and Hackney"],
            "share_pct": [50.0, 30.0, 80.0],
        }
    )
    tables = replace(inputs, organisation_places=serves)
    found = join(scenario, tables, plan)
    moved = step(found, "place budgets")
    assert float(np.abs(moved.sum("organisation")).max()) < 1e-9
    budget = found.budgets["budget"].sum("stream")
    share = budget / budget.sum("place")
    apart = share.sel(year="2024/25") / share.sel(year="2023/24") - 1
    own = 930 * float(
        0.5 * apart.sel(place="Havering") + 0.3 * apart.sel(place="Barking and Dagenham")
    )
    homerton = 450 * 0.8 * float(apart.sel(place="City and Hackney"))
    turnover = inputs.organisations["turnover_gbp_m"].sum()
    expected = own - (own + homerton) * 930 / turnover
    assert float(moved.sel(organisation="BHRUT", year="2024/25")) == pytest.approx(expected)
    assert income_by_place(found.budgets, inputs) is None


def test_tariff_efficiency_is_not_counted_twice(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    """Income growth is net of it: the factor of the uplift table must move nothing again."""
    factors = inputs.uplift_factors.assign(efficiency_factor_pct=9.0)
    moved = join(scenario, replace(inputs, uplift_factors=factors), plan)
    same = join(scenario, inputs, plan)
    assert moved.recovery.identical(same.recovery)
    costs = inputs.uplift_factors.assign(cost_uplift_pct=9.0)
    other = join(scenario, replace(inputs, uplift_factors=costs), plan)
    assert not other.recovery.identical(same.recovery)


def test_months_of_a_year_add_up_and_97_percent_falls_by_month_5(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    weights = monthly_weights(97.0)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[:5].sum() == pytest.approx(0.97)
    monthly = join(scenario, inputs, plan).recovery["system_monthly"].sel(year="2024/25")
    assert float(monthly.sum()) == pytest.approx(-35.0)
    # £34.0m by month 5, as the published variance has it
    assert float(monthly.sel(month=[1, 2, 3, 4, 5]).sum()) == pytest.approx(-33.95)


def test_drivers_of_the_embedded_scenario_have_no_draws(scenario: Scenario, inputs: Inputs) -> None:
    years = scenario.years.labels()
    nothing = np.zeros((6, 10))
    growth = np.full(10, 0.03)
    bridge, pressures = roll_forward(
        drivers_of(inputs, scenario.recovery, years, growth, nothing, nothing)
    )
    assert bridge.shape == (6, 10, len(STEPS))
    assert pressures.shape == (10,)
