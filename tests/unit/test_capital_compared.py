"""Two capital plans compared scheme by scheme, each with why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from capital_plans import plan_of, scheme

from nelfin.models.capital.compared import PlanTables, plans_compared

pytestmark = pytest.mark.unit

ROWS = [scheme("A", 4, 10), scheme("B", 3, 7), scheme("C", 2, 6)]


def whys(before: object, after: object) -> dict[str, tuple[str, str]]:
    found = plans_compared(before, after)  # type: ignore[arg-type]
    return {row.project_id: (row.change, row.why) for row in found.itertuples()}


def test_a_limit_that_fell_is_named() -> None:
    found = whys(plan_of(ROWS, [9]), plan_of(ROWS, [6]))
    assert found == {"B": ("out", "The limit in 2025/26 fell from £9.0m to £6.0m.")}
    assert whys(plan_of(ROWS, [6]), plan_of(ROWS, [9])) == {
        "B": ("in", "The limit in 2025/26 rose from £6.0m to £9.0m.")
    }


def test_who_displaces_whom() -> None:
    before = plan_of(ROWS, [6])
    after = plan_of([ROWS[0] | {"benefit": 1.0}, *ROWS[1:]], [6])
    found = whys(before, after)
    assert found["A"] == ("out", "Displaced by B in 2025/26.")
    assert found["B"] == ("in", "Takes the room that A leaves in 2025/26.")


def test_links_and_lists_say_it_by_themselves() -> None:
    before = plan_of(ROWS, [9])
    assert whys(before, plan_of(ROWS, [9], must_out=["B"])) == {"B": ("out", "Asked to be out.")}
    assert whys(before, plan_of(ROWS[:2], [9])) == {"C": ("out", "It is no longer in the list.")}
    assert whys(plan_of(ROWS[:2], [9]), before) == {"C": ("in", "It is new in the list.")}
    later = plan_of(ROWS, [9, 9], must_start={"B": "2026/27"})
    told = whys(plan_of(ROWS, [9, 9], must_start={"B": "2025/26"}), later)
    assert told["B"] == ("later", "Asked to be in to start in 2026/27.")


def test_benefit_and_money_that_change() -> None:
    found = plans_compared(plan_of(ROWS, [9]), plan_of(ROWS, [6])).iloc[0]
    assert found["benefit_change"] == pytest.approx(-7)
    assert found["cdel_change_gbp_m"] == pytest.approx(-3)
    assert (found["before"], found["after"]) == ("2025/26", "not funded")
    assert found["reason_before"].startswith("Worth 7.0 points")


def test_plans_that_are_alike_have_no_rows() -> None:
    plan = plan_of(ROWS, [6])
    found = plans_compared(plan, plan)
    assert found.empty
    assert list(found.columns)[:5] == ["project_id", "name", "before", "after", "change"]


def test_a_bare_list_of_starts_is_enough() -> None:
    bare = PlanTables(pd.DataFrame({"project_id": ["B"], "start_year": ["2025/26"]}))
    found = plans_compared(bare, plan_of(ROWS, [6]))
    assert set(found["project_id"]) == {"A", "B", "C"}
    out = found.set_index("project_id").loc["B"]
    assert out["change"] == "out"
    assert np.isnan(out["benefit_change"])
    assert out["why"]


def test_shares_of_a_divisible_scheme() -> None:
    rows = [scheme("A", 4, 12), scheme("B", 4, 8, divisible="yes")]
    found = plans_compared(plan_of(rows, [6]), plan_of(rows, [7])).iloc[0]
    assert (found["before"], found["after"]) == ("2025/26, 50.0 %", "2025/26, 75.0 %")
    assert found["change"] == "more of it"


def test_a_scheme_that_costs_more_says_so_unless_it_is_only_later() -> None:
    rows = [scheme("A", 4, 12), scheme("B", 4, 8, divisible="yes")]
    dearer = [rows[0], scheme("B", 5, 8, divisible="yes")]
    assert whys(plan_of(rows, [6]), plan_of(dearer, [6])) == {
        "B": ("less of it", "The whole of it costs £5.0m now, £4.0m before.")
    }
    early, late = (
        plan_of(ROWS[:1], [9, 9], must_start={"A": year}, price_growth_pct=10.0)
        for year in ("2025/26", "2026/27")
    )
    assert "costs" not in whys(early, late)["A"][1]
