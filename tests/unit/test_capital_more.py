"""Receipts, money, resources, groups, links to options and windows with gaps, worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from capital_plans import (
    both_solvers,
    limit_table,
    line,
    no_answer,
    plan_of,
    reasons,
    scheme,
    starts,
    table,
)

from nelfin.errors import InputError
from nelfin.models.capital import CapitalPlan, solve
from nelfin.models.capital.naming import names_in

pytestmark = pytest.mark.unit

Y1, Y2, Y3 = "2025/26", "2026/27", "2027/28"


def staff(*rows: tuple[str, float], owner: str = "", unit: str = "wte") -> pd.DataFrame:
    columns = ["resource", "unit", "year", "organisation", "limit"]
    return pd.DataFrame([("staff", unit, *row[:1], owner, row[1]) for row in rows], columns=columns)


def groups(*rows: tuple[str, int | None, int | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["group", "at_least", "at_most"])


def problems(rows: list[dict], limits: Any, **settings: Any) -> str:
    frame = limits if isinstance(limits, pd.DataFrame) else limit_table(limits)
    with pytest.raises(InputError) as caught:
        solve(table(rows), frame, **settings)
    return str(caught.value)


# Receipts and negative benefit


@both_solvers
def test_a_receipt_adds_room_in_the_year_it_comes_and_in_no_other(solver: str) -> None:
    rows = [scheme("Sale", [0, -6]), scheme("A", [0, 9], 5), scheme("B", [9, 1], 5)]
    plan = plan_of(rows, [4, 4], solver=solver)
    assert starts(plan) == {"Sale": Y1, "A": Y1}
    assert plan.limits["used_gbp_m"].tolist() == pytest.approx([0, 3])
    assert plan.limits["slack_gbp_m"].tolist() == pytest.approx([4, 1])
    assert line(plan, "Sale")["spend_gbp_m"] == pytest.approx(-6)


def test_prices_raise_a_receipt_and_optimism_bias_does_not() -> None:
    rows = [scheme("Sale", [10, -10], 1, asset_type="Building")]
    plan = plan_of(rows, [20, 20], price_growth_pct=10, optimism_bias_pct={"Building": 50})
    assert plan.spend["spend_gbp_m"].tolist() == pytest.approx([15, -11])


def test_a_scheme_of_negative_value_is_taken_for_its_room_or_where_it_must_be() -> None:
    rows = [scheme("Sale", -6, -1), scheme("A", 9, 5), scheme("Duty", 1, -20, must_fund="yes")]
    plan = plan_of(rows, [5])
    assert set(starts(plan)) == {"Sale", "A", "Duty"}
    assert plan.solve.objective == pytest.approx(-16)
    assert plan.solve.gap == 0
    assert reasons(plan)["Sale"].startswith("Funded for the room it brings, which others use.")
    assert starts(plan_of(rows[:1], [5])) == {}


def test_a_plan_worth_less_than_nothing_has_its_gap_as_a_share_of_what_it_loses() -> None:
    rows = [scheme("Duty", 1, -20, must_fund="yes"), scheme("A", 6, 3), scheme("B", 6, 3)]
    account = plan_of(rows, [10], gap_pct=50.0).solve
    assert account.objective == pytest.approx(-17)
    assert account.gap == pytest.approx((account.bound - account.objective) / 17)


def test_benefit_of_a_scheme_cut_off_by_the_end_goes_by_its_work_and_not_by_its_receipt() -> None:
    plan = plan_of([scheme("A", [4, 4, -6], 10)], [9, 9], truncate=True)
    assert line(plan, "A")["benefit"] == pytest.approx(10)


def test_what_needs_more_than_limit_and_receipts_together_is_said_to() -> None:
    rows = [scheme("Sale", -2), scheme("A", 9, 5), scheme("B", 6, 5)]
    plan = plan_of(rows, [5])
    assert set(starts(plan)) == {"Sale", "B"}
    assert reasons(plan)["A"] == f"Needs £9.0m in {Y1} by itself, the limit is £5.0m."


# Other resources


def test_a_resource_binds_by_year_and_has_a_price() -> None:
    rows = [scheme("A", 1, 9, use_staff_1=2, use_staff_2=3), scheme("B", 1, 5, use_staff_1=2)]
    plan = plan_of(rows, [9, 9], resources=staff((Y1, 2), (Y2, 4)))
    assert starts(plan) == {"A": Y1, "B": Y1} or starts(plan) == {"A": Y2, "B": Y1}
    assert set(starts(plan)) == {"A", "B"}
    only = plan_of(rows, [9], resources=staff((Y1, 3)))
    assert starts(only) == {"A": Y1}
    assert only.resources.to_dict("records")[0] == {
        "resource": "staff", "unit": "wte", "year": Y1, "organisation": "",
        "limit": 3.0, "used": 2.0, "slack": 1.0, "price": pytest.approx(2.5),
    }  # fmt: skip
    assert reasons(only)["B"] == (
        f"Worth its price, but only 1.0 wte of staff are left in {Y1}, and it needs 2.0."
    )


def test_a_scheme_displaced_by_staff_says_how_much_it_needs_when() -> None:
    rows = [scheme("A", 1, 9, use_staff_1=3), scheme("B", 1, 2, use_staff_1=3, organisation="X")]
    plan = plan_of(rows, [9], resources=staff((Y1, 4)))
    assert (
        reasons(plan)["B"]
        == (
            f"Displaced in {Y1}: needs 3.0 wte of staff in {Y1}, priced at 2.0 points, against a "
            "benefit of 2.0. Needs less than 1 % more benefit."
        )
        or "only 1.0 wte of staff are left" in reasons(plan)["B"]
    )
    rows.append(scheme("C", 1, 6, use_staff_1=3))
    text = reasons(plan_of(rows, [9], resources=staff((Y1, 4))))["B"]
    assert text == (
        f"Displaced in {Y1}: needs 3.0 wte of staff in {Y1}, priced at 6.0 points, against a "
        "benefit of 2.0. Needs 200 % more benefit."
    )


def test_a_resource_of_one_organisation_holds_its_schemes_alone() -> None:
    rows = [scheme("A", 1, 9, use_staff_1=2, organisation="Barts"), scheme("B", 1, 5)]
    rows[1] |= {"organisation": "BHRUT"}
    plan = plan_of(rows, [9], resources=staff((Y1, 1), owner="Barts"))
    assert starts(plan) == {"B": Y1}
    assert "needs 2.0 wte of staff of Barts" in reasons(plan)["A"].replace("Needs", "needs")


def test_what_fits_a_resource_exactly_fits_and_a_negative_use_gives_room() -> None:
    rows = [scheme(name, 1, 1, use_staff_1=0.1) for name in "ABC"]
    assert len(starts(plan_of(rows, [9], resources=staff((Y1, 0.3))))) == 3
    rows = [scheme("A", 1, 9, use_carbon_1=3), scheme("B", 1, -1, use_carbon_1=-4)]
    plan = plan_of(rows, [9], resources=staff((Y1, -1)).assign(resource="carbon", unit="t"))
    assert set(starts(plan)) == {"A", "B"}


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (None, "use_staff_1: is use of staff, of which capital_resources has no limit"),
        (staff((Y1, 1)).assign(resource="stuff"), 'is "stuff", which no scheme uses'),
        (staff(("2031/32", 1)), "is 2031/32, outside the years 2025/26 to 2025/26"),
        (staff((Y1, 1), owner="Bart"), 'is "Bart", which has no scheme that uses staff'),
        (staff((Y1, 1), owner="Barts"), 'is "X", whose use of staff has no limit'),
        (pd.concat([staff((Y1, 1)), staff((Y1, 1), owner="X", unit="fte")]), 'is "fte", and row'),
    ],
)
def test_a_resource_that_binds_nobody_or_that_nothing_holds_is_refused(
    resources: pd.DataFrame | None, said: str
) -> None:
    rows = [scheme("A", 1, 9, use_staff_1=2), scheme("B", 1, 9, use_staff_1=2, organisation="X")]
    if resources is not None:
        resources = resources.set_axis(range(2, len(resources) + 2))
    assert said in problems(rows, [9], resources=resources)


# Money


def of_money(**amounts: float) -> pd.DataFrame:
    rows = [(Y1, amount, "" if money == "own" else money) for money, amount in amounts.items()]
    return pd.DataFrame(rows, columns=["year", "limit_gbp_m", "money"])


def test_limits_of_a_money_hold_its_schemes_alone() -> None:
    rows = [scheme("A", 5, 9, money="PDC"), scheme("B", 5, 5), scheme("C", 5, 4, money="PDC")]
    plan = solve(table(rows), of_money(own=5, PDC=8), discount_rate_pct=0, gap_pct=0)
    assert set(starts(plan)) == {"A", "B"}
    assert plan.limits.columns.tolist()[-1] == plan.prices.columns.tolist()[-1] == "money"
    assert plan.limits["used_gbp_m"].tolist() == [5, 5]
    assert reasons(plan)["C"] == (
        f"Worth its price, but the whole schemes chosen leave too little room in {Y1}."
    )
    assert "money" not in plan_of([scheme("B", 5, 5)], [5]).limits


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (of_money(own=9), '"Barts", which has no limit of the money "PDC"'),
        (of_money(PDC=9), 'row 3, column organisation: is "Barts", which has no limit, and'),
        (of_money(own=9, PDC=9, Lottery=1), 'is "Lottery", which no scheme has'),
        (
            of_money(own=9, PDC=9).assign(organisation=["", "X"]),
            '"Barts", which has no limit of the money "PDC"',
        ),
    ],
)
def test_money_without_a_limit_and_limits_without_a_scheme_are_refused(
    limits: pd.DataFrame, said: str
) -> None:
    rows = [scheme("A", 5, 9, money="PDC"), scheme("B", 5, 5)]
    rows += [scheme("C", 5, 9, money="PDC", organisation="X")] if "organisation" in limits else []
    assert said in problems(rows, limits)


# Groups


def test_a_plan_holds_at_least_and_at_most_so_many_of_a_group() -> None:
    rows = [scheme("A", 1, 12, group="G"), scheme("B", 1, 8, group="G; H"), scheme("C", 1, 7)]
    rows += [scheme("D", 9, -1, group="H")]
    rows[2] |= {"group": "H"}
    plan = plan_of(rows, [11], groups=groups(("G", None, 1), ("H", 2, None)))
    assert set(starts(plan)) == {"A", "C", "D"}
    assert reasons(plan)["B"] == "At most 1 of the group G may be chosen: A is."
    assert reasons(plan)["D"].startswith("Funded to keep at least 2 of the group H.")


def test_a_scheme_in_part_counts_in_part_to_the_least_and_whole_to_the_most() -> None:
    rows = [scheme("A", 10, 9, group="G", divisible="yes"), scheme("B", 1, 1, group="G")]
    assert line(plan_of(rows, [4], groups=groups(("G", None, 1))), "B")["status"] == "not funded"
    text = no_answer(rows[:1], [4], groups=groups(("G", 1, None)))
    assert "at least 1 of the group G: 0.6 short" in text


@pytest.mark.parametrize(
    ("table_of", "said"),
    [
        (groups(("G", 3, None)), "is 3, and G has 2 schemes to choose"),
        (groups(("G", 2, 1)), "is 1, below the 2 of at_least"),
        (groups(("G", 1, None), ("X", 1, 1)), 'is "X", which no scheme names'),
        (groups(("H", 0, 1)), 'names "G", which capital_groups does not have'),
    ],
)
def test_groups_that_cannot_be_meant_are_refused(table_of: pd.DataFrame, said: str) -> None:
    rows = [scheme("A", 1, 9, group="G"), scheme("B", 1, 8, group="G")]
    assert said in problems(rows, [9], groups=table_of)


# No plan


def test_no_plan_names_resources_and_money() -> None:
    rows = [scheme("A", 5, 9, money="PDC", must_fund="yes", use_staff_1=4)]
    with pytest.raises(Exception, match="No plan") as caught:
        solve(table(rows), of_money(PDC=3), resources=staff((Y1, 3)))
    text = str(caught.value)
    assert f"must-fund schemes need £5.0m of PDC in {Y1}, the limit is £3.0m (A £5.0m)" in text
    assert f"must-fund schemes need 4.0 wte of staff in {Y1}, the limit is 3.0 wte (A 4.0" in text


# Links to options, names, windows, benefit by year


def hub(**more: Any) -> list[dict]:
    rows = [scheme("South", 6, 5, option_of="Hub"), scheme("North", 5, 4, option_of="Hub")]
    return [*rows, scheme("Link", 1, 3, **more)]


def test_a_link_may_name_what_options_share() -> None:
    assert set(starts(plan_of(hub(requires="Hub"), [6]))) == {"North", "Link"}
    assert set(starts(plan_of(hub(requires="South"), [6]))) == {"South"}
    alone = plan_of(hub(excludes="Hub"), [6])
    assert set(starts(alone)) == {"South"}
    assert reasons(alone)["Link"] == "Excluded by South, which is chosen."
    late = plan_of(hub(requires="Hub+1", latest_start=Y1), [9, 9])
    assert reasons(late)["Link"].startswith(f"Needs Hub (starts in {Y1}, wanted 1 year before)")


def test_options_that_all_need_each_other_make_a_loop_and_one_that_does_not_breaks_it() -> None:
    rows = hub(requires="Hub")
    rows[0] |= {"requires": "Link"}
    assert set(starts(plan_of(rows, [9]))) == {"South", "Link"}
    rows[1] |= {"requires": "Link"}
    assert "makes a loop: South needs Link needs South" in problems(rows, [9])


@pytest.mark.parametrize("own", ["requires", "excludes"])
def test_an_option_that_links_to_what_it_is_an_option_of_is_refused(own: str) -> None:
    rows = hub()
    rows[0] |= {own: "Hub"}
    assert "names Hub, which it is an option of" in problems(rows, [9])


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("A;B", [("A;B", 0)]),
        ("A;B;C", [("A;B", 0), ("C", 0)]),
        ("A;B+2; C", [("A;B", 2), ("C", 0)]),
        ('"A;B"+1', [("A;B", 1)]),
        ("C+1", [("C+1", 0)]),
        ("C+1+3", [("C+1", 3)]),
        ('say ""x""', [("say", 0)]),
        ('"say ""x"""', [('say "x"', 0)]),
        ("Ørsted é 医院 + 4", [("Ørsted é 医院", 4)]),
        (" C ;; ", [("C", 0)]),
        ("none+2", [("none", 2)]),
    ],
)
def test_names_in_a_cell_may_hold_any_character(cell: str, found: list[tuple[str, int]]) -> None:
    known = {"A;B", "C", "C+1", 'say "x"', "Ørsted é 医院"}
    if found == [("say", 0)]:
        assert [name.name for name in names_in(cell, known)] == [cell]
    else:
        assert [name[:2] for name in names_in(cell, known)] == found


def test_ids_of_any_characters_are_linked_and_given_back() -> None:
    names = ["A;B", "C+1", 'the "new" one', "Å ward", "-1"]
    rows = [scheme(name, 1, 5) for name in names]
    rows[0] |= {"requires": 'C+1+1; "the ""new"" one"', "excludes": "-1"}
    plan = plan_of(rows, [9, 9])
    assert starts(plan) == {"A;B": Y2} | dict.fromkeys(names[1:4], Y1)
    assert reasons(plan)["-1"] == "Excluded by A;B, which is chosen."


def test_no_start_in_leaves_gaps_in_a_window_and_needs_years() -> None:
    rows = [scheme("A", 1, 5, no_start_in=f"{Y1}; {Y3}")]
    assert starts(plan_of(rows, [9, 9, 9], discount_rate_pct=3.5)) == {"A": Y2}
    assert "no_start_in: leaves no year" in problems(rows, [9])
    rows[0]["no_start_in"] = "2026-27"
    assert 'no_start_in: holds "2026-27"' in problems(rows, [9, 9])


def test_benefit_by_year_stands_in_place_of_benefit_and_is_discounted() -> None:
    row = scheme("A", 1, 5) | {f"benefit_{Y2}": 12.0}
    plan = plan_of([row, scheme("B", 1, 5)], [1, 1, 1], discount_rate_pct=10)
    assert starts(plan) == {"A": Y2, "B": Y1}
    assert line(plan, "A")["benefit"] == pytest.approx(12 / 1.1)
    text = problems(
        [row | {"score_need": 1}], [9], benefit="criteria", criteria_weights={"need": 1}
    )
    assert f"benefit_{Y2}: gives a benefit, where weighted criteria are" in text


def test_carry_over_is_kept_apart_by_money() -> None:
    limits = pd.concat([of_money(own=5, PDC=9), of_money(own=5, PDC=0).assign(year=Y2)])
    rows = [scheme("A", [0, 6], 5), scheme("B", [0, 0.8], 5, money="PDC")]
    plan: CapitalPlan = solve(
        table(rows), limits.reset_index(drop=True), carry_over_pct=10.0, gap_pct=0.0
    )
    assert starts(plan) == {"B": Y1}
