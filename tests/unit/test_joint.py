"""Goal seek, causes that add up, and capital limits that the position moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital import CapitalPlan
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, differences, field_of
from nelfin.system.capital import solve_capital
from nelfin.system.capital_limits import limits_after, limits_of
from nelfin.system.explain import explain
from nelfin.system.joint import join
from nelfin.system.seek import goal_of, seek

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def inputs(rough: Scenario) -> Inputs:
    return load_inputs(rough)


@pytest.fixture(scope="module")
def plan(rough: Scenario, inputs: Inputs) -> CapitalPlan:
    return solve_capital(rough, inputs)


def reported(rough: Scenario, plan: CapitalPlan) -> pd.Series:
    return join(rough, load_inputs(rough), plan).recovery["system_reported"].to_series()


# Goal seek


@pytest.mark.parametrize(
    ("key", "goal"),
    [
        ("recovery.efficiency_pct", "system_reported>=0@2027/28"),
        ("recovery.efficiency_pct", "system_reported <= -350 @ 2027/28"),
        ("envelope.growth_pct.core", "system_reported>=10@2026/27"),
        ("recovery.support_gbp_m", "system_reported>=0@2026/27"),
    ],
)
def test_the_value_found_meets_the_goal_and_a_little_nearer_does_not(
    rough: Scenario, plan: CapitalPlan, key: str, goal: str
) -> None:
    found = seek(rough, goal, key)
    wanted = goal_of(goal)
    assert wanted.short(found.measure_then[wanted.year]) <= 0
    then = reported(changed(rough, {key: found.value}), plan)
    assert then.to_dict() == pytest.approx(dict(found.measure_then), abs=1e-9)
    nearer = found.value + 0.001 * (found.now - found.value)
    there = reported(changed(rough, {key: nearer}), plan)[wanted.year]
    assert wanted.short(float(there)) > 0
    assert found.measure_now == pytest.approx(reported(rough, plan).to_dict())


def test_a_goal_that_holds_already_changes_nothing(rough: Scenario) -> None:
    found = seek(rough, "system_reported>=-1000@2027/28", "recovery.efficiency_pct")
    assert found.value == found.now == 4.0


@pytest.mark.parametrize(
    ("goal", "key", "says"),
    [
        ("system_reported>=0@2024/25", "recovery.efficiency_pct", "position is known"),
        ("prevention_cash>=900@2030/31", "recovery.efficiency_pct", "does not move it"),
        ("system_reported>=9000@2027/28", "recovery.efficiency_pct", "the nearest is"),
    ],
    ids=["pinned", "not moved", "out of reach"],
)
def test_a_goal_no_value_meets_says_why(rough: Scenario, goal: str, key: str, says: str) -> None:
    with pytest.raises(NoAnswerError, match=says):
        seek(rough, goal, key)


@pytest.mark.parametrize(
    ("goal", "key", "says"),
    [
        ("system_reported=0@2027/28", "recovery.efficiency_pct", "is not MEASURE>=LEVEL@YEAR"),
        ("system_reprted>=0@2027/28", "recovery.efficiency_pct", '"system_reported"'),
        ("system_reported>=0@2050/51", "recovery.efficiency_pct", "is not a year of the plan"),
        ("system_reported>=0@2027/28", "recovery.eficiency_pct", '"recovery.efficiency_pct"'),
        ("system_reported>=0@2027/28", "capital.solver", "not a number"),
        ("system_reported>=0@2027/28", "allocation.area_cost", "not a number"),
    ],
)
def test_goals_and_keys_that_are_not_known_are_refused(
    rough: Scenario, goal: str, key: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        seek(rough, goal, key)


def test_a_range_may_be_narrowed(rough: Scenario) -> None:
    goal = "system_reported>=0@2027/28"
    with pytest.raises(NoAnswerError, match="from 3 to 4 gives"):
        seek(rough, goal, "recovery.efficiency_pct", low=3.0, high=4.0)
    with pytest.raises(InputError, match="nothing between"):
        seek(rough, goal, "recovery.efficiency_pct", low=5.0, high=5.0)


def test_a_setting_knows_its_limits(rough: Scenario) -> None:
    limits = field_of(rough, "envelope.growth_pct.core").limits
    assert {getattr(limit, "ge", None) for limit in limits} >= {-50}
    assert {getattr(limit, "le", None) for limit in limits} >= {100}


# Causes


def test_causes_and_interaction_add_up_exactly(rough: Scenario, plan: CapitalPlan) -> None:
    settings = {
        "recovery.efficiency_pct": 3.0,
        "envelope.growth_pct.core": 2.5,
        "prevention.share_end_pct": 3.0,
    }
    mine = changed(rough, settings)
    table = explain(mine, rough)
    wide = table.pivot(index="cause", columns="year", values="value")
    assert set(wide.index) == {"baseline", "interaction", "scenario", *settings}
    parts = wide.drop(index=["scenario"]).sum()
    np.testing.assert_allclose(parts, wide.loc["scenario"], atol=1e-9)
    assert wide.loc["baseline"].to_dict() == pytest.approx(reported(rough, plan).to_dict())
    assert wide.loc["scenario"].to_dict() == pytest.approx(reported(mine, plan).to_dict())
    one = reported(changed(rough, {"recovery.efficiency_pct": 3.0}), plan)
    alone = (one - reported(rough, plan)).to_dict()
    assert wide.loc["recovery.efficiency_pct"].to_dict() == pytest.approx(alone)
    assert abs(wide.loc["interaction", "2032/33"]) > 1e-6


def test_one_cause_has_no_interaction_and_none_changes_nothing(rough: Scenario) -> None:
    one = explain(changed(rough, {"recovery.pressures_pct": 0.5}), rough)
    assert list(dict.fromkeys(one["cause"])) == ["baseline", "recovery.pressures_pct", "scenario"]
    none = explain(rough, rough)
    wide = none.pivot(index="cause", columns="year", values="value")
    assert (wide.loc["baseline"] == wide.loc["scenario"]).all()


def test_many_causes_are_told_by_section(rough: Scenario) -> None:
    keys = {
        f"recovery.{name}_pct": 1.5
        for name in (
            "demand_planned", "demand_urgent", "planned_share", "marginal_cost", "cost_uplift",
            "pressures", "efficiency", "efficiency_delivery", "efficiency_recurrent", "pdc",
        )
    } | {f"prevention.{name}": 1.0 for name in (
        "discount_money_pct", "discount_qaly_pct", "share_start_pct")}  # fmt: skip
    table = explain(changed(rough, keys), rough)
    causes = {"baseline", "recovery", "prevention", "interaction", "scenario"}
    assert set(table["cause"]) == causes


def test_scenarios_of_other_years_are_not_compared(rough: Scenario) -> None:
    shorter = changed(rough, {"years.last": "2030/31"})
    with pytest.raises(InputError, match="other years"):
        explain(shorter, rough)
    assert differences(shorter, rough) == {"years.last": "2030/31"}


def test_a_change_is_checked_like_any_setting(rough: Scenario) -> None:
    with pytest.raises(InputError, match=r"recovery\.efficiency_pct"):
        changed(rough, {"recovery.efficiency_pct": 101.0})


# Feedback


BODIES = ["Barts Health", "BHRUT", "Homerton", "ELFT", "NELFT", "NEL ICB"]


def positions(*values: float, body: str = "BHRUT") -> xr.DataArray:
    """Return positions of one organisation, and of the others none: the system's is the same."""
    years = [f"{2023 + t}/{24 + t}" for t in range(10)]
    padded = np.zeros((len(BODIES), 10))
    padded[BODIES.index(body), : len(values)] = values
    coords = {"organisation": BODIES, "year": years}
    return xr.DataArray(padded, coords, ("organisation", "year"))


def test_a_deficit_lowers_and_balance_lifts_next_years_limit(
    rough: Scenario, inputs: Inputs
) -> None:
    settings: dict[str, Any] = {
        "capital.feedback": True,
        "capital.deficit_penalty_pct": 10.0,
        "capital.deficit_for_full_penalty_pct": 1.0,
        "capital.balance_bonus_pct": 30.0,
        "capital.fair_share_gbp_m": 100.0,
        "recovery.other_income_growth_pct": 25.0,
    }
    mine = changed(rough, settings)
    table = inputs.organisation_income
    known = replace(inputs, organisation_income=table.assign(stream="other", year="2024/25"))
    # known a year into the plan, and taken back to its first year
    income = table["income_gbp_m"].sum() / 1.25
    # all of the penalty; half of it; in balance; far past it
    found = limits_after(positions(-income, -income / 200, 0.0, 5.0), mine, known)
    limits = found["limit_gbp_m"].tolist()
    assert limits[0] == 95.0
    assert limits[1:5] == pytest.approx([86 * 0.9, 86 * 0.95, 86 + 0.3 * 14, 86 + 0.3 * 14])


def test_the_position_of_a_body_moves_its_own_limit_and_a_closed_year_stands(
    rough: Scenario, inputs: Inputs
) -> None:
    mine = changed(
        rough,
        {
            "capital.feedback": True,
            "capital.deficit_penalty_pct": 20.0,
            "capital.balance_bonus_pct": 50.0,
            "capital.fair_share_gbp_m": 100.0,
            "years.now": "2025/26",
        },
    )
    frame = pd.DataFrame(
        [
            [year, limit, owner, "firm", "given", "", "", ""]
            for year in mine.years.labels()
            for owner, limit in (("BHRUT", 20.0), ("ELFT", 60.0))
        ],
        columns=["year", "limit_gbp_m", "organisation", "status", "figure_status", "source",
                 "price_year", "money"],
    )  # fmt: skip
    known = replace(inputs, capital_limits=frame)
    # a deficit of all its income in each year: the whole penalty falls on BHRUT alone
    found = limits_after(positions(*[-1500.0] * 10), mine, known)
    wide = found.pivot(index="year", columns="organisation", values="limit_gbp_m")
    assert wide["BHRUT"].tolist() == [20.0, 20.0, *[16.0] * 8]  # 2023/24 and 2024/25 are closed
    # the others balance; of the fair share of 100, ELFT's part is 60 of 80: half the gap of 15
    assert wide["ELFT"].tolist() == [60.0, 60.0, *[67.5] * 8]


def test_the_joint_run_settles_and_its_limits_fit_its_position(rough: Scenario) -> None:
    mine = changed(rough, {"capital.feedback": True, "capital.gap_pct": 2.0})
    inputs = load_inputs(mine)
    found = join(mine, inputs)
    assert found.settled
    assert 2 <= found.passes <= 6
    reported = found.recovery["recovery_bridge"].sel(step="reported", drop=True)
    again = limits_after(reported, mine, inputs)
    np.testing.assert_allclose(again["limit_gbp_m"], found.limits["limit_gbp_m"], atol=0.05)
    used = found.plan.limits
    assert (used["used_gbp_m"] <= found.limits["limit_gbp_m"].to_numpy() + 1e-6).all()
    # deficits of the first years lower the limits that follow
    before = limits_of(mine, inputs)["limit_gbp_m"].to_numpy()
    assert (found.limits["limit_gbp_m"].to_numpy()[1:3] < before[1:3]).all()


def test_a_run_says_how_often_the_plan_was_drawn_up() -> None:
    result = nelfin.run(nelfin.load_scenario(overrides={"years.last": "2025/26"}))
    assert result.provenance["capital_passes"] == 1
    assert not any("settled" in text for text in result.provenance["warnings"])


def test_a_shift_of_nothing_is_the_baseline_to_the_bit(
    rough: Scenario, inputs: Inputs, plan: CapitalPlan
) -> None:
    still = changed(rough, {"prevention.share_end_pct": 2.0, "prevention.share_start_pct": 2.0})
    found = join(still, inputs, plan)
    free = inputs.prevention_programmes.assign(value=inputs.prevention_programmes["value"])
    back = free["parameter"].isin(["return_gbp_per_gbp", "cash_return_gbp_per_gbp"])
    free.loc[back, "value"] = 0.0
    # with no shift it does not matter what programmes return
    other = join(still, replace(inputs, prevention_programmes=free), plan)
    assert found.recovery.identical(other.recovery)
    step = found.recovery["recovery_bridge"].sel(step="prevention net cash")
    assert (step == 0.0).all()
    assert found.budgets.identical(join(rough, inputs, plan).budgets)
