"""Roll-forward of a trust and an ICB over two years, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from recovery_case import rolled, scenario_of, schemes, step, tables_of

from nelfin.data import Inputs
from nelfin.models.efficiency import efficiency
from nelfin.models.recovery import STEPS

pytestmark = pytest.mark.unit

Recover = Callable[..., xr.Dataset]


@pytest.fixture
def solve(inputs: Inputs) -> Recover:
    """Return a function that rolls a trust and an ICB forward from an underlying deficit of 40."""

    def run(
        prevention: dict[str, list[float]] | None = None,
        capital: dict[str, list[float]] | None = None,
        double_running: dict[str, list[float]] | None = None,
        years: int = 2,
        planned_to: str = "",
        settings: dict[str, object] | None = None,
        **tables: Any,
    ) -> xr.Dataset:
        scenario = scenario_of(years, planned_to, **(settings or {}))
        return rolled(scenario, tables_of(inputs, **tables), prevention, capital, double_running)

    return run


def test_every_step_of_a_year_without_published_figures(solve: Recover) -> None:
    data = solve(
        prevention={"Trust": [1.0, 3.0], "ICB": [-2.0, -2.5]},
        capital={"Trust": [-0.4, -1.0], "ICB": [0.0, 0.0]},
    )
    # turnover of 300 and 100 with an underlying deficit of 30 and 10: cost of 330 and 110
    assert step(data, "opening underlying") == pytest.approx([-30.0, -10.0])
    assert step(data, "income growth") == pytest.approx([15.0, 5.0])
    assert step(data, "cost inflation") == pytest.approx([-6.6, -2.2])
    # half of 4 % and half of 2 %, at half of average cost: 1.5 %
    assert step(data, "demand growth") == pytest.approx([-4.95, -1.65])
    assert step(data, "not explained") == pytest.approx([-3.3, -1.1])
    # 75 % of 4 % is 3 %: 9.9 and 3.3, of which 40 % recurs
    assert step(data, "recurrent efficiency") == pytest.approx([3.96, 1.32])
    assert step(data, "full-year effect of last year's schemes") == pytest.approx([0.0, 0.0])
    assert step(data, "prevention net cash") == pytest.approx([1.0, -2.0])
    assert step(data, "capital consequences") == pytest.approx([-0.4, 0.0])
    assert step(data, "closing underlying") == pytest.approx([-25.29, -10.63])
    assert step(data, "non-recurrent efficiency") == pytest.approx([5.94, 1.98])
    assert step(data, "deficit support") == pytest.approx([6.0, 2.0])
    assert step(data, "repayment") == pytest.approx([-3.0, -1.0])
    assert step(data, "reported") == pytest.approx([-16.35, -7.65])
    assert float(data["system_underlying"].sel(year="2023/24")) == pytest.approx(-35.92)
    assert float(data["system_reported"].sel(year="2023/24")) == pytest.approx(-24.0)
    assert float(data["pressures_pct"].sel(year="2023/24")) == pytest.approx(1.0)
    assert data["pressures_pct"].attrs["units"] == "% of the cost base"
    money = [name for name in data.data_vars if name.startswith(("system_", "organisation_"))]
    assert {data[name].attrs["units"] for name in money} == {"£m"}


def test_the_second_year_starts_from_the_first_with_grown_income(solve: Recover) -> None:
    data = solve(
        prevention={"Trust": [1.0, 3.0], "ICB": [-2.0, -2.5]},
        capital={"Trust": [-0.4, -1.0], "ICB": [0.0, 0.0]},
    )
    assert (step(data, "opening underlying", "2024/25") == step(data, "closing underlying")).all()
    # income of 315 and 105, so cost of 340.29 and 115.63
    assert step(data, "income growth", "2024/25") == pytest.approx([15.75, 5.25])
    assert step(data, "cost inflation", "2024/25") == pytest.approx([-6.8058, -2.3126])
    assert step(data, "recurrent efficiency", "2024/25") == pytest.approx([4.08348, 1.38756])
    # levels: only their change from last year moves the underlying position
    assert step(data, "prevention net cash", "2024/25") == pytest.approx([2.0, -0.5])
    assert step(data, "capital consequences", "2024/25") == pytest.approx([-0.6, 0.0])


def test_one_off_items_do_not_carry_into_the_next_year(solve: Recover) -> None:
    plain = solve(settings={"support_gbp_m": 0.0, "repayment_gbp_m": 0.0})
    helped = solve(settings={"support_gbp_m": 20.0, "repayment_gbp_m": 6.0})
    assert helped["system_underlying"].values == pytest.approx(plain["system_underlying"].values)
    assert (helped["system_reported"] - plain["system_reported"]).values == pytest.approx([14, 14])


def test_published_inflation_stands_and_the_scenarios_fills_in(solve: Recover) -> None:
    data = solve(settings={"cost_uplift_pct": 2.0}, uplift={"2023/24": 5.0})
    assert step(data, "cost inflation") == pytest.approx([-16.5, -5.5])
    cost = 420.0 - float(data["system_underlying"].sel(year="2023/24"))
    assert step(data, "cost inflation", "2024/25").sum() == pytest.approx(-0.02 * cost)


OUTTURN = ("system", "2023/24", "outturn", -31.0)


def test_a_known_position_is_hit_and_what_no_step_explains_is_said(solve: Recover) -> None:
    data = solve(known=(OUTTURN,))
    assert float(data["system_reported"].sel(year="2023/24")) == pytest.approx(-31.0, abs=1e-12)
    # shared by income of the year, 315 and 105
    assert step(data, "reported") == pytest.approx([-23.25, -7.75])
    # no saving is named; support, repayment and double running act in open years only
    assert step(data, "closing underlying") == pytest.approx([-23.25, -7.75])
    assert step(data, "deficit support") == pytest.approx([0.0, 0.0])
    assert step(data, "repayment") == pytest.approx([0.0, 0.0])
    # -30 + 15 - 6.6 - 4.95 = -26.55 for the trust, a third of it for the ICB
    assert step(data, "not explained") == pytest.approx([3.3, 1.1])
    assert float(data["pressures_pct"].sel(year="2023/24")) == pytest.approx(-1.0)
    # the year after goes by the rate of the scenario again
    assert float(data["pressures_pct"].sel(year="2024/25")) == pytest.approx(1.0)


def test_a_better_position_than_expected_is_a_negative_pressure(solve: Recover) -> None:
    data = solve(known=(("system", "2023/24", "outturn", 0.0),))
    assert step(data, "not explained").sum() == pytest.approx(35.4)
    assert float(data["pressures_pct"].sel(year="2023/24")) == pytest.approx(-100 * 35.4 / 440)


def test_a_share_of_what_is_not_explained_may_be_once(solve: Recover) -> None:
    data = solve(settings={"not_explained_recurrent_pct": 25.0}, known=(OUTTURN,))
    assert step(data, "reported") == pytest.approx([-23.25, -7.75])
    assert step(data, "not explained") == pytest.approx([0.825, 0.275])
    assert step(data, "not explained, once") == pytest.approx([2.475, 0.825])
    assert step(data, "closing underlying") == pytest.approx([-25.725, -8.575])


def test_the_ask_of_open_years_leaves_a_known_year_alone(solve: Recover) -> None:
    some = schemes(("p", "2023/24", "Trust", 4.0, 100.0, 50.0, 12.0))
    plain = solve(known=(OUTTURN,), asks=some)
    for name, value in (("efficiency_pct", 8.0), ("efficiency_delivery_pct", 10.0)):
        data = solve(settings={name: value}, known=(OUTTURN,), asks=some)
        for line in ("closing underlying", "reported", "not explained"):
            assert step(data, line) == pytest.approx(step(plain, line))


def test_in_a_known_year_what_was_delivered_once_was_not_there_to_last(solve: Recover) -> None:
    known = (OUTTURN,)
    none = solve(known=known)
    once, lasting = (
        solve(known=known, asks=schemes(("p", "2023/24", "system", 13.2, 100.0, share, 12.0)))
        for share in (0.0, 100.0)
    )
    year = "2023/24"
    before = float(none["system_underlying"].sel(year=year))
    assert before == pytest.approx(-31.0)
    assert float(once["system_underlying"].sel(year=year)) == pytest.approx(before - 13.2)
    assert float(lasting["system_underlying"].sel(year=year)) == pytest.approx(before)


def test_support_and_one_offs_of_a_known_year_are_taken_off_by_body(solve: Recover) -> None:
    data = solve(
        settings={"efficiency_pct": 0.0},
        known=(
            OUTTURN,
            ("ICB", "2023/24", "outturn", 1.0),
            ("Trust", "2023/24", "deficit_support", 6.0),
            ("ICB", "2023/24", "one_off", 2.5),
        ),
    )
    assert step(data, "reported") == pytest.approx([-32.0, 1.0])
    assert step(data, "closing underlying") == pytest.approx([-38.0, -1.5])


def test_a_plan_counts_as_known_only_up_to_the_year_that_is_named(solve: Recover) -> None:
    plan = ("system", "2023/24", "plan", -31.0)
    named = solve(planned_to="2023/24", known=(plan,))
    assert float(named["system_reported"].sel(year="2023/24")) == pytest.approx(-31.0)
    unnamed, nothing = solve(known=(plan,)), solve()
    xr.testing.assert_identical(unnamed, nothing)


def test_an_outturn_comes_before_a_forecast_and_a_forecast_before_a_plan(solve: Recover) -> None:
    forecast, plan = (("system", "2023/24", what, v) for what, v in (("forecast", -9), ("plan", 5)))
    for known, expected in (((plan, forecast), -9.0), ((forecast, OUTTURN, plan), -31.0)):
        data = solve(planned_to="2024/25", known=known)
        assert float(data["system_reported"].sel(year="2023/24")) == pytest.approx(expected)


def test_pressures_by_driver_count_towards_the_rate_of_an_open_year(solve: Recover) -> None:
    named = solve(pressures=(("Drugs", "Trust", "2023/24", 2.0),))
    assert step(named, "pressures by driver") == pytest.approx([-2.0, 0.0])
    assert step(named, "not explained") == pytest.approx([-1.3, -1.1])
    above = solve(pressures=(("Drugs", "Trust", "", 5.0),))
    assert step(above, "pressures by driver", "2024/25") == pytest.approx([-5.0, 0.0])
    assert step(above, "not explained")[0] == 0.0


def test_double_running_is_paid_once(solve: Recover) -> None:
    plain = solve()
    data = solve(double_running={"ICB": [3.0, 1.0]})
    assert step(data, "double running") == pytest.approx([0.0, -3.0])
    assert data["system_underlying"].values == pytest.approx(plain["system_underlying"].values)
    moved = (data["system_reported"] - plain["system_reported"]).values
    assert moved == pytest.approx([-3.0, -1.0])


def test_schemes_that_are_not_the_whole_ask_count_towards_it(solve: Recover) -> None:
    """A small scheme of one trust must not switch off what everyone else is asked."""
    ask = solve(asks=schemes())
    named = solve(
        asks=schemes(("s", "2023/24", "Trust", 4.0, 100.0, 40.0, 12.0), whole_ask=False),
    )
    # the trust is asked 4 % of 330, 13.2; 4 are named and come in full, the rest at 75 %
    assert step(named, "recurrent efficiency")[0] == pytest.approx(0.4 * (4 + 9.2 * 0.75))
    assert step(ask, "recurrent efficiency")[0] == pytest.approx(0.4 * 13.2 * 0.75)
    assert step(named, "recurrent efficiency")[1] == step(ask, "recurrent efficiency")[1]


def test_schemes_past_the_ask_leave_nothing_unnamed(solve: Recover) -> None:
    asks = schemes(("s", "2023/24", "Trust", 50.0, 100.0, 100.0, 12.0), whole_ask=False)
    assert step(solve(asks=asks), "recurrent efficiency")[0] == pytest.approx(50.0)
    assert step(solve(asks=asks), "non-recurrent efficiency")[0] == 0.0


def test_a_year_whose_whole_ask_is_given_has_no_general_ask(solve: Recover) -> None:
    asks = schemes(("plan", "2023/24", "system", 16.0, 50.0, 25.0, 12.0))
    data = solve(asks=asks)
    # 8 delivered, 2 of it recurrent, by turnover
    assert step(data, "recurrent efficiency") == pytest.approx([1.5, 0.5])
    assert step(data, "non-recurrent efficiency") == pytest.approx([4.5, 1.5])
    assert step(data, "recurrent efficiency", "2024/25").sum() > 4.0


def split(inputs: Inputs, asks: pd.DataFrame, years: list[str]) -> list[np.ndarray]:
    bodies = (("Acute", "trust", 60.0), ("ICB", "icb", 20.0), ("Mental", "trust", 20.0))
    tables = replace(tables_of(inputs, bodies), efficiency_schemes=asks)
    weight = np.repeat([[60.0], [20.0], [20.0]], len(years), axis=1)
    found = efficiency(tables, scenario_of().recovery, years, weight)
    return [found.recurrent, found.full_year, found.one_off]


def test_system_splits_by_turnover_and_trusts_leaves_the_icb_out(inputs: Inputs) -> None:
    year = ["2023/24"]
    everyone, _, _ = split(
        inputs, schemes(("s", "2023/24", "system", 40.0, 100.0, 100.0, 12.0)), year
    )
    assert everyone[:, 0] == pytest.approx([24.0, 8.0, 8.0])
    trusts, _, _ = split(
        inputs, schemes(("s", "2023/24", "trusts", 40.0, 100.0, 100.0, 12.0)), year
    )
    assert trusts[:, 0] == pytest.approx([30.0, 0.0, 10.0])
    one, _, _ = split(inputs, schemes(("s", "2023/24", "Mental", 40.0, 100.0, 100.0, 12.0)), year)
    assert one[:, 0] == pytest.approx([0.0, 0.0, 40.0])


def test_a_part_year_scheme_brings_the_rest_of_its_recurrent_part_next_year(
    inputs: Inputs,
) -> None:
    # 24 a year at 50 % delivery is 12; 75 % of it lasts; three months of twelve fall in the year
    asks = schemes(("s", "2023/24", "ICB", 24.0, 50.0, 75.0, 3.0))
    recurrent, full_year, one_off = split(inputs, asks, ["2023/24", "2024/25", "2025/26"])
    assert recurrent[1] == pytest.approx([2.25, 0.0, 0.0])
    assert one_off[1] == pytest.approx([0.75, 0.0, 0.0])
    assert full_year[1] == pytest.approx([0.0, 6.75, 0.0])
    for part in (recurrent, full_year, one_off):
        assert (part[[0, 2]] == 0.0).all()


def test_a_full_year_scheme_has_no_full_year_effect(inputs: Inputs) -> None:
    asks = schemes(("s", "2023/24", "ICB", 24.0, 50.0, 75.0, 12.0))
    recurrent, full_year, _ = split(inputs, asks, ["2023/24", "2024/25"])
    assert recurrent[1, 0] == pytest.approx(9.0)
    assert (full_year == 0.0).all()


def test_the_full_year_effect_of_the_last_year_falls_outside_the_plan(inputs: Inputs) -> None:
    asks = schemes(("s", "2024/25", "ICB", 24.0, 50.0, 75.0, 3.0))
    recurrent, full_year, _ = split(inputs, asks, ["2023/24", "2024/25"])
    assert recurrent[1, 1] == pytest.approx(2.25)
    assert (full_year == 0.0).all()


def test_schemes_of_years_outside_the_plan_do_not_count(inputs: Inputs) -> None:
    asks = schemes(("s", "2030/31", "ICB", 24.0, 50.0, 75.0, 12.0))
    for part in split(inputs, asks, ["2023/24", "2024/25"]):
        assert (part == 0.0).all()


def test_schemes_of_one_year_and_organisation_add_up(inputs: Inputs) -> None:
    asks = schemes(
        ("a", "2023/24", "ICB", 10.0, 100.0, 100.0, 12.0),
        ("b", "2023/24", "system", 10.0, 100.0, 50.0, 6.0),
    )
    recurrent, full_year, one_off = split(inputs, asks, ["2023/24", "2024/25"])
    assert recurrent[1, 0] == pytest.approx(10.0 + 2.0 * 0.5 * 0.5)
    assert one_off[1, 0] == pytest.approx(2.0 * 0.5 * 0.5)
    assert full_year[1, 1] == pytest.approx(2.0 * 0.5 * 0.5)


def test_the_full_year_effect_is_a_step_of_the_bridge(solve: Recover) -> None:
    asks = schemes(
        ("s", "2023/24", "Trust", 24.0, 50.0, 75.0, 3.0),
        ("t", "2024/25", "Trust", 0.0, 100.0, 100.0, 12.0),
    )
    data = solve(asks=asks)
    name = "full-year effect of last year's schemes"
    assert step(data, name, "2024/25") == pytest.approx([6.75, 0.0])
    # nothing more is asked of the trust; the ICB, at a cost of 113.63, is asked as ever
    expected = [0.0, 113.63 * 0.04 * 0.75 * 0.4]
    assert step(data, "recurrent efficiency", "2024/25") == pytest.approx(expected)


def test_a_year_of_nothing_but_income_growth_moves_by_it_alone(solve: Recover) -> None:
    still = dict.fromkeys(
        [
            "demand_planned_pct",
            "demand_urgent_pct",
            "cost_uplift_pct",
            "pressures_pct",
            "efficiency_pct",
            "support_gbp_m",
            "repayment_gbp_m",
        ],
        0.0,
    )
    data = solve(settings=still | {"other_income_growth_pct": 10.0})
    assert data["system_reported"].values == pytest.approx([0.0, 44.0])


def test_steps_are_named_in_the_order_of_the_bridge(solve: Recover) -> None:
    data = solve()
    assert list(data["step"].values) == list(STEPS)
    assert STEPS[0] == "opening underlying"
    assert STEPS[-1] == "reported"
    assert STEPS.index("closing underlying") < STEPS.index("non-recurrent efficiency")


def test_organisations_in_another_order_in_the_levels_are_matched_by_name(solve: Recover) -> None:
    ordered = solve(prevention={"Trust": [1.0, 3.0], "ICB": [-2.0, -2.5]})
    turned = solve(prevention={"ICB": [-2.0, -2.5], "Trust": [1.0, 3.0]})
    xr.testing.assert_identical(ordered, turned)


def test_doing_nothing_takes_out_what_every_measure_has_brought(solve: Recover) -> None:
    data = solve(
        prevention={"Trust": [1.0, 3.0], "ICB": [-2.0, -2.5]},
        capital={"Trust": [-0.4, -1.0], "ICB": [0.0, 0.0]},
    )
    first = -35.92 - (3.96 + 1.32) - (1.0 - 2.0) - (-0.4)
    assert float(data["system_do_nothing"].sel(year="2023/24")) == pytest.approx(first)
    later = sum(
        step(data, name, year).sum()
        for year in ("2023/24", "2024/25")
        for name in ("recurrent efficiency", "prevention net cash", "capital consequences")
    )
    second = float(data["system_underlying"].sel(year="2024/25")) - later
    assert float(data["system_do_nothing"].sel(year="2024/25")) == pytest.approx(second)
