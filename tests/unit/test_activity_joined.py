"""Activity in the run: what it hands to the positions, and what draws and goals make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.recovery import STEPS, roll_forward
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.activity import activity_of
from nelfin.system.activity_basis import DRAWN
from nelfin.system.activity_system import of_system
from nelfin.system.draws import _drawn, reported_of_draws
from nelfin.system.drivers import GROWTH, FromActivity, drivers_of, income_by_body
from nelfin.system.joint import Joint, handed_on
from nelfin.system.prevention import prevention_by_organisation, shift_of
from nelfin.system.recompute import Outcome
from nelfin.system.spreads import RETURN, spreads

pytestmark = pytest.mark.unit

Array = npt.NDArray[np.float64]

KNOWN = 3
"""Years of the embedded plan whose positions are known."""

LEVERS: dict[str, dict[str, float]] = {
    "more planned care": {"extra_pct": 3.0},
    "twice as much of it": {"extra_pct": 6.0},
    "less planned care": {"extra_pct": -3.0},
    "more urgent care": {"urgent_extra_pct": 2.0},
    "less urgent care": {"urgent_extra_pct": -2.0},
    "beds closed": {"stay_saved_pct": 31.0, "beds_closed_pct": 100.0},
    "beds filled": {"fit_to_leave_freed_pct": 50.0, "beds_filled_pct": 100.0},
    "primary care": {"primary_care_gap_closed_pct": 100.0},
}

KEPT_BY_TRUSTS = {"prevention.passed_on_pct": 0.0}
"""Trusts pass on nothing of what prevention saves, but for the variable payment."""


@dataclass(frozen=True)
class Rolled:
    """Positions of the bodies without a capital plan, and the activity behind them."""

    activity: xr.Dataset
    bridge: Array
    plain: Array
    """The same with nothing of activity but growth of demand."""

    def step(self, name: str) -> Array:
        return np.asarray(self.bridge[..., STEPS.index(name)])


@pytest.fixture(scope="module")
def budgets(scenario: Scenario, inputs: Inputs) -> xr.Dataset:
    return allocate(scenario, inputs)


def rolled(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset, settings: Mapping[str, Any]
) -> Rolled:
    case = changed(scenario, settings)
    shift = shift_of(case, inputs, budgets)
    activity = activity_of(case, inputs, budgets, shift)
    ledgers = {
        name: shift[f"prevention_{name}"].to_numpy()
        for name in ("net_cash_recurrent", "paid_by_growth", "double_running")
    }
    income = income_by_body(case, inputs).total[:, 0]
    shared = prevention_by_organisation(ledgers, inputs.organisations, case.prevention, income)
    handed = handed_on(activity)

    def bridge(moves: FromActivity) -> Array:
        nothing = np.zeros_like(shared["double_running"])
        drivers = drivers_of(
            case, inputs, budgets, shared["net_cash_recurrent"], shared["double_running"], nothing,
            moves,
        )  # fmt: skip
        return roll_forward(drivers)[0]

    return Rolled(activity, bridge(handed), bridge(FromActivity(handed.growth, {})))


def settings_of(levers: Mapping[str, float]) -> dict[str, float]:
    return {f"activity.{name}": value for name, value in levers.items()}


def test_nothing_changed_is_the_run_without_activity_to_the_bit(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    found = rolled(scenario, inputs, budgets, {})
    assert (found.bridge == found.plain).all()
    assert not np.signbit(found.step("primary care gap")).any()


def test_avoided_admissions_move_money_between_bodies_and_nothing_overall(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    found = rolled(scenario, inputs, budgets, KEPT_BY_TRUSTS)
    moved = found.step("reported") - found.plain[..., -1]
    np.testing.assert_allclose(moved.sum(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose((found.bridge - found.plain).sum(axis=0), 0.0, atol=1e-9)
    icb = list(inputs.organisations["kind"]).index("icb")
    assert moved[icb, -1] > 1.0, "the board pays a fifth less for care that is avoided"
    assert (moved[:, :KNOWN] == 0.0).all()


def test_what_trusts_pass_on_counts_towards_the_variable_payment(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    icb = list(inputs.organisations["kind"]).index("icb")
    gained = []
    for share in (0.0, 10.0, 90.0, 100.0):
        found = rolled(scenario, inputs, budgets, {"prevention.passed_on_pct": share})
        extra = found.step("reported") - found.plain[..., -1]
        gained.append((found.step("reported")[icb, -1], extra[icb, -1]))
    whole, beside = zip(*gained, strict=True)
    # a tenth passed on is part of the fifth that is due: the board stands as with nothing, but for
    # what it bears of the first years, when prevention costs more than it saves
    assert whole[1] == pytest.approx(whole[0], abs=0.1)
    assert 0 < beside[1] < beside[0]
    # whoever passes on more than is due is not paid back
    assert beside[2:] == (0.0, 0.0)
    assert whole[3] > whole[2] > whole[1]


@pytest.mark.parametrize("levers", LEVERS.values(), ids=LEVERS)
def test_a_position_moves_by_what_activity_says_and_a_known_one_not_at_all(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset, levers: dict[str, float]
) -> None:
    found = rolled(scenario, inputs, budgets, settings_of(levers))
    level = handed_on(found.activity).apart()
    moved = found.step("reported") - found.plain[..., -1]
    # prices and growth of it are its own: neither inflation nor savings work on it again
    np.testing.assert_allclose(moved, level, atol=1e-9)
    assert np.abs(level.sum(axis=0)[KNOWN:]).max() > 0.1
    assert (moved[:, :KNOWN] == 0.0).all()
    for step, name, sign in (
        ("planned and urgent activity", "activity_margin", 1),
        ("beds closed", "beds_cash", 1),
        ("primary care gap", "primary_care_cost", -1),
    ):
        change = np.diff(sign * found.activity[name].to_numpy(), axis=1, prepend=0.0)
        np.testing.assert_array_equal(found.step(step), change)


def test_twice_the_activity_past_the_limit_is_no_better(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    last = [
        rolled(scenario, inputs, budgets, {"activity.extra_pct": extra}).step("reported")[:, -1]
        for extra in (5.0, 10.0)
    ]
    # at 105 % of the funded level the payment ends, and cost goes on
    assert last[1].sum() < last[0].sum()


def test_growth_of_demand_is_that_of_planned_and_urgent_care_by_their_shares(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    settings = {
        "recovery.demand_planned_pct": 5.0,
        "recovery.demand_urgent_pct": 1.0,
        "recovery.planned_share_pct": 25.0,
    }
    found = rolled(scenario, inputs, budgets, settings)
    assert handed_on(found.activity).growth == pytest.approx(np.full(10, 0.02))
    still = rolled(scenario, inputs, budgets, settings | {"recovery.demand_planned_pct": 0.0})
    # on the cost base that both begin with
    cost = [one.step("demand growth")[:, 0] for one in (found, still)]
    np.testing.assert_allclose(cost[0] / cost[1], 2.0 / 0.75)


def test_a_plan_that_is_known_to_its_end_moves_nothing(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    known = {"years.planned_to": "2032/33"} | settings_of(LEVERS["beds closed"])
    rows = inputs.positions.iloc[:1].assign(organisation="system", month=0, measure="outturn",
                                            item="", value_gbp_m=-10.0)  # fmt: skip
    years = [rows.assign(year=year) for year in scenario.years.labels()]
    before = inputs.positions[inputs.positions["measure"] == "underlying"]
    tables = replace(inputs, positions=pd.concat([before, *years], ignore_index=True))
    found = rolled(scenario, tables, budgets, known)
    assert found.activity.attrs["activity_from"] == ""
    np.testing.assert_allclose(found.step("reported").sum(axis=0), -10.0)
    assert (found.step("beds closed") == 0.0).all()


# Draws


def with_ranges(scenario: Scenario, ranges: Mapping[str, tuple[float, float, float]]) -> Scenario:
    """Return a scenario with a range for some settings of activity: low, value, high."""
    values = {name: value for name, (_, value, _) in ranges.items()}
    case = changed(scenario, settings_of(values))
    for name, (low, _, high) in ranges.items():
        key = f"activity.{name}"
        case.evidence[key] = replace(case.evidence[key], low=low, high=high)
    return case


RANGES = {
    "waiting_list": (150_000.0, 174_000.0, 200_000.0),
    "break_even_per_week": (4_000.0, 4_281.0, 4_600.0),
    "untreated_pct": (5.0, 10.0, 15.0),
    "funded_pct": (95.0, 100.0, 104.0),
    "extra_pct": (-4.0, 3.0, 9.0),
    "price_gbp": (800.0, 1_000.0, 1_300.0),
    "inpatient_price_gbp": (4_000.0, 4_800.0, 5_600.0),
    "market_forces": (1.0, 1.09, 1.2),
    "cost_of_price_pct": (90.0, 100.0, 110.0),
    "payment_limit_pct": (100.0, 105.0, 115.0),
    "outside_pct": (10.0, 60.0, 100.0),
    "urgent_income_pct": (20.0, 30.0, 40.0),
    "urgent_variable_pct": (10.0, 20.0, 30.0),
    "urgent_extra_pct": (-2.0, 1.0, 3.0),
    "planned_bed_days_pct": (10.0, 15.0, 20.0),
    "planned_stay": (2.0, 3.5, 5.0),
    "stay_saved_pct": (5.0, 13.0, 31.0),
    "fit_to_leave_pct": (9.0, 10.79, 15.0),
    "fit_to_leave_freed_pct": (0.0, 20.0, 50.0),
    "avoided_bed_share_pct": (30.0, 40.0, 50.0),
    "bed_day_gbp": (300.0, 410.0, 500.0),
    "beds_closed_pct": (10.0, 30.0, 50.0),
    "beds_filled_pct": (10.0, 30.0, 50.0),
    "appointment_gbp": (30.0, 39.0, 50.0),
    "primary_care_gap_closed_pct": (20.0, 50.0, 80.0),
}


def joint_of(budgets: xr.Dataset) -> Joint:
    """Return what draws take of a joint run without a capital plan."""
    names, years = 6, budgets.sizes["year"]
    charges = xr.DataArray(np.zeros((names, years)), dims=("organisation", "year"))
    return cast(Joint, SimpleNamespace(budgets=budgets, charges=charges))


def test_every_setting_that_may_be_drawn_has_a_range_here() -> None:
    assert set(RANGES) == set(DRAWN)


def test_every_draw_is_the_run_with_what_was_drawn(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    ranged = with_ranges(scenario, RANGES)
    for key in [key for key in ranged.evidence if key.startswith(GROWTH)]:
        # the shift would be on other money than that of the place budgets
        ranged.evidence[key] = replace(ranged.evidence[key], low=None, high=None)
    # a rate is the same in every year, as a setting of a scenario is; returns are not drawn
    case = changed(ranged, {"uncertainty.persistence": 1.0, "uncertainty.outcome_kinds": []})
    table = inputs.prevention_programmes.assign(low=np.nan, high=np.nan)
    tables = replace(inputs, prevention_programmes=table)
    count, spread = 4, spreads(case, tables)
    assert {f"activity.{name}" for name in DRAWN} < set(spread)
    found = reported_of_draws(case, tables, joint_of(budgets), count, seed=2)
    drawn = _drawn(case, spread, count, 2, part=0)
    for draw in range(count):
        settings = {
            key: float(np.ravel(values[draw])[0])
            for key, values in drawn.items()
            if not key.startswith(RETURN)
        }
        alone = rolled(case, tables, budgets, settings).step("reported").sum(axis=0)
        np.testing.assert_allclose(found[draw], alone, atol=1e-8)


def test_a_range_of_what_is_not_drawn_is_refused(scenario: Scenario, inputs: Inputs) -> None:
    case = with_ranges(scenario, {"ward_beds": (20.0, 28.0, 30.0)})
    with pytest.raises(InputError, match=r"activity\.ward_beds: has a range, but is not one"):
        spreads(case, inputs)


@pytest.mark.parametrize("filled", [40.0, 41.0])
def test_a_bed_has_one_use_in_every_draw(scenario: Scenario, inputs: Inputs, filled: float) -> None:
    case = with_ranges(scenario, {"beds_closed_pct": (10.0, 30.0, 60.0)})
    case = changed(case, {"activity.beds_filled_pct": filled})
    if filled == 40.0:
        assert "activity.beds_closed_pct" in spreads(case, inputs)
        return
    with pytest.raises(InputError, match=r"beds_closed_pct: reach 101 % together"):
        spreads(case, inputs)


# Measures of the system


def test_activity_has_measures_of_the_system(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    settings = settings_of(LEVERS["beds filled"] | {"extra_pct": 2.0})
    found = rolled(scenario, inputs, budgets, settings).activity
    whole = of_system(found)
    assert all(array.dims == ("year",) for array in whole.data_vars.values())
    assert all("units" in array.attrs for array in whole.data_vars.values())
    margin = found["activity_margin"].sum("organisation")
    np.testing.assert_allclose(whole["activity_margin"], margin)
    used = whole["beds_closed"] + whole["beds_filled"] + whole["beds_stranded"]
    np.testing.assert_allclose(used, whole["beds_freed"])
    gap = found["primary_care_gap_cost"].sum("place") + found["primary_care_gap_cost_others"]
    np.testing.assert_allclose(whole["primary_care_gap_cost"], gap)


def test_a_system_without_a_list_has_no_measure_of_it(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    section = scenario.activity.model_copy(update={"break_even_per_week": None})
    other = scenario.model_copy(update={"activity": section})
    shift = shift_of(other, inputs, budgets)
    activity = activity_of(other, inputs, budgets, shift)
    joint = Joint(
        budgets, shift, activity, cast(Any, None), inputs.capital_limits, xr.DataArray(),
        xr.Dataset(), 1, True,
    )  # fmt: skip
    names = set(joint.measures())
    assert {"activity_list", "activity_funded", "activity_break_even_week"}.isdisjoint(names)
    assert {"activity_margin", "beds_cash", "primary_care_cost"} <= names
    with pytest.raises(InputError, match=r'"activity_list" has no figure.*break_even_per_week'):
        Outcome(other, inputs, joint).measure("activity_list")
