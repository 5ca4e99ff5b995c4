"""Receipts, sources of money, other resources, groups and the rest, against every plan there is."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from small_plans import (
    FIRST,
    TINY,
    Choice,
    Instance,
    best_of,
    choice_in,
    enumerated,
    instances,
    links_hold,
    plan_of,
    room_left,
    settings_of,
    starts_in,
    tables,
    value_of,
)

from nelfin.errors import NoAnswerError
from nelfin.models.capital import CapitalPlan, build

pytestmark = pytest.mark.property


@given(instances(more=True))
@settings(max_examples=25)
def test_the_plan_is_worth_as_much_as_the_best_of_all_plans(instance: Instance) -> None:
    assert best_of(instance) == pytest.approx(
        enumerated(instance),
        abs=1e-4,  # a divisible scheme may take the millionth that a limit gives
    )


@given(instances(more=True))
@settings(max_examples=25)
def test_the_plan_read_back_from_its_tables_keeps_every_limit_and_says_so(
    instance: Instance,
) -> None:
    try:
        plan = plan_of(instance)
    except NoAnswerError:
        assume(False)
    choice, rows = choice_in(plan), {row["id"]: row for row in instance["rows"]}
    assert links_hold(instance, choice)
    assert all(start in starts_in(rows[name]) for name, (start, _) in choice.items())
    left = room_left(instance, choice)
    assert min(left.values()) >= -2 * TINY
    for row in plan.limits.to_dict("records"):
        money = ("money", row["money"]) if row.get("money") else ()
        key = (*money, row["organisation"], int(row["year"][:4]) - FIRST)
        assert row["slack_gbp_m"] == pytest.approx(left[key], abs=TINY)
    for row in plan.resources.to_dict("records"):
        key = ("staff", row["organisation"], int(row["year"][:4]) - FIRST)
        assert row["slack"] == pytest.approx(left[key], abs=TINY)
    worth = sum(value_of(instance, rows[n], start) * share for n, (start, share) in choice.items())
    assert plan.solve.objective == pytest.approx(worth, abs=TINY)
    _assert_reasons(instance, plan, choice)


@given(instances(more=True))
@settings(max_examples=10)
def test_a_problem_that_nothing_is_added_to_has_the_same_plan(instance: Instance) -> None:
    model = build(*tables(instance), **settings_of(instance))
    try:
        plan = plan_of(instance)
    except NoAnswerError as error:
        with pytest.raises(NoAnswerError, match=re.escape(str(error))):
            model.solve()
        return
    again = model.solve()
    for name in ("plan", "spend", "limits", "prices", "resources"):
        assert getattr(again, name).equals(getattr(plan, name)), name


def _assert_reasons(instance: Instance, plan: CapitalPlan, choice: Choice) -> None:
    """Check what reasons say of groups and of staff."""
    left, rows = room_left(instance, choice), {row["id"]: row for row in instance["rows"]}
    for line in plan.plan.to_dict("records"):
        row, text = rows[line["project_id"]], line["reason"]
        assert text.endswith(".")
        assert "stopped within its gap" not in text or abs(line["reduced_cost"]) < TINY
        if found := re.match(r"At most (\d+) of the group (\w) may be chosen: (.+) (is|are)", text):
            chosen = {n for n in choice if found[2] in rows[n]["groups"]}
            assert found[2] in row["groups"]
            assert set(found[3].split(", ")) == chosen
            assert len(chosen) == int(found[1])
        for amount, owner, year in re.findall(
            r"([\d.]+) wte of staff(?: of (\w+))? are left in (\d{4})", text
        ):
            room = left["staff", owner, int(year) - FIRST]
            assert float(amount) == pytest.approx(room, abs=0.06)
