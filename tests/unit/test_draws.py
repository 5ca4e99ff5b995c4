"""Draws of the settings with a range: what they hold to, and that they agree with single runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import nelfin
from nelfin.data import Inputs
from nelfin.draws import draw_positions, fan, odds_of_balance, odds_table, triangle
from nelfin.errors import InputError
from nelfin.joint import Joint, join, solve_capital
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.seek import goal_of, odds_of

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def joint(scenario: Scenario, inputs: Inputs) -> Joint:
    return join(scenario, inputs, solve_capital(scenario, inputs))


@pytest.fixture(scope="module")
def positions(scenario: Scenario, inputs: Inputs, joint: Joint) -> xr.Dataset:
    return draw_positions(scenario, inputs, joint, 400, seed=1)


def test_a_triangle_has_its_ends_its_peak_and_its_mean() -> None:
    share = (np.arange(100_000) + 0.5) / 100_000
    drawn = triangle(share, 1.0, 2.0, 6.0)
    assert drawn.min() == pytest.approx(1.0, abs=0.02)
    assert drawn.max() == pytest.approx(6.0, abs=0.02)
    assert drawn.mean() == pytest.approx(3.0, abs=1e-3)
    # a fifth of the draws lie below the peak: (2 - 1) / (6 - 1)
    assert (drawn < 2.0).mean() == pytest.approx(0.2, abs=1e-3)
    assert (triangle(share, 2.0, 2.0, 2.0) == 2.0).all()


def test_every_draw_is_the_joint_run_with_what_was_drawn(
    scenario: Scenario, inputs: Inputs, joint: Joint, positions: xr.Dataset
) -> None:
    for draw in (0, 123, 399):
        drawn = positions["drawn"].isel(draw=draw).to_series()
        settings = {
            f"recovery.{name}": float(value)
            for name, value in drawn.items()
            if not str(name).startswith("return of")
        }
        table = inputs.prevention_programmes.copy()
        back = table["parameter"] == "return_gbp_per_gbp"
        table.loc[back, "value"] = [
            drawn[f"return of {name}"] for name in table.loc[back, "programme"]
        ]
        tables = replace(inputs, prevention_programmes=table)
        alone = join(changed(scenario, settings), tables, joint.plan)
        for name in ("system_reported", "system_underlying"):
            np.testing.assert_allclose(
                positions[name].isel(draw=draw), alone.recovery[name], atol=1e-9
            )
        np.testing.assert_allclose(
            positions["prevention_net_cash"].isel(draw=draw),
            alone.prevention["prevention_net_cash"],
            atol=1e-9,
        )


def test_draws_stay_in_their_ranges_and_a_seed_gives_them_again(
    scenario: Scenario, inputs: Inputs, joint: Joint, positions: xr.Dataset
) -> None:
    delivery = positions["drawn"].sel(setting="efficiency_delivery_pct")
    assert 60.0 <= float(delivery.min()) <= 61.5
    assert 98.5 <= float(delivery.max()) <= 100.0
    again = draw_positions(scenario, inputs, joint, 400, seed=1)
    assert again.identical(positions)
    other = draw_positions(scenario, inputs, joint, 400, seed=2)
    assert not other["drawn"].identical(positions["drawn"])


def test_parts_give_what_the_whole_gives(
    scenario: Scenario,
    inputs: Inputs,
    joint: Joint,
    positions: xr.Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nelfin.draws.PART", 7)
    parts = draw_positions(scenario, inputs, joint, 400, seed=1)
    xr.testing.assert_allclose(parts, positions, rtol=1e-12)


def test_a_range_stays_within_what_a_setting_may_be(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    mine = changed(scenario, {"recovery.efficiency_delivery_pct": 100.0})
    found = draw_positions(mine, inputs, join(mine, inputs, joint.plan), 300, seed=1)
    delivery = found["drawn"].sel(setting="efficiency_delivery_pct")
    assert 77.0 <= float(delivery.min()) < float(delivery.max()) <= 100.0


def test_given_positions_stand_in_every_draw(positions: xr.Dataset) -> None:
    assert positions["system_reported"].sel(year="2024/25").std() < 1e-9
    assert float(odds_of_balance(positions).sel(year="2024/25")) == 0.0


def test_odds_and_percentiles(positions: xr.Dataset) -> None:
    reported = positions["system_reported"].sel(year="2030/31").to_numpy()
    table = odds_table(positions).set_index(["measure", "year"])["value"]
    assert table["odds_of_balance", "2030/31"] == pytest.approx((reported >= -0.05).mean())
    assert table["reported_p50", "2030/31"] == pytest.approx(np.median(reported))
    assert (fan(positions["system_reported"]).diff("percent") >= 0).all()


def test_better_delivery_never_lowers_the_odds(
    scenario: Scenario, inputs: Inputs, joint: Joint, positions: xr.Dataset
) -> None:
    mine = changed(scenario, {"recovery.efficiency_pct": 5.0})
    better = draw_positions(mine, inputs, join(mine, inputs, joint.plan), 400, seed=1)
    assert (odds_of_balance(better) >= odds_of_balance(positions)).all()
    # the range of a setting that was changed goes along
    ask = better["drawn"].sel(setting="efficiency_pct")
    assert 4.0 <= float(ask.min()) < float(ask.max()) <= 6.0


def test_odds_of_a_goal_and_what_has_none(scenario: Scenario) -> None:
    share = odds_of(scenario, goal_of("system_reported>=0@2027/28"), 200, seed=1)
    assert 0.2 < share < 0.6
    with pytest.raises(InputError, match="have no prevention_cash"):
        odds_of(scenario, goal_of("prevention_cash>=0@2027/28"), 10)


def test_draws_that_cannot_be_had_are_refused(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    for count in (0, -1, 2_000_000):
        with pytest.raises(InputError, match="Give 1 to 1,000,000 draws"):
            draw_positions(scenario, inputs, joint, count)


def test_ranges_are_read_checked_and_written_again(tmp_path, scenario: Scenario) -> None:
    from nelfin.scenario import resolved_toml

    (tmp_path / "a.toml").write_text(
        'extends = "nel"\n[recovery]\npressures_pct = { value = 1.0, low = 1.5, high = 2.0, '
        'unit = "%", status = "assumption", source = "x" }\n'
        'efficiency_pct = { value = 4.0, low = "few", unit = "%", status = "given", source = "" }\n'
    )
    with pytest.raises(InputError) as caught:
        nelfin.load_scenario(tmp_path / "a.toml")
    assert "has the range 1.5 to 2 around 1" in str(caught.value)
    assert "has a range that is not of numbers" in str(caught.value)
    (tmp_path / "b.toml").write_text(resolved_toml(scenario))
    again = nelfin.load_scenario(tmp_path / "b.toml")
    assert again.evidence["recovery.pressures_pct"] == scenario.evidence["recovery.pressures_pct"]
    assert again.evidence["recovery.pressures_pct"].low == 0.3
    # a bare value has no range
    bare = nelfin.load_scenario(overrides={"recovery.pressures_pct": 1.2})
    assert bare.evidence["recovery.pressures_pct"].low is None
