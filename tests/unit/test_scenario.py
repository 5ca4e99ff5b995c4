"""Scenario files: layers, figures, overrides, and what is said when one is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nelfin.errors import InputError
from nelfin.evidence import STATUSES
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.load import packaged_folder
from nelfin.scenario.schema import Data

pytestmark = pytest.mark.unit

NEL = 'extends = "nel"\n'


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a scenario file, in a folder below the test's own if the name says so."""

    def to_file(content: str | bytes, name: str = "mine.toml") -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return to_file


def problems_of(call: Callable[[], object]) -> tuple[str, ...]:
    """Return the problems a call raises."""
    with pytest.raises(InputError) as caught:
        call()
    return tuple(str(problem) for problem in caught.value.problems)


def leaves(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys of a scenario's values."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_without_a_file_the_embedded_scenario_is_loaded(scenario: Scenario) -> None:
    assert scenario.name == "North East London"
    assert scenario.years.labels() == [f"{y}/{y - 1999}" for y in range(2023, 2033)]
    assert scenario.files == (packaged_folder().resolve() / "scenario.toml",)
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
    for key in figures.keys() - {"schema", "name"}:
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
    assert all('extends = "nel"' in problem for problem in problems)


def test_a_figure_may_say_its_unit_status_and_source(write: Any) -> None:
    mine = load_scenario(
        write(
            NEL
            + "[capital]\nprice_growth_pct = "
            + '{ value = 4, unit = "% a year", status = "published", source = "BCIS" }\n'
        )
    )
    figure = mine.evidence["capital.price_growth_pct"]
    assert mine.capital.price_growth_pct == 4
    assert (figure.value, figure.unit, figure.status, figure.source) == (
        4,
        "% a year",
        "published",
        "BCIS",
    )


def test_a_bare_value_in_a_file_is_given_by_that_file(write: Any) -> None:
    file = write(NEL + "[capital]\nprice_growth_pct = 4\n")
    figure = load_scenario(file).evidence["capital.price_growth_pct"]
    assert (figure.status, figure.source) == ("given", str(file))


def test_a_bare_value_keeps_the_unit_of_the_figure_it_replaces(
    scenario: Scenario, write: Any
) -> None:
    mine = load_scenario(write(NEL + "[capital]\nprice_growth_pct = 4\n"))
    key = "capital.price_growth_pct"
    assert mine.evidence[key].unit == scenario.evidence[key].unit == "% a year"


@pytest.mark.parametrize(
    "overrides", [{"capital.price_growth_pct": 4}, ["capital.price_growth_pct=4"]]
)
def test_a_value_that_is_set_is_given_and_keeps_its_unit(overrides: Any) -> None:
    mine = load_scenario(overrides=overrides)
    figure = mine.evidence["capital.price_growth_pct"]
    assert mine.capital.price_growth_pct == 4
    assert (figure.value, figure.unit, figure.status, figure.source) == (
        4,
        "% a year",
        "given",
        "--set",
    )


def test_setting_one_value_leaves_the_evidence_of_the_others(scenario: Scenario) -> None:
    mine = load_scenario(overrides=["capital.price_growth_pct=4"])
    changed = {k for k, figure in mine.evidence.items() if figure != scenario.evidence[k]}
    assert changed == {"capital.price_growth_pct"}


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ('status = "guess"', '"guess"'),
        ('status = ["given"]', "given"),
        ("status = 1", "given"),
        ('sorce = "x"', '"source"'),
        ("unit = 3", "unit"),
        ("source = 3", "source"),
    ],
)
def test_a_figure_with_a_wrong_field_is_refused(write: Any, field: str, says: str) -> None:
    file = write(NEL + f"[capital]\ngap_pct = {{ value = 1, {field} }}\n")
    (problem,) = problems_of(lambda: load_scenario(file))
    assert problem.startswith(f"{file}, capital.gap_pct: ")
    assert says in problem


@pytest.mark.parametrize(
    "line", ["value = 3", 'value = "x"', "value = {}", 'value = 3\nname = "x"']
)
def test_a_value_outside_any_section_is_an_unknown_key(write: Any, line: str) -> None:
    text = " ".join(problems_of(lambda: load_scenario(write(NEL + line + "\n"))))
    assert "value" in text
    assert "is not a known key" in text


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("capital.gap", "gap_pct"),
        ("capital.gap_percent", "gap_pct"),
        ("capitl.gap_pct", "capital"),
        ("recovery.suport_gbp_m", "support_gbp_m"),
        ("years.frist", "first"),
        ("data.project", "projects"),
        ("allocation.stream", "streams"),
        ("allocation.streams.core.ned", "need"),
        ("envelope.growth", "growth_pct"),
        ("schema_", "schema"),
        ("nmae", "name"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_name(
    write: Any, key: str, nearest: str
) -> None:
    (problem,) = problems_of(lambda: load_scenario(overrides={key: "1"}))
    *parents, last = key.split(".")
    unknown = key if parents != ["capitl"] else "capitl"
    assert problem.startswith(f"--set, {unknown}: is not a known key.")
    assert f'"{nearest}"' in problem
    section = f"[{'.'.join(parents)}]\n" if parents else ""
    file = write(f'{NEL}{section}{last} = "1"\n')
    (problem,) = problems_of(lambda: load_scenario(file))
    assert problem.startswith(f"{file}, {unknown}: is not a known key.")
    assert f'"{nearest}"' in problem


def test_a_key_in_the_wrong_section_is_told_the_keys_of_that_section(write: Any) -> None:
    (problem,) = problems_of(lambda: load_scenario(write(NEL + "gap_pct = 1\n")))
    assert "mine.toml, gap_pct: is not a known key" in problem
    assert "capital" in problem


FULL_WIDTH = "\uff12\uff10\uff12\uff13/\uff12\uff14"
"""2023/24 in digits of another script."""

WRONG = {
    "capital.gap_pct": ["abc", "", "1%", -1, 101, float("nan"), float("inf"), True, [1], "1,5"],
    "capital.time_limit_s": [0, -1, float("inf"), "long"],
    "capital.solver": ["gurobi", 1],
    "capital.discount_from": ["begin"],
    "envelope.plan_total_gbp_m": [float("nan"), float("inf"), "£4,218m"],
    "envelope.growth_pct.core": [1000, -51, "x"],
    "prevention.double_running_months": [-1, 25, float("nan"), float("inf")],
    "prevention.release_step_gbp_m": [-1, float("nan"), float("inf")],
    "prevention.gbp_per_qaly_gained": [0, float("inf")],
    "prevention.share_of": ["core", [1], 1, ["core", "core"]],
    "recovery.repayment_gbp_m": [-1, float("nan"), float("inf")],
    "allocation.streams.core.restricted_share": [-0.1, 1.1, float("nan")],
    "allocation.streams.core.rule": [1],
    "years.first": ["2023", 2023, "2023-24", "2023/25", "23/24", "2023/24 ", FULL_WIDTH],
    "prevention.end_year": ["soon", "2031/33"],
    "name": ["", "x" * 201, 5],
    "schema": [2, 0, "1"],
    "data.projects": [5, [], True],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG.items() for value in values], ids=str
)
def test_a_value_of_the_wrong_kind_or_out_of_range_is_refused_by_its_key(
    key: str, value: object
) -> None:
    (problem,) = problems_of(lambda: load_scenario(overrides={key: value}))
    assert problem.startswith(f"--set, {key}")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prevention.share_of", "core"),
        ("prevention.share_of", [1]),
        ("years.first", "2023-04-01"),
        ("capital.gap_pct", "2023-04-01"),
        ("capital.gap_pct", "[1]"),
        ("data.projects", "5"),
        ("name", "5"),
    ],
)
def test_a_refusal_speaks_no_python(key: str, value: object) -> None:
    text = f"{key}={value}"
    (problem,) = problems_of(lambda: load_scenario(overrides=[text]))
    for word in ("tuple", "datetime", "<class", "dictionary", "instance", "pathlib", "NoneType"):
        assert word not in problem


def test_a_section_written_as_a_value_is_refused_in_plain_words(write: Any) -> None:
    (problem,) = problems_of(lambda: load_scenario(write(NEL + "capital = 3\n")))
    assert "mine.toml, capital: " in problem
    assert "dictionary" not in problem
    assert "instance" not in problem


def test_a_value_written_as_a_section_is_refused(write: Any) -> None:
    (problem,) = problems_of(lambda: load_scenario(write(NEL + "[capital.gap_pct]\nx = 1\n")))
    assert "mine.toml" in problem
    assert "capital.gap_pct" in problem


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("years.last", "2022/23"),
        ("years.last", "2099/00"),
        ("years.first", "2040/41"),
        ("prevention.end_year", "2023/24"),
        ("prevention.start_year", "2031/32"),
    ],
)
def test_years_in_the_wrong_order_name_what_was_set_and_the_years(key: str, value: str) -> None:
    (problem,) = problems_of(lambda: load_scenario(overrides={key: value}))
    # never send the reader to mend a file of the package
    assert str(packaged_folder()) not in problem
    assert "--set" in problem
    assert value in problem


def test_every_problem_of_a_scenario_is_reported_in_one_go(write: Any) -> None:
    file = write(NEL + '[capital]\ngap = 1\nsolver = "x"\n[years]\nfirst = "2023"\n')
    problems = problems_of(lambda: load_scenario(file, ["recovery.pdc_pct=200"]))
    assert {problem.partition(": ")[0] for problem in problems} == {
        f"{file}, capital.gap",
        f"{file}, capital.solver",
        f"{file}, years.first",
        "--set, recovery.pdc_pct",
    }


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("capital.gap_pct=1", ("capital", "gap_pct"), 1.0),
        (" capital.gap_pct = 1 ", ("capital", "gap_pct"), 1.0),
        ("capital.solver=cbc", ("capital", "solver"), "cbc"),
        ('capital.solver="cbc"', ("capital", "solver"), "cbc"),
        ("years.last=2030/31", ("years", "last"), "2030/31"),
        ("name=Plan B = best", ("name",), "Plan B = best"),
        ("name=a # b", ("name",), "a # b"),
        ('prevention.share_of=["core"]', ("prevention", "share_of"), ["core"]),
        ("envelope.growth_pct.core=-1.5", ("envelope", "growth_pct", "core"), -1.5),
    ],
)
def test_a_value_is_set_by_a_text(text: str, key: tuple[str, ...], value: object) -> None:
    found: Any = load_scenario(overrides=[text]).model_dump(mode="json")
    for part in key:
        found = found[part]
    assert found == value


def test_what_is_set_wins_over_every_file(write: Any) -> None:
    file = write(NEL + "[capital]\ngap_pct = 1\n")
    assert load_scenario(file, {"capital.gap_pct": 7}).capital.gap_pct == 7
    assert load_scenario(file, ["capital.gap_pct=7"]).capital.gap_pct == 7


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["capital.gap_pct"], "is not KEY=VALUE"),
        (["=1"], "is not KEY=VALUE"),
        ([""], "is not KEY=VALUE"),
        (["capital.gap_pct=1", "capital.gap_pct=1"], "given twice"),
        (["capital=1"], "names a section"),
        (["years.first.x=1"], 'goes below "first"'),
        (["capital.gap_pct={a=1}"], "is given a table"),
        (["a..b=1"], "is not a known key"),
        ([".=1"], "is not a known key"),
        (["capital.=1"], "is not a known key"),
    ],
    ids=str,
)
def test_a_text_that_sets_nothing_is_refused(texts: list[str], says: str) -> None:
    (problem,) = problems_of(lambda: load_scenario(overrides=texts))
    assert problem.startswith("--set")
    assert says in problem


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


def test_a_file_too_large_for_a_scenario_is_refused(write: Any) -> None:
    file = write(NEL + "#" * 3_000_000)
    (problem,) = problems_of(lambda: load_scenario(file))
    assert "is larger than 2 MB" in problem


def test_the_home_of_nobody_is_refused(write: Any) -> None:
    file = write(NEL + '[data]\nprojects = "~nobody-of-that-name/p.csv"\n')
    (problem,) = problems_of(lambda: load_scenario(file))
    assert "data.projects" in problem
    assert "~nobody-of-that-name" in problem


def test_a_table_of_the_embedded_dataset_has_a_short_name(write: Any) -> None:
    file = write(NEL + '[data]\nprojects = "nel:projects.csv"\n')
    assert load_scenario(file).data.projects == packaged_folder() / "projects.csv"


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
    for key in leaves(first.model_dump(by_alias=True, exclude={"data"})):
        was, now = first.evidence.get(key), again.evidence[key]
        if was and was.unit:
            assert (now.unit, now.status, now.source) == (was.unit, was.status, was.source), key
    assert resolved_toml(again) == text


def test_the_resolved_scenario_needs_no_other_scenario_file(scenario: Scenario) -> None:
    parsed = tomllib.loads(resolved_toml(scenario))
    assert "extends" not in parsed
    assert set(parsed["data"].values()) == {f"nel:{name}.csv" for name in Data.model_fields}


def test_the_resolved_scenario_does_not_turn_a_default_into_a_given_figure(
    scenario: Scenario, write: Any
) -> None:
    again = load_scenario(write(resolved_toml(scenario)))
    given = {k for k, figure in again.evidence.items() if figure.status == "given"}
    before = {k for k, figure in scenario.evidence.items() if figure.status == "given"}
    assert given == before
