"""A disk that is full: said in words, nothing half-written, nothing lost.

A limit on the size of files stands in for the disk: what is written past it fails as there.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from command import NELFIN, run
from systems import write_system

pytestmark = pytest.mark.e2e

ROUGH = ("--set", "capital.gap_pct=10")
SWEEP = ("sweep", "--vary", "recovery.efficiency_pct=3,4", *ROUGH, "-o", "s")


def limited(blocks: int, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run nelfin where no file may pass a number of blocks of 1,024 bytes."""
    command = f'ulimit -f {blocks}; exec "$0" "$@"'
    return subprocess.run(
        ["bash", "-c", command, *NELFIN, *words],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small system; the long name of an organisation stands in each row of a table."""
    folder = tmp_path_factory.mktemp("system") / "small"
    return write_system(folder, places=3, schemes=40, names={"Barts Health": "B" * 2_000})


@pytest.mark.parametrize("blocks", [8, 200, 600], ids=["data", "tables", "page"])
def test_a_run_leaves_nothing_behind(tmp_path: Path, system: Path, blocks: int) -> None:
    """The data of 110 KB do not fit; then a table of 400 KB; then the page of 1.3 MB."""
    words = ("run", str(system), "--draws", "0", "-o", "r")
    done = limited(blocks, *words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "nelfin: the output cannot be written." in done.stderr
    assert "r" in done.stderr
    assert "it would be larger than a file may be" in done.stderr
    assert ".part" not in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("blocks", [4, 8])
def test_a_sweep_keeps_what_is_done_and_goes_on(tmp_path: Path, blocks: int) -> None:
    """The cases do not fit; then only the table as CSV."""
    done = limited(blocks, *SWEEP, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert (
        "it would be larger than a file may be. Free space, or choose another folder" in done.stderr
    )
    assert "go on with --resume" in done.stderr
    assert not list((tmp_path / "s").rglob(".*"))
    again = run(*SWEEP, "--resume", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "2 cases. Written to s." in again.stderr
