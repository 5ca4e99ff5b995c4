"""Plans for several futures at once, against every list that there is on small cases."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from capital_plans import limit_table, scheme, table

from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital import Settings
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.stress import (
    Aim,
    futures_from,
    futures_of,
    plan_for_all,
    plans_for,
    priority_list,
)
from nelfin.models.capital.stress.aims import mean_of_worst, worst_mean
from nelfin.models.capital.stress.futures import distances_between, poorer
from nelfin.models.capital.stress.joined import Joined

pytestmark = pytest.mark.unit


def case(rows: list[dict], limits: Any, **settings: Any) -> Case:
    given = {"gap_pct": 0.0, "discount_rate_pct": 0.0} | settings
    return case_of(check_capital(table(rows), limit_table(limits), Settings(**given)))


def futures_table(*rows: tuple) -> pd.DataFrame:
    columns = ["future", "weight", "limits_pct", "costs_pct", "benefit_pct"]
    return pd.DataFrame(rows, columns=columns[: len(rows[0])])


def lumpy(seed: int, count: int = 6) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        scheme(f"S{n}", int(rng.integers(3, 12)), float(rng.integers(1, 40))) for n in range(count)
    ]


def best_list(costs: Any, worth: Any, limits: Any, value: Any, given_order: bool = True) -> float:
    """Return the best of all chains of funded sets, counted through; (future, scheme) each."""
    sets = list(product([0, 1], repeat=costs.shape[1]))
    best = -np.inf
    fit = [
        [np.array(s) for s in sets if np.dot(s, costs[f]) <= limits[f] + 1e-9]
        for f in range(len(limits))
    ]
    for chosen in product(*fit):
        pairs = [(a, b) for i, a in enumerate(chosen) for b in chosen[i + 1 :]]
        nested = [(a <= b).all() or (not given_order and (a >= b).all()) for a, b in pairs]
        if all(nested):
            best = max(best, value(np.array([worth[f] @ s for f, s in enumerate(chosen)])))
    return best


LIMITS, COSTS = (60.0, 80.0, 100.0), (110.0, 100.0, 100.0)
WEIGHTS = np.array([0.2, 0.5, 0.3])


@pytest.mark.parametrize("seed", range(3))
def test_the_list_is_the_best_of_all_nested_ones(seed: int) -> None:
    rows = lumpy(seed, 5)
    built = case(rows, [25])
    given = futures_table(*[(f"F{n}", WEIGHTS[n], LIMITS[n], COSTS[n]) for n in range(3)])
    found = plans_for(futures_of(built, given))
    costs = np.outer(np.array(COSTS) / 100, [row["spend_1"] for row in rows])
    worth = np.tile([row["benefit"] for row in rows], (3, 1))
    limits = 25 * np.array(LIMITS) / 100
    best = best_list(costs, worth, limits, lambda b: WEIGHTS @ b)
    assert found.account.expected == pytest.approx(best)
    assert found.account.objective == pytest.approx(best)
    assert found.account.gap == pytest.approx(0.0)
    # from the tables alone: nested, and within what each future can pay
    funded = [
        set(found.plans.loc[found.plans["future"] == f"F{n}", "project_id"]) for n in range(3)
    ]
    assert funded[0] <= funded[1] <= funded[2]
    used = found.plans.groupby("future")["cdel_gbp_m"].sum()
    for n in range(3):
        assert used.get(f"F{n}", 0.0) <= limits[n] + 1e-6


def own_tables(seed: int) -> tuple[list[Case], np.ndarray, np.ndarray, np.ndarray]:
    """Make three futures with limits, costs and benefits of their own: none the poorer."""
    rng = np.random.default_rng(seed)
    costs, worth = rng.integers(3, 12, (3, 4)), rng.integers(-5, 40, (3, 4)).astype(float)
    limits = rng.integers(10, 25, 3).astype(float)
    cases = [
        case([scheme(f"S{n}", int(c), float(b)) for n, (c, b) in enumerate(pairs)], [limit])
        for pairs, limit in (
            (list(zip(costs[f], np.maximum(worth[f], 0), strict=True)), limits[f]) for f in range(3)
        )
    ]
    return cases, costs.astype(float), np.maximum(worth, 0), limits


@pytest.mark.parametrize("seed", [1, 4])
def test_where_no_future_is_the_poorer_the_funded_sets_make_a_chain(seed: int) -> None:
    cases, costs, worth, limits = own_tables(seed)
    futures = futures_from(
        {f"F{n}": here for n, here in enumerate(cases)}, {f"F{n}": WEIGHTS[n] for n in range(3)}
    )
    found = plans_for(futures, given_order=False)
    best = best_list(costs, worth, limits, lambda b: WEIGHTS @ b, given_order=False)
    assert found.account.expected == pytest.approx(best)
    assert found.futures["limits_pct"].isna().all()
    each = plans_for(futures, "each").account
    assert each.expected >= best - 1e-9


def worst_of(benefits: np.ndarray, radius: float, far: np.ndarray) -> float:
    """Return the least mean over a ball of weights: the dual, tried at every price that matters."""
    ratios = [
        (benefits[i] - benefits[j]) / far[i, j]
        for i in range(3) for j in range(3) if far[i, j] > 0
    ]  # fmt: skip
    return max(
        -radius * price + WEIGHTS @ (benefits[None, :] + price * far).min(axis=1)
        for price in [0.0, *[ratio for ratio in ratios if ratio > 0]]
    )


def tail_of(benefits: np.ndarray, level: float) -> float:
    """Return the mean of the worst by its definition: the best threshold less the shortfall."""
    return max(u - WEIGHTS @ np.maximum(u - benefits, 0) / (1 - level) for u in benefits)


@pytest.mark.parametrize(("share", "level"), [(0.0, 0.9), (0.4, 0.5), (1.0, 0.7), (0.7, 0.0)])
def test_the_worst_futures_count_as_much_as_asked(share: float, level: float) -> None:
    cases, costs, worth, limits = own_tables(2)
    futures = futures_from(
        {f"F{n}": here for n, here in enumerate(cases)}, {f"F{n}": WEIGHTS[n] for n in range(3)}
    )
    found = plans_for(futures, aim=Aim(share, level), given_order=False).account

    def value(benefits: np.ndarray) -> float:
        return (1 - share) * float(WEIGHTS @ benefits) + share * tail_of(benefits, level)

    assert found.objective == pytest.approx(best_list(costs, worth, limits, value, False))
    if level == 0.0:
        # the mean of all futures is the expectation, whatever its weight
        assert found.objective == pytest.approx(found.expected)


@pytest.mark.parametrize("radius", [0.0, 3.0, 10.0, 1e6])
def test_the_worst_weights_in_the_ball_count(radius: float) -> None:
    rows = lumpy(7, 5)
    built = case(rows, [25])
    given = futures_table(*[(f"F{n}", WEIGHTS[n], LIMITS[n], COSTS[n]) for n in range(3)])
    futures = futures_of(built, given)
    far = distances_between(futures)
    assert far[0, 1] == pytest.approx(np.hypot(20, 10))
    found = plans_for(futures, aim=Aim(radius=radius)).account
    costs = np.outer(np.array(COSTS) / 100, [row["spend_1"] for row in rows])
    worth = np.tile([row["benefit"] for row in rows], (3, 1))
    limits = 25 * np.array(LIMITS) / 100
    best = best_list(costs, worth, limits, lambda b: worst_of(b, radius, far))
    assert found.objective == pytest.approx(best)
    if radius == 0.0:
        assert found.objective == pytest.approx(found.expected)
    if radius == 1e6:
        # all weight may lie on the poorest future
        assert found.objective == pytest.approx(plans_for(futures[:1]).account.expected)


def test_the_worst_mean_is_between_the_least_and_the_mean() -> None:
    benefits = np.array([3.0, 10.0, 6.0])
    far = np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 4.0], [5.0, 4.0, 0.0]])
    for radius in (0.0, 0.5, 1.0, 3.0):
        assert worst_mean(benefits, WEIGHTS, radius, far) == pytest.approx(
            worst_of(benefits, radius, far)
        )
    assert mean_of_worst(benefits, WEIGHTS, 0.8) == pytest.approx(3.0)
    assert mean_of_worst(benefits, WEIGHTS, 0.5) == pytest.approx((0.2 * 3 + 0.3 * 6) / 0.5)


@pytest.mark.parametrize("seed", [0, 3])
def test_one_plan_keeps_within_the_limits_of_every_future(seed: int) -> None:
    cases, costs, worth, limits = own_tables(seed)
    names = [f"F{n}" for n in range(3)]
    futures = futures_from(
        dict(zip(names, cases, strict=True)), dict(zip(names, WEIGHTS, strict=True))
    )
    found = plans_for(futures, "one plan", Aim(0.5, 0.6))
    best = max(
        0.5 * float(WEIGHTS @ (worth @ chosen)) + 0.5 * tail_of(worth @ chosen, 0.6)
        for chosen in map(np.array, product([0, 1], repeat=4))
        if (costs @ chosen <= limits + 1e-9).all()
    )
    assert found.account.objective == pytest.approx(best)
    sets = found.plans.groupby("future")["project_id"].agg(tuple)
    assert sets.nunique() == 1


def test_more_money_and_lower_costs_make_a_future_richer() -> None:
    built = case(lumpy(0), [25])
    rows = [("low", 1.0, 80.0, 100.0), ("dear", 1.0, 90.0, 120.0), ("high", 1.0, 100.0, 100.0)]
    low, dear, high = futures_of(built, futures_table(*rows))
    # 90 / 120 buys less than 80
    assert poorer(dear, low)
    assert poorer(low, high)
    assert not poorer(high, low)
    firm_first = [low, futures_from({"a": low.case}, {"a": 1.0})[0]]
    assert poorer(*firm_first)


def test_carry_over_moves_with_its_limit() -> None:
    # of 10 a tenth may be carried: of 20 twice as much
    rows = [scheme("A", 11, 5.0, earliest_start="2026/27"), scheme("B", 22, 6.0)]
    built = case(rows, [10, 10], carry_over_pct=10.0)
    given = futures_table(("one", 1.0, 100.0, 100.0), ("two", 1.0, 200.0, 100.0))
    found = plans_for(futures_of(built, given), "each")
    sets = found.plans.groupby("future")["project_id"].agg(set).to_dict()
    assert sets == {"one": {"A"}, "two": {"B"}}


def test_benefit_and_costs_of_a_future_move_what_they_should() -> None:
    # worth 10 a year over 2 years less spend: dearer by half costs half of the spend
    rows = [scheme("A", 8, 10.0, asset_type="kit")]
    built = case(rows, [20], benefit="npsv", life_years={"kit": 2.0})
    given = futures_table(("dear", 1.0, 100.0, 150.0, 100.0), ("half", 1.0, 100.0, 100.0, 50.0))
    found = plans_for(futures_of(built, given), "each")
    assert found.futures["benefit"].tolist() == pytest.approx([20 - 12.0, 10 - 8.0])
    scored = plans_for(futures_of(case(rows, [20]), given), "each")
    assert scored.futures["benefit"].tolist() == pytest.approx([10.0, 5.0])


def test_a_scheme_may_become_a_better_option_of_itself_but_is_never_taken_back() -> None:
    rows = [
        scheme("A1", 4, 4.0, option_of="A"),
        scheme("A2", 9, 9.0, option_of="A"),
        scheme("B", 5, 4.5),
    ]
    ends, regret = priority_list(case(rows, [10]), {"low": 0.5, "all": 1.0}, {"low": 1, "all": 3})
    # B gives more at 5, but then A2 cannot be had at 10
    assert ends[["project_id", "tier"]].to_numpy().tolist() == [["A1", "low"], ["A2", "all"]]
    assert regret["weight"].tolist() == [0.25, 0.75]


def test_a_fraction_for_a_percentage_is_asked_about_and_may_be_confirmed() -> None:
    built = case(lumpy(0), [25])
    mixed = futures_table(("a", 1.0, 0.9, 100.0), ("b", 1.0, 100.0, 1.1))
    with pytest.raises(InputError) as caught:
        futures_of(built, mixed)
    said = str(caught.value)
    assert "column limits_pct: is 0.9 %. If 90 % is meant, write 90." in said
    assert "column costs_pct: is 1.1 %. If 110 % is meant, write 110." in said
    with pytest.raises(InputError, match=r"is 3 %\. If 300 % is meant"):
        futures_of(built, futures_table(("a", 1.0, 100.0, 100.0, 3.0)))
    with pytest.raises(InputError, match=r"is 5 %\. Usual is 10 to 400"):
        futures_of(built, futures_table(("a", 1.0, 5.0, 100.0)))
    marked = mixed.assign(source="unusual: a year without capital")
    assert futures_of(built, marked)[0].moved == (0.9, 100.0, 100.0)


def test_what_is_wrong_with_futures_is_told_at_once() -> None:
    built = case(lumpy(0), [25])
    with pytest.raises(InputError) as caught:
        futures_of(built, futures_table(("a", -1.0, 100.0, 100.0), ("a", 1.0, 100.0, 0.0)))
    for part in ("weight", "costs_pct", "repeats"):
        assert part in str(caught.value)
    with pytest.raises(InputError, match="adds up to nothing"):
        futures_of(built, futures_table(("a", 0.0, 100.0, 100.0)))
    with pytest.raises(InputError, match="has no weight"):
        futures_from({"a": built, "b": built}, {"a": 1.0})
    with pytest.raises(InputError, match="other schemes than a"):
        futures_from({"a": built, "b": case(lumpy(0, 3), [25])}, {"a": 1.0, "b": 1.0})
    for aim in (Aim(1.5), Aim(0.5, 1.0), Aim(radius=-1.0), Aim(0.5, radius=1.0)):
        with pytest.raises(InputError):
            aim.check()


def test_a_future_without_a_plan_is_named_by_its_limits() -> None:
    built = case([scheme("A", 9, 1.0, must_fund="yes")], [10])
    given = futures_table(("poor", 1.0, 50.0, 100.0), ("as it is", 1.0, 100.0, 100.0))
    with pytest.raises(NoAnswerError, match=r"^In the future poor: .*£9\.0m"):
        plans_for(futures_of(built, given))


def test_one_plan_for_all_is_told_at_prices_and_keeps_within_the_limits_as_they_stand() -> None:
    rows = [scheme("A", 6, 9.0), scheme("B", 5, 7.0), scheme("C", 4, 5.0)]
    built = case(rows, [10])
    given = futures_table(("cheap", 1.0, 100.0, 50.0, 100.0), ("dear", 3.0, 100.0, 120.0, 200.0))
    plan, found = plan_for_all(built, futures_of(built, given))
    # A and C take 10 as priced, 12 of 10 where costs are a fifth up: B and C would take 10.8
    assert plan.plan.loc[plan.plan["status"] == "funded", "project_id"].tolist() == ["A"]
    assert plan.plan["benefit"].sum() == pytest.approx(9.0)
    assert plan.limits["slack_gbp_m"].tolist() == pytest.approx([4.0])
    assert found.futures["benefit"].tolist() == pytest.approx([9.0, 18.0])
    assert plan.solve.objective == pytest.approx((9 + 3 * 18) / 4)
    assert plan.solve.gap == pytest.approx(0.0)
    # richer futures alone do not lift the limits as they stand
    rich = futures_table(("rich", 1.0, 300.0, 100.0, 100.0))
    assert plan_for_all(built, futures_of(built, rich))[0].plan["benefit"].sum() == 14.0


def test_rows_of_ones_own_hold_over_all_futures() -> None:
    # of A and B at most one, in whichever future: A is worth more, but only the richer can pay
    rows = [scheme("A", 8, 9.0), scheme("B", 5, 6.0), scheme("C", 2, 1.0)]
    built = case(rows, [10])
    given = futures_table(("poor", 1.0, 50.0, 100.0), ("rich", 1.0, 150.0, 100.0))
    futures = futures_of(built, given)

    def either(joined: Joined) -> None:
        columns = {start.scheme.id: start.share_column for start in built.starts}
        for n, own in enumerate(joined.columns):
            terms = [(int(own[columns[name]]), 1.0) for name in "AB"]
            joined.program.row("either", n, terms, "<=", 1.0)

    free, held = plans_for(futures), plans_for(futures, more=either)
    assert free.futures["benefit"].tolist() == pytest.approx([6.0, 16.0])
    # B in both futures and C in the richer, or A and C in the richer alone with C in both
    assert held.account.expected == pytest.approx(max((6 + 7) / 2, (1 + 10) / 2))
