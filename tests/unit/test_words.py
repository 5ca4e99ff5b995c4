"""Money in words."""

from __future__ import annotations

import pytest

from nelfin.report.text import numbers

pytestmark = pytest.mark.unit


def test_negative_money_stands_in_brackets_and_nothing_is_minus_zero() -> None:
    assert [numbers.money(x) for x in (-31.04, -0.04, 0.04, 1234.56)] == [
        "(31.0)",
        "0.0",
        "0.0",
        "1,234.6",
    ]
    assert numbers.money(float("nan")) == "–"
