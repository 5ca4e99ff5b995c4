"""Capital plans with every setting and rule against all plans there are, tried in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_capital import Plan, Problem, Rule, Scheme, best, holds, use, value, worth

from nelfin.errors import NoAnswerError
from nelfin.models.capital import CapitalPlan, solve
from nelfin.years import label_of

pytestmark = pytest.mark.property

FIRST = 2025
TINY = 1e-6
"""Of an objective, in points or £m; a limit may be passed by a pound."""
CATEGORIES, PLACES, ASSETS = ("Acute", "Backlog"), ("Havering", "Newham"), ("long", "short")
BOTH = st.sampled_from
WHOLE = st.integers


@st.composite
def problems(draw: st.DrawFn, past_the_end: bool = False) -> Problem:
    years, count = draw(WHOLE(1, 4)), draw(WHOLE(2, 5))
    truncate = past_the_end or draw(st.booleans())
    schemes = []
    for n in range(count):
        longest = 3 if truncate else min(years, 3)
        spend = [float(x) for x in draw(st.lists(WHOLE(0, 7), min_size=1, max_size=longest))]
        while len(spend) > 1 and spend[-1] == 0:
            spend.pop()
        early = draw(WHOLE(0, years - 1 if truncate else years - len(spend)))
        requires, excludes = [], []
        project = draw(BOTH([f"P{n}"] * 3 + ["Hub"]))
        must = draw(WHOLE(0, 7)) == 0
        if n and draw(st.booleans()):
            other = draw(BOTH(schemes))
            if other.project != project and draw(st.booleans()):
                requires = [(other.name, draw(WHOLE(0, 2)))]
            elif other.project != project and not (must and other.must):
                excludes = [other.name]
        schemes.append(
            Scheme(
                name=f"P{n}",
                project=project,
                organisation=draw(BOTH(["Barts", "BHRUT"])),
                # each of both at least once: a rule may name only what some scheme has
                category=CATEGORIES[n] if n < 2 else draw(BOTH(CATEGORIES)),
                place=PLACES[n] if n < 2 else draw(BOTH(PLACES)),
                asset=draw(BOTH(ASSETS)),
                scores={name: float(draw(WHOLE(0, 10))) for name in ("need", "safety")},
                benefit=float(draw(WHOLE(0, 20))),
                spend=spend,
                earliest=early,
                latest=draw(WHOLE(early, years - 1)),
                must=must,
                cdel=draw(BOTH([1.0, 1.0, 0.5, 0.0])),
                revenue=float(draw(WHOLE(-3, 2))),
                backlog=float(draw(WHOLE(0, 5))),
                requires=requires,
                excludes=excludes,
            )
        )
    limits = {("", t): float(draw(WHOLE(0, 16))) for t in range(years)}
    if draw(st.booleans()) and any(scheme.organisation == "BHRUT" for scheme in schemes):
        limits |= {("BHRUT", t): float(draw(WHOLE(0, 8))) for t in range(years)}
    return Problem(
        schemes=schemes,
        years=years,
        limits=limits,
        truncate=truncate,
        over=draw(BOTH([0.0, 0.1])),
        carry=draw(BOTH([0.0, 0.0, 0.05, 0.5])),
        prices=draw(BOTH([0.0, 0.03])),
        rate=draw(BOTH([0.0, 0.035, 0.1])),
        later=draw(BOTH([None, 0.03])),
        from_completion=draw(st.booleans()),
        benefit=draw(BOTH(["score", "criteria", "npsv"])),
        weights={"need": draw(BOTH([0.0, 1.0, 2.5])), "safety": 1.0},
        life={"long": 60, "short": 8},
        bias={"long": draw(BOTH([0.0, 0.2]))},
        equity={"Newham": draw(BOTH([1.0, 1.4]))},
        deprived={"Havering": 0.1, "Newham": 0.5},
        rules=draw(
            st.lists(rules(years), max_size=2, unique_by=lambda r: (r.kind, r.name, r.year))
        ),
        backlog_now=20.0,
    )


@st.composite
def rules(draw: st.DrawFn, years: int) -> Rule:
    kind = draw(
        BOTH(
            ["category_floor", "category_cap", "place_floor", "deprived_floor", "revenue_limit",
             "backlog_target"]
        )
    )  # fmt: skip
    of = {"category": BOTH(CATEGORIES), "place": BOTH(PLACES), "backlog": st.just("high")}
    year = None if kind == "backlog_target" else draw(st.none() | WHOLE(0, years - 1))
    most = {"category_cap": 12, "backlog_target": 20, "deprived_floor": 2}.get(kind, 5)
    name = draw(of.get(kind.partition("_")[0], st.just("")))
    return Rule(kind, name, year, float(draw(WHOLE(0, most))))


def solved(problem: Problem, **more: Any) -> CapitalPlan:
    projects = [
        {
            "project_id": scheme.name,
            "name": scheme.name,
            "organisation": scheme.organisation,
            "category": scheme.category,
            "place": scheme.place,
            "asset_type": scheme.asset,
            "option_of": "" if scheme.project == scheme.name else scheme.project,
            "benefit": scheme.benefit,
            **{f"score_{name}": score for name, score in scheme.scores.items()},
            **{f"spend_{n + 1}": [*scheme.spend, 0.0, 0.0][n] for n in range(3)},
            "earliest_start": label_of(FIRST + scheme.earliest),
            "latest_start": label_of(FIRST + scheme.latest),
            "must_fund": "yes" if scheme.must else "no",
            "requires": ";".join(f"{name}+{lag}" for name, lag in scheme.requires),
            "excludes": ";".join(scheme.excludes),
            "cdel_share": scheme.cdel,
            "revenue_gbp_m": scheme.revenue,
            "backlog_high_gbp_m": scheme.backlog,
        }
        for scheme in problem.schemes
    ]
    limits = [
        {"year": label_of(FIRST + t), "organisation": owner, "limit_gbp_m": amount}
        for (owner, t), amount in problem.limits.items()
    ]
    rows = [
        {
            "rule": rule.kind,
            "name": rule.name,
            "year": "" if rule.year is None else label_of(FIRST + rule.year),
            "amount_gbp_m": rule.amount,
            "now_gbp_m": problem.backlog_now if rule.kind == "backlog_target" else None,
        }
        for rule in problem.rules
    ]
    arguments: dict[str, Any] = {
        "discount_rate_pct": 100 * problem.rate,
        "discount_later_pct": None if problem.later is None else 100 * problem.later,
        "discount_from": "completion" if problem.from_completion else "start",
        "price_growth_pct": 100 * problem.prices,
        "over_programming_pct": 100 * problem.over,
        "carry_over_pct": 100 * problem.carry,
        "optimism_bias_pct": {name: 100 * bias for name, bias in problem.bias.items()},
        "benefit": problem.benefit,
        "criteria_weights": problem.weights if problem.benefit == "criteria" else {},
        "life_years": problem.life,
        "place_weights": problem.equity,
        "deprived_share": problem.deprived,
        "rules": pd.DataFrame(rows) if rows else None,
        "truncate": problem.truncate,
        "gap_pct": 0.0,
    }
    return solve(pd.DataFrame(projects), pd.DataFrame(limits), **(arguments | more))


def plan_in(found: CapitalPlan) -> Plan:
    return {
        row["project_id"]: int(row["start_year"][:4]) - FIRST
        for row in found.plan.to_dict("records")
        if row["status"] == "funded"
    }


@given(problems())
@settings(max_examples=80)
def test_the_plan_is_the_best_of_all_plans_under_every_setting_and_rule(problem: Problem) -> None:
    expected = best(problem)
    try:
        found = solved(problem)
    except NoAnswerError:
        assert expected is None
        return
    assert expected is not None
    assert found.solve.objective == pytest.approx(expected, abs=TINY)
    plan = plan_in(found)
    assert value(problem, plan) == pytest.approx(expected, abs=TINY)
    assert holds(problem, plan)
    # what the tables say of each scheme
    rows = found.plan.set_index("project_id")
    for scheme in problem.schemes:
        row, start = rows.loc[scheme.name], plan.get(scheme.name)
        mine = 0.0 if start is None else worth(problem, scheme, start)
        used = {} if start is None else use(problem, scheme, start)
        assert row["benefit"] == pytest.approx(mine, abs=TINY)
        assert row["cdel_gbp_m"] == pytest.approx(sum(used.values()), abs=TINY)
    # the relaxation bounds every plan
    assert found.solve.relaxation >= expected - TINY
    assert (found.limits["price_per_gbp_m"] >= 0).all()


@given(problems(past_the_end=True), st.floats(0.0, 1.0))
@settings(max_examples=60)
def test_a_target_of_backlog_counts_only_work_that_the_plan_pays_for(
    problem: Problem, left: float
) -> None:
    now = sum(scheme.backlog for scheme in problem.schemes)
    target = Rule("backlog_target", "high", None, left * now)
    targeted = replace(problem, backlog_now=now, rules=[target])
    expected = best(targeted)
    try:
        found = solved(targeted)
    except NoAnswerError:
        assert expected is None
        return
    assert found.solve.objective == pytest.approx(expected, abs=TINY)
    assert holds(targeted, plan_in(found))


@given(problems())
@settings(max_examples=40)
def test_the_relaxation_is_never_below_the_best_plan(problem: Problem) -> None:
    expected = best(problem)
    assume(expected is not None)
    relaxed = solved(problem, relax=True)
    assert relaxed.solve.objective >= float(expected or 0.0) - TINY
