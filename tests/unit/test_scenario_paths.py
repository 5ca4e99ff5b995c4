"""Paths of tables in a scenario: where they start, and where they may not lead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenario_files import NATIONAL_TABLES, NEL, leaves, problems_of, writer

from nelfin.scenario import load_scenario, resolved_toml
from nelfin.scenario.load import packaged_folder
from nelfin.scenario.paths import packaged_scenario

pytestmark = pytest.mark.unit


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    return writer(tmp_path)


def test_a_table_path_starts_at_the_file_that_names_it(tmp_path: Path, write: Any) -> None:
    write(NEL + '[data]\nprojects = "tables/p.csv"\ncapital_limits = "l.csv"\n', "base/base.toml")
    file = write(
        'extends = "../base/base.toml"\n[data]\ncapital_limits = "l.csv"\n', "top/top.toml"
    )
    data = load_scenario(file).data
    assert data.projects.resolve() == tmp_path / "base" / "tables" / "p.csv"
    assert data.capital_limits.resolve() == tmp_path / "top" / "l.csv"
    assert data.allocations == packaged_folder() / "allocations.csv"


@pytest.mark.parametrize("path", ["mine.toml", "./mine.toml", "../here/mine.toml"])
def test_a_table_path_does_not_depend_on_how_the_scenario_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any, path: str
) -> None:
    write(NEL + '[data]\nprojects = "p.csv"\n', "here/mine.toml")
    monkeypatch.chdir(tmp_path / "here")
    assert load_scenario(path).data.projects.resolve() == tmp_path / "here" / "p.csv"


def test_a_table_path_written_as_a_figure_is_a_path_too(tmp_path: Path, write: Any) -> None:
    file = write(NEL + '[data]\nprojects = { value = "p.csv", source = "estates team" }\n')
    loaded = load_scenario(file)
    assert loaded.data.projects == tmp_path / "p.csv"
    assert loaded.evidence["data.projects"].source == "estates team"


@pytest.mark.parametrize(
    "overrides",
    [["data.projects=p.csv"], {"data.projects": "p.csv"}, {"data.projects": Path("p.csv")}],
    ids=["text", "mapping", "path"],
)
def test_a_table_path_that_is_set_starts_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overrides: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load_scenario(overrides=overrides)
    # absolute, so that the scenario kept with the results names the same file
    assert loaded.data.projects == tmp_path / "p.csv"


def test_an_absolute_table_path_stands_as_it_is(tmp_path: Path, write: Any) -> None:
    file = write(NEL + f"[data]\nprojects = '{tmp_path / 'p.csv'}'\n", "deep/mine.toml")
    assert load_scenario(file, allow=[tmp_path]).data.projects == tmp_path / "p.csv"


def test_a_tilde_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    file = write(NEL + '[data]\nprojects = "~/p.csv"\n', "deep/mine.toml")
    assert load_scenario(file, allow=["~"]).data.projects == tmp_path / "p.csv"


@pytest.mark.parametrize(
    "path",
    ["../p.csv", "/etc/hostname", "link/p.csv", "nel:../../errors.py", "../book.xlsx#a", "~/p.csv"],
)
def test_a_table_outside_the_folder_is_refused_unless_it_is_allowed(
    tmp_path: Path, write: Any, path: str
) -> None:
    file = write(NEL + f'[data]\nprojects = "{path}"\n', "deep/mine.toml")
    (file.parent / "link").symlink_to(tmp_path)
    (problem,) = problems_of(lambda: load_scenario(file))
    assert problem.startswith(f"{file}, data.projects: leads out of the folder")
    allowed = problem.rpartition("--allow ")[2].removesuffix(".")
    assert load_scenario(file, allow=[allowed]).data.projects
    # what the caller says is the caller's own word
    assert load_scenario(overrides={"data.projects": str(tmp_path / "p.csv")}).data.projects


def test_an_opening_outside_the_folder_is_refused(write: Any) -> None:
    section = '[allocation.streams.core]\nopening = { value = "../mine.csv", unit = "file" }\n'
    (problem,) = problems_of(lambda: load_scenario(write(NEL + section, "deep/mine.toml")))
    assert "allocation.streams.core.opening: leads out" in problem


def test_many_tables_of_one_folder_outside_are_one_problem(write: Any) -> None:
    section = '[data]\nprojects = "../a.csv"\npositions = "../b.csv"\n'
    (problem,) = problems_of(lambda: load_scenario(write(NEL + section, "deep/mine.toml")))
    assert "data.projects and 1 more keys: leads" in problem


def test_tables_may_stand_in_the_folder_of_the_scenario_that_is_extended(
    tmp_path: Path, write: Any
) -> None:
    write(NEL, "base/whole.toml")
    text = 'extends = "../base/whole.toml"\n[data]\nprojects = "../base/deep/p.csv"\n'
    found = load_scenario(write(text, "plans/mine.toml"))
    assert found.data.projects.resolve() == tmp_path / "base" / "deep" / "p.csv"
    # but not the other way round: the base may not name what the plan may
    write(NEL + '[data]\nprojects = "../plans/p.csv"\n', "base/whole.toml")
    (problem,) = problems_of(lambda: load_scenario(tmp_path / "plans" / "mine.toml"))
    assert "whole.toml, data.projects: leads out" in problem


def test_a_table_of_the_embedded_dataset_has_a_short_name(write: Any) -> None:
    file = write(NEL + '[data]\nprojects = "nel:projects.csv"\n')
    assert load_scenario(file).data.projects == packaged_folder() / "projects.csv"


@pytest.mark.parametrize("table", NATIONAL_TABLES)
def test_a_run_of_before_finds_the_national_tables_that_stood_with_the_embedded(
    write: Any, table: str
) -> None:
    file = write(NEL + f'[data]\n{table} = "nel:{table}.csv"\n')
    found = getattr(load_scenario(file).data, table)
    assert found == packaged_scenario("england").parent / f"{table}.csv"
    assert found.is_file()
    assert f'{table} = "england:{table}.csv"' in resolved_toml(load_scenario(file))


def test_a_table_of_each_packaged_scenario_has_a_short_name(write: Any) -> None:
    for name in ("nel", "nel-2026"):
        file = write(NEL + f'[data]\nprojects = "{name}:projects.csv"\n')
        assert load_scenario(file).data.projects == packaged_scenario(name).parent / "projects.csv"


@pytest.mark.parametrize("name", ["nel", "england", "nel-2026"])
def test_a_file_called_as_a_packaged_scenario_is_a_file(
    tmp_path: Path, write: Any, name: str
) -> None:
    file = write(NEL + f'[data]\nprojects = "{name}"\n')
    assert load_scenario(file).data.projects == tmp_path / name


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        ["capital.gap_pct=0.1", "years.last=2030/31", "prevention.share_of=['core']"],
        ['name="a \\"quoted\\" \\\\ name"', "envelope.growth_pct.core=0.1"],
        ["data.projects=p.csv", "allocation.streams.new_one.need=community"],
        ["name=\N{POUND SIGN}\N{SNOWMAN}", "recovery.support_gbp_m=1e-12"],
    ],
    ids=str,
)
def test_the_resolved_scenario_loads_to_an_equal_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any, overrides: list[str]
) -> None:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    first = load_scenario(overrides=overrides)
    text = resolved_toml(first)
    kept = write(text, "run/scenario.resolved.toml")
    again = load_scenario(kept, allow=[tmp_path / "cwd"])
    assert again.model_dump() == first.model_dump()
    # the code stands bare, as the name does
    for key in leaves(first.model_dump(by_alias=True, exclude={"data", "icb"})):
        was, now = first.evidence.get(key), again.evidence[key]
        if was and was.unit:
            assert (now.unit, now.status, now.source) == (was.unit, was.status, was.source), key
    assert resolved_toml(again) == text
