"""The command line, run as a person runs it: in a process of its own, warnings as errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(
    *words: str, cwd: Path, timeout: float = 600, **extra: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "nelfin", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=timeout,
        env={k: v for k, v in os.environ.items() if k != "NELFIN_DEBUG"}
        | {"PYTHONIOENCODING": "utf-8"}
        | extra,
    )


def run_on_terminal(
    *words: str, cwd: Path, streams: tuple[str, ...] = ("stdout",), **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run a command with some of its streams on a terminal of 80 columns, the others in pipes."""
    # these are not on every system
    import fcntl
    import pty
    import struct
    import termios
    from threading import Thread

    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(screen, 65536):
                shown.append(part)
        except OSError:  # the last writer has gone
            return

    reader = Thread(target=read)
    reader.start()
    try:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "nelfin", *words],
            cwd=cwd,
            stdout=terminal if "stdout" in streams else subprocess.PIPE,
            stderr=terminal if "stderr" in streams else subprocess.PIPE,
            check=False,
            timeout=600,
            env={k: v for k, v in os.environ.items() if k not in {"NELFIN_DEBUG", "NO_COLOR"}}
            | {"PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
            | extra,
        )
    finally:
        os.close(terminal)
        reader.join()
        os.close(screen)
    seen = b"".join(shown).decode("utf-8").replace("\r\n", "\n")
    texts = [
        seen if name in streams else (piped or b"").decode("utf-8")
        for name, piped in (("stdout", done.stdout), ("stderr", done.stderr))
    ]
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)
