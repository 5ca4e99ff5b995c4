"""Files that would harm or mislead: refused before they are read, with a limit on what is read."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

import nelfin
from nelfin.data import load_inputs
from nelfin.data.register import register
from nelfin.data.specs import TABLES
from nelfin.data.specs.columns import Column, Table
from nelfin.data.tables import read_table
from nelfin.errors import MOST_PROBLEMS, InputError, Problem, printable
from nelfin.store.sheets import texts, workbook
from nelfin.store.sheets.files import read_raw

pytestmark = pytest.mark.unit

SHARES = Table("shares", (Column("place"), Column("share_pct", kind="number")), key=("place",))
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def book(change: Callable[[Any, Any], object] = lambda book, sheet: None) -> bytes:
    """Return a workbook of two places, changed."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Shares")
        for at, row in enumerate([("place", "share_pct"), ("Newham", 40), ("Havering", 60)]):
            sheet.write_row(at, 0, row)
        change(made, sheet)
    return held.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one of its parts changed."""
    held = io.BytesIO()
    with ZipFile(io.BytesIO(book())) as old, ZipFile(held, "w", ZIP_DEFLATED) as new:
        for part in {*old.namelist(), name}:
            content = old.read(part) if part in old.namelist() else b""
            new.writestr(part, change(content) if part == name else content)
    return held.getvalue()


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    def of(content: bytes, name: str = "book.xlsx") -> str:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_table(tmp_path / name, SHARES)
        assert all(str(tmp_path) in problem.where for problem in caught.value.problems)
        return str(caught.value)

    return of


def test_the_workbook_that_is_changed_below_is_sound(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(book())
    assert read_table(tmp_path / "book.xlsx", SHARES)["share_pct"].tolist() == [40.0, 60.0]


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/media/image1.png"])
def test_a_zip_bomb_is_refused_in_little_memory(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 20_000_000)
    bomb = with_part(part, lambda content: content + b" " * 20_000_001)
    assert len(bomb) < 100_000
    tracemalloc.start()
    said = refused(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "unpacks to more than 20 MB" in said
    assert peak < 10_000_000


def test_a_zip_bomb_that_lies_about_its_size_is_refused(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 20_000_000)
    bomb = bytearray(with_part(SHEET, lambda content: content + b" " * 20_000_001))
    at = bomb.find(b"PK\x01\x02")
    while at >= 0:
        bomb[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = bomb.find(b"PK\x01\x02", at + 4)
    assert "unpacks to more than 20 MB" in refused(bytes(bomb))


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_never_followed(refused: Callable[..., str], part: str) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>'
    said = refused(with_part(part, lambda content: content.replace(b"?>", b"?>" + laughs, 1)))
    assert "holds a document type" in said


def test_a_cell_far_away_is_refused_before_its_sheet_is_laid_out(
    refused: Callable[..., str],
) -> None:
    said = refused(book(lambda book, sheet: sheet.write(1_048_575, 16_383, "x")))
    assert "more than 2,000,000 cells" in said
    assert "Delete what stands far below" in said


def test_a_format_far_away_does_no_harm(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    (tmp_path / "book.xlsx").write_bytes(book(change))
    assert len(read_table(tmp_path / "book.xlsx", SHARES)) == 2


@pytest.mark.parametrize("address", [b"ZZZZZZ99999999999", b"A0", b"7", b"XFE1"])
def test_a_cell_of_no_address_is_refused(refused: Callable[..., str], address: bytes) -> None:
    said = refused(
        with_part(SHEET, lambda text: text.replace(b'<c r="B2"', b'<c r="' + address + b'"'))
    )
    assert f'has the address "{address.decode()}"' in said


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_kinds_whose_failed_formulas_cannot_be_told_are_refused(
    refused: Callable[..., str], kind: str
) -> None:
    assert "failed formulas would read as blanks. Save it as .xlsx" in refused(
        book(), f"book.{kind}"
    )


def test_a_per_cent_is_not_read_as_its_hundredth(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_number("B2", 0.4, book.add_format({"num_format": "0.0%"}))

    (tmp_path / "book.xlsx").write_bytes(book(change))
    assert read_table(tmp_path / "book.xlsx", SHARES)["share_pct"].tolist() == [40.0, 60.0]


def test_merged_cells_are_refused(refused: Callable[..., str]) -> None:
    said = refused(book(lambda book, sheet: sheet.merge_range("B2:B3", 40)))
    assert "cells B2:B3: are merged" in said


def test_a_failed_formula_is_named(refused: Callable[..., str]) -> None:
    said = refused(book(lambda book, sheet: sheet.write_formula("B3", "=1/0", None, "#DIV/0!")))
    assert 'cell B3 (share_pct): is "#DIV/0!"' in said


def test_a_locked_workbook_is_refused(refused: Callable[..., str]) -> None:
    content = bytearray(book())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for found in re.finditer(re.escape(mark), bytes(content)):
            content[found.start() + offset] |= 1
    assert "is locked with a password" in refused(bytes(content))


def test_a_file_larger_than_any_table_is_refused(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MOST_BYTES", 1_000_000)
    assert "is larger than 1 MB" in refused(b"place,share_pct\n" * 100_000, "long.csv")
    assert "is larger than 1 MB" in refused(b"PK" * 600_000)


def test_a_table_of_more_cells_than_any_is_refused(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MOST_CELLS", 100_000)
    tracemalloc.start()
    said = refused(b",\n" * 5_000_000, "long.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more than 100,000 cells" in said
    assert peak < 100_000_000  # the rows past the limit are not taken apart


def test_problems_are_no_longer_looked_for_when_there_are_too_many_to_mend(
    tmp_path: Path,
) -> None:
    (tmp_path / "junk.csv").write_bytes(b"place,share_pct\n" + b"x,y,z\n" * 50_000)
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / "junk.csv", SHARES)
    assert len(caught.value.problems) == MOST_PROBLEMS


@pytest.mark.parametrize(
    "content", [b"place,share_pct\nNew\0ham,1\n", "place,é".encode("utf-16-be"), b"place\x81\xff"]
)
def test_what_is_no_text_is_said_to_be_none(refused: Callable[..., str], content: bytes) -> None:
    assert "is not text" in refused(content, "table.csv")


def test_control_characters_are_refused(refused: Callable[..., str]) -> None:
    said = refused(b"place,share_pct\nNew\x1b[2Jham,1\n", "table.csv")
    assert "with a control character" in said


def test_an_error_prints_no_control_character_and_no_endless_value() -> None:
    problem = Problem("a.csv", f'is "{"x" * 5000}".', f"Not {'9' * 5000}.")
    assert len(str(problem)) < 200
    assert len(str(Problem("/" + "y" * 5000, "does not exist.", "Check the path."))) < 200
    assert printable("a\x1b[31mb\nc") == "a\\x1b[31mb\\nc"


@pytest.mark.parametrize("text", ["1e308", "-1e16"])
def test_a_figure_larger_than_any_is_refused(refused: Callable[..., str], text: str) -> None:
    said = refused(f"place,share_pct\nNewham,{text}\n".encode(), "table.csv")
    assert f"is {text}, larger than any figure here" in said


def test_a_table_of_none_of_the_columns_is_not_read_as_blank(tmp_path: Path) -> None:
    bounds = TABLES["growth_bounds"]
    (tmp_path / "b.csv").write_text('[{"place": 1}]\n')
    with pytest.raises(InputError, match="has none of the columns of least and most growth"):
        read_table(tmp_path / "b.csv", bounds)


def test_a_table_of_bounds_without_rows_has_sources(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("stream,place\n")
    scenario = nelfin.load_scenario(overrides={"data.growth_bounds": str(tmp_path / "b.csv")})
    assert "growth_bounds" not in set(register(scenario, load_inputs(scenario))["where"])


def test_the_device_of_zeros_ends(tmp_path: Path) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no such device here")
    (tmp_path / "endless").symlink_to("/dev/zero")
    with pytest.raises(InputError, match="is larger than 50 MB"):
        read_raw(tmp_path / "endless")
