"""Saturation, targeting, places and the best mix, worked out by hand."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nelfin.errors import NoAnswerError
from nelfin.models.best_mix import best_mix
from nelfin.models.prevention import flows, shift
from nelfin.models.programmes import coverage, programmes_of
from nelfin.scenario.schema import Prevention

pytestmark = pytest.mark.unit

FAST = {
    "share_of_shift_pct": 100.0,
    "return_gbp_per_gbp": 2.0,
    "mean_lag_years": 0.02,
    "nhs_share_pct": 100.0,
    "cashable_share_pct": 100.0,
}


def section(**changes: Any) -> Prevention:
    plain: dict[str, Any] = {
        "share_of": ("core",),
        "share_start_pct": 0.0,
        "share_end_pct": 1.0,
        "start_year": "2023/24",
        "end_year": "2024/25",
        "new_money_pct": 100.0,
        "donor_is_treatment_pct": 0.0,
        "double_running_months": 0.0,
        "release_step_gbp_m": 0.0,
        "gbp_per_qaly_gained": 4000.0,
        "gbp_per_qaly_forgone": 10000.0,
        "discount_money_pct": 0.0,
        "discount_qaly_pct": 0.0,
    }
    return Prevention.model_validate(plain | changes)


def table(**rows: dict[str, Any]) -> pd.DataFrame:
    records = [
        (name, values.get("kind", "rapid"), parameter, value)
        for name, values in rows.items()
        for parameter, value in (FAST | values).items()
        if parameter != "kind"
    ]
    return pd.DataFrame(records, columns=["programme", "kind", "parameter", "value"])


def base(*values: float) -> xr.DataArray:
    years = [f"{2023 + t}/{24 + t}" for t in range(len(values))]
    return xr.DataArray(list(values), {"year": years}, ("year",))


def test_coverage_starts_at_one_person_a_place_and_ends_at_the_most() -> None:
    assert float(coverage(0.0, 0.6)) == 0.0
    assert float(coverage(1e-6, 0.6)) == pytest.approx(1e-6, rel=1e-6)
    assert float(coverage(50.0, 0.6)) == pytest.approx(0.6)
    assert float(coverage(0.3, 1.0)) == pytest.approx(2 / (1 + exp(-0.6)) - 1)


def test_a_programme_that_runs_out_of_people_saves_less() -> None:
    # £10m at £1,000 a person is 10,000 places for 20,000 people: x = 0.5
    plain = table(one={})
    full = table(one={"unit_cost_gbp": 1000.0, "eligible_people": 20_000.0})
    covered = 2 / (1 + exp(-1.0)) - 1
    free = shift(base(1000.0, 1000.0), section(), plain)
    held = shift(base(1000.0, 1000.0), section(), full)
    people = held["prevention_programme_people"].sel(programme="one", year="2024/25")
    assert float(people) == pytest.approx(covered * 20_000)
    ratio = held["prevention_cash"] / free["prevention_cash"]
    assert float(ratio.sel(year="2024/25")) == pytest.approx(covered / 0.5)
    qalys = held["prevention_qalys_gained"] / free["prevention_qalys_gained"]
    assert float(qalys.sel(year="2024/25")) == pytest.approx(covered / 0.5)
    # spend that finds nobody new is still spent
    assert (held["prevention_extra_spend"] == free["prevention_extra_spend"]).all()


def test_people_are_counted_by_unit_cost_alone_and_unknown_without() -> None:
    known = shift(base(1000.0, 1000.0), section(), table(one={"unit_cost_gbp": 500.0}))
    assert known["prevention_programme_people"].values[0] == pytest.approx([0.0, 20_000.0])
    unknown = shift(base(1000.0, 1000.0), section(), table(one={}))
    assert np.isnan(unknown["prevention_programme_people"].values[0, 1])


def test_targeting_narrows_who_is_reached_and_caps_what_is_saved() -> None:
    rows = table(
        rapid={"share_of_shift_pct": 50.0, "unit_cost_gbp": 100.0, "eligible_people": 1e6},
        other={"share_of_shift_pct": 50.0, "kind": "risk factor", "eligible_people": 1e6,
               "unit_cost_gbp": 100.0},
    )  # fmt: skip
    aimed = programmes_of(rows, section(target_people_pct=20.0))
    assert aimed.eligible == pytest.approx([2e5, 1e6])
    # of 50 of emergency cost the targeted people cause 65 %, and a fifth can be avoided: 6.5
    capped = section(emergency_cost_gbp_m=50.0, target_cost_pct=65.0, avoidable_emergency_pct=20.0)
    plain = table(
        rapid={"share_of_shift_pct": 50.0}, other={"share_of_shift_pct": 50.0, "kind": "x"}
    )
    found = shift(base(1000.0, 1000.0), capped, plain).sel(year="2024/25")
    assert float(found["prevention_programme_avoided"].sel(programme="rapid")) == pytest.approx(6.5)
    other = float(found["prevention_programme_avoided"].sel(programme="other"))
    assert other == pytest.approx(10.0, rel=1e-6)
    # a shift of next to nothing stays far below the ceiling, and divides nothing by it
    least = shift(base(1e-307, 1e-307), capped, plain).sel(year="2024/25")
    assert float(least["prevention_programme_avoided"].sel(programme="rapid")) < 1e-300


def test_places_share_the_shift_and_deprived_qalys_may_count_more() -> None:
    weights = xr.DataArray(
        [[30.0, 30.0], [10.0, 10.0]],
        {"place": ["A", "B"], "year": ["2023/24", "2024/25"]},
        ("place", "year"),
    )
    deprived = xr.DataArray([0.1, 0.5], {"place": ["A", "B"]}, ("place",))
    found = shift(
        base(1000.0, 1000.0), section(qaly_deprivation_weight=1.0), table(one={}), weights, deprived
    ).sel(year="2024/25")
    assert found["prevention_place_spend"].values == pytest.approx([7.5, 2.5])
    assert found["prevention_place_qalys"].values == pytest.approx([1875.0, 625.0])
    # 0.75 x 0.1 + 0.25 x 0.5 = 0.2 on average: weights of a half and two and a half
    weighted = found["prevention_place_qalys_weighted"].values
    assert weighted == pytest.approx([937.5, 1562.5])
    assert weighted.sum() == pytest.approx(2500.0)


def test_draws_in_front_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(1)
    rows = table(
        one={"share_of_shift_pct": 60.0, "mean_lag_years": 2.0},
        two={"share_of_shift_pct": 40.0, "mean_lag_years": 5.0, "kind": "x"},
    )
    plain = section(release_step_gbp_m=1.0, double_running_months=3.0)
    known = programmes_of(rows, plain)
    extra = np.linspace(0.0, 40.0, 8)
    returns = known.returns * rng.uniform(0.5, 1.5, (20, 2))
    lag = known.lag * rng.uniform(0.5, 1.5, (20, 2))
    from dataclasses import replace

    many = flows(extra, replace(known, returns=returns, lag=lag), plain)
    for draw in range(20):
        one = flows(extra, replace(known, returns=returns[draw], lag=lag[draw]), plain)
        for name in ("cash", "net_cash", "capacity", "society"):
            np.testing.assert_allclose(many[name][draw], one[name], rtol=1e-12)


# Best mix

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
    rows = table(only={"nhs_share_pct": 80.0, "cashable_share_pct": 50.0})
    rates = section(new_money_pct=30.0, double_running_months=6.0)
    found = best_mix(EXTRA, rows, rates, PEOPLE)
    extra = EXTRA.to_numpy()
    cash, double = extra * 2 * 0.8 * 0.5, np.diff(extra, prepend=0.0) / 2
    frame = found.by_year
    assert frame.columns.tolist() == [
        "year", "extra_spend_gbp_m", "cash_gbp_m", "net_cash_gbp_m", "floor_gbp_m"
    ]  # fmt: skip
    assert frame["extra_spend_gbp_m"].tolist() == pytest.approx(extra.tolist())
    assert frame["cash_gbp_m"].tolist() == pytest.approx(cash.tolist(), rel=1e-6)
    expected = cash - 0.3 * extra - double
    assert frame["net_cash_gbp_m"].tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    assert frame["floor_gbp_m"].isna().all()


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
