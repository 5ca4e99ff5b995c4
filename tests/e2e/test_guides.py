"""README and guides, followed to the letter in an empty folder: what a command names is there.

Every command is read by the command line. Those that make or read small files are run; a run of the
models is taken from the session's one, and what takes long is only read, as the build of the
documentation and other tests run it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from command import run

import nelfin
from nelfin.cli import cli
from nelfin.data import load_inputs
from nelfin.result import Result

pytestmark = pytest.mark.e2e

ROOT = Path(nelfin.__file__).parents[1]
PAGES = ["README.md", *(f"docs/{name}.md" for name in (
    "start", "sweeps", "guides/cfo", "guides/place", "guides/planned_care", "guides/programmes",
    "guides/another_system", "reference/imports",
))]  # fmt: skip
FENCE = re.compile(r"^```(.*?)\n(.*?)^```\s*$", re.M | re.S)
OUTPUTS = {"output", "who", "html", "xlsx", "charts", "folder", "slides"}
"""Parameters that name what is written, as the folder of `nelfin new` is; that of `runs` is not."""

RUN = {"new", "check", "converge", "capital-solve", "import-allocations", "import-capital",
       "import-positions", "import-practices", "run", "runs"}  # fmt: skip
RUN_ON_FILES = {"allocate", "need"}
"""Commands that are run where they read a file of the guide; `sweep` and others are only read."""

REFUSED = "--strict"
"""Option with which a command is meant to be refused on the samples."""


def commands(page: str) -> Iterator[tuple[list[str], int]]:
    """Yield the words of each command of a page, as printed, and the status it should end with."""
    for info, body in FENCE.findall((ROOT / page).read_text(encoding="utf-8")):
        lines = [] if info else body.splitlines()
        if info.startswith("{shown}"):
            lines = [info.removeprefix("{shown}").strip()]
        status = re.search(r"^:exit: (\d)", body, flags=re.M)
        for line in lines:
            plain = re.split(r"\s{3,}| # ", line.strip())[0]
            if plain.startswith("nelfin "):
                words = shlex.split(plain)[1:]
                refused = 2 if REFUSED in words else 0
                yield words, int(status[1]) if status else refused


def files_of(words: list[str], made: set[Path]) -> Iterator[Path]:
    """Read a command as the command line does; yield the files it reads, and note what it makes."""
    with click.Context(cli, info_name="nelfin") as parent:
        name, *rest = words
        command = cli.get_command(parent, name)
        assert command is not None, words
        try:
            context = command.make_context(name, list(rest), parent=parent)
        except click.exceptions.Exit:  # an option that only shows something
            return
    for param in command.params:
        given = context.params.get(param.name or "")
        of_path = isinstance(param.type, click.Path) and param.name != "allow"
        values: list[Any] = given if isinstance(given, list | tuple) else [given]
        for value in filter(None, values) if of_path else ():
            if param.name in OUTPUTS and name != "runs":
                made.add(Path(value))
            elif str(value) not in {"nel", "nel-2026", "nelfin-runs"}:
                yield Path(value)
    for word in rest:
        if match := re.fullmatch(r"data\.\w+=(.+)", word):
            yield Path(match[1])
    opening = context.params.get("opening") or ""
    if opening.endswith(".csv"):
        yield Path(opening)


@pytest.fixture
def quick(result: Result, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a run read its tables, and write what the session's run has found."""

    def found(scenario: Any, *_: Any) -> Result:
        load_inputs(scenario)
        return result

    def save(_: Result, folder: Path, **__: Any) -> Path:
        shutil.copytree(run_folder, folder, copy_function=os.link)
        return folder

    monkeypatch.setattr("nelfin.result.run", found)
    monkeypatch.setattr(Result, "save", save)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("quick")
def test_a_page_works_as_printed(page: str, tmp_path: Path) -> None:
    made: set[Path] = set()
    followed = list(commands(page))
    assert followed
    for words, status in followed:
        meant_wrong = status == 2 and REFUSED not in words
        reads = [] if meant_wrong else list(files_of(words, made))
        for file in reads:
            there = (tmp_path / file).exists() or file in made
            assert there, f"{page}: no command before makes {file} of nelfin {shlex.join(words)}"
        if words[0] in RUN or (words[0] in RUN_ON_FILES and reads):
            done = run(*words, cwd=tmp_path)
            assert done.returncode == status, (words, done.stderr)
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r'open_sweep\("([^"]+)"\)|Path\("([^"]+)"\)\.glob', text):
        file = Path("".join(name))
        assert file in made or (tmp_path / file).exists(), file
    # and what is named along the way, in a sentence
    for span in re.findall(r"(?<!`)`nelfin ([^`\n]+)`(?!`)", FENCE.sub("", text)):
        for before, word in zip(["", *span.split()], span.split(), strict=False):
            if re.fullmatch(r"[a-z][\w/-]*\.(toml|csv|xlsx)", word) and not before.startswith("-"):
                assert (tmp_path / word).exists() or Path(word) in made, f"{page}: {span}"
