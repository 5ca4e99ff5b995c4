"""`nelfin runs`, as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import run

from nelfin.result import Result

pytestmark = pytest.mark.e2e


def test_runs_are_listed_picked_and_opened(result: Result, tmp_path: Path) -> None:
    result.save(tmp_path / "nelfin-runs" / "first", report=False)
    listed = run("runs", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.splitlines()[3].startswith("first  ")
    told = json.loads(run("runs", "nelfin-runs", "--json", cwd=tmp_path).stdout)
    assert told[0]["reported_gbp_m"] == float(result.data["system_reported"][-1])
    opened = run("runs", "--open", "latest", cwd=tmp_path)
    assert opened.stdout.rstrip() == result.summary()
    assert "Opened nelfin-runs/first." in opened.stderr
    without = run("runs", "--open", "latest", "--browser", cwd=tmp_path)
    assert without.returncode == 2
    assert "nelfin-runs/first: has no page. Make it: nelfin report " in without.stderr
    assert run("runs", "--since", "2999-01-01", cwd=tmp_path).stdout == "No run fits.\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere",), "nowhere: does not exist"),
        ((".", "--open", "latest"), "holds no run that fits"),
        ((".", "--balance-by", "soon"), '"soon" is not a financial year'),
        ((".", "--browser"), "needs a run to show"),
        ((".", "--since", "yesterday"), '--since: is "yesterday". Give a day as in 2026-11-24.'),
    ],
)
def test_wrong_words_are_explained(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = run("runs", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
