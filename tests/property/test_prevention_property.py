"""The shift into prevention: what holds for any path, programmes and rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.models.prevention import avoided_cost, lag_weights, released, share_path, shift
from nelfin.scenario.schema import Prevention
from nelfin.years import label_of

pytestmark = pytest.mark.property

Array = npt.NDArray[np.float64]

LAGS = st.floats(0.2, 15.0)
RETURNS = st.floats(0.0, 12.0)
RISING = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=25).map(np.cumsum)
"""Spend that never falls."""

PARAMETERS = (
    "share_of_shift_pct",
    "return_gbp_per_gbp",
    "mean_lag_years",
    "nhs_share_pct",
    "cashable_share_pct",
)


@st.composite
def sections(draw: st.DrawFn, **fixed: Any) -> Prevention:
    start = draw(st.integers(2023, 2030))
    drawn = {
        "share_of": ("core",),
        "share_start_pct": draw(st.floats(0.0, 5.0)),
        "share_end_pct": draw(st.floats(5.0, 12.0)),
        "start_year": label_of(start),
        "end_year": label_of(start + draw(st.integers(1, 12))),
        "new_money_pct": draw(st.floats(0.0, 100.0)),
        "donor_is_treatment_pct": draw(st.floats(0.0, 100.0)),
        "double_running_months": draw(st.floats(0.0, 24.0)),
        "release_step_gbp_m": draw(st.sampled_from([0.0, 0.0, 0.7, 2.5])),
        "gbp_per_qaly_gained": draw(st.floats(1000.0, 30000.0)),
        "gbp_per_qaly_forgone": draw(st.floats(1000.0, 30000.0)),
        "discount_money_pct": draw(st.floats(0.0, 10.0)),
        "discount_qaly_pct": 1.5,
    }
    return Prevention.model_validate(drawn | fixed)


@st.composite
def portfolios(draw: st.DrawFn) -> pd.DataFrame:
    """Draw up to four programmes whose shares of the shift add up to 100 %."""
    parts = np.array(draw(st.lists(st.floats(0.1, 10.0), min_size=1, max_size=4)))
    percent = st.floats(0.0, 100.0)
    rows = [
        (f"programme {i}", parameter, value)
        for i, part in enumerate(100 * parts / parts.sum())
        for parameter, value in zip(
            PARAMETERS,
            (float(part), draw(RETURNS), draw(LAGS), draw(percent), draw(percent)),
            strict=True,
        )
    ]
    return pd.DataFrame(rows, columns=["programme", "parameter", "value"])


@st.composite
def bases(draw: st.DrawFn, rising: bool = False) -> xr.DataArray:
    """Draw the spend of 2023/24 and up to eleven years after it."""
    count = draw(st.integers(2, 12))
    low = 0.0 if rising else -0.2
    growth = draw(st.lists(st.floats(low, 0.3), min_size=count - 1, max_size=count - 1))
    spend = draw(st.floats(100.0, 8000.0)) * np.cumprod([1.0, *(1 + g for g in growth)])
    years = [label_of(2023 + i) for i in range(count)]
    return xr.DataArray(spend, {"year": years}, ("year",))


def changed(table: pd.DataFrame, parameter: str, by: float) -> pd.DataFrame:
    """Return the table with one parameter of every programme multiplied."""
    hit = table["parameter"] == parameter
    return table.assign(value=table["value"].where(~hit, table["value"] * by))


@given(LAGS, st.integers(1, 60))
def test_lag_weights_are_shares_of_one_and_sum_to_it_in_the_end(lag: float, count: int) -> None:
    weights = lag_weights(lag, count)
    assert (weights >= 0).all()
    assert weights.sum() <= 1 + 1e-12
    # past twenty mean lags less than e^-40 x 41 is still to come
    assert lag_weights(lag, int(20 * lag) + 1).sum() == pytest.approx(1.0, abs=1e-15)


@given(LAGS)
def test_the_weights_have_the_mean_lag(lag: float) -> None:
    count = int(30 * lag) + 2
    # whole years passed are on average within one year of the time passed
    mean = float((np.arange(count) * lag_weights(lag, count)).sum())
    assert lag - 1 <= mean <= lag


@given(LAGS, RETURNS, st.floats(0.1, 500.0))
def test_constant_spend_settles_at_return_times_spend(
    lag: float, returns: float, spend: float
) -> None:
    years = int(20 * lag) + 2
    found = avoided_cost(np.full(years, spend), returns, lag)
    assert found[-1] == pytest.approx(returns * spend, rel=1e-12, abs=1e-12)
    assert (np.diff(found) >= -1e-12 * (1 + returns * spend)).all()


@given(RISING, LAGS, RETURNS, st.floats(1.0, 4.0))
def test_higher_returns_never_lower_what_is_avoided(
    spend: Array, lag: float, returns: float, more: float
) -> None:
    low, high = (avoided_cost(spend, value, lag) for value in (returns, returns * more))
    assert (high >= low).all()


@given(RISING, LAGS, st.floats(0.1, 1.0))
@settings(max_examples=150)
def test_a_shorter_lag_never_lowers_what_is_avoided_while_spend_does_not_fall(
    spend: Array, lag: float, shorter: float
) -> None:
    """With rising spend, what is avoided is the sum of each rise times F, and F rises."""
    slow, fast = (avoided_cost(spend, 1.0, value) for value in (lag, max(lag * shorter, 0.05)))
    assert (fast >= slow - 1e-12 * spend[-1]).all()


@given(st.floats(1.0, 15.0), st.floats(0.2, 0.9), st.integers(30, 40))
def test_a_shorter_lag_lowers_later_years_once_spend_has_stopped(
    lag: float, shorter: float, years: int
) -> None:
    """The whole return is the same: what comes earlier does not come later."""
    once = np.zeros(years)
    once[0] = 100.0
    slow, fast = (avoided_cost(once, 1.0, value) for value in (lag, lag * shorter))
    assert fast[0] > slow[0]
    # the kernels cross before the mean lag of the slower one; after that its tail is the heavier
    late = slice(int(lag) + 1, None)
    assert fast[late][0] < slow[late][0]
    assert (fast[late] <= slow[late] + 1e-12).all()


@given(RISING, RISING, LAGS, RETURNS)
def test_what_is_avoided_adds_up_over_spends(
    one: Array, two: Array, lag: float, returns: float
) -> None:
    count = min(len(one), len(two))
    one, two = one[:count], two[:count]
    both = avoided_cost(one + two, returns, lag)
    apart = avoided_cost(one, returns, lag) + avoided_cost(two, returns, lag)
    np.testing.assert_allclose(both, apart, rtol=1e-11, atol=1e-11)


@given(st.floats(0.0, 10.0), st.floats(0.0, 10.0), st.integers(2020, 2030), st.integers(1, 15))
def test_the_path_stays_between_its_ends_and_runs_one_way(
    start: float, end: float, first: int, length: int
) -> None:
    path = share_path(start, end, first, first + length, range(2015, 2055))
    assert path[0] == start
    assert path[-1] == pytest.approx(end, abs=1e-12)
    assert (np.diff(path) * np.sign(end - start) >= -1e-12).all()


@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=20), st.floats(0.01, 50.0))
def test_released_cash_is_whole_steps_within_one_step_of_what_there_is(
    cash: list[float], step: float
) -> None:
    there = np.array(cash)
    found = released(there, step)
    assert found / step == pytest.approx(np.round(found / step), abs=1e-6)
    assert (found <= there + 1e-8 * step).all()
    assert (found > there - step).all()


@given(bases(), sections(), portfolios())
@settings(max_examples=25)
def test_the_three_ledgers_hold_everything_once(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame
) -> None:
    data = shift(base, section, table)
    wide = table.pivot(index="programme", columns="parameter", values="value")
    wide = wide.loc[data["programme"].values]
    avoided = data["prevention_programme_avoided"].transpose("programme", "year").values
    nhs = (avoided * (wide["nhs_share_pct"].to_numpy() / 100)[:, None]).sum(axis=0)
    cash, capacity = data["prevention_cash"].values, data["prevention_capacity"].values
    society = data["prevention_society"].values
    size = 1 + avoided.sum()
    np.testing.assert_allclose(cash + capacity, nhs, rtol=1e-12, atol=1e-12 * size)
    np.testing.assert_allclose(
        cash + capacity + society, avoided.sum(axis=0), rtol=1e-12, atol=1e-12 * size
    )
    for ledger in (cash, capacity, society):
        assert (ledger >= -1e-8 * size).all()
    spend = data["prevention_programme_spend"].sum("programme").values
    np.testing.assert_allclose(spend, data["prevention_extra_spend"].values, rtol=1e-12)


@given(bases(), sections(), portfolios())
@settings(max_examples=25)
def test_net_cash_is_cash_less_new_money_less_double_running(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame
) -> None:
    data = shift(base, section, table)
    expected = (
        data["prevention_cash"]
        - data["prevention_extra_spend"] * section.new_money_pct / 100
        - data["prevention_double_running"]
    )
    np.testing.assert_allclose(data["prevention_net_cash"], expected, rtol=1e-12, atol=1e-9)
    rises = np.diff(data["prevention_extra_spend"].values, prepend=0.0).clip(min=0).sum()
    assert data["prevention_double_running"].sum().item() == pytest.approx(
        rises * section.double_running_months / 12
    )


@given(
    bases(rising=True),
    sections(),
    portfolios(),
    st.sampled_from(
        [("return_gbp_per_gbp", 1.5), ("cashable_share_pct", 1.2), ("nhs_share_pct", 1.2),
         ("mean_lag_years", 0.6)]
    ),
)  # fmt: skip
@settings(max_examples=25)
def test_better_programmes_never_lower_cash_in_any_year(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, change: tuple[str, float]
) -> None:
    parameter, by = change
    better = changed(table, parameter, by)
    percent = better["parameter"].str.endswith("_pct")
    better["value"] = better["value"].where(~percent, better["value"].clip(upper=100.0))
    before, after = shift(base, section, table), shift(base, section, better)
    for name in ("prevention_cash", "prevention_net_cash"):
        size = 1e-10 * (1 + float(before["prevention_extra_spend"].max()))
        assert (after[name] >= before[name] - size).all()
    assert after.attrs["npv_gbp_m"] >= before.attrs["npv_gbp_m"] - 1e-6


@given(bases(), sections(), portfolios())
@settings(max_examples=25)
def test_no_shift_gives_exactly_nothing(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame
) -> None:
    still = section.model_copy(update={"share_end_pct": section.share_start_pct})
    data = shift(base, still, table)
    for name, variable in data.data_vars.items():
        expected = section.share_start_pct if name == "prevention_share" else 0.0
        assert (variable == expected).all(), name
    assert data.attrs["break_even_year"] == ""
    assert data.attrs["payback_year"] == ""
    assert data.attrs["npv_gbp_m"] == 0.0


@given(bases(), sections(release_step_gbp_m=0.0), portfolios(), st.floats(0.01, 20.0))
@settings(max_examples=25)
def test_money_scales_with_the_spend_it_is_a_share_of(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, scale: float
) -> None:
    plain, scaled = shift(base, section, table), shift(base * scale, section, table)
    for name in ("cash", "net_cash", "capacity", "society", "qalys_gained", "qalys_forgone"):
        np.testing.assert_allclose(
            scaled[f"prevention_{name}"], plain[f"prevention_{name}"] * scale, rtol=1e-9, atol=1e-7
        )


@given(bases(), sections(release_step_gbp_m=0.0), portfolios())
@settings(max_examples=25)
def test_a_programme_cut_in_two_gives_the_same_shift(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame
) -> None:
    first = table["programme"].iloc[0]
    half = changed(table[table["programme"] == first], "share_of_shift_pct", 0.5)
    rest = table[table["programme"] != first]
    cut = pd.concat([half, half.assign(programme="the other half"), rest])
    whole, halves = shift(base, section, table), shift(base, section, cut)
    for name in ("cash", "net_cash", "capacity", "society", "qalys_gained"):
        np.testing.assert_allclose(
            halves[f"prevention_{name}"], whole[f"prevention_{name}"], rtol=1e-10, atol=1e-9
        )


@given(bases(), sections(), portfolios())
@settings(max_examples=25)
def test_payback_never_comes_before_break_even(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame
) -> None:
    data = shift(base, section, table)
    break_even, payback = data.attrs["break_even_year"], data.attrs["payback_year"]
    if payback:
        assert break_even
        assert break_even <= payback
