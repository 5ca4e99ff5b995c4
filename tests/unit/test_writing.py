"""Files written whole, or not at all; tables that no spreadsheet runs."""

from __future__ import annotations

import csv
import os
import time
from codecs import BOM_UTF8
from pathlib import Path

import pandas as pd
import pytest

from nelfin.errors import InputError, OutputError
from nelfin.store.sheets.files import read_raw
from nelfin.store.writing import (
    STALE_S,
    copy_csv,
    read_at_most,
    restore,
    unmarked,
    whole_folder,
    write_csv,
    write_whole,
)

pytestmark = pytest.mark.unit


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("before", encoding="utf-8")

    def fill_the_disk(part: Path) -> None:
        part.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="the disk is full") as caught:
        write_whole(file, fill_the_disk, "Free space.")
    assert "Free space." in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert file.read_text(encoding="utf-8") == "before"


def test_a_folder_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "new" / "run") as part:
        (part / "a.txt").write_text("a", encoding="utf-8")
        assert not (tmp_path / "new" / "run").exists()
    assert [path.name for path in (tmp_path / "new" / "run").iterdir()] == ["a.txt"]

    def die() -> None:
        with whole_folder(tmp_path / "other" / "run") as part:
            (part / "a.txt").write_text("a", encoding="utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="the disk is full"):
        die()
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_two_that_write_one_folder_do_not_mix(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def both() -> None:
        with whole_folder(target) as part:
            (part / "mine.txt").write_text("mine", encoding="utf-8")
            target.mkdir()
            (target / "theirs.txt").write_text("theirs", encoding="utf-8")

    with pytest.raises(OutputError, match="another process has written there meanwhile"):
        both()
    assert [path.name for path in target.iterdir()] == ["theirs.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_filled_and_an_old_one_replaced(tmp_path: Path) -> None:
    target = tmp_path / "run"
    target.mkdir()
    with whole_folder(target) as part:
        (part / "first.txt").write_text("1", encoding="utf-8")
    with whole_folder(target, force=True) as part:
        (part / "second.txt").write_text("2", encoding="utf-8")
    assert [path.name for path in target.iterdir()] == ["second.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_the_dead_left_is_cleared_after_a_day_and_put_back_if_it_was_the_last(
    tmp_path: Path,
) -> None:
    aged = 2 * STALE_S
    for name, age in ((".old.part-1", aged), (".new.part-2", 0), (".mine.part-one", aged)):
        (tmp_path / name).mkdir()
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    with whole_folder(tmp_path / "run"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {".new.part-2", ".mine.part-one", "run"}
    # a run that died between the two renames of a replacement
    (tmp_path / "run").rename(tmp_path / ".run.old-7")
    restore(tmp_path / "run")
    assert (tmp_path / "run").is_dir()
    restore(tmp_path / "never")
    assert not (tmp_path / "never").exists()


TEXTS = ["=cmd|' /C calc'!A0", "+44 20", "-P1", "@SUM(A1)", "\t=1", "'=1", "''-x", "'tis", "-",
         "P1", "-5", "+1e3", "", "a=b"]  # fmt: skip
MARKED = ["'=cmd|' /C calc'!A0", "'+44 20", "'-P1", "'@SUM(A1)", "'\t=1", "''=1", "'''-x", "'tis",
          "-", "P1", "-5", "+1e3", "", "a=b"]  # fmt: skip


def test_a_spreadsheet_finds_no_formula_in_a_csv_file(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": TEXTS, "value": range(-7, 7)})
    write_csv(table, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert [row[0] for row in rows[1:]] == MARKED
    assert [row[1] for row in rows[1:]] == [str(n) for n in range(-7, 7)]
    read = pd.read_csv(tmp_path / "table.csv", keep_default_na=False, dtype={"name": str})
    pd.testing.assert_frame_equal(unmarked(read), table, check_dtype=False)


def test_a_csv_file_begins_as_excel_asks_and_is_read_as_any_other(tmp_path: Path) -> None:
    table = pd.DataFrame({"£m – name": ["Café", "£5"], "value": [0.1, -2.0]})
    write_csv(table, tmp_path / "ours.csv")
    content = (tmp_path / "ours.csv").read_bytes()
    assert content == "\ufeff£m – name,value\nCafé,0.1\n£5,-2.0\n".encode()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "ours.csv"), table)
    raw = read_raw(tmp_path / "ours.csv")
    assert raw.headings == ["£m – name", "value"]
    # copied with the mark once, whether it was there or not
    (tmp_path / "plain.csv").write_bytes(content.removeprefix(BOM_UTF8))
    for name in ("ours.csv", "plain.csv"):
        copy_csv(tmp_path / name, tmp_path / "copy.csv")
        assert (tmp_path / "copy.csv").read_bytes() == content


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    assert read_at_most(tmp_path / "a.txt", 100) == b"x" * 100
    assert read_at_most(tmp_path / "a.txt", 99) is None
