"""Whatever a list holds, its money comes out in its years, to the pound."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nelfin.data.lists import project_table
from nelfin.years import label_of, start_of

pytestmark = pytest.mark.property

YEARS = [label_of(2026 + t) for t in range(5)]
CELLS = st.lists(st.lists(st.integers(-500, 9_000), min_size=5, max_size=5), min_size=1, max_size=6)


def written(value: int, how: int) -> str:
    """Write £k as people do."""
    if value == 0:
        return ("", "-", "0", "n/a")[how]
    if value < 0:
        return (f"({-value:,})", f"-{-value}", f"(£{-value:,})", f"−{-value}")[how]
    return (f"{value:,}", str(value), f"£{value:,}", f"{value}.0")[how]


def money_of(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    spend = [name for name in table if str(name).startswith("spend_")]
    found = {}
    for row in table.to_dict("records"):
        first = start_of(row["planned_start"]) if row["planned_start"] else 2026
        by_year = {label_of(first + n): row[name] for n, name in enumerate(spend)}
        found[row["project_id"]] = {year: value for year, value in by_year.items() if value}
    return found


@given(CELLS, st.integers(0, 3), st.permutations(YEARS), st.booleans())
def test_money_by_year_is_kept_whatever_the_writing_and_the_order_of_columns(
    money: list[list[int]], how: int, order: list[str], long: bool
) -> None:
    about = [
        {"Ref": f"S{n}", "Title": "t", "Trust": "T", "Type": "c", "Score": "1"}
        for n in range(len(money))
    ]
    cells = [dict(zip(YEARS, (written(value, how) for value in row), strict=True)) for row in money]
    if long:
        frame = pd.DataFrame([
            {**line, "Year": year, "Amount": row[year]}
            for line, row in zip(about, cells, strict=True) for year in order
        ])  # fmt: skip
        columns = {"columns": {"year": "Year", "amount": "Amount"}, "unit": "£k"}
    else:
        frame = pd.DataFrame([
            {**line, **{year: row[year] for year in order}}
            for line, row in zip(about, cells, strict=True)
        ])  # fmt: skip
        columns = {"unit": "£k"}
    table = project_table(frame, columns).table
    expected = {
        f"S{n}": {year: value / 1000 for year, value in zip(YEARS, row, strict=True) if value}
        for n, row in enumerate(money)
    }
    assert money_of(table) == expected
    for name, by_year in expected.items():
        planned = table.set_index("project_id").at[name, "planned_start"]
        assert planned == (min(by_year) if by_year else "")
