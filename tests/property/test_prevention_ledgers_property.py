"""The ledgers of a shift into prevention: what holds for any path, programmes and rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.models.ledgers import Costing
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.prevention import AFTER, shift
from nelfin.scenario.model_settings import Prevention
from nelfin.years import label_of

pytestmark = pytest.mark.property

PARAMETERS = (
    "share_of_shift_pct",
    "mean_lag_years",
    "nhs_share_pct",
    "cashable_share_pct",
    "public_health_pct",
)
RETURNS = ("return_gbp_per_gbp", "cash_return_gbp_per_gbp")
FREE = {"secondary_care_gbp_m": 0.0}
"""No ceiling."""


@st.composite
def sections(draw: st.DrawFn, **fixed: Any) -> Prevention:
    start = draw(st.integers(2023, 2030))
    growth = draw(st.just(0.0) | st.floats(0.0, 100.0))
    drawn = {
        "share_of": ("core",),
        "share_start_pct": draw(st.floats(0.0, 5.0)),
        "share_end_pct": draw(st.floats(5.0, 12.0)),
        "start_year": label_of(start),
        "end_year": label_of(start + draw(st.integers(1, 12))),
        "new_money_pct": growth,
        "pool_pct": draw(st.just(0.0) | st.floats(0.0, 100.0 - growth)),
        "double_running_months": draw(st.floats(0.0, 24.0)),
        "release_step_gbp_m": draw(st.sampled_from([0.0, 0.0, 0.7, 2.5])),
        "gbp_per_qaly_gained": draw(st.floats(1000.0, 30000.0)),
        "gbp_per_qaly_forgone": draw(st.floats(1000.0, 30000.0)),
        "qaly_price_year": "2013/14",
        "gdp_deflator_pct": draw(st.floats(-2.0, 8.0)),
        "secondary_care_gbp_m": draw(st.just(0.0) | st.floats(5.0, 500.0)),
        "discount_money_pct": draw(st.floats(0.0, 10.0)),
        "discount_qaly_pct": 1.5,
    }
    return Prevention.model_validate(drawn | fixed)


@st.composite
def portfolios(
    draw: st.DrawFn, returns: tuple[str, ...] = RETURNS, longest: float = 15.0
) -> pd.DataFrame:
    """Draw up to four programmes whose shares of the shift add up to 100 %."""
    parts = np.array(draw(st.lists(st.floats(0.1, 10.0), min_size=1, max_size=4)))
    rows = []
    for i, part in enumerate(100 * parts / parts.sum()):
        kind = draw(st.sampled_from(returns))
        # a programme whose return is of cash has some cash
        percent = st.floats(5.0 if kind == RETURNS[1] else 0.0, 100.0)
        lag = draw(st.floats(0.2, longest))
        values = (float(part), lag, draw(percent), draw(percent), draw(st.floats(0.0, 100.0)))
        rows += [(f"programme {i}", *pair) for pair in zip(PARAMETERS, values, strict=True)]
        rows.append((f"programme {i}", kind, draw(st.floats(0.0, 12.0))))
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


@st.composite
def costings(draw: st.DrawFn, dearer: bool = True) -> Costing:
    """Draw prices of up to twelve years and a curve; `run` takes as many years as it needs."""
    grow = st.floats(-0.03, 0.12) if dearer else st.just(0.0)
    growth = draw(st.lists(grow, min_size=11, max_size=11))
    curve = marginal_cost_curve(
        draw(st.floats(0.0, 100.0)), draw(st.floats(1.0, 100.0)), draw(st.floats(0.1, 12.0)),
        12 + AFTER,
    )  # fmt: skip
    return Costing(2023, np.cumprod([1.0, *(1 + g for g in growth)]), curve)


def run(base: xr.DataArray, section: Prevention, table: pd.DataFrame, all_years: Costing) -> Any:
    prices = all_years.prices[: base.sizes["year"]]
    return shift(base, section, table, Costing(2023, prices, all_years.curve))


def changed(table: pd.DataFrame, parameters: tuple[str, ...], by: float) -> pd.DataFrame:
    """Return the table with some parameters of every programme multiplied."""
    hit = table["parameter"].isin(parameters)
    return table.assign(value=table["value"].where(~hit, table["value"] * by))


def ledger(data: xr.Dataset, name: str) -> np.ndarray:
    return data[f"prevention_{name}"].to_numpy()


@given(bases(), sections(), portfolios(), costings())
@settings(max_examples=50)
def test_the_three_ledgers_hold_everything_once(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing
) -> None:
    data = run(base, section, table, costing)
    wide = table.pivot(index="programme", columns="parameter", values="value")
    wide = wide.loc[data["programme"].values]
    avoided = data["prevention_programme_avoided"].transpose("programme", "year").values
    share = wide["nhs_share_pct"].to_numpy() / 100
    nhs = (avoided * share[:, None]).sum(axis=0)
    cash, capacity, society = (ledger(data, name) for name in ("cash", "capacity", "society"))
    size = 1 + avoided.sum()
    np.testing.assert_allclose(cash + capacity, nhs, rtol=1e-12, atol=1e-12 * size)
    np.testing.assert_allclose(
        cash + capacity + society, avoided.sum(axis=0), rtol=1e-12, atol=1e-12 * size
    )
    # what comes back late may be more than what is avoided in a year in which less is
    assert (cash >= -1e-8 * size).all()
    assert (society >= -1e-8 * size).all()
    prices = costing.prices[: len(cash)]
    if (np.diff(avoided / prices, prepend=0.0) >= 0).all():
        assert (capacity >= -1e-8 * size).all()
    most = section.secondary_care_gbp_m
    if most > 0:
        assert (nhs <= most * prices * (1 + 1e-12)).all()
        assert (cash <= most * prices * (1 + 1e-9)).all()
    spend = data["prevention_programme_spend"].sum("programme").values
    np.testing.assert_allclose(spend, ledger(data, "extra_spend"), rtol=1e-12)


@given(bases(), sections(), portfolios(), costings())
@settings(max_examples=50)
def test_a_pound_is_spent_once(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing
) -> None:
    data = run(base, section, table, costing)
    payers = [ledger(data, f"paid_by_{name}") for name in ("pool", "growth", "cash")]
    cut, extra, cash = (ledger(data, name) for name in ("cut", "extra_spend", "cash"))
    np.testing.assert_allclose(sum([*payers, cut]), extra, rtol=1e-12, atol=1e-9)
    assert all((paid >= 0).all() for paid in [*payers, cut])
    # the three sources by themselves, mixed by their shares
    pool, growth = section.pool_pct / 100, section.new_money_pct / 100
    double = ledger(data, "double_running")
    expected = (
        pool * cash
        + growth * (cash - extra)
        + (1 - pool - growth) * np.maximum(cash - extra, 0)
        - double
    )
    net = ledger(data, "net_cash")
    np.testing.assert_allclose(net, expected, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(
        ledger(data, "net_cash_recurrent"), net + double, rtol=1e-12, atol=1e-9
    )
    # cash that pays for the shift is not there a second time
    np.testing.assert_allclose(
        net + double + payers[1] + payers[2], cash, rtol=1e-12, atol=1e-9
    )  # fmt: skip
    rises = np.diff(extra, prepend=0).clip(min=0).sum()
    assert double.sum() == pytest.approx(rises * section.double_running_months / 12)


@given(
    bases(rising=True),
    sections(),
    portfolios(),
    costings(),
    st.floats(1.0, 3.0),
)
@settings(max_examples=50)
def test_more_return_never_lowers_cash_in_any_year(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing, by: float
) -> None:
    """Also under the ceiling: all programmes return more by the same share."""
    before = run(base, section, table, costing)
    after = run(base, section, changed(table, RETURNS, by), costing)
    size = 1e-10 * (1 + float(before["prevention_extra_spend"].max()))
    for name in ("cash", "net_cash", "net_cash_recurrent"):
        assert (ledger(after, name) >= ledger(before, name) - size).all()
    for name in ("cut", "qalys_forgone"):
        assert (ledger(after, name) <= ledger(before, name) + 100 * size).all()
    for name in ("npv_gbp_m", "return_after_plan_gbp_m", "mature_cash_return"):
        assert after.attrs[name] >= before.attrs[name] - 1e-6


@given(
    bases(rising=True),
    sections(**FREE),
    portfolios(RETURNS[:1]),
    costings(dearer=False),
    st.sampled_from([("cashable_share_pct", 1.2), ("nhs_share_pct", 1.2), ("mean_lag_years", 0.6)]),
)
@settings(max_examples=50)
def test_better_programmes_never_lower_cash_in_any_year(
    base: xr.DataArray,
    section: Prevention,
    table: pd.DataFrame,
    costing: Costing,
    change: tuple[str, float],
) -> None:
    better = changed(table, (change[0],), change[1])
    percent = better["parameter"].str.endswith("_pct")
    better["value"] = better["value"].where(~percent, better["value"].clip(upper=100.0))
    before, after = (run(base, section, rows, costing) for rows in (table, better))
    for name in ("cash", "net_cash"):
        size = 1e-10 * (1 + float(before["prevention_extra_spend"].max()))
        assert (ledger(after, name) >= ledger(before, name) - size).all()
    assert after.attrs["npv_gbp_m"] >= before.attrs["npv_gbp_m"] - 1e-6


@given(
    bases(),
    sections(pool_pct=0.0),
    portfolios(),
    costings(),
    st.sampled_from(["double_running_months", "gbp_per_qaly_gained", "gbp_per_qaly_forgone"]),
    st.floats(1.0, 2.0),
)
@settings(max_examples=50)
def test_more_cost_never_raises_cash_or_health(
    base: xr.DataArray,
    section: Prevention,
    table: pd.DataFrame,
    costing: Costing,
    name: str,
    by: float,
) -> None:
    dearer = section.model_copy(update={name: getattr(section, name) * by})
    before, after = (run(base, one, table, costing) for one in (section, dearer))
    lower = {
        "double_running_months": "net_cash",
        "gbp_per_qaly_gained": "qalys_gained",
        "gbp_per_qaly_forgone": "qalys_forgone",
    }
    kept = {"cash", "net_cash", "qalys_gained", "qalys_forgone"} - {lower[name]}
    assert (ledger(after, lower[name]) <= ledger(before, lower[name])).all()
    for other in kept:
        np.testing.assert_array_equal(ledger(after, other), ledger(before, other))


@given(bases(), sections(pool_pct=0.0), portfolios(), costings(), st.floats(0.0, 1.0))
@settings(max_examples=50)
def test_a_fund_never_costs_the_system_cash_or_health(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing, part: float
) -> None:
    growth = section.new_money_pct
    funds = [
        {"pool_pct": part * (100 - growth)},  # in place of a cut
        {"pool_pct": part * growth, "new_money_pct": (1 - part) * growth},  # of growth money
    ]
    before = run(base, section, table, costing)
    for changes in funds:
        after = run(base, section.model_copy(update=changes), table, costing)
        assert (ledger(after, "net_cash") >= ledger(before, "net_cash") - 1e-9).all()
        assert (ledger(after, "cut") <= ledger(before, "cut") + 1e-9).all()
        forgone = ledger(before, "qalys_forgone")
        assert (ledger(after, "qalys_forgone") <= forgone + 1e-6).all()
        np.testing.assert_array_equal(ledger(after, "cash"), ledger(before, "cash"))


@given(bases(), sections(), portfolios(), costings())
@settings(max_examples=25)
def test_no_shift_gives_exactly_nothing(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing
) -> None:
    still = section.model_copy(update={"share_end_pct": section.share_start_pct})
    data = run(base, still, table, costing)
    for name, variable in data.data_vars.items():
        expected = section.share_start_pct if name == "prevention_share" else 0.0
        assert (variable == expected).all(), name
    assert data.attrs["break_even_year"] == ""
    assert data.attrs["payback_year"] == ""
    assert data.attrs["npv_gbp_m"] == 0.0
    assert data.attrs["return_after_plan_gbp_m"] == 0.0
    assert data.attrs["never_pays_back"] == 0


@given(
    bases(), sections(release_step_gbp_m=0.0, **FREE), portfolios(), costings(),
    st.floats(0.01, 20.0),
)  # fmt: skip
@settings(max_examples=25)
def test_money_scales_with_the_spend_it_is_a_share_of(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing, scale: float
) -> None:
    plain, scaled = run(base, section, table, costing), run(base * scale, section, table, costing)
    for name in ("cash", "cut", "net_cash", "capacity", "society", "qalys_gained", "qalys_forgone"):
        np.testing.assert_allclose(
            ledger(scaled, name), ledger(plain, name) * scale, rtol=1e-9, atol=1e-7
        )


@given(bases(), sections(release_step_gbp_m=0.0), portfolios(), costings())
@settings(max_examples=25)
def test_a_programme_cut_in_two_gives_the_same_shift(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing
) -> None:
    first = table["programme"].iloc[0]
    half = changed(table[table["programme"] == first], ("share_of_shift_pct",), 0.5)
    rest = table[table["programme"] != first]
    cut = pd.concat([half, half.assign(programme="the other half"), rest])
    whole, halves = run(base, section, table, costing), run(base, section, cut, costing)
    for name in ("cash", "cut", "net_cash", "capacity", "society", "qalys_gained"):
        np.testing.assert_allclose(ledger(halves, name), ledger(whole, name), rtol=1e-10, atol=1e-9)


@given(bases(), sections(), portfolios(), costings())
@settings(max_examples=25)
def test_payback_never_comes_before_break_even(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing
) -> None:
    attrs = run(base, section, table, costing).attrs
    if attrs["payback_year"]:
        assert attrs["break_even_year"]
        assert attrs["break_even_year"] <= attrs["payback_year"]
        assert not attrs["never_pays_back"]


@given(
    bases(),
    sections(release_step_gbp_m=0.0, gdp_deflator_pct=0.0, discount_money_pct=0.0, **FREE),
    portfolios(longest=4.0),
    costings(dearer=False),
)
@settings(max_examples=50)
def test_every_pound_of_the_return_is_within_the_plan_or_after_it(
    base: xr.DataArray, section: Prevention, table: pd.DataFrame, costing: Costing
) -> None:
    data = run(base, section, table, costing)
    returned = ledger(data, "cash").sum() + data.attrs["return_after_plan_gbp_m"]
    due = data.attrs["mature_cash_return"] * ledger(data, "extra_spend").sum()
    assert returned == pytest.approx(due, rel=1e-6, abs=1e-6)
