"""A disk that is full: said in words, nothing half-written, nothing lost.

A limit on the size of files stands in for the disk: what is written past it fails as there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import run

pytestmark = pytest.mark.e2e

SWEEP = ("sweep", "--vary", "recovery.efficiency_pct=3,4", "-o", "s")


def limited(blocks: int, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run nelfin where no file may pass a number of blocks of 1,024 bytes."""
    command = f'ulimit -f {blocks}; exec "$0" -W error -m nelfin "$@"'
    return subprocess.run(
        ["bash", "-c", command, sys.executable, *words],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@pytest.mark.parametrize("blocks", [8, 60, 600])
def test_a_run_leaves_nothing_behind(tmp_path: Path, blocks: int) -> None:
    """The data do not fit; then the tables; then the page."""
    words = ("run", "--draws", "10", "--set", "capital.gap_pct=5", "-o", "r")
    done = limited(blocks, *words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "nelfin: the output cannot be written." in done.stderr
    assert "r" in done.stderr
    assert "File too large" in done.stderr
    assert ".part" not in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("blocks", [4, 8])
def test_a_sweep_keeps_what_is_done_and_goes_on(tmp_path: Path, blocks: int) -> None:
    """The cases do not fit; then only the table as CSV."""
    done = limited(blocks, *SWEEP, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "File too large. Free space, or choose another folder" in done.stderr
    assert "go on with --resume" in done.stderr
    assert not list((tmp_path / "s").rglob(".*"))
    again = run(*SWEEP, "--resume", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "2 cases. Written to s." in again.stderr
