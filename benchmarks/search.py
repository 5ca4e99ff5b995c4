"""Measure the search beside plain HiGHS on every family, in one run.

python benchmarks/search.py                      all families, some minutes
python benchmarks/search.py pipeline 332         those whose name holds one of the words
python benchmarks/search.py --limit 30           at most 30 seconds for each search, not 60
python benchmarks/search.py --write              writes the table into benchmarks/README.md

Plain HiGHS is a fresh `highspy.Highs` with its default options, which gets the same program and the
same relative gap. Ours is all of `solve_program`: relaxation, search and filling.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
from families import Family, families
from run import machine
from test_capital import direct

import nelfin
from nelfin import program as lp
from nelfin.data import load_inputs
from nelfin.errors import NoAnswerError
from nelfin.models.capital.account import account_of
from nelfin.models.capital.case import Case
from nelfin.models.capital.solving import solve_program

START, END = "<!-- search -->", "<!-- end of search -->"


def plain(program: lp.Program, gap_pct: float, limit: float) -> tuple[float, float, float]:
    """Return seconds, worth of the plan and gap of plain HiGHS."""
    began = time.perf_counter()
    highs = direct(program)
    whole = np.flatnonzero(program.whole).astype(np.int32)
    kinds = np.full(len(whole), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    highs.changeColsIntegrality(len(whole), whole, kinds)
    highs.setOptionValue("mip_rel_gap", gap_pct / 100)
    highs.setOptionValue("time_limit", limit)
    highs.run()
    worth, bound = -highs.getObjectiveValue(), -highs.getInfo().mip_dual_bound
    return time.perf_counter() - began, worth, (bound - worth) / worth


def ours(case: Case, gap_pct: float, limit: float) -> tuple[float, float, float]:
    """Return seconds, worth of the plan and gap of our own search."""
    began = time.perf_counter()
    watch = lp.Watch(limit)
    settings = replace(case.settings, gap_pct=gap_pct)
    try:
        relaxed, found = solve_program(replace(case, settings=settings), watch=watch)
    except NoAnswerError:
        return time.perf_counter() - began, math.nan, math.nan
    took = time.perf_counter() - began
    account = account_of(settings, case.program, relaxed, found, watch)
    return took, account.objective, account.gap or 0.0


def measured(family: Family, limit: float) -> tuple[str, float, float]:
    """Return a line of the table, the ratio of times, and by how much ours is too slow, s."""
    case = family.make()
    theirs, mine = plain(case.program, family.gap_pct, limit), ours(case, family.gap_pct, limit)
    schemes = len({start.scheme.id for start in case.starts})
    ratio = mine[0] / theirs[0]
    asked = family.gap_pct / 100 + 1e-9
    late = [f"{took:.2f} s" + ("" if gap <= asked else f" ({100 * gap:.3f} % left)")
            for took, _, gap in (theirs, mine)]  # fmt: skip
    cells = [family.name, f"{schemes:,}", f"{len(case.program.value):,}", f"{family.gap_pct:g} %",
             *late, f"{ratio:.2f}"]  # fmt: skip
    return f"| {' | '.join(cells)} |", ratio, mine[0] - 1.1 * theirs[0]


def table(chosen: Iterable[Family], limit: float) -> Iterator[str]:
    """Yield the lines of the table as they are measured, and what they come to."""
    yield "| family | schemes | columns | gap asked | plain HiGHS | nelfin | ratio |"
    yield "|---|---|---|---|---|---|---|"
    ratios, over = [], []
    for family in chosen:
        line, ratio, slower = measured(family, limit)
        ratios.append(ratio)
        over.append(slower)
        yield line
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    yield ""
    yield (
        f"{len(ratios)} families: geometric mean of the ratios {mean:.2f}, worst "
        f"{max(ratios):.2f}; at most {max(over):.2f} s beyond 1.1 times plain HiGHS."
    )


def main() -> None:
    """Measure, print the table, and write it if asked."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("names", nargs="*", help="parts of the names of families")
    words.add_argument("--limit", type=float, default=60.0, help="seconds for each search")
    words.add_argument("--write", action="store_true", help="write the table into the README")
    asked = words.parse_args()
    chosen = [
        family
        for family in families(load_inputs(nelfin.load_scenario()))
        if not asked.names or any(word in family.name for word in asked.names)
    ]
    lines = []
    for line in table(chosen, asked.limit):
        print(line, flush=True)
        lines.append(line)
    if asked.write:
        file = Path(__file__).resolve().parent / "README.md"
        before, _, rest = file.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        text = f"{before}{START}\n\n{machine()}\n" + "\n".join(lines) + f"\n\n{END}{after}"
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
