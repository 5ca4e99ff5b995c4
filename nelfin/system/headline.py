"""The headline figures of a run, worked out once for the summary, the page and the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from nelfin.allocations.comparisons import place_totals
from nelfin.data.projects import spend_profile
from nelfin.models.recovery import balance_year
from nelfin.store.findings import Findings, once


@dataclass(frozen=True)
class Headline:
    """What a finance director asks first."""

    years: list[str]
    reported: pd.Series
    """£m by year."""
    underlying: pd.Series
    """£m by year."""
    pinned_years: str
    """Years whose reported position is given, by a plan or accounts, rather than modelled."""
    balance_year: str
    """First year in reported balance that is followed by no deficit; "" if there is none."""
    underlying_balance_year: str
    """The same for the underlying position."""
    one_off: pd.Series
    """Non-recurrent efficiency, £m by year."""
    places: pd.DataFrame
    """A row a place: `base, budget, per_head, per_weighted_head, dft, dft_last`; by `dft`."""
    budget_year: str
    """Last year with published allocations: the year of the place figures."""
    schemes: int
    funded: int
    part_funded: int
    asked: float
    """Spend of every scheme, base-year prices, £m."""
    limit: float
    """Limits of all years, £m; NaN where the system has none."""
    used: float
    """Use of the limits, £m."""
    outside: float
    """Spend of the plan that scores against no limit, £m."""
    categories: pd.DataFrame
    """A row a category: `in the plan`, `after the plan`, `left out`, £m, base-year prices."""
    price_first: float
    """Benefit of £1m more in the first year."""
    gap: float
    """How far the plan may be from the best, a fraction; NaN if not known."""
    statuses: pd.Series
    """Figures by status, the capital schemes apart."""
    illustrative_schemes: int
    marks: dict[str, str]
    """Status of the settings that colour a whole section, by section, where it is illustrative."""


SECTION_KEYS = {
    "places": ("allocation.streams.{main}.opening",),
    "prevention": ("prevention.share_start_pct", "prevention.share_end_pct"),
}


@once
def headline(result: Findings) -> Headline:
    """Return the headline figures of a run."""
    data = result.data
    years = [str(year) for year in data["year"].values]
    bridge = data["recovery_bridge"].sum("organisation")
    plan, projects, sources = (result.table(n) for n in ("plan", "projects", "sources"))
    categories = _categories(plan, projects, years)
    schemes = sources["where"] == "projects"
    return Headline(
        years=years,
        reported=data["system_reported"].to_series(),
        underlying=data["system_underlying"].to_series(),
        pinned_years=str(data.attrs["pinned_years"]),
        balance_year=balance_year(data["system_reported"]),
        underlying_balance_year=balance_year(data["system_underlying"]),
        one_off=bridge.sel(step="non-recurrent efficiency", drop=True).to_series(),
        places=_places(data),
        budget_year=str(data.attrs["last_published_year"]),
        schemes=len(plan),
        funded=int((plan["status"] == "funded").sum()),
        part_funded=int((plan["status"] == "part-funded").sum()),
        asked=float(categories.to_numpy().sum()),
        limit=float(data["capital_limit"].sum(skipna=False)),
        used=float(plan["cdel_gbp_m"].sum()),
        outside=float((plan["spend_gbp_m"] - plan["cdel_gbp_m"]).sum()),
        categories=categories,
        price_first=float(data["capital_price"][0]),
        gap=float("nan" if (gap := result.provenance["capital"]["gap"]) is None else gap),
        statuses=sources.loc[~schemes, "status"].value_counts(),
        illustrative_schemes=int((sources.loc[schemes, "status"] == "illustrative").sum()),
        marks=_marks(sources, str(data.attrs["main_stream"])),
    )


def _marks(sources: pd.DataFrame, main: str) -> dict[str, str]:
    status = sources[sources["where"] == "scenario"].set_index("figure")["status"]
    value = sources[sources["where"] == "scenario"].set_index("figure")["value"]
    marks = {}
    for section, keys in SECTION_KEYS.items():
        named = [key.format(main=main) for key in keys]
        doubtful = [str(value[k]) for k in named if status.get(k) == "illustrative"]
        if doubtful:
            marks[section] = "illustrative: " + ", ".join(doubtful)
    return marks


def _categories(plan: pd.DataFrame, projects: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """Split what each category asks for into what the plan spends, spends later, and leaves out."""
    rows = []
    chosen = plan.set_index("project_id")
    for name, category, spend in zip(
        projects["project_id"], projects["category"], spend_profile(projects), strict=True
    ):
        share, start = chosen.at[name, "funded_share"], chosen.at[name, "start_year"]
        inside = spend[: len(years) - years.index(start)].sum() if share > 0 else 0.0
        whole = spend.sum() * share
        rows.append([category, inside * share, whole - inside * share, spend.sum() - whole])
    frame = pd.DataFrame(rows, columns=["category", "in the plan", "after the plan", "left out"])
    # the difference of two equal sums may be a hair below nothing
    return frame.groupby("category").sum().clip(lower=0.0)


def _places(data: xr.Dataset) -> pd.DataFrame:
    totals = place_totals(data)
    first, last = data["year"].values[0], data["year"].values[-1]
    now = totals.sel(year=data.attrs["last_published_year"], drop=True)
    columns = ["budget", "target", "per_head", "per_weighted_head", "dft"]
    frame = pd.DataFrame(
        {
            "base": totals["budget"].sel(year=first, drop=True).to_series(),
            **{name: now[name].to_series() for name in columns},
            "dft_last": totals["dft"].sel(year=last, drop=True).to_series(),
        }
    )
    return frame.sort_values("dft", kind="stable")


def known_by(found: Findings) -> dict[str, Any]:
    """Return the figures by which a run is known in a list of runs."""
    head = headline(found)
    last = head.years[-1]
    odds = None
    if "odds" in found.tables:
        by_name = found.table("odds").set_index(["measure", "year"])["value"]
        odds = float(by_name["odds_of_balance", last])
    distance = head.places["dft"]
    return {
        "balance_from": head.balance_year,
        "last_year": last,
        "reported_gbp_m": float(head.reported[last]),
        "underlying_gbp_m": float(head.underlying[last]),
        "schemes_funded": head.funded + head.part_funded,
        "capital_used_gbp_m": head.used,
        "furthest_under_target": str(distance.index[0]),
        "dft": float(distance.iloc[0]),
        "odds_of_balance": odds,
    }
