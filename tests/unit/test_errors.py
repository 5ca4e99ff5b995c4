"""Problems raised together, and the nearest name."""

from __future__ import annotations

import pytest

from nelfin.errors import InputError, Problems, nearest

pytestmark = pytest.mark.unit


def test_problems_are_raised_together() -> None:
    problems = Problems()
    problems.raise_if_any()
    problems.add("a.csv, row 2", "is wrong.", "Mend it.")
    problems.add("b.csv", "is missing.", "Add it.")
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert str(caught.value) == "a.csv, row 2: is wrong. Mend it.\nb.csv: is missing. Add it."


def test_nearest_names_the_closest_or_lists_what_is_known() -> None:
    assert nearest("gap_pt", ["gap_pct", "solver"]) == 'Did you mean "gap_pct"?'
    assert nearest("zzz", ["gap_pct", "solver"]) == "Known here: gap_pct, solver."
