"""Limits in prices of another year, brought to cash by general inflation."""

from __future__ import annotations

import pandas as pd
import pytest
from capital_plans import scheme, starts

from nelfin.errors import InputError
from nelfin.models.capital import solve
from nelfin.models.capital.cash import in_cash

pytestmark = pytest.mark.unit


def limits(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "limit_gbp_m", "price_year"])


REAL = limits(("2026/27", 10.0, ""), ("2027/28", 10.0, "2026/27"), ("2028/29", 10.0, "2026/27"))


@pytest.mark.parametrize("rate", [0.0, 2.0, 4.0, -1.0])
def test_a_limit_in_real_terms_grows_by_general_inflation_from_its_own_year(rate: float) -> None:
    cash = in_cash(REAL, rate)
    growth = 1 + rate / 100
    assert cash["limit_gbp_m"].tolist() == pytest.approx([10, 10 * growth, 10 * growth**2])
    # once in cash it stays as it is
    assert in_cash(cash, rate)["limit_gbp_m"].tolist() == cash["limit_gbp_m"].tolist()


def test_a_price_year_after_the_limits_own_brings_it_down() -> None:
    cash = in_cash(limits(("2026/27", 10.2, "2027/28")), 2.0)
    assert cash["limit_gbp_m"].tolist() == pytest.approx([10.0])


def test_costs_go_by_building_prices_and_limits_by_general_inflation() -> None:
    """Counted once each: what fits hangs on the two rates, not on their sum."""
    frame = pd.DataFrame([scheme("A", 10.0, 5, earliest_start="2028/29")])
    for rate, prices, fits in ((2.0, 2.0, True), (2.0, 2.1, False), (0.0, 0.0, True)):
        plan = solve(frame, REAL, gap_pct=0.0, deflator_pct=rate, price_growth_pct=prices)
        assert (len(starts(plan)) == 1) == fits
        assert plan.limits["limit_gbp_m"].tolist()[2] == pytest.approx(10 * (1 + rate / 100) ** 2)


def test_general_inflation_is_asked_for_where_a_limit_needs_it() -> None:
    frame = pd.DataFrame([scheme("A", 10.0, 5)])
    with pytest.raises(InputError, match=r"price_year: is 2026/27, and general inflation"):
        solve(frame, REAL)
    assert solve(frame, REAL.assign(price_year="")).solve.objective > 0
