"""Years that are over: nothing starts in them, what has started stands, capital has no price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from capital_plans import limit_table, line, plan_of, scheme, starts
from project_tables import one, problems_of, table

from nelfin.models.capital import Settings, solve
from nelfin.models.capital.checked import check_capital
from nelfin.models.charges import consequences

pytestmark = pytest.mark.unit

NOW = "2027/28"
"""Two years of the plan, from 2025/26, are closed."""


def refused(*rows: dict, rules: pd.DataFrame | None = None, now: str = NOW) -> str:
    settings = Settings(now=now, rules=rules)
    limits = limit_table([10.0] * 5)
    return str(one(problems_of(lambda: check_capital(table(*rows), limits, settings))))


def test_nothing_starts_in_a_closed_year_and_its_limit_has_no_price() -> None:
    rows = [scheme("A", 5, 9), scheme("B", 5, 8), scheme("C", 5, 7), scheme("D", 5, 1)]
    plan = plan_of(rows, [100, 100, 5, 5, 5], now=NOW)
    assert sorted(starts(plan).values()) == ["2027/28", "2028/29", "2029/30"]
    assert set(starts(plan)) == {"A", "B", "C"}
    assert plan.limits["status"].tolist() == ["closed"] * 2 + ["firm"] * 3
    assert plan.limits["price_per_gbp_m"].isna().tolist() == [True] * 2 + [False] * 3
    told = plan.prices[["gain_of_1m_more", "loss_of_1m_less"]]
    assert told.isna().all(axis=1).tolist() == [True] * 2 + [False] * 3
    assert "2025/26" not in " ".join(plan.plan["reason"])


def test_without_a_year_that_it_now_is_every_year_is_open() -> None:
    rows = [scheme("A", 5, 9), scheme("B", 5, 8)]
    assert starts(plan_of(rows, [5, 5])) == starts(plan_of(rows, [5, 5], now="2025/26"))
    assert starts(plan_of(rows, [5, 5], now="2020/21")) == starts(plan_of(rows, [5, 5]))


def test_what_has_started_stands_and_counts_against_later_limits() -> None:
    rows = [
        scheme("A", [9, 9, 4], 1, started="2025/26"),
        scheme("B", 7, 5),
        scheme("C", 6, 5, excludes="A"),
        scheme("D", 3, 5, requires="B"),
    ]
    plan = plan_of(rows, [5, 5, 10], now=NOW)
    # more than the closed limits were, which nothing can mend; £6m is left of the open one
    assert line(plan, "A")["start_year"] == "2025/26"
    assert plan.limits["used_gbp_m"].tolist() == [9, 9, 4]
    assert plan.limits["slack_gbp_m"].tolist() == pytest.approx([-4, -4, 6])
    assert line(plan, "A")["reason"] == "Started in 2025/26: what it still spends stands."
    assert set(starts(plan)) == {"A"}  # B does not fit, C is excluded, D needs B


def test_of_a_scheme_that_began_before_the_plan_what_is_still_to_come_counts() -> None:
    row = scheme("A", [20, 10, 5, 3], 40, started="2023/24", backlog_high_gbp_m=19.0)
    plan = plan_of([row, scheme("B", 2, 1)], [6, 4], now="2025/26", price_growth_pct=10.0)
    found = line(plan, "A")
    assert found["start_year"] == "2023/24"
    assert found["funded_share"] == 1
    # of four years of spend two were before: 5 and 3, prices grow from the plan's first year
    assert found["cdel_gbp_m"] == pytest.approx(5 + 3 * 1.1)
    assert found["benefit"] == 40
    assert set(starts(plan)) == {"A"}
    assets = pd.DataFrame({"asset_type": ["x"], "life_years": [5], "adds_to_assets_pct": [0]})
    projects = plan.projects.assign(revenue_gbp_m=[2.0, 0.0])
    level = consequences(
        replace(plan, projects=projects), assets, 3.5, ["Barts"], ["2025/26", "2026/27", "2027/28"]
    )
    # complete in 2026/27, the fourth year of its build: it saves from the year after
    assert level.values[0].tolist() == [0, 0, 2]


def test_it_needs_no_window_and_no_prerequisite_any_more() -> None:
    rows = [
        scheme("A", [4, 4], 1, started="2025/26", requires="B", latest_start="2024/25"),
        scheme("B", 9, 5),
    ]
    assert starts(plan_of(rows, [9, 9, 9], now="2026/27")) == {"A": "2025/26", "B": "2027/28"}


def test_a_window_that_closed_leaves_a_scheme_out_and_the_reason_speaks_of_open_years() -> None:
    rows = [scheme("A", 4, 9, latest_start="2026/27"), scheme("B", 4, 1)]
    plan = plan_of(rows, [9] * 4, now=NOW)
    assert set(starts(plan)) == {"B"}
    assert line(plan, "A")["reason"] == "Its window and build do not fit 2027/28 to 2028/29."


def test_years_of_now_are_the_plan_from_now_on_with_what_is_spoken_for_taken_off() -> None:
    """Independent: the same schemes over the open years alone, limits less what is committed."""
    rng = np.random.default_rng(3)
    for _ in range(6):
        rows = [
            scheme(f"P{n}", [float(v) for v in rng.integers(1, 6, 2)], float(rng.integers(1, 30)))
            for n in range(5)
        ]
        begun = scheme("G", [3.0, 2.0, 2.0, 1.0], 7, started="2026/27")
        limits = [8.0, 8.0, 9.0, 7.0, 6.0]
        closed = plan_of([*rows, begun], limits, now=NOW)
        committed = [0.0, 3.0, 2.0, 2.0, 1.0]
        later = limit_table([a - b for a, b in zip(limits, committed, strict=True)]).iloc[2:]
        alone = solve(pd.DataFrame(rows), later, gap_pct=0.0, discount_rate_pct=0.0)
        assert closed.solve.objective == pytest.approx(alone.solve.objective + 7)
        assert (closed.limits["slack_gbp_m"] >= -1e-6).all()


def test_what_a_closed_year_left_may_be_carried_over_and_no_more() -> None:
    begun = scheme("G", [7, 1], 1, started="2025/26")
    # of 10 three are left, and a fifth may be carried: 2; of 6 nothing is left
    assert set(starts(plan_of([begun, scheme("A", 11, 5)], [10, 10], now="2026/27",
                              carry_over_pct=20.0))) == {"G", "A"}  # fmt: skip
    assert set(starts(plan_of([begun, scheme("A", 11.01, 5)], [10, 10], now="2026/27",
                              carry_over_pct=20.0))) == {"G"}  # fmt: skip
    assert set(starts(plan_of([begun, scheme("A", 9.01, 5)], [6, 10], now="2026/27",
                              carry_over_pct=20.0))) == {"G"}  # fmt: skip


def test_a_scheme_that_must_be_funded_and_whose_window_closed_is_asked_about() -> None:
    said = refused({"must_fund": "yes", "latest_start": "2026/27"})
    assert "column latest_start: is 2026/27, and years before 2027/28 are closed." in said
    assert "(started)" in said


def test_a_start_that_lies_ahead_or_long_back_is_asked_about() -> None:
    assert "is 2028/29, and it is 2027/28" in refused({"started": "2028/29"})
    assert "had ended before 2025/26" in refused({"started": "2024/25"})
    assert "after the last year with a limit, 2029/30" in refused({}, now="2030/31")
    assert "now" in refused({}, now="soon")


def test_a_rule_of_a_closed_year_is_asked_about() -> None:
    row = {"rule": "category_floor", "name": "Backlog", "year": "2026/27", "amount_gbp_m": 1.0}
    rules = pd.DataFrame([row]).set_axis([2])
    assert "is 2026/27, which is closed: it is 2027/28" in refused({}, rules=rules)


def test_owners_need_no_limit_of_a_closed_year() -> None:
    limits = pd.DataFrame(
        [["2025/26", 50.0, ""], ["2026/27", 5.0, "Barts"], ["2027/28", 5.0, "Barts"]],
        columns=["year", "limit_gbp_m", "organisation"],
    )
    frame = pd.DataFrame([scheme("A", 5, 9), scheme("B", 5, 8), scheme("C", 5, 7)])
    plan = solve(frame, limits, gap_pct=0.0, now="2026/27")
    assert set(starts(plan)) == {"A", "B"}
    assert plan.limits["status"].tolist() == ["closed", "firm", "firm"]
    gaps = problems_of(lambda: check_capital(frame, limits, Settings()))
    assert "has no limit for Barts in 2025/26." in " ".join(map(str, gaps))
