"""Figures, keys and values of a scenario, set in a file or by a text, and the wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenario_files import NEL, problems_of, writer

from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.load import packaged_folder

pytestmark = pytest.mark.unit


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    return writer(tmp_path)


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
        ("capital.gap", "capital.gap_pct"),
        ("capital.gap_percent", "capital.gap_pct"),
        ("capitl.gap_pct", "capital"),
        ("recovery.suport_gbp_m", "recovery.support_gbp_m"),
        ("years.frist", "years.first"),
        ("data.project", "data.projects"),
        ("allocation.stream", "allocation.streams"),
        ("allocation.streams.core.ned", "allocation.streams.core.need"),
        ("envelope.growth", "envelope.growth_pct"),
        ("efficiency_pct", "recovery.efficiency_pct"),
        ("capital.suport_gbp_m", "recovery.support_gbp_m"),
        ("projects", "data.projects"),
        ("Recovery", "recovery"),
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
