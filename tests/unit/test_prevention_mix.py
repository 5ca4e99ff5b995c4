"""The best mix of prevention programmes, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from prevention_cases import base, still, table
from prevention_cases import section as plain_section

from nelfin.errors import NoAnswerError
from nelfin.models.best_mix import BestMix, Objective
from nelfin.models.best_mix import best_mix as any_best_mix
from nelfin.models.ledgers import Costing, flows
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.prevention import AFTER
from nelfin.models.programmes import programmes_of
from nelfin.scenario.model_settings import Prevention

pytestmark = pytest.mark.unit

NEXT_TO_NONE = {"gbp_per_qaly_forgone": 1e15}
"""Treatment so dear that no health is forgone."""


def section(**changes: Any) -> Prevention:
    return plain_section(**(NEXT_TO_NONE | changes))


def best_mix(extra: Any, rows: pd.DataFrame, mine: Prevention, *args: Any, **rules: Any) -> BestMix:
    """Choose a mix while prices stay and all cost moves at once."""
    return any_best_mix(extra, rows, mine, still(extra.sizes["year"]), *args, **rules)


PEOPLE = pd.Series({"A": 3.0, "B": 1.0})
DEPRIVED = pd.Series({"A": 0.1, "B": 0.5})
EXTRA = base(0.0, 10.0, 10.0)
TWO = table(
    cash={"return_gbp_per_gbp": 1.5, "gbp_per_qaly": 8000.0},
    health={"return_gbp_per_gbp": 0.0, "gbp_per_qaly": 2000.0},
)


def shares(mix: pd.DataFrame) -> dict[str, float]:
    return mix.groupby("programme")["share_pct"].sum().to_dict()


def test_the_best_mix_for_health_and_for_cash() -> None:
    health = best_mix(EXTRA, TWO, section(), PEOPLE)
    assert shares(health.mix) == pytest.approx({"cash": 0.0, "health": 100.0}, abs=1e-6)
    assert health.objective == pytest.approx(20e6 / 2000)
    # one more million over its path buys 500 QALYs
    assert health.price_per_gbp_m == pytest.approx(500.0, rel=1e-6)
    cash = best_mix(EXTRA, TWO, section(), PEOPLE, objective="cash")
    assert shares(cash.mix)["cash"] == pytest.approx(100.0)
    assert cash.objective == pytest.approx(10.0, rel=1e-6)


def test_the_money_of_the_best_mix_year_by_year() -> None:
    # 10 a year from the second: 2 back at once, of which the NHS's 80 %, of which cash 50 %
    rows = table(only={"nhs_share_pct": 80.0, "cashable_share_pct": 50.0, "gbp_per_qaly": 1000.0})
    rates = section(new_money_pct=30.0, double_running_months=6.0)
    found = best_mix(EXTRA, rows, rates, PEOPLE)
    extra = EXTRA.to_numpy()
    cash, double = extra * 2 * 0.8 * 0.5, np.diff(extra, prepend=0.0) / 2
    frame = found.by_year
    assert frame.columns.tolist() == [
        "year", "extra_spend_gbp_m", "cash_gbp_m", "net_cash_gbp_m", "cut_gbp_m", "floor_gbp_m"
    ]  # fmt: skip
    assert frame["extra_spend_gbp_m"].tolist() == pytest.approx(extra.tolist())
    assert frame["cash_gbp_m"].tolist() == pytest.approx(cash.tolist(), rel=1e-6)
    # growth money pays 3; of the 7 out of treatment the cash of 8 covers 5.6
    assert frame["cut_gbp_m"].tolist() == pytest.approx([0.0, 1.4, 1.4], rel=1e-6)
    expected = cash - 0.3 * extra - 0.7 * cash - double
    assert frame["net_cash_gbp_m"].tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    assert frame["floor_gbp_m"].isna().all()


def mixed() -> pd.DataFrame:
    """Return three programmes that differ in all that money and health rest on."""
    return table(
        ward={"kind": "community", "return_gbp_per_gbp": None, "cash_return_gbp_per_gbp": 0.9,
              "mean_lag_years": 2.0, "gbp_per_qaly": 20_000.0},
        public={"kind": "x", "return_gbp_per_gbp": 1.6, "mean_lag_years": 4.0,
                "cashable_share_pct": 60.0, "public_health_pct": 100.0},
        none={"return_gbp_per_gbp": 6.0, "mean_lag_years": 0.5, "nhs_share_pct": 40.0},
    )  # fmt: skip


@pytest.mark.parametrize("objective", ["qalys", "cash"])
@pytest.mark.parametrize(
    "sources", [(100.0, 0.0), (0.0, 0.0), (30.0, 20.0)], ids=["growth", "treatment", "mixture"]
)
def test_the_best_mix_is_the_ledgers_of_its_own_mix(
    objective: Objective, sources: tuple[float, float]
) -> None:
    mine = plain_section(
        new_money_pct=sources[0], pool_pct=sources[1], double_running_months=3.0,
        discount_money_pct=3.5, discount_qaly_pct=1.5, gdp_deflator_pct=2.0,
        qaly_price_year="2013/14", secondary_care_gbp_m=12.0, emergency_cost_gbp_m=9.0,
    )  # fmt: skip
    extra = base(0.0, 4.0, 9.0, 10.0, 8.0, 11.0)
    prices = 1.03 ** np.arange(6)
    costing = Costing(2023, prices, marginal_cost_curve(50.0, 90.0, 3.0, 6 + AFTER))
    floor = -6.0 if sources[1] == 0 else -3.0
    found = any_best_mix(extra, mixed(), mine, costing, PEOPLE, None, objective, floor)
    share = found.mix.groupby("programme", sort=False)["share_pct"].sum().to_numpy() / 100
    known = replace(programmes_of(mixed(), mine), share=share / share.sum())
    ledgers = flows(extra.to_numpy() * share.sum(), known, mine, costing)
    for column, name in (("cash_gbp_m", "cash"), ("net_cash_gbp_m", "net_cash"),
                         ("cut_gbp_m", "cut")):  # fmt: skip
        np.testing.assert_allclose(found.by_year[column], ledgers[name], atol=1e-6)
    after_cut = ledgers["net_cash"] - ledgers["cut"]
    assert (after_cut >= floor - 1e-6).all()
    at = np.arange(6)
    worth = (
        after_cut @ (1.035 * 1.02) ** -at
        if objective == "cash"
        else (ledgers["qalys_gained"] - ledgers["qalys_forgone"]) @ 1.015**-at
    )
    assert found.objective == pytest.approx(worth, rel=1e-6, abs=1e-6)
    # no other mix that holds is better: one of many tried at random
    rng = np.random.default_rng(1)
    for other in rng.dirichlet(np.ones(3), 300) * rng.uniform(0.0, 1.0, (300, 1)):
        one = replace(known, share=other / other.sum())
        tried = flows(extra.to_numpy() * other.sum(), one, mine, costing)
        left = tried["net_cash"] - tried["cut"]
        value = (
            left @ (1.035 * 1.02) ** -at
            if objective == "cash"
            else (tried["qalys_gained"] - tried["qalys_forgone"]) @ 1.015**-at
        )
        volume = tried["programme_avoided"] / prices
        under = volume[[0, 2]].sum(axis=0).max() < 9.0 and (volume.T @ known.nhs).max() < 12.0
        if under and (left >= floor).all():
            assert value <= found.objective + 1e-6 * (1 + abs(found.objective))


def test_the_price_of_a_pound_of_shift_is_what_one_more_brings() -> None:
    mine = plain_section(new_money_pct=0.0, discount_money_pct=3.5, gdp_deflator_pct=2.0)
    extra = base(0.0, 4.0, 9.0, 10.0)
    costing = still(4)
    found = any_best_mix(extra, mixed(), mine, costing, PEOPLE)
    more = any_best_mix(extra * 1.001, mixed(), mine, costing, PEOPLE)
    value = float(extra.to_numpy() @ (1.035 * 1.02) ** -np.arange(4.0)) * 0.001
    assert (more.objective - found.objective) / value == pytest.approx(
        found.price_per_gbp_m, rel=1e-6
    )


def test_health_forgone_leaves_money_unspent_where_it_is_more_than_what_is_gained() -> None:
    # £10,000 a QALY in treatment: a programme of £20,000 a QALY loses health on growth money
    rows = table(dear={"gbp_per_qaly": 20_000.0, "return_gbp_per_gbp": 0.0})
    assert shares(best_mix(EXTRA, rows, plain_section(), PEOPLE).mix)["dear"] == 0.0
    # a fund pays for it: nothing is forgone
    free = plain_section(new_money_pct=0.0, pool_pct=100.0)
    found = best_mix(EXTRA, rows, free, PEOPLE)
    assert shares(found.mix)["dear"] == pytest.approx(100.0)
    assert found.objective == pytest.approx(20e6 / 20_000)


def test_a_floor_on_net_cash_mixes_them() -> None:
    # each pound on health costs a pound a year, each on cash brings half a pound: floor of -4 of 10
    found = best_mix(EXTRA, TWO, section(), PEOPLE, floor_gbp_m=-4.0)
    assert shares(found.mix) == pytest.approx({"cash": 40.0, "health": 60.0}, rel=1e-4)
    assert found.by_year["net_cash_gbp_m"].tolist()[1:] == pytest.approx([-4.0, -4.0], abs=1e-3)
    with pytest.raises(NoAnswerError, match=r"£6\.0m or more .*£1\.0m short in 2024/25"):
        best_mix(EXTRA, table(cash={"return_gbp_per_gbp": 1.5}), section(), PEOPLE,
                 floor_gbp_m=6.0)  # fmt: skip


def test_no_more_are_served_than_are_eligible() -> None:
    rows = table(
        cash={"return_gbp_per_gbp": 1.5, "gbp_per_qaly": 8000.0},
        health={"return_gbp_per_gbp": 0.0, "gbp_per_qaly": 2000.0, "unit_cost_gbp": 100.0,
                "eligible_people": 40_000.0, "max_coverage_pct": 50.0},
    )  # fmt: skip
    found = best_mix(EXTRA, rows, section(), PEOPLE)
    # 20,000 people at £100 are £2m of £10m; three quarters of them live in A
    assert shares(found.mix) == pytest.approx({"cash": 80.0, "health": 20.0}, rel=1e-6)
    health = found.mix[found.mix["programme"] == "health"].set_index("place")["share_pct"]
    assert health.to_dict() == pytest.approx({"A": 15.0, "B": 5.0}, rel=1e-6)


def test_a_share_for_the_deprived_moves_spend_to_their_places() -> None:
    found = best_mix(EXTRA, TWO, section(), PEOPLE, DEPRIVED, deprived_pct=30.0)
    by_place = found.mix.groupby("place")["share_pct"].sum()
    assert by_place @ DEPRIVED / 100 >= 0.3 - 1e-9
    with pytest.raises(NoAnswerError, match="no place has so many"):
        best_mix(EXTRA, TWO, section(), PEOPLE, DEPRIVED, deprived_pct=51.0)
    with pytest.raises(NoAnswerError, match="needs the table of deprivation"):
        best_mix(EXTRA, TWO, section(), PEOPLE, deprived_pct=10.0)


def test_deprived_qalys_that_count_more_move_the_best_mix_to_their_places() -> None:
    # £10m a year serves 100,000 people, and 50,000 can be served in each place
    rows = table(health={"gbp_per_qaly": 2000.0, "unit_cost_gbp": 100.0, "eligible_people": 2e5,
                         "max_coverage_pct": 50.0, "return_gbp_per_gbp": 0.0})  # fmt: skip
    even = pd.Series({"A": 1.0, "B": 1.0})
    plain = best_mix(EXTRA, rows, section(), even, DEPRIVED)
    assert plain.mix.set_index("place")["share_pct"].to_dict() == pytest.approx(
        {"A": 50.0, "B": 50.0}, rel=1e-6
    )
    assert plain.objective == pytest.approx(10e6 / 2000 * 2, rel=1e-6)
    weighted = best_mix(EXTRA, rows, section(qaly_deprivation_weight=0.5), even, DEPRIVED)
    # 0.1 and 0.5 with a mean of 0.3: 1 + 0.5 x (1/3 - 1) and 1 + 0.5 x (5/3 - 1), half of each
    assert weighted.objective == pytest.approx(10e6 / 2000 * 2 * (2 / 3 + 4 / 3) / 2, rel=1e-6)
    free = table(health={"gbp_per_qaly": 2000.0, "return_gbp_per_gbp": 0.0})
    moved = best_mix(EXTRA, free, section(qaly_deprivation_weight=0.5), even, DEPRIVED)
    assert moved.mix.set_index("place")["share_pct"].to_dict() == pytest.approx(
        {"A": 0.0, "B": 100.0}, abs=1e-6
    )
    unknown = best_mix(EXTRA, free, section(qaly_deprivation_weight=0.5), even)
    assert unknown.objective == pytest.approx(10e6 / 2000 * 2, rel=1e-6)
