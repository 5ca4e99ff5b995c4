"""Where a column, a title or a sheet stands in a workbook changes nothing of what is read."""

from __future__ import annotations

from typing import Any

import pytest
from allocation_sheets import YEARS, columns, core_sheets, figures, names, sheet, table
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.data.imports.allocation_books import find_allocations
from nelfin.data.imports.allocation_figures import allocations_of
from nelfin.data.imports.headings import number_of, years_in
from nelfin.years import label_of

pytestmark = pytest.mark.property

BESIDE = [column for year in YEARS for column in columns(year)] + names()
KNOWN, _ = allocations_of([find_allocations(core_sheets(), "book.xlsx")], ["QBB"])
TITLES = st.lists(
    st.sampled_from(["", "Publication reference: PRN01625", "England", "Read the notes", "v1.2"]),
    max_size=4,
)


@settings(max_examples=25)
@given(st.permutations(BESIDE), TITLES, st.text("abc XYZ", min_size=1, max_size=9))
def test_columns_titles_and_names_of_sheets_may_differ(
    beside: list[list[Any]], titles: list[str], name: str
) -> None:
    rows = [[title] for title in [*titles, "ICB core services"]]
    book = find_allocations([sheet(f"{name}1", [*rows, *table(beside)])], "book.xlsx")
    found, _ = allocations_of([book], ["QBB"])
    assert found.drop(columns="source").equals(KNOWN.drop(columns="source"))
    assert list(found["allocation_gbp_m"]) == pytest.approx(
        [figures("QBB", year)[-1] / 1e3 for year in YEARS]
    )


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)))
def test_a_number_is_read_however_it_is_typed(value: float) -> None:
    size = f"{abs(value):,.3f}"
    typed = [str(value), f"{value:.3f}", f"{value:,.3f}"]
    typed += [f"({size})", f"(£{size})"] if value < 0 else [f"£{size}", f" {size} "]
    for text in typed:
        assert number_of(text) == value


@given(st.integers(2001, 2090), st.integers(1, 8), st.sampled_from("-/–"))
def test_years_are_found_however_they_are_written(start: int, many: int, mark: str) -> None:
    years = tuple(label_of(start + at) for at in range(many))
    first, last = (f"{y[:4]}{mark}{y[5:]}" for y in (years[0], years[-1]))
    assert years_in(f"ICB allocations {first} v2") == years[:1]
    assert years_in(f"Total, {first} to {last} (£k)") == years
    assert years_in(f"Provider capital {start}{mark}{(start + many) % 100:02d}") == years
    assert years_in(f"Issued on 3 June {start}, table {many}") == ()
