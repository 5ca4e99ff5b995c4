"""Scenario files written for a test, and what a call refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nelfin.errors import InputError

NEL = 'extends = "nel"\n'

NATIONAL_TABLES = (
    "need_weights", "pace_rules", "growth_bounds", "prevention_programmes", "uplift_factors",
    "asset_types",
)  # fmt: skip
"""Tables that hold for every system."""


def writer(tmp_path: Path) -> Callable[..., Path]:
    """Write a scenario file, in a folder below the test's own if the name says so."""

    def to_file(content: str | bytes, name: str = "mine.toml") -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return to_file


def problems_of(call: Callable[[], object]) -> tuple[str, ...]:
    """Return the problems a call raises."""
    with pytest.raises(InputError) as caught:
        call()
    return tuple(str(problem) for problem in caught.value.problems)


def leaves(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys of a scenario's values."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
