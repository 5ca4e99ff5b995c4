"""The printed cases of prevention come out again through the library's own functions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.ledgers import Costing, avoided_cost, flows
from nelfin.models.prevention import AFTER, shift
from nelfin.models.programmes import Programmes, programme_table, programmes_of
from nelfin.models.ranges import Outcomes
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.scenario.model_settings import Prevention
from nelfin.system.spreads import spreads
from nelfin.years import label_of

pytestmark = pytest.mark.golden


# Prevention: B_t = 4,218 x 1.0177^t and I_t = 0.0025 t B_t for t = 1 to 10.

YEARS = np.arange(1, 11)

SPEND = 0.0025 * YEARS * 4218 * 1.0177**YEARS


def net_of(returns: float, lag: float, cashable: float) -> np.ndarray:
    return avoided_cost(SPEND, returns, lag) * cashable - SPEND


def test_the_printed_prevention_case_by_the_lag_kernel() -> None:
    cash = avoided_cost(SPEND, 1.31, 2.0)
    net = cash - SPEND
    assert round(float(SPEND[4]), 1) == 57.6
    assert round(float(cash[4]), 1) == 52.3
    assert round(float(net[4]), 1) == -5.3
    assert int(YEARS[net >= 0][0]) == 7
    assert round(float(net.sum()), 1) == -17.7


def test_the_printed_cases_of_little_cash_and_of_a_long_lag() -> None:
    two_fifths = net_of(1.31, 2.0, 0.4)
    assert round(float(two_fifths[4]), 1) == -36.6
    assert (two_fifths < 0).all()
    assert round(float(net_of(2.28, 9.0, 1.0)[4]), 1) == -38.0


def section(**changes: float) -> Prevention:
    """Return a shift of a quarter of a point more a year, for ten years."""
    return Prevention(
        share_of=("core",),
        share_start_pct=2.0,
        share_end_pct=4.5,
        start_year="2023/24",
        end_year="2033/34",
        release_step_gbp_m=0.0,
        gbp_per_qaly_gained=3800.0,
        gbp_per_qaly_forgone=13500.0,
        qaly_price_year="2013/14",
        gdp_deflator_pct=0.0,
        discount_money_pct=0.0,
        discount_qaly_pct=1.5,
        **({"new_money_pct": 100.0, "double_running_months": 0.0} | changes),
    )


def one_programme(returns: float, lag: float, cashable_pct: float) -> pd.DataFrame:
    parameters = {
        "share_of_shift_pct": 100.0,
        "return_gbp_per_gbp": returns,
        "mean_lag_years": lag,
        "nhs_share_pct": 100.0,
        "cashable_share_pct": cashable_pct,
    }
    rows = [("community care", name, value) for name, value in parameters.items()]
    return pd.DataFrame(rows, columns=["programme", "parameter", "value"])


def still(count: int) -> Costing:
    """Return prices that stay, and a curve by which all cost moves at once."""
    return Costing(2023, np.ones(count), np.ones(count + AFTER))


def printed_shift(returns: float, lag: float, cashable_pct: float) -> xr.Dataset:
    years = [label_of(2023 + t) for t in range(11)]
    base = xr.DataArray(4218 * 1.0177 ** np.arange(11), {"year": years}, ("year",))
    return shift(base, section(), one_programme(returns, lag, cashable_pct), still(11))


@pytest.mark.parametrize(
    ("returns", "lag", "cashable_pct", "net", "break_even"),
    [
        (1.31, 2.0, 100.0, -5.3, "2030/31"),
        (1.31, 2.0, 40.0, -36.6, ""),
        (2.28, 9.0, 100.0, -38.0, ""),
    ],
)
def test_the_printed_prevention_cases_as_a_shift(
    returns: float, lag: float, cashable_pct: float, net: float, break_even: str
) -> None:
    data = printed_shift(returns, lag, cashable_pct)
    year_5 = data.sel(year="2028/29")
    assert round(float(year_5["prevention_extra_spend"]), 1) == 57.6
    assert round(float(year_5["prevention_net_cash"]), 1) == net
    assert data.attrs["break_even_year"] == break_even
    # a return of 1.31 or 2.28 pays back one day; two fifths of 1.31 never do
    assert data.attrs["never_pays_back"] == (cashable_pct == 40.0)


def test_the_ten_year_sum_and_cash_of_the_printed_shift() -> None:
    data = printed_shift(1.31, 2.0, 100.0)
    assert round(float(data["prevention_cash"].sel(year="2028/29")), 1) == 52.3
    assert round(float(data["prevention_net_cash"].sum()), 1) == -17.7
    assert round(data.attrs["npv_gbp_m"], 1) == -17.7  # at a discount rate of nothing
    assert data.attrs["payback_year"] == ""
    # every pound of the return is within the plan or after it
    returned = float(data["prevention_cash"].sum()) + data.attrs["return_after_plan_gbp_m"]
    assert returned == pytest.approx(1.31 * float(data["prevention_extra_spend"].sum()))


def test_a_pound_is_spent_once() -> None:
    """Spend of 112.5 and cash of 77.0 in 2032/33, all of it out of treatment."""
    # extra spend that rises by 3.2 in the last year is paid twice for a quarter of it
    spend = np.array([109.3, 112.5])
    mine = section(new_money_pct=0.0, double_running_months=3.0)
    # £1 of return all at once, and as much of it cash as makes 77.0
    known: Programmes = programmes_of(one_programme(1.0, 0.001, 100 * 77.0 / 112.5), mine)
    found = {name: float(values[..., 1]) for name, values in flows(
        spend, known, mine, Costing(2013, np.ones(2), np.ones(2))
    ).items() if values.ndim == 1}  # fmt: skip
    assert found["cash"] == pytest.approx(77.0)
    assert found["cut"] == pytest.approx(35.5)
    assert found["net_cash"] == pytest.approx(-0.8)
    assert found["net_cash_recurrent"] == pytest.approx(0.0)
    # £13,500 a QALY in 2013/14, before it is carried to the prices of a later year
    assert round(found["qalys_forgone"], -2) == 2600


# The embedded programmes.


def test_the_mature_cash_return_of_the_portfolio_is_below_one(result: Result) -> None:
    """Not the £14 per £1 of the headline reviews, and not the top of each range."""
    by_hand = [
        0.30 * 0.929,  # community care, cash already
        0.10 * 0.95 * 0.9 * 0.7,  # falls
        0.08 * 2.75 * 0.5,  # alcohol
        0.12 * 1.56 * 0.5,  # tobacco
        0.15 * 1.65 * 0.42 * 0.8,  # cardiovascular risk
        0.10 * 1.64 * 0.6,  # diabetes
        0.07 * 3.54 * 0.10 * 0.8,  # schools
        0.08 * 5.95 * 0.15 * 0.8,  # housing
    ]
    mature = result.data.attrs["prevention_mature_cash_return"]
    assert mature == pytest.approx(sum(by_hand), rel=1e-12)
    assert round(mature, 2) == 0.80
    assert result.data.attrs["prevention_never_pays_back"] == 1


def test_each_default_return_is_the_mean_of_what_is_drawn(
    scenario: Scenario, inputs: Inputs
) -> None:
    found = spreads(scenario, inputs)
    returns = {name: each for name, each in found.items() if name.startswith("return of ")}
    assert len(returns) == 8
    shares = (np.arange(270_000) + 0.5) / 270_000
    for name, each in returns.items():
        assert each.at(shares).mean() == pytest.approx(each.middle, abs=5e-4), name
        assert each.middle < each.high, name


def test_community_care_returns_the_mean_of_its_outcomes(
    scenario: Scenario, inputs: Inputs
) -> None:
    each = spreads(scenario, inputs)["return of Community care and admission avoidance"]
    assert isinstance(each, Outcomes)
    mean = (7 * (1 + 1.31) / 2 + 14 * 1 + 6 * (0 + 1) / 2) / 27
    assert each.middle == pytest.approx(mean, abs=5e-4)
    assert each.middle == round(mean, 3)
    table = programme_table(inputs.prevention_programmes)
    mine = table.loc["Community care and admission avoidance"]
    assert mine["cash_return_gbp_per_gbp"] == 0.929
    assert mine["cashable_share_pct"] == 100.0
