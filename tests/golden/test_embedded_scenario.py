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
    # a forecast before the plan of -31, a plan, and a draft outturn before the plan of nothing
    for year, value in {"2023/24": -36.9, "2024/25": -35.0, "2025/26": -63.8}.items():
        assert float(reported.sel(year=year)) == pytest.approx(value, abs=1e-9)


def test_the_embedded_organisations_report_as_published(result: Result) -> None:
    bridge = result.data["recovery_bridge"].sel(step="reported")
    planned = bridge.sel(year="2024/25")
    assert float(planned.sel(organisation="NEL ICB")) == pytest.approx(0.6, abs=1e-9)
    trusts = planned.drop_sel(organisation="NEL ICB").sum()
    assert float(trusts) == pytest.approx(-35.6, abs=1e-9)
    outturn = bridge.sel(year="2025/26")
    published = {"NEL ICB": 2.6, "Barts Health": 0.0, "NELFT": 0.4}
    for name, value in published.items():
        assert float(outturn.sel(organisation=name)) == pytest.approx(value, abs=1e-9)
    # the rest of -63.8, all of it in deficit
    rest = outturn.drop_sel(organisation=list(published))
    assert float(rest.sum()) == pytest.approx(-66.8, abs=1e-9)
    assert (rest < 0).all()


def test_support_inside_the_positions_is_as_published(result: Result) -> None:
    support = result.data["recovery_bridge"].sel(step="deficit support")
    published = {("BHRUT", "2025/26"): 22.7, ("Homerton", "2025/26"): 21.8,
                 ("Homerton", "2026/27"): 12.1}  # fmt: skip
    for (name, year), value in published.items():
        assert float(support.sel(organisation=name, year=year)) == pytest.approx(value, abs=1e-9)
    assert float(support.sum()) == pytest.approx(22.7 + 21.8 + 12.1, abs=1e-9)


def test_the_embedded_asks_deliver_as_published(result: Result) -> None:
    bridge = result.data["recovery_bridge"]
    saved = bridge.sel(step=["recurrent efficiency", "non-recurrent efficiency"]).sum("step")
    system = saved.sum("organisation")
    assert float(system.sel(year="2024/25")) == pytest.approx(289.0, abs=1e-9)
    # an ask of 37.8 and 329.9, of which 349.1 came
    year = saved.sel(year="2025/26")
    assert float(year.sum()) == pytest.approx(367.7 * 0.9494, abs=1e-9)
    assert float(year.sum()) == pytest.approx(349.1, abs=0.05)
    assert float(year.sel(organisation="NEL ICB")) == pytest.approx(37.8 * 0.9494, abs=1e-9)
    # what each body asks of itself in 2026/27, as its board forecasts it; one has no plan to see
    year = saved.sel(year="2026/27")
    forecast = {"NEL ICB": 80.0 * 0.92, "BHRUT": 34.2, "Homerton": 29.0 * 0.431, "ELFT": 20.1,
                "NELFT": 25.9}  # fmt: skip
    for name, value in forecast.items():
        assert float(year.sel(organisation=name)) == pytest.approx(value, abs=0.02)
    assert float(year.sel(organisation="Barts Health")) > 0


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
