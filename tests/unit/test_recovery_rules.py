"""Agency, stages, support, convergence, repayment from a surplus, place budgets, and draws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from recovery_case import demand_of, rolled, scenario_of, schemes, step, tables_of

from nelfin.data import Inputs
from nelfin.models.capital import CapitalPlan
from nelfin.models.efficiency import efficiency, staffing_saving
from nelfin.models.recovery import STEPS, Drivers, roll_forward
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.capital import solve_capital
from nelfin.system.drivers import DRAWN, drivers_of, income_by_body
from nelfin.system.joint import Joint, join

pytestmark = pytest.mark.unit

STILL = dict.fromkeys(
    ["demand_planned_pct", "demand_urgent_pct", "cost_uplift_pct", "pressures_pct",
     "efficiency_pct", "support_gbp_m", "repayment_gbp_m", "other_income_growth_pct"],
    0.0,
)  # fmt: skip
"""Settings under which nothing moves."""


@pytest.fixture(scope="module")
def plan(scenario: Scenario, inputs: Inputs) -> CapitalPlan:
    return solve_capital(scenario, inputs)


def joined(scenario: Scenario, inputs: Inputs, plan: CapitalPlan, **settings: Any) -> Joint:
    return join(changed(scenario, settings), inputs, plan)


def total(found: Joint, name: str) -> xr.DataArray:
    return found.recovery["recovery_bridge"].sel(step=name).sum("organisation")


def test_agency_saves_the_premium_on_the_shifts_it_gives_up(inputs: Inputs) -> None:
    settings = {
        "agency_share_pct": 5.0,
        "agency_target_pct": 3.0,
        "agency_year": "2025/26",
        "pay_share_pct": 60.0,
        "agency_premium_pct": 25.0,
    }
    scenario = scenario_of(4, **(STILL | settings))
    saving = staffing_saving(scenario.recovery, scenario.years.labels())
    # 2 points of a pay bill of 60 %, a fifth of which is premium, in two steps
    assert saving == pytest.approx([0.0, 0.0012, 0.0024, 0.0024])
    data = rolled(scenario, tables_of(inputs))
    found = [step(data, "agency and bank", year) for year in scenario.years.labels()]
    # the ICB has no wards to staff
    assert np.array(found)[:, 0] == pytest.approx([0.0, 300 * 0.0012, 300 * 0.0012, 0.0])
    assert (np.array(found)[:, 1] == 0.0).all()


def test_the_national_rule_takes_three_tenths_in_2026_27_and_ends_agency_by_2029_30() -> None:
    scenario = scenario_of(
        9, agency_rule="national", agency_share_pct=10.0, pay_share_pct=100.0,
        agency_premium_pct=25.0, bank_share_pct=5.0, bank_fall_pct=10.0, bank_premium_pct=0.0,
    )  # fmt: skip
    saving = staffing_saving(scenario.recovery, scenario.years.labels())
    left = [1, 1, 1, 0.7, 0.7 * 2 / 3, 0.7 / 3, 0, 0, 0]
    assert saving == pytest.approx([0.1 * (1 - part) * 0.2 for part in left])
    dearer = scenario_of(
        9, agency_rule="national", agency_share_pct=0.0, pay_share_pct=100.0, bank_share_pct=5.0,
        bank_fall_pct=10.0, bank_premium_pct=100.0,
    )  # fmt: skip
    bank = staffing_saving(dearer.recovery, dearer.years.labels())
    assert bank[2:5] == pytest.approx([0.0, 0.05 * 0.1 * 0.5, 0.05 * 0.19 * 0.5])


def test_a_scheme_without_a_delivery_has_that_of_its_stage(inputs: Inputs) -> None:
    asks = schemes(
        *(("s", "2023/24", "Trust", 10.0, delivery, 100.0, 12.0) for delivery in [np.nan] * 3),
        ("d", "2023/24", "Trust", 10.0, 50.0, 100.0, 12.0),
    )
    asks["stage"] = ["fully developed", "in progress", "opportunity", "opportunity"]
    section = scenario_of(
        delivery_developed_pct=90.0, delivery_in_progress_pct=60.0, delivery_opportunity_pct=20.0
    ).recovery
    found = efficiency(tables_of(inputs, asks=asks), section, ["2023/24"], np.ones((2, 1)))
    assert found.recurrent.sum() == pytest.approx(9.0 + 6.0 + 2.0 + 5.0)
    assert found.developed.sum() == pytest.approx(10.0)


def test_support_is_released_as_far_as_savings_are_developed(inputs: Inputs) -> None:
    asks = schemes(
        ("a", "2023/24", "Trust", 6.0, 0.0, 100.0, 12.0),
        ("b", "2023/24", "Trust", 2.0, 0.0, 100.0, 12.0),
    )
    asks["stage"] = ["opportunity", "fully developed"]
    given = (("Trust", "2023/24", "deficit_support", 12.0),)
    for needs, released in ((0.0, 1.0), (50.0, 0.5), (100.0, 0.25), (20.0, 1.0)):
        scenario = scenario_of(
            1, **(STILL | {"support_gbp_m": 8.0, "support_needs_developed_pct": needs})
        )
        data = rolled(scenario, tables_of(inputs, asks=asks, known=given))
        expected = [18.0 * released, 2.0 * released]
        assert step(data, "deficit support") == pytest.approx(expected)


def test_schemes_are_the_whole_ask_of_the_bodies_they_name_alone(inputs: Inputs) -> None:
    settings = STILL | {"efficiency_pct": 4.0, "efficiency_delivery_pct": 100.0,
                        "efficiency_recurrent_pct": 100.0}  # fmt: skip
    asks = schemes(("a", "2023/24", "Trust", 5.0, 80.0, 100.0, 12.0))
    data = rolled(scenario_of(1, **settings), tables_of(inputs, asks=asks))
    # the trust saves 80 % of its 5; the ICB 4 % of its cost of 110
    assert step(data, "recurrent efficiency") == pytest.approx([4.0, 4.4])


def plain(inputs: Inputs, years: int = 3, **changes: Any) -> Drivers:
    """Two organisations over some years in which nothing moves."""
    scenario = scenario_of(years, **(STILL | {"efficiency_delivery_pct": 100.0,
                                              "efficiency_recurrent_pct": 100.0}))  # fmt: skip
    nothing = np.zeros((2, years))
    drivers = drivers_of(
        scenario, tables_of(inputs), xr.Dataset(), nothing, nothing, nothing, demand_of(scenario)
    )
    return replace(drivers, **({"opening": np.zeros(2)} | changes))


def of(bridge: np.ndarray, name: str) -> np.ndarray:
    return bridge[..., STEPS.index(name)].sum(axis=-2)


def once(drivers: Drivers, one_off: np.ndarray) -> Drivers:
    return replace(drivers, efficiency=replace(drivers.efficiency, one_off=one_off))


def test_a_surplus_repays_what_the_plan_has_lost_and_no_more_than_it_may(inputs: Inputs) -> None:
    saved = np.array([[-6.0, 9.0, 9.0], [-2.0, 3.0, 3.0]])
    bridge, _ = roll_forward(once(plain(inputs, repay_cap=0.015), saved))
    # a deficit of 8, then surpluses of 12 against a cap of 1.5 % of 400 a year: 6, then the rest
    assert of(bridge, "repayment") == pytest.approx([0.0, -6.0, -2.0])
    assert of(bridge, "reported") == pytest.approx([-8.0, 6.0, 10.0])
    bridge, _ = roll_forward(once(plain(inputs, repay_cap=0.015), np.abs(saved)))
    assert (of(bridge, "repayment") == 0.0).all()


def many(inputs: Inputs, draws: int) -> Drivers:
    """Drivers of which many have draws in front."""
    rng = np.random.default_rng(2)
    return plain(
        inputs,
        opening=np.array([-30.0, -10.0]),
        inflation=rng.normal(0.02, 0.01, (draws, 3)),
        pressures=rng.normal(0.01, 0.005, (draws, 3)),
        ask=np.full((1, 3), 0.04),
        delivery=rng.uniform(0.5, 1.0, (draws, 3)),
        lasting=rng.uniform(0.3, 0.7, (draws, 3)),
        repay_cap=0.005,
        steps={"prevention net cash": rng.normal(0, 2, (draws, 2, 3)),
               "place budgets": rng.normal(0, 3, (2, 3))},
        double_running=np.abs(rng.normal(0, 2, (draws, 2, 3))),
    )  # fmt: skip


def test_every_step_adds_up_in_every_draw(inputs: Inputs) -> None:
    bridge, _ = roll_forward(many(inputs, 50))
    closing, reported = STEPS.index("closing underlying"), STEPS.index("reported")
    np.testing.assert_allclose(bridge[..., :closing].sum(axis=-1), bridge[..., closing])
    np.testing.assert_allclose(bridge[..., closing:reported].sum(axis=-1), bridge[..., reported])
    np.testing.assert_allclose(bridge[..., 1:, 0], bridge[..., :-1, closing])


def test_draws_in_front_give_what_each_gives_alone(inputs: Inputs) -> None:
    drivers = many(inputs, 50)
    bridge, pressures = roll_forward(drivers)
    assert bridge.shape == (50, 2, 3, len(STEPS))
    for draw in (0, 17, 49):
        one = replace(
            drivers,
            inflation=drivers.inflation[draw],
            pressures=drivers.pressures[draw],
            delivery=drivers.delivery[draw],
            lasting=drivers.lasting[draw],
            steps={name: values[draw] if values.ndim == 3 else values
                   for name, values in drivers.steps.items()},
            double_running=drivers.double_running[draw],
            ask=drivers.ask[0],
        )  # fmt: skip
        alone, rate = roll_forward(one)
        np.testing.assert_allclose(bridge[draw], alone, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(pressures[draw], rate, rtol=1e-12)


def test_halves_of_an_organisation_make_the_same_system(inputs: Inputs) -> None:
    scenario = scenario_of(3)
    whole = rolled(scenario, tables_of(inputs))
    halves = (("One", "trust", 150.0), ("Two", "trust", 150.0), ("ICB", "icb", 100.0))
    cut = rolled(scenario, tables_of(inputs, halves))
    xr.testing.assert_allclose(
        whole["recovery_bridge"].sum("organisation"), cut["recovery_bridge"].sum("organisation")
    )


def test_convergence_moves_income_and_place_budgets_after_the_published_years(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    settings = {"envelope.convergence_rule": "given", "envelope.convergence_pct.core": -0.5}
    found, base = joined(scenario, inputs, plan, **settings), join(scenario, inputs, plan)
    moved = total(found, "convergence")
    assert (moved.sel(year=["2023/24", "2024/25", "2025/26"]) == 0.0).all()
    income = income_by_body(scenario, inputs)
    core = income.level[:, income.parts.index("core"), 2].sum()
    # on an allocation that has grown by 3 %
    assert float(moved.sel(year="2026/27")) == pytest.approx(-0.005 * 1.03 * core)
    share = [
        float(joint.budgets["budget"].sel(stream="core", year="2026/27").sum())
        for joint in (found, base)
    ]
    assert share[0] == pytest.approx(0.995 * share[1])


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
    found = join(scenario, replace(inputs, organisation_places=serves), plan)
    moved = found.recovery["recovery_bridge"].sel(step="place budgets")
    assert float(np.abs(moved.sum("organisation")).max()) < 1e-9
    budget = found.budgets["budget"].sum("stream")
    share = budget / budget.sum("place")
    apart = share.sel(year="2024/25") / share.sel(year="2023/24") - 1
    names = [str(name) for name in moved["organisation"].values]
    before = dict(zip(names, income_by_body(scenario, inputs).total_before[:, 1], strict=True))
    own = before["BHRUT"] * float(
        0.5 * apart.sel(place="Havering") + 0.3 * apart.sel(place="Barking and Dagenham")
    )
    homerton = before["Homerton"] * 0.8 * float(apart.sel(place="City and Hackney"))
    expected = own - (own + homerton) * before["BHRUT"] / sum(before.values())
    assert float(moved.sel(organisation="BHRUT", year="2024/25")) == pytest.approx(expected)


class Watched(dict[str, np.ndarray]):
    """Draws that remember which settings were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return default

    def keys(self) -> Any:
        return {}.keys()


def test_settings_that_may_be_drawn_are_those_that_the_drivers_take(inputs: Inputs) -> None:
    watched, nothing, scenario = Watched(), np.zeros((2, 2)), scenario_of()
    drivers_of(
        scenario, tables_of(inputs), xr.Dataset(), nothing, nothing, nothing, demand_of(scenario),
        watched,
    )  # fmt: skip
    # growth of demand is taken by activity, which hands it over
    demand = {"demand_planned_pct", "demand_urgent_pct", "planned_share_pct"}
    assert watched.asked == {f"recovery.{name}" for name in set(DRAWN) - demand}
