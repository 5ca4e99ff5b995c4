"""Who pays for the shift, prices, the marginal-cost curve, health and worth, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from prevention_cases import base, plain_shift, section, table
from pydantic import ValidationError

import nelfin
from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.appraisal import cost_inflation, price_level
from nelfin.models.ledgers import Costing, cash_of
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.prevention import AFTER, shift
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.draws import draw_positions
from nelfin.system.joint import join
from nelfin.system.odds import odds_of_payback
from nelfin.system.prevention import costing_of, prevention_by_organisation

pytestmark = pytest.mark.unit

HALF = table(one={"return_gbp_per_gbp": 0.5})
DOUBLE = table(one={})


def last(data: xr.Dataset, name: str) -> float:
    return float(data[f"prevention_{name}"][-1])


# Who pays.


@pytest.mark.parametrize(
    ("sources", "returns", "expected"),
    [
        # 10 spent, 5 back: pool, growth, cash, cut, net cash, money that forgoes health
        ((0.0, 100.0), HALF, (10.0, 0.0, 0.0, 0.0, 5.0, 0.0)),
        ((100.0, 0.0), HALF, (0.0, 10.0, 0.0, 0.0, -5.0, 10.0)),
        ((0.0, 0.0), HALF, (0.0, 0.0, 5.0, 5.0, 0.0, 5.0)),
        # half by growth money, a fifth by the fund: of the rest of 3 the cash covers half
        ((50.0, 20.0), HALF, (2.0, 5.0, 1.5, 1.5, 1.0 - 2.5, 6.5)),
        # 10 spent, 20 back
        ((0.0, 100.0), DOUBLE, (10.0, 0.0, 0.0, 0.0, 20.0, 0.0)),
        ((100.0, 0.0), DOUBLE, (0.0, 10.0, 0.0, 0.0, 10.0, 10.0)),
        ((0.0, 0.0), DOUBLE, (0.0, 0.0, 10.0, 0.0, 10.0, 0.0)),
    ],
)
def test_a_pound_is_spent_once(
    sources: tuple[float, float], returns: pd.DataFrame, expected: tuple[float, ...]
) -> None:
    growth, pool = sources
    mine = section(new_money_pct=growth, pool_pct=pool, double_running_months=6.0)
    data = plain_shift(base(1000.0, 1000.0), mine, returns)
    *payers, net, forgone = expected
    names = ("paid_by_pool", "paid_by_growth", "paid_by_cash", "cut")
    assert [last(data, name) for name in names] == pytest.approx(payers, rel=1e-6)
    # double running of six months of 10 is the system's, whoever pays for the shift
    assert last(data, "net_cash_recurrent") == pytest.approx(net, rel=1e-6)
    assert last(data, "net_cash") == pytest.approx(net - 5.0, rel=1e-6)
    assert last(data, "qalys_forgone") == pytest.approx(forgone * 1e6 / 10_000, rel=1e-6)


def test_a_cut_does_not_break_even() -> None:
    """Net cash is nothing where cuts pay: that is no return."""
    mine = section(new_money_pct=0.0)
    data = plain_shift(base(1000.0, 1000.0, 1000.0), mine, HALF)
    assert (data["prevention_net_cash"] == 0.0).all()
    assert data.attrs["break_even_year"] == data.attrs["payback_year"] == ""
    assert data.attrs["never_pays_back"] == 1
    # what comes back covers the spend
    paid = plain_shift(base(1000.0, 1000.0), mine, DOUBLE)
    assert paid.attrs["payback_year"] == "2024/25"


def test_shares_above_the_whole_and_a_setting_that_went_are_refused() -> None:
    with pytest.raises(InputError, match=r"new_money_pct 70 and pool_pct 40 .* add up to 110"):
        nelfin.load_scenario(
            overrides={"prevention.new_money_pct": 70, "prevention.pool_pct": 40}
        )  # fmt: skip
    with pytest.raises(InputError, match="is no longer a setting: what new_money_pct and pool_pct"):
        nelfin.load_scenario(overrides={"prevention.donor_is_treatment_pct": 0})
    with pytest.raises(ValidationError):
        section(qaly_price_year="2013")


# The curve.


def test_cost_moves_half_within_the_year_and_most_after_three() -> None:
    curve = marginal_cost_curve(50.0, 90.0, 3.0, 6)
    assert curve == pytest.approx([0.5, 0.5 + 0.4 / 3, 0.5 + 0.8 / 3, 0.9, 0.9, 0.9])
    # draws in front, and an end below the beginning counts as the beginning
    many = marginal_cost_curve([50.0, 95.0], 90.0, 3.0, 4)
    assert many.shape == (2, 4)
    assert many[1] == pytest.approx(0.95)
    assert (marginal_cost_curve(100.0, 100.0, 3.0, 4) == 1.0).all()


def test_each_change_releases_cash_by_the_years_since() -> None:
    # 10 avoided from the first year, 30 from the third, 20 in the fourth
    avoided = np.array([10.0, 10.0, 30.0, 20.0])
    share = np.array([0.5, 0.7, 0.8, 0.8])
    expected = [
        10 * 0.5,
        10 * 0.7,
        10 * 0.8 + 20 * 0.5,
        # what comes back to the ward brings its cost back in the same way
        10 * 0.8 + 20 * 0.7 - 10 * 0.5,
    ]
    assert cash_of(avoided, share) == pytest.approx(expected)


def test_a_cashable_share_is_no_more_than_the_curve_gives() -> None:
    curve = marginal_cost_curve(50.0, 90.0, 2.0, 4 + AFTER)
    costing = Costing(2023, np.ones(4), curve)
    for cashable, shares in ((100.0, [0.5, 0.7, 0.9]), (60.0, [0.5, 0.6, 0.6])):
        rows = table(one={"cashable_share_pct": cashable})
        data = shift(base(*[1000.0] * 4), section(), rows, costing)
        # 20 is avoided in each year from the second
        found = data["prevention_cash"].values[1:]
        assert found == pytest.approx([20 * share for share in shares], rel=1e-6)
        capacity = data["prevention_capacity"].values[1:]
        assert capacity == pytest.approx([20 * (1 - share) for share in shares], rel=1e-6)


@pytest.mark.parametrize("nhs", [100.0, 80.0])
def test_a_return_of_cash_is_the_cash_in_the_end(nhs: float) -> None:
    rows = table(one={"return_gbp_per_gbp": None, "cash_return_gbp_per_gbp": 0.93,
                      "nhs_share_pct": nhs})  # fmt: skip
    curve = marginal_cost_curve(50.0, 90.0, 2.0, 5 + AFTER)
    data = shift(base(*[1000.0] * 5), section(), rows, Costing(2023, np.ones(5), curve))
    assert data["prevention_programme_avoided"].values[0, 1:] == pytest.approx(
        9.3 / 0.9 / (nhs / 100), rel=1e-6
    )
    # the curve gives the timing, and the whole of it comes in the end
    assert data["prevention_cash"].values[1:] == pytest.approx(
        [9.3 / 0.9 * 0.5, 9.3 / 0.9 * 0.7, 9.3, 9.3], rel=1e-6
    )
    assert data.attrs["mature_cash_return"] == pytest.approx(0.93)


# Prices.


def test_returns_come_at_the_price_level_of_the_year_they_arrive() -> None:
    # £10m in 2024/25 alone, half back in that year and half in the next, which is 10 % dearer
    rows = table(one={"mean_lag_years": 1.0, "return_gbp_per_gbp": 1.0})
    mine = section(end_year="2024/25")
    first = plain_shift(base(1000.0, 1000.0, 0.0), mine, rows)["prevention_cash"].values
    dearer = Costing(2023, np.array([1.0, 1.05, 1.05 * 1.1]), np.ones(3 + AFTER))
    found = shift(base(1000.0, 1000.0, 0.0), mine, rows, dearer)["prevention_cash"].values
    assert found[1] == pytest.approx(first[1])
    assert found[2] == pytest.approx(first[2] * 1.1)


def test_prices_do_not_wait_for_the_curve() -> None:
    """The curve is of volume: what has become cash goes on at the prices of each year."""
    curve = marginal_cost_curve(50.0, 50.0, 3.0, 4 + AFTER)
    prices = np.array([1.0, 1.1, 1.21, 1.331])
    data = shift(base(*[1000 * p for p in prices]), section(), DOUBLE,
                 Costing(2023, prices, curve))  # fmt: skip
    # the spend buys the same volume each year, half of whose cost is cash
    assert data["prevention_cash"].values[1:] == pytest.approx(10 * prices[1:], rel=1e-6)


def test_people_and_ceilings_are_of_the_first_years_prices() -> None:
    prices = np.array([1.0, 2.0])
    rows = table(one={"unit_cost_gbp": 500.0})
    dear = shift(base(1000.0, 1000.0), section(secondary_care_gbp_m=6.0), rows,
                 Costing(2023, prices, np.ones(2 + AFTER)))  # fmt: skip
    # £10m buys what £5m did: 10,000 people, and avoids 10 of the first year's pounds, held to 6
    assert float(dear["prevention_programme_people"][0, 1]) == pytest.approx(10_000)
    assert last(dear, "cash") == pytest.approx(12.0)


def test_the_price_level_is_the_published_factors_then_the_rate(
    scenario: Scenario, inputs: Inputs
) -> None:
    costing = costing_of(scenario, inputs)
    assert costing.first == 2023
    assert costing.prices[:4] == pytest.approx(
        [1.0, 1.017, 1.017 * 1.0415, 1.017 * 1.0415 * 1.0203]
    )
    assert costing.curve[:4] == pytest.approx([0.5, 0.5 + 0.4 / 3, 0.5 + 0.8 / 3, 0.9])
    assert costing.curve[-1] == 0.9
    drawn = {"cost_uplift_pct": np.array([0.0, 5.0]), "marginal_cost_pct": np.array([40.0, 60.0])}
    many = costing_of(scenario, inputs, drawn)
    assert many.prices.shape == (2, 10)
    assert many.prices[1, 3] == pytest.approx(1.017 * 1.0415 * 1.05)
    assert many.curve[:, 0] == pytest.approx([0.4, 0.6])
    uplift = pd.DataFrame({"year": ["2023/24"], "cost_uplift_pct": [9.0]})
    growth = cost_inflation(uplift, ["2023/24", "2024/25"], 4.0)
    assert growth == pytest.approx([0.09, 0.04])
    # what came before the first year does not count
    assert price_level(growth) == pytest.approx([1.0, 1.04])
    assert growth[0] == 0.09


def test_prices_go_on_after_the_plan_as_in_its_last_year() -> None:
    costing = Costing(2023, np.array([1.0, 1.05, 1.05 * 1.1]), np.ones(3))
    assert costing.longer(2).prices == pytest.approx([1, 1.05, 1.155, 1.155 * 1.1, 1.155 * 1.21])
    assert Costing(2023, np.ones(1), np.ones(1)).longer(2).prices == pytest.approx([1, 1, 1])


# Health.


def test_health_is_counted_where_a_source_tells_it() -> None:
    rows = table(
        own={"share_of_shift_pct": 30.0, "gbp_per_qaly": 20_000.0},
        public={"share_of_shift_pct": 40.0, "public_health_pct": 50.0},
        none={"share_of_shift_pct": 30.0},
    )
    mine = section(qaly_price_year="2013/14", gdp_deflator_pct=10.0)
    data = plain_shift(base(1000.0, 1000.0), mine, rows)
    # the programme's own in prices of 2023/24, the grant's in those of 2013/14
    own, public = 3e6 / (20_000 * 1.1), 0.5 * 4e6 / (4000 * 1.1**11)
    assert last(data, "qalys_gained") == pytest.approx(own + public, rel=1e-6)
    assert last(data, "qalys_forgone") == pytest.approx(10e6 / (10_000 * 1.1**11), rel=1e-6)
    assert data.attrs["programmes_without_qalys"] == 1


# Worth.


def test_present_value_is_in_prices_of_the_first_year() -> None:
    mine = section(gdp_deflator_pct=2.0, discount_money_pct=5.0)
    data = plain_shift(base(1000.0, 1000.0, 1000.0), mine, HALF)
    assert data.attrs["npv_gbp_m"] == pytest.approx(
        -5 / (1.02 * 1.05) - 5 / (1.02 * 1.05) ** 2, rel=1e-6
    )


def test_what_still_comes_after_the_plan_is_told() -> None:
    # lag of a year: F(1) = 1 - 3/e^2 within the year, and the rest later
    rows = table(one={"mean_lag_years": 1.0, "return_gbp_per_gbp": 1.0})
    data = plain_shift(base(1000.0, 1000.0), section(), rows)
    within = 10 * (1 - 3 / np.e**2)
    assert last(data, "cash") == pytest.approx(within)
    assert data.attrs["return_after_plan_gbp_m"] == pytest.approx(10 - within)


@pytest.mark.parametrize(
    ("changes", "never"),
    [({}, 1), ({"new_money_pct": 40.0, "pool_pct": 60.0}, 0), ({"new_money_pct": 0.0}, 1)],
)
def test_a_return_below_a_pound_never_pays_back(changes: dict[str, Any], never: int) -> None:
    """Unless a fund pays so much of it that what comes back covers the rest."""
    data = plain_shift(base(1000.0, 1000.0), section(**changes), HALF)
    assert data.attrs["mature_cash_return"] == pytest.approx(0.5)
    assert data.attrs["never_pays_back"] == never


def test_the_mature_return_counts_people_and_ceilings() -> None:
    free = plain_shift(base(1000.0, 1000.0), section(), DOUBLE)
    assert free.attrs["mature_cash_return"] == pytest.approx(2.0)
    held = plain_shift(base(1000.0, 1000.0), section(secondary_care_gbp_m=4.0), DOUBLE)
    assert held.attrs["mature_cash_return"] == pytest.approx(0.4)
    # without a shift, of a pound that nothing limits
    none = plain_shift(base(1000.0, 1000.0), section(share_end_pct=0.0), DOUBLE)
    assert none.attrs["mature_cash_return"] == pytest.approx(2.0)


# Bodies.

BODIES = pd.DataFrame(
    {
        "organisation": ["A", "B", "Mind", "ICB"],
        "kind": ["trust", "trust", "trust", "icb"],
        "sector": ["acute", "acute", "mental_health", ""],
    }
)
INCOME = np.array([30.0, 10.0, 60.0, 50.0])


def test_the_icb_pays_and_the_acute_trusts_save() -> None:
    ledgers = {
        "paid_by_growth": np.array([10.0]),
        "net_cash_recurrent": np.array([-2.0]),
        "double_running": np.array([1.0]),
    }
    found = prevention_by_organisation(ledgers, BODIES, section(passed_on_pct=25.0), INCOME)
    # 8 saved, of which a quarter is passed on; the ICB pays 10, and 1 for double running
    recurrent = found["net_cash_recurrent"][:, 0]
    assert recurrent == pytest.approx([4.5, 1.5, 0.0, 2.0 - 10.0])
    assert found["double_running"][:, 0] == pytest.approx([0.0, 0.0, 0.0, 1.0])
    assert found["net_cash"][:, 0] == pytest.approx([4.5, 1.5, 0.0, -9.0])
    assert found["net_cash"].sum() == pytest.approx(-3.0)


@pytest.mark.parametrize("sources", [(100.0, 0.0), (0.0, 100.0), (0.0, 0.0), (30.0, 30.0)])
def test_bodies_add_up_to_the_system(sources: tuple[float, float]) -> None:
    mine = section(new_money_pct=sources[0], pool_pct=sources[1], double_running_months=6.0)
    data = plain_shift(base(1000.0, 1000.0, 1200.0), mine, HALF)
    ledgers = {str(name).removeprefix("prevention_"): v.to_numpy() for name, v in data.items()}
    found = prevention_by_organisation(ledgers, BODIES, mine, INCOME)
    for name, by_body in found.items():
        assert by_body.shape == (4, 3)
        np.testing.assert_allclose(by_body.sum(axis=0), ledgers[name], atol=1e-12)
    # where a fund pays, nobody else does
    if sources == (0.0, 100.0):
        assert (found["net_cash_recurrent"] >= 0).all()


def test_a_cut_of_treatment_pays_nothing_back(scenario: Scenario) -> None:
    """As in the year of payback of the plan: no draw calls a shift paid back that cuts pay for."""
    mine = changed(
        scenario,
        {"prevention.new_money_pct": 0.0, "prevention.pool_pct": 20.0,
         "prevention.double_running_months": 0.0, "capital.gap_pct": 10.0},
    )  # fmt: skip
    joint = join(mine)
    assert joint.prevention.attrs["payback_year"] == ""
    drawn = draw_positions(mine, joint=joint, draws=20, seed=1)
    assert (drawn["prevention_net_cash"] >= 0).all()
    assert float(drawn["prevention_cut"].sum("year").min()) > 0
    assert float(odds_of_payback(drawn).max()) == 0.0
