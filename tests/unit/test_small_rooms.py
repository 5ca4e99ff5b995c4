"""Years, words, errors and the lazy public face."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import nelfin
from nelfin import years
from nelfin.allocations import pace
from nelfin.data import notes, spots
from nelfin.errors import InputError, Problems, nearest
from nelfin.report.text import words
from nelfin.scenario import paths

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "module", [years, words, pace, spots, notes, paths], ids=lambda module: module.__name__
)
def test_examples_in_docstrings_are_true(module: object) -> None:
    outcome = doctest.testmod(module)  # type: ignore[arg-type]
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize("label", ["2023/25", "2023-24", "23/24", "2023/2024", "", "abcd/ef"])
def test_a_year_that_is_not_one_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="financial year"):
        years.start_of(label)


def test_years_between_crosses_a_century() -> None:
    assert years.years_between("1998/99", "2001/02") == ["1998/99", "1999/00", "2000/01", "2001/02"]


def test_negative_money_stands_in_brackets_and_nothing_is_minus_zero() -> None:
    assert [words.money(x) for x in (-31.04, -0.04, 0.04, 1234.56)] == [
        "(31.0)",
        "0.0",
        "0.0",
        "1,234.6",
    ]
    assert words.money(float("nan")) == "–"


def test_problems_are_raised_together() -> None:
    problems = Problems()
    problems.raise_if_any()
    problems.add("a.csv, row 2", "is wrong.", "Mend it.")
    problems.add("b.csv", "is missing.", "Add it.")
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert str(caught.value) == "a.csv, row 2: is wrong. Mend it.\nb.csv: is missing. Add it."


def test_nearest_names_the_closest_or_lists_what_is_known() -> None:
    assert nearest("gap_pt", ["gap_pct", "solver"]) == 'Did you mean "gap_pct"?'
    assert nearest("zzz", ["gap_pct", "solver"]) == "Known here: gap_pct, solver."


def test_every_public_name_loads_and_an_unknown_one_does_not() -> None:
    for name in nelfin.__all__:
        assert getattr(nelfin, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        nelfin.nothing  # noqa: B018


def test_importing_nelfin_and_its_command_line_loads_nothing_heavy() -> None:
    code = (
        "import sys, nelfin, nelfin.cli;"
        "print(sorted({'pandas','numpy','xarray','pulp','altair','pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_tables_and_charts_are_named(result: nelfin.Result) -> None:
    with pytest.raises(InputError, match='Did you mean "limits"'):
        result.table("limit")
    with pytest.raises(InputError, match='Did you mean "recovery"'):
        result.chart("recover")


def test_no_room_hides_a_public_name(tmp_path: Path) -> None:
    """A module that bears a function's name would take its place once it is imported."""
    code = (
        "import importlib, pkgutil, nelfin\n"
        "for found in pkgutil.walk_packages(nelfin.__path__, 'nelfin.'):\n"
        "    if found.name != 'nelfin.__main__':\n"
        "        importlib.import_module(found.name)\n"
        "assert callable(nelfin.run) and callable(nelfin.load_scenario)\n"
        "assert callable(nelfin.models.capital.solve)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
