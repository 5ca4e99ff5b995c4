"""A capital scheme, ready for the program: by itself it knows nothing of links, rules or years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nelfin.data.specs.columns import BACKLOG
from nelfin.models.capital.settings import Settings

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scheme:
    """One scheme, or one option of it, ready for the program."""

    id: str
    row: int
    """Row of the project table, as errors name it."""
    organisation: str
    group: str
    """What it is an option of; its own id where it has no other options."""
    benefit: float
    """Points, or £m a year; before equity weight and discounting."""
    spend: Array
    """£m in each year of the build, base-year prices, optimism bias included."""
    cdel_share: float
    """Share of the spend that scores against the limits."""
    must_fund: bool
    divisible: bool
    earliest_start: str = ""
    latest_start: str = ""
    """First and last year in which it may start; "" for any."""
    truncate: bool = False
    """Whether its spend may run past the last year."""
    starts: tuple[int, ...] = ()
    """Years in which it may start, as positions in the plan's years: see `windows`."""
    requires: tuple[tuple[str, int], ...] = ()
    """Schemes it needs, each with the years by which it must start before."""
    excludes: tuple[str, ...] = ()
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
    """Years over which it gives benefit, where benefit is a net present value."""
    yearly: Mapping[str, float] = field(default_factory=dict)
    """Benefits of an appraisal, £m a year by kind; none where benefit is all there is."""
    risk: float = 0.0
    """Expected cost of its risks, £m in all."""
    price_year: str = ""
    """Year in whose prices both are; "" for the plan's first."""
    asked: Literal["", "in", "out", "start"] = ""
    """Whether it was asked to be in the plan, out of it, or to start in one year."""

    @property
    def build_years(self) -> int:
        """Number of years of spend."""
        return len(self.spend)


def scheme_of(
    row: int, cells: Mapping[str, Any], spend: Array, benefit: float, settings: Settings
) -> Scheme:
    """Make a scheme of a row of the project table; links and starts are added later.

    Parameters
    ----------
    row
        Row of the table, as errors name it.
    cells
        Typed cells of the row by column.
    spend
        £m by year after the start, base-year prices, as the row gives it; shape (year,).
    benefit
        Points, or £m a year.
    settings
        Optimism bias, equity weights and lives.
    """
    build = max(int(np.max(np.flatnonzero(spend), initial=0)) + 1, 1)
    bias = settings.optimism_bias_pct.get(cells["asset_type"], 0.0)
    return Scheme(
        id=cells["project_id"],
        row=row,
        organisation=cells["organisation"],
        group=cells["option_of"] or cells["project_id"],
        benefit=benefit,
        spend=spend[:build] * (1 + bias / 100),
        cdel_share=cells["cdel_share"],
        must_fund=cells["must_fund"],
        # a scheme that must be funded is funded whole
        divisible=cells["divisible"] and not cells["must_fund"],
        earliest_start=cells["earliest_start"] or "",
        latest_start=cells["latest_start"] or "",
        truncate=cells["truncate"],
        category=cells["category"],
        place=cells["place"],
        equity_weight=settings.place_weights.get(cells["place"], 1.0),
        deprived_share=settings.deprived_share.get(cells["place"], 0.0),
        revenue=cells["revenue_gbp_m"],
        backlog=_backlog(cells),
        life_years=round(settings.life_years.get(cells["asset_type"], 0)),
    )


def _backlog(cells: Mapping[str, Any]) -> dict[str, float]:
    columns = [name for name in cells if re.fullmatch(BACKLOG, str(name)) and cells[name]]
    return {
        name.removeprefix("backlog_").removesuffix("_gbp_m"): float(cells[name]) for name in columns
    }
