"""The shape of the package: no circle of files, few modules loose at its top."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import nelfin

pytestmark = pytest.mark.unit

PACKAGE = Path(nelfin.__file__).parent
LONGEST = 400


def modules(package: Path) -> dict[str, Path]:
    """Every module by its dotted name; a package by the name of its folder."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = file
    return found


def imported(file: Path, known: dict[str, Path]) -> set[str]:
    """The modules that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= below & known.keys() or {node.module}
    return found & known.keys()


def circle(package: Path) -> list[str]:
    """The files of a circle of imports; none where there is no circle."""
    known = modules(package)
    # a package that hands on the names of its own files is no circle, so its own name is left out
    arrows = {name: imported(file, known) - {name} for name, file in known.items()}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_files() -> None:
    assert circle(PACKAGE) == []


def test_a_circle_through_a_function_is_found(tmp_path: Path) -> None:
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "first.py").write_text("from house.second import two\n")
    (package / "second.py").write_text("def two():\n    from house import first\n")
    assert {"house.first", "house.second"} <= set(circle(package))


def test_few_modules_stand_loose_at_the_top() -> None:
    loose = [path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")]
    assert len(loose) <= 6, loose


def test_no_file_is_long() -> None:
    root = PACKAGE.parent
    files = [f for room in ("nelfin", "tests", "tools", "benchmarks", "docs") for f in
             (root / room).rglob("*.py")]  # fmt: skip
    lengths = {str(f.relative_to(root)): len(f.read_text(encoding="utf-8").splitlines())
               for f in files}  # fmt: skip
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}
