"""Faults from outside: two at once, a locked folder, a solver out of time, one that dies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import NELFIN, customised, run, run_process
from systems import write_system

import nelfin

pytestmark = pytest.mark.e2e


def test_two_runs_into_one_folder_do_not_mix(tmp_path: Path) -> None:
    system = write_system(tmp_path / "system", places=3, schemes=40)
    words = ("run", str(system), "--draws", "0", "--no-report", "-o", "same")
    both = [
        subprocess.Popen(
            [*NELFIN, *words, "--set", f"name={name}"],
            cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for name in ("one", "two")
    ]  # fmt: skip
    said = [process.communicate(timeout=300)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], said
    winner = ("one", "two")[[process.returncode for process in both].index(0)]
    loser = said[[process.returncode for process in both].index(2)]
    assert "same" in loser
    # in the way when it began, or when it came to write
    assert any(why in loser for why in ("written there", "not empty", "already exists"))
    assert nelfin.open_result(tmp_path / "same").name == winner
    assert {path.name for path in tmp_path.iterdir()} == {"same", "system"}


def test_a_solver_out_of_time_keeps_its_best_plan_and_says_so(tmp_path: Path) -> None:
    words = ("--set", "capital.time_limit_s=0.001", "--draws", "0")
    done = run("run", *words, "--no-report", "-o", "out", cwd=tmp_path)
    assert done.returncode in {0, 1}, done.stderr
    if done.returncode == 0:
        assert "Warning: The capital plan is proven within" in done.stderr
        assert "the solver's time ran out" in done.stderr
    else:
        assert "found no plan in" in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_solver_that_dies_is_said_to_have(tmp_path: Path) -> None:
    """CBC is a process of its own: here one that fails at once stands in its place."""
    before = customised(
        tmp_path,
        "import pulp\n"
        "pulp.PULP_CBC_CMD = lambda **options: pulp.COIN_CMD(\n"
        "    path='/bin/false', **{k: v for k, v in options.items() if k != 'path'})\n",
    )
    done = run_process(
        "run", "--no-report", "--set", "capital.solver=cbc", "-o", "out", cwd=tmp_path,
        **before,
    )  # fmt: skip
    assert done.returncode == 101
    assert "The solver cbc failed" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_ctrl_c_amid_generated_code_has_its_own_status(tmp_path: Path) -> None:
    """Libraries generate code as they go: Python itself then ends by the signal."""
    before = customised(
        tmp_path,
        "import click\n"
        "def stop(*_): raise KeyboardInterrupt\n"
        "click.Group.invoke = lambda *_: eval('stop()', {'stop': stop})\n",
    )
    done = run_process("check", cwd=tmp_path, **before)
    assert done.returncode == 130
    assert done.stderr.strip() == "nelfin: stopped."


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "-o", "here"),
        ("sweep", "--vary", "recovery.efficiency_pct=3,4", "-o", "here"),
        ("new", "plan"),
        ("allocate", "-o", "here"),
        ("report", "{run}", "--html", "page.html"),
    ],
    ids=" ".join,
)
def test_a_folder_that_may_not_be_written_to_is_said_to_be_that(
    tmp_path: Path, run_folder: Path, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    plain = list(NELFIN)
    # the super-user writes anywhere unless that right is taken away
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("no setpriv")
        plain = ["setpriv", "--bounding-set", "-dac_override", *plain]
    command = [*plain, *(word.format(run=run_folder) for word in words)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert re.search(r"not a folder you may write to|you have no right to it", done.stderr)
    assert re.search(r"[Cc]hoose another (folder|file)", done.stderr)
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []
