"""Limits of the system and of organisations, prices and over-programming, by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from capital_plans import limit_table, line, plan_of, scheme, starts, table

from nelfin.errors import InputError, Problems
from nelfin.models.capital import TableNames
from nelfin.models.capital.limits import check_owners

pytestmark = pytest.mark.unit


# Limits


def test_a_scheme_paid_from_outside_uses_none_of_the_limit() -> None:
    plan = plan_of([scheme("A", 50, 7, cdel_share=0)], [0])
    found = line(plan, "A")
    assert found["status"] == "funded"
    assert found["spend_gbp_m"] == pytest.approx(50)
    assert found["cdel_gbp_m"] == 0
    assert plan.limits["used_gbp_m"].tolist() == [0]


@pytest.mark.parametrize(("limit", "funded"), [(10.0, True), (9.99, False)])
def test_only_the_share_inside_the_limit_counts_against_it(limit: float, funded: bool) -> None:
    plan = plan_of([scheme("A", 20, 7, cdel_share=0.5)], [limit])
    assert (line(plan, "A")["status"] == "funded") == funded
    assert line(plan, "A")["spend_gbp_m"] == pytest.approx(20 if funded else 0)
    assert line(plan, "A")["cdel_gbp_m"] == pytest.approx(10 if funded else 0)


def test_an_organisation_keeps_its_own_limit_beside_the_systems() -> None:
    rows = [
        scheme("A", 10, 100),
        scheme("B", 8, 10),
        scheme("C", 12, 5, organisation="BHRUT"),
        scheme("D", 12, 4, organisation="BHRUT"),
    ]
    plan = plan_of(rows, {"": [20], "Barts": [8]})
    assert set(starts(plan)) == {"B", "C"}
    used = plan.limits.set_index("organisation")["used_gbp_m"]
    assert used.to_dict() == pytest.approx({"": 20, "Barts": 8})


def test_limits_may_be_of_organisations_alone() -> None:
    rows = [scheme("A", 8, 1), scheme("B", 80, 1, organisation="BHRUT")]
    assert set(starts(plan_of(rows, {"Barts": [7], "BHRUT": [90]}))) == {"B"}


def test_a_scheme_that_no_limit_holds_is_refused_unless_it_is_outside_every_limit() -> None:
    rows = [scheme("A", 8, 1), scheme("B", 80, 1, organisation="BHRUT")]
    with pytest.raises(InputError, match="nothing would hold the scheme"):
        plan_of(rows, {"Barts": [7]})
    outside = [rows[0], scheme("B", 80, 1, organisation="BHRUT", cdel_share=0)]
    assert set(starts(plan_of(outside, {"Barts": [9]}))) == {"A", "B"}
    assert set(starts(plan_of(rows, {"Barts": [9], "": [100]}))) == {"A", "B"}


@pytest.mark.parametrize("name", ["BARTS", "R1H", "All", "Total", "system"])
def test_a_limit_under_any_name_that_no_scheme_has_is_refused_with_those_there_are(
    name: str,
) -> None:
    rows = [scheme("A", 80, 10), scheme("B", 1, 1, organisation="BHRUT")]
    with pytest.raises(InputError) as caught:
        plan_of(rows, {"": [100], name: [5]})
    told = str(caught.value)
    assert f'is "{name}", which has no scheme' in told
    assert "Organisations with schemes: BHRUT, Barts. A blank is the whole system." in told
    assert ('Did you mean "Barts"?' in told) is (name == "BARTS")


def test_limits_of_one_money_alone_leave_the_other_unheld() -> None:
    rows = table([scheme("A", 8, 1, money="PDC"), scheme("B", 8, 1, money="")])
    rows = rows.assign(cdel_share=1.0)
    limits = pd.concat([
        limit_table([10]).assign(money="PDC"), limit_table([10]).assign(money="charity")
    ])  # fmt: skip
    problems = Problems()
    check_owners(limits, rows, TableNames(), problems)
    assert [each.what.split(":")[0] for each in problems.found] == [
        'is "charity", which no scheme has',
        'is "Barts", which has no limit, and neither has the system',
    ]


@pytest.mark.parametrize(("cost", "funded"), [(110.0, True), (110.01, False)])
def test_over_programming_lets_spend_pass_the_limit_by_its_share(cost: float, funded: bool) -> None:
    plan = plan_of([scheme("A", cost, 5)], [100], over_programming_pct=10.0)
    assert (starts(plan) == {"A": "2025/26"}) == funded


def test_prices_grow_from_the_second_year_on() -> None:
    rows = [scheme("A", 10, 5), scheme("B", 10, 4)]
    short = plan_of(rows, [10, 10.99], price_growth_pct=10.0)
    assert set(starts(short)) == {"A"}
    enough = plan_of(rows, [10, 11], price_growth_pct=10.0, discount_rate_pct=5.0)
    assert starts(enough) == {"A": "2025/26", "B": "2026/27"}
    assert enough.spend["spend_gbp_m"].tolist() == pytest.approx([10, 11])


def test_prices_grow_within_a_build() -> None:
    plan = plan_of(
        [scheme("A", [10, 10, 10], 5, earliest_start="2026/27")],
        [20] * 4,
        price_growth_pct=10.0,
    )
    assert plan.spend["spend_gbp_m"].tolist() == pytest.approx([11, 12.1, 13.31])
    assert line(plan, "A")["spend_gbp_m"] == pytest.approx(36.41)


def test_optimism_bias_lifts_spend_but_not_benefit() -> None:
    rows = [scheme("A", 10, 5, asset_type="new_build"), scheme("B", 10, 5, asset_type="plant")]
    bias = {"new_build": 20.0, "plant": 0.0}
    plan = plan_of(rows, [22], optimism_bias_pct=bias)
    assert line(plan, "A")["spend_gbp_m"] == pytest.approx(12)
    assert line(plan, "B")["spend_gbp_m"] == pytest.approx(10)
    assert plan.solve.objective == pytest.approx(10)
    assert len(starts(plan_of(rows, [21.99], optimism_bias_pct=bias))) == 1
