"""Which way a portfolio moves: nothing, the double and the negative of what it is drawn from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from plain_portfolio import Portfolio, Row
from portfolio_cases import arguments, random_portfolio

from nelfin.errors import NoAnswerError
from nelfin.models.portfolio import Portfolio as Found
from nelfin.models.portfolio import solve

pytestmark = pytest.mark.property


def solved(given: Portfolio, **more: Any) -> Found | None:
    try:
        return solve(**arguments(given, **more))
    except NoAnswerError:
        return None


def worth(found: Found | None) -> float:
    """Return what a portfolio is worth; less than any where there is none."""
    return -1e12 if found is None else found.solve.objective


def free(seed: int, least: int = 4, most: int = 6) -> Portfolio:
    """Return a portfolio in which nothing has to be, and nothing is stopped."""
    given = random_portfolio(seed, least, most)
    rows = [
        row | {"running": "no", "must": "no", "requires": ""}
        for row in given.initiatives
        if not row["initiative_id"].startswith("S")
    ]
    named = {part for row in rows for part in row["places"].split("; ")} | {*given.people}
    floors = [row for row in given.floors if row["place"] in {*named, "most deprived"}]
    return replace(given, initiatives=rows, floors=floors, worked_out={})


def scaled(rows: list[Row], stems: tuple[str, ...], times: float) -> list[Row]:
    return [
        {
            name: figure * times if name.startswith(stems) and figure is not None else figure
            for name, figure in row.items()
        }
        for row in rows
    ]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("table", "column"), [("pools", "pool_gbp_m"), ("staff", "months")])
def test_twice_the_money_or_the_staff_is_worth_no_less(seed: int, table: str, column: str) -> None:
    given = random_portfolio(seed)
    twice = replace(given, **{table: scaled(getattr(given, table), (column,), 2.0)}, worked_out={})
    assert worth(solved(twice)) >= worth(solved(given)) - 1e-5


@pytest.mark.parametrize("seed", range(5))
def test_no_money_pays_for_nothing(seed: int) -> None:
    given = free(seed)
    none = replace(given, pools=scaled(given.pools, ("pool_gbp_m",), 0.0), floors=[])
    found = solved(none, cash_refills_pct=0.0)
    assert found is not None
    assert (found.pools["cost_gbp_m"] <= 1e-6).all()


@pytest.mark.parametrize("seed", range(5))
def test_what_brings_nothing_is_left_and_what_frees_money_for_nothing_is_taken(seed: int) -> None:
    given = free(seed)
    rows = [row for row in given.initiatives if row["cost_1"]]
    given = replace(given, initiatives=rows)
    nothing = scaled(given.initiatives, ("qalys_", "cash_", "staff_", "value_points"), 0.0)
    given = replace(given, initiatives=nothing, floors=[])
    given.settings["value"] = "qalys"
    found = solved(given)
    assert found is not None
    assert found.solve.objective == pytest.approx(0)
    assert (found.spend["cost_gbp_m"] <= 1e-9).all()
    negative = replace(given, initiatives=scaled(nothing, ("cost_",), -1.0))
    found = solved(negative)
    assert found is not None
    assert found.solve.objective > 0
    assert (found.pools["cost_gbp_m"] <= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_cash_that_comes_back_to_the_pool_is_worth_no_less(seed: int) -> None:
    given = free(seed)
    values = [worth(solved(given, cash_refills_pct=share)) for share in (0.0, 50.0, 100.0)]
    assert values == sorted(values)


@pytest.mark.parametrize("seed", range(5))
def test_dearer_initiatives_are_worth_no_more_and_half_the_chance_as_little(seed: int) -> None:
    given = replace(free(seed), floors=[])
    given.settings["cash_refills_pct"] = 0.0
    dearer = replace(given, initiatives=scaled(given.initiatives, ("cost_",), 2.0))
    less = replace(given, initiatives=scaled(given.initiatives, ("success_pct",), 0.5))
    base = worth(solved(given))
    assert worth(solved(dearer)) <= base + 1e-6
    if given.settings["value"] == "qalys":
        assert worth(solved(less)) <= base + 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_a_pound_more_adds_no_more_than_its_price_and_a_pound_less_costs_no_less(seed: int) -> None:
    found = solved(random_portfolio(seed), check_prices=True)
    for line in [] if found is None else found.prices.to_dict("records"):
        slack = 1e-6 * max(line["price_per_gbp_m"], 1.0)
        assert line["gain_of_1m_more"] <= line["price_per_gbp_m"] + slack
        if not pd.isna(line["loss_of_1m_less"]):
            assert line["loss_of_1m_less"] >= line["price_per_gbp_m"] - slack


@pytest.mark.parametrize("seed", range(4))
def test_the_frontier_never_falls(seed: int) -> None:
    found = solved(random_portfolio(seed), frontier_pct=(50.0, 75.0, 100.0, 150.0))
    if found is not None:
        values = found.frontier["value"].dropna().tolist()
        assert len(values) >= 2
        assert values == pytest.approx(sorted(values))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    given = random_portfolio(seed)
    turned = replace(given, initiatives=given.initiatives[::-1], worked_out={})
    one, other = solved(given), solved(turned)
    if one is None or other is None:
        assert one is other
        return
    columns = ["status", "start_year", "value", "reason"]
    plans = [each.plan.set_index("initiative_id")[columns].sort_index() for each in (one, other)]
    pd.testing.assert_frame_equal(*plans)


@pytest.mark.parametrize("seed", range(0, 40, 8))
def test_no_word_of_capital_is_in_the_reasons(seed: int) -> None:
    found = solved(random_portfolio(seed))
    if found is None:
        return
    words = {"scheme", "CDEL", "capital", "funded", "points"} - {found.unit}
    for text in found.plan["reason"]:
        assert text.endswith(".")
        assert not [word for word in words if word in text]
