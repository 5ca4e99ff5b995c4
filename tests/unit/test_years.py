"""Labels of financial years."""

from __future__ import annotations

import pytest

from nelfin import years

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("label", ["2023/25", "2023-24", "23/24", "2023/2024", "", "abcd/ef"])
def test_a_year_that_is_not_one_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="financial year"):
        years.start_of(label)


def test_years_between_crosses_a_century() -> None:
    assert years.years_between("1998/99", "2001/02") == ["1998/99", "1999/00", "2000/01", "2001/02"]
