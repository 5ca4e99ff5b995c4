"""Roll-forward of a trust and an ICB over two years, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError
from nelfin.models.efficiency import efficiency
from nelfin.models.recovery import STEPS, recover
from nelfin.scenario.model_settings import Recovery

pytestmark = pytest.mark.unit

Recover = Callable[..., xr.Dataset]

ORGANISATIONS = (("Trust", "trust", 300.0), ("ICB", "icb", 100.0))
"""Turnover weights of 0.75 and 0.25."""

SCHEME = ["scheme", "year", "organisation", "full_year_gbp_m", "delivery_pct", "recurrent_pct",
          "months"]  # fmt: skip


def section(**changes: float) -> Recovery:
    plain = {
        "demand_planned_pct": 4.0,
        "demand_urgent_pct": 2.0,
        "planned_share_pct": 50.0,
        "marginal_cost_pct": 50.0,
        "cost_uplift_pct": 2.0,
        "pressures_pct": 1.0,
        "efficiency_pct": 4.0,
        "efficiency_delivery_pct": 75.0,
        "efficiency_recurrent_pct": 40.0,
        "support_gbp_m": 8.0,
        "repayment_gbp_m": 4.0,
        "pdc_pct": 3.5,
    }
    return Recovery.model_validate(plain | changes)


def schemes(*rows: tuple[object, ...], whole_ask: bool = True) -> pd.DataFrame:
    return (
        pd.DataFrame(rows, columns=SCHEME)
        .astype(dict.fromkeys(SCHEME[3:], float), errors="raise")
        .assign(whole_ask=whole_ask)
    )


def levels(years: list[str], **by_organisation: list[float]) -> xr.DataArray:
    return xr.DataArray(
        np.array(list(by_organisation.values()), dtype=float),
        {"organisation": list(by_organisation), "year": years},
        ("organisation", "year"),
    )


@pytest.fixture
def solve(inputs: Inputs) -> Recover:
    """Return a function that rolls a trust and an ICB forward from an underlying deficit of 40."""

    def run(
        rates: Recovery,
        *,
        growth: tuple[float, ...] = (0.05, 0.05),
        positions: Mapping[str, float] | None = None,
        asks: pd.DataFrame | None = None,
        uplift: Mapping[str, float] | None = None,
        prevention: Mapping[str, list[float]] | None = None,
        capital: Mapping[str, list[float]] | None = None,
        organisations: tuple[tuple[str, str, float], ...] = ORGANISATIONS,
    ) -> xr.Dataset:
        years = [f"{2023 + i}/{24 + i}" for i in range(len(growth))]
        nothing = {name: [0.0] * len(years) for name, _, _ in organisations}
        rows = [("2023/24", "opening_underlying", -40.0)]
        rows += [(year, "reported", value) for year, value in (positions or {}).items()]
        tables = replace(
            inputs,
            organisations=pd.DataFrame(
                organisations, columns=["organisation", "kind", "turnover_gbp_m"]
            ),
            positions=pd.DataFrame(rows, columns=["year", "measure", "value_gbp_m"]),
            efficiency_schemes=schemes() if asks is None else asks,
            uplift_factors=pd.DataFrame(
                {"year": list(uplift or {}), "cost_uplift_pct": list((uplift or {}).values())}
            ),
        )
        return recover(
            tables,
            rates,
            xr.DataArray(list(growth), {"year": years}, ("year",)),
            levels(years, **(prevention or nothing)),
            levels(years, **(capital or nothing)),
        )

    return run


def step(data: xr.Dataset, name: str, year: str = "2023/24") -> np.ndarray:
    return data["recovery_bridge"].sel(step=name, year=year).values


def test_every_step_of_a_year_without_published_figures(solve: Recover) -> None:
    data = solve(
        section(),
        prevention={"Trust": [1.0, 3.0], "ICB": [-2.0, -2.5]},
        capital={"Trust": [-0.4, -1.0], "ICB": [0.0, 0.0]},
    )
    # turnover of 300 and 100 with an underlying deficit of 30 and 10: cost of 330 and 110
    assert step(data, "opening underlying") == pytest.approx([-30.0, -10.0])
    assert step(data, "income growth") == pytest.approx([15.0, 5.0])
    assert step(data, "cost inflation") == pytest.approx([-6.6, -2.2])
    # half of 4 % and half of 2 %, at half of average cost: 1.5 %
    assert step(data, "demand growth") == pytest.approx([-4.95, -1.65])
    assert step(data, "pressures above the national uplift") == pytest.approx([-3.3, -1.1])
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
        section(),
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
    plain = solve(section(support_gbp_m=0.0, repayment_gbp_m=0.0))
    helped = solve(section(support_gbp_m=20.0, repayment_gbp_m=6.0))
    assert helped["system_underlying"].values == pytest.approx(plain["system_underlying"].values)
    assert (helped["system_reported"] - plain["system_reported"]).values == pytest.approx([14, 14])


def test_published_inflation_stands_and_the_scenarios_fills_in(solve: Recover) -> None:
    data = solve(section(cost_uplift_pct=2.0), uplift={"2023/24": 5.0})
    assert step(data, "cost inflation") == pytest.approx([-16.5, -5.5])
    cost = 420.0 - float(data["system_underlying"].sel(year="2023/24"))
    assert step(data, "cost inflation", "2024/25").sum() == pytest.approx(-0.02 * cost)


def test_a_published_position_is_hit_and_pressures_hold_what_is_left(solve: Recover) -> None:
    data = solve(section(), positions={"2023/24": -31.0})
    assert float(data["system_reported"].sel(year="2023/24")) == pytest.approx(-31.0, abs=1e-12)
    # all other steps: -40 + 20 - 8.8 - 6.6 + 5.28 + 7.92 + 8 - 4 = -18.2; -12.8 is left, by cost
    assert step(data, "pressures above the national uplift") == pytest.approx([-9.6, -3.2])
    assert float(data["pressures_pct"].sel(year="2023/24")) == pytest.approx(100 * 12.8 / 440)
    # the year after goes by the rate of the scenario again
    assert float(data["pressures_pct"].sel(year="2024/25")) == pytest.approx(1.0)


def test_a_better_published_position_than_expected_is_a_negative_pressure(solve: Recover) -> None:
    data = solve(section(), positions={"2023/24": 0.0})
    assert step(data, "pressures above the national uplift").sum() == pytest.approx(18.2)
    assert float(data["pressures_pct"].sel(year="2023/24")) == pytest.approx(-100 * 18.2 / 440)


def test_in_a_published_year_more_one_off_delivery_means_a_worse_underlying(solve: Recover) -> None:
    """The reported position stands, so what was delivered once was not there to last."""
    positions = {"2023/24": -31.0}
    none = solve(section(efficiency_pct=0.0), positions=positions)
    once = solve(section(efficiency_recurrent_pct=0.0), positions=positions)
    lasting = solve(section(efficiency_recurrent_pct=100.0), positions=positions)
    year = "2023/24"
    before = float(none["system_underlying"].sel(year=year))
    assert before == pytest.approx(-31.0 - 8.0 + 4.0)
    assert float(once["system_underlying"].sel(year=year)) == pytest.approx(before - 13.2)
    assert float(lasting["system_underlying"].sel(year=year)) == pytest.approx(before)


def test_schemes_that_are_not_the_whole_ask_count_towards_it(solve: Recover) -> None:
    """A small scheme of one trust must not switch off what everyone else is asked."""
    ask = solve(section(), asks=schemes())
    named = solve(
        section(),
        asks=schemes(("s", "2023/24", "Trust", 4.0, 100.0, 40.0, 12.0), whole_ask=False),
    )
    # the trust is asked 4 % of 330, 13.2; 4 are named and come in full, the rest at 75 %
    assert step(named, "recurrent efficiency")[0] == pytest.approx(0.4 * (4 + 9.2 * 0.75))
    assert step(ask, "recurrent efficiency")[0] == pytest.approx(0.4 * 13.2 * 0.75)
    assert step(named, "recurrent efficiency")[1] == step(ask, "recurrent efficiency")[1]


def test_schemes_past_the_ask_leave_nothing_unnamed(solve: Recover) -> None:
    asks = schemes(("s", "2023/24", "Trust", 50.0, 100.0, 100.0, 12.0), whole_ask=False)
    assert step(solve(section(), asks=asks), "recurrent efficiency")[0] == pytest.approx(50.0)
    assert step(solve(section(), asks=asks), "non-recurrent efficiency")[0] == 0.0


def test_a_year_whose_whole_ask_is_given_has_no_general_ask(solve: Recover) -> None:
    asks = schemes(("plan", "2023/24", "system", 16.0, 50.0, 25.0, 12.0))
    data = solve(section(), asks=asks)
    # 8 delivered, 2 of it recurrent, by turnover
    assert step(data, "recurrent efficiency") == pytest.approx([1.5, 0.5])
    assert step(data, "non-recurrent efficiency") == pytest.approx([4.5, 1.5])
    assert step(data, "recurrent efficiency", "2024/25").sum() > 4.0


def split(inputs: Inputs, asks: pd.DataFrame, years: list[str]) -> list[np.ndarray]:
    frame = pd.DataFrame(
        [("Acute", "trust", 60.0), ("ICB", "icb", 20.0), ("Mental", "trust", 20.0)],
        columns=["organisation", "kind", "turnover_gbp_m"],
    )
    weight = np.array([0.6, 0.2, 0.2])
    return list(efficiency(replace(inputs, organisations=frame, efficiency_schemes=asks),
                           section(), years, weight))[:3]  # fmt: skip


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
    data = solve(section(), asks=asks)
    name = "full-year effect of last year's schemes"
    assert step(data, name, "2024/25") == pytest.approx([6.75, 0.0])
    assert step(data, "recurrent efficiency", "2024/25") == pytest.approx([0.0, 0.0])


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
    data = solve(section(**still), growth=(0.1, 0.1))
    assert data["system_reported"].values == pytest.approx([0.0, 44.0])


def test_steps_are_named_in_the_order_of_the_bridge(solve: Recover) -> None:
    data = solve(section())
    assert list(data["step"].values) == list(STEPS)
    assert STEPS[0] == "opening underlying"
    assert STEPS[-1] == "reported"
    assert STEPS.index("closing underlying") < STEPS.index("non-recurrent efficiency")


def test_organisations_in_another_order_in_the_levels_are_matched_by_name(solve: Recover) -> None:
    ordered = solve(section(), prevention={"Trust": [1.0, 3.0], "ICB": [-2.0, -2.5]})
    turned = solve(section(), prevention={"ICB": [-2.0, -2.5], "Trust": [1.0, 3.0]})
    xr.testing.assert_identical(ordered, turned)


def test_trusts_that_turn_nothing_over_are_refused(tmp_path: Path) -> None:
    """Cash and asks of trusts are shared by their turnover."""
    names = ["Barts Health", "BHRUT", "Homerton", "ELFT", "NELFT"]
    rows = [*[f"{name},trust,0" for name in names], "NEL ICB,icb,1250"]
    file = tmp_path / "organisations.csv"
    file.write_text("\n".join(["organisation,kind,turnover_gbp_m", *rows]), encoding="utf-8")
    with pytest.raises(InputError, match="turnover_gbp_m"):
        load_inputs(nelfin.load_scenario(None, {"data.organisations": str(file)}))


def test_doing_nothing_takes_out_what_every_measure_has_brought(solve: Recover) -> None:
    data = solve(
        section(),
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
