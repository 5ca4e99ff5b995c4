"""Figures of one system are refused in the plan of another: each setting and each table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scenario_files import NEL, problems_of, writer

from nelfin.data import Inputs, load_inputs
from nelfin.data.checks.fit import Fit
from nelfin.data.checks.whose import embedded_keys, whose
from nelfin.data.specs import PLACES
from nelfin.errors import Problem
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.change import changed, leaves
from nelfin.scenario.paths import packaged_scenario

pytestmark = pytest.mark.unit

EMPTY = {
    "ring_fences",
    "spend_by_setting",
    "capital_rules",
    "capital_resources",
    "capital_groups",
    "capital_futures",
    "plan_in_force",
    "organisation_places",
    "activity_plans",
}
"""Tables of which nothing is published for North East London."""


def keys_of(name: str) -> list[str]:
    """Return the settings that the file of a scenario gives itself, read without the library."""

    def below(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
        for key, value in tree.items():
            if isinstance(value, dict) and "value" not in value:
                yield from below(value, f"{prefix}{key}.")
            else:
                yield prefix + key

    tree = tomllib.loads(packaged_scenario(name).read_text(encoding="utf-8"))
    free = {"schema", "extends", "name", "icb", "years"}
    return [key for key in below(tree) if key.partition(".")[0] not in free]


HOMES = ("nel", "nel-2026")
OWN = {name: keys_of(name) for name in (*HOMES, "england")}
CASES = [(home, key) for home in HOMES for key in OWN[home]]


def found(scenario: Scenario, inputs: Inputs, models: bool = True) -> list[Problem]:
    fit = Fit(scenario, inputs, scenario.years.labels())
    whose(fit, models)
    return fit.problems.found


def plan(home: str, *kept: str, icb: str = "QWE") -> Scenario:
    """Return a whole plan of another system that takes some settings from an embedded one."""
    scenario = load_scenario(home)
    inherited = {key for name in HOMES for key in OWN[name]} - set(kept)
    values = {key: value for key, value in leaves(scenario).items() if key in inherited}
    return changed(scenario, values | {"icb": icb})


def test_what_an_embedded_system_gives_is_known_by_where_it_comes_from() -> None:
    assert set(embedded_keys(load_scenario("nel"))) == set(OWN["nel"])
    assert set(embedded_keys(load_scenario("nel-2026"))) == {*OWN["nel"], *OWN["nel-2026"]}
    assert len(OWN["nel"]) > 30


@pytest.mark.parametrize(("home", "key"), CASES)
def test_a_single_figure_of_the_embedded_system_is_refused_by_its_key(
    home: str, key: str, inputs: Inputs
) -> None:
    section, _, rest = key.partition(".")
    problems = found(plan(home, key), inputs)
    if section == "data" and rest in EMPTY:
        assert problems == []
        return
    (problem,) = problems
    assert "North East London" in problem.what
    assert "another system" in problem.what
    assert '"nelfin new DIR --icb QWE"' in problem.remedy
    assert 'icb = "QMF"' in problem.remedy
    if section == "data":
        assert problem.where == f"scenario, {key}"
    else:
        assert problem.where == f"scenario, {section}"
        assert problem.what.endswith(f": {rest}.")


def test_what_holds_for_every_system_is_refused_to_none(inputs: Inputs) -> None:
    for home in HOMES:
        mine = plan(home)
        national = {key for key in OWN["england"] if "england" in mine.origins.get(key, "")}
        assert len(national) > 60
        assert {f"data.{name}" for name in ("pace_rules", "uplift_factors")} <= national
        assert found(mine, inputs) == []


def test_place_budgets_ask_for_what_they_rest_on_alone(inputs: Inputs) -> None:
    other = changed(load_scenario(), {"icb": "QWE"})
    every = {problem.where for problem in found(other, inputs)}
    few = {problem.where for problem in found(other, inputs, models=False)}
    assert few == {
        where
        for where in every
        if where in {"scenario, envelope", "scenario, allocation"}
        or where.removeprefix("scenario, data.") in PLACES
    }
    assert {"scenario, recovery", "scenario, data.positions"} <= every - few


def test_a_table_that_may_be_left_out_is_said_to(inputs: Inputs) -> None:
    remedies = {p.where: p.remedy for p in found(changed(load_scenario(), {"icb": "QWE"}), inputs)}
    assert 'set data.pressures to ""' in remedies["scenario, data.pressures"]
    assert "leave it out" not in remedies["scenario, data.positions"]


def of_places(inputs: Inputs, places: list[str]) -> tuple[Scenario, Inputs]:
    """Return the embedded plan with the places of a table of its own."""
    table = inputs.weighted_populations
    rows = table[table["place"] == "Newham"]
    own = pd.concat([rows.assign(place=place) for place in places], ignore_index=True)
    scenario = changed(load_scenario(), {"data.weighted_populations": "own.csv"})
    return scenario, replace(inputs, weighted_populations=own)


@pytest.mark.parametrize(
    ("places", "refused"),
    [
        (["City and Hackney"], False),
        (["Havering", "Newham", "Redbridge"], False),
        (["City of London", "Hackney", "Newham"], False),
        # a neighbour's practice or two do not make a system another
        (["Newham", "Elsewhere"], False),
        (["Newham", "Elsewhere", "Far away"], True),
        # one of the embedded system's practices stands in Islington
        (["Barnet", "Camden", "Enfield", "Haringey", "Islington"], True),
        (["Croydon", "Sutton"], True),
        (["Place 1"], True),
    ],
)
def test_places_tell_whose_a_plan_is_where_it_says_nothing(
    inputs: Inputs, places: list[str], refused: bool
) -> None:
    assert bool(found(*of_places(inputs, places))) == refused


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("Our plan", False),
        ("North East London, revised", False),
        ("NHS North East London ICB and NHS South East London ICB", False),
        ("Plan of NHS South West London ICB", True),
        ("kent and medway", True),
    ],
)
def test_a_name_tells_whose_a_plan_is_where_it_says_nothing(
    inputs: Inputs, name: str, refused: bool
) -> None:
    assert bool(found(changed(load_scenario(), {"name": name}), inputs)) == refused


@pytest.mark.parametrize("code", ["QMF", " qmf "])
def test_what_a_plan_says_it_is_goes_before_places_and_name(inputs: Inputs, code: str) -> None:
    scenario, tables = of_places(inputs, ["Croydon", "Sutton"])
    said = {"icb": code, "name": "Kent and Medway"}
    assert found(changed(scenario, said), tables) == []


@pytest.mark.parametrize(("code", "named"), [("QWE", "QWE"), ("", "CODE"), (" ", "CODE")])
def test_a_file_of_another_system_is_refused_with_every_figure(
    tmp_path: Path, code: str, named: str
) -> None:
    file = writer(tmp_path)(f'{NEL}icb = "{code}"\n[recovery]\nefficiency_pct = 3\n')
    problems = problems_of(lambda: load_inputs(load_scenario(file)))
    assert all(f'"nelfin new DIR --icb {named}"' in problem for problem in problems)
    tables = {key for key in OWN["nel"] if key.startswith("data.")}
    asked = tables - {f"data.{name}" for name in EMPTY}
    sections = {key.partition(".")[0] for key in set(OWN["nel"]) - tables}
    assert {problem.partition(": ")[0] for problem in problems} == {
        f"scenario, {name}" for name in asked | sections
    }
    (recovery,) = (p for p in problems if p.startswith("scenario, recovery"))
    assert "demand_planned_pct" in recovery
    assert "efficiency_pct" not in recovery  # the plan gives its own


def test_a_figure_set_by_hand_is_the_plans_own(inputs: Inputs) -> None:
    key = "envelope.plan_total_gbp_m"
    other = load_scenario(overrides=["icb=QWE", f"{key}=4218"])
    assert "scenario, envelope" not in {problem.where for problem in found(other, inputs)}
