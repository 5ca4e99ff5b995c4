"""Published allocations come out of their baseline, growth and target by the pace rules."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from published_figures import Reference, published, read_reference

from nelfin.allocations import converge
from nelfin.allocations.rules import packaged_rules
from nelfin.data import Inputs

pytestmark = pytest.mark.golden


@pytest.fixture
def reference(shared_data: Path) -> Reference:
    return read_reference(shared_data)


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
