"""Mutation testing of the models: a sample of small wrongs put into the code, one at a time.

    python -m pip install -e ".[test,mutation]"
    python tools/mutation.py

mutmut makes the mutants and runs the tests named in `pyproject.toml` that reach each. There are
thousands, so a sample is drawn: the same seed draws the same mutants of the same code. Prints a row
a module, and the mutants that no test noticed; `mutmut show NAME` shows one.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

MADE = Path("mutants")
FIRST = "nelfin.models.appraisal.x_first_year__mutmut_1"
"""A mutant that is cheap to run: with it all are made, and the tests timed."""
SURVIVED, UNREACHED = 0, 33


def results() -> dict[str, int | None]:
    """Return what came of every mutant, by name; None if it was not tried."""
    found: dict[str, int | None] = {}
    for path in sorted(MADE.rglob("*.meta")):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def sample(names: list[str], each: int, seed: int) -> list[str]:
    """Return at most `each` mutants of every module."""
    modules: dict[str, list[str]] = defaultdict(list)
    for name in names:
        modules[name.rpartition(".")[0]].append(name)
    luck = random.Random(seed)
    return [
        name
        for _, mine in sorted(modules.items())
        for name in luck.sample(sorted(mine), min(each, len(mine)))
    ]


def run(names: list[str]) -> None:
    """Run mutants one after the other."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Draw, run and count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--each", type=int, default=10, help="mutants a module")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--names", nargs="*", help="these mutants only, instead of a sample")
    args = parser.parse_args()
    run([FIRST])
    names = args.names or sample(list(results()), args.each, args.seed)
    run(names)
    found = results()
    tried: dict[str, list[str]] = defaultdict(list)
    for name in names:
        tried[name.rpartition(".")[0]].append(name)
    alive = [name for name in names if found[name] in {SURVIVED, UNREACHED, None}]
    print("| module | tried | killed | survived |\n|---|---:|---:|---:|")
    for module, mine in tried.items():
        left = sum(name in alive for name in mine)
        print(f"| {module} | {len(mine)} | {len(mine) - left} | {left} |")
    killed = len(names) - len(alive)
    print(f"| all | {len(names)} | {killed} | {len(alive)} |")
    print(f"\nscore {100 * killed / len(names):.1f} %", *alive, sep="\n")


if __name__ == "__main__":
    main()
