"""Floors, caps and targets: whatever plan comes out holds them, recomputed from its tables."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.errors import NoAnswerError
from nelfin.models.capital import CapitalPlan, solve
from nelfin.years import label_of

pytestmark = pytest.mark.property

CATEGORIES, PLACES = ("Acute", "Backlog"), ("Havering", "Newham")
DEPRIVED = {"Havering": 0.1, "Newham": 0.5}
YEARS = [label_of(2025 + t) for t in range(3)]
RULE_COLUMNS = ["rule", "name", "year", "amount_gbp_m", "now_gbp_m"]

Instance = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, float]


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    rows = [
        {
            "project_id": f"P{n}",
            "name": "x",
            "organisation": "O",
            # each of both at least once
            "category": CATEGORIES[n] if n < 2 else draw(st.sampled_from(CATEGORIES)),
            "place": PLACES[n] if n < 2 else draw(st.sampled_from(PLACES)),
            "benefit": float(draw(st.integers(0, 20))),
            "spend_1": float(draw(st.integers(1, 9))),
            "spend_2": float(draw(st.integers(0, 9))),
            "revenue_gbp_m": float(draw(st.integers(-3, 2))),
            "backlog_high_gbp_m": float(draw(st.integers(0, 5))),
            "divisible": draw(st.sampled_from(["yes", "no"])),
        }
        for n in range(draw(st.integers(2, 7)))
    ]
    limits = [float(draw(st.integers(0, 20))) for _ in YEARS]
    year = st.sampled_from(["", *YEARS])
    rules = draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("category_floor"), st.sampled_from(CATEGORIES), year,
                          st.floats(0, 8), st.none()),
                st.tuples(st.just("category_cap"), st.sampled_from(CATEGORIES), year,
                          st.floats(0, 15), st.none()),
                st.tuples(st.just("place_floor"), st.sampled_from(PLACES), year,
                          st.floats(0, 8), st.none()),
                st.tuples(st.just("deprived_floor"), st.just(""), year, st.floats(0, 3), st.none()),
                st.tuples(st.just("revenue_limit"), st.just(""), year, st.floats(0, 3), st.none()),
                st.tuples(st.just("backlog_target"), st.just("high"), st.just(""),
                          st.floats(0, 20), st.just(20.0)),
            ),
            min_size=1, max_size=3, unique_by=lambda rule: rule[:3],
        )
    )  # fmt: skip
    return (
        pd.DataFrame(rows),
        pd.DataFrame({"year": YEARS, "limit_gbp_m": limits}),
        pd.DataFrame(rules, columns=RULE_COLUMNS),
        draw(st.sampled_from([0.0, 25.0])),
    )


def kept(plan: CapitalPlan, projects: pd.DataFrame, rule: pd.Series) -> bool:
    """Say whether a plan keeps a rule, from its tables and the project table alone."""
    about = projects.set_index("project_id")
    spend = plan.spend[plan.spend["year"] == rule["year"]] if rule["year"] else plan.spend
    owner = spend["project_id"].map
    amount, kind = rule["amount_gbp_m"], rule["rule"]
    if kind == "backlog_target":
        share = plan.plan.set_index("project_id")["funded_share"]
        cleared = (about["backlog_high_gbp_m"] * share).sum()
        return rule["now_gbp_m"] - cleared <= amount + 1e-6
    if kind == "revenue_limit":
        years = [rule["year"]] if rule["year"] else YEARS
        return all(revenue(plan, about, year) >= -amount - 1e-6 for year in years)
    if kind == "deprived_floor":
        weight = owner(about["place"].map(DEPRIVED))
        return float((spend["cdel_gbp_m"] * weight).sum()) >= amount - 1e-6
    column = "place" if kind.startswith("place") else "category"
    used = spend.loc[owner(about[column]) == rule["name"], "cdel_gbp_m"].sum()
    return used <= amount + 1e-6 if kind == "category_cap" else used >= amount - 1e-6


def revenue(plan: CapitalPlan, about: pd.DataFrame, year: str) -> float:
    total = 0.0
    for line in plan.plan[plan.plan["funded_share"] > 0].itertuples():
        build = 2 if about.at[line.project_id, "spend_2"] > 0 else 1
        if YEARS.index(year) >= YEARS.index(line.start_year) + build:
            total += about.at[line.project_id, "revenue_gbp_m"] * line.funded_share
    return total


@given(instances())
@settings(max_examples=60)
def test_a_plan_keeps_its_rules_and_carries_no_more_than_it_may(instance: Instance) -> None:
    projects, limits, rules, carry = instance
    given_ = {"gap_pct": 0.0, "deprived_share": DEPRIVED, "carry_over_pct": carry}
    try:
        plan = solve(projects, limits, rules=rules, **given_)
    except NoAnswerError:
        # nothing must be funded, so only the rules can be out of reach
        assert solve(projects, limits, **given_)
        return
    for _, rule in rules.iterrows():
        assert kept(plan, projects, rule), rule.to_dict()
    left = 0.0
    for line in plan.limits.itertuples():
        assert line.used_gbp_m <= line.limit_gbp_m + left + 1e-6
        left = min(carry / 100 * line.limit_gbp_m, line.limit_gbp_m + left - line.used_gbp_m)
    free = solve(projects, limits, **given_)
    assert plan.solve.objective <= free.solve.objective + 1e-6
