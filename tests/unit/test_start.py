"""What a system starts from: its bodies, their income and positions, savings, limits, schemes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nelfin.data import national
from nelfin.data.footprints import find_system, systems
from nelfin.data.start.bodies import (
    BOARD_CORE_PCT,
    SPLITS,
    TRUSTS_MOST_PCT,
    bodies_of,
    income_of,
    positions_of,
    published_positions,
    savings_of,
)
from nelfin.data.start.folder import new_scenario
from nelfin.data.start.schemes import backlog_schemes, limits_of
from nelfin.data.start.system import FIRST, UNPUBLISHED, start_from_published
from nelfin.errors import InputError
from nelfin.scenario.schema import Data

pytestmark = pytest.mark.unit

CODES = sorted(set(systems()["code"]))


@pytest.mark.parametrize("code", CODES)
def test_bodies_have_no_more_of_a_stream_than_there_is(code: str) -> None:
    system = find_system(code)
    bodies, allocations = bodies_of(system), national.allocations_of(system)
    income = income_of(system, bodies, allocations)
    assert not bodies["organisation"].duplicated().any()
    assert set(income["organisation"]) == set(bodies["organisation"])
    trusts = income[income["organisation"] != system.name]
    money = allocations.set_index(["stream", "year"])
    sums = trusts.groupby("stream")["income_gbp_m"].sum()
    for stream, year, column in (
        ("core", "2024/25", "allocation_gbp_m"), ("specialised", "2025/26", "baseline_gbp_m"),
    ):  # fmt: skip
        most = money.at[(stream, year), column] * TRUSTS_MOST_PCT[stream] / 100
        assert sums[stream] <= most + 0.02  # each row is rounded to £1k
    # all of a trust's income is told, wherever it comes from
    own = trusts.groupby("organisation")["income_gbp_m"].sum()
    known = bodies.set_index("organisation")["income_gbp_m"].dropna()
    assert (own - known[own.index]).abs().max() < 0.005
    assert set(trusts["status"]) == {"illustrative"}


def test_what_trusts_may_have_and_the_board_leave_something_outside() -> None:
    assert BOARD_CORE_PCT + TRUSTS_MOST_PCT["core"] < 100
    assert all(sum(split.values()) == 100 for split in SPLITS.values())


def test_a_plan_without_support_has_no_support_taken_off_again() -> None:
    # £90m of support in 2025/26, and no outturn: the plans of the trusts stand without it
    system = find_system("QOC")
    assert "deficit_support" in set(national.positions_of(system)["measure"])
    table = positions_of(system, bodies_of(system), FIRST)
    assert set(table["measure"]) == {"plan", "underlying"}
    assert (table[table["measure"] == "plan"]["value_gbp_m"] < -5).any()


def test_an_outturn_keeps_the_support_inside_it() -> None:
    system = find_system("QVV")
    table = positions_of(system, bodies_of(system), FIRST)
    whole = table[table["organisation"] == "system"].set_index("measure")["value_gbp_m"]
    assert whole.to_dict() == {"outturn": 13.2, "deficit_support": 27.1}


@pytest.mark.parametrize(
    ("code", "footprint", "own"),
    [
        ("D7T5G", "", set()),  # Mid and South Essex is a part of Essex: its outturn is not Essex's
        ("QH8", "", {"outturn"}),
        ("QRL", "36", {"savings_plan"}),
        ("QRL", "42", {"outturn", "deficit_support"}),
        ("S9B9J", "", {"deficit_support"}),
        ("QF7", "", {"outturn", "deficit_support"}),
    ],
)
def test_positions_are_of_the_whole_system_as_it_was_in_their_year(
    code: str, footprint: str, own: set[str]
) -> None:
    found, left_out = published_positions(find_system(code, footprint), FIRST)
    assert set(found["measure"]) == own
    assert len(found) + len(left_out) == len(national.positions_of(find_system(code, footprint)))


def test_what_of_the_baseline_may_move_is_of_all_parts_of_a_merged_system() -> None:
    def of(code: str) -> pd.Series:
        table = national.allocations_of(find_system(code))
        return table[table["stream"] == "specialised"].iloc[0]

    first, second, merged = of("QMJ"), of("QRV"), of("Z9B2Z")
    both = [first, second]
    expected = sum(row["baseline_gbp_m"] * row["restricted_share"] for row in both)
    expected /= sum(row["baseline_gbp_m"] for row in both)
    assert merged["restricted_share"] == pytest.approx(expected, abs=1e-5)
    assert first["restricted_share"] != second["restricted_share"]


def test_a_body_without_a_plan_is_in_balance_by_assumption_and_others_by_their_plan() -> None:
    system = find_system("QWE")
    table = positions_of(system, bodies_of(system), FIRST)
    plans = table[table["measure"] == "plan"].set_index("organisation")
    assumed = plans[plans["status"] == "assumption"]
    assert system.name in assumed.index
    assert (assumed["value_gbp_m"] == 0).all()
    assert set(plans["status"]) == {"assumption", "derived"}


def test_savings_are_shared_by_allocations_and_add_up_to_englands() -> None:
    total = 0.0
    for code in national.table("allocations")["icb"].unique():
        system = find_system(code, "42")
        row = savings_of(system, positions_of(system, bodies_of(system), FIRST), FIRST).iloc[0]
        told = national.positions_of(system)
        outturn = ((told["body"] == "system") & (told["measure"] == "outturn")).any()
        assert row["delivery_pct"] == (91.1 if outturn else 100.0)
        total += row["full_year_gbp_m"]
    assert total == pytest.approx(11_200, abs=3)


def test_limits_are_a_quarter_a_year_and_schemes_are_of_the_trusts_they_are_for() -> None:
    system = find_system("Z9B2Z")
    bodies = bodies_of(system)
    years = ["2025/26", "2026/27", "2029/30", "2030/31"]
    limits, without = limits_of(system, bodies, years)
    capital = national.capital_of(system).set_index("code")["total_2026_30_gbp_m"]
    codes = bodies.set_index("organisation")["code"]
    for trust, rows in limits.groupby("organisation"):
        # each trust has its own; the indicative one is in real terms
        a_quarter = [capital[codes[trust]] / 4] * 4
        assert rows["limit_gbp_m"].tolist() == pytest.approx(a_quarter, abs=0.001)
        assert rows["figure_status"].tolist() == ["assumption", "derived", "derived", "assumption"]
        assert rows["status"].tolist() == ["firm", "firm", "firm", "indicative"]
        assert rows["price_year"].tolist() == ["", "", "", "2029/30"]
    trusts = set(bodies.loc[bodies["kind"] == "trust", "organisation"])
    assert {*limits["organisation"], *without} == trusts
    schemes, unknown = backlog_schemes(bodies, system, without)
    assert unknown == ["Great Ormond Street Hospital for Children", "The Royal Marsden"]
    assert set(schemes["organisation"]).isdisjoint(without)
    backlog = national.backlog_of(system).set_index("code")
    for trust, rows in schemes.groupby("organisation"):
        spend = rows.filter(regex=r"^spend_").sum().sum()
        bands = backlog.loc[codes[trust], ["high_gbp_m", "significant_gbp_m",
                                           "moderate_gbp_m", "low_gbp_m"]].sum()  # fmt: skip
        assert spend == pytest.approx(bands, abs=0.05)
    assert set(schemes["status"]) == {"illustrative"}


def test_few_people_are_no_place_and_nobody_is_lost(tmp_path: Path) -> None:
    start = start_from_published(find_system("QM7"), tmp_path)
    table = pd.read_csv(tmp_path / "weighted_populations.csv")
    assert "Southend-on-Sea" not in set(table["place"])  # 17 people
    assert "whole system" in set(table["place"])
    there = national.weighted_populations_of(find_system("QM7"), [FIRST])
    for component in ("registered_population", "final_core"):
        own = table[table["component"] == component]["weighted_population"].sum()
        assert own == pytest.approx(there[component].sum(), abs=0.01)
    assert any("Southend-on-Sea" in note for note in start.notes)
    assert any("Redbridge has 1 practice" in note for note in start.notes)


def test_what_is_left_out_is_named_and_may_be_left_out(tmp_path: Path) -> None:
    start = start_from_published(find_system("QWE"), tmp_path)
    for table in UNPUBLISHED:
        assert not Data.model_fields[table].is_required(), table
        assert getattr(start.scenario.data, table) is None
    (told,) = [note for note in start.notes if note.startswith("Left out")]
    assert all(table in told for table in UNPUBLISHED)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="already exists"):
        new_scenario(tmp_path, "QWE")
    with pytest.raises(InputError, match="is no code or name"):
        new_scenario(tmp_path / "new", "Nowhere")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
