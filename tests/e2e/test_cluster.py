"""A sweep on a Dask cluster of this machine: a scheduler, two workers, one of them killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import NELFIN, run
from systems import write_system

pytestmark = pytest.mark.e2e

VARY = ("--vary", "recovery.efficiency_pct=3:5:12", "--vary", "capital.gap_pct=9,10")


@dataclass(frozen=True)
class Cluster:
    """A scheduler's address and its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    with ExitStack() as stack:

        def begin(*words: str) -> subprocess.Popen[bytes]:
            process = stack.enter_context(start(*words))
            stack.callback(process.kill)
            return process

        begin(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
            "--no-dashboard", "--scheduler-file", str(file),
        )  # fmt: skip
        until = time.monotonic() + 60
        while not file.is_file() and time.monotonic() < until:
            time.sleep(0.1)
        workers = [
            begin(
                "distributed.cli.dask_worker",
                "--scheduler-file",
                str(file),
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--local-directory",
                str(tmp_path),
            )
            for _ in range(2)
        ]
        yield Cluster(json.loads(file.read_text(encoding="utf-8"))["address"], workers)


def test_a_worker_killed_half_way_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    system = str(write_system(tmp_path / "system", places=3, schemes=40))
    words = ["sweep", system, *VARY, "-o", "cluster", "--scheduler", cluster.address]
    command = [*NELFIN, *words]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        batches = tmp_path / "cluster" / "batches"
        until = time.monotonic() + 120
        while time.monotonic() < until and not (batches.is_dir() and any(batches.glob("0*"))):
            time.sleep(0.05)
            assert process.poll() is None, process.stderr
        assert len(list(batches.glob("0*.parquet"))) < 3
        cluster.workers[0].kill()
        _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert "24 cases. Written to cluster." in said
    one = run("sweep", system, *VARY, "-o", "one", cwd=tmp_path)
    assert one.returncode == 0, one.stderr
    first, second = (tmp_path / name / "sweep.csv" for name in ("cluster", "one"))
    assert first.read_bytes() == second.read_bytes()
