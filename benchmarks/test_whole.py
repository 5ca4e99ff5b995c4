"""The whole program, as a person starts it: each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHILDREN = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def start(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


STARTS = {
    "python -c pass": ("-c", "pass"),
    "import click": ("-c", "import click"),
    "import nelfin": ("-c", "import nelfin"),
    "nelfin --help": ("-m", "nelfin", "--help"),
    "nelfin --version": ("-m", "nelfin", "--version"),
}


@pytest.mark.parametrize("what", STARTS)
def test_start(benchmark: Any, what: str, smoke: bool) -> None:
    benchmark.group = "start"
    benchmark.pedantic(start, STARTS[what], rounds=1 if smoke else 15, warmup_rounds=1)


@pytest.mark.parametrize("draws", [0, 1000])
def test_run(benchmark: Any, tmp_path: Path, draws: int, smoke: bool) -> None:
    """A run of the embedded scenario with page and workbook, to a new folder."""
    benchmark.group = "nelfin run, with page and workbook"
    folder = tmp_path / "run"
    words = ["-m", "nelfin", "run", "--draws", str(draws), "--force", "-o", str(folder)]
    words += ["--set", "capital.gap_pct=5"] if smoke else []
    peaks = []

    def whole() -> None:
        done = subprocess.run(
            [sys.executable, "-c", CHILDREN, sys.executable, *words],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        peaks.append(int(done.stdout) / (1e6 if sys.platform == "darwin" else 1e3))

    benchmark.pedantic(whole, rounds=1 if smoke else 3)
    benchmark.extra_info["peak_mb"] = round(max(peaks))
    for name in ("html", "xlsx"):
        size = (folder / f"report.{name}").stat().st_size
        benchmark.extra_info[f"{name}_kb"] = round(size / 1e3)
