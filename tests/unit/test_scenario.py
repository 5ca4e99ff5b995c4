"""Scenario files: layers, extending, files that are none, and the resolved scenario."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenario_files import NATIONAL_TABLES, NEL, leaves, problems_of, writer

from nelfin.evidence import STATUSES
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.load import packaged_folder
from nelfin.scenario.schema import Data

pytestmark = pytest.mark.unit


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    return writer(tmp_path)


def test_without_a_file_the_embedded_scenario_is_loaded(scenario: Scenario) -> None:
    assert scenario.name == "North East London"
    assert scenario.years.labels() == [f"{y}/{y - 1999}" for y in range(2023, 2033)]
    assert [file.parent.name for file in scenario.files] == ["england", "nel"]
    assert scenario.files[-1] == packaged_folder().resolve() / "scenario.toml"
    assert all(getattr(scenario.data, table).is_file() for table in Data.model_fields)


def test_a_scenario_cannot_be_changed(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match="frozen"):
        scenario.capital.gap_pct = 5.0


def test_every_value_knows_where_it_comes_from(scenario: Scenario) -> None:
    keys = set(leaves(scenario.model_dump(by_alias=True)))
    assert keys - set(scenario.evidence) == set()


def test_every_figure_of_the_embedded_scenario_has_unit_status_and_source(
    scenario: Scenario,
) -> None:
    figures = {k: f for k, f in scenario.evidence.items() if not k.startswith("data.")}
    for key in figures.keys() - {"schema", "name", "icb"}:
        figure = figures[key]
        assert figure.unit, key
        assert figure.source, key
        assert figure.status in set(STATUSES) - {"given"}, key


def test_a_file_that_extends_the_embedded_scenario_changes_only_what_it_names(
    scenario: Scenario, write: Any
) -> None:
    file = write(NEL + 'name = "Mine"\n[capital]\ngap_pct = 2\n')
    mine = load_scenario(file)
    expected = scenario.model_dump()
    expected["name"], expected["capital"]["gap_pct"] = "Mine", 2.0
    assert mine.model_dump() == expected
    assert mine.files == (*scenario.files, file)


def test_extends_starts_at_the_folder_of_the_file_that_names_it(write: Any) -> None:
    write(NEL + "[capital]\ngap_pct = 1\nprice_growth_pct = 1\n", "base/deep/first.toml")
    write('extends = "deep/first.toml"\n[capital]\ngap_pct = 2\n', "base/second.toml")
    last = write('extends = "../base/second.toml"\nname = "Last"\n', "plans/last.toml")
    loaded = load_scenario(last)
    assert (loaded.name, loaded.capital.gap_pct, loaded.capital.price_growth_pct) == ("Last", 2, 1)
    assert [file.name for file in loaded.files] == [
        "scenario.toml",
        "scenario.toml",
        "first.toml",
        "second.toml",
        "last.toml",
    ]


def test_extends_may_be_an_absolute_path(write: Any) -> None:
    base = write(NEL + "[capital]\ngap_pct = 3\n", "elsewhere/base.toml")
    assert load_scenario(write(f"extends = '{base}'\n")).capital.gap_pct == 3


def test_a_list_is_replaced_and_not_joined(write: Any) -> None:
    mine = load_scenario(write(NEL + '[prevention]\nshare_of = ["specialised"]\n'))
    assert mine.prevention.share_of == ("specialised",)


def test_a_stream_may_be_added_beside_those_extended(scenario: Scenario, write: Any) -> None:
    mine = load_scenario(write(NEL + '[allocation.streams.vaccines]\nneed = "community"\n'))
    assert list(mine.allocation.streams) == [*scenario.allocation.streams, "vaccines"]
    assert mine.allocation.streams["vaccines"].opening == "on-target"


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_files_that_extend_each_other_in_a_loop_are_refused(write: Any, names: list[str]) -> None:
    for name, parent in zip(names, [*names[1:], names[0]], strict=True):
        write(f'extends = "{parent}.toml"\n', f"{name}.toml")
    (problem,) = problems_of(lambda: load_scenario(write(f'extends = "{names[0]}.toml"\n')))
    assert "extends itself" in problem
    assert all(f"{name}.toml" in problem for name in names)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ('"gone.toml"', "gone.toml: does not exist"),
        ('"NEL"', "NEL: does not exist"),
        ('""', "is a folder"),
        ('"."', "is a folder"),
        ('["nel"]', "extends: is not a text"),
        ("true", "extends: is not a text"),
        ('"mine.toml/x.toml"', "cannot be read"),
        (f'"{"x" * 300}.toml"', "cannot be read"),
        (r'"a\u0000.toml"', "cannot be read"),
    ],
    ids=str,
)
def test_extends_that_leads_nowhere_is_refused(write: Any, value: str, says: str) -> None:
    (problem,) = problems_of(lambda: load_scenario(write(f"extends = {value}\n")))
    assert says in problem


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.symlink_to(file.name)
    (problem,) = problems_of(lambda: load_scenario(file))
    assert str(file) in problem


@pytest.mark.parametrize("name", ["gone.toml", ".", "gone/mine.toml", "x" * 300, "a\0b.toml"])
def test_a_scenario_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (problem,) = problems_of(lambda: load_scenario(tmp_path / name))
    assert problem.startswith(str(tmp_path / name))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + NEL.encode() + b'name = "x"\n',
        NEL.encode().replace(b"\n", b"\r\n") + b'name = "x"\r\n',
    ],
    ids=["BOM", "CRLF"],
)
def test_a_scenario_may_be_written_by_any_editor(write: Any, content: bytes) -> None:
    assert load_scenario(write(content)).name == "x"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name = \n", "line 1"),
        (NEL + "[capital]\ngap_pct = 1\ngap_pct = 2\n", "line 4"),
        (NEL + "[capital]\n[capital]\n", "line 3"),
        ("stream,year\ncore,2023/24\n", "line 1"),
        (NEL + "name = Mine\n", "line 2"),
        (NEL + "[years]\nfirst = 2023/24\n", "line 3"),
        (NEL + "[capital]\ngap_pct = 0,5\n", "line 3"),
        (NEL + "[data]\nprojects = 'C:\\x.csv\n", "end of document"),
        (NEL + '[data]\nprojects = "C:\\users\\x.csv"\n', "line 3"),
        (NEL.encode("utf-16"), "UTF-8"),
        ("name = 'caf\xe9'".encode("latin-1"), "UTF-8"),
        (b"PK\x03\x04\xff\xfe", "UTF-8"),
        (NEL + "[capital]\ngap_pct = " + "9" * 5000, "mine.toml"),
        (NEL + "[capital]\ngap_pct = " + "[" * 5000, "mine.toml"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_file_that_is_not_toml_is_refused(write: Any, content: str | bytes, says: str) -> None:
    problems = problems_of(lambda: load_scenario(write(content)))
    assert "mine.toml" in problems[0]
    assert says in problems[0]


def test_an_empty_file_is_told_how_to_start(write: Any) -> None:
    problems = problems_of(lambda: load_scenario(write("")))
    keys = {problem.partition("mine.toml, ")[2].partition(":")[0] for problem in problems}
    sections = {"years", "data", "envelope", "allocation", "prevention", "recovery", "capital"}
    assert keys == {"schema", "name"} | sections
    assert all('"nelfin new DIR --icb CODE" writes' in problem for problem in problems)


def test_a_file_too_large_for_a_scenario_is_refused(write: Any) -> None:
    file = write(NEL + "#" * 3_000_000)
    (problem,) = problems_of(lambda: load_scenario(file))
    assert "is larger than 2 MB" in problem


def test_the_home_of_nobody_is_refused(write: Any) -> None:
    file = write(NEL + '[data]\nprojects = "~nobody-of-that-name/p.csv"\n')
    (problem,) = problems_of(lambda: load_scenario(file))
    assert "data.projects" in problem
    assert "~nobody-of-that-name" in problem


def test_the_resolved_scenario_needs_no_other_scenario_file(scenario: Scenario) -> None:
    parsed = tomllib.loads(resolved_toml(scenario))
    assert "extends" not in parsed
    assert parsed["data"] == {
        name: f"{'england' if name in NATIONAL_TABLES else 'nel'}:{name}.csv"
        for name in Data.model_fields
    }


def test_the_resolved_scenario_does_not_turn_a_default_into_a_given_figure(
    scenario: Scenario, write: Any
) -> None:
    again = load_scenario(write(resolved_toml(scenario)))
    given = {k for k, figure in again.evidence.items() if figure.status == "given"}
    before = {k for k, figure in scenario.evidence.items() if figure.status == "given"}
    assert given == before
