"""What the README says of another system, followed to the letter in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from command import run

import nelfin
from nelfin.data.specs import COMPONENTS

pytestmark = pytest.mark.e2e

README = Path(nelfin.__file__).parents[1] / "README.md"
HEADINGS = ("Practice_Code", "ICB", "LTLA", "PCN_Code")
FIGURES = ("Population", "G&A WP", "CS WP", "MH WP", "Mat WP", "Prescr WP", "Health Ineq WP",
           "Primary Medical Care WP", "Final WP", "Final PMC WP")  # fmt: skip


def commands(heading: str) -> list[list[str]]:
    """The commands that a section of the README shows, as words."""
    section = README.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for block in re.findall(r"```\n(.*?)```", section, re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    return [shlex.split(re.split(r"\s{3,}", line)[0])[1:] for line in lines]


def practice_file(file: Path) -> None:
    """Write a practice file as NHS England publishes it, of two systems."""
    rows = [
        (f"H{n}", icb, area, "", *[size] * len(COMPONENTS))
        for n, (icb, area, size) in enumerate(
            [("QWE", "Merton", 500_000), ("QWE", "Sutton", 600_000), ("QWE", "Croydon", 700_000),
             ("QKK", "Bromley", 300_000)]
        )
    ]  # fmt: skip
    pd.DataFrame(rows, columns=[*HEADINGS, *FIGURES]).to_csv(file, index=False)


def test_another_system_starts_as_the_readme_says(tmp_path: Path) -> None:
    practice_file(tmp_path / "practices.csv")
    places = "local_authority,place\nMerton,West\nSutton,West\nCroydon,Croydon\n"
    (tmp_path / "map.csv").write_text(places, encoding="utf-8")
    said = []
    for words in commands("Any other system"):
        done = run(*["practices.csv" if word == "FILE" else word for word in words], cwd=tmp_path)
        assert done.returncode == 0, (words, done.stderr)
        said.append(done.stdout)
    assert [words[0] for words in commands("Any other system")] == [
        "new", "new", "run", "need", "import-practices", "allocate"
    ]  # fmt: skip
    assert "South West London" in said[0]
    assert "West" in said[-1]
    assert "Croydon" in said[-1]
    assert "Merton" not in said[-1]
    (page,) = (tmp_path / "nelfin-runs").glob("*/report.html")
    # the plan begins in the year of the budgets, which the place table shows once
    assert page.read_text(encoding="utf-8").count("<bdi>Budget 2025/26, £m</bdi>") == 1


def test_the_list_of_systems_goes_alone(tmp_path: Path) -> None:
    done = run("new", "x", "--list", "--icb", "QWE", cwd=tmp_path)
    assert done.returncode == 2
    assert "DIR, --icb: does not go with --list. Leave it out." in done.stderr
