"""Kill runs and sweeps at random moments, and look at what is left.

python tools/kill_runs.py              200 kills, half of runs and half of sweeps
python tools/kill_runs.py --kills 20   fewer

A run that is killed must leave its folder whole or not there, and a run that it replaces as it was.
A sweep that is killed must go on with --resume to the same bytes as one that never stopped.
Prints how many were killed when, and stops with status 1 at the first that left something wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUN = ("run", "--draws", "100", "--set", "capital.gap_pct=5", "--force", "-o", "run")
SWEEP = ("sweep", "--vary", "recovery.efficiency_pct=2:6:24", "-o", "sweep")
FILES = {
    "base.resolved.toml", "inputs", "report.html", "report.xlsx", "results.nc", "run.json",
    "scenario.resolved.toml", "tables",
}  # fmt: skip


def nelfin(*words: str, cwd: Path) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "nelfin", *words],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def killed(process: subprocess.Popen[bytes], after: float) -> bool:
    """Kill a process after some seconds; say whether it was still at work."""
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def fingerprint(folder: Path) -> str:
    """Return a hash of the tables of a run folder."""
    found = hashlib.sha256()
    for file in sorted((folder / "tables").iterdir()):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def whole(folder: Path) -> bool:
    """Say whether a run folder has all its files and opens."""
    import nelfin as library

    return {path.name for path in folder.iterdir()} == FILES and bool(library.open_result(folder))


def seconds_of(words: tuple[str, ...], cwd: Path) -> float:
    """Run a command to its end and return the seconds it took."""
    begin = time.perf_counter()
    if nelfin(*words, cwd=cwd).wait():
        sys.exit(f"{' '.join(words)} failed by itself")
    return time.perf_counter() - begin


def kill_runs(count: int, rng: random.Random, folder: Path) -> list[str]:
    """Kill runs, some of which make a folder and some of which replace one."""
    seconds = seconds_of(RUN, folder)
    before = fingerprint(folder / "run")
    counts = {"killed": 0, "done": 0, "left there": 0, "not there": 0, "hidden part left": 0}
    at = 0
    while counts["killed"] < count:
        at += 1
        fresh = at % 2 == 0
        if fresh:
            shutil.rmtree(folder / "run", ignore_errors=True)
        elif not (folder / "run").exists():
            seconds_of(RUN, folder)
        # half of the kills fall where files are written, in the last third
        share = rng.uniform(0.0, 1.05) if at % 4 < 2 else rng.uniform(0.6, 1.02)
        begin = time.perf_counter()
        was_killed = killed(nelfin(*RUN, cwd=folder), share * seconds)
        if not was_killed:
            seconds = min(seconds, time.perf_counter() - begin)
        counts["killed" if was_killed else "done"] += 1
        left = list(folder.glob(".*"))
        counts["hidden part left"] += bool(left)
        from nelfin.store.writing import restore

        restore(folder / "run")
        if (folder / "run").exists():
            counts["left there"] += 1
            if not whole(folder / "run") or fingerprint(folder / "run") != before:
                sys.exit(f"kill {at} at {share:.2f} of the run left a folder that is not whole")
        elif not fresh:
            sys.exit(f"kill {at} at {share:.2f} of the run lost the folder it was to replace")
        else:
            counts["not there"] += 1
        for path in folder.glob(".*"):
            shutil.rmtree(path)
    return [f"runs, {seconds:.1f} s each: " + ", ".join(f"{n} {k}" for k, n in counts.items())]


def kill_sweeps(count: int, rng: random.Random, folder: Path) -> list[str]:
    """Kill sweeps again and again until each is done; the result must be the same bytes."""
    seconds = seconds_of(SWEEP, folder)
    table = (folder / "sweep" / "sweep.parquet").read_bytes()
    kills = finished = 0
    while kills < count:
        shutil.rmtree(folder / "sweep", ignore_errors=True)
        while True:
            words = (*SWEEP, "--resume") if (folder / "sweep" / "sweep.json").exists() else SWEEP
            process = nelfin(*words, cwd=folder)
            was_killed = killed(process, rng.uniform(0.2, 1.0) * seconds)
            kills += was_killed
            if not was_killed:
                if process.returncode:
                    sys.exit(f"a sweep that was killed did not go on: {process.returncode}")
                break
        finished += 1
        if (folder / "sweep" / "sweep.parquet").read_bytes() != table:
            sys.exit("a sweep that was killed came to another table")
    return [f"sweeps, {seconds:.1f} s each: {kills} killed, {finished} gone on to the same bytes"]


def main() -> None:
    """Kill, look, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        for line in kill_runs(asked.kills // 2, rng, Path(name)):
            print(line, flush=True)
        for line in kill_sweeps(asked.kills - asked.kills // 2, rng, Path(name)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
