"""Plans that keep their limits in most draws of costs, against every plan there is."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from capital_plans import limit_table, scheme, table

from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital import Settings
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.stress import Chance, cost_factors, safe_plan
from nelfin.models.capital.stress.chance import allowed_to_fail, most_passed
from nelfin.models.capital.stress.held import limit_uses
from nelfin.models.capital.stress.reserves import bound_of
from nelfin.models.ranges import Range

pytestmark = pytest.mark.unit

SPREAD = Range(-10.0, 0.0, 40.0)
LIMITS = {"Barts": [9.0, 9.0], "Homerton": [12.0, 10.0], "": [18.0, 17.0]}


def case(rows: list[dict], limits: Any, **settings: Any) -> Case:
    given = {"gap_pct": 0.0, "discount_rate_pct": 3.0} | settings
    return case_of(check_capital(table(rows), limit_table(limits), Settings(**given)))


def random_case(seed: int, **settings: Any) -> Case:
    rng = np.random.default_rng(seed)
    rows = [
        scheme(
            f"S{n}",
            rng.integers(2, 9, int(rng.integers(1, 3))).tolist(),
            float(rng.integers(5, 40)),
            organisation="Barts" if n % 2 else "Homerton",
        )
        for n in range(5)
    ]
    return case(rows, LIMITS, **settings)


def plans_of(built: Case) -> list[list[Any]]:
    """Return every choice of starts, at most one a scheme."""
    options: dict[str, list[Any]] = {}
    for start in built.starts:
        options.setdefault(start.scheme.id, [None]).append(start)
    return [[start for start in chosen if start] for chosen in product(*options.values())]


def fails(built: Case, chosen: list[Any], factors: np.ndarray) -> np.ndarray:
    """Return in how many draws each limit is passed, from the starts alone; carry-over too."""
    ids = list(dict.fromkeys(start.scheme.id for start in built.starts))
    carry = built.settings.carry_over_pct / 100
    count = []
    for owner in ("Barts", "Homerton", ""):
        left = np.zeros(len(factors))
        for t, limit in enumerate(LIMITS[owner]):
            used = np.zeros(len(factors))
            for start in chosen:
                if owner in {"", start.scheme.organisation}:
                    used += factors[:, ids.index(start.scheme.id)] * start.cdel[t]
            room = limit + left - used
            count.append(int((room < -1e-6).sum()))
            left = np.clip(room, 0.0, carry * limit)
    return np.array(count)


@pytest.mark.parametrize(("seed", "safe", "carry"), [(1, 0.8, 0.0), (2, 0.9, 0.0), (3, 0.75, 20.0)])
def test_the_safe_plan_is_the_best_of_all_that_are_as_safe(
    seed: int, safe: float, carry: float
) -> None:
    built = random_case(seed, carry_over_pct=carry)
    chance = Chance(safe, SPREAD, 50.0, 12, seed)
    found = safe_plan(built, chance)
    factors = cost_factors(built, SPREAD, 50.0, 12, seed)
    most = allowed_to_fail(safe, 12)
    priced = np.ones((1, factors.shape[1]))
    best = max(
        sum(start.value for start in chosen)
        for chosen in plans_of(built)
        if (fails(built, chosen, factors) <= most).all() and not fails(built, chosen, priced).any()
    )
    assert found.exact
    assert found.plan.solve.objective == pytest.approx(best)
    assert (found.limits["share_held"] >= 1 - most / 12 - 1e-9).all()
    assert found.given_up == pytest.approx(found.as_priced - best)
    # by reserves: no better, as safe, and the bound is true
    tried = safe_plan(built, Chance(safe, SPREAD, 50.0, 12, seed, exact=False))
    assert not tried.exact
    assert tried.plan.solve.objective <= best + 1e-9
    assert tried.plan.solve.bound >= best - 1e-9
    assert (tried.limits["share_held"] >= 1 - most / 12 - 1e-9).all()


def test_costs_that_do_not_move_take_nothing() -> None:
    built = random_case(4)
    still = Range(0.0, 0.0, 0.0)
    for exact in (True, False):
        found = safe_plan(built, Chance(0.9, still, 50.0, 10, 0, exact))
        assert found.given_up == pytest.approx(0.0)
        assert found.limits["reserve_gbp_m"].tolist() == pytest.approx([0.0] * 6)
        assert (found.limits["share_held_fresh"] == 1.0).all()


def test_a_reserve_is_what_costs_come_to_above_the_price() -> None:
    # a common part alone: every scheme is dearer by the same
    rows = [scheme(name, 4, 5.0) for name in "ABC"]
    built = case(rows, [12.9])
    found = safe_plan(built, Chance(0.9, Range(0.0, 10.0, 20.0), 100.0, 200, 3, True))
    # all three at 12 have 7.5 % of room, two at 8 have enough
    line = found.limits.iloc[0]
    assert line["used_gbp_m"] == pytest.approx(8.0)
    ninth = 20 - np.sqrt(0.1 * 20 * 10)  # nine tenths of the triangle lie below
    assert line["reserve_gbp_m"] == pytest.approx(8 * ninth / 100, rel=0.02)
    assert found.given_up == pytest.approx(5.0)
    assert line["limit_gbp_m"] == 12.9


def test_safety_in_no_draw_is_the_plan_as_priced_and_in_all_the_dearest_counts() -> None:
    built = random_case(5)
    free = safe_plan(built, Chance(0.0, SPREAD, 50.0, 10, 1))
    assert free.given_up == pytest.approx(0.0)
    every = safe_plan(built, Chance(1.0, SPREAD, 50.0, 10, 1))
    assert (every.limits["share_held"] == 1.0).all()
    assert allowed_to_fail(0.9, 10) == 1
    assert allowed_to_fail(0.9, 30) == 3


def test_no_safe_plan_passes_a_limit_by_more_than_its_bound() -> None:
    built = random_case(6)
    factors = cost_factors(built, SPREAD, 50.0, 10, 2)
    uses = limit_uses(built)
    ids = list(dict.fromkeys(start.scheme.id for start in built.starts))
    for chosen in plans_of(built):
        if (fails(built, chosen, factors) > 2).any():
            continue
        for n, row in enumerate(uses.rows):
            most = most_passed(uses, n, factors, 2)
            amounts = dict(row.terms)
            used = sum(
                factors[:, ids.index(s.scheme.id)] * amounts.get(s.share_column, 0.0)
                for s in chosen
            )
            assert (used <= row.bound + most + 1e-6).all()
    values = np.zeros(len(built.program.value))
    assert bound_of(built, uses, factors, 10, values) == np.inf


def test_what_cannot_be_safe_is_told() -> None:
    built = case([scheme("A", 10, 5.0, must_fund="yes")], [10.5])
    for exact in (True, False):
        with pytest.raises(NoAnswerError, match="less safety"):
            safe_plan(built, Chance(0.9, Range(0.0, 20.0, 40.0), 50.0, 20, 0, exact))
    for wrong in (Chance(1.2, SPREAD), Chance(0.9, SPREAD, draws=0)):
        with pytest.raises(InputError):
            safe_plan(built, wrong)
