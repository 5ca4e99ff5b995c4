"""Portfolios of programmes against every portfolio there is, and against a program of its own."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from plain_portfolio import (
    Choice,
    Portfolio,
    Row,
    best_by_program,
    best_of_all,
    broken_by,
    cost_in,
    months_in,
    value_of,
    worth_of,
)
from portfolio_cases import arguments, random_portfolio

import nelfin
from nelfin.cli.options import write_tables
from nelfin.data import Inputs
from nelfin.errors import NoAnswerError
from nelfin.models.portfolio import Portfolio as Found
from nelfin.models.portfolio import solve
from nelfin.scenario import Scenario
from nelfin.system.portfolio import portfolio_of

pytestmark = pytest.mark.property

NEL = Path(nelfin.__file__).parent / "data" / "nel"


def solved(given: Portfolio) -> Found | None:
    try:
        return solve(**arguments(given))
    except NoAnswerError:
        return None


def choice_in(found: Found, given: Portfolio) -> Choice:
    """Return the starts that the written plan tells, by position."""
    starts = found.plan[found.plan["start_year"] != ""]
    return {
        name: given.years.index(year)
        for name, year in zip(starts["initiative_id"], starts["start_year"], strict=True)
    }


def agree(given: Portfolio, expected: float | None) -> bool:
    found = solved(given)
    if found is None or expected is None:
        assert found is None
        assert expected is None
        return False
    near = pytest.approx(expected, rel=1e-6, abs=1e-5)
    assert found.solve.objective == near
    choice = choice_in(found, given)
    assert broken_by(choice, given) == []
    assert worth_of(choice, given) == near
    assert found.plan["value"].sum() == near
    assert found.solve.bound >= expected - 1e-5 * max(abs(expected), 1.0)
    return True


SMALL = range(48)
MIDDLING = range(50)


@pytest.mark.parametrize("part", range(4))
def test_the_portfolio_is_the_best_of_every_one_there_is(part: int) -> None:
    cases = [random_portfolio(seed) for seed in SMALL if seed % 4 == part]
    held = [agree(given, best_of_all(given)) for given in cases]
    assert np.mean(held) >= 0.5


@pytest.mark.parametrize("part", range(5))
def test_a_middling_portfolio_is_worth_what_another_program_says(part: int) -> None:
    cases = [random_portfolio(1000 + seed, 12, 18, 3) for seed in MIDDLING if seed % 5 == part]
    held = [agree(given, best_by_program(given)) for given in cases]
    assert np.mean(held) >= 0.5


def rows_of(file: Path) -> list[Row]:
    """Return the rows of a written table; figures as numbers, a blank as nothing."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {name: _cell(name, text) for name, text in row.items()}
            for row in csv.DictReader(handle)
        ]


def _cell(name: str, text: str) -> object:
    figure = re.search(r"_\d+$|_pct$|_gbp_m$|^months$|^used$|^left$|^value|_share$|^weighted", name)
    return (float(text) if text else None) if figure else text


@pytest.fixture(scope="module")
def embedded() -> Portfolio:
    """The embedded portfolio as its files have it."""
    files = {
        name: rows_of(NEL / f"{name}.csv")
        for name in ("initiatives", "portfolio_pools", "portfolio_staff", "equity_floors",
                     "weighted_populations", "deprivation")
    }  # fmt: skip
    tables = [files[name] for name in list(files)[:4]]
    people = {
        row["place"]: row["weighted_population"]
        for row in files["weighted_populations"]
        if row["component"] == "registered_population" and row["place"] != "whole system"
    }
    deprived = {row["place"]: row["most_deprived_share"] for row in files["deprivation"]}
    about = {"price_growth_pct": 2.03, "cost_per_qaly_gbp": 13_500 * 1.024**13}
    return Portfolio(*tables, settings=about, people=people, deprived=deprived)


def test_the_embedded_portfolio_keeps_every_limit_by_its_written_tables(
    scenario: Scenario, inputs: Inputs, embedded: Portfolio, tmp_path: Path
) -> None:
    found = portfolio_of(scenario, inputs, frontier=False)
    assert found is not None
    write_tables(found.tables(), tmp_path / "out")
    plan = rows_of(tmp_path / "out" / "plan.csv")
    choice = {
        row["initiative_id"]: embedded.years.index(row["start_year"])
        for row in plan
        if row["start_year"]
    }
    assert broken_by(choice, embedded) == []
    assert worth_of(choice, embedded) == pytest.approx(found.solve.objective, rel=1e-9)
    rows = {row["initiative_id"]: row for row in embedded.initiatives}
    for at, pool in enumerate(rows_of(tmp_path / "out" / "pools.csv")):
        paid = sum(cost_in(rows[name], start, at, embedded) for name, start in choice.items())
        assert pool["cost_gbp_m"] == pytest.approx(paid, rel=1e-9)
        assert pool["left_gbp_m"] == pytest.approx(pool["pool_gbp_m"] - paid, abs=1e-9)
    for line in rows_of(tmp_path / "out" / "staff.csv"):
        at = embedded.years.index(line["year"])
        used = [months_in(rows[n], line["skill"], s, at, embedded) for n, s in choice.items()]
        assert line["used"] == pytest.approx(sum(used), rel=1e-9)
    for line in plan:
        value = value_of(rows[line["initiative_id"]], choice[line["initiative_id"]], embedded) if (
            line["initiative_id"] in choice
        ) else 0.0  # fmt: skip
        assert line["value"] == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_the_two_independent_ways_agree(seed: int) -> None:
    given = random_portfolio(seed)
    one, other = best_of_all(given), best_by_program(given)
    assert (one is None) == (other is None)
    assert one is None or other == pytest.approx(one, rel=1e-6, abs=1e-5)
