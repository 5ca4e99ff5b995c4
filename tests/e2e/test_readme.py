"""What the README says of another system, followed to the letter in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from command import run

import nelfin

pytestmark = pytest.mark.e2e

README = Path(nelfin.__file__).parents[1] / "README.md"


def commands(heading: str) -> list[list[str]]:
    """The commands that a section of the README shows, as words."""
    section = README.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for block in re.findall(r"```\n(.*?)```", section, re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    return [shlex.split(re.split(r"\s{3,}", line)[0])[1:] for line in lines]


def test_another_system_starts_as_the_readme_says(tmp_path: Path) -> None:
    run("new", "samples", "--samples", cwd=tmp_path)  # which a section before shows
    said = []
    for words in commands("Any other system"):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 0, (words, done.stderr)
        said.append(done.stdout)
    assert [words[0] for words in commands("Any other system")] == [
        "new", "new", "run", "need", "import-practices", "allocate"
    ]  # fmt: skip
    assert "South West London" in said[0]
    assert "Kingston and Richmond" in said[-1]
    assert "Croydon" in said[-1]
    assert "Merton\n" not in said[-1]
    (page,) = (tmp_path / "nelfin-runs").glob("*/report.html")
    # the plan begins in the year of the budgets, which the place table shows once
    assert page.read_text(encoding="utf-8").count("<bdi>Budget 2025/26, £m</bdi>") == 1


def test_the_list_of_systems_goes_alone(tmp_path: Path) -> None:
    done = run("new", "x", "--list", "--icb", "QWE", cwd=tmp_path)
    assert done.returncode == 2
    assert "DIR, --icb: does not go with --list. Leave it out." in done.stderr
