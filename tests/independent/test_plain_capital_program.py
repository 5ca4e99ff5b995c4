"""Capital plans of ten to twenty-five schemes with every rule, against a program of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from capital_cases import frames, random_tables
from plain_capital_program import Tables, best

from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital import CapitalPlan, Settings, solve
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.stress import Chance, cost_factors, safe_plan
from nelfin.models.capital.stress.chance import allowed_to_fail
from nelfin.models.capital.stress.overruns import schemes_drawn
from nelfin.models.ranges import Range

pytestmark = pytest.mark.property

SEEDS = (0, 2, 3, 4, 5, 12, 16, 20, 67, 72, 98, 105)
"""Among them plans with carry-over, receipts past the end, divisible schemes and none at all."""


def settings_of(tables: Tables, **more: Any) -> dict[str, Any]:
    given = frames(tables)
    tables_beside = {name: given.get(name) for name in ("resources", "groups", "rules")}
    about = {"gap_pct": 0.0, "deprived_share": tables.deprived, "check_prices": False}
    return tables.settings | tables_beside | about | more


def solved(tables: Tables, **more: Any) -> CapitalPlan | None:
    given = frames(tables)
    try:
        return solve(given["projects"], given["limits"], **settings_of(tables, **more))
    except (NoAnswerError, InputError):
        return None


def agree(found: CapitalPlan | None, expected: float | None) -> None:
    if found is None or expected is None:
        assert found is None
        assert expected is None
        return
    near = pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert found.solve.objective == near
    assert found.solve.bound >= expected * (1 - 1e-6 * np.sign(expected))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_is_worth_what_another_program_says(seed: int) -> None:
    tables = random_tables(seed)
    agree(solved(tables), best(tables))


@pytest.mark.parametrize(("seed", "size"), [(2, 1e-8), (5, 1e8)])
def test_so_it_is_with_scores_of_any_size(seed: int, size: float) -> None:
    tables = random_tables(seed)
    for row in tables.projects:
        for name in [name for name in row if name.startswith("benefit")]:
            row[name] *= size
    found, expected = solved(tables), best(random_tables(seed))
    assert found is not None
    assert expected is not None
    assert found.solve.objective / size == pytest.approx(expected, rel=1e-6)
    assert found.solve.bound / size >= expected * (1 - 1e-6)
    assert found.solve.status == "optimal"


@pytest.mark.parametrize("seed", [2, 98])
def test_few_changes_of_a_plan_in_force_are_the_best_few(seed: int) -> None:
    tables = random_tables(seed)
    first = solved(tables)
    assert first is not None
    rows = first.plan[first.plan["start_year"] != ""]
    before = dict(zip(rows["project_id"], rows["start_year"], strict=True))
    years = sorted({row["year"] for row in tables.limits})
    before[next(iter(before))] = years[0]
    del before[list(before)[1]]
    frame = pd.DataFrame({"project_id": list(before), "start_year": list(before.values())})
    for most in (0, 1, 3):
        found = solved(tables, begin_from=frame, max_changes=most)
        agree(found, best(tables, before, most))
        assert found is None or found.solve.changed <= most


@pytest.mark.parametrize("seed", [3, 16])
def test_what_is_asked_in_out_or_to_a_year_costs_what_another_program_says(seed: int) -> None:
    tables = random_tables(seed)
    ids = [row["project_id"] for row in tables.projects]
    year = sorted({row["year"] for row in tables.limits})[1]
    agree(solved(tables, must_in=[ids[1]]), best(tables, forced={ids[1]: "in"}))
    agree(solved(tables, must_out=[ids[2]]), best(tables, forced={ids[2]: None}))
    agree(solved(tables, must_start={ids[3]: year}), best(tables, forced={ids[3]: year}))


@pytest.mark.parametrize("seed", [72, 98, 105])
def test_limits_that_hold_in_most_draws_cost_what_another_program_says(seed: int) -> None:
    tables = random_tables(seed)
    given = frames(tables)
    checked = check_capital(given["projects"], given["limits"], Settings(**settings_of(tables)))
    case, chance = case_of(checked), Chance(0.75, Range(-10.0, 0.0, 30.0), 50.0, 5, seed)
    factors = cost_factors(case, chance.spread, chance.common_pct, chance.draws, chance.seed)
    as_priced = dict.fromkeys((row["project_id"] for row in tables.projects), 1.0)
    costs = [
        as_priced | dict(zip(schemes_drawn(case), map(float, factor), strict=True))
        for factor in factors
    ]
    found = safe_plan(case, chance)
    assert found.exact
    agree(found.plan, best(tables, costs=costs, may_fail=allowed_to_fail(0.75, 5)))
