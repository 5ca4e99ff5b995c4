"""What an address of the app moves: read strictly, and said again in the same words."""

from __future__ import annotations

from typing import Any

import pytest
from scenario_files import problems_of

import nelfin
from nelfin.app.moves import as_text, movable, moved, pairs_of, read_moves
from nelfin.scenario import Scenario
from nelfin.scenario.change import leaves

pytestmark = pytest.mark.unit


def read(scenario: Scenario, **pairs: str) -> dict[str, Any]:
    return read_moves(scenario, [(key.replace("__", "."), text) for key, text in pairs.items()])


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("recovery.efficiency_pct", "3.25", 3.25),
        ("recovery.efficiency_pct", " 3 ", 3.0),
        ("recovery.efficiency_pct", "3%", 3.0),
        ("recovery.support_gbp_m", "(25)", -25.0),
        ("recovery.support_gbp_m", "£1,250", 1250.0),
        ("capital.feedback", "yes", True),
        ("capital.must_out", "P002; P004", ["P002", "P004"]),
        ("capital.max_changes", "4", 4),
        ("prevention.end_year", "2030-31", "2030/31"),
        ("prevention.place_basis", "Deprivation", "deprivation"),
    ],
)
def test_a_text_is_the_value_that_it_certainly_is(
    scenario: Scenario, key: str, text: str, value: Any
) -> None:
    moves = read_moves(scenario, [(key, text)])
    assert moves == {key: value}
    assert type(moves[key]) is type(value)
    assert read_moves(scenario, pairs_of(moves).items()) == moves


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("recovery.eficiency_pct", "3", 'Did you mean "recovery.efficiency_pct"?'),
        ("name", "Other", "is no setting that can be moved here."),
        ("data.projects", "/etc/passwd", "is no setting that can be moved here."),
        ("years.last", "2040/41", "is no setting that can be moved here."),
        ("recovery.efficiency_pct", "nan", 'Efficiency asked: is "nan".'),
        ("recovery.efficiency_pct", "1e999", 'is "1e999".'),
        ("recovery.efficiency_pct", "-inf", 'is "-inf".'),
        ("recovery.efficiency_pct", "lots", 'is "lots", which is no number.'),
        ("recovery.efficiency_pct", "12,5", "which is no number."),
        ("capital.feedback", "perhaps", 'is "perhaps". Write yes or no.'),
        ("allocation.streams.core.opening", "../mine.csv", "is a file."),
        ("recovery.efficiency_pct", "3" * 400, "too long"),
        ("recovery.efficiency_pct", "3\x00", "cannot be shown"),
    ],
)
def test_what_is_no_setting_or_no_value_of_it_is_refused(
    scenario: Scenario, key: str, text: str, says: str
) -> None:
    (said,) = problems_of(lambda: read_moves(scenario, [(key, text)]))
    assert says in said


@pytest.mark.parametrize(
    ("key", "text"),
    [("recovery.efficiency_pct", "101"), ("capital.max_changes", "2.5"),
     ("prevention.end_year", "2020/21"), ("capital.solver", "gurobi")],
)  # fmt: skip
def test_a_value_that_the_schema_refuses_is_told_by_the_name_of_the_setting(
    scenario: Scenario, key: str, text: str
) -> None:
    said = problems_of(lambda: moved(scenario, read_moves(scenario, [(key, text)])))
    assert not any(part in "".join(said) for part in ("_pct:", "solver:", "max_changes:"))


def test_every_problem_is_told_at_once(scenario: Scenario) -> None:
    pairs = [("a.b", "1"), ("recovery.efficiency_pct", "x"), ("recovery.pdc_pct", "nan")]
    assert len(problems_of(lambda: read_moves(scenario, pairs))) == 3


def test_what_is_blank_or_as_it_stands_moves_nothing(scenario: Scenario) -> None:
    assert read(scenario, recovery__efficiency_pct="", recovery__pdc_pct=" ") == {}
    base = {key: as_text(scenario.evidence[key].value) for key in movable(scenario)}
    assert read_moves(scenario, base.items()) == {}


def test_moves_stand_in_the_order_of_the_schema(scenario: Scenario) -> None:
    moves = read(scenario, recovery__efficiency_pct="3", envelope__growth_pct__core="4")
    assert list(moves) == ["envelope.growth_pct.core", "recovery.efficiency_pct"]


def test_a_setting_with_two_values_is_refused_and_one_said_twice_is_not(
    scenario: Scenario,
) -> None:
    key = "recovery.efficiency_pct"
    assert read_moves(scenario, [(key, "3"), (key, "3.0")]) == {key: 3.0}
    (said,) = problems_of(lambda: read_moves(scenario, [(key, "3"), (key, "3.1")]))
    assert "is given two values" in said


def test_too_many_pairs_are_not_even_read(scenario: Scenario) -> None:
    pairs = [("recovery.efficiency_pct", "3")] * 10_000
    assert "moves too much" in problems_of(lambda: read_moves(scenario, pairs))[0]


def test_what_is_moved_is_the_scenario_with_that_alone_changed(scenario: Scenario) -> None:
    made = moved(scenario, read(scenario, recovery__efficiency_pct="3"))
    ours, theirs = leaves(made), leaves(scenario)
    assert [key for key in ours if ours[key] != theirs[key]] == ["recovery.efficiency_pct"]
    assert made.evidence["recovery.efficiency_pct"].status == "given"


def test_a_number_is_written_so_that_it_is_read_again_to_the_bit() -> None:
    for value in (0.1 + 0.2, 1e-17, 123456.789012345, 2 / 3):
        assert float(as_text(value)) == value
    assert as_text(-0.0) == "0"


def test_every_setting_of_the_plan_but_tables_years_and_names_may_be_moved(
    scenario: Scenario,
) -> None:
    keys = set(leaves(nelfin.load_scenario()))
    still = {key for key in keys if key.partition(".")[0] in
             {"data", "years", "portfolio", "schema", "name", "icb", "base"}}  # fmt: skip
    mappings = {key for key in keys if leaves(scenario)[key] == {}}
    assert set(movable(scenario)) == keys - still - mappings
