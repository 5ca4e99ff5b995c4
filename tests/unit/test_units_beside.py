"""Figures in another unit than the rest of the plan are asked about, whatever table holds them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from changed_tables import (
    PLACES,
    Change,
    Fault,
    Row,
    add,
    check_named,
    edit,
    embedded_copy,
    load,
    problems_of,
    put,
    put_where,
)

from nelfin.data import Inputs
from nelfin.data.checks.fit import Fit
from nelfin.data.checks.model_units import programmes, schemes
from nelfin.data.checks.units import settings
from nelfin.data.notes import unit_of
from nelfin.data.specs import CONVERGE, TABLES
from nelfin.data.specs.settings import OF_THE_PLAN, SETTINGS
from nelfin.errors import Problem, Problems
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.change import changed
from nelfin.scenario.keys import schema_settings

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return embedded_copy(tmp_path)


def scaled(column: str, by: float, **where: str) -> Change:
    """Multiply a column in the rows that have some cells."""

    def change(rows: list[Row]) -> list[Row]:
        return [
            row | {column: str(float(row[column]) * by)} if where.items() <= row.items() else row
            for row in rows
        ]

    return change


ASKED: dict[str, Fault] = {
    "one year of a stream in £k": (
        "allocations",
        scaled("allocation_gbp_m", 1e3, stream="running_cost", year="2024/25"),
        "allocations.csv, row 12, column allocation_gbp_m: is £32,572m, and the middle of all",
        ["write 32.572"],
    ),
    "a baseline that is not this year's": (
        "allocations",
        put_where(lambda row: row["baseline_gbp_m"][:3] == "373", baseline_gbp_m="300"),
        "allocations.csv, row 5, column allocation_gbp_m: ",
        ["growth of 31 % on the baseline of £300m"],
    ),
    "all people in thousands": (
        "weighted_populations",
        scaled("weighted_population", 1e-3),
        "allocations.csv, row 2, column allocation_gbp_m: ",
        ["registered people", "of weighted_populations: ", "a head. Write £m", "not thousands"],
    ),
    "one component of a place in thousands": (
        "weighted_populations",
        scaled("weighted_population", 1e-3, place="Newham", component="maternity", year="2024/25"),
        "weighted_populations.csv, row ",
        ["the maternity of Newham in 2024/25", "not thousands"],
    ),
    "people added in thousands": (
        "population_growth",
        put(2, people_added="100"),
        "population_growth.csv, row 2, column people_added: is 100, of ",
        ["If it is in thousands, write 100000."],
    ),
    "a place of an opening in pounds": (
        "openings",
        scaled("value", 1e6, opening="cash-share-2018-19", place="Havering"),
        "openings.csv, row 4, column value: is £",
        ["a head of Havering", "If it is in pounds, write 374.544."],
    ),
    "an opening in £k": (
        "openings",
        scaled("value", 1e3, opening="cash-share-2018-19"),
        "openings.csv, row ",
        ["of all places, and the baseline is £3,406.874706343m"],
    ),
    "distances from target as fractions": (
        "openings",
        scaled("value", 1e-2, opening="dft-2019-20-round"),
        "openings.csv, row 21, column value: is 0.0884 %, and no place is further from target",
        ["If 8.84 % is meant, write 8.84."],
    ),
    "income beside the plan's total": (
        "organisation_income",
        scaled("income_gbp_m", 20, organisation="BHRUT", stream="core"),
        "organisation_income.csv, row 6, column income_gbp_m: is £15,800m, ",
        ["and the plan's total is £4,218m"],
    ),
    "a position beside income": (
        "positions",
        add(measure="outturn", organisation="BHRUT", year="2025/26", month="", value_gbp_m="-870"),
        "positions.csv, row ",
        ["is -£870m, and BHRUT has an income of £", "if in pounds, -0.00087"],
    ),
    "a pressure beside income": (
        "pressures",
        put(3, cost_gbp_m="5500"),
        "pressures.csv, row 3, column cost_gbp_m: is £5,500m, and NEL ICB has",
        ["write 5.5"],
    ),
    "a scheme of the trusts beside their income": (
        "efficiency_schemes",
        put(5, full_year_gbp_m="3299"),
        "efficiency_schemes.csv, row 5, column full_year_gbp_m: ",
        ["trusts has an income of"],
    ),
    "shares of an organisation's places as fractions": (
        "organisation_places",
        lambda _: [
            {"organisation": name, "place": place, "share_pct": share}
            for name, place, share in (
                ("BHRUT", PLACES[2], "0.6"), ("BHRUT", PLACES[4], "0.4"), ("ELFT", PLACES[3], "40"),
            )
        ],
        "organisation_places.csv, row 2, column share_pct: is 0.6 %",
        ["all places of BHRUT", "write 60."],
    ),
    "a limit beside the plan's total": (
        "capital_limits",
        put(4, limit_gbp_m="86000"),
        "capital_limits.csv, row 4, column limit_gbp_m: is £86,000m",
        ["write 86;"],
    ),
    "a capital scheme in £k": (
        "projects",
        put(3, spend_1="76500"),
        "projects.csv, row 3, column spend_1: is £76,500m: ",
        ["all limits together are £869m", "write 76.5"],
    ),
    "backlog in pounds": (
        "projects",
        put(4, backlog_high_gbp_m="66000"),
        "projects.csv, row 4, column backlog_high_gbp_m: is £66,000m: ",
        ["clears backlog of"],
    ),
    "revenue in £k": (
        "projects",
        put(5, revenue_gbp_m="-1200"),
        "projects.csv, row 5, column revenue_gbp_m: is -£1,200m a year",
        ["write -1.2;"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", ASKED.values(), ids=ASKED)
def test_a_slip_of_unit_is_asked_about_where_it_stands(folder: Path, fault: Fault) -> None:
    check_named(folder, fault)


def test_a_row_whose_source_says_unusual_passes(folder: Path) -> None:
    edit(folder, "pressures", put(3, cost_gbp_m="5500", source="Unusual: a settlement, board"))
    edit(folder, "openings", scaled("value", 1e3, opening="cash-share-2018-19"))
    (problem,) = problems_of(folder)
    assert problem.startswith("openings.csv, row ")
    edit(folder, "openings", put_where(lambda _: True, source="unusual: only shares count"))
    assert not load(folder).pressures.empty


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("recovery.efficiency_pct", 0.04, "is 0.04 %. If 4 % is meant, write 4."),
        ("envelope.growth_pct.core", 0.03, "is 0.03 %. If 3 % is meant, write 3."),
        ("recovery.marginal_cost_later_pct", 0.9, "If 90 % is meant, write 90."),
        ("prevention.discount_money_pct", 0.035, "If 3.5 % is meant, write 3.5."),
        ("prevention.new_money_pct", 0.5, "If 50 % is meant, write 50."),
        ("envelope.plan_total_gbp_m", 4218000.0, "If it is in £k, write 4218; if in pounds, 4.218"),
        ("recovery.support_gbp_m", 44500.0, "is £44,500m, and the plan's total is £4,218m."),
        ("capital.fair_share_gbp_m", 101800.0, "write 101.8;"),
    ],
)
def test_a_setting_outside_the_range_of_life_is_asked_about(
    inputs: Inputs, key: str, value: float, says: str
) -> None:
    found = questions(inputs, load_scenario(overrides={key: value}))
    assert [problem.where for problem in found] == [f"--set {key}"]
    assert says in str(found[0])
    assert "If it is right as it is, write { value = " in found[0].remedy


@pytest.mark.parametrize(
    ("parameter", "value", "says"),
    [
        ("nhs_share_pct", 0.9, "is 0.9 %, the nhs_share_pct. If 90 % is meant, write 90."),
        ("gbp_per_qaly", 28.16, "is 28.16, the gbp_per_qaly."),
        ("eligible_people", 9e6, "people, the eligible_people. Write people."),
    ],
)
def test_a_parameter_of_a_programme_is_asked_about(
    scenario: Scenario, inputs: Inputs, parameter: str, value: float, says: str
) -> None:
    table = inputs.prevention_programmes.copy()
    table.loc[table.index[4], ["parameter", "value", "source"]] = [parameter, value, "a guess"]
    fit = Fit(scenario, replace(inputs, prevention_programmes=table), scenario.years.labels())
    programmes(fit)
    (problem,) = fit.problems.found
    assert f"row {table.index[4]}, column value" in problem.where
    assert says in str(problem)


def questions(inputs: Inputs, scenario: Scenario) -> list[Problem]:
    fit = Fit(scenario, inputs, scenario.years.labels())
    settings(fit)
    return fit.problems.found


def test_a_setting_that_is_right_or_only_tried_out_passes(
    tmp_path: Path, scenario: Scenario, inputs: Inputs
) -> None:
    key = "recovery.efficiency_pct"
    right = {"value": 0.04, "source": "Unusual: the board asks for nothing"}
    assert questions(inputs, load_scenario(overrides={key: right})) == []
    # tried out in Python, in a sweep or by a goal seek
    assert questions(inputs, changed(scenario, {key: 0.04})) == []
    file = tmp_path / "ours.toml"
    file.write_text('extends = "nel"\nname = "x"\n[prevention]\ngdp_deflator_pct = 0.024\n')
    (problem,) = questions(inputs, load_scenario(file))
    assert str(problem).startswith("scenario, prevention.gdp_deflator_pct: is 0.024 %.")


def test_schemes_are_asked_about_beside_limits_alone() -> None:
    projects = pd.DataFrame(
        {"project_id": ["A", "B"], "spend_1": [3.0, 10.0], "spend_2": [0.0, 400.0], "source": ""},
        index=[2, 3],
    )
    limits = pd.DataFrame({"limit_gbp_m": [5.0, 15.0]})
    for least, count in ((0.0, 1), (500.0, 0)):
        problems = Problems()
        schemes(projects, limits, "p.csv", problems, least)
        assert len(problems.found) == count
    projects["source"] = ["", "Unusual: a hospital"]
    schemes(projects, limits, "p.csv", problems)
    assert problems.found == []


def test_every_amount_and_per_cent_knows_what_is_usual(scenario: Scenario) -> None:
    """A new column or setting has its range of life, or stands here with what looks after it."""
    beside = {"organisation_places.share_pct"}
    for name, spec in (TABLES | {"converge": CONVERGE}).items():
        for column in spec.columns:
            if column.kind == "number" and unit_of(column.name) in {"£m", "%", "fraction"}:
                assert column.has_usual or f"{name}.{column.name}" in beside, column.name
    any_value = {
        "activity.payment_limit_pct", "capital.gap_pct", "portfolio.gap_pct",
        "uncertainty.capital_cost_pct",
    }  # fmt: skip
    schema = {here.pattern.removesuffix(".NAME"): here.unit for here in schema_settings()}
    known = {*SETTINGS, *OF_THE_PLAN}
    assert known <= schema.keys()
    assert {key for key in schema if key.endswith(("_pct", "_gbp_m"))} - known == any_value
