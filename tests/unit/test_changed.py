"""What is changed has a new figure: one rule for files, `--set`, overrides and `changed`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nelfin.data import Inputs
from nelfin.data.register import register
from nelfin.errors import InputError
from nelfin.evidence import Figure
from nelfin.models.ranges import Range
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.change import changed, differences, leaves
from nelfin.system.spreads import spreads

pytestmark = pytest.mark.unit

KEY = "recovery.other_income_growth_pct"
"""A setting with a range: 2.5, from 1.5 to 3.5, in % a year."""

Way = Callable[[str, Any], Scenario]


def toml_of(value: Any) -> str:
    import tomli_w

    return tomli_w.dumps({"value": value}).removeprefix("value = ").strip()


@pytest.fixture(params=["file", "file on file", "--set", "overrides", "changed"])
def way(request: pytest.FixtureRequest, tmp_path: Path, scenario: Scenario) -> tuple[Way, str]:
    """Return one way to change a setting, and the source that it gives."""
    file = tmp_path / "mine.toml"

    def by_file(key: str, value: Any) -> Scenario:
        section, _, name = key.rpartition(".")
        text = f"[{section}]\n{name} = {inline(value)}\n"
        base = "nel"
        if request.param == "file on file":
            (tmp_path / "base.toml").write_text('extends = "nel"\nname = "Base"\n', "utf-8")
            base = "base.toml"
        file.write_text(f'extends = "{base}"\n{text}', encoding="utf-8")
        return load_scenario(file)

    ways: dict[str, tuple[Way, str]] = {
        "file": (by_file, str(file)),
        "file on file": (by_file, str(file)),
        "--set": (lambda key, value: load_scenario(None, [f"{key}={inline(value)}"]), "--set"),
        "overrides": (lambda key, value: load_scenario(None, {key: value}), "--set"),
        "changed": (lambda key, value: changed(scenario, {key: value}), "changed in Python"),
    }
    return ways[request.param]


def inline(value: Any) -> str:
    """Return a value as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml_of(item)}" for name, item in value.items()) + " }"
    return toml_of(value)


def test_the_figure_is_new_and_its_range_moves_along(way: tuple[Way, str]) -> None:
    change, source = way
    figure = change(KEY, 3.0).evidence[KEY]
    note = "Range: moved along with the value; it was 1.5 to 3.5"
    assert figure == Figure(3.0, "% a year", "given", f"{source}. {note}", 2.0, 4.0, "triangle")


def test_a_moved_range_keeps_within_what_the_setting_may_be(way: tuple[Way, str]) -> None:
    change, _ = way
    key = "recovery.efficiency_delivery_pct"  # 92, from 83 to 100
    high = change(key, 100.0).evidence[key]
    assert (high.low, high.value, high.high) == (91.0, 100.0, 100.0)
    low = change(key, 0.5).evidence[key]
    assert (low.low, low.value, low.high) == (0.0, 0.5, 8.5)


def test_the_value_it_had_changes_nothing(way: tuple[Way, str], scenario: Scenario) -> None:
    change, _ = way
    for key, value in (
        (KEY, 2.5),
        ("recovery.efficiency_pct", 4),
        ("prevention.share_of", ["core", "primary_medical"]),
        ("capital.relax", False),
        ("capital.solver", "highs"),
    ):
        assert change(key, value).evidence[key] == scenario.evidence[key], key


def test_a_range_given_with_the_value_stands(way: tuple[Way, str]) -> None:
    change, source = way
    given = {"value": 1.2, "low": 1.0, "high": 1.5, "shape": "interval_80"}
    assert change(KEY, given).evidence[KEY] == Figure(
        1.2, "% a year", "given", source, 1.0, 1.5, "interval_80"
    )


def test_what_is_written_with_the_value_stands(way: tuple[Way, str]) -> None:
    change, _ = way
    given = {"value": 2.5, "unit": "%", "status": "derived", "source": "Our ledger."}
    assert change(KEY, given).evidence[KEY] == Figure(
        2.5, "%", "derived", "Our ledger. Range: as before", 1.5, 3.5
    )


def test_a_range_as_wide_as_its_value_takes_it_away(way: tuple[Way, str], inputs: Inputs) -> None:
    change, source = way
    mine = change(KEY, {"value": 2.5, "low": 2.5, "high": 2.5})
    assert mine.evidence[KEY] == Figure(2.5, "% a year", "given", source)
    assert KEY not in spreads(mine, inputs)


def test_a_setting_without_a_range_has_none_after(way: tuple[Way, str]) -> None:
    change, source = way
    figure = change("capital.solver", "cbc").evidence["capital.solver"]
    assert figure == Figure("cbc", "solver", "given", source)
    unused = change("recovery.repayment_gbp_m", 3).evidence["recovery.repayment_gbp_m"]
    assert (unused.low, unused.unit, unused.source) == (None, "£m a year", source)


def test_a_name_may_be_added_to_a_mapping(way: tuple[Way, str]) -> None:
    change, source = way
    mine = change("capital.criteria_weights.quality", 2.0)
    assert mine.capital.criteria_weights == {"quality": 2.0}
    key = "capital.criteria_weights.quality"
    assert mine.evidence[key] == Figure(2.0, "weight", "given", source)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"value": 1, "low": 2, "high": 3}, "has the range 2 to 3 around 1"),
        ({"value": 1, "low": -51, "high": 3}, "has the range -51 to 3, wider than what it may be"),
        ({"value": 1, "low": 0, "high": 101}, "Keep it between -50 and 100"),
        ({"value": 1, "status": "guess"}, 'has the status "guess"'),
        ({"value": 1, "sorce": "x"}, 'has no field "sorce"'),
        ({"low": 1, "high": 2}, "is given a table without a value"),
        ("abc", "should be a number"),
        (101.0, "less than or equal to 100"),
        (float("nan"), f'{KEY}: is "nan"'),
        (10**400, f"{KEY}: is "),
        (True, "should be a number"),
    ],
    ids=str,
)
def test_a_value_that_is_not_allowed_is_refused(
    way: tuple[Way, str], value: Any, says: str
) -> None:
    change, _ = way
    with pytest.raises(InputError) as caught:
        change(KEY, value)
    assert says in " ".join(str(problem) for problem in caught.value.problems)


# Changed in Python


def test_the_register_names_the_new_value_and_its_source(
    scenario: Scenario, inputs: Inputs
) -> None:
    mine = changed(scenario, {"recovery.efficiency_pct": 3.0, "capital.gap_pct": 2.0})
    table = register(mine, inputs).set_index("figure")
    assert list(table.loc["capital.gap_pct", ["value", "unit", "status", "source"]]) == [
        "2", "% of the plan's benefit", "given", "changed in Python"]  # fmt: skip
    assert table.loc["recovery.efficiency_pct", "value"] == "3"
    assert table.loc["recovery.efficiency_pct", "status"] == "given"
    # and nothing else has moved, nor has the scenario it was made of
    before = register(scenario, inputs).set_index("figure")
    moved = (table != before).any(axis=1)
    assert set(table.index[moved]) == {"capital.gap_pct", "recovery.efficiency_pct"}
    assert scenario.evidence["capital.gap_pct"].value == 0.5


def test_ranges_that_moved_are_those_that_are_drawn(scenario: Scenario, inputs: Inputs) -> None:
    mine = changed(scenario, {KEY: 1.2})
    low, high = mine.evidence[KEY].low, mine.evidence[KEY].high
    assert (low, high) == pytest.approx((0.2, 2.2))
    assert spreads(mine, inputs)[KEY] == Range(low, 1.2, high, "triangle", -50.0, 100.0)
    # to and fro, by the range it has by then
    again = changed(mine, {KEY: 2.5})
    assert (again.evidence[KEY].low, again.evidence[KEY].high) == pytest.approx((1.5, 3.5))


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({"recovery.nonsense": 1}, ["recovery.nonsense: is not a known key."]),
        ({"recovery.eficiency_pct": 1}, ['Did you mean "recovery.efficiency_pct"?']),
        ({"nonsense": 1}, ["nonsense: is not a known key."]),
        ({"nonsense.deeper": 1}, ["nonsense: is not a known key."]),
        ({"": 1}, ["is not a known key."]),
        ({"recovery": 1}, ["recovery: names a section, not a value. Name a key of it: "]),
        ({"recovery": {"pdc_pct": 1}}, ["recovery: names a section, not a value."]),
        ({"envelope.growth_pct": 3}, ["Name a key of it: core, other_primary_care, "]),
        ({"capital.criteria_weights": 3}, ["Name a key of it: NAME."]),
        ({"years.first.x": 1}, ['years.first.x: goes below "first", which holds one value.']),
        ({"allocation.streams.core.ned": ""}, ['Did you mean "allocation.streams.core.need"?']),
        ({"years.last": "2022/23"}, ["years: is wrong: the years 2023/24 to 2022/23"]),
        (
            {"recovery.nonsense": 1, "capital": 2, "capital.gap_pct": 101, KEY: {"low": 1}},
            ["recovery.nonsense: is", "capital: names", "capital.gap_pct: is", f"{KEY}: is given"],
        ),
    ],
    ids=str,
)
def test_a_key_that_cannot_be_changed_is_refused_in_plain_words(
    scenario: Scenario, settings: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        changed(scenario, settings)
    assert len(caught.value.problems) == len(problems)
    said = "\n".join(str(problem) for problem in caught.value.problems)
    assert [problem for problem in problems if problem not in said] == []


def test_a_mapping_is_replaced_whole_or_emptied(scenario: Scenario) -> None:
    weights = "capital.criteria_weights"
    mine = changed(scenario, {weights: {"quality": 2.0, "value": {"value": 1, "source": "us"}}})
    assert mine.capital.criteria_weights == {"quality": 2.0, "value": 1.0}
    assert mine.evidence[f"{weights}.value"].source == "us"
    other = changed(mine, {weights: {"quality": 2.0}})
    assert other.capital.criteria_weights == {"quality": 2.0}
    assert f"{weights}.value" not in other.evidence
    assert other.evidence[f"{weights}.quality"] == mine.evidence[f"{weights}.quality"]
    none = changed(mine, {weights: {}})
    assert none.capital.criteria_weights == {}
    assert none.evidence == scenario.evidence
    assert leaves(none)[weights] == {}
    assert differences(none, mine) == {weights: {}}
    assert changed(mine, differences(none, mine)).model_dump() == none.model_dump()


def test_what_differs_makes_one_scenario_into_the_other(scenario: Scenario) -> None:
    settings = {
        "capital.criteria_weights.value": 2.0,
        "allocation.streams.core.rule": "full",
        "prevention.share_of": ("core",),
        "capital.discount_later_pct": None,
        "data.need_weights": None,
    }
    mine = changed(scenario, settings)
    assert differences(mine, scenario) == settings
    assert changed(scenario, differences(mine, scenario)).model_dump() == mine.model_dump()
    assert differences(mine, mine) == {}


def test_a_table_that_is_changed_starts_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: Scenario
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = changed(scenario, {"data.projects": "p.csv", "data.openings": ""})
    assert mine.data.projects == tmp_path / "p.csv"
    assert mine.data.openings is None
    packaged = changed(mine, {"data.projects": "nel:projects.csv"})
    assert packaged.data.projects == scenario.data.projects


def test_a_moved_range_is_kept_with_a_run(tmp_path: Path, scenario: Scenario) -> None:
    mine = changed(scenario, {KEY: 1.2, "recovery.support_gbp_m": 5})
    (tmp_path / "kept.toml").write_text(resolved_toml(mine), encoding="utf-8")
    again = load_scenario(tmp_path / "kept.toml")
    assert again.model_dump() == mine.model_dump()
    for key in (KEY, "recovery.support_gbp_m"):
        assert again.evidence[key] == mine.evidence[key]


def test_what_is_not_changed_keeps_where_it_came_from(scenario: Scenario) -> None:
    mine = changed(scenario, {KEY: 2.0, "capital.place_weights.Newham": 2.0})
    ours = {KEY, "capital.place_weights.Newham"}
    assert {key: mine.origins[key] for key in ours} == dict.fromkeys(ours, "")
    others = {key: origin for key, origin in mine.origins.items() if key not in ours}
    assert others == {key: origin for key, origin in scenario.origins.items() if key != KEY}
    homes = {Path(origin).parent.name for origin in others.values()}
    assert homes == {"england", "nel"}
    # what is gone comes from nowhere
    assert changed(mine, {"capital.place_weights": {}}).origins == {**others, KEY: ""}
