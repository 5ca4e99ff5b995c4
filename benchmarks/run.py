"""Run the benchmarks and write what was measured into benchmarks/README.md.

python benchmarks/run.py            all, a few minutes
python benchmarks/run.py --smoke    each once on little, to see that they run; writes nothing
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = ("numpy", "pandas", "xarray", "PuLP", "highspy")
START, END = "<!-- measured -->", "<!-- end -->"


def measure(smoke: bool) -> dict[str, Any]:
    """Run pytest-benchmark in a process of its own and return what it found."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        words = [sys.executable, "-m", "pytest", str(HERE), "-q", f"--benchmark-json={file}"]
        words += ["--benchmark-columns=median,rounds", *(["--smoke"] if smoke else [])]
        done = subprocess.run(words, check=False, cwd=HERE.parent)
        if done.returncode:
            sys.exit(done.returncode)
        return dict(json.loads(file.read_text(encoding="utf-8")))


def table(found: dict[str, Any]) -> str:
    """Return a table a group: median, ratio to the quickest, and what else was seen."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in found["benchmarks"]:
        groups.setdefault(item["group"] or "other", []).append(item)
    lines = []
    for name, items in groups.items():
        lines += [f"### {name.capitalize()}", "", "| what | median | ratio | measured beside |"]
        lines += ["|---|---|---|---|"]
        quickest = min(item["stats"]["median"] for item in items)
        for item in items:
            median = item["stats"]["median"]
            extra = ", ".join(
                f"{key.replace('_', ' ')} {value:,}" if isinstance(value, int | float)
                else f"{key.replace('_', ' ')} {value}"
                for key, value in item["extra_info"].items()
            )  # fmt: skip
            what = item["name"].removeprefix("test_").replace("_", " ")
            lines.append(f"| {what} | {spell(median)} | {median / quickest:.1f} | {extra} |")
        lines.append("")
    return "\n".join(lines)


def spell(seconds: float) -> str:
    """Return a time in the unit that reads best."""
    return f"{1000 * seconds:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def machine() -> str:
    """Return what it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python "
        f"{platform.python_version()}, {packages}. Times on a shared machine move; the ratios are "
        "of one run.\n"
    )


def main() -> None:
    """Run, and write the table unless it was a smoke run."""
    smoke = "--smoke" in sys.argv[1:]
    found = measure(smoke)
    if smoke:
        return
    file = HERE / "README.md"
    before, _, rest = file.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    text = f"{before}{START}\n\n{machine()}\n{table(found)}\n{END}{after}"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
