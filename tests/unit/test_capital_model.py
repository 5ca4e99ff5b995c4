"""The analyst's door: the PuLP problem of a plan, added to, changed, written and solved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highspy
import pandas as pd
import pulp
import pytest
from capital_plans import limit_table, line, no_answer, plan_of, reasons, scheme, starts, table

from nelfin import program as lp
from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital import CapitalModel, build

pytestmark = pytest.mark.unit

Y1, Y2 = "2025/26", "2026/27"
LIMITS = {"": [14, 9], "Barts Health": [10, 10]}


def schemes() -> list[dict]:
    rows = [
        scheme("A-1", 10, 30),
        scheme("A_1", 5, 20),
        scheme("医院", 3, 3, divisible="yes"),
        scheme("L;1", [4, 4], 9, requires='"A-1"+1;A_1'),
    ]
    return [row | {"organisation": "Barts Health"} for row in rows]


def model_of(rows: list[dict] | None = None, limits: Any = LIMITS, **more: Any) -> CapitalModel:
    settings = {"gap_pct": 0.0, "discount_rate_pct": 0.0} | more
    return build(table(rows or schemes()), limit_table(limits), **settings)


# What is there


def test_variables_stand_by_project_and_year_and_rows_by_name() -> None:
    model = model_of(carry_over_pct=10.0)
    assert isinstance(model.problem, pulp.LpProblem)
    assert model.start.index.tolist() == ["A-1", "A_1", "医院", "L;1"]
    assert model.start.columns.tolist() == [Y1, Y2]
    assert model.start.loc["L;1", Y2] is None
    assert model.share.loc["A-1", Y1] is model.start.loc["A-1", Y1]
    assert model.share.loc["医院", Y1] is not model.start.loc["医院", Y1]
    assert model.start.loc["A-1", Y1].name == "start_A_1_2025_26"
    assert model.start.loc["A_1", Y1].name == "start_A_1_2_2025_26"
    assert model.row("limit", "Barts Health", Y1).name == "limit_Barts_Health_2025_26"
    assert model.row("limit", "", Y2).name == "limit_system_2026_27"
    names = [row.name for row in model.problem.constraints()]
    names += [column.name for column in model.problem.variables()]
    assert len(names) == len(set(names))
    assert all(name.isascii() and name.isidentifier() for name in names)


def test_a_row_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"limit, Barts, 2025/26: is not in the plan\. Did you"):
        model_of().row("limit", "Barts", Y1)


def test_names_of_any_length_and_likeness_are_legal_and_different() -> None:
    long = "x" * 300
    rows = [scheme(f"{long}{n}", 1, 1) for n in range(3)] + [scheme("A.1", 1, 1)]
    names = [column.name for column in model_of(rows, [9]).problem.variables()]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 100


def test_what_comes_back_is_what_went_out() -> None:
    money = limit_table({"": [9, 9]}).assign(money=["", "PDC"], year=Y1)
    rows = [scheme("A", [4, -1], 5, group="G", use_staff_1=2), scheme("B", 3, -2, money="PDC")]
    resources = pd.DataFrame(
        {"resource": ["staff"], "unit": ["wte"], "year": [Y1], "organisation": [""], "limit": [2]}
    )
    bounds = pd.DataFrame({"group": ["G"], "at_least": [0], "at_most": [1]})
    for model in (
        model_of(carry_over_pct=10.0),
        build(table(rows), money, resources=resources, groups=bounds, truncate=True),
    ):
        assert lp.program_of(model._built) == model._case.program


# Rows and objectives of one's own


def test_an_own_row_that_keeps_a_scheme_out_is_named() -> None:
    model = model_of()
    model.problem += (
        model.start.loc["A_1"].sum() + model.start.loc["A-1"].sum() <= 1,
        "north_or_south",
    )
    plan = model.solve()
    assert starts(plan) == {"A-1": Y1, "医院": Y1} or line(plan, "A-1")["status"] == "funded"
    assert reasons(plan)["A_1"] == "Would break the row north_or_south."
    # the row has a price, which is taken off what the scheme is worth
    assert line(plan, "A_1")["reduced_cost"] < 1e-6
    assert line(model_of().solve(), "A_1")["reduced_cost"] > 1


def test_an_own_row_that_a_scheme_is_in_for_is_named_and_so_is_one_that_cannot_hold() -> None:
    rows = [scheme("A", 5, 9), scheme("B", 5, -2)]
    model = model_of(rows, [10])
    model.problem += model.start.loc["B", Y1] >= 1, "promised"
    plan = model.solve()
    assert set(starts(plan)) == {"A", "B"}
    assert reasons(plan)["B"].startswith("Funded to keep the row promised.")
    model.problem += model.start[Y1].sum() >= 3, "three"
    with pytest.raises(NoAnswerError, match=r"the row three: 1 short\. Ease what is named"):
        model.solve()


def test_an_own_objective_is_told_with_its_constant_and_by_scheme() -> None:
    rows = [scheme("A", 6, 9), scheme("B", 6, 1), scheme("C", 4, 1, divisible="yes")]
    model = model_of(rows, [8])
    worth = 2 * model.start.loc["A", Y1] + 3 * model.start.loc["B", Y1]
    worth += 8 * model.share.loc["C", Y1] - 1 * model.start.loc["C", Y1]
    model.problem.setObjective(worth - 100)
    plan = model.solve()
    assert starts(plan) == {"C": Y1} or starts(plan) == {"B": Y1, "C": Y1}
    assert plan.plan["benefit"].sum() - 100 == pytest.approx(plan.solve.objective)
    assert plan.solve.objective == pytest.approx(max(8 - 1, 3 + 8 * 0.5 - 1) - 100)
    assert plan.solve.gap == pytest.approx(0, abs=1e-9)
    assert plan.solve.bound == pytest.approx(plan.solve.objective)


def test_own_variables_add_to_limits_and_to_the_objective() -> None:
    model = model_of([scheme("A", 12, 30)], [9])
    loan = model.problem.add_variable("loan", -5, 4)
    model.row("limit", "", Y1).addInPlace(-1 * loan)
    model.problem.setObjective(model.problem.objective - 2 * loan)
    plan = model.solve()
    assert starts(plan) == {"A": Y1}
    assert plan.solve.objective == pytest.approx(30 - 2 * 3)
    assert plan.limits.loc[0, ["limit_gbp_m", "used_gbp_m"]].tolist() == pytest.approx([12, 12])
    loan.upBound = 2
    repaid = model.solve()
    assert starts(repaid) == {}
    assert repaid.solve.objective == pytest.approx(10)
    assert repaid.limits.loc[0, "limit_gbp_m"] == pytest.approx(4)


def test_a_limit_may_be_moved_or_taken_away() -> None:
    model = model_of([scheme("A", 12, 30)], [9])
    model.row("limit", "", Y1).changeRHS(12)
    plan = model.solve()
    assert plan.limits.loc[0, ["limit_gbp_m", "slack_gbp_m"]].tolist() == pytest.approx([12, 0])
    with pytest.warns(
        DeprecationWarning, match="constraints as a dict"
    ):  # PuLP has no other way as yet
        del model.problem.constraints["limit_system_2025_26"]
    assert starts(model.solve()) == {"A": Y1}


def test_starts_fixed_by_hand_are_told_so() -> None:
    model = model_of([scheme("A", 5, 9), scheme("B", 5, 8), scheme("C", 5, 7)], [10])
    model.start.loc["A", Y1].upBound = 0
    model.start.loc["C", Y1].lowBound = 1
    said = reasons(model.solve())
    assert said["A"] == "Kept out by hand: none of its starts is left."
    assert said["C"] == "Its start is fixed by hand."


# What is refused


def test_a_problem_that_is_no_longer_one_of_schemes_and_limits_is_refused() -> None:
    model = model_of()
    model.problem.sense = pulp.LpMinimize
    with pytest.raises(InputError, match="has an objective to be made small"):
        model.solve()
    model = model_of()
    model.row("limit", "", Y1).addInPlace(2 * model.start.loc["A-1", Y1])
    with pytest.raises(InputError, match="row limit_system_2025_26: counts schemes by other"):
        model.solve()
    model = model_of()
    with pytest.warns(DeprecationWarning, match="constraints as a dict"):
        del model.problem.constraints["once_A_1"]
    with pytest.raises(InputError, match="row once_A_1: is gone"):
        model.solve()


def test_an_objective_without_end_is_told() -> None:
    model = model_of()
    free = model.problem.add_variable("free", 0)
    model.problem.setObjective(model.problem.objective + free)
    with pytest.raises(NoAnswerError, match="The objective has no end"):
        model.solve()


def test_no_plan_is_told_as_without_the_door() -> None:
    rows = [scheme("A", 10, 30, must_fund="yes")]
    with pytest.raises(NoAnswerError) as caught:
        model_of(rows, [9]).solve()
    assert str(caught.value) == no_answer(rows, [9])


# Files


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_a_file_holds_the_same_problem(tmp_path: Path, ending: str) -> None:
    model = model_of()
    model.problem += model.start[Y2].sum() <= 1, "one_in_the_second_year"
    model.problem.setObjective(model.problem.objective + 7)
    model.write(tmp_path / f"plan.{ending}")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(tmp_path / f"plan.{ending}"))
    highs.run()
    found = highs.getInfo().objective_function_value
    assert found == pytest.approx(model.solve().solve.objective)
    assert found > plan_of(schemes(), LIMITS).solve.objective


def test_a_file_of_another_kind_or_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in neither \.mps nor \.lp"):
        model_of().write(tmp_path / "plan.txt")
    with pytest.raises(InputError, match="cannot be written"):
        model_of().write(tmp_path / "none" / "plan.mps")
