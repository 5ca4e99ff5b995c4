"""What the package never does, read off its source: run text as code, unpickle, call a shell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import nelfin

pytestmark = pytest.mark.unit

SOURCES = sorted(Path(nelfin.__file__).parent.rglob("*.py"))

CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
"""Built-in functions that run text as code."""

MODULES = {"pickle", "cloudpickle", "dill", "marshal", "shelve", "subprocess", "pty", "ctypes",
           "yaml", "socket", "urllib", "http", "requests", "ftplib", "smtplib"}  # fmt: skip
"""Modules that unpickle, run programs, or speak to a network."""

ATTRIBUTES = {"read_pickle", "to_pickle", "system", "popen", "execv", "execve", "execvp", "spawnl",
              "spawnv", "allow_pickle", "extractall", "mktemp"}  # fmt: skip
"""Functions of other modules that do."""


def names_of(tree: ast.AST) -> set[str]:
    """Return every name that a source calls, imports, or passes as an argument."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(f"call {node.func.id}")
        if isinstance(node, ast.Import):
            found |= {f"module {alias.name.partition('.')[0]}" for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(f"module {node.module.partition('.')[0]}")
            found |= {f"name {alias.name}" for alias in node.names}
        if isinstance(node, ast.Attribute):
            found.add(f"name {node.attr}")
        if isinstance(node, ast.keyword) and node.arg:
            found.add(f"name {node.arg}" if node.arg != "shell" else "shell")
    return found


FORBIDDEN = (
    {f"call {name}" for name in CALLS}
    | {f"module {name}" for name in MODULES}
    | {f"name {name}" for name in ATTRIBUTES}
    | {"shell"}
)


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "import pickle",
        "from subprocess import run",
        "import os\nos.system('ls')",
        "pd.read_pickle(f)",
        "np.load(f, allow_pickle=True)",
        "run('ls', shell=True)",
    ],
)
def test_the_check_finds_what_it_looks_for(text: str) -> None:
    assert names_of(ast.parse(text)) & FORBIDDEN


def test_no_text_is_run_and_nothing_is_unpickled_or_given_to_a_shell() -> None:
    assert len(SOURCES) > 100
    found = {
        str(file.relative_to(SOURCES[0].parent)): bad
        for file in SOURCES
        if (bad := names_of(ast.parse(file.read_text(encoding="utf-8"))) & FORBIDDEN)
    }
    assert found == {}


def test_the_page_escapes_all_it_is_given() -> None:
    """Jinja escapes; what is marked as safe is the project's own or made of escaped parts."""
    page = (Path(nelfin.__file__).parent / "report" / "page" / "render.py").read_text(
        encoding="utf-8"
    )
    assert "autoescape=True" in page
