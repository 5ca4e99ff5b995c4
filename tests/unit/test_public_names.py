"""The public names are there, stay functions and classes, and stand in the reference."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import nelfin

pytestmark = pytest.mark.unit

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"
NAMES = sorted(set(nelfin.__all__) - {"__version__", "allocations", "models"})


def test_no_module_takes_the_place_of_a_public_name() -> None:
    for module in walk_packages(nelfin.__path__, "nelfin."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for name in NAMES:
        assert callable(getattr(nelfin, name)), name


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Scenario"])
def test_each_public_name_is_in_the_reference(name: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert any(f":: nelfin.{name}{end}" in text for end in ("\n", "()\n"))


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, nelfin; print(sorted(n for n in sys.modules if n.startswith('nelfin')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['nelfin']"


def test_an_unknown_name_is_no_attribute() -> None:
    assert not hasattr(nelfin, "nonsense")
