"""Discount factors, prices and years in which something holds, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nelfin.models.appraisal import discount_factors, first_year, lasting_from, price_index

pytestmark = pytest.mark.unit

YEARS = ["2023/24", "2024/25", "2025/26"]


@pytest.mark.parametrize(
    ("holds", "first", "lasting"),
    [
        ([True, True, True], "2023/24", "2023/24"),
        ([False, True, True], "2024/25", "2024/25"),
        ([True, False, True], "2023/24", "2025/26"),
        ([True, True, False], "2023/24", ""),
        ([False, False, False], "", ""),
    ],
)
def test_first_and_lasting_years(holds: list[bool], first: str, lasting: str) -> None:
    assert first_year(YEARS, np.array(holds)) == first
    assert lasting_from(YEARS, np.array(holds)) == lasting


def test_factors_and_prices_of_single_years() -> None:
    assert price_index(2.5, [0, 1, 3]) == pytest.approx([1.0, 1.025, 1.025**3])
    assert discount_factors(3.5, [0, 1, 30]) == pytest.approx([1.0, 1 / 1.035, 1.035**-30])
    # the lower rate holds for the years after the thirtieth only
    assert discount_factors(3.5, [30, 31, 33], 3.0) == pytest.approx(
        [1.035**-30, 1.035**-30 / 1.03, 1.035**-30 / 1.03**3]
    )
