"""What the README and the documentation name exists: commands, options, keys, files and names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

import nelfin
from nelfin.allocations.pace import packaged_rules
from nelfin.cli import COMMANDS, cli
from nelfin.data import notes
from nelfin.data.specs import CONVERGE, OPENING_FILE, TABLES
from nelfin.result import Result
from nelfin.scenario.schema import Scenario

pytestmark = pytest.mark.unit

ROOT = Path(nelfin.__file__).parents[1]
TEXTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    ROOT / "benchmarks" / "README.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_generated" not in path.parts),
]
FENCE = re.compile(r"^(`{3,}|:{3,})(.*?)\n(.*?)^\1\s*$", re.M | re.S)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def part(name: str) -> ModuleType:
    """Return a module of the documentation, which Sphinx finds by its path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs" / "_ext")
        return import_module(name)


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    return part("generated")


@pytest.fixture(scope="module")
def keys() -> ModuleType:
    return part("scenario_keys")


def spans(text: str) -> list[str]:
    return SPAN.findall(FENCE.sub("", text))


def code_lines(text: str) -> Iterator[str]:
    """Yield lines of code: of blocks, of commands whose output is shown, and spans.

    A command shown for being refused is left out.
    """
    for _, info, body in FENCE.findall(text):
        if info.startswith("{shown}"):
            if ":exit: 2" in body:
                continue
            yield info.removeprefix("{shown}").strip()
        else:
            yield from body.splitlines()
    yield from spans(text)


def commands_in(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of nelfin with its words; what follows two spaces explains it."""
    for line in code_lines(text):
        match = re.search(r"(?:^|&& |\$ |-m )nelfin(?: (.*))?$", line.strip())
        if match:
            words = re.split(r"\s{2,}|\s&&\s", match[1] or "")[0].split()
            yield line, words


def by_name(paths: list[Path]) -> dict[str, Path]:
    return {str(path.relative_to(ROOT)): path for path in paths}


@pytest.fixture(params=by_name(TEXTS))
def text(request: pytest.FixtureRequest) -> str:
    return (ROOT / request.param).read_text(encoding="utf-8")


def test_the_readme_opens_with_exactly_two_commands_that_install() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opening = readme.partition("\n## ")[0]
    blocks = [body.strip().splitlines() for _, _, body in FENCE.findall(opening)]
    assert [len(block) for block in blocks] == [1, 1]
    assert all(block[0].startswith("python -m pip install ") for block in blocks)
    assert blocks[0][0].endswith("&& nelfin run")
    assert blocks[1][0].endswith("&& python -m pytest")


def test_the_pictures_of_the_readme_are_small() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = [ROOT / name for name in re.findall(r"^!\[[^]]+\]\((\S+)\)$", readme, flags=re.M)]
    assert [file.name for file in pictures] == ["page.png", "workbook.png"]
    assert all(file.stat().st_size < 150_000 for file in pictures)


def test_every_command_and_option_named_exists(text: str) -> None:
    with click.Context(cli) as context:
        for line, words in commands_in(text):
            name = words[0] if words else ""
            if name in {"", "--version", "--help"}:
                continue
            assert name in COMMANDS, line
            command = cli.get_command(context, name)
            assert command is not None
            known = {option for parameter in command.params for option in parameter.opts}
            for word in words[1:]:
                if re.match(r"--?[a-z]", word):
                    assert word.partition("=")[0] in known | {"--help"}, line


def test_the_command_line_tells_its_version() -> None:
    from click.testing import CliRunner

    assert CliRunner().invoke(cli, ["--version"]).output == f"nelfin {nelfin.__version__}\n"


def keys_in(text: str) -> Iterator[str]:
    """Yield each scenario key that is set, sought, varied, or quoted with its dots."""
    sections = "|".join(name for name in Scenario.model_fields if name != "schema_")
    for _, words in commands_in(text):
        for option, value in pairwise(words):
            if option in {"--set", "--by", "--vary"} and value != "...":
                yield value.partition("=")[0]
    for span in spans(text):
        words = re.sub(r"^--set ", "", span).partition("=")[0]
        if re.fullmatch(rf"(?:{sections})(?:\.\w+)+", words) and not words.endswith(".toml"):
            yield words
    for _, info, body in FENCE.findall(text):
        if info.strip() == "toml":
            yield from toml_keys(tomllib.loads(body))


def toml_keys(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict) and "value" not in value:
            yield from toml_keys(value, f"{prefix}{name}.")
        elif prefix:
            yield prefix + name


def test_every_scenario_key_named_is_in_the_schema(text: str, keys: ModuleType) -> None:
    patterns = [key.pattern.split(".") for key in keys.scenario_keys()]
    for key in keys_in(text):
        parts = key.split(".")
        assert any(
            len(parts) <= len(pattern)
            and all(want in {"NAME", part} for part, want in zip(parts, pattern, strict=False))
            for pattern in patterns
        ), f"{key} is not a key"


def test_a_key_that_does_not_exist_would_be_found(keys: ModuleType) -> None:
    assert list(keys_in("`recovery.eficiency_pct` and `nelfin run --set capital.gap=1`")) == [
        "capital.gap",
        "recovery.eficiency_pct",
    ]
    held = [key.pattern for key in keys.scenario_keys() if key.holds("recovery.eficiency_pct")]
    assert held == []


def test_every_python_name_named_can_be_had(text: str) -> None:
    for line in code_lines(text):
        for name in re.findall(r"\bnelfin(?:\.[a-z_A-Z]\w*)+", line):
            if name.split(".")[-1] in {"py", "csv", "md", "toml"}:
                continue
            found: Any = nelfin
            for at, part in enumerate(name.split(".")[1:], start=2):
                if not hasattr(found, part):
                    import_module(".".join(name.split(".")[:at]))
                found = getattr(found, part)


@pytest.mark.parametrize("name", by_name(TEXTS))
def test_every_file_linked_or_named_is_there(name: str) -> None:
    file = ROOT / name
    text = file.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
        if not target.startswith(("http", "#")):
            assert (file.parent / target.partition("#")[0]).exists(), target
    for span in spans(text):
        if re.fullmatch(r"(?:nelfin|docs|tools|tests|examples|benchmarks|\.ci)/[\w./-]+", span):
            assert (ROOT / span).exists(), span


def test_every_page_of_the_documentation_is_in_the_table_of_contents() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^[\w/]+$", index, flags=re.M))
    pages = {
        str(path.relative_to(ROOT / "docs").with_suffix(""))
        for path in TEXTS
        if ROOT / "docs" in path.parents
    }
    assert pages - {"index"} <= listed


def test_every_rule_of_a_capital_plan_is_described() -> None:
    page = (ROOT / "docs" / "methods" / "capital.md").read_text(encoding="utf-8")
    section = page.partition("\n## Rules\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*`) \| (.+) \|$", section, flags=re.M)
    described = [name for names, _ in rows for name in spans(names)]
    (rule,) = (column for column in TABLES["capital_rules"].columns if column.name == "rule")
    assert sorted(described) == sorted(rule.choices)


def test_every_rule_of_pace_is_described(generated: ModuleType) -> None:
    page = (ROOT / "docs" / "methods" / "places.md").read_text(encoding="utf-8")
    page = page.replace("```{include} ../_generated/rules.md\n```", generated.rules_part())
    assert [name for name in packaged_rules() if f"`{name}`" not in page] == []
    assert "{include}" not in page


def test_every_column_of_every_table_has_words_and_no_words_are_left_over() -> None:
    tables = TABLES | {"opening_file": OPENING_FILE, "converge": CONVERGE}
    assert set(notes.words()) == {"every", *tables}
    for name, spec in tables.items():
        used = {notes.in_markdown(name, column) for column in spec.columns}
        assert set(notes.words()[name].values()) <= used, name


def test_every_scenario_key_says_what_it_is(keys: ModuleType) -> None:
    known = [key for key in keys.scenario_keys() if "." in key.pattern]
    assert len(known) > 80
    assert [key.pattern for key in known if not key.description] == []
    page = keys.scenario_page(nelfin.load_scenario())
    assert all(f"{{confval}} {key.pattern}\n" in page for key in known)
    assert "number from 0 to 100" in page
    assert "Embedded: **4** % of the cost base a year (range 3 to 5). *Assumption.*" in page


def test_every_table_of_a_run_is_told(generated: ModuleType, result: Result) -> None:
    not_always = {"limits_of_money", "resources", "plan_changes"}
    assert set(generated.ABOUT_TABLES) - not_always == set(result.tables)
    for name in result.tables:
        assert f"`{name}.csv`" in generated.results_page(result)


def test_the_help_of_every_command_is_told(generated: ModuleType) -> None:
    page = generated.commands_page()
    for name in COMMANDS:
        assert f"Usage: nelfin {name}" in page


def test_what_goes_into_the_source_archive_is_there() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = table["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert [name for name in included if not (ROOT / name).exists()] == []
    for name in ("docs", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff"):
        assert name in included
    assert [name for name in table["project"]["license-files"] if not (ROOT / name).exists()] == []
