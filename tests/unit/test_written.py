"""A scenario written to edit loads to the same, and says of every setting what it is."""

from __future__ import annotations

import tomllib
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import pytest

from nelfin.data.start.folder import write_scenario_folder
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.keys import dotted, schema_at, walk
from nelfin.scenario.written import WIDTH, editable_toml

pytestmark = pytest.mark.unit

NAMES: dict[str, Any] = {
    "name": 'a "quoted" \\ name\N{POUND SIGN}\n[capital]\x07 # x',
    'envelope.growth_pct."acute.urgent"': 2.5,
    "envelope.growth_pct.new": {"value": 1.0, "low": 0.5, "high": 3.0, "shape": "interval_80"},
    "envelope.convergence_pct.core": -0.5,
    r'allocation.streams."a \"stream\" of = ours".need': "community",
    "allocation.streams.value.need": {
        "value": "community",
        "unit": "component",
        "status": "derived",
        "source": 'said "so"\nand\tso \\',
    },
    'allocation.need_weights.final_core."x.y"': 0.25,
    'capital.criteria_weights."a=b"': 1.0,
    "capital.place_weights.Tower Hamlets": 2.0,
    "prevention.share_of": ["core", "specialised"],
    "data.pressures": "",
    "recovery.support_gbp_m": 1e-12,
}
"""Names that TOML must quote, and figures of every kind."""


def written(scenario: Scenario, file: Path) -> str:
    """Write a scenario to edit, with its tables where they are."""
    tables = {name: str(path or "") for name, path in dict(scenario.data).items()}
    text = editable_toml(scenario, tables, f"The plan of {scenario.name}.")
    file.write_text(text, encoding="utf-8")
    return text


@pytest.fixture(params=["nel", "nel-2026", "names"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    if request.param == "names":
        return load_scenario(overrides=NAMES)
    return load_scenario(request.param)


def test_it_loads_to_the_same_values_and_figures(scenario: Scenario, tmp_path: Path) -> None:
    text = written(scenario, tmp_path / "scenario.toml")
    assert "extends" not in tomllib.loads(text)
    again = load_scenario(tmp_path / "scenario.toml")
    assert again.model_dump() == scenario.model_dump()
    assert [file.parent for file in again.files] == [tmp_path]
    # what names the plan and its tables stands bare
    bare = {key for key in scenario.evidence if "." not in key or key.startswith("data.")}
    assert {key: figure for key, figure in again.evidence.items() if key not in bare} == {
        key: figure for key, figure in scenario.evidence.items() if key not in bare
    }
    assert len(scenario.evidence) - len(bare) > 90
    assert set(again.origins.values()) == {str(tmp_path / "scenario.toml")}


def test_it_says_of_every_setting_what_it_is(scenario: Scenario, tmp_path: Path) -> None:
    lines = written(scenario, tmp_path / "scenario.toml").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert max(map(len, comments)) <= WIDTH
    said = " ".join(line.removeprefix("# ") for line in comments)
    for parts, here, value in walk(scenario):
        if here is not None and here.is_setting and parts[0] != "data" and value is not None:
            assert here.description in said, dotted(parts)
    # a section says what it is, or is one stream more
    headings = [at for at, line in enumerate(lines) if line.startswith("[")]
    assert "[capital]" in [lines[at] for at in headings]
    silent = [lines[at] for at in headings if not lines[at - 1].startswith("#")]
    assert all(heading.startswith("[allocation.streams.") for heading in silent)


def test_a_comment_stands_right_above_its_setting(tmp_path: Path) -> None:
    lines = written(load_scenario(), tmp_path / "scenario.toml").splitlines()
    for key in ("icb", "years.planned_to", "recovery.efficiency_pct", "capital.relax"):
        here = schema_at(tuple(key.split(".")))
        assert here is not None
        (at,) = (n for n, line in enumerate(lines) if line.startswith(f"{key.split('.')[-1]} = "))
        above = []
        while lines[at - 1].startswith("# "):
            at -= 1
            above.insert(0, lines[at].removeprefix("# "))
        assert " ".join(above).endswith(here.description)
    assert lines.count("# Component of need that sets the target; blank keeps the stream at system "
                       "level.") == 1  # fmt: skip


def test_a_default_of_a_stream_goes_without_saying(tmp_path: Path) -> None:
    streams = tomllib.loads(written(load_scenario(), tmp_path / "x.toml"))["allocation"]["streams"]
    assert "restricted_share" in streams["specialised"]
    assert "restricted_share" not in streams["core"]
    assert set(streams["running_cost"]) == {"need"}


def test_a_folder_of_a_scenario_stands_alone(tmp_path: Path) -> None:
    scenario = load_scenario(overrides={"data.pressures": "", "icb": "QMF"})
    file = write_scenario_folder(scenario, tmp_path)
    assert file.read_text(encoding="utf-8").startswith("# The plan of North East London.\n")
    again = load_scenario(file)
    assert again.data.pressures is None
    for name, path in dict(scenario.data).items():
        if path is not None:
            copy = getattr(again.data, name)
            assert copy.parent == tmp_path
            assert copy.read_bytes() == BOM_UTF8 + path.read_bytes()  # as Excel asks
