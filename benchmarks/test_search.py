"""The search beside plain HiGHS: `search.py` measures it, and here it is seen to run."""

from __future__ import annotations

import pytest
from families import families
from search import table

from nelfin.data import Inputs

SMALL = ("to 2 %", "60 schemes", "fixed years")


def test_search_beside_plain_highs(inputs: Inputs, smoke: bool) -> None:
    if not smoke:
        pytest.skip("python benchmarks/search.py measures every family")
    few = [family for family in families(inputs) if any(word in family.name for word in SMALL)]
    lines = list(table(few, 5.0))
    assert len(lines) == len(few) + 4
