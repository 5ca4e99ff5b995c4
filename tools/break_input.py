"""Break every input in every way we know, thousands of times, and count what comes of it.

Run it: `python tools/break_input.py --cases 5000 -o counts.csv`. Cases are drawn by hypothesis from
its fixed seed, so that they are the same each time. It ends with status 1 if any case shows a
fault: a traceback, an unclear refusal, a wrong total, or something half-written.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hostile.trial import Bench, Case, Outcome, every_pair
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

WHOLE = 250
"""Every so many cases the whole run is written, with page and workbook."""


def cases(only: str = "") -> st.SearchStrategy[Case]:
    """Return the strategy of cases: any target or only one, any of its breakers, any place."""
    pairs = [pair for pair in every_pair() if only in {"", pair[0]}]
    return st.builds(
        lambda pair, seed: Case(pair[0], pair[1], seed),
        st.sampled_from(pairs),
        st.integers(0, 2**32),
    )


def each(count: int, look: Callable[[Case], None], only: str = "") -> None:
    """Draw cases from hypothesis' fixed seed, all or of one target, and look at each."""

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(only))
    def drawn(case: Case) -> None:
        look(case)

    drawn()


def main() -> int:
    """Run the cases, print the counts, and return the exit status."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cases", type=int, default=5000)
    words.add_argument("-o", "--output", type=Path, help="table of counts")
    words.add_argument("--only", default="", help="one target, such as scenario.toml")
    words.add_argument("--one", help='a single case, as printed: "target | breaker | seed"')
    given_words = words.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    faults: list[str] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))

        def look(case: Case) -> None:
            done = sum(counts.values())
            outcome = bench.run(case, whole=done % WHOLE == 0)
            counts[(case.target, case.breaker, outcome.kind)] += 1
            faults.extend(_shown(case, outcome))
            if not done % 250:
                print(f"{done:,} cases, {len(faults)} faults", file=sys.stderr, flush=True)

        if given_words.one:
            target, breaker, seed = given_words.one.split(" | ")
            outcome = bench.run(Case(target, breaker, int(seed)), whole=True)
            print(outcome.kind, *outcome.faults, outcome.said, sep="\n")
            return bool(outcome.faults)
        each(given_words.cases, look, given_words.only)
    if given_words.output:
        _write(counts, given_words.output)
    _print(counts, faults, time.monotonic() - started)
    return bool(faults)


def _shown(case: Case, outcome: Outcome) -> list[str]:
    return [f"{case}: {fault}\n{outcome.said[:600]}" for fault in outcome.faults]


def _write(counts: Counter[tuple[str, str, str]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["table", "breaker", "outcome", "cases"])
        writer.writerows([*key, count] for key, count in sorted(counts.items()))


def _print(counts: Counter[tuple[str, str, str]], faults: list[str], seconds: float) -> None:
    kinds = ("ran", "refused", "no answer", "not applicable")
    by_target: dict[str, Counter[str]] = {}
    for (target, _, kind), count in counts.items():
        by_target.setdefault(target, Counter())[kind] += count
    print(f"{'':42}" + "".join(f"{kind:>16}" for kind in kinds))
    for target, found in sorted(by_target.items()):
        print(f"{target:42}" + "".join(f"{found[kind]:16,}" for kind in kinds))
    total = sum(by_target.values(), Counter())
    print(f"{'all':42}" + "".join(f"{total[kind]:16,}" for kind in kinds))
    print(f"{sum(total.values()):,} cases in {seconds:,.0f} s, {len(faults)} faults")
    for fault in faults:
        print(f"\n{fault}")


if __name__ == "__main__":
    sys.exit(main())
