"""Every setting of the recovery and the envelope: more money never worsens a position, more cost
never betters one, and what is known stays as it is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import annotated_types
import numpy as np
import pytest
import xarray as xr

from nelfin.data import Inputs
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, field_of
from nelfin.scenario.model_settings import Recovery
from nelfin.scenario.schema import Envelope
from nelfin.system.drivers import income_by_body
from nelfin.system.joint import join
from nelfin.system.recompute import Outcome, outcome_of, recompute

pytestmark = pytest.mark.property

BETTER, WORSE, NOTHING = 1, -1, 0

RECOVERY = {
    "demand_planned_pct": WORSE,
    "demand_urgent_pct": WORSE,
    "planned_share_pct": WORSE,  # planned care grows faster than urgent
    # steady growth costs what it comes to in the end, however fast; what prevention avoids comes
    # back sooner with a dearer first year, and later with a slower curve
    "marginal_cost_pct": BETTER,
    "marginal_cost_later_pct": WORSE,
    "marginal_cost_years": WORSE,
    "cost_uplift_pct": WORSE,
    "other_income_growth_pct": BETTER,
    "pressures_pct": WORSE,
    "not_explained_recurrent_pct": WORSE,  # what is not explained of the known years is a cost
    "efficiency_pct": BETTER,
    "efficiency_delivery_pct": BETTER,
    "efficiency_recurrent_pct": BETTER,
    "support_gbp_m": BETTER,
    "repayment_gbp_m": WORSE,
    "repayment_cap_pct": NOTHING,  # only where a surplus repays
    "delivery_opportunity_pct": NOTHING,  # the schemes state their own
    "delivery_in_progress_pct": NOTHING,
    "delivery_developed_pct": NOTHING,
    "support_needs_developed_pct": WORSE,
    "pay_share_pct": NOTHING,  # agency spend stays where it is
    "agency_share_pct": BETTER,  # a larger share to come down from
    "agency_target_pct": WORSE,
    "agency_premium_pct": NOTHING,
    "bank_share_pct": NOTHING,  # no premium is given
    "bank_fall_pct": NOTHING,
    "bank_premium_pct": NOTHING,
    "savings_by_month_5_pct": NOTHING,
    "pdc_pct": WORSE,
}
"""What more of a setting does to the position, with all others as they are."""

ENVELOPE = {
    "plan_total_gbp_m": NOTHING,
    "growth_pct": BETTER,
    "convergence_pct": BETTER,
    "distance_from_target_pct": WORSE,
}

RULE = {"convergence_pct": "given", "distance_from_target_pct": "fair-share"}
"""The rule of convergence that a setting counts under."""

KNOWN = ["2023/24", "2024/25", "2025/26"]


def keys() -> list[str]:
    streams = ("core", "primary_medical", "other_primary_care", "running_cost", "specialised")
    found = [f"recovery.{name}" for name in RECOVERY]
    for name in ENVELOPE:
        several = Envelope.model_fields[name].annotation is not float
        found += [f"envelope.{name}.{stream}" for stream in streams] if several else [
            f"envelope.{name}"
        ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def base(scenario: Scenario, inputs: Inputs) -> Outcome:
    return outcome_of(scenario, inputs)


def tried(base: Outcome, changes: dict[str, Any]) -> xr.Dataset:
    return recompute(base, changed(base.scenario, changes)).joint.recovery


def values(scenario: Scenario, key: str) -> list[float]:
    """Return below nothing, nothing, the value and its double, as far as a setting may be that."""
    if key.split(".")[1] in RULE:  # not given in the embedded scenario
        return [-2.0, 0.0, 2.0]
    setting = field_of(scenario, key)
    value = float(setting.value)
    found = {-1.0, 0.0, value, 2 * value, value + 1.0}
    if key == "envelope.plan_total_gbp_m":
        found = {value, 2 * value}
    if key == "recovery.marginal_cost_pct":  # above what moves in the end it is that as well
        found = {0.0, 25.0, 50.0, 75.0, 90.0}
    if key == "recovery.not_explained_recurrent_pct":
        found = {0.0, 50.0, 100.0}
    limits = [limit for limit in setting.limits if isinstance(limit, annotated_types.BaseMetadata)]

    def may_be(number: float) -> bool:
        return all(
            number >= getattr(limit, "ge", -np.inf)
            and number <= getattr(limit, "le", np.inf)
            and number > getattr(limit, "gt", -np.inf)
            for limit in limits
        )

    return sorted(number for number in found if may_be(number))


def test_what_every_setting_does_is_said() -> None:
    """Found from the schema, so that a new setting must be given its sign here."""
    floats = {name for name, field in Recovery.model_fields.items() if field.annotation is float}
    assert floats == set(RECOVERY)
    money = {
        name for name, field in Envelope.model_fields.items()
        if field.annotation is float or "dict" in str(field.annotation)
    }  # fmt: skip
    assert money == set(ENVELOPE)


@pytest.mark.parametrize("key", keys())
def test_more_money_betters_and_more_cost_worsens_and_the_known_stands(
    scenario: Scenario, base: Outcome, key: str
) -> None:
    section, name, *_ = key.split(".")
    sign = (RECOVERY if section == "recovery" else ENVELOPE)[name]
    more = {"envelope.convergence_rule": RULE[name]} if name in RULE else {}
    found = [tried(base, more | {key: value}) for value in values(scenario, key)]
    assert len(found) >= 2
    moved = False
    for less, greater in pairwise(found):
        for measure in ("system_reported", "system_underlying"):
            one_off = measure == "system_underlying" and name in {
                "support_gbp_m", "repayment_gbp_m", "support_needs_developed_pct",
            }  # fmt: skip
            rise = (greater[measure] - less[measure]).to_numpy()
            expected = NOTHING if one_off else sign
            if expected == NOTHING:
                np.testing.assert_allclose(rise, 0.0, atol=1e-9)
            else:
                assert (expected * rise >= -1e-9).all(), (key, measure, rise)
                moved |= bool(np.abs(rise).max() > 1e-6)
            if (name, measure) == ("not_explained_recurrent_pct", "system_underlying"):
                continue  # it is of the underlying position of known years
            known = (greater[measure] - base.joint.recovery[measure]).sel(year=KNOWN)
            np.testing.assert_allclose(known, 0.0, atol=1e-9)
    assert moved == (sign != NOTHING), f"{key} moves nothing"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"envelope.growth_pct.core": -10.0},
        {"envelope.growth_pct.specialised": 15.0},
        {"envelope.convergence_rule": "clipped", "envelope.distance_from_target_pct.core": 6.0},
        {"recovery.other_income_growth_pct": 12.0},
    ],
    ids=str,
)
def test_bodies_never_have_more_of_a_stream_than_the_envelope(
    scenario: Scenario, inputs: Inputs, changes: dict[str, Any]
) -> None:
    mine = changed(scenario, changes)
    income = income_by_body(mine, inputs)
    envelope = join(mine, inputs).budgets["envelope"]
    for stream in mine.allocation.streams:
        money = envelope.sel(stream=stream).to_numpy()
        bodies = income.level[:, income.parts.index(stream)].sum(axis=0)
        assert (bodies[money > 0] <= money[money > 0] + 1e-6).all(), stream


def test_support_of_later_years_raises_them_by_itself_and_leaves_the_known(
    base: Outcome,
) -> None:
    for name, sign in (("support_gbp_m", 1), ("repayment_gbp_m", -1)):
        found = tried(base, {f"recovery.{name}": 100.0})
        rise = found["system_reported"] - base.joint.recovery["system_reported"]
        np.testing.assert_allclose(rise.sel(year=KNOWN), 0.0, atol=1e-12)
        np.testing.assert_allclose(rise.drop_sel(year=KNOWN), sign * 100.0)
