"""What a change cannot touch is kept, exactly: every setting of the scenario, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.errors import InputError, NelfinError
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, differing, leaves
from nelfin.scenario.load import packaged_folder
from nelfin.system.activity_answers import to_clear_by
from nelfin.system.explain import explain
from nelfin.system.recompute import Outcome, outcome_of, recompute
from nelfin.system.rests_on import OWN, touches
from nelfin.system.seek import seek

pytestmark = pytest.mark.unit

WORDS = (
    "start", "completion", "npsv", "criteria", "surplus", "fixed", "deprivation", "need", "cbc",
    "none", "full", "given", "clipped", "national", "2031/32", "2030/31",
)  # fmt: skip
"""Other words a setting may be."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The embedded scenario with a dozen schemes, which may be funded in part."""
    file = tmp_path_factory.mktemp("small") / "projects.csv"
    table = pd.read_csv(packaged_folder() / "projects.csv", dtype=str, keep_default_na=False)
    free = table[(table["requires"] == "") & (table["must_fund"] == "no")].head(12)
    free.assign(excludes="", option_of="").to_csv(file, index=False)
    return nelfin.load_scenario(
        overrides={
            "data.projects": str(file),
            "data.capital_rules": "",
            "capital.relax": True,
        }
    )


@pytest.fixture(scope="module")
def base(small: Scenario) -> Outcome:
    return outcome_of(small)


def others(scenario: Scenario, section: str) -> dict[str, Scenario]:
    """The scenario with one setting of a section changed, for each that may be another."""
    found = {}
    for key, value in leaves(scenario).items():
        if key.partition(".")[0] != section:
            continue
        for other in candidates(key, value):
            try:
                one = changed(scenario, {key: other})
            except InputError:
                continue
            if differing(one, scenario) == [key]:
                found[key] = one
                break
    return found


def candidates(key: str, value: Any) -> list[Any]:
    if key.startswith("data."):
        return [None]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value * 1.07 + 0.3, value * 0.9 - 0.1, value * 0.5, int(value) + 1]
    if isinstance(value, dict | tuple) or value is None:  # see the examples below
        return []
    return [value.lower()] if key == "icb" else [*WORDS, value[:-1]]


def answer(work: Any) -> Outcome | str:
    try:
        found = work()
    except NelfinError as error:
        return str(error)
    assert isinstance(found, Outcome)
    return found


def same(one: Outcome | str, other: Outcome | str) -> None:
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    for part in ("budgets", "prevention", "activity", "recovery", "charges"):
        xr.testing.assert_identical(getattr(one.joint, part), getattr(other.joint, part))
    pd.testing.assert_frame_equal(one.joint.plan.plan, other.joint.plan.plan)
    pd.testing.assert_frame_equal(one.joint.limits, other.joint.limits)
    assert (one.joint.passes, one.joint.settled) == (other.joint.passes, other.joint.settled)


SECTIONS = {
    "icb": 1, "years": 2, "data": 10, "envelope": 8, "allocation": 7, "prevention": 15,
    "recovery": 28, "activity": 25, "capital": 15, "portfolio": 5, "uncertainty": 7,
}  # fmt: skip
"""Sections, and how many of their settings can be changed to something that runs at the least."""


@pytest.mark.parametrize(("section", "least"), SECTIONS.items(), ids=list(SECTIONS))
def test_a_scenario_worked_out_again_is_as_worked_out_anew(
    small: Scenario, base: Outcome, section: str, least: int
) -> None:
    ran = 0
    for scenario in others(small, section).values():
        again = answer(lambda one=scenario: recompute(base, one))
        anew = answer(lambda one=scenario: outcome_of(one))
        same(again, anew)
        ran += isinstance(anew, Outcome)
    assert ran >= least


def test_every_section_is_tried() -> None:
    assert set(SECTIONS) == set(Scenario.model_fields) - {"schema_", "name", "base"}


def test_a_plan_that_becomes_another_systems_is_refused_again(
    small: Scenario, base: Outcome
) -> None:
    other = changed(small, {"icb": "QWE"})
    said = answer(lambda: recompute(base, other))
    assert "data.positions: is the table of North East London" in str(said)
    same(said, answer(lambda: outcome_of(other)))


def test_so_it_is_where_positions_move_the_limits(small: Scenario) -> None:
    moving = changed(small, {"capital.feedback": True})
    before = outcome_of(moving)
    for key, value in {
        "recovery.efficiency_pct": 1.0,
        "uncertainty.capital_cost_common_pct": 10.0,
        "envelope.growth_pct.core": 5.0,
        "capital.feedback": False,
    }.items():
        scenario = changed(moving, {key: value})
        same(recompute(before, scenario), outcome_of(scenario))


def test_so_it_is_where_the_allocation_converges(small: Scenario, base: Outcome) -> None:
    for settings in (
        {"envelope.convergence_rule": "given", "envelope.convergence_pct.core": -0.5},
        {"envelope.convergence_rule": "fair-share", "envelope.distance_from_target_pct.core": 2.0},
        {"envelope.convergence_rule": "clipped", "envelope.distance_from_target_pct.core": -1.0},
    ):
        scenario = changed(small, settings)
        anew = outcome_of(scenario)
        same(recompute(base, scenario), anew)
        # places and positions move alike
        for part, name in (("budgets", "budget"), ("recovery", "system_reported")):
            was, now = (getattr(one.joint, part)[name] for one in (base, anew))
            assert not now.equals(was)


def test_so_it_is_where_a_table_of_the_recovery_is_another(
    small: Scenario, base: Outcome, tmp_path: Path
) -> None:
    for table, column in {
        "organisation_income": "income_gbp_m",
        "positions": "value_gbp_m",
        "pressures": "cost_gbp_m",
    }.items():
        frame = pd.read_csv(packaged_folder() / f"{table}.csv", dtype=str, keep_default_na=False)
        frame[column] = frame[column].astype(float) * 0.9
        frame.to_csv(tmp_path / f"{table}.csv", index=False)
        scenario = changed(small, {f"data.{table}": str(tmp_path / f"{table}.csv")})
        anew = outcome_of(scenario)
        assert not anew.joint.recovery.identical(base.joint.recovery)
        same(recompute(base, scenario), anew)


def test_a_step_that_is_not_touched_is_kept(small: Scenario, base: Outcome) -> None:
    again = recompute(base, changed(small, {"recovery.efficiency_pct": 1.0}))
    assert again.inputs is base.inputs
    assert again.joint.plan is base.joint.plan
    assert again.joint.budgets is base.joint.budgets
    assert again.joint.prevention is base.joint.prevention
    assert again.joint.activity is base.joint.activity
    assert again.joint.charges is base.joint.charges


def test_goals_and_causes_reach_activity(small: Scenario, base: Outcome) -> None:
    settings = {"activity.extra_pct": 3.0, "recovery.efficiency_pct": 4.5}
    causes = explain(changed(small, settings), small)
    of = causes[causes["year"] == "2030/31"].set_index("cause")["value"]
    parts = of.drop("scenario")
    assert parts.sum() == pytest.approx(of["scenario"], abs=1e-9)
    more = recompute(base, changed(small, {"activity.extra_pct": 3.0}))
    moved = [one.measure("activity_margin").sel(year="2030/31") for one in (base, more)]
    assert of["activity.extra_pct"] == pytest.approx(float(moved[1] - moved[0]))
    key, goal = "activity.extra_pct", "activity_over_18_weeks<=0@2030/31"
    found = seek(small, goal, key, low=0.0, high=10.0)
    expected = to_clear_by(base.joint.activity, "2030/31")
    assert found.value == pytest.approx(expected, abs=1e-4)


def test_growth_of_a_stream_reads_no_table_again_and_a_stream_too_many_is_still_found(
    small: Scenario, base: Outcome
) -> None:
    grown = changed(small, {"envelope.growth_pct.core": 4.0})
    assert recompute(base, grown).inputs is base.inputs
    more = changed(small, {"envelope.growth_pct.cores": 4.0})
    said = answer(lambda: recompute(base, more))
    assert 'envelope.growth_pct: names "cores"' in str(said)
    same(said, answer(lambda: outcome_of(more)))


def test_nothing_is_kept_by_mistake_of_a_name() -> None:
    """Every section and table of the schema is named by a step, so that no line is missing."""
    sections = set(Scenario.model_fields) - {"schema_", "name", "base", "years"}
    named = {part for step, parts in OWN.items() if step != "tables" for part in parts}
    assert {name for name in sections if f"{name}." not in named} == {"icb", "data", "uncertainty"}
    tables = set(type(nelfin.load_scenario().data).model_fields)
    assert tables <= named
    assert all(touches(step, ["years.last"]) for step in OWN)


def test_a_setting_that_only_one_of_two_scenarios_has_differs(small: Scenario) -> None:
    more = changed(small, {"capital.place_weights.Newham": 1.5})
    assert set(differing(more, small)) == set(differing(small, more))
    assert touches("capital", differing(small, more))
