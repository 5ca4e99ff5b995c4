"""Printed and published figures come out again through the library's own functions."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nelfin.allocations import converge
from nelfin.allocations.pace import packaged_rules
from nelfin.data import Inputs
from nelfin.models.prevention import avoided_cost, shift
from nelfin.models.programmes import programme_table
from nelfin.result import Result
from nelfin.scenario.schema import Prevention
from nelfin.years import label_of

pytestmark = pytest.mark.golden

POUND = 1e-6
"""£1 in £m."""

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


# Pace of change: published rows of North East London.


def published(row: tuple[str, str], inputs: Inputs) -> pd.Series:
    frame = inputs.allocations.set_index(["stream", "year"])
    return frame.loc[row]


@pytest.mark.parametrize(
    ("row", "rule", "within"),
    [
        # the printed growth and convergence give the printed allocation, in £ thousand
        (("core", "2023/24"), "nhse-core-2023-24", 0.0005),
        # the rule fits the published convergence of 2024/25 within 0.005 points, of £3.66bn
        (("core", "2024/25"), "nhse-core-2024-25", 0.00005 * 3700),
    ],
)
def test_the_packaged_core_rows_come_out_of_their_own_baseline_growth_and_target(
    inputs: Inputs, row: tuple[str, str], rule: str, within: float
) -> None:
    line = published(row, inputs)
    found = converge(line["baseline_gbp_m"], line["growth"], line["opening_target_gbp_m"], rule)
    assert float(found.allocation) == pytest.approx(line["allocation_gbp_m"], abs=within)
    assert float(found.convergence) == pytest.approx(line["convergence"], abs=5e-5)


def test_core_2023_24_as_printed() -> None:
    found = converge([3406.875], [0.0542212], [3345.069], "nhse-core-2023-24")
    assert float(found.convergence[0]) == pytest.approx(-0.0071, abs=1e-15)
    # seven printed digits of the baseline and of growth leave a few hundred pounds
    assert float(found.allocation[0]) == pytest.approx(3566.099, abs=0.001)


@pytest.fixture
def reference(shared_data: Path) -> dict[tuple[str, str, str], float]:
    """Published figures of North East London by stream, year and item; money in £ thousand."""
    with (shared_data / "nel_published_allocations.csv").open(encoding="utf-8") as file:
        return {
            (row["stream"], row["year"], row["item"]): float(row["value"])
            for row in csv.DictReader(file)
        }


Reference = dict[tuple[str, str, str], float]


def test_core_2025_26_comes_out_of_its_in_year_target(reference: Reference) -> None:
    year = ("core", "2025/26")
    allocation = reference[*year, "recurrent_allocation_gbp_k"]
    # the in-year target stands only in the published closing distance from it
    target = allocation / (1 + reference[*year, "closing_dft"])
    found = converge(
        reference[*year, "baseline_gbp_k"],
        reference[*year, "base_growth"],
        target,
        "nhse-core-2025-26",
    )
    assert float(found.convergence) == pytest.approx(reference[*year, "convergence"], abs=5e-8)
    assert float(found.allocation) == pytest.approx(allocation, abs=0.6)
    assert float(found.closing_dft) == pytest.approx(reference[*year, "closing_dft"], abs=2e-7)


def test_core_2023_24_and_2024_25_close_where_published(reference: Reference) -> None:
    for year, rule, within in (
        ("2023/24", "nhse-core-2023-24", 1e-7),
        ("2024/25", "nhse-core-2024-25", 5e-5),
    ):
        baseline = reference["core", year, "baseline_gbp_k"]
        found = converge(
            baseline,
            reference["core", year, "base_growth"],
            reference["core", year, "opening_target_gbp_k"],
            rule,
        )
        assert float(found.dft) == pytest.approx(reference["core", year, "opening_dft"], abs=1e-12)
        assert float(found.closing_dft) == pytest.approx(
            reference["core", year, "closing_dft"], abs=within
        )


def test_primary_medical_2023_24_comes_out_of_its_opening_distance(reference: Reference) -> None:
    year = ("primary_medical", "2023/24")
    baseline = reference[*year, "baseline_gbp_k"]
    found = converge(
        baseline,
        reference[*year, "base_growth"],
        baseline / (1 + reference[*year, "opening_dft"]),
        "nhse-pmc-2023-24",
    )
    assert float(found.convergence) == pytest.approx(reference[*year, "convergence"], abs=1e-12)
    assert float(found.allocation) == pytest.approx(
        reference[*year, "recurrent_allocation_gbp_k"], abs=0.5
    )
    assert float(found.closing_dft) == pytest.approx(reference[*year, "closing_dft"], abs=1e-6)


def test_primary_medical_2024_25_goes_on_from_the_close_of_2023_24(reference: Reference) -> None:
    """No baseline is published for 2024/25: last year's allocation and distance stand in."""
    before, year = ("primary_medical", "2023/24"), ("primary_medical", "2024/25")
    baseline = reference[*before, "recurrent_allocation_gbp_k"]
    found = converge(
        baseline,
        reference[*year, "base_growth"],
        baseline / (1 + reference[*before, "closing_dft"]),
        "nhse-pmc-2024-25",
    )
    assert float(found.convergence) == pytest.approx(reference[*year, "convergence"], abs=1e-12)
    assert float(found.allocation) == pytest.approx(
        reference[*year, "recurrent_allocation_gbp_k"], abs=0.5
    )
    # the distance moves a little with the new year's need
    assert float(found.closing_dft) == pytest.approx(reference[*year, "closing_dft"], abs=2e-6)


@pytest.mark.parametrize(
    ("stream", "year"),
    [
        ("core", "2023/24"),
        ("core", "2024/25"),
        ("core", "2025/26"),
        ("primary_medical", "2023/24"),
        ("primary_medical", "2025/26"),
        ("specialised", "2025/26"),
    ],
)
def test_a_packaged_row_is_its_baseline_grown_and_converged(
    inputs: Inputs, stream: str, year: str
) -> None:
    """The rows whose in-year target is not published can be checked this far."""
    line = published((stream, year), inputs)
    product = line["baseline_gbp_m"] * (1 + line["growth"]) * (1 + line["convergence"])
    assert product == pytest.approx(line["allocation_gbp_m"], abs=0.0006)


def test_the_packaged_allocations_are_the_published_ones(
    inputs: Inputs, reference: Reference
) -> None:
    items = {
        "allocation_gbp_m": ("recurrent_allocation_gbp_k", 1000.0),
        "baseline_gbp_m": ("baseline_gbp_k", 1000.0),
        "opening_target_gbp_m": ("opening_target_gbp_k", 1000.0),
        "growth": ("base_growth", 1.0),
        "convergence": ("convergence", 1.0),
    }
    checked = 0
    for line in inputs.allocations.to_dict("records"):
        for column, (item, per) in items.items():
            key = (line["stream"], line["year"], item)
            if not pd.isna(line[column]) and key in reference:
                assert line[column] == pytest.approx(reference[key] / per, abs=1e-9), key
                checked += 1
    allocations = [key for key in reference if key[2] == "recurrent_allocation_gbp_k"]
    # every published allocation but that of 2022/23, which is the baseline of 2023/24
    assert checked >= len(allocations) - 1
    other = published(("other_primary_care", "2023/24"), inputs)["baseline_gbp_m"]
    before = reference["other_primary_care", "2022/23", "recurrent_allocation_gbp_k"]
    assert other == pytest.approx(before / 1000, abs=1e-7)
    held = set(zip(inputs.allocations["stream"], inputs.allocations["year"], strict=True))
    assert {key[:2] for key in allocations} - held == {("other_primary_care", "2022/23")}


def test_the_packaged_pace_rules_are_the_decoded_ones(shared_data: Path) -> None:
    rules = packaged_rules()
    with (shared_data / "convergence_rules.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["stream"] != "CCG core"]
    short = {"core": "core", "primary medical": "pmc", "specialised": "specialised"}
    seen: dict[str, set[str]] = {}
    for row in rows:
        name = f"nhse-{short[row['stream']]}-{row['year'].replace('/', '-')}"
        value = float(row["value"])
        expected = {
            ("over", "cap_pp"): {"over_cap": value / 100},
            ("under", "cap_pp"): {"under_cap": value / 100},
            ("under", "slope"): {"under_slope": value},
            ("both", "slope"): {"under_slope": value},
            ("both", "cap_pp"): {"over_cap": value / 100, "under_cap": value / 100},
        }[row["side_of_target"], row["parameter"]]
        for parameter, figure in expected.items():
            assert getattr(rules[name], parameter) == pytest.approx(figure, rel=1e-14), name
            seen.setdefault(name, set()).add(parameter)
    assert set(seen) == {name for name in rules if name.startswith("nhse-")}
    assert all(
        parameters == {"over_cap", "under_slope", "under_cap"} for parameters in seen.values()
    )
    forms = {
        "2023-24": "capped",
        "2024-25": "capped_to_target",
        "2025-26": "clipped",
    }
    for name in seen:
        assert rules[name].form == forms[name[-7:]], name


def test_the_packaged_weighted_populations_are_the_published_ones(
    inputs: Inputs, shared_data: Path
) -> None:
    with (shared_data / "nel_place_weighted_populations.csv").open(encoding="utf-8") as file:
        expected = {
            (
                row["year"],
                "whole system" if "Special Allocation" in row["place"] else row["place"],
                row["component"],
            ): float(row["weighted_population"])
            for row in csv.DictReader(file)
            if row["place"] not in {"England", "NEL ICB"}
        }
    frame = inputs.weighted_populations
    keys = zip(frame["year"], frame["place"], frame["component"], strict=True)
    packaged = dict(zip(keys, frame["weighted_population"], strict=True))
    assert len(expected) == 240
    assert packaged == expected


def test_places_and_the_scheme_without_a_place_make_the_whole_icb(
    inputs: Inputs, shared_data: Path
) -> None:
    totals = inputs.weighted_populations.groupby(["year", "component"])["weighted_population"].sum()
    with (shared_data / "nel_place_weighted_populations.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["place"] == "NEL ICB"]
    assert len(rows) == 30
    for row in rows:
        found = totals[row["year"], row["component"]]
        assert found == pytest.approx(float(row["weighted_population"]), abs=0.01)


def test_the_packaged_openings_are_those_of_the_seven_former_ccgs(
    inputs: Inputs, shared_data: Path
) -> None:
    with (shared_data / "nel_ccg_core_2018_19.csv").open(encoding="utf-8") as file:
        ccgs = {row["place"]: row for row in csv.DictReader(file)}
    assert len(ccgs) == 7
    columns = {
        "cash-share-2018-19": ("final_allocation_k", 1000.0),
        "dft-2018-19": ("closing_dft_pct", 1.0),
        "dft-2019-20-round": ("dft_pct_on_2019_20_round_target_derived", 1.0),
    }
    for name, (column, per) in columns.items():
        frame = inputs.openings[inputs.openings["opening"] == name].set_index("place")["value"]
        expected = {place: float(row[column]) / per for place, row in ccgs.items()}
        assert frame.to_dict() == pytest.approx(expected, abs=1e-12), name


CORE_SHARES = {
    "Barking and Dagenham": 10.44,
    "City and Hackney": 15.13,
    "Havering": 13.12,
    "Newham": 18.51,
    "Redbridge": 13.95,
    "Tower Hamlets": 14.87,
    "Waltham Forest": 13.96,
}
"""Printed core target shares of 2025/26, %."""


def test_the_printed_target_shares_are_shares_of_the_whole_icb(inputs: Inputs) -> None:
    """They keep the special allocation scheme, which no place holds, in the total."""
    frame = inputs.weighted_populations
    core = frame[(frame["year"] == "2025/26") & (frame["component"] == "final_core")]
    people = core.set_index("place")["weighted_population"]
    share = (100 * people / people.sum()).drop("whole system")
    assert {place: round(value, 2) for place, value in share.items()} == CORE_SHARES
    assert share.sum() < 99.995


def test_the_models_target_shares_are_near_the_printed_ones(result: Result) -> None:
    """The scheme is spread over the places, so that the model's shares add up to 100."""
    core = result.data.sel(stream="core", year="2025/26")
    share = 100 * core["target"] / core["envelope"]
    assert float(share.sum()) == pytest.approx(100.0, abs=1e-10)
    for place, printed in CORE_SHARES.items():
        assert float(share.sel(place=place)) == pytest.approx(printed, abs=0.01), place


# The embedded scenario.


def test_place_budgets_add_up_to_the_envelope_within_a_pound(result: Result) -> None:
    data = result.data
    total = data["budget"].sum("place") + data["system_held"]
    envelope = data["envelope"].transpose(*total.dims)
    assert float(np.abs(total - envelope).max()) <= POUND
    for stream in ("core", "primary_medical", "other_primary_care", "specialised"):
        shared = data["budget"].sel(stream=stream).sum("place")
        assert float(np.abs(shared - data["envelope"].sel(stream=stream)).max()) <= POUND
        assert (data["system_held"].sel(stream=stream) == 0.0).all()


def test_the_base_year_reconciles_to_the_plan(result: Result) -> None:
    base = result.data["envelope"].sel(year="2023/24")
    lines = {
        "core": 3566.099,
        "primary_medical": 392.894,
        "other_primary_care": 215.905,
        "running_cost": 39.740,
        "specialised": 0.0,
        "other": 3.362,
    }
    found = {str(name): round(float(base.sel(stream=name)), 3) for name in base["stream"].values}
    assert found == lines
    assert round(float(base.sum()), 3) == 4218.0
    assert float(base.sum()) == pytest.approx(4218.0, abs=1e-9)
    published = float(base.drop_sel(stream="other").sum())
    assert round(published, 3) == 4214.638


def test_specialised_joins_in_2025_26(result: Result) -> None:
    envelope = result.data["envelope"].sel(stream="specialised")
    assert envelope.values[:3] == pytest.approx([0.0, 0.0, 806.280], abs=1e-9)


def test_the_embedded_recovery_opens_and_reports_as_published(result: Result) -> None:
    bridge = result.data["recovery_bridge"].sum("organisation")
    opening = bridge.sel(year="2023/24", step="opening underlying")
    assert float(opening) == pytest.approx(-100.0, abs=1e-9)
    reported = result.data["system_reported"]
    assert float(reported.sel(year="2023/24")) == pytest.approx(-31.0, abs=1e-9)
    assert float(reported.sel(year="2024/25")) == pytest.approx(-35.0, abs=1e-9)


def test_the_embedded_asks_deliver_as_published(result: Result) -> None:
    bridge = result.data["recovery_bridge"]
    saved = bridge.sel(step=["recurrent efficiency", "non-recurrent efficiency"]).sum("step")
    system = saved.sum("organisation")
    assert float(system.sel(year="2024/25")) == pytest.approx(289.0, abs=1e-9)
    # an ask of 37.8 and 329.9, of which 83 % is delivered
    year = saved.sel(year="2025/26")
    assert float(year.sum()) == pytest.approx(367.7 * 0.83, abs=1e-9)
    assert float(year.sel(organisation="NEL ICB")) == pytest.approx(37.8 * 0.83, abs=1e-9)


def test_registered_people_grow_as_the_plan_says_after_the_published_years(result: Result) -> None:
    people = result.data["population"].sum("place")
    rise = people.diff("year")
    # 100,000 over the five years to 2028/29 and 303,365 by 2040/41
    for year in ("2026/27", "2027/28", "2028/29"):
        assert float(rise.sel(year=year)) == pytest.approx(20_000, abs=1e-6)
    for year in ("2029/30", "2032/33"):
        assert float(rise.sel(year=year)) == pytest.approx(203_365 / 12, abs=1e-6)


@pytest.mark.parametrize(
    ("place", "share"),
    [("Barking and Dagenham", 0.27), ("Newham", 0.263), ("Tower Hamlets", 0.203)],
)
def test_a_place_takes_the_plans_share_of_growth(result: Result, place: str, share: float) -> None:
    people = result.data["population"]
    rise = people.sel(year="2028/29") - people.sel(year="2025/26")
    assert float(rise.sel(place=place)) == pytest.approx(60_000 * share, abs=1e-6)


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


def test_final_primary_medical_is_85_parts_need_and_15_parts_inequalities(inputs: Inputs) -> None:
    wide = inputs.weighted_populations.pivot(
        index=["year", "place"], columns="component", values="weighted_population"
    )
    assert len(wide) == 24
    mixed = 0.85 * wide["primary_medical_need"] + 0.15 * wide["health_inequalities"]
    np.testing.assert_allclose(mixed, wide["final_primary_medical"], rtol=0, atol=0.002)


def test_the_rule_of_2018_19_returns_the_least_growth_of_the_seven_ccgs(shared_data: Path) -> None:
    """Growth of people and the baseline are worked back from what is printed to 0.01 %."""
    frame = pd.read_csv(shared_data / "nel_ccg_core_2018_19.csv")
    growth, a_head = frame["final_growth_pct"] / 100, frame["per_capita_growth_pct"] / 100
    baseline = frame["final_allocation_k"] / (1 + growth)
    people = (1 + growth) / (1 + a_head) - 1
    found = converge(
        baseline, 0.0224, frame["target_derived_k"], "ccg-2018-19", population_growth=people
    )
    # two roundings of 0.005 points each, and one more in the printed result
    assert (found.allocation / baseline - 1).to_numpy() == pytest.approx(
        frame["min_growth_pct"].to_numpy() / 100, abs=0.00015
    )
    over = frame["closing_dft_pct"] > 0
    assert found.allocation[over] == pytest.approx(
        frame.loc[over, "final_allocation_k"].to_numpy(), rel=1.5e-4
    )


def test_the_grants_are_the_published_ones(inputs: Inputs, shared_data: Path) -> None:
    frame = pd.read_csv(shared_data / "public_health_grant_2014_15.csv")
    council = frame["local_authority"].replace(
        {"City of London": "City and Hackney", "Hackney": "City and Hackney"}
    )
    expected = frame["public_health_grant_gbp_k"].groupby(council).sum() / 1000
    packaged = inputs.public_health_grants.set_index("place")["grant_gbp_m"]
    assert packaged.to_dict() == pytest.approx(expected.to_dict())
