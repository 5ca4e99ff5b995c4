"""Capital plans against every plan there is, on small instances."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from small_plans import (
    DEARER_THAN_THE_LIMIT,
    FIRST,
    LAG_THAT_CANNOT_BE_MET,
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
    use_of,
    value_of,
)

from nelfin.errors import NoAnswerError
from nelfin.years import label_of

pytestmark = pytest.mark.property


# Properties


@given(instances())
@settings(max_examples=100)
def test_the_plan_is_worth_exactly_as_much_as_the_best_of_all_plans(instance: Instance) -> None:
    best = enumerated(instance)
    assert best_of(instance) == pytest.approx(best, abs=TINY)


@given(instances(), st.sampled_from([1e-8, 1e8]))
@settings(max_examples=15)
def test_scores_of_any_size_give_the_best_of_all_plans(instance: Instance, times: float) -> None:
    rows = [row | {"benefit": row["benefit"] * times} for row in instance["rows"]]
    best = enumerated(instance)
    assert best_of(instance | {"rows": rows}) == pytest.approx(best * times, abs=TINY * times)


@given(instances())
@settings(max_examples=12)
def test_cbc_finds_the_best_of_all_plans_too(instance: Instance) -> None:
    assert best_of(instance, solver="cbc") == pytest.approx(enumerated(instance), abs=1e-5)


@given(instances(), st.booleans())
@settings(max_examples=50)
def test_the_plan_read_back_from_its_tables_respects_every_rule(
    instance: Instance, hurried: bool
) -> None:
    try:
        plan = plan_of(instance, gap_pct=20.0 if hurried else 0.0)
    except NoAnswerError:
        assume(False)
    choice = choice_in(plan)
    rows = {row["id"]: row for row in instance["rows"]}
    assert links_hold(instance, choice)
    for name, (start, share) in choice.items():
        assert rows[name]["early"] <= start <= min(rows[name]["late"], rows[name]["last"])
        assert share == 1 or (rows[name]["divisible"] and 0 < share < 1)
    left = room_left(instance, choice)
    assert min(left.values()) >= -TINY
    for row in plan.limits.to_dict("records"):
        key = (row["organisation"], int(row["year"][:4]) - FIRST)
        assert row["slack_gbp_m"] == pytest.approx(left[key], abs=TINY)
    worth = sum(value_of(instance, rows[n], start) * share for n, (start, share) in choice.items())
    assert plan.solve.objective == pytest.approx(worth, abs=TINY)


@given(instances())
@settings(max_examples=30)
def test_spend_by_year_is_what_the_plan_and_the_project_table_make_it(instance: Instance) -> None:
    try:
        plan = plan_of(instance)
    except NoAnswerError:
        assume(False)
    expected = {}
    rows = {row["id"]: row for row in instance["rows"]}
    for name, (start, share) in choice_in(plan).items():
        for n, amount in enumerate(rows[name]["spend"]):
            if amount and start + n < instance["years"]:
                price = (1 + instance["prices"] / 100) ** (start + n)
                expected[name, label_of(FIRST + start + n)] = amount * price * share
    found = plan.spend.set_index(["project_id", "year"])
    assert found["spend_gbp_m"].to_dict() == pytest.approx(expected, abs=TINY)
    shares = [rows[name]["cdel_share"] for name in found.index.get_level_values(0)]
    assert found["cdel_gbp_m"].tolist() == pytest.approx(
        (found["spend_gbp_m"] * shares).tolist(), abs=TINY
    )


@given(instances(), st.data())
@settings(max_examples=30)
def test_more_budget_is_never_worth_less(instance: Instance, data: st.DataObject) -> None:
    more = {key: value + data.draw(st.integers(0, 5)) for key, value in instance["limits"].items()}
    assert best_of(instance | {"limits": more}) >= best_of(instance) - TINY


@given(instances(), st.data())
@settings(max_examples=30)
def test_a_scheme_that_nobody_requires_is_never_in_the_way(
    instance: Instance, data: st.DataObject
) -> None:
    # one that must be funded may be: it takes the limit of others
    rows = instance["rows"]
    required = {name for row in rows for name, _ in row["requires"]}
    free = [row["id"] for row in rows if row["id"] not in required and not row["must"]]
    assume(free and len(rows) > 1)
    gone = data.draw(st.sampled_from(free))
    rest = [
        row | {"excludes": [name for name in row["excludes"] if name != gone]}
        for row in rows
        if row["id"] != gone
    ]
    assert best_of(instance | {"rows": rest}) <= best_of(instance) + TINY


@given(instances())
@settings(max_examples=30)
def test_prices_are_never_negative_and_the_relaxation_is_never_below_the_plan(
    instance: Instance,
) -> None:
    try:
        plan = plan_of(instance)
        relaxed = plan_of(instance, relax=True)
    except NoAnswerError:
        assume(False)
    assert (plan.limits["price_per_gbp_m"] >= 0).all()
    assert relaxed.solve.objective >= plan.solve.objective - TINY
    assert plan.solve.relaxation == pytest.approx(relaxed.solve.objective, abs=TINY)
    assert relaxed.limits["price_per_gbp_m"].tolist() == plan.limits["price_per_gbp_m"].tolist()


@given(instances(), st.lists(st.integers(0, 14), min_size=8, max_size=8))
@example(DEARER_THAN_THE_LIMIT, [7] * 8)
@settings(max_examples=30)
def test_prices_never_promise_less_than_more_capital_gives(
    instance: Instance, other: list[int]
) -> None:
    # the value of the relaxation is concave in the limits, and the prices are its slope
    moved = dict(zip(instance["limits"], map(float, other), strict=False))
    try:
        here = plan_of(instance, relax=True)
        there = plan_of(instance | {"limits": moved}, relax=True)
    except NoAnswerError:
        assume(False)
    step = there.limits["limit_gbp_m"] - here.limits["limit_gbp_m"]
    promised = here.solve.objective + float((step * here.limits["price_per_gbp_m"]).sum())
    assert there.solve.objective <= promised + 1e-5


@given(instances(must=False, divisible=False))
@example(DEARER_THAN_THE_LIMIT)
@settings(max_examples=30)
def test_prices_and_reduced_costs_account_for_the_whole_relaxation(instance: Instance) -> None:
    # strong duality: what limits are worth, and what each project is worth over its price
    rows = [row | {"excludes": []} for row in instance["rows"]]
    plan = plan_of(instance | {"rows": rows})
    priced = float((plan.limits["limit_gbp_m"] * plan.limits["price_per_gbp_m"]).sum())
    margin: dict[str, float] = {}
    for row, left in zip(rows, plan.plan["reduced_cost"], strict=True):
        margin[row["group"]] = max(margin.get(row["group"], 0.0), left)
    assert priced + sum(margin.values()) == pytest.approx(plan.solve.relaxation, abs=1e-5)


@given(instances(), st.randoms(use_true_random=False), st.data())
@settings(max_examples=30)
def test_other_names_and_another_order_of_rows_change_nothing(
    instance: Instance, rng: Any, data: st.DataObject
) -> None:
    count = len(instance["rows"])
    names = data.draw(
        st.lists(
            st.text("abcxyzAB019", min_size=1, max_size=5), unique=True, min_size=count + 1,
            max_size=count + 1,
        )
    )  # fmt: skip
    renamed = dict(zip([*(row["id"] for row in instance["rows"]), "Hub"], names, strict=True))
    rows = [
        row
        | {
            "id": renamed[row["id"]],
            "group": renamed[row["group"]],
            "requires": [(renamed[name], lag) for name, lag in row["requires"]],
            "excludes": [renamed[name] for name in row["excludes"]],
        }
        for row in instance["rows"]
    ]
    rng.shuffle(rows)
    limits = list(instance["limits"].items())
    rng.shuffle(limits)
    other = instance | {"rows": rows, "limits": dict(limits)}
    assert best_of(other) == pytest.approx(best_of(instance), abs=TINY)


@given(instances(), st.sampled_from([0.0, 5.0, 30.0, 100.0]), st.sampled_from(["highs", "cbc"]))
@settings(max_examples=50)
def test_the_gap_stated_is_true(instance: Instance, asked: float, solver: str) -> None:
    best = enumerated(instance)
    try:
        account = plan_of(instance, gap_pct=asked, solver=solver).solve
    except NoAnswerError:
        assert best == -math.inf
        return
    objective, bound, gap = account.objective, account.bound, account.gap
    assert objective <= best + 1e-5
    assert bound >= best - 1e-5
    assert bound <= account.relaxation + 1e-5
    if objective > 0:
        assert gap == pytest.approx((bound - objective) / objective, abs=1e-9)
    else:
        assert (gap == 0) == (bound == pytest.approx(objective, abs=TINY))
    if solver == "highs":
        assert bound - objective <= asked / 100 * objective + 1e-5


@given(instances(divisible=False))
@settings(max_examples=50)
def test_nothing_left_out_would_fit_into_what_the_plan_leaves_unused(instance: Instance) -> None:
    try:
        plan = plan_of(instance)
    except NoAnswerError:
        assume(False)
    choice = choice_in(plan)
    for row in instance["rows"]:
        if row["id"] in choice or row["benefit"] == 0:
            continue
        for start in range(row["early"], min(row["late"], row["last"]) + 1):
            if value_of(instance, row, start) < TINY:
                continue
            wider = choice | {row["id"]: (start, 1.0)}
            fits = min(room_left(instance, wider).values()) >= 0
            assert not (fits and links_hold(instance, wider)), row["id"]


@given(instances())
@example(LAG_THAT_CANNOT_BE_MET)
@settings(max_examples=60)
def test_what_a_reason_says_of_other_schemes_and_years_is_so(instance: Instance) -> None:
    try:
        plan = plan_of(instance)
    except NoAnswerError:
        assume(False)
    choice = choice_in(plan)
    rows = {row["id"]: row for row in instance["rows"]}
    for line in plan.plan.to_dict("records"):
        row, text = rows[line["project_id"]], line["reason"]
        assert text.endswith(".")
        if text == "Must be funded.":
            assert row["must"]
        elif text == "Uses none of the limit.":
            assert not use_of(instance, row, choice[row["id"]][0])
        elif found := re.fullmatch(r"Another option of it is chosen: (.+)\.", text):
            assert rows[found[1]]["group"] == row["group"]
            assert found[1] in choice
        elif found := re.fullmatch(r"Excluded by (.+), which (?:is|are) chosen\.", text):
            assert set(found[1].split(", ")) <= set(choice)
        elif found := re.fullmatch(r"Needs (.+), which (?:is|are) not funded\.", text):
            needed = {name for name, _ in row["requires"]}
            assert set(found[1].split(", ")) <= needed - set(choice)
        elif "too little room" in text:
            _assert_too_little_room(instance, row, text, choice)


def _assert_too_little_room(instance: Instance, row: Instance, text: str, choice: Choice) -> None:
    """Check that every start the links allow lacks room, one of them in just the years named."""
    left = room_left(instance, choice)
    short = [
        {
            label_of(FIRST + t)
            for t, amount in use_of(instance, row, start).items()
            for key in (("", t), (row["organisation"], t))
            if key in left and left[key] < amount - TINY
        }
        for start in range(row["early"], min(row["late"], row["last"]) + 1)
        if value_of(instance, row, start) > TINY
        and links_hold(instance, choice | {row["id"]: (start, 1.0)})
    ]
    assert short, f"{row['id']} is kept out by a link, not by room: {text}"
    assert all(short), f"{row['id']} would fit: {text}"
    assert set(re.findall(r"\d{4}/\d{2}", text)) in short, f"{row['id']}: {text}"
