"""The printed cases of prevention come out again through the library's own functions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.prevention import avoided_cost, shift
from nelfin.models.programmes import programme_table
from nelfin.scenario.schema import Prevention
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


def printed_shift(returns: float, lag: float, cashable_pct: float) -> xr.Dataset:
    """Run the printed case as a shift: a quarter of a point more a year, for ten years."""
    years = [label_of(2023 + t) for t in range(11)]
    base = xr.DataArray(4218 * 1.0177 ** np.arange(11), {"year": years}, ("year",))
    section = Prevention(
        share_of=("core",),
        share_start_pct=2.0,
        share_end_pct=4.5,
        start_year="2023/24",
        end_year="2033/34",
        new_money_pct=100.0,
        donor_is_treatment_pct=0.0,
        double_running_months=0.0,
        release_step_gbp_m=0.0,
        gbp_per_qaly_gained=3800.0,
        gbp_per_qaly_forgone=13500.0,
        discount_money_pct=0.0,
        discount_qaly_pct=1.5,
    )
    parameters = {
        "share_of_shift_pct": 100.0,
        "return_gbp_per_gbp": returns,
        "mean_lag_years": lag,
        "nhs_share_pct": 100.0,
        "cashable_share_pct": cashable_pct,
    }
    rows = [("community care", name, value) for name, value in parameters.items()]
    return shift(base, section, pd.DataFrame(rows, columns=["programme", "parameter", "value"]))


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


def test_the_ten_year_sum_and_cash_of_the_printed_shift() -> None:
    data = printed_shift(1.31, 2.0, 100.0)
    assert round(float(data["prevention_cash"].sel(year="2028/29")), 1) == 52.3
    assert round(float(data["prevention_net_cash"].sum()), 1) == -17.7
    assert round(data.attrs["npv_gbp_m"], 1) == -17.7  # at a discount rate of nothing
    assert data.attrs["payback_year"] == ""


def test_the_mature_cash_return_of_the_portfolio_is_near_one(inputs: Inputs) -> None:
    """Near break-even, not the £14 per £1 of the headline reviews."""
    table = programme_table(inputs.prevention_programmes)
    mature = (
        table["share_of_shift_pct"]
        * table["return_gbp_per_gbp"]
        * table["nhs_share_pct"]
        * table["cashable_share_pct"]
        / 1e6
    ).sum()
    assert 0.9 < mature < 1.15
