"""Names of sheets, for any names of bodies and places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.report.workbook.sheet_names import named_sheets, quoted

pytestmark = pytest.mark.property


@settings(max_examples=40)
@given(st.lists(st.text(max_size=40), max_size=6, unique=True))
def test_any_names_give_valid_sheets_no_two_alike(names: list[str]) -> None:
    sheets = list(named_sheets(names, {"summary"}, "Place").values())
    assert len({name.lower() for name in [*sheets, "summary"]}) == len(names) + 1
    for name in sheets:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set('[]:*?/\\()={}"<>|')
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert quoted(name).count("'") % 2 == 0
