"""The public names of nelfin: loaded when asked for, never hidden, and their examples true."""

from __future__ import annotations

import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import nelfin
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"
NAMES = sorted(set(nelfin.__all__) - {"__version__", "allocations", "models", "Scenario"})


PACKAGE = Path(nelfin.__file__).parent
EXAMPLES = [
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for file in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]
"""Modules with an example in a docstring."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_an_example_that_is_not_true_would_be_found(capsys: pytest.CaptureFixture[str]) -> None:
    module = ModuleType("wrong", ">>> 1 + 1\n3\n")
    assert doctest.testmod(module).failed == 1
    assert "Expected:" in capsys.readouterr().out


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


def test_no_module_hides_a_public_name(tmp_path: Path) -> None:
    """A module that bears a function's name would take its place once it is imported."""
    code = (
        "import importlib, pkgutil, nelfin\n"
        "for found in pkgutil.walk_packages(nelfin.__path__, 'nelfin.'):\n"
        "    if found.name != 'nelfin.__main__':\n"
        "        importlib.import_module(found.name)\n"
        "names = set(nelfin.__all__) - {'__version__', 'allocations', 'models'}\n"
        "assert all(callable(getattr(nelfin, name)) for name in names)\n"
        "assert callable(nelfin.models.capital.solve)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_each_public_name_is_in_the_reference(name: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert any(f":: nelfin.{name}{end}" in text for end in ("\n", "()\n"))


def test_import_nelfin_loads_no_other_module_of_it() -> None:
    code = "import sys, nelfin; print(sorted(n for n in sys.modules if n.startswith('nelfin')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['nelfin', 'nelfin.version']"
