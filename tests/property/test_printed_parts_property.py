"""Printed parts add up to the printed whole, and stay near what they are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nelfin.report.text.numbers import money, parts_that_add, rows_that_add, whole_pounds

pytestmark = pytest.mark.property

AMOUNTS = st.floats(-5e3, 5e3, allow_nan=False) | st.sampled_from([0.0, 0.05, -0.05, 12.5, 1e-9])
PARTS = st.lists(AMOUNTS, min_size=1, max_size=12)


def read(text: str) -> float:
    """Read a printed number as a reader with a calculator does."""
    value = float(text.strip("()").replace(",", ""))
    return -value if text.startswith("(") else value


@given(PARTS, st.sampled_from([0, 1, 2]), AMOUNTS)
def test_parts_add_up_as_printed(parts: list[float], places: int, start: float) -> None:
    whole = start + math.fsum(parts)
    shown = [money(part, places) for part in parts_that_add(parts, whole, places, start)]
    total = read(money(start, places)) + sum(map(read, shown))
    assert total == pytest.approx(read(money(whole, places)), abs=1e-6)


@given(PARTS)
def test_parts_add_up_to_the_pound(parts: list[float]) -> None:
    whole = math.fsum(parts)
    shown = [whole_pounds(part) for part in parts_that_add(parts, whole, 6)]
    assert sum(map(read, shown)) == read(whole_pounds(whole))


@given(PARTS, AMOUNTS)
def test_each_part_is_within_one_of_what_it_is_and_nothing_stays_nothing(
    parts: list[float], start: float
) -> None:
    shown = parts_that_add(parts, start=start)
    for part, printed in zip(parts, shown, strict=True):
        assert abs(printed - part) <= 0.1 + 1e-9
        assert printed == 0.0 or part != 0.0


@given(PARTS)
def test_a_larger_part_is_not_printed_as_the_smaller_one(parts: list[float]) -> None:
    pairs = sorted(zip(parts, parts_that_add(parts), strict=True))
    printed = [shown for part, shown in pairs if abs(part) > 1e-6]
    assert printed == sorted(printed)


@given(PARTS)
def test_parts_that_add_up_when_rounded_alone_stay_so(parts: list[float]) -> None:
    alone = [read(money(part)) for part in parts]
    near = [abs(abs(10 * part) % 1 - 0.5) < 1e-6 for part in parts]  # a tie may go either way
    whole = math.fsum(parts)
    if abs(sum(alone) - read(money(whole))) < 1e-9 and not any(near):
        assert parts_that_add(parts, whole) == pytest.approx(alone, abs=1e-9)


@given(PARTS, st.floats(0.5, 1e3))
def test_figures_that_do_not_add_up_are_rounded_alone(parts: list[float], off: float) -> None:
    whole = math.fsum(parts) + off + len(parts) / 10
    alone = [read(money(part)) for part in parts]
    assert parts_that_add(parts, whole) == pytest.approx(alone, abs=1e-9)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=6))
def test_rows_add_up_in_every_column(rows: list[tuple[float, float]]) -> None:
    whole = [math.fsum(column) for column in zip(*rows, strict=True)]
    shown = rows_that_add(rows, whole)
    assert len(shown) == len(rows)
    for column, total in zip(zip(*shown, strict=True), whole, strict=True):
        assert sum(column) == pytest.approx(read(money(total)), abs=1e-9)
