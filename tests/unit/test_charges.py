"""Depreciation, PDC dividend and savings of single assets, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from capital_plans import scheme as row_of

from nelfin.models.capital import CapitalPlan, solve
from nelfin.models.charges import consequences
from nelfin.years import label_of

pytestmark = pytest.mark.unit

ASSETS = pd.DataFrame(
    [("long", 10.0, 100.0), ("quarter", 10.0, 25.0), ("short", 2.0, 100.0), ("replace", 5.0, 0.0)],
    columns=["asset_type", "life_years", "adds_to_assets_pct"],
)
ORGANISATIONS = ["Barts", "BHRUT"]


def scheme(name: str, spend: Sequence[float], **more: Any) -> dict:
    return row_of(name, spend, 10.0, **({"asset_type": "long"} | more))


def plan_of(rows: Sequence[dict], years: int, limit: float = 1_000.0, **settings: Any) -> Any:
    limits = pd.DataFrame(
        {"year": [label_of(2025 + t) for t in range(years)], "limit_gbp_m": limit}
    )
    return solve(pd.DataFrame(rows), limits, gap_pct=0.0, **settings)


def charged(plan: CapitalPlan, pdc_pct: float = 3.5, assets: pd.DataFrame = ASSETS) -> xr.DataArray:
    years = [str(year) for year in plan.limits["year"]]
    return consequences(plan, assets, pdc_pct, ORGANISATIONS, years)


def effect(rows: Sequence[dict], years: int, pdc_pct: float = 3.5, **settings: Any) -> list[float]:
    """Return the effect on the first organisation by year."""
    plan = plan_of(rows, years, **settings)
    return charged(plan, pdc_pct).sel(organisation="Barts").values.tolist()


def test_an_asset_of_one_year_is_charged_by_hand() -> None:
    # 100 over 10 years: no depreciation while building, 10 a year after; net assets at the end
    # of each year 100, 90, 80, so the averages are 50, 95, 85
    found = effect([scheme("A", [100])], 3)
    assert found == pytest.approx([-0.035 * 50, -10 - 0.035 * 95, -10 - 0.035 * 85])


def test_depreciation_waits_for_completion_while_the_dividend_does_not() -> None:
    # 40 then 60: closing 40, 100, 90; averages 20, 70, 95
    found = effect([scheme("A", [40, 60])], 3)
    assert found == pytest.approx([-0.035 * 20, -0.035 * 70, -10 - 0.035 * 95])


def test_a_later_start_moves_every_charge() -> None:
    found = effect([scheme("A", [100], earliest_start="2026/27")], 3)
    assert found == pytest.approx([0, -0.035 * 50, -10 - 0.035 * 95])


def test_charges_end_with_the_life_of_the_asset() -> None:
    # life 2: closing 100, 50, 0, 0
    found = effect([scheme("A", [100], asset_type="short")], 5)
    assert found == pytest.approx([-0.035 * 50, -50 - 0.035 * 75, -50 - 0.035 * 25, 0, 0])


def test_depreciation_over_the_life_is_what_was_added() -> None:
    rows = [scheme("A", [10, 20, 30], asset_type="quarter", latest_start="2025/26")]
    assert sum(effect(rows, 20, pdc_pct=0.0)) == pytest.approx(-0.25 * 60)


def test_only_the_part_that_adds_to_assets_is_charged() -> None:
    whole = effect([scheme("A", [100])], 4)
    quarter = effect([scheme("A", [100], asset_type="quarter")], 4)
    assert quarter == pytest.approx([value / 4 for value in whole])
    assert effect([scheme("A", [100], asset_type="replace")], 4) == [0, 0, 0, 0]


def test_a_scheme_without_an_asset_type_brings_no_charge_but_its_savings() -> None:
    rows = [scheme("A", [100], asset_type="", revenue_gbp_m=2.5)]
    assert effect(rows, 3) == pytest.approx([0, 2.5, 2.5])


def test_savings_start_the_year_after_completion() -> None:
    rows = [scheme("A", [50, 50], asset_type="replace", revenue_gbp_m=3.0)]
    assert effect(rows, 4) == pytest.approx([0, 0, 3, 3])


def test_a_running_cost_is_taken_off() -> None:
    rows = [scheme("A", [50], asset_type="replace", revenue_gbp_m=-1.2)]
    assert effect(rows, 3) == pytest.approx([0, -1.2, -1.2])


def test_savings_and_charges_add_up() -> None:
    rows = [scheme("A", [100], revenue_gbp_m=20.0)]
    expected = [-0.035 * 50, 20 - 10 - 0.035 * 95, 20 - 10 - 0.035 * 85]
    assert effect(rows, 3) == pytest.approx(expected)


def test_a_part_funded_scheme_is_charged_and_saves_in_part() -> None:
    rows = [scheme("A", [100], divisible="yes", revenue_gbp_m=20.0, latest_start="2025/26")]
    plan = plan_of(rows, 3, limit=25.0)
    assert plan.plan["funded_share"].tolist() == pytest.approx([0.25])
    expected = [value / 4 for value in (-0.035 * 50, 10 - 0.035 * 95, 10 - 0.035 * 85)]
    assert charged(plan).sel(organisation="Barts").values.tolist() == pytest.approx(expected)


def test_charges_fall_on_the_whole_spend_in_cash_prices() -> None:
    # prices 10 % up in the second year; half paid from outside the limit, but owned whole
    rows = [scheme("A", [0, 100], cdel_share=0.5, latest_start="2025/26")]
    found = effect(rows, 3, price_growth_pct=10.0)
    assert found == pytest.approx([0, -0.035 * 55, -11 - 0.035 * 104.5])


def test_optimism_bias_is_charged_too() -> None:
    found = effect([scheme("A", [100])], 2, optimism_bias_pct={"long": 20.0})
    assert found == pytest.approx([-0.035 * 60, -12 - 0.035 * 114])


def test_a_build_that_runs_past_the_last_year_pays_the_dividend_and_saves_nothing() -> None:
    rows = [scheme("A", [40, 60, 50], truncate="yes", revenue_gbp_m=9.0, earliest_start="2026/27")]
    assert effect(rows, 3) == pytest.approx([0, -0.035 * 20, -0.035 * 70])


def test_schemes_of_one_organisation_add_up_and_of_others_stay_apart() -> None:
    rows = [scheme("A", [100]), scheme("B", [50]), scheme("C", [80], organisation="BHRUT")]
    found = charged(plan_of(rows, 3))
    one = np.array([-0.035 * 50, -10 - 0.035 * 95, -10 - 0.035 * 85])
    assert found.sel(organisation="Barts").values == pytest.approx(1.5 * one)
    assert found.sel(organisation="BHRUT").values == pytest.approx(0.8 * one)


def test_the_result_is_labelled_and_in_million_pounds() -> None:
    found = charged(plan_of([scheme("A", [100])], 3))
    assert found.dims == ("organisation", "year")
    assert found["organisation"].values.tolist() == ORGANISATIONS
    assert found["year"].values.tolist() == ["2025/26", "2026/27", "2027/28"]
    assert found.attrs["units"] == "£m"


def test_a_scheme_that_is_not_funded_brings_nothing() -> None:
    rows = [scheme("A", [100]), scheme("B", [5_000], revenue_gbp_m=50.0)]
    assert effect(rows, 2) == pytest.approx([-0.035 * 50, -10 - 0.035 * 95])


def test_a_plan_that_funds_nothing_has_no_consequences() -> None:
    assert effect([scheme("A", [5_000], revenue_gbp_m=5.0)], 3) == [0, 0, 0]


def test_a_scheme_without_spend_still_saves() -> None:
    rows = [scheme("A", [0], revenue_gbp_m=4.0), scheme("B", [100], asset_type="replace")]
    assert effect(rows, 3) == pytest.approx([0, 4, 4])


@pytest.mark.parametrize("order", [["spend_1", "spend_2"], ["spend_2", "spend_1"]])
def test_the_order_of_the_spend_columns_does_not_move_completion(order: list[str]) -> None:
    rows = [scheme("A", [100, 0], asset_type="replace", revenue_gbp_m=3.0)]
    limits = pd.DataFrame({"year": ["2025/26", "2026/27", "2027/28"], "limit_gbp_m": 1_000.0})
    frame = pd.DataFrame(rows)
    others = [name for name in frame.columns if name not in order]
    plan = solve(frame[others + order], limits, gap_pct=0.0)
    found = charged(plan).sel(organisation="Barts").values
    assert found.tolist() == pytest.approx([0, 3, 3])
