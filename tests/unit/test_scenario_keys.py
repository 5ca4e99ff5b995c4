"""Keys of a scenario: what the schema has at each, how they are written, and the walk over them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pandas as pd
import pytest
from pydantic import BaseModel

from nelfin.data import Inputs
from nelfin.data.differences import RestsOn, what_differs
from nelfin.data.register import register
from nelfin.errors import InputError
from nelfin.report.workbook.settings import settings_table
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.change import changed, field_of, leaves
from nelfin.scenario.keys import (
    NAME,
    dotted,
    schema_at,
    schema_settings,
    split_key,
    unit_of_ending,
    walk,
)
from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings

pytestmark = pytest.mark.unit

FIGURE_WORDS = ("value", "unit", "status", "source", "low", "high", "shape")
"""What the table of a figure holds: as names of the user's they are names like any other."""


def findings(scenario: Scenario, name: str = "run") -> Findings:
    """Return what is kept of a run that found nothing."""
    empty = pd.DataFrame(columns=["where", "figure", "unit", "status", "source"])
    return Findings(name, None, {"sources": empty}, resolved_toml(scenario), {})  # type: ignore[arg-type]


# What the schema has at a key


def test_the_schema_tells_sections_mappings_and_settings_apart() -> None:
    section, mapping, setting = (
        schema_at(split_key(key))
        for key in ("capital", "capital.criteria_weights", "capital.criteria_weights.value")
    )
    assert section is not None
    assert mapping is not None
    assert setting is not None
    assert [here.is_setting for here in (section, mapping, setting)] == [False, False, True]
    assert "gap_pct" in section.below
    assert mapping.named is setting
    assert schema_at(("capital", "gap")) is None
    assert schema_at(("capital", "gap_pct", "x")) is None


@pytest.mark.parametrize(
    ("key", "unit", "least", "most", "default"),
    [
        ("recovery.efficiency_pct", "%", 0, 100, None),
        ("recovery.agency_share_pct", "%", 0, 100, 3.2),
        ("envelope.growth_pct.core", "%", -50, 100, None),
        ("envelope.plan_total_gbp_m", "£m", -1e15, 1e15, None),
        ("capital.time_limit_s", "seconds", 0, 1e15, None),
        ("capital.discount_later_pct", "%", 0, 100, None),
        ("prevention.double_running_months", "months", 0, 24, None),
        ("prevention.gbp_per_qaly_gained", "£ per QALY", 0, 1e15, None),
        ("allocation.streams.core.restricted_share", "share", 0, 1, 1.0),
        ("uncertainty.outcome_saves", "schemes", 0, 1_000_000, 7),
        ("capital.relax", "yes or no", float("-inf"), float("inf"), False),
        ("years.first", "year", float("-inf"), float("inf"), None),
    ],
)
def test_a_setting_knows_its_unit_its_limits_and_its_default(
    scenario: Scenario, key: str, unit: str, least: float, most: float, default: object
) -> None:
    setting = field_of(scenario, key)
    assert (setting.key, setting.unit, setting.default) == (key, unit, default)
    assert (setting.least, setting.most) == (least, most)
    assert setting.description.endswith(".")
    assert setting.value == scenario.evidence[key].value


def test_every_setting_of_the_schema_has_words_and_a_unit() -> None:
    settings = {here.pattern: here for here in schema_settings()}
    assert len(settings) > 90
    assert [pattern for pattern, here in settings.items() if not here.description] == []
    # what names the scenario has no unit
    assert [pattern for pattern, here in settings.items() if not here.unit] == ["schema", "name"]
    assert f"allocation.need_weights.{NAME}.{NAME}" in settings


def fields_by_hand(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Return the patterns of a model's settings, found without the walk."""
    patterns = []
    for name, about in model.model_fields.items():
        kind, pattern = about.annotation, f"{prefix}{about.alias or name}"
        while get_origin(kind) in {dict, Annotated}:
            at = 1 if get_origin(kind) is dict else 0
            kind, pattern = get_args(kind)[at], f"{pattern}.NAME" if at else pattern
        inside = isinstance(kind, type) and issubclass(kind, BaseModel)
        patterns += fields_by_hand(kind, f"{pattern}.") if inside else [pattern]
    return patterns


def test_no_setting_of_the_schema_is_left_out() -> None:
    assert [here.pattern for here in schema_settings()] == fields_by_hand(Scenario)


def test_the_unit_of_a_setting_is_the_ending_of_its_own_name_and_not_of_the_users() -> None:
    weight = schema_at(("capital", "criteria_weights", "waiting_years"))
    assert weight is not None
    assert weight.unit == "weight"
    assert [unit_of_ending(f"x{ending}") for ending in ("_years", "_s", "s", "")] == [
        "years", "seconds", "", ""]  # fmt: skip


# How keys are written


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("capital", "gap_pct"), "capital.gap_pct"),
        (("capital", "place_weights", "Tower Hamlets"), "capital.place_weights.Tower Hamlets"),
        (("envelope", "growth_pct", "acute.urgent"), 'envelope.growth_pct."acute.urgent"'),
        (("envelope", "growth_pct", ""), 'envelope.growth_pct.""'),
        (("envelope", "growth_pct", "a=b"), 'envelope.growth_pct."a=b"'),
        (("envelope", "growth_pct", 'a"b'), r'envelope.growth_pct."a\"b"'),
        (("envelope", "growth_pct", " a "), 'envelope.growth_pct." a "'),
        (("envelope", "growth_pct", "a\nb"), r'envelope.growth_pct."a\nb"'),
    ],
)
def test_a_name_with_a_dot_stands_in_quotes(parts: tuple[str, ...], key: str) -> None:
    assert dotted(parts) == key
    assert split_key(key) == parts


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("", ("",)),
        ("a..b", ("a", "", "b")),
        ("a.", ("a", "")),
        ('a."b', ("a", '"b')),
        ('a."b"c', ("a", '"b"c')),
        (r'a."\q"', ("a", r'"\q"')),
        (r'a."\ud800"', ("a", r'"\ud800"')),
        ('a."Tower Hamlets".b', ("a", "Tower Hamlets", "b")),
    ],
)
def test_a_key_written_badly_is_read_as_it_stands(key: str, parts: tuple[str, ...]) -> None:
    assert split_key(key) == parts


def test_a_name_with_a_dot_is_set_sought_and_found_again(
    scenario: Scenario, tmp_path: Path
) -> None:
    key = 'envelope.growth_pct."acute.urgent"'
    mine = load_scenario(overrides=[f"{key}=2.5"])
    assert mine.envelope.growth_pct["acute.urgent"] == 2.5
    assert mine.evidence[key].unit == "%"
    assert field_of(mine, key).value == 2.5
    assert changed(mine, {key: 3.0}).envelope.growth_pct["acute.urgent"] == 3.0
    (tmp_path / "kept.toml").write_text(resolved_toml(mine), encoding="utf-8")
    assert load_scenario(tmp_path / "kept.toml").model_dump() == mine.model_dump()
    equals = load_scenario(overrides=['capital.criteria_weights."a=b"=1'])
    assert equals.capital.criteria_weights == {"a=b": 1.0}


def test_a_name_with_a_dot_and_no_quotes_is_refused_with_what_to_write() -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(overrides=["envelope.growth_pct.acute.urgent=2"])
    (problem,) = caught.value.problems
    assert problem.what == 'goes below "acute", which holds one value.'
    assert 'stands in quotes: envelope.growth_pct."acute.urgent".' in problem.remedy


# The walk


def test_names_of_the_users_are_never_taken_for_a_figure(tmp_path: Path, inputs: Inputs) -> None:
    text = "\n".join(
        [
            'extends = "nel"',
            "[capital.criteria_weights]",
            *(f"{word} = {at}" for at, word in enumerate(FIGURE_WORDS)),
            "[capital.place_weights]",
            'value = { value = 2, unit = "weight", status = "derived", source = "ours" }',
            "unit = 3",
            "[allocation.need_weights.value]",
            "value = 0.5",
        ]
    )
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    mine = load_scenario(tmp_path / "mine.toml")
    weights = {word: float(at) for at, word in enumerate(FIGURE_WORDS)}
    assert mine.capital.criteria_weights == weights
    assert mine.capital.place_weights == {"value": 2.0, "unit": 3.0}
    assert mine.allocation.need_weights == {"value": {"value": 0.5}}
    ours = mine.evidence["capital.place_weights.value"]
    assert (ours.value, ours.unit, ours.status, ours.source) == (2, "weight", "derived", "ours")
    assert mine.evidence["capital.criteria_weights.value"].status == "given"

    # the register, the settings of the workbook and the comparison see each of them
    keys = {f"capital.criteria_weights.{word}" for word in FIGURE_WORDS}
    assert keys <= set(register(mine, inputs)["figure"])
    table = settings_table(findings(mine)).set_index("setting")
    assert table.loc["capital.place_weights.value", "source"] == "ours"
    assert {key: table.loc[key, "value"] for key in keys} == {
        f"capital.criteria_weights.{word}": weight for word, weight in weights.items()
    }
    other = changed(mine, {"capital.criteria_weights.value": 9.0})
    one, two = (RestsOn(each.evidence, None) for each in (mine, other))
    found = what_differs({"one": one, "two": two})
    assert found[["figure", "one", "two"]].values.tolist() == [
        ["capital.criteria_weights.value", "0", "9"]
    ]


@pytest.mark.parametrize("word", FIGURE_WORDS)
def test_a_stream_may_have_any_name(tmp_path: Path, scenario: Scenario, word: str) -> None:
    mine = changed(scenario, {f"allocation.streams.{word}.need": "community"})
    assert mine.allocation.streams[word].need == "community"
    assert mine.evidence[f"allocation.streams.{word}.opening"].status == "assumption"
    (tmp_path / "kept.toml").write_text(resolved_toml(mine), encoding="utf-8")
    again = load_scenario(tmp_path / "kept.toml")
    assert again.model_dump() == mine.model_dump()
    assert again.evidence[f"allocation.streams.{word}.need"].source == "changed in Python"


def test_the_walk_of_a_scenario_and_of_its_file_meet_the_same_settings(scenario: Scenario) -> None:
    held = [dotted(parts) for parts, _, value in walk(scenario) if value is not None]
    written = [dotted(parts) for parts, _, _ in walk(tomllib.loads(resolved_toml(scenario)))]
    assert sorted(held) == sorted(written)
    assert set(leaves(scenario)) >= set(scenario.evidence)
    assert {key for key in leaves(scenario) if key not in scenario.evidence} == {
        "allocation.need_weights", "capital.criteria_weights", "capital.must_start",
        "capital.place_weights",
        "envelope.convergence_pct", "envelope.distance_from_target_pct",
    }  # fmt: skip


def test_keys_of_another_version_are_read_as_well_as_they_can_be() -> None:
    text = """
    [recovery]
    gone_pct = { value = 2, unit = "%", status = "derived", source = "once" }
    efficiency_pct = 3.0
    [gone]
    a = [1, 2]
    b.c = { value = 1, low = 0, high = 2 }
    empty = {}
    """
    figures = resolved_figures(text)
    assert {key: figure.value for key, figure in figures.items()} == {
        "recovery.gone_pct": 2,
        "recovery.efficiency_pct": 3.0,
        "gone.a": [1, 2],
        "gone.b.c": 1,
    }
    assert figures["recovery.gone_pct"].source == "once"
    assert (figures["gone.b.c"].low, figures["gone.b.c"].high) == (0, 2)


# What files hold


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[capital.gap_pct]\nx = 1", "capital.gap_pct", "is given a table without a value."),
        ("[capital]\ngap_pct = {}", "capital.gap_pct", "is given a table without a value."),
        ("[[capital]]\ngap_pct = 1", "capital", "should be a section with keys of its own"),
        ("capital = 3", "capital", 'is "3": should be a section with keys of its own.'),
        ("[capital]\nvalue = 3", "capital.value", "is not a known key."),
        (
            "[capital.criteria_weights]\nvalue = { quality = 1 }",
            "capital.criteria_weights.value",
            "is given a table without a value.",
        ),
        (
            "[capital]\ncriteria_weights = [1]",
            "capital.criteria_weights",
            'is "[1]": should be a section with keys of its own.',
        ),
        (
            "[prevention]\nshare_of = [{ value = 1 }]",
            "prevention.share_of.0",
            "is wrong: should be a text.",
        ),
    ],
)
def test_what_does_not_fit_the_schema_is_refused_by_its_key(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'extends = "nel"\n{text}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    (problem,) = caught.value.problems
    assert problem.where == f"{file}, {where}"
    assert what in problem.what


def test_an_empty_section_changes_nothing(tmp_path: Path, scenario: Scenario) -> None:
    text = 'extends = "nel"\n[capital]\n[allocation.streams]\n[capital.criteria_weights]\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    mine = load_scenario(tmp_path / "mine.toml")
    assert mine.model_dump() == scenario.model_dump()
    assert mine.evidence == scenario.evidence


def test_empty_streams_are_refused(tmp_path: Path, scenario: Scenario) -> None:
    tree: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    tree["allocation"]["streams"] = {}
    import tomli_w

    (tmp_path / "mine.toml").write_text(tomli_w.dumps(tree), encoding="utf-8")
    with pytest.raises(InputError, match=r"allocation\.streams: .*must not be empty"):
        load_scenario(tmp_path / "mine.toml", allow=["/"])
