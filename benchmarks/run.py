"""Run the benchmarks and write what was measured into benchmarks/README.md.

python benchmarks/run.py            all, a few minutes
python benchmarks/run.py --smoke    each once on little, to see that they run; writes nothing

The versions of the libraries are pinned in benchmarks/requirements.txt; what differs is said.
"""

from __future__ import annotations

import json
import math
import os
import platform
import pstats
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = ("numpy", "pandas", "xarray", "PuLP", "highspy")
START, END = "<!-- measured -->", "<!-- end -->"


def other_versions() -> list[str]:
    """Return each library whose version is not the pinned one: what is here, and the pin."""
    text = (HERE / "requirements.txt").read_text(encoding="utf-8")
    pins = [line.split("==") for line in text.splitlines() if line and line[0] != "#"]
    return [f"{name} {here}, not {pin}" for name, pin in pins if (here := version(name)) != pin]


def measure(smoke: bool) -> dict[str, Any]:
    """Run pytest-benchmark in a process of its own and return what it found."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        words = [sys.executable, "-m", "pytest", str(HERE), "-n", "0", f"--benchmark-json={file}"]
        words += ["-q", "--benchmark-columns=median,rounds", *(["--smoke"] if smoke else [])]
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
        lines += [
            f"### {name[:1].upper()}{name[1:]}",
            "",
            "| what | median | ratio | measured beside |",
        ]
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
        if exponent := grown(items):
            lines += ["", exponent]
        lines.append("")
    return "\n".join(lines)


def grown(items: list[dict[str, Any]]) -> str:
    """Say how time grows with size, where a group has one thing in three sizes or more."""
    points = [
        (math.log(item["extra_info"]["size"]), math.log(item["stats"]["median"]))
        for item in items
        if "size" in item["extra_info"]
    ]
    if len({size for size, _ in points}) < 3:
        return ""
    slope = statistics.linear_regression(*zip(*points, strict=True)).slope
    return f"Time grows with size to the power of {slope:.2f} (fitted over these sizes)."


def profile() -> str:
    """Return where the time of a run goes: its own account, and the busiest functions."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.prof"
        words = ["-m", "cProfile", "-o", str(file), "-m", "nelfin", "run", "-o", f"{folder}/run"]
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd=HERE.parent)  # fmt: skip
        stats = pstats.Stats(str(file))
        account = json.loads((Path(folder) / "run" / "run.json").read_text(encoding="utf-8"))
    total = stats.total_tt  # type: ignore[attr-defined]
    package = HERE.parent / "nelfin"
    rows = []
    for (source, _, name), (_, calls, own, below, _) in stats.stats.items():  # type: ignore[attr-defined]
        if package in Path(source).parents and name[0] != "<" and below / total > 0.02:
            module = Path(source).relative_to(package.parent)
            rows.append(
                (below, f"| `{module}: {name}` | {calls:,} | {own:.2f} s | {below:.2f} s |")
            )
    seconds = ", ".join(f"{name} {value:.2f} s" for name, value in account["seconds"].items())
    lines = [
        f"By its own account: {seconds}; the rest is start-up and the report.",
        "",
        f"Under the profiler, which slows it down ({total:.1f} s in all):",
        "",
        "| function of nelfin | calls | itself | with what it calls |",
        "|---|---|---|---|",
        *(line for _, line in sorted(rows, reverse=True)[:25]),
    ]
    return "\n".join(["### Where the time of a run goes", "", *lines, ""])


def spell(seconds: float) -> str:
    """Return a time in the unit that reads best."""
    if seconds < 1e-3:
        return f"{1e6 * seconds:,.0f} µs"
    return f"{1000 * seconds:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def machine() -> str:
    """Return what it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    others = "; ".join(other_versions())
    packages += f". Not as pinned: {others}" if others else "; all as pinned"
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python "
        f"{platform.python_version()}, {packages}. Times on a shared machine move; the ratios are "
        "of one run.\n"
    )


def main() -> None:
    """Run, and write the table unless it was a smoke run."""
    smoke = "--smoke" in sys.argv[1:]
    if others := other_versions():
        print(f"Not as benchmarks/requirements.txt pins: {'; '.join(others)}.", file=sys.stderr)
    found = measure(smoke)
    if smoke:
        return
    file = HERE / "README.md"
    before, _, rest = file.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    text = f"{before}{START}\n\n{machine()}\n{table(found)}\n{profile()}\n{END}{after}"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
