"""The command line, run as a person runs it, warnings as errors: here, or in a process of its own.

Most tests ask what a command says and writes: they run it here, which spares the start of a
process. What needs a process of its own, such as one on a terminal or one that is killed, has it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import BinaryIO
from unittest import mock

from nelfin.cli import main

NELFIN = (sys.executable, "-W", "error", "-m", "nelfin")

Done = subprocess.CompletedProcess[str]

LAST = b"\x00the last of it\x00"
"""What no command shows."""


def _environment(**extra: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "NELFIN_DEBUG"}
    return kept | {"PYTHONIOENCODING": "utf-8"} | extra


@contextmanager
def _stream(name: str, number: int, end: int) -> Iterator[None]:
    """Send a stream elsewhere: what Python writes, and what libraries and processes below do."""
    before = os.dup(number)
    os.dup2(end, number)
    text = open(number, "w", encoding="utf-8", newline="\n", closefd=False)  # noqa: SIM115
    try:
        with mock.patch.object(sys, name, text):
            yield
    finally:
        text.close()
        os.dup2(before, number)
        os.close(before)


def _run_here(words: tuple[str, ...], cwd: Path, out: int, err: int, env: dict[str, str]) -> int:
    """Run a command in this process, its streams sent to two open files; return its status."""
    before = Path.cwd()
    with (
        _stream("stdout", 1, out),
        _stream("stderr", 2, err),
        mock.patch.object(sys, "argv", ["nelfin", *words]),
        mock.patch.dict(os.environ, env, clear=True),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        os.chdir(cwd)
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
        except BaseException:  # a fault that gets past the command line ends so in life too
            traceback.print_exc()
            return 101
        finally:
            os.chdir(before)
    return 0


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n")


def run(*words: str, cwd: Path, **extra: str) -> Done:
    """Run a command in this process, its streams in files."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        status = _run_here(words, cwd, out.fileno(), err.fileno(), _environment(**extra))
        return subprocess.CompletedProcess(["nelfin", *words], status, _text(out), _text(err))


def run_process(*words: str, cwd: Path, timeout: float = 600, **extra: str) -> Done:
    """Run a command in a process of its own, with its streams in pipes."""
    return subprocess.run(
        [*NELFIN, *words], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False,
        timeout=timeout, env=_environment(**extra),
    )  # fmt: skip


def customised(folder: Path, code: str) -> dict[str, str]:
    """Have Python run some code before nelfin in a process; return what its environment needs."""
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    folders = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(folders)}


@contextmanager
def _terminal() -> Iterator[tuple[int, bytearray]]:
    """Open a terminal of 80 columns; yield its end, and what it shows once it is closed.

    A mark ends what is shown: a library may keep an end of the terminal open for good.
    """
    # these are not on every system
    import fcntl
    import pty
    import struct
    import termios

    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown = bytearray()

    def read() -> None:
        while not shown.endswith(LAST):
            shown.extend(os.read(screen, 65536))

    reader = Thread(target=read)
    reader.start()
    try:
        yield terminal, shown
    finally:
        os.write(terminal, LAST)
        reader.join()
        os.close(terminal)
        os.close(screen)


def run_on_terminal(
    *words: str,
    cwd: Path,
    streams: tuple[str, ...] = ("stdout",),
    process: bool = False,
    **extra: str,
) -> Done:
    """Run a command with some of its streams on a terminal, here or in a process of its own."""
    env = _environment(**{"TERM": "xterm-256color"} | extra)
    env = {key: value for key, value in env.items() if key != "NO_COLOR" or key in extra}
    with tempfile.TemporaryFile() as piped:
        with _terminal() as (terminal, shown):
            out, err = (
                terminal if name in streams else piped.fileno() for name in ("stdout", "stderr")
            )
            if process:
                command = [*NELFIN, *words]
                status = subprocess.run(
                    command, cwd=cwd, stdout=out, stderr=err, check=False, timeout=600, env=env
                ).returncode
            else:
                status = _run_here(words, cwd, out, err, env)
        seen = bytes(shown).removesuffix(LAST).decode("utf-8").replace("\r\n", "\n")
        left = _text(piped)
    texts = [seen if name in streams else left for name in ("stdout", "stderr")]
    return subprocess.CompletedProcess(["nelfin", *words], status, *texts)
