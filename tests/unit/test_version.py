"""The version stands once, and what repeats it agrees."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nelfin

pytestmark = pytest.mark.unit

ROOT = Path(nelfin.__file__).parents[1]


def test_the_build_reads_the_version_from_the_package() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in table["project"]
    assert table["project"]["dynamic"] == ["version"]
    source = ROOT / table["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{nelfin.__version__}"' in source.read_text(encoding="utf-8")


def test_no_other_module_writes_the_version_down() -> None:
    files = sorted((ROOT / "nelfin").rglob("*.py"))
    naming = [file.name for file in files if f'"{nelfin.__version__}"' in file.read_text("utf-8")]
    assert naming == ["version.py"]


def test_the_citation_and_the_changelog_agree() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", nelfin.__version__)
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", citation, re.M) == [nelfin.__version__]
    assert nelfin.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_package_is_imported_with_nothing_heavy() -> None:
    code = "import sys, nelfin; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"importlib.metadata", "click", "numpy", "pandas", "xarray", "pulp", "pydantic"}
    assert heavy & set(done.stdout.split()) == set()
