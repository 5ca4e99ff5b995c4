"""Sweeps: cases of the joint run and of the relaxation, and the memory they take."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.sweep import sweep


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2) as executor:
        list(executor.map(abs, range(2)))
        yield executor


def values(low: float, high: float, count: int) -> list[float]:
    return [float(value) for value in np.linspace(low, high, count)]


@pytest.mark.parametrize("processes", [1, 2])
def test_joint_cases(
    benchmark: Any, scenario: Scenario, pool: ProcessPoolExecutor, processes: int, smoke: bool
) -> None:
    """The capital plan stands: no setting it rests on is varied."""
    count = 4 if smoke else 1000 if processes == 2 else 100
    benchmark.group = "sweep of the joint run"
    vary = {"recovery.efficiency_pct": values(2.0, 6.0, count)}
    executor = pool if processes == 2 else None
    benchmark.pedantic(sweep, (scenario, vary, executor), rounds=1)
    seconds = benchmark.stats.stats.median
    benchmark.extra_info["cases"] = count
    benchmark.extra_info["ms_a_case"] = round(1000 * seconds / count)


def test_200_relaxations(
    benchmark: Any, scenario: Scenario, pool: ProcessPoolExecutor, smoke: bool
) -> None:
    """Every case draws up its capital plan, schemes in part allowed."""
    count = 4 if smoke else 200
    benchmark.group = "sweep of capital relaxations"
    relaxed = changed(scenario, {"capital.relax": True})
    vary = {"capital.price_growth_pct": values(0.0, 5.0, count)}
    found = benchmark.pedantic(sweep, (relaxed, vary, pool), rounds=1)
    assert (found["error"] == "").all()
    seconds = benchmark.stats.stats.median
    benchmark.extra_info["cases"] = count
    benchmark.extra_info["ms_a_case"] = round(1000 * seconds / count)


CHILD = """
import resource, sys
from pathlib import Path
import nelfin
count, folder = int(sys.argv[1]), sys.argv[2]
vary = {"recovery.efficiency_pct": [2.0 + 4.0 * at / count for at in range(count)]}
nelfin.sweep_to(folder, nelfin.load_scenario(), vary)
status = Path("/proc/self/status")
if status.exists():  # what getrusage says begins at the peak of the process that started this one
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    print(int(lines["VmHWM"].split()[0]))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("count", [50, 500])
def test_memory_of_a_sweep_in_a_folder(
    benchmark: Any, tmp_path: Path, count: int, smoke: bool
) -> None:
    """In a process of its own, so that the peak is the sweep's."""
    count = count // 25 if smoke else count
    benchmark.group = "memory of a sweep"
    words = [sys.executable, "-c", CHILD, str(count), str(tmp_path / "s")]
    done = benchmark.pedantic(
        subprocess.run, (words,), {"check": True, "capture_output": True, "text": True}, rounds=1
    )
    peak = int(done.stdout.split()[-1]) / (1e6 if sys.platform == "darwin" else 1e3)
    benchmark.extra_info["cases"] = count
    benchmark.extra_info["peak_mb"] = round(peak)
