"""Saturation, targeting, ceilings and places of the shift into prevention, by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
import xarray as xr
from prevention_cases import base, section, still, table
from prevention_cases import plain_shift as shift

from nelfin.models.ledgers import flows
from nelfin.models.programmes import coverage, programmes_of

pytestmark = pytest.mark.unit


def test_coverage_starts_at_one_person_a_place_and_ends_at_the_most() -> None:
    assert float(coverage(0.0, 0.6)) == 0.0
    assert float(coverage(1e-6, 0.6)) == pytest.approx(1e-6, rel=1e-6)
    assert float(coverage(50.0, 0.6)) == pytest.approx(0.6)
    assert float(coverage(0.3, 1.0)) == pytest.approx(2 / (1 + exp(-0.6)) - 1)


def test_a_programme_that_runs_out_of_people_saves_less() -> None:
    # £10m at £1,000 a person is 10,000 places for 20,000 people: x = 0.5
    plain = table(one={"public_health_pct": 100.0})
    full = table(
        one={"unit_cost_gbp": 1000.0, "eligible_people": 20_000.0, "public_health_pct": 100.0}
    )
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


def test_a_ceiling_leaves_everybody_the_same_share_and_the_tighter_one_holds() -> None:
    # 10 a year in each: rapid avoids 20, all of it the NHS's; other avoids 40, half of it
    rows = table(
        rapid={"share_of_shift_pct": 50.0},
        other={"share_of_shift_pct": 50.0, "return_gbp_per_gbp": 4.0, "kind": "x",
               "nhs_share_pct": 50.0},
    )  # fmt: skip

    def avoided(**ceilings: float) -> list[float]:
        found = shift(base(2000.0, 2000.0), section(**ceilings), rows).sel(year="2024/25")
        cash, capacity = float(found["prevention_cash"]), float(found["prevention_capacity"])
        assert cash + capacity <= ceilings.get("secondary_care_gbp_m", 40.0) + 1e-9
        return found["prevention_programme_avoided"].values.tolist()

    assert avoided() == pytest.approx([20.0, 40.0])
    # 20 + 20 of it is the NHS's: 30 leaves three quarters
    assert avoided(secondary_care_gbp_m=30.0) == pytest.approx([15.0, 30.0])
    # the targeted may avoid 8, and the other's share is as if they had not been held back
    emergency = {"emergency_cost_gbp_m": 40.0, "avoidable_emergency_pct": 20.0}
    assert avoided(**emergency) == pytest.approx([8.0, 40.0])
    assert avoided(**emergency, secondary_care_gbp_m=30.0) == pytest.approx([8.0, 30.0])
    # of emergency admissions none can be avoided: nothing, not everything
    none = {"emergency_cost_gbp_m": 40.0, "avoidable_emergency_pct": 0.0}
    assert avoided(**none) == pytest.approx([0.0, 40.0])


def test_places_share_the_shift_and_deprived_qalys_may_count_more() -> None:
    weights = xr.DataArray(
        [[30.0, 30.0], [10.0, 10.0]],
        {"place": ["A", "B"], "year": ["2023/24", "2024/25"]},
        ("place", "year"),
    )
    deprived = xr.DataArray([0.1, 0.5], {"place": ["A", "B"]}, ("place",))
    found = shift(
        base(1000.0, 1000.0),
        section(qaly_deprivation_weight=1.0),
        table(one={"public_health_pct": 100.0}),
        weights,
        deprived,
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
    many = flows(extra, replace(known, returns=returns, lag=lag), plain, still(8))
    for draw in range(20):
        one = flows(extra, replace(known, returns=returns[draw], lag=lag[draw]), plain, still(8))
        for name in ("cash", "net_cash", "capacity", "society"):
            np.testing.assert_allclose(many[name][draw], one[name], rtol=1e-12)
