"""The tables of a plan agree with each other, whatever the names in them."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import pytest
from capital_plans import limit_table, no_answer, plan_of, scheme, starts, table

from nelfin.models.capital import CapitalPlan, solve

pytestmark = pytest.mark.unit


# Names


@pytest.mark.parametrize(
    ("first", "second"),
    [("A-1", "A_1"), ("A 1", "A_1"), ("A|1", "A|2"), ("Å", "Ä"), ('"A"', "'A'"), ("1e5", "100000")],
)
def test_any_two_different_ids_may_stand_in_one_table(first: str, second: str) -> None:
    rows = [scheme(first, 6, 9, requires=second), scheme(second, 6, 1), scheme("C", 6, 5)]
    assert set(starts(plan_of(rows, [12]))) == {first, second}
    assert set(starts(plan_of(rows, [10]))) == {"C"}


@pytest.mark.parametrize("name", ["A|B", "A-B", "[A] -> B", "St Bartholomew's, Barts"])
def test_any_name_of_an_organisation_is_given_back_when_its_limit_fails(name: str) -> None:
    rows = [scheme("A", 9, 1, must_fund="yes", organisation=name)]
    text = no_answer(rows, {"": [50], name: [5]})
    assert f"must-fund schemes of {name} need £9.0m in 2025/26, the limit is £5.0m" in text


# The tables agree


def mixed() -> CapitalPlan:
    rows = [
        scheme("A", [3, 5], 9, organisation="Barts"),
        scheme("B", [4, 4, 2], 14, organisation="BHRUT", cdel_share=0.5),
        scheme("C", 20, 12, divisible="yes", organisation="BHRUT"),
        scheme("D", 2, 1, must_fund="yes", organisation="Homerton"),
        scheme("E", 30, 40, organisation="Homerton"),
        scheme("F", 0, 2),
        scheme("G", 7, 3, cdel_share=0, requires="A+1"),
    ]
    limits = {"": [8, 9, 7, 8], "Barts": [4, 6, 6, 6]}
    return plan_of(rows, limits, discount_rate_pct=3.5, price_growth_pct=2.5)


def test_tables_have_the_columns_the_interface_promises() -> None:
    plan = mixed()
    assert plan.plan.columns[:9].tolist() == [
        "project_id",
        "status",
        "start_year",
        "funded_share",
        "spend_gbp_m",
        "cdel_gbp_m",
        "benefit",
        "reduced_cost",
        "reason",
    ]
    assert plan.spend.columns.tolist() == ["project_id", "year", "spend_gbp_m", "cdel_gbp_m"]
    assert plan.limits.columns.tolist() == [
        "year",
        "organisation",
        "limit_gbp_m",
        "used_gbp_m",
        "slack_gbp_m",
        "price_per_gbp_m",
        "status",
    ]
    promised = "status objective bound gap seconds solver variables constraints"
    assert set(promised.split()) <= set(asdict(plan.solve))


def test_every_scheme_has_one_row_in_the_order_of_the_table_and_a_reason() -> None:
    plan = mixed()
    assert plan.plan["project_id"].tolist() == list("ABCDEFG")
    assert plan.plan["reason"].str.endswith(".").all()
    assert set(plan.plan["status"]) == {"funded", "part-funded", "not funded"}


def test_the_plan_adds_up_to_its_objective() -> None:
    plan = mixed()
    assert plan.plan["benefit"].sum() == pytest.approx(plan.solve.objective)


def test_spend_by_year_adds_up_to_spend_by_scheme() -> None:
    plan = mixed()
    for column in ("spend_gbp_m", "cdel_gbp_m"):
        by_scheme = plan.spend.groupby("project_id")[column].sum()
        expected = plan.plan.set_index("project_id")[column]
        assert by_scheme.reindex(expected.index, fill_value=0.0).tolist() == pytest.approx(
            expected.tolist()
        )
    assert not plan.spend.duplicated(["project_id", "year"]).any()


def test_use_of_each_limit_adds_up_from_spend_by_year() -> None:
    plan = mixed()
    owner = plan.plan.set_index("project_id")["organisation"]
    spend = plan.spend.assign(organisation=plan.spend["project_id"].map(owner))
    for row in plan.limits.to_dict("records"):
        mine = spend[spend["year"] == row["year"]]
        if row["organisation"]:
            mine = mine[mine["organisation"] == row["organisation"]]
        assert row["used_gbp_m"] == pytest.approx(mine["cdel_gbp_m"].sum())
        assert row["slack_gbp_m"] == pytest.approx(row["limit_gbp_m"] - row["used_gbp_m"])
        assert row["slack_gbp_m"] >= -1e-6


def test_a_scheme_that_is_not_funded_has_no_year_no_spend_and_no_benefit() -> None:
    plan = mixed()
    left = plan.plan[plan.plan["status"] == "not funded"]
    assert set(left["project_id"]) == {"E"}
    assert left["start_year"].tolist() == [""]
    assert (left[["funded_share", "spend_gbp_m", "cdel_gbp_m", "benefit"]] == 0).all(axis=None)
    assert "E" not in set(plan.spend["project_id"])


def test_the_account_counts_the_starts_offered_to_the_solver() -> None:
    # two starts for the build of three years, four of one year
    plan = plan_of([scheme("A", [1, 1, 1], 1), scheme("B", 1, 1)], [5, 5, 5, 5])
    assert plan.solve.variables == 2 + 4
    assert plan.solve.constraints == 2 + 4  # each once, each limit
    assert plan.solve.seconds >= 0


def test_the_tables_given_are_left_as_they_were() -> None:
    projects = table([scheme("A", [1, 2], 3, must_fund="yes"), scheme("B", 1, 2, requires="A")])
    limits = limit_table([5, 5])
    before = projects.copy(deep=True), limits.copy(deep=True)
    solve(projects, limits, optimism_bias_pct={"plant": 10.0})
    pd.testing.assert_frame_equal(projects, before[0])
    pd.testing.assert_frame_equal(limits, before[1])


def test_repeated_row_labels_do_no_harm() -> None:
    projects = pd.concat([table([scheme("A", 9, 5)]), table([scheme("B", 9, 6)])])
    plan = solve(projects, limit_table([9]), gap_pct=0.0)
    assert starts(plan) == {"B": "2025/26"}


def test_a_scheme_in_part_from_several_starts_has_one_row_a_year() -> None:
    projects = pd.DataFrame({
        "project_id": ["A"], "name": ["A"], "organisation": ["Barts"], "category": ["Backlog"],
        "benefit": [10.0], "spend_1": [4.0], "spend_2": [4.0],
    })  # fmt: skip
    limits = pd.DataFrame({
        "year": ["2025/26", "2026/27", "2027/28"], "limit_gbp_m": [2.0, 4.0, 2.0],
    })  # fmt: skip
    plan = solve(projects, limits, discount_rate_pct=0.0, relax=True)
    # half from each of the first two years: they meet in the second
    assert plan.spend["year"].tolist() == ["2025/26", "2026/27", "2027/28"]
    assert plan.spend["spend_gbp_m"].tolist() == pytest.approx([2.0, 4.0, 2.0])
