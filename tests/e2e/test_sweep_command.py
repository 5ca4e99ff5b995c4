"""`nelfin sweep`, as a person uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest
from command import NELFIN, customised, run, run_process

pytestmark = pytest.mark.e2e

ROUGH = ("sweep", "--set", "capital.gap_pct=10")
WORDS = (
    *ROUGH, "--vary", "recovery.efficiency_pct=3:5:3", "--vary", "recovery.pressures_pct=0.5,1.5",
)  # fmt: skip


def test_a_sweep_is_the_same_on_one_process_and_two(tmp_path: Path) -> None:
    one = run(*WORDS, "-o", "one", cwd=tmp_path)
    assert one.returncode == 0, one.stderr
    assert "6 cases. Written to one." in one.stderr
    two = run_process(*WORDS, "-o", "two", "--jobs", "2", cwd=tmp_path)
    assert two.returncode == 0, two.stderr
    first, second = (tmp_path / name / "sweep.csv" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()
    table = pd.read_parquet(tmp_path / "one" / "sweep.parquet")
    assert sorted(table["recovery.efficiency_pct"].unique()) == [3.0, 4.0, 5.0]


def test_a_sweep_that_is_stopped_goes_on(tmp_path: Path) -> None:
    words = (*ROUGH, "--vary", "recovery.efficiency_pct=3:5:40", "-o", "s")
    command = [*NELFIN, *words]
    # the second batch takes long, so that the sweep is not done before it can be stopped
    slow = customised(
        tmp_path,
        "import time\n"
        "from nelfin.store.sweeps import SweepFolder\n"
        "put = SweepFolder.put\n"
        "SweepFolder.put = lambda *batch: (put(*batch), time.sleep(60))\n",
    )
    # a suite run in the background ignores Ctrl-C, and what it starts would too
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=os.environ | slow
    ) as process:
        signal.signal(signal.SIGINT, before)
        batches = tmp_path / "s" / "batches"
        while process.poll() is None and not (batches.is_dir() and any(batches.glob("0*"))):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "What is done is kept: go on with --resume" in said
    kept = len(list(batches.glob("0*.parquet")))
    assert 1 <= kept < 5
    again = run(*words, "--resume", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    whole = run(*words[:-1], "whole", cwd=tmp_path)
    assert whole.returncode == 0
    first, second = (tmp_path / name / "sweep.csv" for name in ("s", "whole"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--vary", "recovery.eficiency_pct=1"), 'Did you mean "recovery.efficiency_pct"?'),
        (("--vary", "recovery.efficiency_pct"), "is not KEY=V1,V2"),
        (("--vary", "recovery.efficiency_pct=5:3:4"), "runs backwards"),
        (("--vary", "recovery.efficiency_pct=a:b:c"), "is not from:to:count"),
        (("--vary", "recovery.efficiency_pct="), "has no values"),
        (("--vary", "capital.gap_pct=1", "--vary", "capital.gap_pct=2"), "names a setting twice"),
        (("--vary", "capital.gap_pct=1", "--jobs", "2", "--scheduler", "x"), "exclude each other"),
    ],
)
def test_sweeps_that_cannot_be_are_refused(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    done = run("sweep", *words, "-o", "s", cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_that_is_not_there_is_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    # it is looked for over ten seconds, which tell no more than one
    patient = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: patient(address, timeout=1))
    words = ("--vary", "capital.gap_pct=1", "--scheduler", "tcp://127.0.0.1:9")
    done = run("sweep", *words, "-o", "s", cwd=tmp_path)
    assert done.returncode == 2
    assert "--scheduler tcp://127.0.0.1:9: cannot be reached" in done.stderr
