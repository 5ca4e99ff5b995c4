"""Forced, limited-change and nearest plans against every plan there is, on small instances."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_plans import (
    FIRST,
    TINY,
    Choice,
    Instance,
    best_of,
    choice_in,
    every_choice,
    fitting,
    instances,
    plan_of,
)

from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital.keep import least_within
from nelfin.years import label_of

pytestmark = pytest.mark.property

Starts = dict[str, int]


def plans(instance: Instance) -> list[tuple[Starts, float]]:
    """Return every plan that keeps limits and links, with its worth."""
    found = []
    for choice in every_choice(instance):
        worth = fitting(instance, choice)
        if worth is not None:
            found.append(({name: start for name, (start, _) in choice.items()}, worth))
    return found


def changed(plan: Starts, before: Starts) -> int:
    return sum(plan.get(name) != before.get(name) for name in {*plan, *before})


def table(before: Starts) -> pd.DataFrame:
    years = [label_of(FIRST + start) for start in before.values()]
    return pd.DataFrame({"project_id": list(before), "start_year": years}, dtype=str)


def starts(choice: Choice) -> Starts:
    return {name: start for name, (start, _) in choice.items()}


@st.composite
def with_plan(draw: st.DrawFn) -> tuple[Instance, Starts]:
    """Draw an instance and a plan in force, which need not hold any more."""
    instance = draw(instances(divisible=False))
    years = st.integers(-1, instance["years"])
    drawn = {row["id"]: draw(years) for row in instance["rows"]}
    before = {name: start for name, start in drawn.items() if start >= 0}
    assume(before)
    return instance, before


@given(with_plan(), st.sampled_from([0.0, 5.0, 25.0]))
@settings(max_examples=12)
def test_no_plan_within_the_gap_changes_fewer_starts(
    drawn: tuple[Instance, Starts], gap: float
) -> None:
    instance, before = drawn
    every = plans(instance)
    assume(every)
    plan = plan_of(instance, gap_pct=gap, begin_from=table(before))
    told, best = plan.solve, max(worth for _, worth in every)
    enough = least_within(told.relaxation, gap / 100)
    if gap == 0 or best < enough - TINY:
        enough = least_within(best, gap / 100)
    fewest = min(changed(each, before) for each, worth in every if worth >= enough - TINY)
    assert told.changed == changed(starts(choice_in(plan)), before) == fewest
    assert told.changed_at_least is not None
    assert told.changed_at_least <= fewest
    assert told.bound >= best - TINY
    most = max(worth for each, worth in every if changed(each, before) == fewest)
    assert told.objective == pytest.approx(most, abs=TINY)


@given(with_plan(), st.integers(0, 4))
@settings(max_examples=12)
def test_no_plan_that_changes_so_few_starts_is_worth_more(
    drawn: tuple[Instance, Starts], most: int
) -> None:
    instance, before = drawn
    worths = [worth for each, worth in plans(instance) if changed(each, before) <= most]
    found = best_of(instance, begin_from=table(before), max_changes=most)
    assert found == pytest.approx(max(worths, default=-math.inf), abs=TINY)


@given(instances(divisible=False), st.data())
@settings(max_examples=12)
def test_what_is_asked_holds_in_the_best_plan_that_has_it(
    instance: Instance, data: st.DataObject
) -> None:
    asks = st.sampled_from(["", "", "in", "out", "start"])
    asked = {row["id"]: data.draw(asks) for row in instance["rows"]}
    first = {row["id"]: row["early"] for row in instance["rows"]}
    inside = [name for name, ask in asked.items() if ask == "in"]
    outside = [name for name, ask in asked.items() if ask == "out"]
    at = {name: first[name] for name, ask in asked.items() if ask == "start"}

    def holds(plan: Starts) -> bool:
        return (
            all(name in plan for name in inside)
            and not any(name in plan for name in outside)
            and all(plan.get(name) == start for name, start in at.items())
        )

    best = max((worth for each, worth in plans(instance) if holds(each)), default=-math.inf)
    years = {name: label_of(FIRST + start) for name, start in at.items()}
    try:
        plan = plan_of(instance, must_in=inside, must_out=outside, must_start=years)
    except (InputError, NoAnswerError):
        assert best == -math.inf
        return
    assert holds(starts(choice_in(plan)))
    assert plan.solve.objective == pytest.approx(best, abs=TINY)
