"""`nelfin need`, and the options that several commands share, as a person uses them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from command import run
from practice_case import csv, england_text

import nelfin

pytestmark = pytest.mark.e2e


@pytest.fixture
def england(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return csv(tmp_path / "in", england_text(), "2024_25.csv")


def test_the_command_prints_writes_and_signs(england: Path, tmp_path: Path) -> None:
    done = run("need", str(england), "--icb", "X05", "-o", "need.xlsx", "--who", "who.csv",
               cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) < 80
    assert "X05, need indices" in done.stdout
    assert hashlib.sha256(england.read_bytes()).hexdigest() in done.stdout
    assert done.stderr == "Written: need.xlsx, who.csv\n"
    written = pd.read_excel(tmp_path / "need.xlsx", engine="calamine")
    expected = nelfin.need(england, "X05").table
    pd.testing.assert_frame_equal(written, expected, check_dtype=False)
    again = run("need", str(england), "--icb", "X05", "--who", "who.csv", cwd=tmp_path)
    assert again.returncode == 2
    assert "already exists" in again.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--who", "w.csv"), "have none. Give a practice file"),
        (("-o", "a.csv", "-o", "b.csv"), "--output: is given 2 times"),
        (("--places", "a.csv", "--places", "b.csv"), "--places: is given 2 times"),
        (("-o", "need.ods"), "would be neither CSV nor a workbook"),
    ],
)
def test_the_command_refuses_what_it_would_pass_over(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    done = run("need", "--icb", "QMF", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []
