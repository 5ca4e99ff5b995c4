"""The embedded scenario gives the totals and positions that were published."""

from __future__ import annotations

import numpy as np
import pytest

from nelfin.result import Result

pytestmark = pytest.mark.golden


POUND = 1e-6
"""£1 in £m."""

# The embedded scenario.


def test_place_budgets_add_up_to_the_envelope_within_a_pound(result: Result) -> None:
    data = result.data
    total = data["budget"].sum("place") + data["system_held"]
    envelope = data["envelope"].transpose(*total.dims)
    assert float(np.abs(total - envelope).max()) <= POUND
    for stream in ("core", "primary_medical", "other_primary_care", "specialised"):
        shared = data["budget"].sel(stream=stream).sum("place")
        assert float(np.abs(shared - data["envelope"].sel(stream=stream)).max()) <= POUND
        assert (data["system_held"].sel(stream=stream) == 0.0).all()


def test_the_base_year_reconciles_to_the_plan(result: Result) -> None:
    base = result.data["envelope"].sel(year="2023/24")
    lines = {
        "core": 3566.099,
        "primary_medical": 392.894,
        "other_primary_care": 215.905,
        "running_cost": 39.740,
        "specialised": 0.0,
        "other": 3.362,
    }
    found = {str(name): round(float(base.sel(stream=name)), 3) for name in base["stream"].values}
    assert found == lines
    assert round(float(base.sum()), 3) == 4218.0
    assert float(base.sum()) == pytest.approx(4218.0, abs=1e-9)
    published = float(base.drop_sel(stream="other").sum())
    assert round(published, 3) == 4214.638


def test_specialised_joins_in_2025_26(result: Result) -> None:
    envelope = result.data["envelope"].sel(stream="specialised")
    assert envelope.values[:3] == pytest.approx([0.0, 0.0, 806.280], abs=1e-9)


def test_the_embedded_recovery_opens_and_reports_as_published(result: Result) -> None:
    bridge = result.data["recovery_bridge"].sum("organisation")
    opening = bridge.sel(year="2023/24", step="opening underlying")
    assert float(opening) == pytest.approx(-100.0, abs=1e-9)
    reported = result.data["system_reported"]
    assert float(reported.sel(year="2023/24")) == pytest.approx(-31.0, abs=1e-9)
    assert float(reported.sel(year="2024/25")) == pytest.approx(-35.0, abs=1e-9)


def test_the_embedded_asks_deliver_as_published(result: Result) -> None:
    bridge = result.data["recovery_bridge"]
    saved = bridge.sel(step=["recurrent efficiency", "non-recurrent efficiency"]).sum("step")
    system = saved.sum("organisation")
    assert float(system.sel(year="2024/25")) == pytest.approx(289.0, abs=1e-9)
    # an ask of 37.8 and 329.9, of which 83 % is delivered
    year = saved.sel(year="2025/26")
    assert float(year.sum()) == pytest.approx(367.7 * 0.83, abs=1e-9)
    assert float(year.sel(organisation="NEL ICB")) == pytest.approx(37.8 * 0.83, abs=1e-9)


def test_registered_people_grow_as_the_plan_says_after_the_published_years(result: Result) -> None:
    people = result.data["population"].sum("place")
    rise = people.diff("year")
    # 100,000 over the five years to 2028/29 and 303,365 by 2040/41
    for year in ("2026/27", "2027/28", "2028/29"):
        assert float(rise.sel(year=year)) == pytest.approx(20_000, abs=1e-6)
    for year in ("2029/30", "2032/33"):
        assert float(rise.sel(year=year)) == pytest.approx(203_365 / 12, abs=1e-6)


@pytest.mark.parametrize(
    ("place", "share"),
    [("Barking and Dagenham", 0.27), ("Newham", 0.263), ("Tower Hamlets", 0.203)],
)
def test_a_place_takes_the_plans_share_of_growth(result: Result, place: str, share: float) -> None:
    people = result.data["population"]
    rise = people.sel(year="2028/29") - people.sel(year="2025/26")
    assert float(rise.sel(place=place)) == pytest.approx(60_000 * share, abs=1e-6)
