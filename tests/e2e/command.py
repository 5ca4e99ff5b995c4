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
