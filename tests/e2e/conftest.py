"""Fixtures of the tests that go from end to end."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbooks import nasty_run

from nelfin.result import Result


@pytest.fixture(scope="session")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A run whose names are hostile, and its workbook."""
    return nasty_run(tmp_path_factory.mktemp("nasty"))
