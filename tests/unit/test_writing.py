"""Files written whole, or not at all; tables that no spreadsheet runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from nelfin.errors import InputError
from nelfin.writing import read_at_most, unmarked, write_csv, write_whole

pytestmark = pytest.mark.unit


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("before", encoding="utf-8")

    def fill_the_disk(part: Path) -> None:
        part.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left on device") as caught:
        write_whole(file, fill_the_disk, "Free space.")
    assert "Free space." in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert file.read_text(encoding="utf-8") == "before"


TEXTS = ["=cmd|' /C calc'!A0", "+44 20", "-P1", "@SUM(A1)", "\t=1", "'=1", "''-x", "'tis", "-",
         "P1", "-5", "+1e3", "", "a=b"]  # fmt: skip
MARKED = ["'=cmd|' /C calc'!A0", "'+44 20", "'-P1", "'@SUM(A1)", "'\t=1", "''=1", "'''-x", "'tis",
          "-", "P1", "-5", "+1e3", "", "a=b"]  # fmt: skip


def test_a_spreadsheet_finds_no_formula_in_a_csv_file(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": TEXTS, "value": range(-7, 7)})
    write_csv(table, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert [row[0] for row in rows[1:]] == MARKED
    assert [row[1] for row in rows[1:]] == [str(n) for n in range(-7, 7)]
    read = pd.read_csv(tmp_path / "table.csv", keep_default_na=False, dtype={"name": str})
    pd.testing.assert_frame_equal(unmarked(read), table, check_dtype=False)


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    assert read_at_most(tmp_path / "a.txt", 100) == b"x" * 100
    assert read_at_most(tmp_path / "a.txt", 99) is None
