"""A message names only options that the commands which show it have."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import click
import pytest

import nelfin
from nelfin.cli import COMMANDS, cli

pytestmark = pytest.mark.unit

PACKAGE = Path(nelfin.__file__).parent

SCENARIO = ("run", "allocate", "prevention", "recovery", "capital", "seek", "sweep", "check",
            "sources")  # fmt: skip
"""Commands that load a scenario of the user's."""

IMPORTS = ("import-allocations", "import-capital")

PRACTICES = ("import-practices", "need")
"""Commands that read practice files."""

OF_OTHERS = {
    "cli/runs.py": {"--html"},  # nelfin report RUN --html
    "data/checks/whose.py": {"--icb"},  # nelfin new DIR --icb CODE
    "scenario/wording.py": {"--icb"},  # the same
    "scenario/load.py": {"--excel"},  # nelfin new DIR --excel
    "data/start/system.py": {"--places"},  # nelfin import-practices --places
}
"""Options of another command that a message names with that command."""

SHOWN_BY: dict[str, tuple[str, ...]] = {
    "scenario/load.py": SCENARIO,
    "scenario/paths.py": SCENARIO,
    "scenario/wording.py": SCENARIO,
    "data/checks/whose.py": SCENARIO,
    "system/activity_answers.py": ("activity",),
    "cli/capital_lists.py": ("capital-solve",),
    "data/checks/pounds.py": ("capital-solve",),  # which the message names
    "data/lists/limits.py": ("capital-solve",),
    "data/lists/ranks.py": ("capital-solve",),
    "data/lists/roles.py": ("capital-solve",),
    "data/reading/alike.py": ("capital-solve",),  # which the message names
    "data/imports/allocation_figures.py": ("import-allocations",),
    "data/imports/capital_rows.py": ("import-capital",),
    "data/imports/icbs.py": IMPORTS,
    "data/practices/file.py": PRACTICES,
    "data/practices/importing.py": ("import-practices",),
    "data/practices/systems.py": PRACTICES,
    "data/practices/workbook_j.py": ("need",),
    "data/practices/workbook_j_practices.py": ("need",),
    "data/practices/years.py": PRACTICES,
    "data/start/system.py": ("new",),
    "system/need_indices.py": ("need",),
    "system/need_sources.py": ("need",),
    "scenario/change.py": ("seek",),  # --by is its own word; sweep gives --vary
    "evidence.py": SCENARIO,
    "data/checks/need.py": ("import-practices",),  # which the message names
    "store/run_folder.py": ("run", "allocate", "prevention", "recovery", "capital"),
    "store/sweeps.py": ("sweep",),
    "store/archive.py": ("runs",),
    "cli/capital_keep.py": ("capital", "capital-solve"),
    "cli/capital_worth.py": ("capital-solve",),
    "app/serve.py": ("app",),
    "system/seek.py": ("seek",),
    "system/sweep.py": ("sweep",),
    "report/packs/__init__.py": ("report",),
    "report/packs/risks.py": ("run",),  # which the message names
    "report/packs/slides.py": ("report",),
    "report/charts/uncertainty.py": ("run",),
    "report/text/portfolio.py": ("portfolio",),
    "report/workbook/settings_sheet.py": ("run",),
    "scenario/settings_sheet.py": ("new",),
    "cli/capital_doubt.py": ("capital-solve",),
    "cli/capital_more.py": ("capital-solve",),
    "cli/options.py": ("converge",),  # of `require_free`; that all who call it have it is below
}
"""Commands that show the messages of a file that is not a command's own."""


@cache
def options_of(name: str) -> frozenset[str]:
    with click.Context(cli) as context:
        command = cli.get_command(context, name)
    assert command is not None
    return frozenset({"--help"}) | frozenset(
        word for param in command.params for word in (*param.opts, *param.secondary_opts)
    )


def options_in(file: Path) -> set[str]:
    """Return the options in the texts of a file, but for docstrings and declared options."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    apart: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", [])
        if isinstance(body, list):
            apart |= {
                id(line.value) for line in body if isinstance(line, ast.Expr)
                and isinstance(line.value, ast.Constant)
            }  # fmt: skip
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "click.option":
            apart |= {id(one) for one in node.args}
    return {
        word
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart
        for word in re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", node.value)
    }


FILES = {str(file.relative_to(PACKAGE).as_posix()): file for file in PACKAGE.rglob("*.py")}
NAMING = {name: words for name, file in FILES.items() if (words := options_in(file))}


@pytest.mark.parametrize("name", NAMING)
def test_options_that_messages_name_are_there(name: str) -> None:
    own = name.removeprefix("cli/").removesuffix(".py").replace("_", "-")
    if name == "cli/__init__.py":
        assert NAMING[name] == {"--help"}  # which every command has
        return
    commands = (own,) if name.startswith("cli/") and own in COMMANDS else SHOWN_BY[name]
    named = NAMING[name] - OF_OTHERS.get(name, set())
    for command in commands:
        assert named <= options_of(command), (command, named)


def test_commands_that_may_replace_say_so_and_the_others_do_not(tmp_path: Path) -> None:
    from nelfin.errors import InputError
    from nelfin.store.run_folder import check_folder

    (tmp_path / "run.json").write_text("{}")
    for force, offers in ((None, False), (False, True)):
        with pytest.raises(InputError) as caught:
            check_folder(tmp_path, force)
        assert ("--force" in str(caught.value)) is offers
    for name in COMMANDS:
        file = FILES[f"cli/{name.replace('-', '_')}.py"].read_text(encoding="utf-8")
        calls = re.findall(r"check_(?:tables_)?folder\((\w+)(, \w+)?\)", file)
        offered = any(force for _, force in calls)
        assert offered is False or "--force" in options_of(name), name
        assert not calls or offered or "--force" not in options_of(name), name
    for name in COMMANDS:
        file = FILES[f"cli/{name.replace('-', '_')}.py"].read_text(encoding="utf-8")
        assert "require_free(" not in file or "--force" in options_of(name), name


def test_an_empty_folder_is_used_and_another_is_not_replaced(tmp_path: Path) -> None:
    from nelfin.cli.options import check_tables_folder
    from nelfin.errors import InputError

    folder = tmp_path / "out"
    folder.mkdir()
    check_tables_folder(folder, force=False)
    (folder / "place_budgets.csv").write_text("")
    (folder / "core_index.csv").write_text("")
    with pytest.raises(InputError, match="already exists"):
        check_tables_folder(folder, force=False)
    check_tables_folder(folder, force=True)
    (folder / "my-places.csv").write_text("")
    with pytest.raises(InputError, match=r'holds "my-places\.csv"'):
        check_tables_folder(folder, force=True)
    with pytest.raises(InputError, match="is a file"):
        check_tables_folder(folder / "my-places.csv", force=True)
