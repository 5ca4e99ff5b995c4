"""What the page on importing shows is what the commands do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command import run

import nelfin
from nelfin.data.imports.position_returns import MONEY
from nelfin.data.specs import TABLES
from nelfin.data.start.samples import write_samples
from nelfin.data.tables import read_table

pytestmark = pytest.mark.e2e

DOCS = Path(nelfin.__file__).parents[1] / "docs"
PAGE = (DOCS / "reference" / "imports.md").read_text(encoding="utf-8")
WRITES = {
    "import-allocations": "allocations",
    "import-capital": "capital_limits",
    "import-positions": "positions",
}
SHOWN = re.findall(r"^```\{shown\} nelfin (import-.+)$", PAGE, flags=re.M)


@pytest.mark.parametrize("command", SHOWN)
def test_an_example_of_the_page_runs_and_gives_a_table(command: str, tmp_path: Path) -> None:
    folder = tmp_path
    write_samples(folder / "samples")
    words = command.split()
    done = run(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    table = read_table(folder / words[-1], TABLES[WRITES[words[0]]])
    assert len(table) > 1
    assert Path(words[1]).name in table["source"].iloc[0]


def test_every_command_has_an_example_and_every_column_a_word() -> None:
    assert {words.split()[0] for words in SHOWN} == set(WRITES)
    for name, of in MONEY.items():
        assert re.search(rf"^\| `{name}_gbp_m` \|.*\| `{of.measure}` \|$", PAGE, flags=re.M)


def test_an_example_gives_the_figures_of_its_file(tmp_path: Path) -> None:
    folder = tmp_path
    write_samples(folder / "samples")
    for command in SHOWN:
        run(*command.split(), cwd=folder)
    money = read_table(folder / "allocations.csv", TABLES["allocations"])
    assert list(money["allocation_gbp_m"]) == [1024.85, 1050]
    limits = read_table(folder / "limits_by_organisation.csv", TABLES["capital_limits"])
    assert list(limits["limit_gbp_m"]) == [40, 40, 38, 38, 12.5, 13, 13, 13.5]
    every = read_table(folder / "limits_of_all.csv", TABLES["capital_limits"])
    assert list(every["limit_gbp_m"]) == [52.5, 53]
    positions = read_table(folder / "positions.csv", TABLES["positions"])
    assert positions["value_gbp_m"].min() == -41.2
