"""No plan: what is said when must-funds, limits or time leave none."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from capital_plans import both_solvers, limit_table, no_answer, scheme, table

from nelfin import program as lp
from nelfin.errors import NoAnswerError
from nelfin.models.capital import Settings, keep
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.no_plan import NOT_KNOWN, why_infeasible
from nelfin.models.capital.solving import require_answer

pytestmark = pytest.mark.unit


# No plan


def test_an_organisations_limit_that_cannot_hold_is_named_with_year_and_pounds() -> None:
    rows = [
        scheme("A", 30, 1, must_fund="yes", organisation="Barts Health", earliest_start="2026/27"),
        scheme("B", 8.2, 1, must_fund="yes", organisation="Barts Health", earliest_start="2026/27"),
    ]
    text = no_answer(rows, {"": [100, 100], "Barts Health": [35, 35]})
    assert "must-fund schemes of Barts Health need £38.2m in 2026/27, the limit is £35.0m" in text
    assert "must_fund off one of A, B" in text


@both_solvers
def test_the_systems_limit_that_cannot_hold_is_named_with_year_and_pounds(solver: str) -> None:
    rows = [scheme(name, 6, 1, must_fund="yes") for name in "AB"]
    text = no_answer(rows, [10], solver=solver)
    assert "must-fund schemes need £12.0m in 2025/26, the limit is £10.0m" in text


def test_the_year_named_is_the_one_that_fails_by_least() -> None:
    text = no_answer([scheme("A", 20, 1, must_fund="yes")], [10, 15])
    assert "need £20.0m in 2026/27, the limit is £15.0m" in text
    assert "2025/26" not in text


@both_solvers
def test_must_funds_that_only_fit_in_parts_are_explained_by_year_and_pounds(solver: str) -> None:
    # three of £6m fill 9 + 9 when cut, but two of them do not fit in one year
    rows = [scheme(name, 6, 1, must_fund="yes") for name in "ABC"]
    text = no_answer(rows, [9, 9], solver=solver)
    assert re.search(r"need £12\.0m in 202[56]/2[67], the limit is £9\.0m", text)


def test_a_limit_missed_by_little_is_not_explained_by_two_equal_numbers() -> None:
    text = no_answer([scheme("A", 10.04, 1, must_fund="yes")], [10])
    need, limit = re.findall(r"£([\d,.]*\d)m", text)[:2]
    assert need != limit


def test_rules_that_contradict_each_other_are_not_blamed_on_the_limits() -> None:
    rows = [
        scheme("A", 1, 5, must_fund="yes", requires="B", latest_start="2025/26"),
        scheme("B", 1, 5, earliest_start="2026/27"),
    ]
    text = no_answer(rows, [9, 9])
    assert "whatever the limits" in text
    assert "£" not in text


def test_a_plan_not_found_in_the_time_given_is_not_called_infeasible() -> None:
    rng = np.random.default_rng(3)
    rows = [
        scheme(f"P{n}", rng.integers(100, 999, 6).tolist(), float(rng.integers(100, 999)))
        for n in range(80)
    ]
    text = no_answer(rows, [9_000] * 6, time_limit_s=1e-9, relax=True)
    assert "found no plan" in text
    assert "time_limit_s" in text


def without_plan() -> tuple[Case, lp.Solution]:
    rows = [scheme(name, 6, 1, must_fund="yes") for name in "AB"]
    case = case_of(check_capital(table(rows), limit_table([10]), Settings()))
    return case, lp.Solution("infeasible", np.nan, np.nan, np.zeros(0), {}, 0.0)


@pytest.mark.parametrize("watch", [lp.Watch(0.0), lp.Watch(60.0, stopped=True)])
def test_no_limit_is_blamed_where_time_ran_out(watch: lp.Watch) -> None:
    case, none = without_plan()
    with pytest.raises(NoAnswerError) as caught:
        require_answer(none, case, watch)
    assert str(caught.value) == NOT_KNOWN
    with pytest.raises(NoAnswerError, match=r"need £12\.0m in 2025/26, the limit is £10\.0m"):
        require_answer(none, case, lp.Watch(60.0))


@pytest.mark.parametrize("status", ["stopped", "no plan found"])
def test_what_a_search_that_was_stopped_has_passed_proves_nothing(
    status: lp.Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = without_plan()
    solved = lp.solve

    def stopped(*words: object, **more: object) -> lp.Solution:
        found = solved(*words, **more)  # type: ignore[arg-type]
        return lp.Solution(status, found.objective, np.nan, found.values, {}, 0.0)

    monkeypatch.setattr(lp, "solve", stopped)
    assert why_infeasible(case.program, case.starts, "highs") == NOT_KNOWN


def test_a_plan_that_is_there_after_all_is_not_explained_by_nothing() -> None:
    case = case_of(check_capital(table([scheme("A", 6, 1)]), limit_table([10]), Settings()))
    assert "though none of the limits" in why_infeasible(case.program, case.starts, "highs")


def test_too_few_changes_are_not_looked_for_once_time_ran_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # both must now be in, and the plan in force has neither: two changes are the fewest
    rows = [scheme(name, 5, 1, must_fund="yes") for name in "AB"]
    in_force = pd.DataFrame({"project_id": ["C", "A"], "start_year": ["2025/26", ""]})
    given = Settings(begin_from=in_force, max_changes=1)
    rows = [*rows, scheme("C", 1, 1)]
    case = case_of(check_capital(table(rows), limit_table([11]), given))
    with pytest.raises(NoAnswerError, match="at least 2 must change"):
        keep.plan_case(case)
    watch = lp.Watch(60.0)

    def late(case: Case, watch: lp.Watch) -> None:
        watch.stop()
        raise NoAnswerError(NOT_KNOWN)

    monkeypatch.setattr(keep, "solve_case", late)
    with pytest.raises(NoAnswerError, match="no time left"):
        keep.plan_case(case, watch)
