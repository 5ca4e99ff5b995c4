"""The positions that the page on recovery prints are those of the embedded scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xarray as xr

from nelfin.result import Result

pytestmark = pytest.mark.golden

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "recovery.md"

STEPS = ("not explained",)


def number(cell: str) -> float:
    """Return a printed figure; brackets are negative."""
    bare = float(re.sub(r"[(),]", "", cell))
    return -bare if cell.startswith("(") else bare


def printed(name: str) -> dict[str, dict[str, str]]:
    """Return the rows of a scenario's table by year."""
    page = PAGE.read_text(encoding="utf-8")
    lines = page[page.index(f"| `{name}` |") :].split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    years = rows[0][1:]
    return {row[0]: dict(zip(years, row[1:], strict=True)) for row in rows[2:]}


def worked_out(recovery: xr.Dataset, row: str, year: str) -> float:
    """Return a figure of the system, £m."""
    if row in STEPS:
        return float(recovery["recovery_bridge"].sel(step=row, year=year).sum())
    return float(recovery[f"system_{row}"].sel(year=year))


def test_the_page_on_recovery_prints_the_positions_of_the_embedded_scenario(result: Result) -> None:
    table = printed("nel")
    rows = ("reported", "underlying", *STEPS)
    assert table.keys() >= set(rows)
    found = {(row, year): worked_out(result.data, row, year) for row in rows for year in table[row]}
    assert {at: number(table[at[0]][at[1]]) for at in found} == pytest.approx(found, abs=0.0501)
