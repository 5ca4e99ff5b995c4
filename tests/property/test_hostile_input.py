"""The first cases of `tools/break_input.py`: each runs, or is refused in plain words."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

from break_input import each  # noqa: E402
from hostile import desk, trial  # noqa: E402

pytestmark = pytest.mark.property

CASES, PARTS = 50, 2
"""Cases in all, and the tests they are dealt out to, so that workers share them."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> trial.Bench:
    return trial.Bench(tmp_path_factory.mktemp("desk"))


def test_the_desk_that_is_broken_is_sound(bench: trial.Bench) -> None:
    """Without a break everything runs, so that what is refused is refused for the break."""
    for target in ("projects", "converge", "practices", "schemes", "tables.xlsx#projects"):
        harmless = "shuffled columns" if "#" not in target else "rows: shuffled columns"
        outcome = bench.run(trial.Case(target, harmless, 1))
        assert (outcome.kind, outcome.faults) == ("ran", ()), outcome.said


@pytest.mark.parametrize("part", range(PARTS))
def test_each_broken_input_runs_or_is_refused_in_plain_words(bench: trial.Bench, part: int) -> None:
    cases: list[trial.Case] = []
    each(CASES, cases.append)
    assert len(cases) == CASES
    kinds: Counter[str] = Counter()
    faults: list[str] = []
    for case in cases[part::PARTS]:
        outcome = bench.run(case)
        kinds[outcome.kind] += 1
        faults.extend(f"{case}: {fault}\n{outcome.said}" for fault in outcome.faults)
    assert not faults, "\n\n".join(faults)
    assert kinds["ran"] > CASES / PARTS / 10
    assert kinds["refused"] > CASES / PARTS / 3


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Traceback (most recent call last)", "does not say that nothing was written"),
        ("nelfin: a problem with the input. Nothing was written.\n  wrong: it is. Mend it.",
         "names no place"),
        ("nelfin: a problem with the input. Nothing was written.\n  a.csv: is wrong", "no remedy"),
        ("nelfin: a problem with the input. Nothing was written.", "names no problem"),
    ],
)  # fmt: skip
def test_an_unclear_refusal_is_found(words: str, fault: str) -> None:
    assert any(fault in found for found in trial._unclear(words))


def test_a_wrong_total_is_found(bench: trial.Bench) -> None:
    """The check itself: a budget changed in the written tables is noticed."""
    from hostile.sums import wrong_totals

    with trial._in(bench.folder), trial._quick(False):
        said = trial.call(*trial.PLAN, "--no-report")
        assert said.status == 0, said.err
        assert wrong_totals(bench.folder, "run", said.err) == []
        table = bench.folder / "out" / "tables" / "place_budgets.csv"
        rows = desk.rows_of(table)
        at = next(n for n, row in enumerate(rows) if "budget" in row)
        value = rows[0].index("value")
        rows[at][value] = str(float(rows[at][value]) + 1)
        desk.write_rows(rows, table)
        assert wrong_totals(bench.folder, "run", said.err) == [
            "budgets and what the system holds are not the envelope"
        ]
    bench._mend(bench.folder / "out.csv")
