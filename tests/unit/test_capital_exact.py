"""What fits exactly fits, scores may be of any size, and a proof is what was proven."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from capital_plans import both_solvers, limit_table, plan_of, scheme, starts, table

from nelfin.models.capital import solve
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.plan import rounding
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.stress.overruns import Overruns
from nelfin.models.capital.stress.variants import with_limits

pytestmark = pytest.mark.unit

# products of a cost with one decimal and a usual factor that floats put above their value
FACTORS = {0.1: "cdel_share", 1.1: "optimism", 1.24: "optimism", 0.7: "cdel_share"}
ABOVE = [
    (cost, factor, round(cost * factor, 4))
    for factor in FACTORS
    for cost in (tenths / 10 for tenths in range(1, 400))
    if cost * factor > round(cost * factor, 4)
]


def fitting(cost: float, factor: float) -> tuple[dict, dict[str, Any]]:
    """Return a scheme whose use of the limit is a product, and the settings that make it so."""
    if FACTORS[factor] == "cdel_share":
        return scheme("A", cost, 10, cdel_share=factor), {}
    row = scheme("A", cost, 10, asset_type="Building")
    return row, {"optimism_bias_pct": {"Building": 100 * (factor - 1)}}


@both_solvers
@pytest.mark.parametrize(("cost", "factor", "limit"), ABOVE[:: len(ABOVE) // 5])
def test_a_scheme_that_fits_but_for_the_last_bit_of_a_float_is_funded(
    solver: str, cost: float, factor: float, limit: float
) -> None:
    row, settings = fitting(cost, factor)
    plan = plan_of([row, scheme("B", limit / 2, 1)], [limit], solver=solver, **settings)
    assert starts(plan) == {"A": "2025/26"}
    assert plan.solve.objective == pytest.approx(10)
    assert (plan.solve.status, plan.solve.gap) == ("optimal", pytest.approx(0, abs=1e-6))
    assert plan.solve.relaxation >= 10 - 1e-6


@both_solvers
def test_schemes_whose_sum_fits_but_for_the_last_bit_are_funded(solver: str) -> None:
    rows = [scheme(name, [0.1, 0.7], 2) for name in "ABC"]
    assert 0.1 * 3 > 0.3
    assert len(starts(plan_of(rows, [0.3, 2.1], solver=solver))) == 3


@both_solvers
def test_what_is_carried_over_fits_exactly_too(solver: str) -> None:
    # a tenth of 0.3 is carried twice, and 0.3 + 0.03 is above 0.33 in floats
    rows = [scheme("A", 0.33, 5, earliest_start="2026/27", latest_start="2026/27")]
    plan = plan_of(rows, [0.3, 0.3, 0.3], carry_over_pct=10, solver=solver)
    assert starts(plan) == {"A": "2026/27"}
    assert plan.limits["slack_gbp_m"].min() > -1.1e-6


@both_solvers
@pytest.mark.parametrize(("above", "fits"), [(0.4e-6, True), (3e-6, False)])
def test_a_limit_may_be_passed_by_a_pound_and_no_more(
    solver: str, above: float, fits: bool
) -> None:
    rows = [scheme("A", 5 + above, 5), scheme("B", 1, 1)]
    assert ("A" in starts(plan_of(rows, [5], solver=solver))) == fits


def test_years_that_carry_over_do_not_add_up_their_pounds() -> None:
    rows = [
        scheme(f"P{t}", 5 + 0.9e-6, 5, earliest_start=f"20{25 + t}/{26 + t}",
               latest_start=f"20{25 + t}/{26 + t}")
        for t in range(5)
    ]  # fmt: skip
    plan = plan_of(rows, [5] * 5, carry_over_pct=10)
    assert (plan.limits["slack_gbp_m"] >= -rounding(5)).all()


def test_a_share_is_cut_to_fit_exactly() -> None:
    rows = [scheme("A", 3, 5), scheme("D", 4, 4, divisible="yes")]
    plan = plan_of(rows, [5.0])
    assert plan.limits["used_gbp_m"].tolist() == [pytest.approx(5.0, abs=1e-8)]
    assert plan.plan["funded_share"].tolist() == [1, pytest.approx(0.5, abs=1e-8)]


# Carry-over


def test_headroom_of_over_programming_is_not_carried_over() -> None:
    # 20 % of 10 may be carried, not of the 11 that may be planned
    def fits(cost: float) -> bool:
        late = {"earliest_start": "2026/27"}
        rows = [scheme("A", cost, 5, **late)]
        return bool(starts(plan_of(rows, [10, 10], carry_over_pct=20, over_programming_pct=10)))

    assert fits(13.0)
    assert not fits(13.1)


def test_what_may_be_carried_moves_with_the_limits() -> None:
    rows = table([scheme("A", 5, 5)])
    settings = Settings(carry_over_pct=20)
    case = case_of(check_capital(rows, limit_table([10, 10]), settings))
    half = with_limits(case, 0.5)
    assert [row.bound for row in half.program.rows_of("carry")] == [pytest.approx(1.0)]
    assert [row.bound for row in half.program.rows_of("limit")] == [5, 5]


@pytest.mark.parametrize(("second", "holds"), [(13.0, True), (13.05, False)])
def test_draws_carry_over_no_headroom_either(second: float, holds: bool) -> None:
    rows = [scheme("A", second, 5, earliest_start="2026/27")]
    plan = plan_of(rows, [10, 14])
    limits = limit_table([10, 10])
    drawn = Overruns(plan, limits, ["2025/26", "2026/27"], None, 0.0, 50.0, 10.0, 20.0, 0)
    _, within = drawn.of(drawn.factors(None, 1))
    assert within.all() == holds


# The check of prices


@pytest.mark.parametrize("limit", [0.3, 0.001, 0.999, 1.0, 7.0])
def test_what_less_costs_is_never_below_the_price(limit: float) -> None:
    rows = [scheme("A", limit, 10), scheme("B", limit / 2, 1), scheme("C", limit, 3)]
    prices = plan_of(rows, [limit]).prices.iloc[0]
    assert prices["loss_of_1m_less"] >= prices["price_per_gbp_m"] - 1e-6
    assert prices["gain_of_1m_more"] <= prices["price_per_gbp_m"] + 1e-6
    assert prices["price_per_gbp_m"] > 0


def test_a_limit_of_nothing_cannot_fall() -> None:
    prices = plan_of([scheme("A", 1, 3)], [0.0]).prices.iloc[0]
    assert np.isnan(prices["loss_of_1m_less"])
    assert prices["gain_of_1m_more"] == pytest.approx(3)


# Scores of any size


def list_of(seed: int, count: int = 40) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        scheme(f"P{n}", rng.uniform(1, 6, int(rng.integers(1, 4))).round(2).tolist(),
               float(rng.integers(3, 60)))
        for n in range(count)
    ]  # fmt: skip


@both_solvers
@pytest.mark.parametrize("times", [1e-8, 1e8])
def test_scores_of_any_size_give_the_same_plan_and_proof(solver: str, times: float) -> None:
    rows, gap = list_of(3, 15), 0.0
    small = [row | {"benefit": row["benefit"] * times} for row in rows]
    one, other = (
        plan_of(each, [14, 12, 11], gap_pct=gap, solver=solver, discount_rate_pct=3.5)
        for each in (rows, small)
    )
    assert starts(one) == starts(other)
    assert other.solve.status == "optimal"
    assert other.solve.objective == pytest.approx(one.solve.objective * times)
    assert other.solve.bound == pytest.approx(one.solve.bound * times)
    assert other.solve.relaxation == pytest.approx(one.solve.relaxation * times)
    price = [plan.limits["price_per_gbp_m"].to_numpy() for plan in (one, other)]
    assert price[1] == pytest.approx(price[0] * times)


def test_the_search_within_a_gap_is_the_same_whatever_the_size_of_the_scores() -> None:
    rows = list_of(5)
    plans = [
        plan_of([row | {"benefit": row["benefit"] * times} for row in rows], [20] * 6, gap_pct=4.0)
        for times in (1e-8, 1.0, 1e8)
    ]
    assert starts(plans[0]) == starts(plans[1]) == starts(plans[2])


def test_reasons_of_small_scores_can_be_read() -> None:
    rows = [scheme("A", 4, 3e-7), scheme("B", 4, 1e-8), scheme("C", 2, 2e-7)]
    words = " ".join(plan_of(rows, [5]).plan["reason"])
    assert "Worth 3e-07 points" in words
    assert "against a benefit of 1e-08" in words
    assert " 0.0 points" not in words


# The order of the rows


def test_the_plan_is_the_same_in_any_order_of_the_rows() -> None:
    rows = list_of(8, 30)
    rows[4] |= {"requires": "P2"}
    rows[9] |= {"excludes": "P3"}
    limits = pd.concat([limit_table({"": [20] * 4, "Barts": [19] * 4})])
    rules = pd.DataFrame(
        [["category_floor", "Backlog", 30.0], ["category_cap", "Backlog", 70.0]],
        columns=["rule", "name", "amount_gbp_m"],
    )
    found = []
    for seed in range(3):
        mixed = [
            frame.sample(frac=1.0, random_state=seed) if seed else frame
            for frame in (table(rows), limits, rules)
        ]
        found.append(solve(mixed[0], mixed[1], rules=mixed[2], gap_pct=3.0))
    first, *others = found
    for other in others:
        assert starts(other).items() == starts(first).items()
        assert other.solve.objective == first.solve.objective
        assert other.solve.bound == first.solve.bound


# The proof


@both_solvers
def test_a_bound_is_never_below_the_best_plan(solver: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(3):
        costs, worth = rng.uniform(1, 9, 9).round(1), rng.integers(1, 40, 9).astype(float)
        rows = [scheme(f"P{n}", c, w) for n, (c, w) in enumerate(zip(costs, worth, strict=True))]
        best = max(
            sum(worth[list(chosen)])
            for size in range(10)
            for chosen in itertools.combinations(range(9), size)
            if sum(costs[list(chosen)]) <= 20 + 1e-6
        )
        for gap in (0.0, 5.0, 30.0):
            account = plan_of(rows, [20], gap_pct=gap, solver=solver).solve
            assert account.objective <= best + 1e-6 <= account.bound + 2e-6
            assert account.bound <= account.objective * (1 + gap / 100) + 1e-6
            assert account.status == "optimal"
