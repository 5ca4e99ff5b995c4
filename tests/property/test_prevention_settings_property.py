"""Every setting of the shift at nothing, at its double and at its ends, on the embedded system."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import annotated_types
import numpy as np
import pytest
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, field_of
from nelfin.scenario.model_settings import Prevention
from nelfin.system.drivers import income_by_body
from nelfin.system.prevention import costing_of, prevention_by_organisation, shift_of

pytestmark = pytest.mark.property

MONEY = [f"prevention.{name}" for name, field in Prevention.model_fields.items()
         if field.annotation is float]  # fmt: skip
"""Found from the schema, so that a new setting is tried too."""

CURVE = [
    "recovery.cost_uplift_pct",
    "recovery.marginal_cost_pct",
    "recovery.marginal_cost_later_pct",
    "recovery.marginal_cost_years",
]

SOURCES = [(100.0, 0.0), (0.0, 0.0), (0.0, 100.0), (30.0, 20.0)]
"""Shares of growth money and of a fund."""


@pytest.fixture(scope="module")
def budgets(scenario: Scenario, inputs: Inputs) -> xr.Dataset:
    return allocate(scenario, inputs)


def tries(scenario: Scenario, key: str) -> list[float]:
    """Return nothing, the double and the ends of what a setting may be."""
    setting = field_of(scenario, key)
    found = [0.0, float(setting.value), 2 * float(setting.value)]
    for limit in setting.limits:
        for kind, near in (("ge", 0.0), ("le", 0.0), ("gt", 1e-6), ("lt", -1e-6)):
            if isinstance(limit, annotated_types.BaseMetadata) and hasattr(limit, kind):
                end = float(getattr(limit, kind)) + near
                # no figure is as large as the largest
                found.append(min(end, 1e9))
    return sorted(set(found))


def run(scenario: Scenario, inputs: Inputs, budgets: xr.Dataset, changes: dict[str, Any]) -> Any:
    return shift_of(changed(scenario, changes), inputs, budgets)


def with_sources(sources: tuple[float, float]) -> dict[str, float]:
    return dict(zip(("prevention.new_money_pct", "prevention.pool_pct"), sources, strict=True))


def test_the_schema_tells_every_setting() -> None:
    assert {"prevention.new_money_pct", "prevention.secondary_care_gbp_m"} <= set(MONEY)
    assert len(MONEY) >= 17


@pytest.mark.parametrize("sources", SOURCES, ids=["growth", "treatment", "fund", "mixture"])
@pytest.mark.parametrize("key", [*MONEY, *CURVE])
def test_nothing_is_counted_twice_whatever_a_setting_is(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    key: str,
    sources: tuple[float, float],
) -> None:
    ran = 0
    for value in tries(scenario, key):
        try:
            mine = changed(scenario, with_sources(sources) | {key: value})
        except InputError as error:
            assert key in str(error) or "add up to" in str(error)  # noqa: PT017
            continue
        ran += 1
        data = shift_of(mine, inputs, budgets)
        ledger = {str(name).removeprefix("prevention_"): v.to_numpy() for name, v in data.items()}
        for name, values in ledger.items():
            assert np.isfinite(values[..., :]).all() or name == "programme_people", (name, value)
        size = 1e-9 * (1 + np.abs(ledger["programme_avoided"]).max())
        three = ledger["cash"] + ledger["capacity"] + ledger["society"]
        np.testing.assert_allclose(three, ledger["programme_avoided"].sum(axis=0), atol=size)
        payers = sum(ledger[f"paid_by_{name}"] for name in ("pool", "growth", "cash"))
        np.testing.assert_allclose(
            payers + ledger["cut"], ledger["extra_spend"], rtol=1e-9, atol=1e-9
        )
        most = mine.prevention.secondary_care_gbp_m
        if most > 0 and mine.prevention.share_end_pct >= mine.prevention.share_start_pct:
            assert (ledger["cash"] <= most * costing_of(mine, inputs).prices * (1 + 1e-9)).all()
        income = income_by_body(mine, inputs).total[:, 0]
        shared = prevention_by_organisation(ledger, inputs.organisations, mine.prevention, income)
        for name, by_body in shared.items():
            np.testing.assert_allclose(by_body.sum(axis=0), ledger[name], atol=1e-7)
    assert ran >= 1


def test_all_of_the_money_cannot_save_more_than_secondary_care_costs(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    whole = {"prevention.share_end_pct": 100.0}
    held = run(scenario, inputs, budgets, whole)["prevention_cash"].to_numpy()
    free = run(scenario, inputs, budgets, whole | {"prevention.secondary_care_gbp_m": 0.0})
    most = 2600.0 * costing_of(scenario, inputs).prices
    assert (free["prevention_cash"].to_numpy() > held).any()
    assert (held <= most).all()
    nhs = held + run(scenario, inputs, budgets, whole)["prevention_capacity"].to_numpy()
    assert nhs[-1] == pytest.approx(most[-1])


WORSE_WITH_MORE = {
    "prevention.double_running_months": ("net_cash", False),
    "prevention.new_money_pct": ("net_cash", False),
    "prevention.gbp_per_qaly_gained": ("qalys_gained", False),
    "prevention.gbp_per_qaly_forgone": ("qalys_forgone", False),
    "prevention.gdp_deflator_pct": ("qalys_forgone", False),
    "prevention.secondary_care_gbp_m": ("net_cash", True),
    "prevention.emergency_cost_gbp_m": ("net_cash", True),
    "prevention.avoidable_emergency_pct": ("net_cash", True),
    "prevention.target_cost_pct": ("net_cash", True),
    "recovery.cost_uplift_pct": ("cash", True),
}
"""What a setting moves, and whether more of it means more of that."""


@pytest.mark.parametrize("key", WORSE_WITH_MORE)
def test_what_more_of_a_setting_does(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset, key: str
) -> None:
    name, up = WORSE_WITH_MORE[key]
    # ceilings that bind, so that what lifts one is seen
    tight = {"prevention.emergency_cost_gbp_m": 40.0, "prevention.secondary_care_gbp_m": 70.0}
    values = {value for value in tries(scenario, key) if value > 0} | {30.0, 50.0}
    months = key == "prevention.double_running_months"
    highest = 24.0 if months else 100.0 if key.endswith("_pct") else np.inf
    found = [
        run(scenario, inputs, budgets, tight | {key: value})[f"prevention_{name}"].to_numpy()
        for value in sorted(values)
        if value <= highest
    ]
    sign = 1 if up else -1
    for less, more in pairwise(found):
        assert (sign * (more - less) >= -1e-9 * (1 + np.abs(less))).all()
    assert not np.array_equal(found[0], found[-1])


def test_more_return_and_less_cost_of_each_programme_never_lower_net_cash(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    table = inputs.prevention_programmes
    before = shift_of(scenario, inputs, budgets)["prevention_net_cash"].to_numpy()
    returns = table["parameter"].isin(["return_gbp_per_gbp", "cash_return_gbp_per_gbp"])
    for name in table["programme"].unique():
        hit = returns & (table["programme"] == name)
        better = table.assign(value=table["value"].where(~hit, 2 * table["value"]))
        after = shift_of(scenario, replace(inputs, prevention_programmes=better), budgets)
        gained = after["prevention_net_cash"].to_numpy() - before
        assert (gained >= 0).all()
        assert gained[-1] > 0.1, name


def test_the_fault_of_money_spent_twice_is_gone(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> None:
    """All out of treatment net cash is less than nothing by double running alone."""
    data = run(scenario, inputs, budgets, {"prevention.new_money_pct": 0.0})
    net = data["prevention_net_cash"].to_numpy()
    np.testing.assert_allclose(net, -data["prevention_double_running"], atol=1e-12)
    last = data.isel(year=-1)
    cut = float(last["prevention_extra_spend"] - last["prevention_cash"])
    assert float(last["prevention_cut"]) == pytest.approx(cut)
    assert cut > 40
