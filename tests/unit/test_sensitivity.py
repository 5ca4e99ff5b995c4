"""How far budgets move when one thing changes, against allocating again by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import nelfin
from nelfin.allocations import allocate, sensitivity
from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.report.text.sensitivity import sensitivity_table
from nelfin.scenario import Scenario

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def table(result: nelfin.Result) -> pd.DataFrame:
    return result.table("sensitivity")


def moves(table: pd.DataFrame, case: str, measure: str = "budget_move") -> pd.Series:
    rows = table[(table["case"] == case) & (table["measure"] == measure)]
    return rows.set_index("place")["value"]


def test_moves_of_a_case_add_up_to_nothing(table: pd.DataFrame) -> None:
    for measure in ("budget_move", "target_move"):
        sums = table[table["measure"] == measure].groupby("case")["value"].sum()
        assert sums.abs().max() < 1e-9
    assert (table["note"].fillna("") == "").all()


def test_an_opening_and_a_rule_move_budgets_as_a_scenario_with_them_does(
    table: pd.DataFrame, scenario: Scenario, inputs: Inputs
) -> None:
    def budgets(**settings: str) -> pd.Series:
        keys = {f"allocation.streams.core.{name}": value for name, value in settings.items()}
        data = allocate(nelfin.load_scenario(overrides=keys), inputs)
        return data["budget"].sel(year="2025/26").sum("stream").to_series()

    base = budgets()
    for case, settings in {
        "on-target": {"opening": "on-target"},
        "full": {"rule": "full"},
        "nhse-core-2024-25": {"rule": "nhse-core-2024-25"},
    }.items():
        expected = budgets(**settings) - base
        assert moves(table, case)[expected.index].to_numpy() == pytest.approx(
            expected.to_numpy(), abs=1e-9
        )


def test_a_point_on_a_weight_moves_the_target_by_the_rebuilt_need(
    table: pd.DataFrame, inputs: Inputs
) -> None:
    # the target of 2025/26, from the tables alone: published final x rebuilt with and without
    people = inputs.weighted_populations
    people = people[(people["year"] == "2025/26")]
    cube = people.pivot(index="place", columns="component", values="weighted_population")
    held = cube.loc["whole system"]
    places = inputs.places()
    cube = cube.loc[places] * (1 + held / cube.loc[places].sum())
    rows = inputs.need_weights
    rows = rows[(rows["year"] == "2025/26") & (rows["final"] == "final_core")]
    weights = rows.set_index("component")["weight"]
    local = rows.set_index("component")["area_cost"]
    cost = inputs.area_costs[inputs.area_costs["year"] == "2025/26"]
    cost = cost.set_index("place")["multiplier"].loc[places]

    def rebuilt(weight: pd.Series) -> pd.Series:
        return sum(weight[c] * cube[c] * (cost if local[c] else 1.0) for c in weight.index)  # type: ignore[return-value]

    one = "mental_health"
    moved = weights * (weights.sum() - weights[one] - 0.01) / (weights.sum() - weights[one])
    moved[one] = weights[one] + 0.01
    new = cube["final_core"] * rebuilt(moved) / rebuilt(weights)
    share = new / new.sum() - cube["final_core"] / cube["final_core"].sum()
    expected = 4132.727 * share
    found = moves(table, f"final_core: {one} +1 point", "target_move")
    assert found[places].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-6)


def test_a_case_without_an_answer_says_why(scenario: Scenario, inputs: Inputs) -> None:
    rules = inputs.pace_rules.copy()
    rules.loc[rules["rule"] == "ccg-2018-19", "min_growth_pct"] = 9.0
    from dataclasses import replace

    table = sensitivity(scenario, replace(inputs, pace_rules=rules), "2024/25")
    rows = table[table["case"] == "ccg-2018-19"]
    assert rows["value"].isna().all()
    assert set(table["year"]) == {"2024/25"}
    assert set(table["unit"]) == {"£m"}
    assert rows["note"].str.contains("the least growth of the places needs").all()
    assert "the least growth of the places needs" in sensitivity_table(table, "x", "")


def test_a_year_before_that_of_the_plans_total_is_worked_out(inputs: Inputs) -> None:
    later = {"envelope.plan_year": "2024/25", "envelope.plan_total_gbp_m": 4400.0}
    found = sensitivity(nelfin.load_scenario(overrides=later), inputs, "2023/24")
    assert set(found["year"]) == {"2023/24"}
    assert found["value"].notna().all()


def test_a_year_outside_the_plan_is_refused(scenario: Scenario, inputs: Inputs) -> None:
    with pytest.raises(InputError, match="is not a year of the plan"):
        sensitivity(scenario, inputs, "2050/51")


def test_the_table_fits_80_columns_for_many_places(table: pd.DataFrame) -> None:
    text = sensitivity_table(table, "North East London", "illustrative: x")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "mental health" in text
    many = pd.concat(
        [table.assign(place=table["place"] + suffix) for suffix in ("", " North", " South")]
    )
    text = sensitivity_table(many, "Three times as many", "")
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_total_of_a_later_year_than_the_budgets_moves_nothing(
    table: pd.DataFrame, scenario: Scenario, inputs: Inputs
) -> None:
    """As in `nel-2026`: its total is of 2026/27, and the last published year is 2025/26."""
    later = {"envelope.plan_year": "2026/27", "envelope.plan_total_gbp_m": 7000.0}
    moved = sensitivity(nelfin.load_scenario(overrides=later), inputs)
    pd.testing.assert_frame_equal(moved, table, check_dtype=False)
