"""A capital scheme, ready for the program: by itself it knows nothing of links, rules or years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nelfin.data.projects import use_columns
from nelfin.data.specs.columns import BACKLOG, BENEFIT_IN
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
    started: str = ""
    """Year in which it has started; "" for one that has not."""
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
    benefit_in: Mapping[str, float] = field(default_factory=dict)
    """Benefit by year of the start, where it is another than `benefit`."""
    no_start_in: tuple[str, ...] = ()
    """Years inside its window in which it may not start."""
    money: str = ""
    """Source of its money; "" for the ordinary capital."""
    in_groups: tuple[str, ...] = ()
    """Groups of schemes it belongs to, of which so many may be in a plan."""
    uses: Mapping[str, Array] = field(default_factory=dict)
    """Use of other resources by year after the start."""
    yearly: Mapping[str, float] = field(default_factory=dict)
    """Benefits of an appraisal, £m a year by kind; none where benefit is all there is."""
    risk: float = 0.0
    """Expected cost of its risks, £m in all."""
    price_year: str = ""
    """Year in whose prices both are; "" for the plan's first."""
    worth_in: Mapping[int, float] = field(default_factory=dict)
    """What it adds to the objective by position of its start, where that is worked out elsewhere:
    it is neither discounted nor weighted here. Empty for capital."""
    saved_in: Mapping[int, float] = field(default_factory=dict)
    """What its whole cost takes off that, by position of its start."""
    asked: Literal["", "in", "out", "start"] = ""
    """Whether it was asked to be in the plan, out of it, or to start in one year."""

    @property
    def clearing(self) -> Array:
        """Share of its backlog that it clears in each year of the build: it clears as it spends."""
        paid = np.maximum(self.spend, 0.0)
        whole = paid.sum()
        return np.asarray(paid / whole if whole > 0 else np.eye(1, len(paid))[0])

    @property
    def build_years(self) -> int:
        """Number of years of spend."""
        return len(self.spend)


@dataclass(frozen=True)
class Families:
    """Columns of a project table of which there may be several, found once for all its rows."""

    backlog: Mapping[str, str]
    """By risk band."""
    benefit_in: Mapping[str, str]
    """By year of the start."""
    uses: Mapping[str, Mapping[int, str]]
    """By resource and year after the start."""


def families_of(headings: Iterable[object]) -> Families:
    """Find the columns of which there may be several.

    Parameters
    ----------
    headings
        Of the project table.
    """
    names = [str(name) for name in headings]
    return Families(
        {
            name.removeprefix("backlog_").removesuffix("_gbp_m"): name
            for name in names
            if re.fullmatch(BACKLOG, name)
        },
        {name.removeprefix("benefit_"): name for name in names if re.fullmatch(BENEFIT_IN, name)},
        use_columns(names),
    )


def scheme_of(
    row: int,
    cells: Mapping[str, Any],
    spend: Array,
    benefit: float,
    settings: Settings,
    families: Families,
) -> Scheme:
    """Make a scheme of a row of the project table; links, groups and starts are added later.

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
    families
        Columns of which the table may have several.
    """
    build = max(int(np.max(np.flatnonzero(spend), initial=0)) + 1, 1)
    must_fund = bool(cells["must_fund"] or cells["started"])
    bias = settings.optimism_bias_pct.get(cells["asset_type"], 0.0)
    return Scheme(
        id=cells["project_id"],
        row=row,
        organisation=cells["organisation"],
        group=cells["option_of"] or cells["project_id"],
        benefit=benefit,
        # a receipt is no cost that could be underestimated
        spend=np.where(spend > 0, spend * (1 + bias / 100), spend)[:build],
        cdel_share=cells["cdel_share"],
        # what has started is paid for
        must_fund=must_fund,
        # a scheme that must be funded is funded whole
        divisible=cells["divisible"] and not must_fund,
        earliest_start=cells["earliest_start"] or "",
        latest_start=cells["latest_start"] or "",
        truncate=cells["truncate"],
        started=cells["started"] or "",
        category=cells["category"],
        place=cells["place"],
        equity_weight=settings.place_weights.get(cells["place"], 1.0),
        deprived_share=settings.deprived_share.get(cells["place"], 0.0),
        revenue=cells["revenue_gbp_m"],
        backlog={
            band: float(cells[name]) for band, name in families.backlog.items() if cells[name]
        },
        life_years=round(settings.life_years.get(cells["asset_type"], 0)),
        benefit_in={
            year: float(cells[name])
            for year, name in families.benefit_in.items()
            if not np.isnan(cells[name])
        },
        no_start_in=tuple(parts_of(cells["no_start_in"])),
        money=cells["money"],
        uses=_uses(cells, families.uses),
    )


def parts_of(cell: object) -> list[str]:
    """Return the parts of a cell that semicolons separate.

    Parameters
    ----------
    cell
        Text, or None for nothing.

    Examples
    --------
    >>> parts_of("2026/27; 2027/28;")
    ['2026/27', '2027/28']
    """
    return [part.strip() for part in str(cell or "").split(";") if part.strip()]


def _uses(cells: Mapping[str, Any], resources: Mapping[str, Mapping[int, str]]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for resource, columns in resources.items():
        use = np.zeros(max(columns) + 1)
        for year, name in columns.items():
            use[year] = cells[name]
        if use.any():
            found[resource] = use
    return found
