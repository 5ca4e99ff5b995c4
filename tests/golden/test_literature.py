"""Capital-budgeting problems of the literature, whose optima have been known for decades.

For capital each resource of a problem is written as a year and each item as a scheme that can only
start in the first year, so that the plan's limits are the problem's rows. For a portfolio the first
resource is the money of one year, and every other a skill of its staff.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from nelfin.models import portfolio
from nelfin.models.capital import CapitalPlan, solve
from nelfin.years import label_of

pytestmark = pytest.mark.golden


@dataclass(frozen=True)
class Problem:
    """A multidimensional knapsack: values, a row of weights a resource, and what there is of it."""

    values: list[float]
    weights: list[list[float]]
    limits: list[float]


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.split()]


def problem(values: str, weights: str, limits: str) -> Problem:
    """Read a problem; rows of weights are separated by a slash."""
    return Problem(numbers(values), [numbers(row) for row in weights.split("/")], numbers(limits))


def joined(first: Problem, values: str, weights: str, limits: str) -> Problem:
    """Add items to a problem: Petersen's larger problems hold his smaller ones."""
    more = problem(values, weights, limits)
    rows = [a + b for a, b in zip(first.weights, more.weights, strict=True)]
    return Problem(first.values + more.values, rows, more.limits)


# Petersen, C. C. (1967), Computational experience with variants of the Balas algorithm applied to
# the selection of R&D projects, Management Science 13(9), 736-750; as kept by the OR-Library.
PETERSEN_1 = problem(
    "100 600 1200 2400 500 2000",
    "8 12 13 64 22 41 / 8 12 13 75 22 41 / 3 6 4 18 6 4 / 5 10 8 32 6 12 / 5 13 8 42 6 20 /"
    "5 13 8 48 6 20 / 0 0 0 0 8 0 / 3 0 4 0 8 0 / 3 2 4 0 8 4 / 3 2 4 8 8 4",
    "80 96 20 36 44 48 10 18 22 24",
)
PETERSEN_2 = problem(
    "600.1 310.5 1800 3850 18.6 198.7 882 4200 402.5 327",
    "20 5 100 200 2 4 60 150 80 40 / 20 7 130 280 2 8 110 210 100 40 /"
    "60 3 50 100 4 2 20 40 6 12 / 60 8 70 200 4 6 40 70 16 20 / 60 13 70 250 4 10 60 90 20 24 /"
    "60 13 70 280 4 10 70 105 22 28 / 5 2 20 100 2 5 10 60 0 0 / 45 14 80 180 6 10 40 100 20 0 /"
    "55 14 80 200 6 10 50 140 30 40 / 65 14 80 220 6 10 50 180 30 50",
    "450 540 200 360 440 480 200 360 440 480",
)
PETERSEN_3 = problem(
    "100 220 90 400 300 400 205 120 160 580 400 140 100 1300 650",
    "8 24 13 80 70 80 45 15 28 90 130 32 20 120 40 /"
    "8 44 13 100 100 90 75 25 28 120 130 32 40 160 40 /"
    "3 6 4 20 20 30 8 3 12 14 40 6 3 20 5 /"
    "5 9 6 40 30 40 16 5 18 24 60 16 11 30 25 /"
    "5 11 7 50 40 40 19 7 18 29 70 21 17 30 25 /"
    "5 11 7 55 40 40 21 9 18 29 70 21 17 35 25 /"
    "0 0 1 10 4 10 0 6 0 6 32 3 0 70 10 /"
    "3 4 5 20 14 20 6 12 10 18 42 9 12 100 20 /"
    "3 6 9 30 29 20 12 12 10 30 42 18 18 110 20 /"
    "3 8 9 35 29 20 16 15 10 30 42 20 18 120 20",
    "550 700 130 240 280 310 110 205 260 275",
)
PETERSEN_4 = joined(
    PETERSEN_3,
    "320 480 80 60 2550",
    "30 20 6 3 180 / 60 55 10 6 240 / 0 5 3 0 20 / 10 13 5 1 80 / 15 25 5 1 100 /"
    "20 25 5 2 110 / 0 0 0 0 0 / 5 6 4 1 20 / 15 18 7 2 40 / 20 22 7 3 50",
    "550 700 130 240 280 310 110 205 260 275",
)
PETERSEN_5 = joined(
    PETERSEN_4,
    "3100 1100 950 450 300 220 200 520",
    "220 50 30 50 12 5 8 18 / 290 80 90 70 27 17 8 28 / 30 40 10 0 5 0 0 10 /"
    "60 50 20 30 10 5 3 20 / 70 55 20 50 15 15 6 20 / 70 55 20 50 20 15 6 20 /"
    "30 10 0 10 10 5 0 10 / 50 30 5 20 20 10 10 20 / 60 50 25 25 25 15 10 28 /"
    "60 55 25 30 25 15 10 28",
    "930 1210 272 462 532 572 240 400 470 490",
)
PETERSEN_6 = problem(
    "560 1125 300 620 2100 431 68 328 47 122 322 196 41 25 425 4260 416 115 82 22 631 132 420 86 "
    "42 103 215 81 91 26 49 420 316 72 71 49 108 116 90",
    "40 91 10 30 160 20 3 12 3 18 9 25 1 1 10 280 10 8 1 1 49 8 21 6 1 5 10 8 2 1 0 10 42 6 4 8 0 "
    "10 1 /"
    "16 92 41 16 150 23 4 18 6 0 12 8 2 1 0 200 20 6 2 1 70 9 22 4 1 5 10 6 4 0 4 12 8 4 3 0 10 0 "
    "6 /"
    "38 39 32 71 80 26 5 40 8 12 30 15 0 1 23 100 0 20 3 0 40 6 8 0 6 4 22 4 6 1 5 14 8 2 8 0 20 0 "
    "0 /"
    "8 71 30 60 200 18 6 30 4 8 31 6 3 0 18 60 21 4 0 2 32 15 31 2 2 7 8 2 8 0 2 8 6 7 1 0 0 20 8 /"
    "38 52 30 42 170 9 7 20 0 3 21 4 1 2 14 310 8 4 6 1 18 15 38 10 4 8 6 0 0 3 0 10 6 1 3 0 3 5 4",
    "600 500 500 500 600",
)
PETERSEN_7 = joined(
    PETERSEN_6,
    "738 1811 430 3060 215 58 296 620 418 47 81",
    "40 86 11 120 8 3 32 28 13 2 4 / 28 93 9 30 22 0 36 45 13 2 2 / 6 12 6 80 13 6 22 14 0 1 2 /"
    "14 20 2 40 6 1 14 20 12 0 1 / 0 30 12 16 18 3 16 22 30 4 0",
    "800 650 550 550 650",
)
PETERSEN = {
    1: (PETERSEN_1, 3_800.0, (6, 10)),
    2: (PETERSEN_2, 8_706.1, (10, 10)),
    3: (PETERSEN_3, 4_015.0, (15, 10)),
    4: (PETERSEN_4, 6_120.0, (20, 10)),
    5: (PETERSEN_5, 12_400.0, (28, 10)),
    6: (PETERSEN_6, 10_618.0, (39, 5)),
    7: (PETERSEN_7, 16_537.0, (50, 5)),
}

# Weingartner, H. M. and Ness, D. N. (1967), Methods for the solution of the multidimensional 0/1
# knapsack problem, Operations Research 15(1), 83-103: two years of outlays, six pairs of budgets.
WEINGARTNER_NESS = problem(
    "1898 440 22507 270 14148 3100 4650 30800 615 4975 1160 4225 510 11880 479 440 490 330 110 560 "
    "24355 2885 11748 4550 750 3720 1950 10500",
    "45 0 85 150 65 95 30 0 170 0 40 25 20 0 0 25 0 0 25 0 165 0 85 0 0 0 0 100 /"
    "30 20 125 5 80 25 35 73 12 15 15 40 5 10 10 12 10 9 0 20 60 40 50 36 49 40 19 150",
    "600 600",
)
WEINGARTNER_NESS_OPTIMA = {
    (600, 600): 141_278,
    (500, 500): 130_883,
    (300, 300): 95_677,
    (300, 600): 119_337,
    (600, 300): 98_796,
    (562, 497): 130_623,
}


def plan_of(given: Problem, solver: str = "highs") -> CapitalPlan:
    years = [label_of(2000 + t) for t in range(len(given.limits))]
    projects = pd.DataFrame(
        [
            {
                "project_id": f"P{n}",
                "name": f"Item {n}",
                "organisation": "any",
                "category": "any",
                "benefit": value,
                "earliest_start": years[0],
                "latest_start": years[0],
                **{f"spend_{t + 1}": row[n] for t, row in enumerate(given.weights)},
            }
            for n, value in enumerate(given.values)
        ]
    )
    limits = pd.DataFrame({"year": years, "limit_gbp_m": given.limits})
    return solve(projects, limits, discount_rate_pct=0.0, gap_pct=0.0, solver=solver)


def assert_optimal(plan: CapitalPlan, given: Problem, optimum: float) -> None:
    """Check the objective, and that the items chosen are worth it and fit."""
    assert plan.solve.status == "optimal"
    assert plan.solve.objective == pytest.approx(optimum, abs=1e-6)
    chosen = [n for n, status in enumerate(plan.plan["status"]) if status == "funded"]
    assert set(plan.plan["status"]) <= {"funded", "not funded"}
    assert sum(given.values[n] for n in chosen) == pytest.approx(optimum, abs=1e-6)
    for row, limit in zip(given.weights, given.limits, strict=True):
        assert sum(row[n] for n in chosen) <= limit


@pytest.mark.parametrize("number", PETERSEN)
@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_petersen_problems_come_out_at_their_known_optimum(number: int, solver: str) -> None:
    given, optimum, (items, resources) = PETERSEN[number]
    assert len(given.values) == items
    assert [len(row) for row in given.weights] == [items] * resources
    plan = plan_of(given, solver)
    assert_optimal(plan, given, optimum)
    assert plan.solve.bound >= optimum - 1e-6
    if solver == "highs":
        assert plan.solve.gap == pytest.approx(0, abs=1e-9)


def assert_portfolio_optimal(given: Problem, optimum: float) -> None:
    """Draw a problem up as a portfolio, and check its value and what it uses."""
    (money, *skills), year = given.weights, label_of(2000)
    initiatives = pd.DataFrame(
        [
            {
                "initiative_id": f"P{n}",
                "name": f"Item {n}",
                "value_points": value,
                "cost_1": money[n],
                **{f"staff_row {r}_1": row[n] for r, row in enumerate(skills)},
            }
            for n, value in enumerate(given.values)
        ]
    )
    found = portfolio.solve(
        initiatives,
        pd.DataFrame({"year": [year], "pool_gbp_m": given.limits[:1]}),
        pd.DataFrame(
            [[f"row {r}", year, limit] for r, limit in enumerate(given.limits[1:])],
            columns=["skill", "year", "months"],
        ),
        value="score",
        gap_pct=0.0,
        frontier_pct=(),
        check_prices=False,
    )
    assert found.solve.objective == pytest.approx(optimum, abs=1e-6)
    assert found.solve.gap == pytest.approx(0, abs=1e-9)
    chosen = [n for n, status in enumerate(found.plan["status"]) if status == "chosen"]
    assert sum(given.values[n] for n in chosen) == pytest.approx(optimum, abs=1e-6)
    for row, limit in zip(given.weights, given.limits, strict=True):
        assert sum(row[n] for n in chosen) <= limit


@pytest.mark.parametrize("number", PETERSEN)
def test_petersen_problems_come_out_as_portfolios_of_money_and_staff(number: int) -> None:
    given, optimum, _ = PETERSEN[number]
    assert_portfolio_optimal(given, optimum)


@pytest.mark.parametrize("limits", [(600, 600), (500, 500)])
def test_weingartner_and_ness_come_out_as_portfolios(limits: tuple[int, int]) -> None:
    base = WEINGARTNER_NESS
    given = Problem(base.values, base.weights, [float(limit) for limit in limits])
    assert_portfolio_optimal(given, WEINGARTNER_NESS_OPTIMA[limits])


@pytest.mark.parametrize("limits", WEINGARTNER_NESS_OPTIMA)
def test_weingartner_and_ness_come_out_at_their_known_optimum(limits: tuple[int, int]) -> None:
    base = WEINGARTNER_NESS
    assert [len(row) for row in base.weights] == [len(base.values)] * 2 == [28, 28]
    given = Problem(base.values, base.weights, [float(limit) for limit in limits])
    assert_optimal(plan_of(given), given, WEINGARTNER_NESS_OPTIMA[limits])
