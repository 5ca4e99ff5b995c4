"""Draws by year and by organisation: persistence, rates that move together, and own streams."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy.special import ndtri

import nelfin
from nelfin.data import Inputs
from nelfin.models.ranges import shares_by_year
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.draws import draw_positions, tornado
from nelfin.system.drivers import BY_YEAR
from nelfin.system.joint import Joint, join
from nelfin.system.odds import odds_by_organisation, odds_table

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def joint(scenario: Scenario, inputs: Inputs) -> Joint:
    return join(scenario, inputs)


def test_odds_of_each_organisation_with_and_without_support(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    mine = changed(scenario, {"recovery.support_gbp_m": 200.0})
    found = draw_positions(mine, inputs, join(mine, inputs, joint.plan), 300, seed=1)
    table = odds_by_organisation(found)
    odds = table.set_index(["measure", "organisation", "year"])["value"].sort_index()
    assert set(table["year"]) == set(scenario.years.labels()[3:])
    for name in found["organisation"].values:
        one = found["organisation_reported"].sel(organisation=name, year="2027/28")
        support = found["organisation_support"].sel(organisation=name, year="2027/28")
        assert odds["odds_of_balance", name, "2027/28"] == float((one >= -0.05).mean())
        assert odds["odds_without_support", name, "2027/28"] == float(
            (one - support >= -0.05).mean()
        )
        assert odds["reported_p90", name, "2027/28"] == pytest.approx(np.quantile(one, 0.9))
    whole = found["organisation_reported"].sum("organisation")
    xr.testing.assert_allclose(whole, found["system_reported"].rename(whole.name))
    of_system = odds_table(found).set_index(["measure", "year"])["value"]
    assert of_system["odds_without_support", "2027/28"] < of_system["odds_of_balance", "2027/28"]


def test_a_rate_by_year_persists_and_growth_goes_with_inflation() -> None:
    def normal(name: str, moves_with: str = "", persistence: float = 0.5) -> np.ndarray:
        shares = shares_by_year(name, 20_000, 5, 3, 0, persistence, moves_with, 0.8)
        return np.asarray(ndtri(shares))

    path = normal("pressures")
    assert np.abs(path.std(axis=0) - 1).max() < 0.02
    for lag, expected in ((1, 0.5), (2, 0.25)):
        found = np.corrcoef(path[:, 1], path[:, 1 + lag])[0, 1]
        assert found == pytest.approx(expected, abs=0.02)
    growth, inflation = (normal(name, "together") for name in ("growth", "inflation"))
    assert np.corrcoef(growth[:, 2], inflation[:, 2])[0, 1] == pytest.approx(0.8, abs=0.02)
    assert abs(np.corrcoef(growth[:, 2], path[:, 2])[0, 1]) < 0.03
    assert np.ptp(normal("steady", persistence=1.0), axis=1).max() < 1e-9


def test_a_setting_is_drawn_alike_whatever_else_has_a_range(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    before = draw_positions(scenario, inputs, joint, 200, seed=1)["drawn"]
    ranged = {"value": 10.0, "low": 0.0, "high": 20.0, "unit": "£m a year", "status": "given",
              "source": "x"}  # fmt: skip
    more = nelfin.load_scenario(overrides={"recovery.support_gbp_m": ranged})
    found = draw_positions(more, inputs, joint, 200, seed=1)["drawn"]
    assert "recovery.support_gbp_m" in found["setting"].values
    xr.testing.assert_identical(found.sel(setting=before["setting"]), before)


def test_a_tornado_is_the_joint_run_at_the_ends(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    # whole persistence makes a rate the same in every year, as a setting of a scenario is
    steady = changed(scenario, {"uncertainty.persistence": 1.0})
    table = tornado(steady, inputs, joint)
    last = table[table["year"] == "2032/33"]
    swing = last.groupby("setting", sort=False)["value"].agg(np.ptp)
    assert swing.is_monotonic_decreasing
    for row in last.head(10).to_dict("records"):
        alone = join(changed(scenario, {row["setting"]: row["at"]}), inputs, joint.plan)
        moved = (alone.recovery["system_reported"] - joint.recovery["system_reported"])[-1]
        # a rate by year is a tenth of draws, what is drawn once stands at its tenth
        drawn = row["setting"].removeprefix("recovery.") in BY_YEAR or "growth" in row["setting"]
        expected = pytest.approx(float(moved), rel=0.01 if drawn else 1e-9)
        assert row["value"] == expected, row
    # what varies from year to year moves the last year by less than what stays
    varied = tornado(scenario, inputs, joint)
    of_last = varied[varied["year"] == "2032/33"].groupby("setting")["value"].agg(np.ptp)
    assert of_last["recovery.pressures_pct"] < 0.8 * swing["recovery.pressures_pct"]
    assert (table.loc[table["year"] == "2023/24", "value"].abs() < 1e-9).all()
