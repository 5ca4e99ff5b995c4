"""Draws of the settings with a range: what they hold to, and that they agree with single runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.capital.stress import stays
from nelfin.models.ranges import Outcomes, Range, interval_80, triangle
from nelfin.report.charts import CHARTS, Card
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.capital import capital_case, solve_capital
from nelfin.system.draws import draw_positions
from nelfin.system.joint import Joint, join
from nelfin.system.odds import (
    fan,
    odds_of_balance,
    odds_of_payback,
    odds_table,
)
from nelfin.system.seek import goal_of, odds_of
from nelfin.system.spreads import cost_spread, spreads

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


def test_an_interval_holds_four_in_five() -> None:
    share = (np.arange(100_000) + 0.5) / 100_000
    drawn = interval_80(share, 1.0, 2.0, 6.0)
    assert (drawn < 1.0).mean() == pytest.approx(0.1, abs=1e-4)
    assert (drawn < 2.0).mean() == pytest.approx(0.5, abs=1e-4)
    assert (drawn > 6.0).mean() == pytest.approx(0.1, abs=1e-4)
    held = Range(1.0, 2.0, 6.0, "interval_80", least=0.5, most=6.5).at(share)
    assert (held.min(), held.max()) == (0.5, 6.5)


def test_outcomes_come_as_often_as_schemes_had_them() -> None:
    share = (np.arange(27_000) + 0.5) / 27_000
    drawn = Outcomes(0.2, 1.31, 1.5, costs_more=6, neither=14, saves=7).at(share)
    assert (drawn < 1).sum() == 6_000
    assert (drawn == 1).sum() == 14_000
    assert (drawn > 1).sum() == 7_000
    assert drawn.min() == pytest.approx(0.2, abs=1e-3)
    assert drawn.max() == pytest.approx(1.5, abs=1e-3)
    assert drawn[drawn > 1].mean() == pytest.approx(1.25, abs=1e-3)
    # nothing is known to save: a scheme that should have does neither
    never = Outcomes(0.2, 0.5, 0.8, costs_more=0, neither=1, saves=1).at(share)
    assert (never == 1).all()


def test_every_draw_is_the_joint_run_with_what_was_drawn(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    # whole persistence makes a rate the same in every year, as a setting of a scenario is
    steady = changed(scenario, {"uncertainty.persistence": 1.0})
    positions = draw_positions(steady, inputs, joint, 60, seed=1)
    for draw in (0, 23, 59):
        drawn = positions["drawn"].isel(draw=draw).to_series()
        settings = {
            str(name): float(value)
            for name, value in drawn.items()
            if not str(name).startswith("return of")
        }
        assert {"envelope.growth_pct.core", "recovery.pressures_pct"} <= settings.keys()
        table = inputs.prevention_programmes.copy()
        back = table["parameter"].isin(["return_gbp_per_gbp", "cash_return_gbp_per_gbp"])
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
    delivery = positions["drawn"].sel(setting="recovery.efficiency_delivery_pct")
    # the mean of ten years each
    assert 83.0 <= float(delivery.min()) <= 90.0
    assert 93.0 <= float(delivery.max()) <= 100.0
    again = draw_positions(scenario, inputs, joint, 400, seed=1)
    assert again.identical(positions)
    other = draw_positions(scenario, inputs, joint, 400, seed=2)
    assert not other["drawn"].identical(positions["drawn"])


def test_parts_are_drawn_one_by_one(
    scenario: Scenario,
    inputs: Inputs,
    joint: Joint,
    positions: xr.Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part is drawn by itself, so more draws leave the first ones as they were."""
    monkeypatch.setattr("nelfin.system.draws.PART", 150)
    parts = draw_positions(scenario, inputs, joint, 400, seed=1)
    first = draw_positions(scenario, inputs, joint, 150, seed=1)
    # each scheme's own part of its cost is drawn one part after the other
    costs = {"capital_used", "within_limits", "schemes_waiting", "capital_benefit_lost",
             "passed_all_the_same"}  # fmt: skip
    own = [str(name) for name in parts if name not in costs and "draw" in parts[name].dims]
    xr.testing.assert_allclose(parts[own].isel(draw=slice(150)), first[own], rtol=1e-12)
    for name in ("system_reported", "system_underlying"):
        middle, whole = (data[name].median("draw") for data in (parts, positions))
        assert float(np.abs(middle - whole).max()) < 0.15 * float(positions[name].std("draw").max())


def test_a_range_stays_within_what_a_setting_may_be(
    scenario: Scenario, inputs: Inputs, joint: Joint
) -> None:
    mine = changed(scenario, {"recovery.efficiency_delivery_pct": 100.0})
    found = draw_positions(mine, inputs, join(mine, inputs, joint.plan), 300, seed=1)
    delivery = found["drawn"].sel(setting="recovery.efficiency_delivery_pct")
    assert 91.0 <= float(delivery.min()) < float(delivery.max()) <= 100.0


def test_given_positions_stand_in_every_draw(positions: xr.Dataset) -> None:
    known = ["2023/24", "2024/25", "2025/26"]
    assert float(positions["system_reported"].sel(year=known).std("draw").max()) < 1e-9
    assert float(positions["organisation_reported"].sel(year=known, organisation="NEL ICB")
                 .std("draw").max()) < 1e-9  # fmt: skip
    # a year that is known has no odds
    assert not set(known) & set(odds_of_balance(positions)["year"].values)


def test_odds_and_percentiles(positions: xr.Dataset) -> None:
    reported = positions["system_reported"].sel(year="2030/31").to_numpy()
    table = odds_table(positions).set_index(["measure", "year"])["value"]
    assert table["odds_of_balance", "2030/31"] == pytest.approx((reported >= -0.05).mean())
    assert table["reported_p50", "2030/31"] == pytest.approx(np.median(reported))
    net = (positions["prevention_net_cash"] - positions["prevention_cut"]).to_numpy()
    paid = (net.cumsum(axis=1)[:, -1] >= 0).mean()
    assert table["odds_of_payback", "2032/33"] == pytest.approx(paid)
    within = positions["within_limits"].to_numpy()
    assert table["odds_within_limits", "2026/27"] == pytest.approx(within[:, 3].mean())
    assert table["odds_within_limits_so_far", "2026/27"] == pytest.approx(
        within[:, :4].all(axis=1).mean()
    )
    used = positions["capital_used"].sel(year="2026/27")
    assert table["capital_used_p90", "2026/27"] == pytest.approx(np.quantile(used, 0.9))
    assert (fan(positions["system_reported"]).diff("percent") >= 0).all()


def test_better_delivery_never_lowers_the_odds(
    scenario: Scenario, inputs: Inputs, joint: Joint, positions: xr.Dataset
) -> None:
    mine = changed(scenario, {"recovery.efficiency_pct": 5.0})
    better = draw_positions(mine, inputs, join(mine, inputs, joint.plan), 400, seed=1)
    assert (odds_of_balance(better) >= odds_of_balance(positions)).all()
    # the range of a setting that was changed goes along
    ask = better["drawn"].sel(setting="recovery.efficiency_pct")
    assert 4.0 <= float(ask.min()) < float(ask.max()) <= 6.0


def test_odds_of_a_goal_and_what_has_none(scenario: Scenario) -> None:
    share = odds_of(scenario, goal_of("system_reported>=-250@2027/28"), 200, seed=1)
    alone = draw_positions(scenario, draws=200, seed=1)["system_reported"].sel(year="2027/28")
    assert share == float((alone >= -250.0).mean())
    assert 0.2 < share < 0.8
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
    assert again.evidence["recovery.pressures_pct"].low == 0.0
    assert again.evidence["recovery.pressures_pct"].shape == "interval_80"
    # the range moves along with a bare value
    moved = nelfin.load_scenario(overrides={"recovery.pressures_pct": 1.26})
    assert moved.evidence["recovery.pressures_pct"].low == pytest.approx(0.35)


def test_nothing_is_paid_back_before_it_is_spent(positions: xr.Dataset) -> None:
    odds = odds_of_payback(positions)
    assert float(odds.sel(year="2023/24")) == 0.0


def test_programmes_of_other_kinds_are_drawn_from_their_range(
    scenario: Scenario, inputs: Inputs
) -> None:
    found = spreads(scenario, inputs)
    assert found["return of Community care and admission avoidance"] == Outcomes(
        0.0, 0.929, 1.31, costs_more=6, neither=14, saves=7
    )
    assert found["return of Falls prevention"] == Range(0.0, 0.95, 1.9)
    mine = changed(scenario, {"uncertainty.outcome_kinds": ()})
    assert isinstance(spreads(mine, inputs)["return of Community care and admission avoidance"],
                      Range)  # fmt: skip


def test_capital_stays_within_its_limits_as_often_as_counted_by_hand(
    scenario: Scenario, inputs: Inputs, joint: Joint, positions: xr.Dataset
) -> None:
    # all in common: each draw is one factor for the plan
    mine = changed(scenario, {"uncertainty.capital_cost_common_pct": 100.0})
    found = draw_positions(mine, inputs, joint, 400, seed=1)
    above = found["drawn"].sel(setting="uncertainty.capital_cost_pct").to_numpy() / 100
    used = joint.plan.spend.groupby("year")["cdel_gbp_m"].sum()
    limits = joint.limits.set_index("year")["limit_gbp_m"]
    for year in ("2023/24", "2031/32"):
        np.testing.assert_allclose(found["capital_used"].sel(year=year), used[year] * (1 + above))
        by_hand = used[year] * (1 + above) <= limits[year]
        assert (found["within_limits"].sel(year=year) == by_hand).all()
    # departures of schemes' own even out over the plan
    spread = positions["capital_used"].std("draw")
    assert (spread < found["capital_used"].std("draw")).all()


def certain(value: float) -> dict[str, float]:
    """Return a value whose range is taken away."""
    return {"value": value, "low": value, "high": value}


def test_without_a_range_the_plan_costs_what_it_is_priced_at(inputs: Inputs, joint: Joint) -> None:
    bare = nelfin.load_scenario(overrides={"uncertainty.capital_cost_pct": certain(0.0)})
    found = draw_positions(bare, inputs, joint, 3)
    assert found["within_limits"].all()
    with pytest.raises(InputError, match=r"uncertainty\.capital_cost_pct: has no range"):
        cost_spread(bare, inputs)


def test_what_may_be_carried_over_makes_room(inputs: Inputs, joint: Joint) -> None:
    over = {"uncertainty.capital_cost_pct": certain(3.0)}
    tight = draw_positions(nelfin.load_scenario(overrides=over), inputs, joint, 1)
    assert not tight["within_limits"].sel(year="2024/25").item()
    loose = nelfin.load_scenario(overrides=over | {"capital.over_programming_pct": 4.0})
    assert draw_positions(loose, inputs, joint, 1)["within_limits"].all()


def test_dearer_schemes_stay_in_fewer_plans(scenario: Scenario, inputs: Inputs) -> None:
    quick = changed(scenario, {"capital.gap_pct": 5.0, "capital.relax": True})
    case = capital_case(quick, inputs)
    table, none = stays(case, cost_spread(scenario, inputs), draws=6, seed=2)
    assert none == 0
    assert len(table) == 332
    assert set(table["verdict"]) == {"core", "borderline", "exterior"}
    assert table["in_plan"].is_monotonic_decreasing
    again, _ = stays(case, cost_spread(scenario, inputs), draws=6, seed=2)
    assert again.equals(table)
    dear, _ = stays(case, Range(29.0, 30.0, 31.0), draws=2)
    assert dear["in_plan"].sum() < table["in_plan"].sum()
    with pytest.raises(InputError, match="Give 1 or more"):
        stays(case, Range(0.0, 0.0, 0.0), draws=0)


def test_draws_in_which_what_must_be_funded_costs_too_much_are_counted() -> None:
    from nelfin.models.capital import Settings
    from nelfin.models.capital.case import case_of
    from nelfin.models.capital.checked import check_capital

    projects = pd.DataFrame(
        {
            "project_id": ["A", "B"], "name": ["A", "B"], "organisation": "x", "category": "c",
            "benefit": [1.0, 1.0], "spend_1": [9.0, 1.0], "must_fund": ["yes", "no"],
        }
    )  # fmt: skip
    limits = pd.DataFrame({"year": ["2026/27"], "limit_gbp_m": [10.0]})
    case = case_of(check_capital(projects, limits, Settings()))
    table, none = stays(case, Range(-50.0, 0.0, 50.0), common_pct=100.0, draws=40)
    # A alone passes the limit above +11.1 %: (1 - 0.111 / 0.5) ** 2 / 2 of the triangle
    assert none == round(40 * (1 - (10 / 9 - 1) / 0.5) ** 2 / 2)
    assert table.set_index("project_id").loc["A", "in_plan"] == 1 - none / 40


def test_a_range_that_cannot_be_drawn_is_refused(tmp_path, inputs: Inputs) -> None:
    (tmp_path / "a.toml").write_text(
        'extends = "nel"\n[prevention]\nshare_end_pct = { value = 4.0, low = 3.0, high = 5.0 }\n'
        "[capital]\nprice_growth_pct = { value = 2.5, low = 2.0, high = 3.0 }\n"
    )
    mine = nelfin.load_scenario(tmp_path / "a.toml")
    with pytest.raises(InputError) as caught:
        spreads(mine, inputs)
    assert len(caught.value.problems) == 2
    assert "prevention.share_end_pct: has a range, but is not one" in str(caught.value)


def test_shapes_are_read_checked_and_written_again(tmp_path) -> None:
    from nelfin.scenario import resolved_toml

    text = (
        'extends = "nel"\n[recovery]\n'
        'pressures_pct = {{ value = 1.0, low = 0, high = 2, shape = "{}" }}\n'
        "[uncertainty]\ncapital_cost_common_pct = {{ value = 40.0 }}\n"
    )
    (tmp_path / "a.toml").write_text(text.format("interval_80"))
    mine = nelfin.load_scenario(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_text(resolved_toml(mine))
    figure = nelfin.load_scenario(tmp_path / "b.toml").evidence["recovery.pressures_pct"]
    assert (figure.low, figure.high, figure.shape) == (0, 2, "interval_80")
    # a figure without a unit has that of the one it replaces
    assert figure.unit == "% of the cost base a year"
    (tmp_path / "c.toml").write_text(text.format("normal"))
    with pytest.raises(InputError, match='has the shape "normal"'):
        nelfin.load_scenario(tmp_path / "c.toml")


@pytest.fixture(scope="module")
def bare(scenario: Scenario) -> Result:
    return nelfin.run(changed(scenario, {"capital.gap_pct": 5.0}))


def test_charts_of_uncertainty_show_what_the_tables_say(result: Result, bare: Result) -> None:
    assert {"fan", "tornado"} <= set(result.charts)
    assert not {"fan", "tornado"} & set(bare.charts)
    with pytest.raises(InputError, match=r'"fan" shows what this run does not have\..*no draws'):
        bare.chart("fan")
    card = CHARTS["fan"].draw(result)
    assert isinstance(card, Card)
    odds = result.table("odds").set_index(["measure", "year"])["value"]
    last = card.table.set_index("Year").loc["2032/33"]
    assert last["One draw in ten is below, £m"] == odds["reported_p10", "2032/33"]
    assert last["Odds of balance, %"] == 100 * odds["odds_of_balance", "2032/33"]
    assert last["The plan, £m"] == float(result.data["system_reported"][-1])
    movers = CHARTS["tornado"].draw(result)
    assert isinstance(movers, Card)
    most = "What costs grow by beside inflation and demand"
    assert movers.table["Assumption"].iloc[0] == most
    assert len(movers.table) == 20


def test_the_summary_says_the_odds_and_only_with_draws(result: Result, bare: Result) -> None:
    text = " ".join(result.summary().split())
    for words in (
        "Odds of balance over 200 draws of the assumptions: 2026/27 ",
        "2032/33 rests most on what costs grow by beside inflation and demand: in eight draws",
        "0 % have paid back by then",
        "never pays back in cash",
        "With costs drawn, schemes wait for room within the limits. At the end of 2032/33 ",
        "loses most: it waits in ",
        "If nothing waited, the plan would stay within its limits in every year in",
    ):
        assert words in text.replace("\u00a0", " ")
    # what the plan takes is the middle of its own ranges
    assert "The plan's own" not in text
    assert "draws" not in bare.summary()
    assert max(len(line) for line in result.summary().splitlines()) <= 80
