"""Small shifts into prevention that tests share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.models.ledgers import Costing
from nelfin.models.prevention import AFTER, shift
from nelfin.scenario.model_settings import Prevention

FAST = {
    "share_of_shift_pct": 100.0,
    "return_gbp_per_gbp": 2.0,
    "mean_lag_years": 0.02,
    "nhs_share_pct": 100.0,
    "cashable_share_pct": 100.0,
}
"""£2 back per £1, all of it cash for the NHS, and in practice all within the year."""


def section(**changes: Any) -> Prevention:
    """Return a shift from 0 to 1 % over 2023/24 to 2024/25, all of it plain."""
    plain: dict[str, Any] = {
        "share_of": ("core",),
        "share_start_pct": 0.0,
        "share_end_pct": 1.0,
        "start_year": "2023/24",
        "end_year": "2024/25",
        "new_money_pct": 100.0,
        "double_running_months": 0.0,
        "release_step_gbp_m": 0.0,
        "gbp_per_qaly_gained": 4000.0,
        "gbp_per_qaly_forgone": 10000.0,
        "qaly_price_year": "2023/24",
        "gdp_deflator_pct": 0.0,
        "discount_money_pct": 0.0,
        "discount_qaly_pct": 0.0,
    }
    return Prevention.model_validate(plain | changes)


def table(**rows: dict[str, Any]) -> pd.DataFrame:
    """Return a programme table: what is not said is as in `FAST`; None takes a row out."""
    records = [
        (name, values.get("kind", "rapid"), parameter, value)
        for name, values in rows.items()
        for parameter, value in (FAST | values).items()
        if parameter != "kind" and value is not None
    ]
    return pd.DataFrame(records, columns=["programme", "kind", "parameter", "value"])


def base(*values: float) -> xr.DataArray:
    """Return the spend of 2023/24 and the years after it."""
    years = [f"{2023 + t}/{24 + t}" for t in range(len(values))]
    return xr.DataArray(np.array(values, dtype=float), {"year": years}, ("year",))


def still(count: int) -> Costing:
    """Return prices that stay, and a curve by which all cost moves at once."""
    return Costing(2023, np.ones(count), np.ones(count + AFTER))


def plain_shift(
    money: xr.DataArray, mine: Prevention, programmes: pd.DataFrame, *places: xr.DataArray
) -> xr.Dataset:
    """Model a shift while prices stay and all cost moves at once."""
    return shift(money, mine, programmes, still(money.sizes["year"]), *places)
