"""A table kept in messy ways reads to the same as the clean one, and every mess is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.data.specs.columns import Column, Table, number, optional
from nelfin.data.tables import read_table

pytestmark = pytest.mark.property

SPEC = Table(
    "money of places",
    (
        Column("place"),
        Column("year", kind="year"),
        number("spend_gbp_m"),
        number("share_pct"),
        number("cdel_share"),
        optional("note", default=""),
    ),
    key=("place", "year"),
)
PLACES = ("Newham", "City and Hackney", "Havering; east", "Redbridge, west")

spend = st.decimals(-9_999_999, 9_999_999, places=2)
row = st.tuples(
    st.sampled_from(PLACES), st.integers(2000, 2090), spend, st.decimals(0, 100, places=1),
    st.decimals(0, 1, places=3), st.sampled_from(["", "roof", "£5"]),
)  # fmt: skip
table = st.lists(row, min_size=1, max_size=5, unique_by=lambda r: (r[0], r[1]))

HEADINGS: dict[str, tuple[str, ...]] = {
    "place": ("place", "Place", " PLACE"),
    "year": ("year", "Year"),
    "spend_gbp_m": ("spend_gbp_m", "Spend £m", "Spend (£m)", "SPEND GBP M", "Spend £ million"),
    "share_pct": ("share_pct", "Share %", "Share (%)", "Share per cent"),
    "cdel_share": ("cdel_share", "CDEL share"),
    "note": ("note", "Note"),
}
YEARS: tuple[Callable[[int], str], ...] = (
    lambda y: f"{y}/{(y + 1) % 100:02d}", lambda y: f"{y}-{(y + 1) % 100:02d}",
    lambda y: f"{y}/{y + 1}", lambda y: f"FY{y}–{(y + 1) % 100:02d}",
)  # fmt: skip
MONEY: tuple[Callable[[Any], str], ...] = (
    str, lambda v: f"{v:,}", lambda v: f"{v:,}".replace("-", "\N{MINUS SIGN}"),
    lambda v: f"({abs(v):,})" if v < 0 else f"{v:,}",
    lambda v: f"(£{abs(v)}m)" if v < 0 else f"£{v}m", lambda v: f" {v:,} m",
)  # fmt: skip
SHARES: tuple[Callable[[Any], str], ...] = (str, lambda v: f"{v}%", lambda v: f"{v} per cent")
OF_ONE: tuple[Callable[[Any], str], ...] = (str, lambda v: f"{100 * v}%")


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder) / "table.csv"


def written(rows: list[list[str]], mark: str = ",") -> str:
    held = io.StringIO()
    csv.writer(held, delimiter=mark).writerows(rows)
    return held.getvalue()


@given(rows=table, data=st.data())
@settings(max_examples=40)
def test_a_table_kept_in_a_messy_way_reads_to_the_same(
    file: Path, rows: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    def one(ways: tuple[Any, ...]) -> Any:
        return data.draw(st.sampled_from(ways))

    clean = [list(HEADINGS), *([place, YEARS[0](year), *map(str, rest)] for place, year, *rest in
                               rows)]  # fmt: skip
    file.write_text(written(clean), encoding="utf-8")
    expected = read_table(file, SPEC, notes=(told := []))
    assert told == []
    order = data.draw(st.permutations(range(len(HEADINGS))))
    title = one(([], [["Money of places, month 6"], []]))
    messy = [[f" {place} ", one(YEARS)(year), one(MONEY)(money), one(SHARES)(share),
              one(OF_ONE)(of_one), note]
             for place, year, money, share, of_one, note in rows]  # fmt: skip
    total = one(([], [["Total", "", str(sum(money for _, _, money, *_ in rows)), "", "", ""]]))
    cells = [[one(HEADINGS[name]) for name in HEADINGS], *messy, *total]
    cells = [*title, *([line[at] for at in order] for line in cells)]
    text = written(cells, one((",", "\t", ";")) if not _has_commas(cells) else one((",", "\t")))
    file.write_bytes(text.encode(one(("utf-8", "utf-8-sig", "utf-16"))))
    notes: list[str] = []
    found = read_table(file, SPEC, notes=notes)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected.reset_index(drop=True))
    spelt = {tuple(map(str.strip, line)) for line in cells[len(title) :]}
    as_clean = {tuple(line[at] for at in order) for line in clean}
    assert bool(notes) or (spelt == as_clean and not title)


def _has_commas(cells: list[list[str]]) -> bool:
    """Say whether a number has commas, which a file with semicolons takes for decimal ones."""
    return any("," in cell for line in cells for cell in line if any(map(str.isdigit, cell)))


@given(rows=table)
@settings(max_examples=25)
def test_a_file_with_semicolons_and_decimal_commas_reads_to_the_same(
    file: Path, rows: list[tuple[Any, ...]]
) -> None:
    lines = [[place, YEARS[0](year), *map(str, rest)] for place, year, *rest in rows]
    file.write_text(written([list(HEADINGS), *lines]), encoding="utf-8")
    expected = read_table(file, SPEC)
    commas = [[line[0], line[1], *(cell.replace(".", ",") for cell in line[2:5]), line[5]]
              for line in lines]  # fmt: skip
    file.write_text(written([list(HEADINGS), *commas], ";"), encoding="utf-8")
    pd.testing.assert_frame_equal(read_table(file, SPEC), expected)
