"""The headline figures of a run, worked out once for the summary, the page and the workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from nelfin.data import lines_of
from nelfin.data.inputs import SYSTEM
from nelfin.data.projects import spend_profile
from nelfin.evidence import count_by_status
from nelfin.models.months import MONTHS
from nelfin.models.recovery import balance_year
from nelfin.scenario.names import plain_name
from nelfin.store.findings import Findings, once
from nelfin.system.place_figures import place_figures
from nelfin.years import start_of


@dataclass(frozen=True)
class YearEnd:
    """Where a year that runs is heading, £m."""

    year: str
    forecast: float
    plan: float
    note: str


@dataclass(frozen=True)
class Headline:
    """What a finance director asks first."""

    years: list[str]
    reported: pd.Series
    """£m by year."""
    underlying: pd.Series
    """£m by year."""
    known: Mapping[str, str]
    """What the reported position of a year that is known stands on: outturn, forecast or plan."""
    shared: str
    """Organisations, by year, whose known position is a share of what several have together."""
    bodies: pd.DataFrame
    """Reported position of each organisation, £m; a row an organisation, a column a year."""
    boards: list[str]
    """Organisations that may not plan a deficit."""
    heads_for: YearEnd | None
    """Where the last year with months is heading; None without months."""
    lasting_balance_year: str
    """First year from which reported, underlying and every organisation hold a balance; ""."""
    balance_year: str
    """First year in reported balance that is followed by no deficit; "" if there is none."""
    underlying_balance_year: str
    """The same for the underlying position."""
    one_off: pd.Series
    """Non-recurrent efficiency, £m by year."""
    places: pd.DataFrame
    """A row a place, the furthest below target first: `base, budget, target` in £m, `per_head,
    per_weighted_head` in £, and `dft, dft_last`, budget over target less one. `base` is of the
    first year, `dft_last` of the last, the others of the year of the place figures."""
    joined: Mapping[str, float]
    """Streams of the budget year that the first year does not have, £m."""
    budget_year: str
    """Last year with published allocations: the year of the place figures."""
    schemes: int
    funded: int
    part_funded: int
    asked: float
    """Spend of every scheme, base-year prices, £m."""
    capital_years: list[str]
    """Years that are open for capital: all but those that are closed."""
    limit: float
    """Limits of the open years, £m: of the system, or of all organisations; NaN where there is
    none."""
    used: float
    """Use of the limits in the open years, £m."""
    outside: float
    """Spend of the plan that scores against no limit, £m."""
    categories: pd.DataFrame
    """A row a category: `in the plan`, `after the plan`, `left out`, £m, base-year prices."""
    price_first: float
    """Benefit of £1m more for the system in the first open year, points; NaN where it has no
    limit of its own."""
    prices_first: pd.Series
    """The same for each organisation with limits of its own, the dearest first."""
    gap: float
    """How far the plan may be from the best, a fraction; NaN if not known."""
    statuses: Mapping[str, int]
    """Figures by status, the capital schemes and initiatives apart."""
    illustrative_schemes: int
    """Capital schemes whose figures are illustrative."""
    initiatives: int
    """Initiatives of the portfolio, and those whose figures are illustrative."""
    illustrative_initiatives: int
    marks: dict[str, str]
    """Status of the settings that colour a whole section, by section, where it is illustrative."""


APART = ("projects", "initiatives")
"""Tables whose rows are counted apart from other figures: they are many."""

SECTION_KEYS = {
    "places": ("allocation.streams.{main}.opening",),
    "prevention": ("prevention.share_start_pct", "prevention.share_end_pct"),
}
"""Settings that colour a whole section."""


@once
def headline_of(findings: Findings) -> Headline:
    """Return the headline figures of a run.

    Parameters
    ----------
    findings
        What the run found.
    """
    data = findings.data
    years = [str(year) for year in data["year"].values]
    bridge = data["recovery_bridge"].sum("organisation")
    bodies = data["recovery_bridge"].sel(step="reported", drop=True)
    worst = xr.concat(
        [bodies.min("organisation"), data["system_reported"], data["system_underlying"]],
        dim="measure", join="exact",
    ).min("measure")  # fmt: skip
    plan, projects, sources = (findings.table(n) for n in ("plan", "projects", "sources"))
    categories = categories_of(plan, projects, years)
    capital_from = str(data.attrs.get("capital_from", years[0]))
    capital_years = [year for year in years if year >= capital_from]
    open_capital = data.sel(year=capital_years)
    apart = sources["where"].isin(APART)
    of_schemes, of_initiatives = (sources[sources["where"] == table] for table in APART)
    return Headline(
        years=years,
        reported=data["system_reported"].to_series(),
        underlying=data["system_underlying"].to_series(),
        known=dict(part.split(" ", 1) for part in _listed(data, "known_years")),
        shared=str(data.attrs["shared_positions"]),
        bodies=bodies.transpose("organisation", "year").to_pandas(),
        boards=json.loads(data.attrs["boards"]),
        heads_for=_heads_for(findings),
        lasting_balance_year=balance_year(worst),
        balance_year=balance_year(data["system_reported"]),
        underlying_balance_year=balance_year(data["system_underlying"]),
        one_off=bridge.sel(step="non-recurrent efficiency", drop=True).to_series(),
        places=_places(findings),
        joined=_joined(data["envelope"], years[0], str(data.attrs["last_published_year"])),
        budget_year=str(data.attrs["last_published_year"]),
        schemes=len(plan),
        funded=int((plan["status"] == "funded").sum()),
        part_funded=int((plan["status"] == "part-funded").sum()),
        asked=float(categories.to_numpy().sum()),
        capital_years=capital_years,
        limit=float(open_capital["capital_limit"].sum(skipna=False)),
        used=float(open_capital["capital_used"].sum()),
        outside=float((plan["spend_gbp_m"] - plan["cdel_gbp_m"]).sum()),
        categories=categories,
        price_first=float(open_capital["capital_price"][0]),
        prices_first=_prices_first(open_capital),
        gap=float("nan" if (gap := findings.provenance["capital"]["gap"]) is None else gap),
        statuses=count_by_status(sources.loc[~apart, "status"]),
        illustrative_schemes=count_by_status(of_schemes["status"])["illustrative"],
        initiatives=len(of_initiatives),
        illustrative_initiatives=count_by_status(of_initiatives["status"])["illustrative"],
        marks=_marks(sources, str(data.attrs["main_stream"])),
    )


def _prices_first(capital: xr.Dataset) -> pd.Series:
    """Return the price of capital of the organisations with limits in the first open year."""
    if "capital_price_of" not in capital:
        return pd.Series(dtype=float)  # a run of before
    prices = capital["capital_price_of"].isel(year=0, drop=True).to_series().dropna()
    return prices.sort_values(ascending=False, kind="stable")


def _joined(envelope: xr.DataArray, first: str, year: str) -> dict[str, float]:
    now, then = (envelope.sel(year=label, drop=True).to_series() for label in (year, first))
    return {str(name): float(now[name]) for name in now.index[(now > 0) & (then == 0)]}


def _listed(data: xr.Dataset, attribute: str) -> list[str]:
    return [part for part in str(data.attrs[attribute]).split(", ") if part]


def _heads_for(findings: Findings) -> YearEnd | None:
    table = findings.table("months")
    ends = table[(table["organisation"] == SYSTEM) & (table["month"] == MONTHS)]
    if ends.empty:
        return None
    year = str(ends["year"].max())
    last = ends[ends["year"] == year].set_index("measure")
    value, note = last["value"], str(last.loc["forecast", "note"])
    return YearEnd(year, float(value["forecast"]), float(value["year plan"]), note)


def _marks(sources: pd.DataFrame, main: str) -> dict[str, str]:
    settings = sources[sources["where"] == "scenario"].set_index("figure")
    illustrative = settings.loc[settings["status"] == "illustrative", "value"]
    marks = {}
    for section, keys in SECTION_KEYS.items():
        named = [key.format(main=main) for key in keys]
        values = [plain_name(str(illustrative[key])) for key in named if key in illustrative.index]
        if values:
            marks[section] = "illustrative: " + ", ".join(values)
    return marks


def categories_of(plan: pd.DataFrame, projects: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """Split what each category asks for into what the plan spends, spends later, and leaves out.

    Parameters
    ----------
    plan, projects
        A row a scheme: the tables of a capital plan.
    years
        Of the plan.

    Returns
    -------
    pandas.DataFrame
        A row a category: `in the plan`, `after the plan`, `left out`, £m, base-year prices.
    """
    rows = []
    chosen = {
        name: (share, start)
        for name, share, start in lines_of(plan, "project_id", "funded_share", "start_year")
    }
    for name, category, spend in zip(
        projects["project_id"], projects["category"], spend_profile(projects), strict=True
    ):
        share, start = chosen[name]
        if share > 0:
            position = start_of(start) - start_of(years[0])
            left = spend[max(-position, 0) :]  # what was spent before the plan is no part of it
            inside = left[: len(years) - max(position, 0)].sum()
        else:
            left, inside = spend, 0.0
        whole = left.sum() * share
        rows.append([category, inside * share, whole - inside * share, left.sum() - whole])
    frame = pd.DataFrame(rows, columns=["category", "in the plan", "after the plan", "left out"])
    # the difference of two equal sums may be a hair below nothing
    return frame.groupby("category").sum().clip(lower=0.0)


def _places(findings: Findings) -> pd.DataFrame:
    figures, years = place_figures(findings), findings.data["year"].values
    compared = figures.compared.drop(index="All places")
    frame = pd.DataFrame(
        {
            "base": figures.totals["budget"].sel(year=years[0], drop=True).to_series(),
            "budget": compared["budget_gbp_m"],
            "target": compared["target_gbp_m"],
            "per_head": compared["gbp_per_head"],
            "per_weighted_head": compared["gbp_per_weighted_head"],
            "dft": compared["dft"],
            "dft_last": figures.totals["dft"].sel(year=years[-1], drop=True).to_series(),
        }
    )
    # what is equal but for the last digits stays in the order of the places
    return frame.sort_values("dft", kind="stable", key=lambda dft: dft.round(9))


def listed_figures(findings: Findings) -> dict[str, Any]:
    """Return the figures that a list of runs tells of a run.

    Parameters
    ----------
    findings
        What the run found.

    Returns
    -------
    dict
        Years, £m, counts, a place, a fraction (`dft`) and a share of draws (`odds_of_balance`, None
        without draws or where the last year is known).
    """
    headline = headline_of(findings)
    last = headline.years[-1]
    odds = None
    if "odds" in findings.tables:
        by_measure = findings.table("odds").set_index(["measure", "year"])["value"]
        odds = by_measure.get(("odds_of_balance", last))
        odds = None if odds is None else float(odds)
    distance = headline.places["dft"]
    return {
        "balance_from": headline.balance_year,
        "last_year": last,
        "reported_gbp_m": float(headline.reported[last]),
        "underlying_gbp_m": float(headline.underlying[last]),
        "schemes_funded": headline.funded + headline.part_funded,
        "capital_used_gbp_m": headline.used,
        "furthest_under_target": str(distance.index[0]),
        "dft": float(distance.iloc[0]),
        "odds_of_balance": odds,
    }
