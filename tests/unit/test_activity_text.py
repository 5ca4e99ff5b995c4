"""What `nelfin activity` prints and writes: the list, what clears it, beds, gaps and answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs
from nelfin.errors import InputError, NoAnswerError
from nelfin.report.text.activity import activity_text, activity_words
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.activity import activity_of
from nelfin.system.activity_tables import (
    Answers,
    activity_tables,
    answers_of,
    primary_care_table,
)
from nelfin.system.prevention import shift_of

pytestmark = pytest.mark.unit

LEVERS = {
    "activity.extra_pct": 3.0,
    "activity.stay_saved_pct": 31.0,
    "activity.beds_closed_pct": 60.0,
    "activity.beds_filled_pct": 20.0,
    "activity.primary_care_gap_closed_pct": 50.0,
}


@pytest.fixture(scope="module")
def before(scenario: Scenario, inputs: Inputs) -> tuple[xr.Dataset, xr.Dataset]:
    """Place budgets and the shift, which no setting of activity touches."""
    budgets = allocate(scenario, inputs)
    return budgets, shift_of(scenario, inputs, budgets)


def worked_out(
    scenario: Scenario,
    inputs: Inputs,
    before: tuple[xr.Dataset, xr.Dataset],
    clear_by: str | None = None,
) -> tuple[xr.Dataset, Answers]:
    found = activity_of(scenario, inputs, *before)
    return found, answers_of(scenario, inputs, *before, found, clear_by)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def bare(scenario: Scenario) -> Scenario:
    """The scenario with nothing that is the system's own, as a system begins."""
    own = ("waiting_list", "break_even_per_week", "cleared_per_week", "fit_to_leave_pct",
           "appointments_above_pct", "bed_day_gbp")  # fmt: skip
    none = dict.fromkeys(own) | {"stay_medians_pct": {}}
    section = scenario.activity.model_copy(update=none)
    return scenario.model_copy(update={"activity": section})


def test_the_embedded_list_is_held_still_and_cleared_as_the_plan_says(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    found, answers = worked_out(scenario, inputs, before)
    text = activity_text(found, "NEL", answers)
    assert max(map(len, text.splitlines())) <= 79
    words = plain(text)
    assert "Holds the list still 4,438 4,600 4,768" in words
    assert "nobody waits over 18 weeks after 248 weeks, by 1 October 2027" in words
    assert "other places together 75.8 8.2" in words
    assert "London (13 % fewer days) closed" in words
    assert "NOBODY OVER 18 WEEKS" not in words
    tables = answers.tables()
    assert tables["clearing"]["weeks"].iloc[0] == pytest.approx((174_000 - 18 * 4281) / 391)
    assert set(tables) == {"clearing", "one_percent", "shorter_stays"}


def test_what_clears_the_list_by_a_year_does(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    found, answers = worked_out(scenario, inputs, before, "2029/30")
    assert answers.clear_by is not None
    extra = answers.clear_by.extra_pct
    there = activity_of(changed(scenario, {"activity.extra_pct": extra}), inputs, *before)
    left = there["activity_over_18_weeks"].sel(year=["2028/29", "2029/30"])
    assert left[0] > 1000
    assert left[1] == pytest.approx(0.0, abs=0.01)
    moved = there["activity_margin"] - found["activity_margin"]
    table = answers.tables()["clear_by"].set_index(["organisation", "year"])["value"]
    assert table["Homerton", "2030/31"] == pytest.approx(
        float(moved.sel(organisation="Homerton", year="2030/31"))
    )
    words = plain(activity_text(found, "NEL", answers))
    assert f"the end of 2029/30 with {extra:.1f} % more planned care than is funded" in words


@pytest.mark.parametrize("year", ["2024/25", "2050/51", "soon"])
def test_a_year_that_activity_does_not_change_is_refused(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset], year: str
) -> None:
    with pytest.raises(InputError, match=rf"--clear-by {year}: .* 2026/27 to 2032/33"):
        worked_out(scenario, inputs, before, year)


def test_a_list_too_long_to_clear_by_then_has_no_answer(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    section = scenario.activity.model_copy(update={"waiting_list": 2e6})
    case = scenario.model_copy(update={"activity": section})
    with pytest.raises(NoAnswerError, match=r"out ends at 200 %\. Ask for a later year"):
        worked_out(case, inputs, before, "2026/27")


def test_plans_of_single_trusts_stand_and_that_is_said(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    plan = pd.DataFrame({"organisation": ["Barts Health"], "year": ["2026/27"],
                         "extra_pct": [0.0], "status": ["given"], "source": ["Test"]})  # fmt: skip
    found, answers = worked_out(scenario, replace(inputs, activity_plans=plan), before, "2027/28")
    assert "people still wait so long" in plain(activity_text(found, "NEL", answers))


def test_levers_are_told_by_step_use_and_cost(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    found, answers = worked_out(changed(scenario, LEVERS), inputs, before)
    text = activity_text(found, "NEL", answers)
    assert max(map(len, text.splitlines())) <= 79
    words = plain(text)
    for step in ("Planned and urgent activity", "Beds closed", "Primary care gap"):
        assert step in words
    assert "Shorter planned stays 28.0 30.0 92.2 150.2" in words
    assert "They cost £" in words
    told = " ".join(activity_words(found))
    assert "Added to the position of 2032/33: planned and urgent activity (£" in told
    assert (
        "Beds that are freed by 2032/33: 167 closed, 74 filled, 128 stranded; 218 of them" in told
    )


def test_a_list_that_runs_out_is_said(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    case = changed(scenario, {"activity.extra_pct": 40.0})
    words = plain(activity_text(*_named(worked_out(case, inputs, before))))
    assert "From 2027/28 nobody is left to treat" in words


def _named(worked: tuple[xr.Dataset, Answers]) -> tuple[xr.Dataset, str, Answers]:
    return worked[0], "NEL", worked[1]


def test_a_system_without_figures_says_what_is_left_out(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    found, answers = worked_out(bare(scenario), inputs, before)
    text = activity_text(found, "Other", answers)
    assert max(map(len, text.splitlines())) <= 79
    words = plain(text)
    for left_out in ("Planned care and its waiting list are left out", "Money of beds is left out",
                     "Gaps of primary care are left out"):  # fmt: skip
        assert left_out in words
    for table in ("WAITING LIST", "1 % MORE", "SHORTER", "4,281", "174,000"):
        assert table not in words
    assert answers.tables() == {}
    assert activity_words(found)[0].startswith("The waiting list is left out: its figures are not")
    tables = activity_tables(found)
    assert set(tables["activity"]["measure"]) == {"activity_demand_growth"}
    assert tables["activity_by_month"].empty
    assert "activity_funded" not in set(tables["activity_by_organisation"]["measure"])
    with pytest.raises(InputError, match="waiting list is not given"):
        worked_out(bare(scenario), inputs, before, "2029/30")


def test_gaps_without_the_cost_of_an_appointment_have_none(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    section = scenario.activity.model_copy(update={"appointment_gbp": None})
    case = scenario.model_copy(update={"activity": section})
    words = plain(activity_text(*_named(worked_out(case, inputs, before))))
    assert "other places together 75.8 8.2 –" in words
    assert "The cost of gaps of primary care is left out" in words


def test_primary_care_is_told_of_every_place_with_a_figure_and_of_the_rest(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    found, _ = worked_out(changed(scenario, LEVERS), inputs, before)
    table = primary_care_table(found)
    assert set(table["place"]) == {"Havering", "Tower Hamlets", "other places together", ""}
    of = {str(name): rows for name, rows in table.groupby("measure")}
    rates = of["primary_care_appointments"].set_index("place")
    assert rates.loc["Havering", ["year", "value"]].tolist() == ["", 68.01]
    cost = of["primary_care_gap_cost"].groupby("year")["value"].sum()
    spent = of["primary_care_cost"].set_index("year")["value"]
    # half of the gap, from 2028/29 on
    late = ["2028/29", "2032/33"]
    np.testing.assert_allclose(spent[late], 0.5 * cost[late])


def test_each_tidy_table_adds_up_to_its_variable(
    scenario: Scenario, inputs: Inputs, before: tuple[xr.Dataset, xr.Dataset]
) -> None:
    found, _ = worked_out(changed(scenario, LEVERS), inputs, before)
    tables = activity_tables(found)
    assert list(tables) == [
        "activity", "activity_by_month", "activity_by_organisation", "beds_by_use",
        "beds_by_organisation", "primary_care",
    ]  # fmt: skip
    for table in tables.values():
        assert table["unit"].notna().all()
        assert table["value"].notna().all()
    uses = tables["beds_by_use"]
    assert uses["value"].sum() == pytest.approx(float(found["beds_use"].sum()))
