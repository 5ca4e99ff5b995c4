"""A capital scheme, ready for the program: it knows nothing of links, rules or starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scheme:
    """One scheme, or one option of it, ready for the program."""

    id: str
    row: int
    organisation: str
    group: str
    benefit: float
    spend: Array
    """£m in each year of the build, base-year prices, optimism bias included."""
    cdel_share: float
    starts: tuple[int, ...]
    """Years in which it may start, as positions in the plan's years."""
    must_fund: bool
    divisible: bool
    requires: tuple[tuple[str, int], ...] = field(default=())
    excludes: tuple[str, ...] = field(default=())
    category: str = ""
    place: str = ""
    equity_weight: float = 1.0
    deprived_share: float = 0.0
    """Share of the people of its place who live in the most deprived areas."""
    revenue: float = 0.0
    """Yearly effect on revenue once complete, £m, a saving positive."""
    backlog: Mapping[str, float] = field(default_factory=dict)
    """Backlog maintenance it clears, £m, by risk band."""
    life_years: int = 0

    @property
    def build_years(self) -> int:
        """Number of years of spend."""
        return len(self.spend)
