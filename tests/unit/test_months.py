"""The year in months, and what the model would have said of years that have come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import nelfin
from nelfin.data import Inputs, load_inputs
from nelfin.models.months import profile, savings_phase, year_end
from nelfin.report.text.months import months_text
from nelfin.report.text.odds import odds_text
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.back_test import back_test
from nelfin.system.joint import Joint, join
from nelfin.system.months import months_table, savings_of

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def joint(scenario: Scenario, inputs: Inputs) -> Joint:
    return join(scenario, inputs)


def of_years(scenario: Scenario, inputs: Inputs, joint: Joint) -> pd.DataFrame:
    return back_test(scenario, inputs, joint, months_table(scenario, inputs, joint))


def rows(*cells: tuple[int, str, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["month", "measure", "value_gbp_m"]).assign(item="")


def test_a_third_of_savings_comes_by_month_5_and_the_rest_evenly() -> None:
    phase = savings_phase(34.0)
    assert phase[4] == pytest.approx(0.34)
    assert phase[11] == pytest.approx(1.0)
    assert np.diff(phase)[4:] == pytest.approx([0.66 / 7] * 7)
    # no savings: evenly; all of it savings: as phased
    assert profile(12.0, 0.0, phase) == pytest.approx(range(1, 13))
    assert profile(10.0, 10.0, phase) == pytest.approx(10 * phase)


def test_a_year_ends_at_actual_and_the_rest_of_the_plan_less_savings_that_slip() -> None:
    phase = savings_phase(34.0)
    months = rows((5, "outturn", -60.0), (3, "outturn", -39.0), (5, "plan", -31.0))
    end = year_end(months, plan=-41.0, savings=100.0, delivery=0.8, phase=phase)
    assert end is not None
    assert (end.month, end.actual, end.planned) == (5, -60.0, -31.0)
    # 66 of savings are left, a fifth of which slips
    assert end.undelivered == pytest.approx(13.2)
    assert end.forecast == pytest.approx(-60.0 - 10.0 - 13.2)
    # savings that come in full leave what has slipped so far
    whole = year_end(months, plan=-41.0, savings=100.0, delivery=1.4, phase=phase)
    assert whole is not None
    assert whole.forecast == pytest.approx(-70.0)


def test_without_a_plan_of_the_month_the_plan_of_the_year_is_phased() -> None:
    phase = savings_phase(34.0)
    end = year_end(rows((5, "outturn", -9.0)), plan=0.0, savings=60.0, delivery=1.0, phase=phase)
    assert end is not None
    # evenly five twelfths of the deficit before savings, and 34 % of the savings
    assert end.planned == pytest.approx(-60.0 * 5 / 12 + 60.0 * 0.34)
    assert year_end(rows((5, "plan", -9.0)), 0.0, 60.0, 1.0, phase) is None


def test_both_papers_of_a_month_are_kept_and_the_board_s_own_counts(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    table = months_table(scenario, inputs, joint)
    mine = table[(table["year"] == "2026/27") & (table["organisation"] == "system")]
    actual = mine[(mine["month"] == 5) & (mine["measure"] == "actual")]
    assert actual.set_index("note")["value"].to_dict() == {"": -60.4, "as ELFT has it": -61.3}
    assert (mine["source"] != "").all()
    ends = mine[mine["month"] == 12].set_index("measure")["value"]
    rest = -41.3 - -31.3
    assert ends["forecast"] == pytest.approx(-60.4 + rest - ends["undelivered"])
    assert ends["straight line"] == pytest.approx(-60.4 * 12 / 5)


def test_savings_that_slip_are_those_of_the_bodies_together(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    savings = savings_of(scenario, inputs, joint, "2026/27")
    assert savings.asked.sum() == pytest.approx(80 + 51.9 + 29 + 20.1 + 28.5 + 112)
    left = 0.66 * (savings.asked - savings.expected).sum()
    ends = months_table(scenario, inputs, joint)
    mine = ends[(ends["organisation"] == "system") & (ends["year"] == "2026/27")]
    assert mine.set_index("measure").loc["undelivered", "value"] == pytest.approx(left)


def test_odds_of_a_year_s_end_are_of_the_delivery_of_savings(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    table = months_table(scenario, inputs, joint, draws=400, seed=1)
    ends = table[table["month"] == 12].pivot(
        index=["year", "organisation"], columns="measure", values="value"
    )
    assert (ends["forecast_p10"] < ends["forecast"]).all()
    # at best all that is still asked comes
    best = ends["forecast"] + ends["undelivered"]
    assert (ends["forecast_p90"] <= best + 1e-9).all()
    assert ends.loc[("2026/27", "system"), "odds_of_plan"] == 0.0
    again = months_table(scenario, inputs, joint, draws=400, seed=1)
    pd.testing.assert_frame_equal(table, again)
    fixed = changed(scenario, {"recovery.efficiency_delivery_pct": 92.0})
    assert "odds_of_plan" not in set(months_table(fixed, inputs, joint)["measure"])


def test_a_year_with_an_outturn_heads_nowhere(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    table = months_table(scenario, inputs, joint)
    assert {"2024/25", "2026/27"} == set(table.loc[table["measure"] == "forecast", "year"])
    assert "2025/26" in set(table["year"])
    none = replace(inputs, positions=inputs.positions[inputs.positions["month"] == 0])
    empty = months_table(scenario, none, joint)
    assert empty.empty
    assert "No month is known" in months_text(empty, "x", ["A"])


def test_the_back_test_knows_nothing_of_the_year_it_tells(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    table = of_years(scenario, inputs, joint).set_index(["year", "measure"])["value"]
    assert table["2025/26", "came"] == -63.8
    assert table["2025/26", "error"] == pytest.approx(-63.8 - table["2025/26", "predicted"])
    assert table["2025/26", "plan"] == 0.0
    worse = inputs.positions.copy()
    mine = (worse["year"] == "2025/26") & (worse["measure"] == "outturn") & (worse["month"] == 0)
    worse.loc[mine, "value_gbp_m"] -= 100.0
    other = replace(inputs, positions=worse)
    found = of_years(scenario, other, join(scenario, other, joint.plan))
    found = found.set_index(["year", "measure"])["value"]
    assert found["2025/26", "predicted"] == pytest.approx(table["2025/26", "predicted"])
    assert found["2025/26", "came"] == pytest.approx(-163.8)
    # what it knew then changes what it says of the year after
    assert found["2026/27", "predicted"] < table["2026/27", "predicted"] - 50.0


def test_what_activity_is_to_change_was_not_known_at_the_start_of_years_before(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    levers = {"activity.extra_pct": -9.0, "activity.urgent_extra_pct": 5.0}
    more = changed(scenario, levers)
    months = months_table(scenario, inputs, joint)
    found = back_test(more, inputs, join(more, inputs, joint.plan), months)
    past = found[found["year"] < "2026/27"]
    base = back_test(scenario, inputs, joint, months)
    pd.testing.assert_frame_equal(past, base[base["year"] < "2026/27"])


def test_what_came_lies_in_the_band_as_often_as_it_should(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    wide = of_years(scenario, inputs, joint).pivot(index="year", columns="measure", values="value")
    assert list(wide.index) == ["2024/25", "2025/26", "2026/27"]
    inside = wide["came"].between(wide["predicted_p10"], wide["predicted_p90"])
    assert inside.sum() >= 2


def test_the_default_of_pressures_is_what_the_record_shows(
    scenario: Scenario, joint: Joint
) -> None:
    record = joint.recovery["pressures_pct"].sel(year=["2023/24", "2024/25", "2025/26"]).to_numpy()
    figure = scenario.evidence["recovery.pressures_pct"]
    assert float(figure.value) == pytest.approx(record.mean(), abs=0.005)
    # where the next value falls in eight cases of ten, by Student's t with two degrees of freedom
    half = 1.886 * record.std(ddof=1) * np.sqrt(1 + 1 / 3)
    assert figure.low == pytest.approx(record.mean() - half, abs=0.05)
    assert figure.high == pytest.approx(record.mean() + half, abs=0.05)


def test_nel_2026_starts_from_what_is_known_in_2026(joint: Joint) -> None:
    # nothing of this is of the capital plan, which is found sooner in parts
    scenario = nelfin.load_scenario("nel-2026", overrides={"capital.relax": True})
    inputs = load_inputs(scenario)
    found = join(scenario, inputs)
    reported = found.recovery["recovery_bridge"].sel(step="reported")
    assert float(reported.sel(year="2025/26").sum()) == pytest.approx(-63.8)
    planned = reported.sel(year="2026/27").to_series()
    assert planned.pop("BHRUT") == pytest.approx(-41.3)
    assert planned.abs().max() < 1e-9
    support = found.recovery["recovery_bridge"].sel(step="deficit support", year="2026/27")
    assert support.to_series()[lambda money: money != 0].to_dict() == {"Homerton": 12.1}
    envelope = found.budgets["envelope"]
    assert float(envelope.sel(year="2026/27").sum()) == pytest.approx(6344.3)
    # 1.2 % below target in 2026/27, closed by 2028/29
    core = found.budgets["convergence"].sel(stream="core")
    closed = (1 + core / (1 + 0.03)).sel(year=["2027/28", "2028/29"]).prod()
    assert float(closed) == pytest.approx(1 / (1 - 0.012))
    assert float(np.abs(core.sel(year=["2026/27", "2029/30"])).max()) == 0.0
    assert found.recovery.attrs["known_years"] == "2025/26 outturn, 2026/27 plan"
    # the opening is the closing underlying position of the scenario that it follows
    before = joint.recovery["system_underlying"]
    opening = found.recovery["recovery_bridge"].sel(step="opening underlying", year="2025/26")
    assert float(opening.sum()) == pytest.approx(float(before.sel(year="2024/25")), abs=0.05)


def test_a_plan_of_known_years_alone_has_draws_and_no_odds() -> None:
    known = {"years.last": "2025/26", "prevention.end_year": "2025/26", "capital.relax": True}
    result = nelfin.run(nelfin.load_scenario(overrides=known), draws=20)
    assert result.table("odds_by_organisation").empty
    assert "odds_of_balance" not in set(result.table("odds")["measure"])
    assert "Odds of balance" not in result.summary()
    assert "fan" not in result.charts
    assert "odds" not in odds_text(result.table("odds"), 20)
