"""Plans that keep still, against every plan there is, and what is asked to be in or out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pandas as pd
import pytest
from capital_plans import line, no_answer, plan_of, reasons, scheme, starts

from nelfin.errors import InputError
from nelfin.models.capital import CapitalPlan
from nelfin.models.capital.keep import least_within

pytestmark = pytest.mark.unit

YEARS = ("2025/26", "2026/27", "2027/28")


def in_force(**years: str) -> pd.DataFrame:
    return pd.DataFrame({"project_id": list(years), "start_year": list(years.values())})


def every_plan(rows: list[dict], limits: list[float]) -> Iterator[tuple[dict[str, str], float]]:
    """Yield every plan of schemes of one year of spend that keeps the limits, and its worth."""
    for choice in product(("", *YEARS[: len(limits)]), repeat=len(rows)):
        for year, limit in zip(YEARS, limits, strict=False):
            used = sum(row["spend_1"] for row, at in zip(rows, choice, strict=True) if at == year)
            if used > limit + 1e-9:
                break
        else:
            chosen = {r["project_id"]: at for r, at in zip(rows, choice, strict=True) if at}
            yield chosen, sum(r["benefit"] for r, at in zip(rows, choice, strict=True) if at)


def changed(plan: dict[str, str], before: dict[str, str]) -> int:
    return sum(plan.get(name) != before.get(name) for name in {*plan, *before})


ROWS = [
    scheme("A", 4, 10), scheme("B", 3, 7), scheme("C", 3, 8), scheme("D", 2, 4),
    scheme("E", 5, 9), scheme("F", 1, 1.5),
]  # fmt: skip
LIMITS = [7, 5, 3]
BEFORE = {"A": "2025/26", "D": "2026/27", "E": "2027/28", "F": "2025/26"}


@pytest.mark.parametrize("gap", [0.0, 2.0, 10.0, 30.0])
def test_fewest_starts_are_changed_of_all_plans_within_the_gap(gap: float) -> None:
    plan = plan_of(ROWS, LIMITS, gap_pct=gap, begin_from=in_force(**BEFORE))
    plans = list(every_plan(ROWS, LIMITS))
    best = max(worth for _, worth in plans)
    least = best / (1 + gap / 100)
    told = plan.solve
    assert told.changed == changed(starts(plan), BEFORE)
    # the gap is measured from the relaxation where a plan reaches it, else from the best plan
    enough = least_within(told.relaxation, gap / 100)
    if max(worth for _, worth in plans) < enough - 1e-9:
        enough = least
    fewest = min(changed(each, BEFORE) for each, worth in plans if worth >= enough - 1e-6)
    assert told.changed == told.changed_at_least == fewest
    most = max(w for each, w in plans if changed(each, BEFORE) == fewest)
    assert told.objective == pytest.approx(most)
    assert told.gap == pytest.approx((told.bound - most) / most)
    assert told.bound >= best - 1e-6


@pytest.mark.parametrize("most", [1, 2, 3, 5, 12])
def test_most_benefit_with_at_most_so_many_changes(most: int) -> None:
    possible = [worth for each, worth in every_plan(ROWS, LIMITS) if changed(each, BEFORE) <= most]
    plan = plan_of(ROWS, LIMITS, begin_from=in_force(**BEFORE), max_changes=most)
    assert plan.solve.objective == pytest.approx(max(possible))
    assert plan.solve.changed == changed(starts(plan), BEFORE) <= most


def test_a_plan_that_still_holds_within_the_gap_stays() -> None:
    old = plan_of(ROWS, LIMITS)
    again = plan_of(ROWS, LIMITS, gap_pct=5.0, begin_from=old.plan)
    assert starts(again) == starts(old)
    assert again.solve.changed == 0


def test_too_few_changes_say_how_many_it_takes() -> None:
    text = no_answer(ROWS, LIMITS, begin_from=in_force(**BEFORE), max_changes=0)
    assert "at least 1 must change" in text
    assert "£" not in text


def test_a_divisible_scheme_is_kept_where_it_starts_in_the_same_year() -> None:
    rows = [scheme("A", 4, 10, divisible="yes"), scheme("B", 3, 12)]
    before = in_force(A="2025/26")
    plan = plan_of(rows, [4], begin_from=before, gap_pct=50.0)
    assert starts(plan) == {"A": "2025/26"}
    assert plan.solve.changed == 0
    plan = plan_of(rows, [4], begin_from=before)
    assert starts(plan) == {"A": "2025/26", "B": "2025/26"}
    assert plan.solve.changed == 1
    assert line(plan, "A")["funded_share"] == pytest.approx(0.25)


def test_a_start_that_is_no_longer_possible_counts_as_changed() -> None:
    rows = [scheme("A", 4, 10, earliest_start="2026/27"), scheme("B", 3, 12)]
    plan = plan_of(rows, [4, 4], begin_from=in_force(A="2025/26", B="2026/27", Z="2025/26"))
    assert starts(plan)["A"] == "2026/27"
    assert plan.solve.changed == 2
    text = no_answer(rows, [4, 4], begin_from=in_force(A="2025/26"), max_changes=0)
    assert "at least 1 must change" in text


def test_reasons_say_what_the_plan_in_force_decides() -> None:
    rows = [scheme("A", 4, 10), scheme("B", 4, 11), scheme("D", 4, 10.8), scheme("C", 1, 2.75)]
    plan = plan_of(rows, [5], begin_from=in_force(A="2025/26"), gap_pct=40.0)
    assert starts(plan) == {"A": "2025/26"}
    assert reasons(plan)["A"].startswith("Kept as the plan in force has it.")
    assert "so that fewer starts change" in reasons(plan)["C"]


def test_least_worth_within_a_gap_of_a_negative_bound() -> None:
    least = least_within(-100.0, 0.25)
    assert (-100.0 - least) / abs(least) == pytest.approx(0.25)
    assert least_within(0.0, 0.5) == 0.0


# Asked to be in, out, or to start in a year


def asked(**settings: object) -> CapitalPlan:
    return plan_of(ROWS, LIMITS, **settings)


@pytest.mark.parametrize(
    ("settings", "holds"),
    [
        ({"must_in": ["F"]}, lambda plan: "F" in plan),
        ({"must_out": ["A", "C"]}, lambda plan: not {"A", "C"} & set(plan)),
        ({"must_start": {"B": "2027/28"}}, lambda plan: plan.get("B") == "2027/28"),
        (
            {"must_in": ["F"], "must_out": ["A"], "must_start": {"E": "2025/26"}},
            lambda plan: "F" in plan and "A" not in plan and plan.get("E") == "2025/26",
        ),
    ],
)  # fmt: skip
def test_what_is_asked_holds_and_the_rest_is_best(settings: dict, holds) -> None:  # type: ignore[no-untyped-def]
    plan = asked(**settings)
    assert holds(starts(plan))
    best = max(worth for each, worth in every_plan(ROWS, LIMITS) if holds(each))
    assert plan.solve.objective == pytest.approx(best)


def test_reasons_of_what_is_asked() -> None:
    plan = asked(must_in=["F"], must_out=["A"], must_start={"B": "2027/28"})
    said = reasons(plan)
    assert said["F"].startswith("Asked to be in.")
    assert said["A"] == "Asked to be out."
    assert said["B"].startswith("Asked to be in to start in 2027/28.")
    # what it would be worth is still told
    assert line(plan, "A")["reduced_cost"] > 0


LINKED = [
    scheme("A", 1, 1, requires="B"),
    scheme("B", 1, 1, latest_start="2026/27"),
    scheme("C", 1, 1, excludes="A"),
    scheme("M", 1, 1, must_fund="yes"),
    scheme("X1", [1, 1, 1], 1, option_of="X"),
    scheme("X2", 1, 1, option_of="X"),
]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"must_in": ["Q"]}, "must_in Q: is no scheme of the table."),
        ({"must_out": ["a"]}, 'must_out a: is no scheme of the table. Did you mean "A"?'),
        ({"must_in": ["A"], "must_out": ["A"]}, "must_out A: is also asked to be in."),
        ({"must_start": {"A": "2025/26"}, "must_out": ["A"]}, "must_out A: is also asked"),
        ({"must_out": ["M"]}, "must_out M: must be funded, as the table says."),
        ({"must_in": ["A"], "must_out": ["B"]}, "must_in A: needs B, which is asked to be out."),
        ({"must_in": ["A", "C"]}, "must_in C: and A exclude each other."),
        ({"must_in": ["X1", "X2"]}, "must_in X2: is an option of X, as X1 is"),
        ({"must_start": {"B": "2027/28"}}, "must_start B=2027/28: is after its latest start"),
        ({"must_start": {"A": "2035/36"}}, "is outside the plan's years 2025/26 to 2027/28."),
        ({"must_start": {"X1": "2026/27"}}, "leaves no room for its 3 years of spend by 2027/28."),
        (
            {"must_start": {"A": "2025/26", "B": "2026/27"}},
            "starts in 2025/26 and needs B no later than it, which is asked to start in 2026/27.",
        ),
        ({"max_changes": 2}, "is given without the plan in force"),
        ({"begin_from": in_force(A="2025/26"), "max_changes": -1}, "max_changes: is -1."),
        ({"begin_from": in_force(A="2025/26"), "relax": True}, "cannot be kept to in a relaxation"),
        ({"begin_from": in_force(Q="2025/26")}, "has no scheme of projects"),
        ({"begin_from": in_force(A="soon")}, "begin_from, row 0, column start_year"),
        ({"begin_from": pd.concat([in_force(A="2025/26")] * 2)}, "repeats"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(settings: dict, says: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_of(LINKED, [9, 9, 9], **settings)
    assert says in str(caught.value)


def test_any_option_may_be_asked_for_by_what_they_are_options_of() -> None:
    assert "X2" in starts(plan_of(LINKED, [1, 1, 1], must_in=["X"]))
    assert not {"X1", "X2"} & set(starts(plan_of(LINKED, [9, 9, 9], must_out=["X"])))


def test_what_the_limits_do_not_hold_is_named() -> None:
    text = no_answer(ROWS, LIMITS, must_start={"A": "2027/28"})
    assert "need £4.0m in 2027/28, the limit is £3.0m (A £4.0m)" in text
    assert "ask otherwise for A" in text
