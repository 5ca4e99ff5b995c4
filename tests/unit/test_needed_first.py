"""An order of schemes in which each comes after what it needs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from capital_plans import limit_table, scheme, table

from nelfin.models.capital import Settings
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.links import needed_first
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.stress import priority_list

pytestmark = pytest.mark.unit


def of(name: str, *needs: str, option_of: str = "") -> Scheme:
    return Scheme(
        name, 2, "Barts", option_of or name, 1.0, np.ones(1), 1.0, False, False,
        requires=tuple((other, 0) for other in needs),
    )  # fmt: skip


def ids(*schemes: Scheme) -> list[str]:
    return [each.id for each in needed_first(schemes)]


def test_what_needs_nothing_keeps_its_order_and_what_is_needed_comes_before() -> None:
    assert ids(of("C"), of("A"), of("B")) == ["C", "A", "B"]
    assert ids(of("A", "C", "B"), of("B"), of("C", "D"), of("D")) == ["D", "C", "B", "A"]
    for order in permutations((of("A", "B"), of("B", "C"), of("C"), of("D", "A"))):
        found = ids(*order)
        assert found == ["C", "B", "A", "D"]


def test_what_is_not_in_the_list_is_passed_over() -> None:
    assert ids(of("A", "Z"), of("B", "A")) == ["A", "B"]


def test_an_option_that_needs_what_needs_it_ends() -> None:
    # B needs any option of X, and X2 needs B: X1 will do
    schemes = of("X2", "B", option_of="X"), of("B", "X"), of("X1", option_of="X")
    assert sorted(ids(*schemes)) == ["B", "X1", "X2"]


def test_a_chain_of_any_length_ends() -> None:
    chain = [of(f"P{n}", f"P{n + 1}") for n in range(3_000)]
    assert ids(*chain) == [f"P{n}" for n in reversed(range(3_000))]


def test_a_priority_list_has_an_option_before_what_needs_any_of_them() -> None:
    rows = [scheme("B", 1, 9, requires="X"), scheme("X1", 4, 1, option_of="X"),
            scheme("X2", 5, 1, option_of="X")]  # fmt: skip
    case = case_of(check_capital(table(rows), limit_table([9]), Settings(gap_pct=0.0)))
    listed, _ = priority_list(case, {"all": 1.0})
    assert listed["project_id"].tolist()[1] == "B"
