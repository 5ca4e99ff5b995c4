"""Scenarios of any names: what is kept of one loads to the same, with the same evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from nelfin.evidence import SHAPES, STATUSES
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.change import changed, differences, field_of, leaves
from nelfin.scenario.keys import dotted, split_key

pytestmark = pytest.mark.property

TABLE = ("value", "unit", "status", "source", "low", "high", "shape")
letters = st.text(st.characters(codec="utf-8"), max_size=6)
names = st.sampled_from([*TABLE, "a.b", "a=b", "", " ", '"', "NAME", "core"]) | letters
numbers = st.floats(0, 50)


@st.composite
def weights(draw: st.DrawFn) -> Any:
    """Draw a number, bare or with what may be said of it."""
    value = draw(numbers)
    if draw(st.booleans()):
        return value
    about = {
        "unit": letters,
        "source": letters,
        "status": st.sampled_from(STATUSES),
        "shape": st.sampled_from(SHAPES),
    }
    figure = draw(st.fixed_dictionaries({}, optional=about))
    if draw(st.booleans()):
        figure |= {"low": draw(st.floats(0, value)), "high": draw(st.floats(value, 100))}
    return {"value": value, **figure}


trees = st.fixed_dictionaries(
    {},
    optional={
        "capital": st.fixed_dictionaries(
            {},
            optional={
                "criteria_weights": st.dictionaries(names, weights(), max_size=3),
                "place_weights": st.dictionaries(names, weights(), max_size=3),
                "gap_pct": weights(),
            },
        ),
        "recovery": st.dictionaries(
            st.sampled_from(["pressures_pct", "efficiency_pct", "demand_urgent_pct"]), weights()
        ),
        "allocation": st.fixed_dictionaries(
            {"streams": st.dictionaries(names, st.just({"need": "community"}), max_size=2)}
        ),
    },
)


def told(scenario: Scenario) -> dict[str, Any]:
    """Return the figures of a scenario but for what names it and where its tables are."""
    bare = {"schema", "name", "icb"}
    return {
        key: figure
        for key, figure in scenario.evidence.items()
        if key not in bare and not key.startswith("data.")
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenarios")


@given(tree=trees)
@examples(max_examples=60)
@example(tree={"capital": {"criteria_weights": dict.fromkeys(TABLE, 1.0)}})
@example(tree={"allocation": {"streams": {"value": {"need": "community"}}}})
def test_what_is_kept_of_a_scenario_loads_to_the_same_with_its_evidence(
    folder: Path, tree: dict[str, Any]
) -> None:
    file = folder / "mine.toml"
    file.write_bytes(tomli_w.dumps({"extends": "nel"} | tree).encode())
    mine = load_scenario(file)
    kept = folder / "kept.toml"
    kept.write_bytes(resolved_toml(mine).encode())
    again = load_scenario(kept)
    assert again.model_dump() == mine.model_dump()
    assert told(again) == told(mine)
    assert resolved_toml(again) == resolved_toml(mine)


@given(tree=trees)
@examples(max_examples=25)
def test_every_setting_is_found_by_its_key_and_set_by_it(
    folder: Path, scenario: Scenario, tree: dict[str, Any]
) -> None:
    file = folder / "found.toml"
    file.write_bytes(tomli_w.dumps({"extends": "nel"} | tree).encode())
    mine = load_scenario(file)
    for key, value in leaves(mine).items():
        assert field_of(mine, key).value == value
    made = changed(scenario, differences(mine, scenario))
    assert made.model_dump(exclude={"name"}) == mine.model_dump(exclude={"name"})


@given(parts=st.lists(names, min_size=1, max_size=4).map(tuple))
def test_a_key_taken_apart_is_what_it_was_put_together_from(parts: tuple[str, ...]) -> None:
    assert split_key(dotted(parts)) == parts


@given(key=letters)
def test_any_text_is_a_key_of_some_names(key: str) -> None:
    assert split_key(dotted(split_key(key))) == split_key(key)


@given(value=st.floats(0, 100), then=st.floats(0, 100))
def test_a_range_moves_by_as_much_as_its_value_and_stays_within_the_limits(
    scenario: Scenario, value: float, then: float
) -> None:
    key = "recovery.efficiency_delivery_pct"
    before = scenario.evidence[key]
    assert before.low is not None
    assert before.high is not None
    for goal in (value, then):
        figure = changed(scenario, {key: goal}).evidence[key]
        assert figure.low is not None
        assert figure.high is not None
        assert 0 <= figure.low <= goal <= figure.high <= 100
        by = goal - before.value
        assert figure.low == pytest.approx(min(max(before.low + by, 0), goal), abs=1e-9)
        assert figure.high == pytest.approx(max(min(before.high + by, 100), goal), abs=1e-9)
