"""Stress tests of plans, and plans of many systems, on cases worked out by hand."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest
from capital_plans import scheme

from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital import Settings, solve, solve_systems
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.stress import (
    budget_curve,
    core_index,
    frontier,
    inflation,
    overrun,
    priority_list,
    reached,
    robust,
    upper_frontier,
)
from nelfin.years import label_of

pytestmark = pytest.mark.unit


def limits_of(limits: Sequence[float], status: str = "firm") -> pd.DataFrame:
    years = [label_of(2025 + t) for t in range(len(limits))]
    return pd.DataFrame({"year": years, "limit_gbp_m": np.array(limits, float), "status": status})


def case(rows: Sequence[dict], limits: Sequence[float], **settings: Any) -> Case:
    given = {"gap_pct": 0.0, "discount_rate_pct": 0.0} | settings
    return case_of(check_capital(pd.DataFrame(rows), limits_of(limits), Settings(**given)))


def test_the_frontier_runs_from_most_benefit_to_most_of_the_second() -> None:
    rows = [
        scheme("A", 5, 10.0, backlog_high_gbp_m=0.0),
        scheme("B", 5, 8.0, backlog_high_gbp_m=3.0),
        scheme("C", 5, 5.0, backlog_high_gbp_m=4.0, backlog_significant_gbp_m=2.0),
    ]
    found = frontier(case(rows, [10]), "backlog", points=3)
    # A and B; A and C; B and C
    assert found["benefit"].tolist() == pytest.approx([18.0, 15.0, 13.0])
    assert found["second_gbp_m"].tolist() == pytest.approx([3.0, 6.0, 9.0])
    assert found["benefit_given_up"].tolist() == pytest.approx([0.0, 3.0, 5.0])
    assert (found["gap"] <= 1e-9).all()
    assert found.columns.tolist() == [
        "point", "benefit", "benefit_given_up", "second_gbp_m", "schemes", "gap"
    ]  # fmt: skip
    assert found["point"].tolist() == [1, 2, 3]
    assert found["schemes"].tolist() == [2, 2, 2]


SEVERAL = [
    scheme("A", 5, 10.0, backlog_high_gbp_m=0.0),
    scheme("B", 6, 8.0, backlog_high_gbp_m=3.0),
    scheme("C", 4, 5.0, backlog_high_gbp_m=4.0, backlog_significant_gbp_m=2.0),
    scheme("D", 3, 2.0, backlog_high_gbp_m=5.0),
]


def test_the_upper_frontier_ends_where_each_aim_alone_is_best() -> None:
    found = upper_frontier(case(SEVERAL, [10]), "backlog", points=5)
    # by benefit a pound A, B, C, D: A and five sixths of B; by backlog a pound D, C, B: 3 of 6
    assert found["benefit"].iloc[0] == pytest.approx(10 + 8 * 5 / 6)
    assert found["second_gbp_m"].iloc[0] == pytest.approx(3 * 5 / 6)
    assert found["second_gbp_m"].iloc[-1] == pytest.approx(5 + 6 + 3 * 3 / 6)
    assert found["benefit"].iloc[-1] == pytest.approx(2 + 5 + 8 * 3 / 6, abs=1e-5)
    assert found["point"].tolist() == [1, 2, 3, 4, 5]
    assert (np.diff(found["benefit"]) < 0).all()
    steps = np.diff(found["second_gbp_m"])
    np.testing.assert_allclose(steps, steps[0])


def test_no_point_of_the_whole_frontier_is_above_the_upper_one() -> None:
    both = case(SEVERAL, [10])
    whole, upper = frontier(both, "backlog", points=6), upper_frontier(both, "backlog", points=200)
    assert whole["benefit"].nunique() > 2
    for row in whole.itertuples():
        # the more is asked the less is left: the bound at a level asked before holds here too
        before = upper[upper["second_gbp_m"] <= row.second_gbp_m]
        bound = before["benefit"].iloc[-1] if len(before) else upper["benefit"].iloc[0]
        assert row.benefit <= bound + 1e-9


def test_a_plan_reaches_what_its_starts_add_up_to() -> None:
    rows = [
        scheme("A", 5, 10.0, place="Havering"),
        scheme("B", [4, 4], 8.0, place="Newham", backlog_high_gbp_m=3.0),
    ]
    here = case(rows, [5, 5], deprived_share={"Havering": 0.1, "Newham": 0.4}, truncate=True)
    plan = pd.DataFrame({
        "project_id": ["A", "B"], "start_year": [label_of(2025), label_of(2026)],
        "funded_share": [1.0, 0.5],
    })  # fmt: skip
    # of B one year of two is inside the plan, and half of that is funded
    assert reached(here, plan, "deprived") == pytest.approx(5 * 0.1 + 4 * 0.5 * 0.4)
    assert reached(here, plan, "backlog") == pytest.approx(3 * 0.5 * 0.5)
    assert upper_frontier(case(rows[:1], [5]), "backlog").empty


def test_backlog_counts_on_the_frontier_as_far_as_the_plan_pays_for_the_work() -> None:
    rows = [
        scheme("A", 5, 10.0, backlog_high_gbp_m=3.0),
        scheme("B", [5, 15], 10.0, backlog_high_gbp_m=8.0),
    ]
    found = frontier(case(rows, [5], truncate=True), "backlog", points=2)
    # a quarter of B is paid for by the end: 2 of its 8, less than the 3 of A
    assert found["second_gbp_m"].tolist() == pytest.approx([3.0, 3.0])


def test_reach_is_spend_times_the_share_of_deprived_people() -> None:
    rows = [scheme("A", 5, 10.0, place="Havering"), scheme("B", 5, 8.0, place="Newham")]
    shares = {"Havering": 0.1, "Newham": 0.4}
    found = frontier(case(rows, [5], deprived_share=shares), "deprived", points=2)
    assert found["second_gbp_m"].tolist() == pytest.approx([0.5, 2.0])
    with pytest.raises(InputError, match="no scheme adds to deprived"):
        frontier(case(rows, [5]), "deprived")


def test_what_the_floor_promises_stays_funded_at_every_budget() -> None:
    # at 8: A alone (9 for 8). At 10: B and C would give 10, but A is promised. At 18: all but one.
    rows = [scheme("A", 8, 9.0), scheme("B", 5, 5.0), scheme("C", 5, 5.0)]
    budgets = {"floor": 0.8, "today": 1.0, "more": 1.8}
    table, regret = priority_list(case(rows, [10]), budgets)
    assert table["project_id"].tolist() == ["A", "B", "C"]
    assert table["tier"].tolist() == ["floor", "more", "more"]
    assert regret["benefit"].tolist() == pytest.approx([9.0, 9.0, 19.0])
    assert regret["best"].tolist() == pytest.approx([9.0, 10.0, 19.0])
    assert regret["regret_pct"].tolist() == pytest.approx([0.0, 10.0, 0.0])
    assert regret.columns.tolist() == [
        "budget", "share_of_limit", "benefit", "best", "regret_pct", "gap", "weight", "list_gap"
    ]  # fmt: skip
    assert regret["list_gap"].tolist() == pytest.approx([0.0] * 3)


def test_only_indicative_limits_move_where_some_are_firm() -> None:
    rows = [scheme("A", 5, 5.0, latest_start="2025/26"), scheme("B", 5, 5.0)]
    frame = limits_of([5, 5]).assign(status=["firm", "indicative"])
    mixed = case_of(
        check_capital(pd.DataFrame(rows), frame, Settings(gap_pct=0.0, discount_rate_pct=0.0))
    )
    _, regret = priority_list(mixed, {"half": 0.5, "today": 1.0})
    assert regret["benefit"].tolist() == pytest.approx([5.0, 10.0])
    _, regret = priority_list(case(rows, [5, 5]), {"half": 0.5, "today": 1.0})
    assert regret["benefit"].tolist() == pytest.approx([0.0, 10.0])


def test_a_prerequisite_comes_before_what_needs_it() -> None:
    rows = [scheme("A", 2, 9.0, requires="B"), scheme("B", 5, 1.0)]
    table, _ = priority_list(case(rows, [7]), {"today": 1.0})
    assert table["project_id"].tolist() == ["B", "A"]
    assert table["rank"].tolist() == [1, 2]


def test_the_core_is_in_every_plan_and_the_same_for_a_seed() -> None:
    rows = [scheme("A", 5, 30.0), scheme("B", 5, 10.0), scheme("C", 5, 10.0), scheme("D", 5, 1.0)]
    first = core_index(case(rows, [10]), draws=20, cost_pct=0.0, seed=3)
    index = first.set_index("project_id")
    assert index.at["A", "verdict"] == "core"
    assert index.at["D", "verdict"] == "exterior"
    assert index.loc[["B", "C"], "verdict"].tolist() == ["borderline"] * 2
    assert index.loc[["B", "C"], "core_index"].sum() == pytest.approx(1.0)
    assert first.equals(core_index(case(rows, [10]), draws=20, cost_pct=0.0, seed=3))


def test_costs_that_rise_leave_less_and_a_safe_plan_bears_them() -> None:
    rows = [scheme(name, 4, benefit) for name, benefit in zip("ABC", (9.0, 8.0, 7.0), strict=True)]
    found = inflation(case(rows, [12]), percents=(10.0, 50.0), gammas=(1.0, 3.0))
    assert found["case"].tolist() == [
        "as priced",
        "all costs +10 %",
        "all costs +50 %",
        "safe against 1 scheme a year at +50 %",
        "safe against 3 schemes a year at +50 %",
    ]
    # 3 x 4.4 and 2 x 6 against 12; one scheme 2 dearer: 8 + 2 leaves 2 of schemes out
    assert found["benefit"].tolist() == pytest.approx([24.0, 17.0, 17.0, 17.0, 17.0])
    assert found["dropped"].tolist() == [0, 1, 1, 1, 1]
    assert found["benefit_lost_pct"].tolist() == pytest.approx([0.0, *[100 * 7 / 24] * 4])


@pytest.mark.parametrize("gamma", [1.0, 2.0, 4.0])
def test_a_robust_plan_holds_whichever_schemes_rise(gamma: float) -> None:
    rng = np.random.default_rng(5)
    rows = [
        scheme(f"P{n}", rng.integers(1, 9, 3).tolist(), float(rng.integers(1, 30)))
        for n in range(25)
    ]
    built = case(rows, [20, 25, 22])
    found, bound = robust(built, 0.3, gamma)
    assert found.objective <= bound + 1e-9
    for t in range(3):
        use = np.array([s.cdel[t] * found.values[s.share_column] for s in built.starts])
        worst = np.sort(0.3 * use)[::-1][: int(gamma)].sum()
        assert use.sum() + worst <= built.limits["limit_gbp_m"].iloc[t] + 1e-6


def test_an_overrun_names_what_slips_and_what_drops_out() -> None:
    rows = [
        scheme("A", 6, 9.0, must_fund="yes", latest_start="2025/26"),
        scheme("B", 4, 5.0),
        scheme("C", 5, 5.5, earliest_start="2026/27"),
    ]
    built = case(rows, [10, 6], discount_rate_pct=5.0)
    found = overrun(built, "A", 10.0)
    # A takes 6.6 of the first year: B no longer fits there, and later there is room for C alone
    assert found[["project_id", "before", "after", "change"]].to_numpy().tolist() == [
        ["B", "2025/26", "", "drops out"]
    ]
    assert overrun(built, "A", 0.0).empty
    with pytest.raises(InputError, match='"Z" is not known'):
        overrun(built, "Z", 10.0)
    with pytest.raises(NoAnswerError):
        overrun(built, "A", 100.0)


def test_what_a_scheme_that_slips_loses_is_what_a_year_of_discounting_takes() -> None:
    rows = [scheme("A", 6, 9.0, must_fund="yes", latest_start="2025/26"), scheme("B", 4, 5.0)]
    found = overrun(case(rows, [10, 10], discount_rate_pct=5.0), "A", 10.0)
    assert found[["project_id", "before", "after", "change"]].to_numpy().tolist() == [
        ["B", "2025/26", "2026/27", "slips"]
    ]
    assert found["benefit_change"].tolist() == pytest.approx([5 / 1.05 - 5])


def test_the_core_index_moves_a_benefit_as_far_as_it_says_and_no_further() -> None:
    # a fifth less of 10 is 8, a fifth more of 6.6 is 7.92: A is always the better of the two
    rows = [scheme("A", 5, 10.0), scheme("B", 5, 6.6)]
    table = core_index(case(rows, [5]), draws=40, benefit_pct=20.0, cost_pct=0.0)
    assert table["core_index"].tolist() == [1.0, 0.0]
    assert table["verdict"].tolist() == ["core", "exterior"]
    near = core_index(case([rows[0], scheme("B", 5, 8.0)], [5]), draws=40, cost_pct=0.0)
    assert near["verdict"].tolist() == ["borderline", "borderline"]
    defaults = {p.name: p.default for p in inspect.signature(core_index).parameters.values()}
    told = {
        "draws": 30,
        "benefit_pct": 20.0,
        "cost_pct": 10.0,
        "seed": 0,
    }  # docs/methods/capital.md
    assert {name: defaults[name] for name in told} == told


def test_the_budget_curve_is_the_relaxation_at_each_budget() -> None:
    rows = [scheme("A", 4, 8.0), scheme("B", 4, 4.0), scheme("C", 2, 1.0, must_fund="yes")]
    shares = [0.1, 0.5, 1.0, 2.0, 0.75]
    curve = budget_curve(case(rows, [8]), shares)
    # of 8: 2 must go to C, 4 to A, 2 to half of B; a tenth does not hold C
    assert np.isnan(curve["benefit"].iloc[0])
    assert curve["benefit"].tolist()[1:] == pytest.approx([5.0, 11.0, 13.0, 9.0])
    assert curve["limit_gbp_m"].tolist() == pytest.approx([0.8, 4.0, 8.0, 16.0, 6.0])
    assert curve["price_per_gbp_m"].tolist()[1:4] == pytest.approx([2.0, 1.0, 0.0])


# Many systems


def systems() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [
        scheme("A", 5, 10.0, system="North"),
        scheme("B", 5, 8.0, system="North"),
        scheme("A", 3, 2.0, system="South"),
    ]
    limits = pd.concat(
        [limits_of([5]).assign(system="North"), limits_of([4]).assign(system="South")]
    )
    return pd.DataFrame(rows), limits


def test_systems_solved_together_are_each_solved_alone() -> None:
    projects, limits = systems()
    found = solve_systems(projects, limits, gap_pct=0.0, discount_rate_pct=0.0)
    assert found.solve["objective"].tolist() == [10.0, 2.0]
    for name in ("North", "South"):
        mine = projects[projects["system"] == name], limits[limits["system"] == name]
        alone = solve(*mine, gap_pct=0.0, discount_rate_pct=0.0).plan
        both = found.plan[found.plan["system"] == name].drop(columns="system")
        assert both.reset_index(drop=True).equals(alone)


def test_any_executor_gives_the_same_tables() -> None:
    projects, limits = systems()
    plain = solve_systems(projects, limits)
    for kind in (ThreadPoolExecutor, ProcessPoolExecutor):
        with kind(2) as executor:
            found = solve_systems(projects, limits, executor)
        assert found.plan.equals(plain.plan)
        assert found.limits.equals(plain.limits)


def test_a_system_without_an_answer_is_a_row_and_wrong_input_an_error() -> None:
    projects, limits = systems()
    must = projects.assign(must_fund=["yes", "yes", "no"])
    found = solve_systems(must, limits)
    assert found.solve["status"].tolist() == ["none", "optimal"]
    assert "need £10.0m in 2025/26" in found.solve["error"].iloc[0]
    with pytest.raises(InputError, match="projects of South, row 2"):
        solve_systems(projects.assign(cdel_share=[1.0, 1.0, -1.0]), limits)
    with pytest.raises(InputError, match=r"^system South: has no limits\. Add them, or take"):
        solve_systems(projects, limits[limits["system"] == "North"])
    with pytest.raises(InputError, match=r'^projects: the column "system" is missing'):
        solve_systems(projects.drop(columns="system"), limits)
    with pytest.raises(InputError, match=r'^limits: the column "system" is missing'):
        solve_systems(projects, limits.drop(columns="system"))
